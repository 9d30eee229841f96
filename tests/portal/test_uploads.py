from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.test import RequestFactory

from tickets.attachments import limits, rules
from tickets.attachments.codes import Code

MEGABYTE = 1024 * 1024


@pytest.fixture
def arrived(settings: Any, rf: RequestFactory) -> Any:
    """What is left of an upload when a file may have one megabyte."""
    settings.ATTACHMENT_LIMITS = {"max_files": 10, "max_file_bytes": MEGABYTE, "max_total_bytes": 10 * MEGABYTE}

    def send(content: bytes) -> tuple[UploadedFile, str]:
        request = rf.post("/", {"files": SimpleUploadedFile("video.mp4", content), "text": "It hums."})
        (kept,) = request.FILES.getlist("files")
        return kept, request.POST["text"]

    return send


@pytest.mark.parametrize("size", [MEGABYTE - 1, MEGABYTE])
def test_a_file_within_the_limit_arrives_whole(arrived: Any, size: int) -> None:
    content = b"a" * size
    upload, _text = arrived(content)
    assert upload.read() == content


def test_a_file_far_over_the_limit_is_not_stored_whole(arrived: Any) -> None:
    upload, _text = arrived(b"a" * 5 * MEGABYTE)
    assert MEGABYTE < upload.size < 2 * MEGABYTE


def test_what_is_left_of_it_is_still_refused_for_its_size(arrived: Any) -> None:
    upload, _text = arrived(b"a" * 5 * MEGABYTE)
    assert rules.verdict("video.mp4", upload, limits.current()).code == Code.TOO_LARGE


def test_the_text_beside_it_arrives(arrived: Any) -> None:
    assert arrived(b"a" * 5 * MEGABYTE)[1] == "It hums."
