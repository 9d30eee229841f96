import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import translation

from tests.outbox.reading import spoken, words
from tickets.errors import UnknownKind
from tickets.escalation.models import Escalation
from tickets.outbox.kinds import KINDS
from tickets.outbox.render import render

FOR_CUSTOMERS = ("acknowledgement", "reply", "escalated", "resolved", "promised")

AllWritten = Callable[..., dict[str, Any]]
Written = Callable[..., Any]


EN_IT_AR = pytest.mark.parametrize("language", ["en", "it", "ar"])


def test_the_story_has_mail_of_every_kind(all_written: AllWritten) -> None:
    assert {*all_written(), "account"} == set(KINDS)


@EN_IT_AR
def test_both_parts_say_the_same_in_the_same_order(all_written: AllWritten, language: str) -> None:
    mails = all_written(language)
    assert {kind: spoken(mail.html) for kind, mail in mails.items()} == {
        kind: words(mail.text) for kind, mail in mails.items()
    }


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("it", "ltr"), ("ar", "rtl")])
def test_each_names_its_language_and_direction(all_written: AllWritten, language: str, direction: str) -> None:
    mails = all_written(language)
    named = {kind: re.findall(r"<html[^>]*>", mail.html) for kind, mail in mails.items()}
    assert named == {kind: [f'<html lang="{language}" dir="{direction}">'] for kind in mails}


def test_language_and_direction_survive_programs_that_drop_the_html_element(all_written: AllWritten) -> None:
    frame = re.search(r'<div class="mail"[^>]*>', all_written("ar")["reply"].html)
    assert frame
    assert {'lang="ar"', 'dir="rtl"'} <= set(frame[0].rstrip(">").split())


def test_no_variable_stays_empty_or_unfilled(all_written: AllWritten) -> None:
    gap = re.compile(r"\{\{|\{%|%\(|None|“”|\(\)|<bdi[^>]*>\s*</bdi>")
    mails = all_written()
    gaps = {kind: gap.findall(mail.subject + mail.text + mail.html) for kind, mail in mails.items()}
    assert gaps == {kind: [] for kind in mails}


def test_every_subject_names_the_reference_if_it_is_about_one_ticket(all_written: AllWritten) -> None:
    # To people whom we do not know nothing is said about the ticket that they answered.
    about_one = [mail for mail in all_written().values() if mail.ticket and mail.kind != "contribution_received"]
    assert [mail.subject for mail in about_one if mail.ticket.reference not in mail.subject] == []


def test_there_is_one_button_for_one_action(all_written: AllWritten) -> None:
    mails = all_written()
    assert {kind: mail.html.count('class="button"') for kind, mail in mails.items()} == dict.fromkeys(mails, 1)


def test_nothing_is_fetched_from_anywhere(all_written: AllWritten) -> None:
    outside = re.compile(r"<img|<link|url\(|src=|@import|<script")
    mails = all_written()
    assert {kind: outside.findall(mail.html) for kind, mail in mails.items()} == {kind: [] for kind in mails}


def test_customers_are_led_to_their_request(all_written: AllWritten) -> None:
    mails = all_written()
    assert [
        kind
        for kind in FOR_CUSTOMERS
        if f"{settings.SITE_URL}/requests/{mails[kind].ticket.reference}/" not in mails[kind].text
    ] == []


def test_staff_are_led_to_the_ticket_in_the_admin(written: Written) -> None:
    mail = written("handed_over")
    assert re.search(rf"{re.escape(settings.SITE_URL)}/admin/\S*{mail.ticket.reference}/", mail.text)


def test_it_says_how_to_tell_that_it_is_from_us(written: Written) -> None:
    mail = written("reply")
    assert f"Type the code {mail.code} on this page: {settings.SITE_URL}/verify/" in mail.text


@pytest.mark.parametrize(
    ("language", "moment"),
    [("en", "Monday 23 November, 17:00"), ("it", "lunedì 23 novembre, 17:00"), ("ar", "الاثنين، 23 نوفمبر، 17:00")],
)
def test_the_promised_moment_is_in_the_customers_language_and_zone(
    written: Written, language: str, moment: str
) -> None:
    mail = written("acknowledgement", language)
    assert moment in mail.text
    assert f'<time datetime="2026-11-23T17:00:00+00:00">{moment}' in mail.html


