"""What if this draft had been in force? The cases of the last days run once under the policies of today and once with the
draft, and every open case is asked what saving it would do. Nothing is changed.
"""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from tickets.calendars.models import Calendar
from tickets.desk import statuses
from tickets.desk.models import Ticket
from tickets.lifecycle.batchwork import Work
from tickets.lifecycle.deadlines.retelling import Retelling, retell
from tickets.sla import clockwork, policies, versions
from tickets.sla.choice import Terms
from tickets.sla.clockwork import Clockwork
from tickets.sla.content import Content
from tickets.sla.models import SLAClock, WhatIf
from tickets.sla.replay import count, newly_missed
from tickets.sla.replay import replay as run
from tickets.sla.rules import NO_TIME, Metric

BATCH: Final = 100
"""Fewer than elsewhere: a batch calculates for a while with its row locked, and on SQLite everybody waits for that."""

LISTED: Final = 100
"""As many cases that would have gone otherwise are kept to be looked at; beyond them only their number."""


def replay(pk: int, *, at: datetime) -> bool:
    """One batch; False when nothing is left of it."""
    return WORK.batch(pk, at=at, size=BATCH)


def nothing_yet(content: Content) -> dict[str, Any]:
    """What a replay begins with: the draft as it was when somebody asked, whatever is made of it meanwhile.

    Pairs are before and after; ``hours`` count the new misses by metric, weekday and hour on the draft's own clocks.
    """
    return {
        "terms": content.as_json(),
        "cases": 0,
        "clocks": {metric.value: [0, 0] for metric in Metric},
        "missed": {metric.value: [0, 0] for metric in Metric},
        "hours": {},
        "changed": [],
        "changed_number": 0,
        "open_moved": 0,
        "open_late": 0,
    }


def _since(row: WhatIf) -> datetime:
    return row.at - timedelta(days=row.days)


def concerned(row: WhatIf) -> QuerySet[Any, int]:
    """The tickets behind the cursor that came in since then, or are open now."""
    found = Q(created_at__gte=_since(row)) | Q(status__in=statuses.ACTIVE)
    return Ticket.objects.filter(found, pk__gt=row.cursor).order_by("pk").values_list("pk", flat=True)


def _act(row: WhatIf, keys: list[int], at: datetime) -> None:
    draft = Content.from_json(row.result["terms"])
    today = policies.in_use()
    then = versions.with_draft(today, row.version.policy, draft)
    tickets = list(Ticket.objects.select_related("customer", "category", "tier").filter(pk__in=keys).order_by("pk"))
    zone = ZoneInfo(Calendar.objects.values_list("time_zone", flat=True).get(pk=draft.calendar_id))
    recent = [ticket for ticket in tickets if ticket.created_at >= _since(row)]
    for retelling in retell(recent, until=row.at):
        _compare(row, retelling, today, then, zone)
    _see_open_cases(row, [ticket for ticket in tickets if not ticket.is_done], then, at)


def _compare(
    row: WhatIf, retelling: Retelling, today: tuple[Terms, ...], then: tuple[Terms, ...], zone: ZoneInfo
) -> None:
    result = row.result
    story = list(retelling.story())
    before = run(retelling.as_it_came_in(), story, today)
    after = run(retelling.as_it_came_in(), story, then)
    result["cases"] += 1
    for place, clocks in enumerate((before, after)):
        for name, counted in zip(("clocks", "missed"), count(clocks, row.at), strict=True):
            for metric, number in counted.items():
                result[name][metric][place] += number
    new = list(newly_missed(before, after, row.at))
    result["hours"] = dict(Counter(result["hours"]) + Counter(_hour(metric, moment, zone) for metric, moment in new))
    if new or any(newly_missed(after, before, row.at)):
        result["changed_number"] += 1
        if len(result["changed"]) < LISTED:
            result["changed"].append(retelling.ticket.pk)


def _hour(metric: str, moment: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return f"{metric} {local.weekday()} {local.hour}"


def _see_open_cases(row: WhatIf, tickets: list[Ticket], then: tuple[Terms, ...], at: datetime) -> None:
    for work in clockwork.load(tickets).values():
        work.policies_in_use = lambda: then
        moved, late = _would_do(work, at)
        row.result["open_moved"] += moved
        row.result["open_late"] += late


def _would_do(work: Clockwork, at: datetime) -> tuple[bool, bool]:
    """Whether a case would get other due times, and whether it would be late at once but for the grace."""
    graces = {id(clock): clock.grace for clock in work.clocks}
    moved = [clock for clock, _before, _after in work.retarget(at=at, cause="replay")]
    return bool(moved), any(_is_late(clock, graces[id(clock)]) for clock in moved)


def _is_late(clock: SLAClock, grace: timedelta) -> bool:
    return clock.breached_at is None and NO_TIME < clock.grace != grace


WORK = Work(WhatIf, concerned, _act)
