from typing import Any

from django.conf import settings
from django.db import migrations
from django.db.models import F, Value
from django.utils import timezone

# What the one ladder of steps was before policies had steps of their own.
TAKEN_BEFORE = {
    "warn": [],
    "breach": ["share_75"],
    "overdue": ["share_75", "breach"],
    "": ["share_75", "breach", "share_150"],
}
CODES = {"warn": "share_75", "breach": "breach", "overdue": "share_150"}


def name_the_steps(apps: Any, _schema_editor: Any) -> None:
    clocks = apps.get_model("tickets", "SLAClock").objects
    for step, taken in TAKEN_BEFORE.items():
        clocks.filter(next_step=step, steps=[]).update(
            steps=list(CODES.values()), steps_taken=taken, next_step=CODES.get(step, "")
        )
    events = apps.get_model("tickets", "ClockEvent").objects
    for kind, code in CODES.items():
        events.filter(kind=kind, step="").update(step=code)


def remember_what_rules_did(apps: Any, _schema_editor: Any) -> None:
    """A rule that moved a case because of a clock does not do it again for the same one."""
    firings = apps.get_model("tickets", "RuleFiring").objects
    done = apps.get_model("tickets", "Escalation").objects.exclude(rule=None).exclude(clock=None)
    firing = firings.model
    firings.bulk_create(
        (
            firing(rule_id=rule, ticket_id=ticket, cause=f"clock:{clock}", at=at)
            for rule, ticket, clock, at in done.values_list("rule", "ticket", "clock", "at").iterator()
        ),
        batch_size=1000,
        ignore_conflicts=True,
    )


def remind_of_promises(apps: Any, _schema_editor: Any) -> None:
    promises = apps.get_model("tickets", "Promise").objects
    promises.filter(state="open").update(next_step=Value("break"), next_step_at=F("due_at"))
    promises.filter(state="broken").update(broken_at=F("due_at"), ended_at=F("due_at"))


def keep_policies_as_versions(apps: Any, _schema_editor: Any) -> None:
    """What is in force is the newest version of each policy; what came before it nobody wrote down."""
    versions, now = apps.get_model("tickets", "SLAPolicyVersion").objects, timezone.now()
    policies = apps.get_model("tickets", "SLAPolicy").objects.filter(versions=None)
    for policy in policies.prefetch_related("categories", "tiers", "targets"):
        versions.create(policy=policy, number=policy.version, terms=_terms(policy), at=now, published_at=now)


def _terms(policy: Any) -> dict[str, Any]:
    targets = [[one.priority, one.metric, one.minutes, one.business] for one in policy.targets.all()]
    return {
        "names": {code: getattr(policy, f"name_{code}", None) or "" for code, _name in settings.LANGUAGES},
        "active": policy.active,
        "calendar": policy.calendar_id,
        "categories": sorted(category.pk for category in policy.categories.all()),
        "tiers": sorted(tier.pk for tier in policy.tiers.all()),
        "plans": sorted(policy.plans),
        "languages": sorted(policy.languages),
        "channels": sorted(policy.channels),
        "targets": sorted(targets),
        "warn_shares": policy.warn_shares,
        "warn_minutes": policy.warn_minutes,
        "remind_shares": policy.remind_shares,
    }


class Migration(migrations.Migration):
    """Steps have names, rules remember what they did, open promises have a next step, policies a version on record."""

    dependencies = [("tickets", "0003_clocks_and_ladder")]

    operations = [
        migrations.RunPython(name_the_steps, migrations.RunPython.noop),
        migrations.RunPython(remember_what_rules_did, migrations.RunPython.noop),
        migrations.RunPython(remind_of_promises, migrations.RunPython.noop),
        migrations.RunPython(keep_policies_as_versions, migrations.RunPython.noop),
    ]
