"""Samples are what would be sent: they are given what real mail is given."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.utils import timezone, translation

from tickets.errors import UnknownKind
from tickets.escalation.models import Escalation
from tickets.outbox import samples
from tickets.outbox.kinds import KINDS, kind_of
from tickets.outbox.models import OutgoingMail
from tickets.outbox.samples.cases import ABOUT_NO_TICKET, CASES
from tickets.outbox.samples.scene import Scene

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LANGUAGES = [code for code, _name in settings.LANGUAGES]

AllWritten = Callable[..., dict[str, OutgoingMail]]


def test_every_kind_has_a_sample() -> None:
    missing = sorted(set(KINDS) - set(CASES))
    assert not missing, f"Write a case in tickets/outbox/samples/cases.py for each of: {', '.join(missing)}"


def test_no_sample_is_of_a_kind_that_is_gone() -> None:
    assert set(CASES) - set(KINDS) == set()


def test_a_sample_is_given_what_a_real_mail_of_its_kind_is_given(all_written: AllWritten) -> None:
    differ = {}
    for kind, mail in all_written().items():
        real = set(kind_of(mail).facts(mail))
        given = [set(samples.facts(kind, AT, number=number)) for number in range(samples.count(kind))]
        if real not in given:
            differ[kind] = f"a real mail has {sorted(real)}, its samples {[sorted(names) for names in given]}"
    assert differ == {}


def test_samples_are_about_a_ticket_where_real_mail_is(all_written: AllWritten) -> None:
    mails = all_written()
    assert {kind for kind, mail in mails.items() if mail.ticket is None} == ABOUT_NO_TICKET & set(mails)


def test_each_cause_of_an_escalation_has_a_sample() -> None:
    causes = {samples.facts("escalated", AT, number=number)["cause"] for number in range(samples.count("escalated"))}
    assert causes == set(Escalation.Cause.values)


@pytest.mark.parametrize("language", LANGUAGES)
def test_people_write_in_every_language_of_the_desk(language: str) -> None:
    assert Scene.of(language, AT).words != Scene.of("xx", AT).words or language == settings.LANGUAGE_CODE


def test_in_a_language_that_nobody_wrote_a_scene_in_people_write_english() -> None:
    assert Scene.of("pt", AT).words == Scene.of("en", AT).words


def test_a_sample_is_written_in_its_language_whoever_looks_at_it() -> None:
    with translation.override("ja"), timezone.override("Asia/Tokyo"):
        mail = samples.render("acknowledgement", "it", at=AT)
    assert "Buongiorno Giulia" in mail.text
    assert "ora di Roma" in mail.text


def test_staff_are_greeted_in_mail_to_staff() -> None:
    assert "Hello Marta," in samples.render("assigned", "en", at=AT).text


def test_a_sample_is_in_no_outbox() -> None:
    assert samples.render("reply", "en", at=AT).pk is None


def test_a_kind_without_samples_is_said() -> None:
    with pytest.raises(UnknownKind):
        samples.count("poem")
