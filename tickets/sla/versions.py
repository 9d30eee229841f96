"""The versions of a policy: drafts, publications, and what a draft would change."""

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from tickets.calendars.models import Calendar
from tickets.sla.choice import Terms
from tickets.sla.content import Content, column, content
from tickets.sla.models import SLAPolicy, SLAPolicyVersion, SLATarget


def record(policy: SLAPolicy, *, at: datetime) -> SLAPolicyVersion:
    """Keep a policy that was made without a lead, such as a desk's first one, as the version that it says it is."""
    return SLAPolicyVersion.objects.create(
        policy=policy, number=policy.version, terms=content(policy).as_json(), at=at, published_at=at
    )


def begin(new: Content, *, by_id: int | None, at: datetime) -> SLAPolicyVersion:
    """The draft of a policy that is not there yet: its row is written, not in use, before the one for everything else."""
    with transaction.atomic():
        others = list(SLAPolicy.objects.select_for_update(no_key=True).order_by("-position"))
        last = others[0].position if others else 1
        for policy in others[:1]:
            SLAPolicy.objects.filter(pk=policy.pk).update(position=last + 1)
        policy = SLAPolicy(position=last, active=False, version=0, calendar_id=new.calendar_id)
        _name(policy, new)
        policy.save()
        return save_draft(policy, new, by_id=by_id, at=at)


def save_draft(
    policy: SLAPolicy, new: Content, *, by_id: int | None, at: datetime, reason: str = ""
) -> SLAPolicyVersion:
    """Keep how somebody would like a policy to be. There is one draft of each; the later one replaces the earlier."""
    draft, _is_new = SLAPolicyVersion.objects.update_or_create(
        policy=policy,
        published_at=None,
        defaults={
            "number": policy.version + 1,
            "terms": new.as_json(),
            "reason": reason,
            "by_id": by_id,
            "at": at,
        },
    )
    return draft


def discard_draft(policy: SLAPolicy) -> None:
    """Forget the draft, with what was replayed of it; and the policy itself, if it was never in force."""
    SLAPolicyVersion.objects.filter(policy=policy, published_at=None).delete()
    if not policy.version:
        policy.delete()


def publish(draft: SLAPolicyVersion, *, reason: str, by_id: int | None, at: datetime) -> SLAPolicy:
    """Put a draft in force: the policy's rows become what it says, under the next number. The caller locks the policy."""
    new, policy = Content.from_json(draft.terms), draft.policy
    draft.number, draft.reason, draft.by_id = policy.version + 1, reason, by_id
    draft.at = draft.published_at = at
    draft.save()
    _name(policy, new)
    policy.version, policy.edition = draft.number, uuid.uuid4()
    policy.active, policy.calendar_id = new.active, new.calendar_id
    policy.plans, policy.languages = sorted(new.conditions.plans), sorted(new.conditions.languages)
    policy.channels = sorted(new.conditions.channels)
    policy.warn_shares, policy.warn_minutes = list(new.warn_shares), list(new.warn_minutes)
    policy.remind_shares = list(new.remind_shares)
    policy.save()
    policy.categories.set(new.conditions.categories)
    policy.tiers.set(new.conditions.tiers)
    _write_targets(policy, new)
    return policy


def _name(policy: SLAPolicy, new: Content) -> None:
    for language, name in new.names.items():
        setattr(policy, column(language), name)


def _write_targets(policy: SLAPolicy, new: Content) -> None:
    policy.targets.all().delete()
    SLATarget.objects.bulk_create(
        SLATarget(policy=policy, priority=priority, metric=metric, minutes=target.minutes, business=target.business)
        for (priority, metric), target in new.targets.items()
    )


def swap(one: SLAPolicy, other: SLAPolicy) -> None:
    """Let two policies change places. The caller locks them."""
    places = one.position, other.position
    # No two policies may stand at one place, not even for a moment.
    free = SLAPolicy.objects.order_by("-position").values_list("position", flat=True)[0] + 1
    for policy, place in ((other, free), (one, places[1]), (other, places[0])):
        policy.position, policy.edition = place, uuid.uuid4()
        policy.save(update_fields=["position", "edition"])


def with_draft(in_use: Iterable[Terms], policy: SLAPolicy, new: Content) -> tuple[Terms, ...]:
    """The policies as they would be tried with a draft in the place of its policy."""
    from_now_on = [terms for terms in in_use if terms.policy_id != policy.pk]
    if new.active:
        earlier = set(SLAPolicy.objects.filter(position__lt=policy.position).values_list("pk", flat=True))
        place = sum(terms.policy_id in earlier for terms in from_now_on)
        from_now_on.insert(place, _drafted(policy, new))
    return tuple(from_now_on)


def _drafted(policy: SLAPolicy, new: Content) -> Terms:
    edition = Calendar.objects.values_list("edition", flat=True).get(pk=new.calendar_id)
    return new.terms(policy_id=policy.pk, version=policy.version + 1, calendar_edition=edition)
