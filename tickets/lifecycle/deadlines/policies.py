"""What the desk promises changes: a draft is put in force, or policies change places. The open cases follow."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from tickets.audit.actor import Actor
from tickets.errors import NotAllowed
from tickets.lifecycle.deadlines import recomputing
from tickets.sla import versions
from tickets.sla.checks import Placed, order_refusals
from tickets.sla.content import content
from tickets.sla.models import Recomputation, SLAPolicy, SLAPolicyVersion


@transaction.atomic
def publish_policy(draft: SLAPolicyVersion, *, reason: str, by: Actor, at: datetime) -> Recomputation:
    """Put a draft in force, and move the deadlines of open cases to what it says.

    Raises NotAllowed without a reason, for a draft that is in force already, and where cases would be left without a
    policy, or a policy without cases.
    """
    if not reason.strip():
        raise NotAllowed(_("Say why you are changing it. Whoever asks in a year finds it in the history."))
    order = _locked()
    draft.refresh_from_db()
    if draft.published_at is not None:
        raise NotAllowed(_("This draft is in force already."))
    draft.policy = next(policy for policy in order if policy.pk == draft.policy_id)
    versions.publish(draft, reason=reason, by_id=by.user_id, at=at)
    _refuse_nonsense(order)
    return recomputing.ask(cause=Recomputation.Cause.POLICY, version=draft, by=by, at=at)


@transaction.atomic
def move_policy(policy: SLAPolicy, *, up: bool, by: Actor, at: datetime) -> Recomputation:
    """Try a policy before the one that was tried before it until now, or after the one after it.

    Raises NotAllowed at the end of the order, and where a policy would be left without cases.
    """
    order = _locked()
    place = next(place for place, each in enumerate(order) if each.pk == policy.pk)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(order):
        raise NotAllowed(_("There is no policy to change places with."))
    versions.swap(order[place], order[other])
    order[place], order[other] = order[other], order[place]
    _refuse_nonsense(order)
    version = SLAPolicyVersion.objects.filter(policy=policy).exclude(published_at=None).first()
    return recomputing.ask(cause=Recomputation.Cause.POLICY, version=version, by=by, at=at)


def _locked() -> list[SLAPolicy]:
    """All policies, in their order: whoever changes one of them decides what is left to the others."""
    rows = SLAPolicy.objects.select_for_update(of=("self",), no_key=True).order_by("position")
    return list(rows.prefetch_related("categories", "tiers", "targets"))


def _refuse_nonsense(order: list[SLAPolicy]) -> None:
    placed = [Placed(str(policy), policy.active, content(policy).conditions) for policy in order]
    if refused := order_refusals(placed):
        raise NotAllowed(refused[0])