def test_the_zone_of_a_moment_is_the_customers(written: Written, story) -> None:
    story.customer.time_zone = "Asia/Tokyo"
    assert "Tuesday 24 November, 02:00, Tokyo time" in written("acknowledgement").text


def test_staff_read_moments_by_their_own_clock(written: Written) -> None:
    assert "18:00, Rome time" in written("due_soon").text


def test_the_language_is_the_readers_and_not_that_of_whoever_caused_the_mail(written: Written) -> None:
    with translation.override("ja"):
        assert 'lang="it"' in written("reply", "it").html


def test_the_tier_is_named_in_the_readers_language(written: Written, senior) -> None:
    senior.tier.name_it = "Specialista"
    senior.tier.save()
    assert "(Specialista)" in written("escalated", "it").text


def test_each_cause_of_an_escalation_is_told_in_words_of_its_own(written: Written) -> None:
    mail = written("escalated")
    told = set()
    for cause in Escalation.Cause.values:
        mail.rendered_at, mail.data = None, {**mail.data, "cause": cause}
        render(mail, at=mail.created_at)
        told.add(mail.text)
    assert len(told) == len(Escalation.Cause.values)


def test_an_answer_is_sent_as_it_was_written(written: Written) -> None:
    mail = written("reply")
    assert "Press <b> & hold.\n\nThen wait." in mail.text
    assert "Press &lt;b&gt; &amp; hold." in mail.html


def test_an_answer_names_its_own_language(written: Written, story) -> None:
    """An agent may answer in the ticket's language, which need not be that of the customer's mail."""
    mail = written("reply", "ar")
    mail.message.language = "it"
    mail.rendered_at = None
    render(mail, at=mail.created_at)
    letter = re.search(r'<div class="letter"[^>]*>', mail.html)
    assert letter
    assert {'lang="it"', 'dir="auto"'} <= set(letter[0].rstrip(">").split())


def test_a_promise_says_what_how_much_and_by_when(written: Written) -> None:
    text = written("promised").text
    assert "Refund: €49.90, by\nTuesday 24 November, 09:00, Dublin time\n\nTo your card." in text


def test_a_resolution_asks_for_a_rating_by_a_signed_link(written: Written) -> None:
    mail = written("resolved")
    assert f"{settings.SITE_URL}/rate/{mail.data['rating']}/" in mail.text


def test_references_are_kept_together_in_text_that_runs_from_right_to_left(written: Written) -> None:
    mail = written("acknowledgement", "ar")
    assert f"\u2068{mail.ticket.reference}\u2069" in mail.text


def test_text_that_runs_from_left_to_right_has_no_marks(written: Written) -> None:
    assert not re.search("[\u2066-\u2069]", written("acknowledgement").text)


def test_who_reads_plain_text_gets_no_other_part(written: Written) -> None:
    mail = written("reply", "en", "text-only")
    assert (mail.html, "Then wait." in mail.text) == ("", True)


def test_who_reads_large_print_gets_larger_type(written: Written) -> None:
    assert "font-size: 21px" in written("reply", "en", "large").html


def test_type_has_sixteen_pixels_otherwise(written: Written) -> None:
    assert re.search(r'class="mail"[^>]*font-size: 16px', written("reply").html)


def test_the_look_by_night_is_left_to_programs_that_know_it(written: Written) -> None:
    assert "@media (prefers-color-scheme: dark)" in written("reply").html


def test_it_is_put_into_words_once(written: Written) -> None:
    mail = written("reply")
    before = (mail.subject, mail.text, mail.html, mail.rendered_at)
    mail.language = "it"
    render(mail, at=mail.created_at + timedelta(days=1))
    assert (mail.subject, mail.text, mail.html, mail.rendered_at) == before


def test_an_unknown_kind_is_a_fault(written: Written) -> None:
    mail = written("reply")
    mail.rendered_at, mail.kind = None, "poem"
    with pytest.raises(UnknownKind):
        render(mail, at=mail.created_at)
