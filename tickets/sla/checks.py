"""What is wrong with a policy before it is put in force, in a lead's words. Plain values, no database."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations, pairwise
from typing import Final

from django.utils.translation import gettext as _

from tickets.calendars.rules import OpeningHours
from tickets.desk.priorities import LABELS, Priority
from tickets.sla.content import Conditions, Content
from tickets.sla.durations import write
from tickets.sla.models import LONGEST_MINUTES, MetricName
from tickets.sla.rules import Target

LONGEST_SHARE: Final = 1000
"""Percent. A reminder at ten times the target reminds nobody."""

LONGEST_FIRST_ANSWER: Final = timedelta(hours=48)
"""What the desk stands for: nobody waits longer than this for a first answer."""

ALWAYS: Final = (MetricName.FIRST_REPLY, MetricName.RESOLUTION)
"""Every case has these two deadlines."""

Refusal = tuple[str, str]
"""The field that is wrong, "" where it is the whole, and what to change."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A policy in the order in which policies are tried."""

    name: str
    active: bool
    conditions: Conditions


def field_of(priority: str, metric: str) -> str:
    """The name of a target's field."""
    return f"{priority}_{metric}"


def refusals(content: Content, *, name: str, earlier: Sequence[Placed], later: Sequence[Placed]) -> list[Refusal]:
    """Everything that has to be put right first; ``earlier`` and ``later`` policies are those around its place."""
    order = [*earlier, Placed(name, content.active, content.conditions), *later]
    return [*_targets(content), *_steps(content), *(("", sentence) for sentence in order_refusals(order))]


# --- The order --------------------------------------------------------------------------------------------------------


def order_refusals(order: Iterable[Placed]) -> list[str]:
    """What is wrong with policies in this order."""
    in_use = [policy for policy in order if policy.active]
    sentences = [
        _(
            "“%(policy)s” would match nothing: “%(earlier)s” stands before it and takes all its cases."
            " Move “%(policy)s” up, before “%(earlier)s”, or give “%(earlier)s” a condition."
        )
        % {"policy": policy.name, "earlier": earlier.name}
        for earlier, policy in combinations(in_use, 2)
        if earlier.conditions.leave_nothing_to(policy.conditions)
    ]
    if all(policy.conditions for policy in in_use):
        sentences.append(_("Some tickets would have no deadline. Keep one policy in use that has no conditions."))
    return sentences


# --- Targets ----------------------------------------------------------------------------------------------------------


def _targets(content: Content) -> Iterator[Refusal]:
    for (priority, metric), target in content.targets.items():
        if target.minutes > LONGEST_MINUTES:
            yield field_of(priority, metric), _("This is more than a year. Look at the unit once more.")
    for priority in Priority:
        yield from _gaps(content, priority)
        yield from _first_after_last(content, priority)
    for metric in MetricName:
        yield from _upside_down(content, metric)


def _gaps(content: Content, priority: str) -> Iterator[Refusal]:
    for metric in ALWAYS:
        if (priority, metric) not in content.targets:
            sentence = _("Say how long “%(clock)s” may take for “%(priority)s”. Every case needs this deadline.")
            yield field_of(priority, metric), sentence % {"clock": metric.label, "priority": LABELS[priority]}


def _first_after_last(content: Content, priority: str) -> Iterator[Refusal]:
    first = content.targets.get((priority, MetricName.FIRST_REPLY))
    solved = content.targets.get((priority, MetricName.RESOLUTION))
    if first and solved and _surely_slower(first, solved):
        sentence = _(
            "For “%(priority)s” the first reply (%(first)s) would come after the solution (%(solved)s)."
            " Make the first reply shorter, or the solution longer."
        )
        params = {"priority": LABELS[priority], "first": write(first.minutes), "solved": write(solved.minutes)}
        yield field_of(priority, MetricName.FIRST_REPLY), sentence % params


def _upside_down(content: Content, metric: MetricName) -> Iterator[Refusal]:
    given = [
        (priority, content.targets[priority, metric]) for priority in Priority if (priority, metric) in content.targets
    ]
    for (urgent, swift), (lesser, slow) in pairwise(given):
        if _surely_slower(swift, slow):
            sentence = _(
                "“%(urgent)s” would be slower than “%(lesser)s” here: %(swift)s and %(slow)s. Swap them, or shorten the first."
            )
            params = {
                "urgent": LABELS[urgent],
                "lesser": LABELS[lesser],
                "swift": write(swift.minutes),
                "slow": write(slow.minutes),
            }
            yield field_of(urgent, metric), sentence % params


def _surely_slower(one: Target, other: Target) -> bool:
    """Open hours never pass quicker than hours do; whether they pass slower depends on the day."""
    return one.minutes > other.minutes and (one.business or not other.business)


# --- Steps ------------------------------------------------------------------------------------------------------------


def _steps(content: Content) -> Iterator[Refusal]:
    if not _rising(content.warn_shares) or not all(1 <= share <= 99 for share in content.warn_shares):
        yield (
            "warn_shares",
            _("Warnings come before the deadline: numbers from 1 to 99, each larger than the one before."),
        )
    if not _rising(content.remind_shares) or not all(100 < share <= LONGEST_SHARE for share in content.remind_shares):
        sentence = _(
            "Reminders come after the deadline: numbers from 101 to %(most)s, each larger than the one before."
        )
        yield "remind_shares", sentence % {"most": LONGEST_SHARE}
    if not _rising(content.warn_minutes) or not all(minutes > 0 for minutes in content.warn_minutes):
        yield "warn_minutes", _("Minutes are above zero, and each number is larger than the one before.")
    elif content.warn_minutes and content.targets:
        yield from _too_early(content)


def _too_early(content: Content) -> Iterator[Refusal]:
    (priority, metric), shortest = min(content.targets.items(), key=lambda item: item[1].minutes)
    if content.warn_minutes[-1] >= shortest.minutes:
        sentence = _(
            "A warning %(minutes)s minutes before would come before the clock began: “%(clock)s” for “%(priority)s” has only"
            " %(target)s. Warn later, or give it more time."
        )
        params = {
            "minutes": content.warn_minutes[-1],
            "clock": MetricName(metric).label,
            "priority": LABELS[priority],
            "target": write(shortest.minutes),
        }
        yield "warn_minutes", sentence % params


def _rising(numbers: Sequence[int]) -> bool:
    return all(before < after for before, after in pairwise(numbers))


# --- Promises that are long -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LongWait:
    """A first answer that may take longer than the desk stands for: for a message of ``since`` it takes ``wait``."""

    priority: str
    since: datetime
    wait: timedelta


def long_waits(content: Content, hours: OpeningHours, *, at: datetime) -> list[LongWait]:
    """Per priority the longest wait for a first answer in the year that begins at a moment, where it is too long."""
    closings = [at, *(closes for _opens, closes in hours.intervals(at, at + timedelta(days=365)))]
    found = []
    for priority in Priority:
        target = content.targets.get((priority, MetricName.FIRST_REPLY))
        if target is None:
            continue
        wait, since = max((_wait(target, hours, since), since) for since in closings)
        if wait > LONGEST_FIRST_ANSWER:
            found.append(LongWait(priority, since, wait))
    return found


def _wait(target: Target, hours: OpeningHours, since: datetime) -> timedelta:
    return hours.add(since, target.duration) - since if target.business else target.duration
