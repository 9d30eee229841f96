"""When what a policy depends on changes, deadlines follow; the record keeps the old and the new one."""

from tickets.audit.actor import Actor
from tickets.lifecycle.case import Case


def retarget(case: Case, *, cause: str) -> None:
    for clock, before, after in case.clocks.retarget(at=case.at, cause=cause):
        case.note(
            "due_changed",
            by=Actor.system(),
            metric=clock.metric,
            before=before.isoformat() if before else None,
            after=after.isoformat() if after else None,
            cause=cause,
        )
