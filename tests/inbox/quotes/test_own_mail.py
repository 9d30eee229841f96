"""Our own mail, quoted by everybody's program: the answer to it comes home without it."""

from datetime import UTC, datetime

import pytest
from django.conf import settings

from tests.inbox.quotes.styles import STYLES, above
from tickets.inbox.parse.quotes import newest_reply
from tickets.outbox import samples
from tickets.outbox.samples.cases import CASES

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ANSWER = "Thank you.\n\nThe pump is quiet now. You may close it:\nI need nothing more.\n\nAlice"


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_an_answer_to_any_mail_of_ours_is_only_the_answer(language: str) -> None:
    texts = {kind: samples.render(kind, language, at=AT).text for kind in CASES}
    wrong = {
        kind: reply
        for kind, text in texts.items()
        for style in STYLES
        if (reply := newest_reply(above(ANSWER, style(text)))) != ANSWER
    }
    assert wrong == {}


@pytest.mark.parametrize("kind", CASES)
def test_a_mail_of_ours_alone_is_kept(kind: str) -> None:
    text = samples.render(kind, "en", at=AT).text
    assert newest_reply(text) == text.strip("\n")
