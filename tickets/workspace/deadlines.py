"""The clocks of a ticket, each with an answer to "why this deadline?"."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from functools import partial
from itertools import groupby
from operator import attrgetter
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tickets import zones
from tickets.calendars import actions as calendars
from tickets.calendars.rules import OpeningHours
from tickets.desk.models import Ticket
from tickets.moments import day, moment, moment_in_zone
from tickets.sla import derivation
from tickets.sla.derivation import Ahead, Allowed, Due, Granted, Left, Line, Paused, Ran
from tickets.sla.models import ClockEvent, SLAClock
from tickets.sla.reading import spells_of, target_of
from tickets.sla.rules import Event, Metric
from tickets.workspace import due
from tickets.workspace.due import duration, open_time

Kind = ClockEvent.Kind

STARTED: Final[dict[tuple[str, str], LazyText]] = {
    (Metric.FIRST_REPLY, Event.CUSTOMER_MESSAGE): gettext_lazy("The customer first wrote %(at)s."),
    (Metric.NEXT_REPLY, Event.CUSTOMER_MESSAGE): gettext_lazy(
        "The customer wrote %(at)s; the oldest unanswered message counts."
    ),
    (Metric.UPDATE, Event.STAFF_REPLY): gettext_lazy("We last wrote to the customer %(at)s."),
    (Metric.UPDATE, Event.ESCALATED): gettext_lazy("The customer was told of the hand-over %(at)s."),
    (Metric.UPDATE, Event.ANNOUNCED): gettext_lazy("We last told the customer how things stand %(at)s."),
    (Metric.RESOLUTION, Event.CUSTOMER_MESSAGE): gettext_lazy("The case was opened %(at)s."),
}
"""By what a clock measures and what started it; "at" is a moment such as "Tuesday 24 November, 14:20"."""

CHANGED: Final[dict[str, LazyText]] = {
    "priority": gettext_lazy("The priority was changed %(at)s."),
    "category": gettext_lazy("The topic was changed %(at)s."),
    "tier": gettext_lazy("Another tier took over %(at)s."),
    "cadence": gettext_lazy("A rule changed how often the customer hears from us %(at)s."),
    "plan": gettext_lazy("The customer’s plan was changed %(at)s."),
    "policy": gettext_lazy("A new version of the policies was published %(at)s."),
    "calendar": gettext_lazy("The opening hours were changed %(at)s."),
}
ENDED: Final[dict[str, LazyText]] = {
    Event.STAFF_REPLY: gettext_lazy("We answered %(at)s."),
    Event.ESCALATED: gettext_lazy("The customer was told of the hand-over %(at)s."),
    Event.ANNOUNCED: gettext_lazy("We told the customer how things stand %(at)s."),
    Event.RESOLVED: gettext_lazy("The case was solved %(at)s."),
    Event.CLOSED: gettext_lazy("The case was closed %(at)s."),
}


@dataclass(frozen=True, slots=True)
class Clock:
    row: SLAClock
    due: due.Due
    why: Sequence[str]


ORDER: Final = tuple(Metric)


def of_ticket(ticket: Ticket, at: datetime) -> list[Clock]:
    """The newest clock of each metric; what runs comes first, then what stands still, then what is over.

    One query, however many there are: a clock has at least the event that started it.
    """
    later = SLAClock.objects.filter(ticket=ticket, metric=OuterRef("clock__metric"), cycle__gt=OuterRef("clock__cycle"))
    events = ClockEvent.objects.filter(~Exists(later), clock__ticket=ticket)
    events = events.select_related("clock__policy", "clock__calendar").order_by("clock_id", "at", "pk")
    found = [(own[0].clock, own) for own in (list(group) for _id, group in groupby(events, attrgetter("clock_id")))]
    found.sort(key=lambda pair: (pair[0].stopped_at is not None, pair[0].due_at is None, ORDER.index(pair[0].metric)))
    return [Clock(row, due.of_clock(row, at), why(row, own, at)) for row, own in found]


def why(clock: SLAClock, events: Sequence[ClockEvent], at: datetime) -> list[str]:
    """How a clock's due time came about, step by step. ``clock`` comes with its policy and calendar.

    Opening hours are told by the clocks of the desk: where those are not the reader's, the lines say whose they are.
    """
    desk, reader = ZoneInfo(clock.calendar.time_zone), timezone.get_current_timezone()
    if not clock.business or not _differ(desk, reader, clock.due_at or at):
        return list(_lines(clock, events, at))
    with timezone.override(desk):
        whose = _("Times are those of the desk in %(city)s.") % {"city": zones.city(desk.key)}
        return [whose, *_lines(clock, events, at, reader=reader)]


def _differ(one: tzinfo, other: tzinfo, at: datetime) -> bool:
    return at.astimezone(one).utcoffset() != at.astimezone(other).utcoffset()


def _lines(
    clock: SLAClock, events: Sequence[ClockEvent], at: datetime, *, reader: tzinfo | None = None
) -> Iterator[str]:
    yield from _told(
        STARTED, [((clock.metric, event.cause), event) for event in events if event.kind == Kind.START], at
    )
    yield _("Policy “%(policy)s”, version %(version)s.") % {
        "policy": clock.policy.name,
        "version": number_format(clock.policy_version),
    }
    for event in events:
        if event.kind == Kind.APPLY:
            yield from _change(event, at)
    yield from _course(clock, events, at)
    if clock.stopped_at is not None and clock.due_at is not None:
        yield _("It was due %(moment)s.") % {"moment": moment(clock.due_at, at)}
    if reader is not None and clock.due_at is not None:
        with timezone.override(reader):
            yield _("On your clocks that is %(moment)s.") % {"moment": moment_in_zone(clock.due_at, at)}
    if clock.breached_at is not None:
        yield _("The deadline was missed %(moment)s. That stays on record.") % {"moment": moment(clock.breached_at, at)}
    stops = [(event.cause, event) for event in events if event.kind == Kind.STOP]
    if clock.stopped_at is not None:
        yield from _told(ENDED, stops[-1:], at)


def _course(clock: SLAClock, events: Sequence[ClockEvent], at: datetime) -> Iterator[str]:
    """What was allowed, when it ran and stood still, and what is left; nothing is left of what is over."""
    hours = calendars.hours(clock.calendar_id, clock.calendar.edition) if clock.business else None
    named = calendars.dates_named(clock.calendar_id, clock.calendar.edition) if hours else {}
    lines = derivation.explain(spells_of(clock), target_of(clock), hours, clock.stopped_at or at, clock.grace)
    if clock.stopped_at is not None:
        lines = [line for line in lines if not isinstance(line, Ahead | Due | Left)]
    for line in lines:
        if isinstance(line, Granted) and _set_after_the_miss(clock, events):
            yield _("It was missed before that target was set, and stays due when it was.")
        else:
            yield from sentences([line], at, hours=hours, named=named)


def _set_after_the_miss(clock: SLAClock, events: Sequence[ClockEvent]) -> bool:
    changes = (event.at for event in events if event.kind == Kind.APPLY)
    return clock.breached_at is not None and any(at > clock.breached_at for at in changes)


def _told(table: dict[Any, LazyText], events: Iterable[tuple[Any, ClockEvent]], at: datetime) -> Iterator[str]:
    for key, event in events:
        if key in table:
            yield table[key] % {"at": moment(event.at, at)}


def _change(event: ClockEvent, at: datetime) -> Iterator[str]:
    yield from _told(CHANGED, [(event.cause, event)], at)
    if event.due_before != event.due_after and event.due_before and event.due_after:
        values = {"before": moment(event.due_before, at), "after": moment(event.due_after, at)}
        yield _("That moved the deadline from %(before)s to %(after)s.") % values


def sentences(
    lines: Iterable[Line], at: datetime, *, hours: OpeningHours | None, named: Mapping[date, str]
) -> Iterator[str]:
    """The lines of ``tickets.sla.derivation`` in words. ``named`` are the dates on which the usual week does not apply."""
    for line in lines:
        yield _sentence(line, partial(moment, at=at), open_time if hours else duration)
        if hours is not None and isinstance(line, Ran) and line.closings:
            yield from _special_days(line, at, hours, named)


def _sentence(line: Line, when: Callable[[datetime], str], amount: Callable[[timedelta], str]) -> str:
    match line:
        case Allowed(minutes=minutes, business=True):
            return _("The target is %(time)s of opening hours.") % {"time": amount(timedelta(minutes=minutes))}
        case Allowed(minutes=minutes):
            return _("The target is %(time)s, round the clock.") % {"time": amount(timedelta(minutes=minutes))}
        case Granted(grace=grace):
            return _("That much was used already when it was set, so %(time)s were added.") % {"time": amount(grace)}
        case Ahead(closings=0):
            return _("%(time)s are left.") % {"time": amount(line.counted)}
        case Ahead():
            values = {"time": amount(line.counted), "closed": duration(line.closed)}
            return _("%(time)s are left; before they are used up, the desk is closed for %(closed)s.") % values
        case Ran():
            return _ran(line, when, amount)
        case Paused(start=start, end=end) if end:
            return _("It stood still from %(start)s to %(end)s.") % {"start": when(start), "end": when(end)}
        case Paused(start=start):
            return _("It has stood still since %(start)s.") % {"start": when(start)}
        case Due(at=at):
            return _("So it is due %(moment)s.") % {"moment": when(at)}
        case Left(duration=left):
            return _("%(time)s are left once it goes on.") % {"time": amount(left)}


def _ran(line: Ran, when: Callable[[datetime], str], amount: Callable[[timedelta], str]) -> str:
    values = {
        "start": when(line.start),
        "end": when(line.end),
        "counted": amount(line.counted),
        "closed": duration(line.closed),
    }
    if not line.counted:
        return _("From %(start)s to %(end)s the desk was closed, so nothing counted.") % values
    if not line.closings:
        return _("From %(start)s to %(end)s it counted %(counted)s.") % values
    return _("From %(start)s to %(end)s it counted %(counted)s; the desk was closed for %(closed)s.") % values


def _special_days(line: Ran, at: datetime, hours: OpeningHours, named: Mapping[date, str]) -> Iterator[str]:
    """Holidays, and days with other hours, by the names that the calendar gives them."""
    first, last = (moment.astimezone(hours.time_zone).date() for moment in (line.start, line.end))
    for date_, name in named.items():
        if first <= date_ <= last:
            values = {"day": day(date_, at), "name": name}
            if hours.special.get(date_):
                yield _("%(day)s has hours of its own: %(name)s.") % values
            else:
                yield _("%(day)s is a holiday: %(name)s.") % values
