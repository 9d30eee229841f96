"""When what a policy depends on changes, deadlines follow; the record keeps the old and the new one."""

from tickets.audit.actor import Actor
from tickets.lifecycle.case import Case


def retarget(case: Case, *, cause: str) -> int:
    """Choose the policy anew and move what it moves; returns how many deadlines that were."""
    moved = case.clocks.retarget(at=case.at, cause=cause)
    for clock, before, after in moved:
        case.note(
            "due_changed",
            by=Actor.system(),
            metric=clock.metric,
            before=before.isoformat() if before else None,
            after=after.isoformat() if after else None,
            cause=cause,
        )
    return len(moved)
