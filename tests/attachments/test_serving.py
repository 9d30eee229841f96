import io
from datetime import UTC, datetime

import pytest
from django.http import Http404

from tests.attachments import crafted
from tickets.attachments.actions import receive
from tickets.attachments.limits import current
from tickets.attachments.serving import file_response

pytestmark = pytest.mark.django_db


def received(name, content):
    attachment, _verdict = receive(name, io.BytesIO(content), limits=current(), at=datetime(2026, 11, 22, tzinfo=UTC))
    return attachment


def body(response):
    content = b"".join(response.streaming_content)
    response.close()
    return content


def test_the_original_is_a_download_under_its_own_name():
    response = file_response(received("Grüße; 1.jpg", crafted.JPEG))
    assert body(response) == crafted.JPEG
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''Gr%C3%BC%C3%9Fe%3B%201.jpg"
    assert response["Content-Type"] == "image/jpeg"
    assert response["Content-Length"] == str(len(crafted.JPEG))


def test_a_preview_is_shown_in_the_page():
    response = file_response(received("photo.png", crafted.PNG), preview=True)
    assert body(response)[8:12] == b"WEBP"
    assert response["Content-Disposition"] == "inline"
    assert response["Content-Type"] == "image/webp"


@pytest.mark.parametrize("preview", [False, True])
def test_a_browser_can_neither_guess_run_nor_keep_a_file(preview):
    response = file_response(received("photo.png", crafted.PNG), preview=preview)
    response.close()
    assert {
        name: response[name]
        for name in (
            "X-Content-Type-Options",
            "Content-Security-Policy",
            "Cross-Origin-Resource-Policy",
            "Cache-Control",
        )
    } == {
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, no-store",
    }


def test_a_file_without_a_preview_has_none_to_show():
    with pytest.raises(Http404):
        file_response(received("paper.pdf", crafted.PDF), preview=True)


def test_content_that_is_gone_is_not_found():
    attachment = received("paper.pdf", crafted.PDF)
    attachment.file.storage.delete(attachment.file.name)
    with pytest.raises(Http404):
        file_response(attachment)
