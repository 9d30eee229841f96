from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils import timezone, translation

from tickets import moments

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TUESDAY = datetime(2026, 11, 24, 14, 20, tzinfo=UTC)

IN_FULL = {
    "en": "Tuesday 24 November, 14:20",
    "it": "martedì 24 novembre, 14:20",
    "de": "Dienstag, 24. November, 14:20",
    "fr": "mardi 24 novembre, 14:20",
    "es": "martes, 24 de noviembre, 14:20",
    "pl": "wtorek, 24 listopada, 14:20",
    "ja": "11月24日火曜日 14:20",
    "ar": "الثلاثاء، 24 نوفمبر، 14:20",
}


@pytest.mark.parametrize("language", IN_FULL)
def test_a_moment_is_written_in_full_as_its_language_writes_it(language: str) -> None:
    with translation.override(language), timezone.override(UTC):
        assert moments.moment(TUESDAY, AT) == IN_FULL[language]


def test_a_moment_is_that_of_the_readers_clock() -> None:
    with timezone.override(ZoneInfo("Asia/Tokyo")):
        assert moments.moment(TUESDAY, AT) == "Tuesday 24 November, 23:20"


@pytest.mark.parametrize(
    ("language", "expected"), [("en", "Friday, 1 January 2027, 00:30"), ("it", "venerdì 1 gennaio 2027, 00:30")]
)
def test_the_year_is_named_when_it_is_another_one_for_the_reader(language: str, expected: str) -> None:
    with translation.override(language), timezone.override(ZoneInfo("Europe/Rome")):
        assert moments.moment(datetime(2026, 12, 31, 23, 30, tzinfo=UTC), AT) == expected


def test_the_year_is_not_named_when_it_is_the_same_for_the_reader() -> None:
    with timezone.override(ZoneInfo("America/New_York")):
        assert moments.day(datetime(2027, 1, 1, 3, 0, tzinfo=UTC), AT) == "Thursday 31 December"


def test_the_zone_is_named_by_its_city_in_the_readers_language() -> None:
    with translation.override("es"), timezone.override(ZoneInfo("Europe/Dublin")):
        assert "Dublín" in moments.moment_in_zone(TUESDAY, AT)


def test_the_zone_in_english() -> None:
    with timezone.override(ZoneInfo("Europe/Dublin")):
        assert moments.moment_in_zone(TUESDAY, AT) == "Tuesday 24 November, 14:20, Dublin time"


def test_a_zone_without_a_city_is_named_as_it_is() -> None:
    with timezone.override(ZoneInfo("UTC")):
        assert moments.moment_in_zone(TUESDAY, AT) == "Tuesday 24 November, 14:20, UTC"


@pytest.mark.parametrize(
    ("language", "expected"),
    [("en", "€1,249.90"), ("it", "1.249,90\xa0€"), ("ja", "€1,249.90"), ("ar", "\u200f1,249.90\xa0€")],
)
def test_an_amount_is_written_as_its_language_writes_it(language: str, expected: str) -> None:
    with translation.override(language):
        assert moments.money(Decimal("1249.90"), "EUR") == expected


def test_a_moment_can_be_told_to_the_second() -> None:
    with timezone.override(UTC):
        assert moments.exact_time(TUESDAY.replace(second=15)) == "14:20:15"


def test_an_amount_has_as_many_decimals_as_its_currency() -> None:
    assert moments.money(Decimal("1250"), "JPY") == "JP¥1,250"


def test_templates_write_moments_and_amounts() -> None:
    template = Template(
        "{% load moments %}{{ due|moment:at }} | {{ due|clock_time }} | {{ none|moment }} | {{ amount|money:'EUR' }}"
    )
    with timezone.override(UTC):
        written = template.render(Context({"due": TUESDAY, "at": AT, "none": None, "amount": Decimal("49.9")}))
    assert written == "Tuesday 24 November, 14:20 | 14:20 |  | €49.90"


@pytest.mark.parametrize(
    ("language", "first", "last"),
    [("en", "24 November", "1 December"), ("de", "24. November", "1. Dezember"), ("ja", "11月24日", "12月1日")],
)
def test_a_range_of_days_names_both_in_the_words_of_the_language(language: str, first: str, last: str) -> None:
    with translation.override(language):
        words = moments.days(TUESDAY, datetime(2026, 12, 1, 9, 0, tzinfo=UTC), AT)
    assert first in words
    assert last in words


def test_a_range_that_begins_and_ends_on_one_day_is_that_day() -> None:
    assert moments.days(TUESDAY, TUESDAY.replace(hour=20), AT) == "24 November"


def test_a_range_without_width_is_a_latest_day() -> None:
    assert moments.days(TUESDAY, TUESDAY, AT) == "24 November at the latest"


def test_a_range_into_the_next_year_says_so() -> None:
    assert moments.days(TUESDAY, datetime(2027, 1, 2, tzinfo=UTC), AT) == "24 November to 2 January 2027"


@pytest.mark.parametrize(
    ("language", "words"), [("en", "A, B, and C"), ("de", "A, B und C"), ("ja", "A、B、C"), ("ar", "A وB وC")]
)
def test_a_list_is_joined_as_its_language_joins_lists(language: str, words: str) -> None:
    with translation.override(language):
        assert moments.enumeration(["A", "B", "C"]) == words


def test_a_list_in_a_template_keeps_its_parts_apart_and_harmless() -> None:
    with translation.override("de"):
        written = Template("{% load moments %}{{ names|enumeration }}").render(Context({"names": ["Ada", "<b>"]}))
    assert written == "<bdi>Ada</bdi> und <bdi>&lt;b&gt;</bdi>"
