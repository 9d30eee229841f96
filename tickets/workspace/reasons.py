"""Why things are as they are, in sentences: this assignee, this deadline."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tickets.calendars import actions as calendars
from tickets.moments import moment
from tickets.sla import rules
from tickets.sla.models import SLAClock
from tickets.sla.rules import Target
from tickets.workspace.due import duration

GAVE_UP: Final = {
    "skill": gettext_lazy("Nobody who was free has the skill that the category asks for."),
    "team": gettext_lazy("Nobody who was free belongs to the category’s team."),
    "capacity": gettext_lazy("Everybody who fits has as many cases as they can take."),
    "fluency": gettext_lazy("Nobody who was free writes the customer’s language well."),
}


def routing(decision: Mapping[str, Any]) -> list[str]:
    """Sentences for what ``tickets.routing.rules.Decision`` put on record; none for a ticket that was never routed."""
    if not decision:
        return []
    if decision.get("by_hand"):
        return [_("Somebody assigned it by hand.")]
    if not decision.get("agent"):
        return [_("Nobody on this tier takes new cases at the moment. It waits in the tier’s queue.")]
    considered = decision.get("considered", 0)
    chosen = ngettext(
        "The desk chose the only agent of the tier who takes new cases.",
        "The desk chose the best of %(number)s agents of the tier who take new cases.",
        considered,
    ) % {"number": number_format(considered)}
    known = _("Level %(level)s of 5 in the customer’s language; %(load)s open cases at that moment.") % {
        "level": number_format(decision.get("language_level", 0)),
        "load": number_format(decision.get("load", 0)),
    }
    return [chosen, known, *(str(GAVE_UP[code]) for code in decision.get("gave_up", ()) if code in GAVE_UP)]


def deadline(clock: SLAClock, at: datetime) -> list[str]:
    """How a clock's due time came about, step by step. ``clock`` comes with its policy and calendar."""
    hours = calendars.hours(clock.calendar_id, clock.calendar.edition) if clock.business else None
    spells = [
        (datetime.fromisoformat(start), datetime.fromisoformat(end) if end else None) for start, end in clock.spells
    ]
    target = Target(clock.target_minutes, clock.business)
    policy = _("Policy “%(policy)s”, version %(version)s.") % {
        "policy": clock.policy.name,
        "version": number_format(clock.policy_version),
    }
    return [policy, *_steps(rules.explain(spells, target, hours, clock.due_at), at)]


def _steps(lines: list[rules.Line], at: datetime) -> Iterator[str]:
    for line in lines:
        match line:
            case rules.Allowed(business=True):
                yield _("The target is %(time)s of opening hours.") % {
                    "time": duration(timedelta(minutes=line.minutes))
                }
            case rules.Allowed():
                yield _("The target is %(time)s, round the clock.") % {
                    "time": duration(timedelta(minutes=line.minutes))
                }
            case rules.Ran(closings=0):
                values = {
                    "start": moment(line.start, at),
                    "end": moment(line.end, at),
                    "counted": duration(line.counted),
                }
                yield _("From %(start)s to %(end)s it counted %(counted)s.") % values
            case rules.Ran():
                values = {"start": moment(line.start, at), "end": moment(line.end, at)}
                values |= {"counted": duration(line.counted), "closed": duration(line.closed)}
                yield (
                    _("From %(start)s to %(end)s it counted %(counted)s; the desk was closed for %(closed)s.") % values
                )
            case rules.Paused(end=None):
                yield _("It has stood still since %(start)s.") % {"start": moment(line.start, at)}
            case rules.Paused(start=start, end=datetime() as end):
                values = {"start": moment(start, at), "end": moment(end, at)}
                yield _("It stood still from %(start)s to %(end)s.") % values
            case rules.Due():
                yield _("So it is due %(moment)s.") % {"moment": moment(line.at, at)}
            case rules.Postponed():
                yield _("The target had just been changed; so it is due a little later, %(moment)s.") % {
                    "moment": moment(line.at, at)
                }
            case rules.Left():
                yield _("%(time)s are left once it goes on.") % {"time": duration(line.duration)}
