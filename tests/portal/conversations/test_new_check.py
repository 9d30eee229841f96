"""The last step: what is shown once more, what is sent, and that it is sent once."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.factories import IntakeFieldFactory
from tickets.models import Attachment, Category, Customer, IntakeDraft, OutgoingMail, PolicyVersion, Ticket


@pytest.fixture
def ready(draft: IntakeDraft, answers: dict[str, str]) -> IntakeDraft:
    """Everything is answered."""
    draft.answers = answers
    draft.save()
    return draft


@pytest.fixture
def notice(desk: None) -> PolicyVersion:
    return PolicyVersion.objects.get(version=1)


def check(draft: IntakeDraft) -> str:
    return reverse("conversations:new_check", args=[draft.pk])


def test_it_shows_every_answer_with_a_link_to_change_it(hers: Client, ready: IntakeDraft) -> None:
    page = hers.get(check(ready)).content.decode()
    details = reverse("conversations:new_details", args=[ready.pk])
    for shown, control in [
        ("E04 – TANK?", "id_question_error"),
        ("Bottled water", "id_question_water_0"),
        ("I cannot use it at all", "id_impact_0"),
        ("It heats up, then the pump never starts.", "id_text"),
    ]:
        assert shown in page
        assert f'href="{details}#{control}"' in page


def test_it_says_what_was_left_open(hers: Client, ready: IntakeDraft) -> None:
    ready.answers["question_tried"] = ""
    ready.save()
    assert "Not answered" in hers.get(check(ready)).content.decode()


def test_it_names_the_moment_by_which_we_will_answer(hers: Client, ready: IntakeDraft, time_machine: Any) -> None:
    time_machine.move_to("2026-11-23T09:00:00Z", tick=False)
    page = hers.get(check(ready)).content.decode()
    # High priority: four open hours.
    assert "we will answer by Monday 23 November, 13:00" in page


def test_it_shows_the_notice_that_applies(hers: Client, ready: IntakeDraft, notice: PolicyVersion) -> None:
    page = hers.get(check(ready)).content.decode()
    assert notice.title in page
    assert f'name="notice" value="{notice.pk}"' in page


def test_missing_answers_lead_back_to_the_questions_and_name_them(hers: Client, draft: IntakeDraft) -> None:
    response = hers.get(check(draft), follow=True)
    assert response.redirect_chain == [(reverse("conversations:new_details", args=[draft.pk]) + "?check", 302)]
    assert "Fill in “What happened?”." in response.content.decode()


def test_a_question_that_was_added_in_the_meantime_is_asked(hers: Client, ready: IntakeDraft, broken: Category) -> None:
    IntakeFieldFactory.create(form=broken.forms.get(), label="Voltage", required=True)
    assert "Voltage" in hers.get(check(ready), follow=True).content.decode()


def test_sending_opens_the_ticket_with_everything_that_was_said(
    hers: Client, ready: IntakeDraft, notice: PolicyVersion, alice: Customer
) -> None:
    response = hers.post(check(ready), {"notice": notice.pk})
    ticket = Ticket.objects.get()
    assert response.url == reverse("conversations:sent", args=[ticket.reference])
    assert (ticket.customer, ticket.order_line, ticket.category.slug) == (alice, ready.order_line, "broken")
    assert (ticket.impact, ticket.notice, ticket.language) == ("blocked", notice, "en")
    assert ticket.subject == "Brio 2 espresso machine, steel: E04 – TANK?"
    assert ticket.messages.get().text == "It heats up, then the pump never starts."
    assert dict(ticket.answers.values_list("field__key", "value")) == {
        "product": "Brio 2 espresso machine, steel",
        "serial": "B2X411807",
        "error": "E04 – TANK?",
        "tried": "Took the tank out and back in",
        "water": "Bottled water",
        "since": "2026-11-21",
        "cups": "4",
        "firmware": "2.4.1",
    }


def test_the_files_go_with_the_message_and_the_draft_is_gone(
    hers: Client, ready: IntakeDraft, notice: PolicyVersion, photo: bytes, answers: dict[str, str]
) -> None:
    upload = SimpleUploadedFile("display.png", photo)
    hers.post(reverse("conversations:new_details", args=[ready.pk]), {**answers, "files": upload})
    hers.post(check(ready), {"notice": notice.pk})
    assert Attachment.objects.get().message == Ticket.objects.get().messages.get()
    assert not IntakeDraft.objects.exists()


def test_sending_twice_opens_one_ticket(hers: Client, ready: IntakeDraft, notice: PolicyVersion) -> None:
    hers.post(check(ready), {"notice": notice.pk})
    second = hers.post(check(ready), {"notice": notice.pk}, follow=True)
    assert (Ticket.objects.count(), OutgoingMail.objects.filter(kind="acknowledgement").count()) == (1, 1)
    assert second.redirect_chain == [(reverse("conversations:requests"), 302)]
    assert "This draft is no longer there." in second.content.decode()


def test_a_notice_that_changed_in_the_meantime_is_read_before_sending(
    hers: Client, ready: IntakeDraft, notice: PolicyVersion, now: Any
) -> None:
    newer = PolicyVersion.objects.create(
        version=2, title="A new notice", body="News.", published_at=notice.published_at
    )
    page = hers.post(check(ready), {"notice": notice.pk}).content.decode()
    assert not Ticket.objects.exists()
    assert "Our notice has changed" in page
    assert f'name="notice" value="{newer.pk}"' in page


def test_somebody_elses_draft_is_not_there(
    bob: Customer, sign_in: Callable[[Any], Client], ready: IntakeDraft, notice: PolicyVersion
) -> None:
    browser = sign_in(bob)
    assert browser.get(check(ready)).status_code == 404
    assert browser.post(check(ready), {"notice": notice.pk}).status_code == 404
    assert not Ticket.objects.exists()


def test_a_draft_that_never_was_leads_to_the_requests(hers: Client) -> None:
    response = hers.get(reverse("conversations:new_check", args=[uuid4()]))
    assert (response.status_code, response.url) == (302, reverse("conversations:requests"))
