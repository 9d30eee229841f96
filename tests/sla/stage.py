"""Plays a situation of ``scenarios.toml`` on a desk, through the same functions that pages, mail and the sweep call."""

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tests.factories import AgentFactory, CategoryFactory, CustomerFactory, acting, open_ticket
from tickets import lifecycle, models
from tickets.audit.actor import Actor
from tickets.calendars import actions as calendars
from tickets.calendars.drafts import Day, Draft
from tickets.desk.priorities import Priority
from tickets.desk.statuses import Status
from tickets.lifecycle import HandOver
from tickets.lifecycle.sweeping import sweep_clocks
from tickets.models import Calendar, EscalationTier, Recomputation, SLAClock, SLAPolicy
from tickets.people.models import Plan
from tickets.sla import verification, versions
from tickets.sla.content import content
from tickets.sla.reading import state_of
from tickets.sla.rules import ClockState, Target

BOOK = tomllib.loads((Path(__file__).parent / "scenarios.toml").read_text(encoding="utf-8"))
SITUATIONS: list[dict[str, Any]] = BOOK["situation"]

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
IMPACTS = {"urgent": "danger", "high": "blocked", "normal": "limited", "low": "question"}


def target(text: str) -> Target:
    """Such as ``90m``, ``4h`` or ``24h any``: of opening hours, unless any time counts."""
    number, unit, any_time = re.fullmatch(r"(\d+)([mh])( any)?", text).groups()
    return Target(int(number) * (60 if unit == "h" else 1), business=not any_time)


