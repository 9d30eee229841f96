"""The second step: the guided questions. Nothing that was typed or uploaded gets lost, whatever is wrong with it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.attachments.crafted import PROGRAM
from tests.factories import HelpArticleFactory
from tickets.models import Attachment, Category, Customer, IntakeDraft


def details(draft: IntakeDraft) -> str:
    return reverse("conversations:new_details", args=[draft.pk])


def check(draft: IntakeDraft) -> str:
    return reverse("conversations:new_check", args=[draft.pk])


@pytest.fixture
def post(hers: Client, draft: IntakeDraft, answers: dict[str, str]) -> Callable[..., Any]:
    """Send the step with everything answered, but for the changes."""

    def send(**changes: Any) -> Any:
        response = hers.post(details(draft), {**answers, **changes})
        draft.refresh_from_db()
        return response

    return send


# --- What is asked ----------------------------------------------------------------------------------------------------


def test_it_asks_the_topics_questions_in_their_order(hers: Client, draft: IntakeDraft) -> None:
    form = hers.get(details(draft)).context["form"]
    assert [str(field.label) for field in form] == [
        "Product", "Serial number", "Exact error", "Steps tried", "Which water?", "Since when?", "Cups a day", "Software version",
        "What happened?", "What does it stop you from doing?", "Photos or files", "Subject",
    ]  # fmt: skip


def test_it_fills_in_what_the_order_tells(hers: Client, draft: IntakeDraft) -> None:
    form = hers.get(details(draft)).context["form"]
    assert (form["question_product"].value(), form["question_serial"].value()) == (
        "Brio 2 espresso machine, steel",
        "B2X411807",
    )


def test_it_suggests_a_subject_from_product_and_topic(hers: Client, draft: IntakeDraft) -> None:
    form = hers.get(details(draft)).context["form"]
    assert form["subject"].value() == "Brio 2 espresso machine, steel: Something is broken"


def test_it_suggests_articles_about_the_topic(hers: Client, draft: IntakeDraft, broken: Category) -> None:
    article = HelpArticleFactory.create(category=broken, title="E04 on Brio machines")
    page = hers.get(details(draft)).content.decode()
    assert reverse("help:article", args=[article.slug]) in page
    assert "E04 on Brio machines" in page


def test_it_costs_few_queries(hers: Client, draft: IntakeDraft, django_assert_max_num_queries: Any) -> None:
    hers.get(details(draft))
    # Session, user, customer; the draft; its form with the questions, its files; articles, outages; opening hours.
    with django_assert_max_num_queries(12):
        hers.get(details(draft))


def test_a_topic_without_questions_still_asks_what_happened(hers: Client, draft: IntakeDraft, broken: Category) -> None:
    broken.forms.update(active=False)
    form = hers.get(details(draft)).context["form"]
    assert list(form.fields) == ["text", "impact", "files", "subject"]


# --- What is valid ----------------------------------------------------------------------------------------------------


def test_complete_answers_lead_on_to_the_check(post: Callable[..., Any], draft: IntakeDraft) -> None:
    assert post().url == check(draft)


@pytest.mark.parametrize(
    ("changes", "control", "sentence"),
    [
        ({"question_serial": ""}, "id_question_serial", "Fill in “Serial number”."),
        ({"question_serial": "B2X4 1180"}, "id_question_serial", "Enter all 9 characters."),
        ({"question_serial": "B2X411807X"}, "id_question_serial", "Enter all 9 characters."),
        ({"question_since": "last week"}, "id_question_since", "Enter a valid date."),
        ({"question_cups": "many"}, "id_question_cups", "Enter a number."),
        ({"text": "  "}, "id_text", "Fill in “What happened?”."),
        ({"impact": ""}, "id_impact_0", "Choose an answer to “What does it stop you from doing?”."),
    ],
)
def test_a_wrong_answer_is_named_in_the_summary_and_beside_its_field(
    post: Callable[..., Any], changes: dict[str, str], control: str, sentence: str
) -> None:
    page = post(**changes).content.decode()
    assert f'<a class="more" href="#{control}">{sentence}</a>' in page
    assert f'<p class="error"><span class="unseen">Error: </span>{sentence}</p>' in page


def test_wrong_answers_are_kept_beside_the_right_ones(post: Callable[..., Any], draft: IntakeDraft) -> None:
    page = post(question_serial="B2X4", impact="").content.decode()
    assert (draft.answers["question_serial"], draft.answers["text"]) == (
        "B2X4",
        "It heats up, then the pump never starts.",
    )
    assert 'value="B2X4"' in page
    assert "Everything you typed is kept." in page


def test_a_number_may_be_written_as_the_reader_writes_numbers(
    hers: Client, alice: Customer, draft: IntakeDraft, answers: dict[str, str]
) -> None:
    alice.user.language = "it"
    alice.user.save()
    assert hers.post(details(draft), {**answers, "question_cups": "2,5"}).url == check(draft)
    draft.refresh_from_db()
    assert draft.answers["question_cups"] == "2,5"


def test_characters_that_no_database_can_hold_are_dropped(post: Callable[..., Any], draft: IntakeDraft) -> None:
    post(text="It\x00 stops.")
    assert draft.answers["text"] == "It stops."


# --- The subject ------------------------------------------------------------------------------------------------------


def test_a_suggested_subject_follows_the_answers(hers: Client, post: Callable[..., Any], draft: IntakeDraft) -> None:
    post(subject="Brio 2 espresso machine, steel: Something is broken", question_error="E07")
    assert hers.get(details(draft)).context["form"]["subject"].value() == "Brio 2 espresso machine, steel: E07"


def test_a_subject_that_nobody_can_see_gives_way_to_the_suggested_one(
    hers: Client, post: Callable[..., Any], draft: IntakeDraft
) -> None:
    post(subject="\u200b\u200f")
    assert draft.answers["subject"] == ""
    assert hers.get(details(draft)).context["form"]["subject"].value().startswith("Brio 2 espresso machine, steel: ")


def test_a_subject_of_ones_own_stays(hers: Client, post: Callable[..., Any], draft: IntakeDraft) -> None:
    post(subject="My coffee!")
    post(subject="My coffee!", question_error="E07")
    assert hers.get(details(draft)).context["form"]["subject"].value() == "My coffee!"


# --- Files ------------------------------------------------------------------------------------------------------------


def test_an_accepted_file_is_kept_on_the_draft(post: Callable[..., Any], draft: IntakeDraft, photo: bytes) -> None:
    post(files=SimpleUploadedFile("display.png", photo))
    assert [file.name for file in draft.attachments.all()] == ["display.png"]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("brio-log.exe", PROGRAM, "The file is a program or a script, and those can do harm."),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "web page or a drawing that can hold scripts"),
        ("page.html", b"<!doctype html><p>Hello", "web page or a drawing that can hold scripts"),
        ("empty.txt", b"", "The file is empty."),
    ],
)
def test_a_refused_file_is_named_with_a_reason_and_everything_else_is_kept(
    post: Callable[..., Any], draft: IntakeDraft, photo: bytes, name: str, content: bytes, reason: str
) -> None:
    page = post(files=[SimpleUploadedFile("display.png", photo), SimpleUploadedFile(name, content)]).content.decode()
    assert f"<bdi>{name}</bdi>" in page
    assert reason in page
    assert 'href="#id_files"' in page
    assert "Everything you typed and 1 file are kept." in page
    assert [file.name for file in draft.attachments.all()] == ["display.png"]
    assert draft.answers["text"] == "It heats up, then the pump never starts."


def test_an_oversize_file_is_refused_and_the_text_is_kept(
    post: Callable[..., Any], draft: IntakeDraft, settings: Any
) -> None:
    settings.ATTACHMENT_LIMITS = {"max_files": 10, "max_file_bytes": 1000, "max_total_bytes": 2000}
    page = post(files=SimpleUploadedFile("long.txt", b"a" * 1001)).content.decode()
    assert "The file is larger than 1000 bytes." in page
    assert draft.answers["text"] == "It heats up, then the pump never starts."


def test_one_file_too_many_is_refused_and_the_others_stay(
    post: Callable[..., Any], draft: IntakeDraft, settings: Any
) -> None:
    settings.ATTACHMENT_LIMITS = {"max_files": 2, "max_file_bytes": 1000, "max_total_bytes": 2000}
    page = post(files=[SimpleUploadedFile(f"{number}.txt", b"words") for number in range(3)]).content.decode()
    assert "A message can carry 2 files at most." in page
    assert [file.name for file in draft.attachments.all()] == ["0.txt", "1.txt"]


def test_a_file_can_be_taken_off_again_and_what_was_typed_is_kept(
    hers: Client, post: Callable[..., Any], draft: IntakeDraft, photo: bytes, django_capture_on_commit_callbacks: Any
) -> None:
    post(files=SimpleUploadedFile("display.png", photo))
    stored = draft.attachments.get()
    with django_capture_on_commit_callbacks(execute=True):
        response = post(remove=str(stored.pk), text="Only half a sent")
    assert response.url == f"{details(draft)}#files"
    assert (Attachment.objects.exists(), default_storage.exists(str(stored.file.name))) == (False, False)
    assert draft.answers["text"] == "Only half a sent"


@pytest.mark.parametrize("file_id", ["nonsense", "00000000-0000-4000-8000-000000000000"])
def test_taking_off_a_file_that_is_not_there_is_no_error(post: Callable[..., Any], file_id: str) -> None:
    assert post(remove=file_id).status_code == 302


# --- Later ------------------------------------------------------------------------------------------------------------


def test_an_unfinished_request_is_saved_and_waits_on_the_start_page(
    post: Callable[..., Any], hers: Client, draft: IntakeDraft, photo: bytes
) -> None:
    response = post(step="later", impact="", files=SimpleUploadedFile("display.png", photo))
    assert response.url == "/"
    assert f'href="{details(draft)}"' in hers.get("/").content.decode()
    assert (draft.answers["question_error"], draft.attachments.count()) == ("E04 – TANK?", 1)


def test_a_file_that_was_refused_is_named_also_when_finishing_later(hers: Client, post: Callable[..., Any]) -> None:
    post(step="later", files=SimpleUploadedFile("brio-log.exe", PROGRAM))
    assert "brio-log.exe" in hers.get("/").content.decode()


def test_a_draft_can_be_deleted_with_its_files(
    hers: Client, post: Callable[..., Any], draft: IntakeDraft, photo: bytes, django_capture_on_commit_callbacks: Any
) -> None:
    post(files=SimpleUploadedFile("display.png", photo))
    stored = draft.attachments.get()
    with django_capture_on_commit_callbacks(execute=True):
        hers.post(reverse("conversations:discard", args=[draft.pk]))
    assert not IntakeDraft.objects.exists()
    assert not Attachment.objects.exists()
    assert not default_storage.exists(str(stored.file.name))


@pytest.mark.parametrize("view", ["new_details", "discard"])
def test_somebody_elses_draft_is_not_there(
    bob: Customer, sign_in: Callable[[Any], Client], draft: IntakeDraft, answers: dict[str, str], view: str
) -> None:
    response = sign_in(bob).post(reverse(f"conversations:{view}", args=[draft.pk]), answers)
    draft.refresh_from_db()
    assert (response.status_code, draft.answers) == (404, {})
