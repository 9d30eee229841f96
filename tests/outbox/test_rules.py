from datetime import timedelta
from itertools import pairwise

from portal.celery import app
from tickets.outbox import rules
from tickets.outbox.rules import automatic_headers, pause_after, thread


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


def test_automatic_mail_asks_machines_not_to_answer() -> None:
    assert automatic_headers("auto-replied") == {"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All"}


def test_the_lease_outlives_the_longest_task() -> None:
    """Else a mail could be sent by two workers, neither of which died."""
    assert timedelta(seconds=app.conf.task_time_limit) < rules.LEASE