def spans(text: str) -> tuple[tuple[time, time], ...]:
    """Such as ``09:00-13:00 14:00-18:00``."""
    found = (span.split("-") for span in text.split())
    return tuple((time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in found)


def week(lines: dict[str, str]) -> dict[int, tuple[tuple[time, time], ...]]:
    """By ``Mon``, or ``Mon-Fri``."""
    hours = {}
    for days, text in lines.items():
        first, _dash, last = days.partition("-")
        for day in range(WEEKDAYS.index(first), WEEKDAYS.index(last or first) + 1):
            hours[day] = spans(text)
    return hours


@dataclass
class Stage:
    """One desk, one customer and one ticket. Times are those of the situation's calendar."""

    situation: dict[str, Any]

    def __post_init__(self) -> None:
        models.EscalationRule.objects.update(active=False)  # clocks alone: what rules make of them is told elsewhere
        self.calendar = _calendar(self.situation.get("calendar", "office"))
        self.zone = ZoneInfo(self.calendar.time_zone)
        _policies(self.situation, self.calendar)
        self.category = _category("machines")
        self.customer = CustomerFactory.create(plan=self.situation.get("plan", "standard"))
        self.agent = AgentFactory.create(level=1)
        AgentFactory.create(level=2)
        self.now = self.moment(self.situation["start"])

    def play(self) -> Iterator[models.Ticket]:
        """The ticket after each event, the opening first."""
        impact = IMPACTS[self.situation.get("priority", "normal")]
        self.ticket = open_ticket(self.customer, category=self.category, impact=impact, at=self.now)
        yield self.ticket
        for event in self.situation.get("events", []):
            self._happens(event)
            self.ticket.refresh_from_db()
            yield self.ticket

    def _happens(self, event: str) -> None:
        at, words = re.fullmatch(r"((?:\d{4}-\d\d-\d\d )?\d\d:\d\d(?::\d\d)?(?:[+-]\d\d:\d\d)?) (.+)", event).groups()
        self.now = self.moment(at)
        verb = max((verb for verb in VERBS if words.startswith(verb)), key=len)
        VERBS[verb](self, words.removeprefix(verb).strip())

    def moment(self, text: str) -> datetime:
        """A local date and time, or only a time, of the same date; with an offset where the wall shows it twice."""
        if "-" not in text[:5]:
            text = f"{self.now.astimezone(self.zone):%Y-%m-%d} {text}"
        found = datetime.fromisoformat(text)
        return found if found.tzinfo else found.replace(tzinfo=self.zone)

    @property
    def by(self) -> Actor:
        return acting(self.agent)

    def recomputed(self) -> None:
        """Workers have done what was left to them."""
        for row in Recomputation.objects.filter(finished_at=None):
            while lifecycle.recompute(row.pk, at=self.now):
                pass


def _calendar(name: str) -> Calendar:
    """The desk's one calendar, with the hours of that name in the book."""
    told = BOOK["calendars"][name]
    calendar = Calendar.objects.get()
    days = {day: Day(name) for name, day in told.get("holidays", {}).items()}
    days |= {date.fromisoformat(day): Day("Special", spans(text)) for day, text in told.get("special", {}).items()}
    calendars.write(calendar, Draft(name, told["zone"], week(told["week"]), days), seen=calendar.edition)
    return Calendar.objects.get()


def _policies(situation: dict[str, Any], calendar: Calendar) -> None:
    """The policy for everything, and before it those that the situation names."""
    everything = SLAPolicy.objects.get()
    for position, name in enumerate(situation.get("before", []), start=1):
        _tell(SLAPolicy.objects.create(name=name, position=position, calendar=calendar), BOOK["policies"][name])
    _tell(everything, BOOK["policies"]["everybody"] | situation.get("policy", {}))


def _tell(policy: SLAPolicy, told: dict[str, Any]) -> None:
    policy.plans = told.get("plans", [])
    for name in ("warn_shares", "warn_minutes", "remind_shares"):
        setattr(policy, name, told.get(name, []))
    policy.save()
    policy.tiers.set(EscalationTier.objects.filter(level__in=told.get("tiers", [])))
    if told.get("topics"):
        policy.categories.set([_category(slug) for slug in told["topics"]])
    policy.targets.all().delete()
    for priority in Priority:
        for metric, text in (told.get("any", {}) | told.get(priority.value, {})).items():
            one = target(text)
            policy.targets.create(priority=priority, metric=metric, minutes=one.minutes, business=one.business)


def _category(slug: str) -> models.Category:
    return CategoryFactory.create(slug=slug, first_tier=EscalationTier.objects.get(level=1))


# What can happen.


def _reply(stage: Stage, status: str) -> None:
    stage_status = Status(status.replace(" ", "_")) if status else Status.PENDING
    lifecycle.reply(stage.ticket, text="Try this.", by=stage.by, at=stage.now, status=stage_status)


def _customer_writes(stage: Stage, _rest: str) -> None:
    by = Actor("customer", stage.customer.user_id)
    message = lifecycle.receive_customer_message(stage.ticket, text="And now?", by=by, at=stage.now)
    stage.ticket = message.ticket


def _status(status: Status) -> Callable[[Stage, str], None]:
    return lambda stage, _rest: lifecycle.change_status(stage.ticket, status=status, by=stage.by, at=stage.now)


def _topic(stage: Stage, slug: str) -> None:
    category = models.Category.objects.get(slug=slug)
    lifecycle.change_category(stage.ticket, category=category, by=stage.by, at=stage.now)


def _escalate(stage: Stage, _rest: str) -> None:
    lifecycle.escalate(stage.ticket, note=HandOver(known="All", expected="A date"), by=stage.by, at=stage.now)


def _come_down(stage: Stage, _rest: str) -> None:
    tier = EscalationTier.objects.get(level=1)
    lifecycle.hand_back(stage.ticket, to=tier, note=HandOver(known="All"), by=stage.by, at=stage.now)


def _subject(stage: Stage, text: str) -> None:
    models.Ticket.objects.filter(pk=stage.ticket.pk).update(subject=text)
    lifecycle.assign(stage.ticket, to=None, by=stage.by, at=stage.now)


def _publish(stage: Stage, told: str) -> None:
    """``publish everybody normal first_reply 2h``"""
    name, priority, metric, text = told.split(maxsplit=3)
    policy = SLAPolicy.objects.get(name_en="For everybody" if name == "everybody" else name)
    new = content(policy)
    new = replace(new, targets={**new.targets, (priority, metric): target(text)})
    draft = versions.save_draft(policy, new, by_id=stage.by.user_id, at=stage.now)
    lifecycle.publish_policy(draft, reason="Tried", by=stage.by, at=stage.now)
    stage.recomputed()


def _edit_calendar(change: Callable[[Draft, str], Draft]) -> Callable[[Stage, str], None]:
    def edit(stage: Stage, told: str) -> None:
        calendar = Calendar.objects.with_hours().get(pk=stage.calendar.pk)
        draft = change(calendar.draft(), told)
        lifecycle.edit_calendar(calendar, draft, seen=calendar.edition, by=stage.by, at=stage.now)
        stage.recomputed()

    return edit


def _holiday(draft: Draft, day: str) -> Draft:
    return replace(draft, days={**draft.days, date.fromisoformat(day): Day("Holiday")})


def _no_holiday(draft: Draft, gone: str) -> Draft:
    return replace(draft, days={day: dated for day, dated in draft.days.items() if day != date.fromisoformat(gone)})


def _open_daily(draft: Draft, text: str) -> Draft:
    return replace(draft, weekly=dict.fromkeys(range(7), spans(text)))


VERBS: dict[str, Callable[[Stage, str], object]] = {
    "reply": _reply,
    "note": lambda stage, _: lifecycle.add_note(stage.ticket, text="Look.", by=stage.by, at=stage.now),
    "customer writes": _customer_writes,
    "open": _status(Status.OPEN),
    "pending": _status(Status.PENDING),
    "on hold": _status(Status.ON_HOLD),
    "solve": lambda stage, _: lifecycle.resolve(stage.ticket, by=stage.by, at=stage.now),
    "customer confirms": lambda stage, _: lifecycle.confirm_solved(
        stage.ticket, by=Actor("customer", stage.customer.user_id), at=stage.now
    ),
    "reopen": lambda stage, _: lifecycle.reopen(stage.ticket, by=stage.by, at=stage.now),
    "close": lambda stage, _: lifecycle.close(stage.ticket, by=stage.by, at=stage.now),
    "sweep": lambda stage, _: sweep_clocks(at=stage.now),
    "priority": lambda stage, to: lifecycle.change_priority(
        stage.ticket, priority=Priority(to), by=stage.by, at=stage.now
    ),
    "topic": _topic,
    "plan": lambda stage, to: lifecycle.change_plan(stage.customer, plan=Plan(to), by=stage.by, at=stage.now),
    "escalate": _escalate,
    "come down": _come_down,
    "subject": _subject,
    "publish": _publish,
    "holiday": _edit_calendar(_holiday),
    "no holiday": _edit_calendar(_no_holiday),
    "open daily": _edit_calendar(_open_daily),
}


# What is seen.


def seen(stage: Stage, metric: str, expected: dict[str, Any]) -> dict[str, Any]:
    """Of a metric's newest clock what the situation expects something of."""
    clock = SLAClock.objects.filter(ticket=stage.ticket, metric=metric).order_by("-cycle").first()
    if clock is None:
        return {"state": "none"}
    state = clock.outcome if clock.stopped_at else state_of(clock).value
    found: dict[str, Any] = {"state": state, "due": clock.due_at, "missed": clock.breached_at, "cycle": clock.cycle}
    found["steps"] = [
        f"{event.step} {event.at.astimezone(stage.zone):%Y-%m-%d %H:%M}"
        for event in clock.events.exclude(step="").order_by("pk")
    ]
    return {key: found[key] for key in expected}


def expected(stage: Stage, told: dict[str, Any]) -> dict[str, Any]:
    """A clock runs, and was not missed, unless the situation says otherwise."""
    if told.get("state") == "none":
        return told
    moments: dict[str, Any] = {key: stage.moment(told[key]) for key in ("due", "missed") if key in told}
    return {"state": ClockState.RUNNING.value, "missed": None, **told, **moments}


def assert_sound(ticket: models.Ticket) -> None:
    """Stored clocks are those of a fresh calculation, and nothing with a business target is due in closed time."""
    for clock in SLAClock.objects.filter(ticket=ticket).select_related("calendar"):
        hours = calendars.hours(clock.calendar_id, clock.calendar.edition) if clock.business else None
        events = clock.events.order_by("pk").values_list("kind", "at")
        assert list(verification.faults(clock, events, hours)) == []
        if clock.stopped_at is None and clock.due_at and hours:
            assert hours.is_open(clock.due_at - timedelta.resolution)
