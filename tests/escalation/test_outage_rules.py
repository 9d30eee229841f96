from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.escalation.outage_rules import Scope, missing

BEGAN = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
LATER = BEGAN + timedelta(hours=1)
MACHINE = ("Brio 2 espresso machine, steel", "BRIO-2-S")


def covers(category_id: int | None, product: str, *, products: tuple[str, ...] = MACHINE, opened_at=LATER) -> bool:
    return Scope(category_id, product, BEGAN).covers(category_id=7, products=products, opened_at=opened_at)


def test_it_covers_cases_of_its_topic() -> None:
    assert (covers(7, ""), covers(8, "")) == (True, False)


@pytest.mark.parametrize("product", ["Brio 2", "brio 2 ESPRESSO", "brio-2-s"])
def test_it_covers_cases_about_its_product_by_name_or_number_however_they_are_written(product: str) -> None:
    assert covers(None, product)


def test_it_folds_letters_that_are_not_english() -> None:
    assert covers(None, "STRASSE", products=("Maß Straße",))


def test_it_covers_no_case_about_nothing_when_it_names_a_product() -> None:
    assert not covers(7, "Brio", products=())


def test_topic_and_product_have_to_fit_both() -> None:
    assert (covers(7, "Brio"), covers(8, "Brio"), covers(7, "Macina")) == (True, False, False)


def test_it_covers_cases_from_the_moment_at_which_it_began() -> None:
    assert covers(7, "", opened_at=BEGAN)
    assert not covers(7, "", opened_at=BEGAN - timedelta(microseconds=1))


@pytest.mark.parametrize(
    ("first", "second", "overlap"),
    [
        ((7, ""), (7, ""), True),
        ((7, ""), (7, "Brio"), True),
        ((7, "Brio 2"), (7, "brio"), True),
        ((7, "Brio"), (7, "Macina"), False),
        ((7, ""), (8, ""), False),
        ((None, "Brio"), (None, "BRIO"), True),
        ((None, "Brio"), (7, "Brio"), False),
    ],
)
def test_two_overlap_when_one_says_it_to_all_customers_of_the_other(
    first: tuple[int | None, str], second: tuple[int | None, str], overlap: bool
) -> None:
    one, other = Scope(*first, BEGAN), Scope(*second, LATER)
    assert (one.overlaps(other), other.overlaps(one)) == (overlap, overlap)


def test_what_is_missing_is_named_with_the_most_customers_first() -> None:
    audience = {"it": 3, "ja": 12, "de": 40, "pl": 12}
    assert list(missing({"en": "Down", "de": "Gestört", "it": ""}, audience).items()) == [
        ("ja", 12), ("pl", 12), ("it", 3),
    ]  # fmt: skip


LANGUAGES = st.sampled_from(["en", "it", "de", "ja"])


@given(texts=st.dictionaries(LANGUAGES, st.text(max_size=3)), audience=st.dictionaries(LANGUAGES, st.integers(1, 9)))
def test_every_customer_has_a_text_or_is_counted_as_missing_one(
    texts: dict[str, str], audience: dict[str, int]
) -> None:
    served = {language for language in audience if texts.get(language)}
    assert served | set(missing(texts, audience)) == set(audience)
    assert not served & set(missing(texts, audience))
