import re
from pathlib import Path

from tickets.outbox import stylesheet as module
from tickets.outbox.stylesheet import LARGE_TEXT_PX, stylesheet

SOURCE = Path(module.__file__).with_name("mail.css").read_text(encoding="utf-8")
DAY, _, NIGHT = stylesheet().partition("@media (prefers-color-scheme: dark)")


def test_colours_come_from_the_tokens_alone() -> None:
    assert re.findall(r"#[0-9a-f]{3,8}\b|\brgb|\bhsl", SOURCE, re.IGNORECASE) == []


def test_nothing_has_a_left_or_a_right() -> None:
    assert re.findall(r"\b(?:left|right)\b", re.sub(r"/\*.*?\*/", "", SOURCE, flags=re.DOTALL)) == []


def test_mail_programs_get_no_property_that_they_do_not_know() -> None:
    assert re.findall(r"var\(|light-dark\(|\d+rem\b", stylesheet()) == []


def test_it_is_written_for_the_day() -> None:
    assert "background: #f6f5f2" in DAY


def test_the_night_overrides_what_was_inlined() -> None:
    declarations = re.findall(r"[\w-]+: [^;{}]+", NIGHT)
    assert len(declarations) > 10
    assert [line for line in declarations if "!important" not in line] == []


def test_the_night_repeats_colours_only() -> None:
    assert re.findall(r"padding|margin|font", NIGHT) == []


def test_text_has_sixteen_pixels() -> None:
    assert re.search(r"\.mail \{[^}]*font-size: 16px", DAY)


def test_large_print_makes_all_text_larger() -> None:
    assert re.search(r"\.mail \{[^}]*font-size: 21px", stylesheet(LARGE_TEXT_PX))
    assert "font-size: 16px" not in stylesheet(LARGE_TEXT_PX)
