from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.celery import app
from tickets.outbox import rules
from tickets.outbox.models import DeliveryEvent, MailState
from tickets.outbox.rules import (
    automatic_headers,
    is_final,
    next_state,
    pause_after,
    status_of,
    suspends,
    thread,
)


def test_pauses_grow() -> None:
    pauses = [pause_after(attempts, seed=1) for attempts in range(1, len(rules.PAUSES) + 1)]
    assert all(pause and later and later > pause for pause, later in pairwise(pauses))


def test_the_first_pause_is_about_a_minute() -> None:
    assert timedelta(minutes=1) <= (pause_after(1, seed=7) or timedelta()) <= timedelta(minutes=1.1)


def test_it_gives_up_after_the_last_attempt() -> None:
    assert pause_after(rules.attempts_allowed(), seed=1) is None


def test_it_does_not_give_up_before_the_last_attempt() -> None:
    assert pause_after(rules.attempts_allowed() - 1, seed=1) is not None


def test_mails_that_failed_together_are_not_tried_again_together() -> None:
    assert len({pause_after(1, seed=seed) for seed in range(100)}) > 50


def test_a_code_is_given_up_before_it_is_worthless() -> None:
    waited = [pause_after(attempts, seed=0, short_lived=True) for attempts in (1, 2)]
    assert sum((pause for pause in waited if pause), timedelta()) < timedelta(minutes=15)
    assert pause_after(3, seed=0, short_lived=True) is None


def test_the_first_mail_of_a_conversation_refers_to_nothing() -> None:
    assert thread([]) == {}


def test_a_mail_answers_the_last_and_refers_to_all() -> None:
    assert thread(["<a@x>", "<b@x>"]) == {"In-Reply-To": "<b@x>", "References": "<a@x> <b@x>"}


def test_a_long_conversation_keeps_its_first_and_its_newest_references() -> None:
    ids = [f"<{number}@x>" for number in range(30)]
    assert thread(ids)["References"].split() == ["<0@x>", *ids[-9:]]


def test_two_mails_that_met_once_do_not_meet_again() -> None:
    """Each attempt spreads them anew, instead of giving each mail one share for all its pauses."""
    shares = {(pause_after(attempts, seed=1) or timedelta()) / pause for attempts, pause in enumerate(rules.PAUSES, 1)}
    assert len(shares) == len(rules.PAUSES)


def test_automatic_mail_asks_machines_not_to_answer_and_names_itself() -> None:
    assert automatic_headers("auto-replied", loop="reply@shop.example", for_staff=False) == {
        "Auto-Submitted": "auto-replied",
        "X-Auto-Response-Suppress": "All",
        "X-Loop": "reply@shop.example",
    }


def test_only_what_staff_are_told_goes_as_bulk() -> None:
    assert automatic_headers("auto-generated", loop="reply@shop.example", for_staff=True)["Precedence"] == "bulk"


# --- Reports ----------------------------------------------------------------------------------------------------------

EVENT = DeliveryEvent.Kind
NO_MOVE = (EVENT.PUT_OFF, EVENT.DEFERRED, EVENT.HELD, EVENT.RELEASED, EVENT.RESENT)


@pytest.mark.parametrize(
    ("before", "delivered", "bounced", "complained", "failed"),
    [
        ("queued", "delivered", "bounced", "complained", "queued"),
        ("sending", "delivered", "bounced", "complained", "sending"),
        ("sent", "delivered", "bounced", "complained", "failed"),
        ("delivered", "delivered", "bounced", "complained", "delivered"),
        ("bounced", "bounced", "bounced", "complained", "bounced"),
        ("complained", "complained", "complained", "complained", "complained"),
        ("failed", "delivered", "bounced", "complained", "failed"),
        ("held", "delivered", "bounced", "complained", "held"),
    ],
)
def test_what_a_report_makes_of_a_mail(before: str, delivered: str, bounced: str, complained: str, failed: str) -> None:
    kinds = (EVENT.DELIVERED, EVENT.BOUNCED, EVENT.COMPLAINED, EVENT.FAILED)
    after = [next_state(MailState(before), kind, permanent=True) for kind in kinds]
    assert after == [delivered, bounced, complained, failed]


@pytest.mark.parametrize("kind", NO_MOVE)
def test_a_delay_and_what_the_desk_does_are_no_reports(kind: EVENT) -> None:
    assert [next_state(state, kind, permanent=True) for state in MailState] == list(MailState)


def test_an_answering_machine_does_not_undo_a_delivery() -> None:
    assert next_state(MailState.DELIVERED, EVENT.BOUNCED, permanent=False) == MailState.DELIVERED


reports = st.lists(st.tuples(st.sampled_from(EVENT), st.booleans()), max_size=6)


@given(st.sampled_from(MailState), reports)
def test_telling_everything_twice_changes_nothing(state: MailState, told: list[tuple[EVENT, bool]]) -> None:
    once = after_all(state, told)
    assert after_all(once, [(kind, permanent) for kind, permanent in told if kind != EVENT.FAILED]) == once


@given(st.sampled_from(MailState), reports)
def test_a_complaint_is_never_forgotten(state: MailState, told: list[tuple[EVENT, bool]]) -> None:
    assert after_all(state, [(EVENT.COMPLAINED, True), *told]) == MailState.COMPLAINED


def after_all(state: MailState, told: list[tuple[EVENT, bool]]) -> MailState:
    for kind, permanent in told:
        state = next_state(state, kind, permanent=permanent)
    return state


@pytest.mark.parametrize(
    ("status", "suspended"),
    [
        ("", True),
        ("5.0.0", True),
        ("5.1.1", True),
        ("5.1.10", True),
        ("5.2.1", True),
        ("5.2.2", False),
        ("5.2.3", False),
        ("5.3.4", False),
        ("5.4.4", False),
        ("5.7.1", False),
    ],
)
def test_only_what_is_wrong_with_the_address_suspends_it(status: str, suspended: bool) -> None:
    assert suspends(EVENT.BOUNCED, permanent=True, status=status) is suspended


@pytest.mark.parametrize(("status", "suspended"), [("", False), ("5.1.1", True), ("5.2.1", True), ("5.7.1", False)])
def test_a_refusal_suspends_only_where_the_server_says_that_there_is_nobody(status: str, suspended: bool) -> None:
    assert suspends(EVENT.FAILED, permanent=True, status=status) is suspended


@pytest.mark.parametrize(
    ("answer", "status"),
    [("550 5.1.1 Nobody", "5.1.1"), ("550 Nobody", ""), ("550-5.7.26 from 192.0.2.1", "5.7.26"), ("1.5.1.1", "")],
)
def test_the_code_in_a_servers_answer(answer: str, status: str) -> None:
    assert status_of(answer) == status


@pytest.mark.parametrize(
    ("code", "status", "final"), [(452, "4.2.2", False), (550, "", True), (552, "5.3.4", True), (554, "5.7.1", False)]
)
def test_what_is_not_tried_again(code: int, status: str, final: bool) -> None:
    assert is_final(code, status) is final


def test_the_lease_outlives_the_longest_task() -> None:
    """Else a mail could be sent by two workers, neither of which died."""
    assert timedelta(seconds=app.conf.task_time_limit) < rules.LEASE
