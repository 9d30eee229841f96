import io
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from tests.attachments.crafted import picture
from tests.factories import IntakeFieldFactory
from tickets.attachments import actions as attachments
from tickets.attachments import limits
from tickets.desk.actions import KEPT_FOR, ORPHANED_AFTER, forget_drafts, forget_orphans
from tickets.models import Attachment, Category, Customer, IntakeDraft

SECOND = timedelta(seconds=1)


@pytest.fixture
def draft(alice: Customer, now: datetime, settings: Any, tmp_path: Any) -> IntakeDraft:
    settings.MEDIA_ROOT = tmp_path
    draft = IntakeDraft.objects.create(customer=alice, category=Category.objects.get(slug="other"), updated_at=now)
    attachments.receive("display.png", io.BytesIO(picture("PNG")), limits=limits.current(), at=now, draft=draft)
    return draft


def test_a_draft_waits_for_thirty_days(draft: IntakeDraft, now: datetime) -> None:
    assert forget_drafts(at=now + KEPT_FOR - SECOND) == 0
    assert IntakeDraft.objects.exists()


def test_a_draft_that_was_given_up_goes_with_its_files(
    draft: IntakeDraft, now: datetime, tmp_path: Any, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        assert forget_drafts(at=now + KEPT_FOR) == 1
    assert not IntakeDraft.objects.exists()
    assert not Attachment.objects.exists()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_file_that_came_with_nothing_is_forgotten_after_a_day(draft: IntakeDraft, now: datetime) -> None:
    Attachment.objects.update(draft=None)
    assert (forget_orphans(at=now + ORPHANED_AFTER - SECOND), forget_orphans(at=now + ORPHANED_AFTER)) == (0, 1)
    assert not Attachment.objects.exists()


def test_a_file_of_a_draft_is_no_stray(draft: IntakeDraft, now: datetime) -> None:
    assert forget_orphans(at=now + ORPHANED_AFTER) == 0


def test_a_pattern_that_is_none_is_refused_where_it_is_written(desk: None) -> None:
    with pytest.raises(ValidationError) as refused:
        IntakeFieldFactory.build(pattern="[A-Z").clean()
    assert "pattern" in refused.value.message_dict


def test_a_choice_without_answers_is_refused(desk: None) -> None:
    with pytest.raises(ValidationError):
        IntakeFieldFactory.build(kind="choice", choices="").clean()
