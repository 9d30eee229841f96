"""What an escalation rule does, in a sentence: when something happens, then that is done."""

from collections.abc import Iterator
from datetime import timedelta
from functools import reduce

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tickets import moments
from tickets.desk import priorities
from tickets.escalation.models import EscalationRule, Notify, Trigger
from tickets.sla.models import ClockEvent
from tickets.workspace.due import duration


def sentence(rule: EscalationRule) -> str:
    """Such as "When the deadline of “First reply” is missed: hand to the next tier, not above Team lead; tell the leads."."""
    then = reduce(_then, actions(rule), "")
    # Translators: when is a phrase such as "When a promise was broken", then a list such as "tell the leads".
    return _("%(when)s: %(then)s.") % {"when": when(rule), "then": then}


def _then(before: str, action: str) -> str:
    # Translators: two or more things that a rule does, such as "set the priority to High; tell the leads".
    return _("%(before)s; %(then)s") % {"before": before, "then": action} if before else action


def when(rule: EscalationRule) -> str:
    """What sets it off."""
    if not rule.priorities:
        return _occasion(rule)
    only = moments.enumeration(priorities.LABELS.get(code, code) for code in rule.priorities)
    # Translators: when is a phrase such as "When a promise was broken", priorities a list such as "High, Urgent".
    return _("%(when)s (only priority %(priorities)s)") % {"when": _occasion(rule), "priorities": only}


def _occasion(rule: EscalationRule) -> str:
    number = rule.threshold or 0
    match rule.trigger:
        case Trigger.CLOCK:
            return _step(rule)
        case Trigger.REOPENED:
            words = ngettext("When a case is opened again", "When a case was opened again %(number)s times", number)
        case Trigger.ATTEMPTS:
            words = ngettext("When an attempt failed", "When %(number)s attempts failed", number)
        case Trigger.RATING:
            words = ngettext(
                "When the customer gives one star", "When the customer gives %(number)s stars or fewer", number
            )
        case Trigger.PROMISE:
            words = _("When a promise was broken")
        case Trigger.OUTAGE:
            words = _("When the topic is a critical outage")
        case _other:
            words = _("When the customer asks for somebody more senior")
    return words % {"number": number_format(number)}


def _step(rule: EscalationRule) -> str:
    clock = {"clock": rule.get_metric_display()}
    if rule.step == ClockEvent.Kind.WARN:
        return _("When the deadline of “%(clock)s” comes close") % clock
    if rule.step == ClockEvent.Kind.OVERDUE:
        return _("When “%(clock)s” is long overdue") % clock
    return _("When the deadline of “%(clock)s” is missed") % clock


def actions(rule: EscalationRule) -> Iterator[str]:
    """What it does, one phrase each."""
    if rule.set_priority:
        yield _("set the priority to %(priority)s") % {"priority": rule.get_set_priority_display()}
    if rule.raise_tier:
        yield _move(rule)
    if rule.update_minutes:
        every = duration(timedelta(minutes=rule.update_minutes))
        yield _("news for the customer every %(time)s of opening hours") % {"time": every}
    if rule.answer_minutes:
        within = duration(timedelta(minutes=rule.answer_minutes))
        yield _("promise a lead’s answer within %(time)s of opening hours") % {"time": within}
    yield from (_told(code) for code in Notify.values if code in rule.notify)


def _move(rule: EscalationRule) -> str:
    if rule.to_tier:
        return _("hand straight to %(tier)s") % {"tier": rule.to_tier}
    if rule.highest_tier:
        return _("hand to the next tier, not above %(tier)s") % {"tier": rule.highest_tier}
    return _("hand to the next tier")


def _told(code: str) -> str:
    return {
        Notify.ASSIGNEE.value: _("tell whoever has the case"),
        Notify.FOLLOWERS.value: _("tell its followers"),
        Notify.LEADS.value: _("tell the leads"),
    }[code]
