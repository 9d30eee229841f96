"""Mail looked at before anybody gets it."""

import re
from html import unescape

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tests.factories import UserFactory
from tests.workspace.conftest import SignIn
from tickets.models import OutgoingMail
from tickets.outbox.kinds import KINDS
from tickets.workspace.words import MAIL_KINDS

PAGE = "admin:mail_previews"
FRAME = "admin:mail_preview_html"


def looked_at(client: Client, view: str = PAGE, **asked: str | int) -> str:
    response = client.get(reverse(view), asked)
    assert response.status_code == 200
    return response.content.decode()


def followed(client: Client, query: str) -> str:
    """The page behind a link, as it stands in the page."""
    return client.get(reverse(PAGE) + unescape(query)).content.decode()


def test_the_list_of_outgoing_mail_leads_there(desk_client: Client) -> None:
    assert reverse(PAGE) in looked_at(desk_client, "admin:tickets_outgoingmail_changelist")


def test_a_kind_is_read_in_another_language_than_ones_own(desk_client: Client) -> None:
    page = looked_at(desk_client, kind="reply", language="it")
    assert "Marta Rinaldi ha scritto" in page
    assert "<title>Mail previews" in page


def test_it_begins_with_ones_own_language(desk_client: Client, agent) -> None:
    agent.user.language = "it"
    agent.user.save()
    assert '<option value="it" selected>' in looked_at(desk_client)


def test_every_kind_can_be_looked_at(desk_client: Client) -> None:
    begins = '<!DOCTYPE html><html lang="ar" dir="rtl">'
    pages = {kind: looked_at(desk_client, FRAME, kind=kind, language="ar") for kind in KINDS}
    assert [kind for kind, page in pages.items() if not page.startswith(begins)] == []


def test_every_kind_has_a_name() -> None:
    nameless = sorted(set(KINDS) - set(MAIL_KINDS))
    assert not nameless, f"Say in tickets/workspace/words.py what staff call each of: {', '.join(nameless)}"


def test_the_formatted_part_can_do_nothing(desk_client: Client) -> None:
    response = desk_client.get(reverse(FRAME), {"kind": "reply", "language": "en"})
    assert "sandbox" in response["Content-Security-Policy"]
    assert "script-src" not in response["Content-Security-Policy"]


def test_the_frame_shows_what_was_asked_for(desk_client: Client) -> None:
    page = looked_at(desk_client, kind="reply", language="ja", needs="large", number=2)
    frame = re.search(r'<iframe[^>]* src="([^"]+)"', page)
    assert frame
    formatted = desk_client.get(unescape(frame[1])).content.decode()
    assert 'lang="ja"' in formatted
    assert "font-size: 21px" in formatted


def test_who_needs_plain_text_has_no_frame(desk_client: Client) -> None:
    page = looked_at(desk_client, kind="reply", language="en", needs="text-only")
    assert "<iframe" not in page
    assert "Whoever needs plain text gets no formatted part." in page
    assert desk_client.get(reverse(FRAME), {"kind": "reply", "language": "en", "needs": "text-only"}).status_code == 404


def test_each_case_of_a_kind_says_something_else(desk_client: Client) -> None:
    page = looked_at(desk_client, kind="followed", language="en")
    cases = re.findall(r'href="(\?[^"]+)"[^>]*>Variant \d', page)
    assert len(cases) == 2
    texts = {re.findall(r"<pre.*?</pre>", followed(desk_client, case), re.DOTALL)[0] for case in cases}
    assert len(texts) == 2


def test_one_walks_through_all_kinds(desk_client: Client) -> None:
    query, seen = "", []
    for _kind in KINDS:
        page = followed(desk_client, query)
        seen += re.findall(r'<option value="(\w+)" selected>', page)[:1]
        after = re.search(r'rel="next" href="([^"]+)"', page)
        assert after
        query = after[1]
    assert seen == list(KINDS)


@pytest.mark.parametrize(
    "asked",
    [
        {"kind": "poem", "language": "en"},
        {"kind": "reply", "language": "xx"},
        {"kind": "reply", "language": "en", "number": "99"},
        {"kind": "reply", "language": "en", "number": "0"},
        {"kind": "reply", "language": "en", "needs": "silence"},
        {"kind": "reply"},
    ],
)
@pytest.mark.parametrize("view", [PAGE, FRAME])
def test_what_there_is_not_is_not_found(desk_client: Client, view: str, asked: dict[str, str]) -> None:
    assert desk_client.get(reverse(view), asked).status_code == 404


def test_nothing_is_written(desk_client: Client) -> None:
    looked_at(desk_client, kind="reply", language="en")
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize("view", [PAGE, FRAME])
def test_who_may_not_read_mail_may_not_look(sign_in: SignIn, view: str) -> None:
    cleaner = sign_in(UserFactory.create(name="Nobody Much", is_staff=True))
    assert cleaner.get(reverse(view), {"kind": "reply", "language": "en"}).status_code == 403


def test_a_page_costs_the_same_for_every_kind(desk_client: Client, django_assert_max_num_queries) -> None:
    # Who is signed in, and what they may do: the mail itself is made from no row.
    with django_assert_max_num_queries(6):
        looked_at(desk_client, kind="catch_up", language=settings.LANGUAGE_CODE)
