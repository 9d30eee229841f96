"""Policies and what became of them, in sentences for leads."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.dates import WEEKDAYS
from django.utils.formats import number_format
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from tickets import moments
from tickets.calendars.models import Calendar
from tickets.desk.models import Category, Channel
from tickets.desk.priorities import LABELS, Priority
from tickets.escalation.models import EscalationTier
from tickets.lifecycle.deadlines.what_if import Peak
from tickets.people import languages
from tickets.people.models import Plan
from tickets.sla.checks import LONGEST_FIRST_ANSWER, LongWait
from tickets.sla.content import CONDITIONS, Content
from tickets.sla.models import MetricName, SLAPolicy, SLAPolicyVersion
from tickets.sla.rules import GRACE
from tickets.workspace.policies.forms import NUMBERS, PolicyForm, target_in_words


@dataclass(frozen=True, slots=True)
class Entry:
    """One publication: who, when, why, and what it changed."""

    number: int
    at: datetime
    who: str
    reason: str
    changes: list[str]


def history(policy: SLAPolicy) -> list[Entry]:
    """The publications of a policy, newest first."""
    rows = SLAPolicyVersion.objects.filter(policy=policy).exclude(published_at=None).select_related("by")
    versions = list(rows.order_by("number"))
    names = Names.read() if len(versions) > 1 else None
    entries: list[Entry] = []
    before: Content | None = None
    for version in versions:
        content = Content.from_json(version.terms)
        changes = list(names.changes(before, content)) if names and before else []
        who = str(version.by) if version.by else str(pgettext("who did it", "The desk itself"))
        entries.append(Entry(version.number, version.at, who, version.reason, changes))
        before = content
    return entries[::-1]


@dataclass(frozen=True, slots=True)
class Names:
    """How what a policy names by id or code is called in the reader's language."""

    by_condition: Mapping[str, Mapping[Any, Any]]
    calendars: Mapping[int, str]

    @classmethod
    def read(cls) -> "Names":
        return cls(
            {
                "categories": {row.pk: str(row) for row in Category.objects.all()},
                "tiers": {row.pk: str(row) for row in EscalationTier.objects.all()},
                "plans": dict(Plan.choices),
                "languages": {code: languages.name(code) for code, _name in languages.choices()},
                "channels": dict(Channel.choices),
            },
            dict(Calendar.objects.values_list("pk", "name")),
        )

    def changes(self, before: Content, after: Content) -> Iterator[str]:
        pairs = [*self._lines(before, after), *_targets(before, after)]
        for what, old, new in pairs:
            if old != new:
                # Translators: a line in the history of a policy: "Urgent, First reply: 6 h before, 4 h since".
                yield _("%(what)s: %(old)s before, %(new)s since") % {"what": what, "old": old, "new": new}

    def _lines(self, before: Content, after: Content) -> Iterator[tuple[Any, str, str]]:
        labels = {name: field.label for name, field in PolicyForm.base_fields.items()}
        yield _("Name"), _name(before), _name(after)
        yield labels["active"], _yes_or_no(before.active), _yes_or_no(after.active)
        calendar = self.calendars
        yield labels["calendar"], calendar.get(before.calendar_id, "–"), calendar.get(after.calendar_id, "–")
        for name in CONDITIONS:
            yield labels[name], self._condition(name, before), self._condition(name, after)
        for name in NUMBERS:
            yield labels[name], _numbers(getattr(before, name)), _numbers(getattr(after, name))

    def _condition(self, name: str, content: Content) -> str:
        known, values = self.by_condition[name], getattr(content.conditions, name)
        if not values:
            return pgettext("condition of a policy", "any")
        return moments.enumeration(sorted(str(known.get(value, value)) for value in values))


