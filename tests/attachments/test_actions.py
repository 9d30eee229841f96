import hashlib
import io
from datetime import UTC, datetime

import pytest
from django.core.files.storage import default_storage

from tests.attachments import crafted
from tickets.attachments.actions import erase, receive
from tickets.attachments.codes import Code
from tickets.attachments.limits import current
from tickets.attachments.models import Attachment, AttachmentState

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


def received(name, content, **options):
    attachment, _verdict = receive(name, io.BytesIO(content), limits=current(), at=AT, **options)
    return attachment


def test_the_original_is_kept_untouched_with_its_digest():
    attachment = received("../Grüße.jpg", crafted.JPEG, description="The lid", decorative=False)
    attachment.refresh_from_db()
    assert attachment.file.read() == crafted.JPEG
    assert attachment.sha256 == hashlib.sha256(crafted.JPEG).hexdigest()
    assert (
        attachment.name,
        attachment.detected_type,
        attachment.size,
        attachment.description,
        attachment.created_at,
    ) == (
        "Grüße.jpg",
        "image/jpeg",
        len(crafted.JPEG),
        "The lid",
        AT,
    )


def test_the_stored_name_tells_nothing_about_the_file():
    attachment = received("medical report.pdf", crafted.PDF)
    assert "report" not in attachment.file.name
    assert "." not in attachment.file.name


def test_a_picture_comes_with_a_preview():
    attachment = received("photo.png", crafted.PNG)
    assert attachment.preview.read()[8:12] == b"WEBP"
    assert attachment.preview.name != attachment.file.name


@pytest.mark.parametrize(("name", "content"), [("paper.pdf", crafted.PDF), ("broken.png", crafted.PNG[:40])])
def test_what_cannot_be_shown_is_kept_without_a_preview(name, content):
    assert not received(name, content).preview


def test_a_refused_file_leaves_nothing_behind(stored):
    attachment, verdict = receive("photo.jpg.exe", io.BytesIO(crafted.PROGRAM), limits=current(), at=AT)
    assert (attachment, verdict.code) == (None, Code.DOUBLE_EXTENSION)
    assert not Attachment.objects.exists()
    assert not list(stored.iterdir())


def test_the_stream_is_left_at_its_beginning():
    stream = io.BytesIO(crafted.PNG)
    receive("photo.png", stream, limits=current(), at=AT)
    assert stream.tell() == 0


def test_erasing_takes_name_description_and_content(django_capture_on_commit_callbacks):
    attachment = received("photo.png", crafted.PNG, description="Me")
    names = [attachment.file.name, attachment.preview.name]
    with django_capture_on_commit_callbacks(execute=True):
        erase(attachment)
    attachment.refresh_from_db()
    assert [
        attachment.name,
        attachment.description,
        attachment.sha256,
        attachment.file.name,
        attachment.preview.name,
    ] == [""] * 5
    assert (attachment.state, attachment.size) == (AttachmentState.ERASED, len(crafted.PNG))
    assert not any(default_storage.exists(name) for name in names)


def test_an_erasure_that_is_rolled_back_loses_nothing(django_capture_on_commit_callbacks):
    attachment = received("photo.png", crafted.PNG)
    name = attachment.file.name
    with django_capture_on_commit_callbacks(execute=False):
        erase(attachment)
    assert default_storage.exists(name)


def test_erasing_again_is_harmless(django_capture_on_commit_callbacks):
    attachment = received("photo.png", crafted.PNG)
    with django_capture_on_commit_callbacks(execute=True):
        erase(attachment)
        erase(Attachment.objects.get())
    assert Attachment.objects.get().state == AttachmentState.ERASED
