"""The letters themselves: every kind of mail, in every case it is written for, in every language."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from html import escape
from typing import Any

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from tests.outbox.reading import announced, spoken, words
from tickets.outbox import samples
from tickets.outbox.kinds import KINDS
from tickets.outbox.models import OutgoingMail
from tickets.outbox.render import Reader, put_into_words
from tickets.outbox.samples.scene import Scene
from tickets.people.models import ReadingNeeds
from tickets.templatetags.mail import LETTER_BYTES, beginning, goes_on

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LANGUAGES = [code for code, _name in settings.LANGUAGES]
GMAIL_CUTS_OFF_AFTER = 102 * 1024

in_every_language = pytest.mark.parametrize("language", LANGUAGES)


@cache
def letters(language: str, *needs: str) -> dict[str, OutgoingMail]:
    """Each by its kind and number. Looked at, never changed."""
    return {
        f"{kind} {number}": samples.render(kind, language, at=AT, needs=needs, number=number)
        for kind in KINDS
        for number in range(samples.count(kind))
    }


def all_letters() -> Iterator[tuple[str, OutgoingMail]]:
    for language in LANGUAGES:
        for name, mail in letters(language).items():
            yield f"{name} in {language}", mail


def found(pattern: str) -> dict[str, list[str]]:
    """What a pattern finds in the formatted parts, by letter; those in which it finds nothing are left out."""
    return {name: hits for name, mail in all_letters() if (hits := re.findall(pattern, mail.html))}


# --- Both parts -------------------------------------------------------------------------------------------------------


@in_every_language
def test_both_parts_say_the_same_in_the_same_order(language: str) -> None:
    assert {name: spoken(mail.html) for name, mail in letters(language).items()} == {
        name: words(mail.text) for name, mail in letters(language).items()
    }


def test_no_variable_stays_empty_or_unfilled() -> None:
    gap = re.compile(r"\{\{|\{%|%\(|\bNone\b|“”|«»|„”|「」|\(\)|<bdi[^>]*>\s*</bdi>")
    gaps = {name: gap.findall(mail.subject + mail.text + mail.html) for name, mail in all_letters()}
    assert {name: hits for name, hits in gaps.items() if hits} == {}


def test_lists_of_mail_show_nothing_after_the_subject_that_the_mail_does_not_say() -> None:
    strange = {}
    for name, mail in all_letters():
        shown = " ".join(announced(mail.html)).removesuffix("…")
        if shown not in " ".join(words(mail.text)):
            strange[name] = shown
    assert strange == {}


def test_the_first_thing_that_a_customer_learns_is_when_we_answer() -> None:
    mail = letters("en")["acknowledgement 0"]
    assert " ".join(announced(mail.html)) == "We will answer by Tuesday 24 November, 07:00, Dublin time"


def test_a_sign_in_code_is_not_shown_in_lists_of_mail() -> None:
    """Telephones show those while they are locked."""
    assert "4H7KQM" in letters("en")["account 0"].text
    assert "4H7KQM" not in announced(letters("en")["account 0"].html)


def test_every_mail_says_why_it_came_and_how_to_tell_that_it_is_from_us() -> None:
    address = f"{settings.SITE_URL}/verify/"
    assert [name for name, mail in all_letters() if samples.CODE not in mail.text or address not in mail.text] == []


def test_customers_can_say_that_they_did_not_ask_for_it() -> None:
    address = f"{settings.SITE_URL}/verify/report/?code={samples.CODE}"
    leads_there = {name.split()[0] for name, mail in all_letters() if address in mail.text and address in mail.html}
    assert leads_there == {kind for kind in KINDS if not KINDS[kind].for_staff}


# --- The formatted part -----------------------------------------------------------------------------------------------


def test_each_is_a_page_in_its_language_and_direction_with_its_subject_as_title() -> None:
    odd = []
    for name, mail in all_letters():
        direction = "rtl" if mail.language == "ar" else "ltr"
        page = f'<!DOCTYPE html><html lang="{mail.language}" dir="{direction}">'
        if not mail.html.startswith(page) or f"<title>{escape(mail.subject, quote=False)}</title>" not in mail.html:
            odd.append(name)
    assert odd == []


def test_each_has_one_heading_of_its_own_and_none_skips_a_level() -> None:
    levels = {name: re.findall(r"<h(\d)", mail.html) for name, mail in all_letters()}
    assert {name: found for name, found in levels.items() if found != ["1", *["2"] * (len(found) - 1)]} == {}


def test_there_is_at_most_one_button() -> None:
    assert {name: hits for name, hits in found('class="button"').items() if len(hits) > 1} == {}


def test_nothing_is_fetched_or_run() -> None:
    assert found(r"<img|<link|<script|<form|url\(|src=|@import|\son\w+=") == {}


def test_nothing_is_laid_out_in_tables() -> None:
    assert found(r"<table") == {}


def test_no_type_is_smaller_than_sixteen_pixels() -> None:
    small = {
        name: sizes
        for name, mail in all_letters()
        if (sizes := [size for size in re.findall(r"font-size: ?([\d.]+)px", mail.html) if float(size) < 16])
    }
    assert small == {}


def test_it_is_told_to_programs_that_the_mail_has_a_look_for_the_night() -> None:
    has = found(r'<meta name="color-scheme" content="light dark">|@media \(prefers-color-scheme: dark\)')
    assert {name: len(hits) for name, hits in has.items()} == {name: 2 for name, _mail in all_letters()}


def test_only_what_we_owe_is_shown_as_a_stub_and_every_stub_has_a_moment() -> None:
    stubs = found(r'class="stub-when"[^>]*>(.*?)</strong>')
    assert len(stubs) > len(LANGUAGES)
    assert {name: hits for name, hits in stubs.items() if not all("<time datetime=" in hit for hit in hits)} == {}


def test_a_stub_has_the_moment_in_the_readers_zone_and_language() -> None:
    assert re.search(
        r'<time datetime="2026-11-24T07:00:00\+00:00">martedì 24 novembre, 08:00, ora di Roma</time></strong>',
        letters("it")["acknowledgement 0"].html,
    )


# --- How somebody needs to read ---------------------------------------------------------------------------------------


def test_who_reads_plain_text_gets_no_other_part() -> None:
    assert [name for name, mail in letters("en", ReadingNeeds.TEXT_ONLY).items() if mail.html or not mail.text] == []


def test_who_reads_large_print_gets_no_smaller_type() -> None:
    small = {
        name: sizes
        for name, mail in letters("en", ReadingNeeds.LARGE).items()
        if (sizes := [size for size in re.findall(r"font-size: ?([\d.]+)px", mail.html) if float(size) < 21])
    }
    assert small == {}


def test_who_wants_no_pictures_gets_the_same_words_and_none() -> None:
    mails = letters("en", ReadingNeeds.NO_IMAGES)
    assert {name: mail.text for name, mail in mails.items()} == {
        name: mail.text for name, mail in letters("en").items()
    }
    assert [name for name, mail in mails.items() if re.search(r"<img|background-image|<svg", mail.html)] == []


# --- Long letters -----------------------------------------------------------------------------------------------------


def answered(text: str) -> OutgoingMail:
    """The mail with a public answer of these words."""
    scene = Scene.of("en", AT)
    mail = OutgoingMail(kind="reply", ticket=scene.ticket, language="en", code=samples.CODE, created_at=AT)

    def facts(_mail: Any) -> dict[str, Any]:
        return {**samples.facts("reply", AT), "message": scene.message(text)}

    put_into_words(mail, facts, Reader("Alice", scene.zone), at=AT)
    return mail


@pytest.mark.parametrize(
    "sentence", ["Please look at <Steam> & “Cup” again. ", "もう一度スチームボタンをご覧ください。"]
)
def test_no_letter_is_so_long_that_programs_cut_it_off(sentence: str) -> None:
    mail = answered(f"{sentence * 5}\n\n" * 1000)
    assert len(mail.html.encode()) < GMAIL_CUTS_OFF_AFTER


def test_a_letter_that_is_too_long_says_where_its_rest_is() -> None:
    mail = answered("Please wait. " * 10_000)
    assert re.search(
        r"(wait\.|Please) …\n\nThis text is too long for a mail\. Your request has the rest of it\.", mail.text
    )


def test_a_long_letter_says_the_same_in_both_parts() -> None:
    mail = answered("Please wait.\n\n" * 10_000)
    assert spoken(mail.html) == words(mail.text)


def test_a_letter_of_some_pages_goes_whole() -> None:
    mail = answered("Please wait. " * 3000 + "The end.")
    assert "The end." in mail.text
    assert "too long" not in mail.text


@given(st.text(min_size=1), st.integers(1, 200_000))
def test_what_goes_by_mail_of_a_text_is_how_it_begins(part: str, length: int) -> None:
    text = (part * (length // len(part) + 1))[:length]
    by_mail = beginning(text)
    assert len(by_mail.encode()) <= LETTER_BYTES + len(" …".encode())
    assert text.startswith(by_mail.removesuffix(" …") if goes_on(text) else by_mail)
    assert goes_on(text) or by_mail == text
