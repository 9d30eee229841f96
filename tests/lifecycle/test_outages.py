"""Outages from the declaration to the last update. The background work is done here by calling it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.factories import CategoryFactory, CustomerFactory, OrderLineFactory, acting, open_ticket
from tickets import lifecycle
from tickets.errors import NotAllowed, Stale
from tickets.lifecycle.outages import tasks as outage_tasks
from tickets.lifecycle.outages import work as outage_work
from tickets.lifecycle.outages.events import Overlaps, Untranslated, remind_of_outages
from tickets.models import (
    Agent,
    AuditEntry,
    Category,
    Customer,
    EscalationRule,
    Message,
    Outage,
    OutageUpdate,
    OutgoingMail,
    SLAClock,
    Ticket,
)

HOUR = timedelta(hours=1)

Declare = Callable[..., Outage]
Tell = Callable[..., OutageUpdate]


@pytest.fixture
def app(desk: None) -> Category:
    """A topic; what the rules make of an outage has a test of its own."""
    EscalationRule.objects.filter(trigger="outage").delete()
    return CategoryFactory.create(name="App and account")


@pytest.fixture
def declare(lead: Agent, app: Category, now: datetime) -> Declare:
    """Declared, and the cases that were open are linked."""

    def declared(**changes: Any) -> Outage:
        arguments = {
            "titles": {"en": "The app does not connect", "it": "L’app non si collega"},
            "texts": {"en": "We are working on it.", "it": "Ci stiamo lavorando."},
            "category": app,
            "product": "",
            "started_at": now,
            "update_minutes": 240,
            "by": acting(lead),
            "at": now + HOUR,
            **changes,
        }
        outage = lifecycle.declare_outage(**arguments)
        outage_work.link_open_cases(outage.pk, at=arguments["at"])
        return outage

    return declared


@pytest.fixture
def tell(lead: Agent, now: datetime) -> Tell:
    """An update, sent to everybody."""

    def told(outage: Outage, *, at: datetime = now + 2 * HOUR, **changes: Any) -> OutageUpdate:
        arguments = {"texts": {"en": "Still working.", "it": "Ci lavoriamo ancora."}, "by": acting(lead), **changes}
        arguments.setdefault("seen", outage.updates.order_by("pk").values_list("pk", flat=True).last())
        update = lifecycle.update_outage(outage, at=at, **arguments)
        outage_work.send_update(update.pk, at=at)
        update.refresh_from_db()
        return update

    return told


def outage_of(ticket: Ticket) -> Outage | None:
    ticket.refresh_from_db()
    return ticket.outage


def codes(ticket: Ticket) -> list[str]:
    return list(AuditEntry.objects.filter(ticket=ticket).order_by("sequence").values_list("code", flat=True))


def announcements(ticket: Ticket) -> list[tuple[str, str]]:
    return list(ticket.messages.filter(author_kind="system").order_by("pk").values_list("language", "text"))


# --- Which cases are linked -------------------------------------------------------------------------------------------


def test_open_cases_that_match_are_linked_when_it_is_declared(declare: Declare, app: Category, now: datetime) -> None:
    concerned = open_ticket(category=app, at=now + timedelta(minutes=5))
    of_another_topic, from_before = open_ticket(at=now), open_ticket(category=app, at=now - HOUR)
    outage = declare()
    assert [outage_of(ticket) for ticket in (concerned, of_another_topic, from_before)] == [outage, None, None]
    assert codes(concerned)[-1] == "outage_linked"


def test_a_new_case_that_matches_is_linked_at_once(declare: Declare, app: Category, now: datetime) -> None:
    outage = declare()
    ticket = open_ticket(category=app, at=now + 2 * HOUR)
    assert outage_of(ticket) == outage
    assert "outage_linked" in codes(ticket)


def test_cases_match_by_product_however_it_is_written(
    declare: Declare, alice: Customer, app: Category, now: datetime
) -> None:
    line = OrderLineFactory.create(order__customer=alice)
    about_it, about_nothing = open_ticket(alice, order_line=line), open_ticket(alice)
    outage = declare(category=None, product="BRIO 2")
    assert [outage_of(about_it), outage_of(about_nothing)] == [outage, None]
    assert outage_of(open_ticket(alice, order_line=line, at=now + 2 * HOUR)) == outage


def test_a_solved_case_is_not_linked(declare: Declare, app: Category, lead: Agent, now: datetime) -> None:
    ticket = open_ticket(category=app)
    lifecycle.resolve(ticket, by=acting(lead), at=now)
    declare()
    assert outage_of(ticket) is None


def test_a_case_that_is_sorted_under_its_topic_is_linked(
    declare: Declare, app: Category, lead: Agent, now: datetime
) -> None:
    ticket = open_ticket()
    outage = declare()
    lifecycle.change_category(ticket, category=app, by=acting(lead), at=now + 2 * HOUR)
    assert outage_of(ticket) == outage


def test_nothing_is_linked_once_it_is_over(declare: Declare, tell: Tell, app: Category, now: datetime) -> None:
    tell(declare(), final=True)
    assert outage_of(open_ticket(category=app, at=now + 3 * HOUR)) is None


def test_an_agent_can_link_a_case_that_does_not_match(declare: Declare, agent: Agent, now: datetime) -> None:
    ticket, outage = open_ticket(), declare()
    lifecycle.link_to_outage(ticket, outage, by=acting(agent), at=now + HOUR)
    assert outage_of(ticket) == outage


def test_a_case_that_was_taken_out_is_not_linked_again_by_itself(
    declare: Declare, app: Category, agent: Agent, now: datetime
) -> None:
    ticket, other = open_ticket(category=app), CategoryFactory.create()
    outage = declare()
    lifecycle.unlink_from_outage(ticket, by=acting(agent), at=now + HOUR)
    lifecycle.change_category(ticket, category=other, by=acting(agent), at=now + HOUR)
    lifecycle.change_category(ticket, category=app, by=acting(agent), at=now + HOUR)
    assert outage_of(ticket) is None
    assert "outage_unlinked" in codes(ticket)
    lifecycle.link_to_outage(ticket, outage, by=acting(agent), at=now + HOUR)
    assert outage_of(ticket) == outage


def test_a_case_cannot_be_linked_to_what_is_over(declare: Declare, tell: Tell, agent: Agent, now: datetime) -> None:
    outage = declare()
    tell(outage, final=True)
    outage.refresh_from_db()
    with pytest.raises(NotAllowed):
        lifecycle.link_to_outage(open_ticket(), outage, by=acting(agent), at=now + 3 * HOUR)


def test_the_rules_for_a_critical_outage_apply_once_to_each_linked_case(
    declare: Declare, app: Category, lead: Agent, now: datetime
) -> None:
    EscalationRule.objects.create(
        name="Down", trigger="outage", raise_tier=False, set_priority="urgent", notify=["leads"]
    )
    before = open_ticket(category=app)
    declare()
    after = open_ticket(category=app, at=now + 2 * HOUR)
    for ticket in (before, after):
        ticket.refresh_from_db()
        assert (ticket.priority, codes(ticket).count("rule_fired")) == ("urgent", ticket.firings.count())
    assert not OutgoingMail.objects.filter(kind="rule_fired", recipient=lead.user.email).exists()


def test_no_rule_hands_hundreds_of_cases_up(declare: Declare, app: Category, now: datetime) -> None:
    EscalationRule.objects.create(name="Down", trigger="outage", raise_tier=True)
    before = open_ticket(category=app)
    declare()
    before.refresh_from_db()
    assert (before.tier.level, before.firings.count()) == (1, 1)


def test_a_new_case_costs_one_query_more_at_most(
    app: Category, alice: Customer, django_assert_max_num_queries: Any
) -> None:
    open_ticket(alice, category=app)
    with django_assert_max_num_queries(1_000) as queries:
        open_ticket(alice, category=app)
    assert sum('"tickets_outage"' in query["sql"] for query in queries.captured_queries) == 1


# --- What is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"category": None}, "Choose a topic or name a product"),
        ({"titles": {"it": "Giù"}}, "in the desk’s own language"),
        ({"started_at": datetime.fromisoformat("2026-11-23T10:00:01Z")}, "has not begun yet"),
    ],
)
def test_what_cannot_be_is_refused_in_words(declare: Declare, changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(NotAllowed, match=reason):
        declare(**changes)
    assert not Outage.objects.exists()


def test_the_same_outage_is_not_declared_twice(declare: Declare) -> None:
    first = declare()
    with pytest.raises(Overlaps) as refusal:
        declare(product="Brio")
    assert refusal.value.outage == first


def test_it_can_be_declared_again_once_it_is_over(declare: Declare, tell: Tell) -> None:
    tell(declare(), final=True)
    declare()
    assert Outage.objects.going_on().count() == 1


def test_a_language_that_customers_read_has_to_be_written_or_waived(
    declare: Declare, tell: Tell, app: Category
) -> None:
    for language in ("ja", "ja", "it", "de"):
        open_ticket(CustomerFactory.create(language=language), category=app)
    outage = declare()
    with pytest.raises(Untranslated) as refusal:
        tell(outage, accepted=["de"])
    assert refusal.value.missing == {"ja": 2, "de": 1}
    assert tell(outage, accepted=["de", "ja"]).done == 4


def test_nobody_sends_an_update_over_one_that_they_have_not_seen(declare: Declare, tell: Tell) -> None:
    outage = declare()
    tell(outage)
    with pytest.raises(Stale):
        tell(outage, seen=None)
    assert outage.updates.count() == 1


def test_what_is_over_gets_no_more_updates(declare: Declare, tell: Tell) -> None:
    outage = declare()
    tell(outage, final=True)
    with pytest.raises(NotAllowed, match="over already"):
        tell(outage)


# --- What customers get -----------------------------------------------------------------------------------------------


def test_everybody_reads_it_in_their_language_on_their_case_and_by_mail(
    declare: Declare, tell: Tell, app: Category
) -> None:
    english, italian = (open_ticket(CustomerFactory.create(language=code), category=app) for code in ("en", "it"))
    update = tell(declare())
    assert announcements(english) == [("en", "Still working.")]
    assert announcements(italian) == [("it", "Ci lavoriamo ancora.")]
    mails = OutgoingMail.objects.filter(kind="outage_update").order_by("pk")
    assert [(mail.language, mail.data["title"], mail.automatic) for mail in mails] == [
        ("en", "The app does not connect", True), ("it", "L’app non si collega", True),
    ]  # fmt: skip
    assert (update.total, update.done, update.failed, update.percent) == (2, 2, 0, 100)


def test_without_a_translation_the_message_says_in_which_language_it_is(
    declare: Declare, tell: Tell, app: Category
) -> None:
    ticket = open_ticket(CustomerFactory.create(language="ja"), category=app)
    tell(declare(), accepted=["ja"])
    assert announcements(ticket) == [("en", "Still working.")]


def test_whoever_has_two_cases_reads_it_on_both_and_gets_one_mail(
    declare: Declare, tell: Tell, app: Category, alice: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outage_work, "BATCH", 1)
    cases = [open_ticket(alice, category=app) for _ in range(2)]
    tell(declare())
    assert [len(announcements(ticket)) for ticket in cases] == [1, 1]
    assert OutgoingMail.objects.filter(kind="outage_update").count() == 1


def test_it_answers_nobodys_question(declare: Declare, tell: Tell, app: Category, now: datetime) -> None:
    ticket = open_ticket(category=app)
    before = SLAClock.objects.get(ticket=ticket, metric="first_reply").due_at
    asked = ticket.last_message_id
    tell(declare())
    clock = SLAClock.objects.get(ticket=ticket, metric="first_reply")
    ticket.refresh_from_db()
    assert (clock.due_at, clock.stopped_at, ticket.last_message_id, ticket.status) == (before, None, asked, "new")


def test_it_is_news_for_the_customer(declare: Declare, tell: Tell, app: Category, now: datetime) -> None:
    ticket = open_ticket(category=app)
    tell(declare(), at=now + 2 * HOUR)
    assert SLAClock.objects.get(ticket=ticket, metric="update").started_at == now + 2 * HOUR


def test_a_case_that_was_solved_in_the_meantime_is_left_alone(
    declare: Declare, tell: Tell, app: Category, lead: Agent, now: datetime
) -> None:
    ticket = open_ticket(category=app)
    outage = declare()
    lifecycle.resolve(ticket, by=acting(lead), at=now + HOUR)
    tell(outage)
    assert announcements(ticket) == []


def test_the_next_update_is_promised_anew_with_each(declare: Declare, tell: Tell, now: datetime) -> None:
    outage = declare()
    assert outage.next_update_by == now + 5 * HOUR
    tell(outage, at=now + 3 * HOUR)
    outage.refresh_from_db()
    assert outage.next_update_by == now + 7 * HOUR


def test_the_last_update_ends_it_and_leaves_the_cases_open(
    declare: Declare, tell: Tell, app: Category, now: datetime
) -> None:
    ticket = open_ticket(category=app)
    outage = declare()
    tell(outage, final=True)
    outage.refresh_from_db()
    ticket.refresh_from_db()
    assert (outage.ended_at, outage.next_update_by) == (now + 2 * HOUR, None)
    assert (ticket.status, ticket.outage) == ("new", outage)
    assert OutgoingMail.objects.get(kind="outage_update").data["final"] is True


# --- In the background ------------------------------------------------------------------------------------------------


def test_an_update_waits_until_the_cases_from_before_are_linked(
    lead: Agent, app: Category, now: datetime, declare: Declare
) -> None:
    outage = declare()
    Outage.objects.update(finished_at=None, cursor=0)
    ticket = open_ticket(category=app, at=now + HOUR)
    Ticket.objects.update(outage=None)
    update = lifecycle.update_outage(outage, texts={"en": "Soon."}, by=acting(lead), at=now + 2 * HOUR)
    outage_work.send_update(update.pk, at=now + 2 * HOUR)
    assert announcements(ticket) == [("en", "Soon.")]


def test_sending_twice_writes_once(declare: Declare, tell: Tell, app: Category, now: datetime) -> None:
    ticket = open_ticket(category=app)
    update = tell(declare())
    outage_work.send_update(update.pk, at=now + 9 * HOUR)
    assert len(announcements(ticket)) == 1


def test_another_worker_goes_on_where_one_was_killed(
    declare: Declare, lead: Agent, app: Category, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [open_ticket(category=app) for _ in range(5)]
    update = lifecycle.update_outage(declare(), texts={"en": "Soon."}, by=acting(lead), at=now + 2 * HOUR)
    done = outage_work._tell_all

    def killed(work: OutageUpdate, keys: list[int], at: datetime) -> None:
        done(work, keys, at)
        if cases[2].pk in keys:
            raise SystemExit

    sending = outage_work.SENDING
    monkeypatch.setattr(outage_work, "SENDING", replace(sending, act=killed))
    assert outage_work.send_update(update.pk, at=now + 2 * HOUR, size=2)
    with pytest.raises(SystemExit):
        outage_work.send_update(update.pk, at=now + 2 * HOUR, size=2)
    monkeypatch.setattr(outage_work, "SENDING", sending)
    assert not outage_work.send_update(update.pk, at=now + 2 * HOUR)
    assert [len(announcements(ticket)) for ticket in cases] == [1, 1, 0, 0, 0]
    outage_work.send_update(update.pk, at=now + 3 * HOUR)
    assert [len(announcements(ticket)) for ticket in cases] == [1] * 5


def test_a_case_that_breaks_its_batch_stops_nobody_elses_message(
    declare: Declare, lead: Agent, app: Category, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [open_ticket(category=app) for _ in range(4)]
    update = lifecycle.update_outage(declare(), texts={"en": "Soon."}, by=acting(lead), at=now + 2 * HOUR)
    done = outage_work._tell_all

    def breaking(work: OutageUpdate, keys: list[int], at: datetime) -> None:
        done(work, keys, at)
        if cases[1].pk in keys:
            raise RuntimeError

    monkeypatch.setattr(outage_work, "SENDING", replace(outage_work.SENDING, act=breaking))
    outage_work.send_update(update.pk, at=now + 2 * HOUR)
    update.refresh_from_db()
    assert [len(announcements(ticket)) for ticket in cases] == [1, 0, 1, 1]
    assert (update.done, update.failed, update.finished_at) == (3, 1, now + 2 * HOUR)


def test_the_cost_of_a_batch_does_not_grow_with_its_cases(
    declare: Declare, tell: Tell, app: Category, now: datetime, django_assert_max_num_queries: Any
) -> None:
    def queries(number: int, at: datetime) -> int:
        for _ in range(number):
            open_ticket(category=app, at=now + HOUR)
        with django_assert_max_num_queries(60) as counted:
            tell(outage, at=at)
        return len(counted)

    outage = declare()
    few = queries(3, now + 2 * HOUR)
    assert queries(27, now + 3 * HOUR) <= few + 2
    assert Message.objects.filter(author_kind="system").count() == 33


def test_the_sweep_starts_again_what_a_broker_lost(
    declare: Declare, lead: Agent, app: Category, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    update = lifecycle.update_outage(declare(), texts={"en": "Soon."}, by=acting(lead), at=now + 2 * HOUR)
    sent: list[tuple[int, ...]] = []
    monkeypatch.setattr(outage_tasks.send_outage_update, "apply_async", lambda keys, retry: sent.append(keys))
    lifecycle.sweep(at=now + 3 * HOUR)
    assert sent == [(update.pk,)]


def test_a_case_that_was_on_its_way_when_it_was_declared_is_linked_a_little_later(
    declare: Declare, app: Category, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever opened it saw no outage yet, and whoever linked the open cases saw no such case yet."""
    outage = declare()
    ticket = open_ticket(category=app, at=now + HOUR)
    Ticket.objects.update(outage=None)
    started: list[tuple[int, ...]] = []
    monkeypatch.setattr(outage_tasks.link_outage, "apply_async", lambda keys, retry: started.append(keys))
    for minutes in (1, 2, 3):
        at = now + HOUR + timedelta(minutes=minutes)
        outage_tasks.resume(at=at)
        outage_work.link_open_cases(outage.pk, at=at)
    assert (outage_of(ticket), started) == (outage, [(outage.pk,)])


# --- The next update --------------------------------------------------------------------------------------------------


def test_whoever_declared_it_is_reminded_once_of_each_update(
    declare: Declare, tell: Tell, lead: Agent, now: datetime
) -> None:
    outage = declare()
    assert remind_of_outages(at=now + 4 * HOUR) == 0
    assert [remind_of_outages(at=now + hours * HOUR) for hours in (5, 6)] == [1, 0]
    tell(outage, at=now + 6 * HOUR)
    assert remind_of_outages(at=now + 10 * HOUR) == 1
    mails = OutgoingMail.objects.filter(kind="outage_overdue", recipient=lead.user.email)
    assert [mail.data["title"] for mail in mails] == ["The app does not connect"] * 2


def test_the_sweep_reminds(declare: Declare, now: datetime) -> None:
    declare()
    assert lifecycle.sweep(at=now + 5 * HOUR).reminded == 1
