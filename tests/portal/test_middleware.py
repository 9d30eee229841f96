import gzip
import re

import pytest
import structlog
from django.http import HttpResponse

from portal.middleware import CompressPages, RequestId


@pytest.fixture
def answer_to(rf):
    """What the middleware makes of a request for a path; headers by name."""

    def send(path="/", **headers):
        return RequestId(lambda request: HttpResponse(status=204))(rf.get(path, headers=headers))

    return send


def test_each_request_gets_an_id_of_its_own(answer_to):
    first, second = (answer_to()["X-Request-ID"] for _ in range(2))

    assert re.fullmatch(r"[0-9a-f]{32}", first)
    assert first != second


def test_the_id_a_proxy_gave_is_kept(answer_to):
    assert answer_to(**{"X-Request-ID": "edge-0123456789"})["X-Request-ID"] == "edge-0123456789"


@pytest.mark.parametrize("given", ["short", "x" * 81, "two words long", "line\nbreak12", '{"level":"error"}'])
def test_what_is_no_id_is_not_written_to_the_log(answer_to, given):
    assert answer_to(**{"X-Request-ID": given})["X-Request-ID"] != given


def test_one_line_is_logged_for_a_request_and_holds_no_search_words(answer_to):
    with structlog.testing.capture_logs() as lines:
        answer_to("/help/?q=my+illness")

    (line,) = lines
    assert line.pop("milliseconds") >= 0
    assert line == {"event": "request", "log_level": "info", "method": "GET", "path": "/help/", "status": 204}


@pytest.mark.parametrize(
    ("address", "logged"),
    [
        ("/accounts/password/reset/key/4x-c7p2yq-0123456789abcdef/", "/accounts/password/reset/key/4x-<key>/"),
        ("/rate/WyJLN1E0LTlNMlgiLDFd:1vN4xq:signature/thanks/", "/rate/<token>/thanks/"),
    ],
)
@pytest.mark.django_db
def test_a_link_that_opens_something_is_not_written_to_the_log(client, address, logged):
    with structlog.testing.capture_logs() as lines:
        client.get(address)

    assert [line["path"] for line in lines if line["event"] == "request"] == [logged]


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probes_fill_no_log(answer_to, path):
    with structlog.testing.capture_logs() as lines:
        answer_to(path)

    assert lines == []


def test_pages_are_compressed(rf):
    page = b"<p>One line as long as any other.</p>" * 50

    response = CompressPages(lambda request: HttpResponse(page))(rf.get("/", headers={"Accept-Encoding": "gzip"}))

    assert response["Content-Encoding"] == "gzip"
    assert gzip.decompress(response.content) == page


def test_downloads_keep_the_length_they_announce(rf):
    photo = HttpResponse(b"x" * 5000, headers={"Content-Type": "image/jpeg", "Content-Length": "5000"})

    response = CompressPages(lambda request: photo)(rf.get("/", headers={"Accept-Encoding": "gzip"}))

    assert "Content-Encoding" not in response
    assert response["Content-Length"] == "5000"


def test_every_page_carries_the_strict_policy(client, db):
    policy = client.get("/accounts/login/").headers["Content-Security-Policy"]

    assert sorted(policy.split("; ")) == [
        "base-uri 'none'",
        "default-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "object-src 'none'",
    ]