def _targets(before: Content, after: Content) -> Iterator[tuple[str, str, str]]:
    for priority in Priority:
        for metric in MetricName:
            cell = priority.value, metric.value
            # Translators: a target in the history of a policy: "Urgent, First reply".
            what = _("%(priority)s, %(clock)s") % {"priority": LABELS[priority], "clock": metric.label}
            yield what, target_in_words(before.targets.get(cell)), target_in_words(after.targets.get(cell))


def _name(content: Content) -> str:
    return content.names.get(get_language() or "", "") or content.names.get(settings.LANGUAGE_CODE, "")


def _yes_or_no(value: bool) -> str:
    return pgettext("answer", "yes") if value else pgettext("answer", "no")


def _numbers(values: tuple[int, ...]) -> str:
    return moments.enumeration(values) or pgettext("instead of numbers", "none")


def head(policy: SLAPolicy, version: SLAPolicyVersion | None, open_cases: int, *, at: datetime) -> str:
    """Which version is in force since when, and its place."""
    order = list(SLAPolicy.objects.order_by("position").values_list("pk", flat=True))
    values = {
        "version": policy.version,
        "since": moments.day(version.published_at, at) if version and version.published_at else "–",
        "place": order.index(policy.pk) + 1,
        "places": len(order),
        "cases": number_format(open_cases, force_grouping=True),
    }
    if not policy.version:
        return _("Never in force yet. Place %(place)s of %(places)s; the first policy that matches wins.") % values
    sentence = ngettext(
        "Version %(version)s, in force since %(since)s. Place %(place)s of %(places)s; the first policy that matches wins."
        " %(cases)s open case goes by it.",
        "Version %(version)s, in force since %(since)s. Place %(place)s of %(places)s; the first policy that matches wins."
        " %(cases)s open cases go by it.",
        open_cases,
    )
    return sentence % values


def long_wait(wait: LongWait, at: datetime) -> str:
    """A first answer that takes longer than the desk stands for: allowed, but said."""
    values = {
        "priority": LABELS[wait.priority],
        "since": moments.moment(wait.since, at),
        "hours": wait.wait // timedelta(hours=1),
        "most": LONGEST_FIRST_ANSWER // timedelta(hours=1),
    }
    return (
        _(
            "“%(priority)s”: whoever writes on %(since)s may wait %(hours)s hours for a first reply."
            " We stand for %(most)s hours at most: shorten the target, or open the desk for some hours in between."
        )
        % values
    )


def peak(found: Peak) -> str:
    """When most of the new misses fall."""
    sentence = _(
        "%(number)s of %(of)s new misses of “%(clock)s” fall on %(weekday)s between %(from)s and %(until)s o’clock."
    )
    return sentence % {
        "number": number_format(found.number, force_grouping=True),
        "of": number_format(found.of, force_grouping=True),
        "clock": MetricName(found.metric).label,
        "weekday": WEEKDAYS[found.weekday],
        "from": found.from_hour,
        "until": found.until_hour,
    }


def more_or_fewer(more: int) -> str:
    """How the number of misses changes."""
    values = {"number": number_format(abs(more), force_grouping=True)}
    if not more:
        return _("No change")
    if more > 0:
        return ngettext("%(number)s more miss", "%(number)s more misses", more) % values
    return ngettext("%(number)s miss fewer", "%(number)s misses fewer", -more) % values


def when_saved(moved: int) -> str:
    """What saving the draft would do to open cases."""
    sentence = ngettext("%(number)s open case gets new due times.", "%(number)s open cases get new due times.", moved)
    return sentence % {"number": number_format(moved, force_grouping=True)}


def when_late(late: int) -> str:
    """How many of them would be late at once, and what then happens."""
    sentence = ngettext(
        "%(number)s would already be late; its miss comes after a grace of %(grace)s minutes, not in the same second.",
        "%(number)s would already be late; their misses come after a grace of %(grace)s minutes, not in the same second.",
        late,
    )
    return sentence % {"number": number_format(late, force_grouping=True), "grace": GRACE // timedelta(minutes=1)}
