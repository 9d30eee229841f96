"""What Casa Orsini promises beyond what every desk starts with: hours on holidays, and more for those who pay for it."""

from datetime import datetime, time
from typing import Final

from tickets.calendars import actions as calendars
from tickets.calendars.drafts import Day
from tickets.calendars.models import Calendar
from tickets.desk.priorities import Priority
from tickets.management.demo import data
from tickets.people.models import Plan
from tickets.privacy.models import PolicyVersion
from tickets.sla import versions
from tickets.sla.models import MetricName, SLAPolicy, SLAPolicyVersion, SLATarget

HOLIDAY_HOURS: Final = (time(10), time(14))
"""Two holidays in a row then hold the eight open hours of a first answer, so that nobody waits for longer than 48."""

FIRST, NEXT, SOLVED = MetricName.FIRST_REPLY, MetricName.NEXT_REPLY, MetricName.RESOLUTION

# Minutes, and whether only open ones count. Urgent means danger, which does not wait for the morning.
PLUS_TARGETS: Final = {
    (Priority.URGENT, FIRST): (30, False),
    (Priority.URGENT, NEXT): (60, False),
    (Priority.URGENT, SOLVED): (8 * 60, False),
    (Priority.HIGH, FIRST): (2 * 60, True),
    (Priority.HIGH, NEXT): (2 * 60, True),
    (Priority.HIGH, SOLVED): (16 * 60, True),
    (Priority.NORMAL, FIRST): (4 * 60, True),
    (Priority.NORMAL, NEXT): (4 * 60, True),
    (Priority.NORMAL, SOLVED): (32 * 60, True),
    (Priority.LOW, FIRST): (6 * 60, True),
    (Priority.LOW, NEXT): (8 * 60, True),
    (Priority.LOW, SOLVED): (48 * 60, True),
}


def install(calendar: Calendar, *, at: datetime) -> None:
    """Italy’s holidays of last year, this and the next, the Plus policy, and all terms older than the oldest request."""
    calendars.choose_holidays_of(calendar, country="IT", region="")
    for year in (at.year - 1, at.year, at.year + 1):
        proposed = calendars.proposals(calendar, year)
        decisions = {day: Day(name, (HOLIDAY_HOURS,)) for day, (name, _known) in proposed.items()}
        calendars.review_holidays(calendar, year, decisions)

    policy = SLAPolicy.objects.create(
        position=50,
        calendar=calendar,
        plans=[Plan.PLUS, Plan.BUSINESS],
        **data.columns({"name": data.read("topics")["plus_policy"]}),
    )
    SLATarget.objects.bulk_create(
        SLATarget(policy=policy, priority=priority, metric=metric, minutes=minutes, business=business)
        for (priority, metric), (minutes, business) in PLUS_TARGETS.items()
    )
    versions.record(policy, at=at)
    long_ago = at.replace(year=at.year - 1, day=1)
    SLAPolicyVersion.objects.update(at=long_ago, published_at=long_ago)
    PolicyVersion.objects.update(published_at=long_ago)
