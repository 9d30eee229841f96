"""What a desk needs before its first ticket: hours, four tiers, a policy, a notice, a category.

Made once, when the database is empty of them; everything is then the lead's to change in the admin. Texts come from the
catalogues, in every language that has them.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import time
from typing import Any, TypeVar

from django.apps import AppConfig
from django.conf import settings
from django.db import connections, models, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tickets.calendars.models import Calendar, OpeningInterval
from tickets.desk.models import Category, IntakeField, IntakeForm
from tickets.desk.priorities import Priority
from tickets.escalation.models import EscalationRule, EscalationTier, Notify, Trigger
from tickets.people import roles
from tickets.people.models import Team
from tickets.privacy.models import PolicyVersion
from tickets.sla import versions
from tickets.sla.models import ClockEvent, MetricName, SLAPolicy, SLATarget

Row = TypeVar("Row", bound=models.Model)

# Open every day: an answer within eight open hours then comes within a day, and never later than 48 hours.
HOURS: Mapping[int, tuple[time, time]] = {
    day: (time(8), time(20)) if day < 5 else (time(9), time(17)) for day in range(7)
}

TIERS = (
    (
        1,
        _("Customer care"),
        _("Answers most questions: deliveries, returns, invoices, first help with a product."),
        2 * 720,
    ),
    (2, _("Senior specialist"), _("Knows the products inside out and can order repairs and replacements."), 720),
    (3, _("Team lead"), _("Can make exceptions and decide about refunds of any size."), 480),
    (4, _("Product manager"), _("Speaks for the maker of the product and can change it."), 480),
)

# Minutes of open time.
TARGETS: Mapping[Priority, Mapping[str, int]] = {
    Priority.URGENT: {MetricName.FIRST_REPLY: 60, MetricName.NEXT_REPLY: 120, MetricName.RESOLUTION: 8 * 60},
    Priority.HIGH: {MetricName.FIRST_REPLY: 4 * 60, MetricName.NEXT_REPLY: 4 * 60, MetricName.RESOLUTION: 24 * 60},
    Priority.NORMAL: {MetricName.FIRST_REPLY: 8 * 60, MetricName.NEXT_REPLY: 8 * 60, MetricName.RESOLUTION: 48 * 60},
    Priority.LOW: {MetricName.FIRST_REPLY: 8 * 60, MetricName.NEXT_REPLY: 12 * 60, MetricName.RESOLUTION: 72 * 60},
}

MISSED, LONG_OVERDUE = ClockEvent.Kind.BREACH, ClockEvent.Kind.OVERDUE
UP: Mapping[str, Any] = {"raise_tier": True, "highest_tier": 3}
TELL_LEADS: Mapping[str, Any] = {"notify": [Notify.LEADS.value]}

# Tiers by their level. What was missed or did not help goes one tier up, to a lead at most; the leads hear of the rest.
RULES: Sequence[tuple[Promise, Trigger, Mapping[str, Any]]] = (
    (_("First reply missed"), Trigger.CLOCK, {"metric": MetricName.FIRST_REPLY, "step": MISSED, **UP}),
    (_("Next reply missed"), Trigger.CLOCK, {"metric": MetricName.NEXT_REPLY, "step": MISSED, **UP}),
    (_("Solution missed"), Trigger.CLOCK, {"metric": MetricName.RESOLUTION, "step": MISSED, **UP}),
    (
        _("First reply long overdue"),
        Trigger.CLOCK,
        {"metric": MetricName.FIRST_REPLY, "step": LONG_OVERDUE, **TELL_LEADS},
    ),
    (
        _("Next reply long overdue"),
        Trigger.CLOCK,
        {"metric": MetricName.NEXT_REPLY, "step": LONG_OVERDUE, **TELL_LEADS},
    ),
    (_("Solution long overdue"), Trigger.CLOCK, {"metric": MetricName.RESOLUTION, "step": LONG_OVERDUE, **TELL_LEADS}),
    (_("Opened again twice"), Trigger.REOPENED, {"threshold": 2, **UP}),
    (_("Two failed attempts"), Trigger.ATTEMPTS, {"threshold": 2, **UP}),
    (_("Bad rating"), Trigger.RATING, {"threshold": 2, **UP, **TELL_LEADS}),
    (_("Broken promise"), Trigger.PROMISE, TELL_LEADS),
    (
        _("Critical outage"),
        Trigger.OUTAGE,
        {"raise_tier": True, "to_tier": 3, "set_priority": Priority.URGENT, **TELL_LEADS},
    ),
    # 480 minutes of open time: a lead answers within a day.
    (_("The customer asks for somebody more senior"), Trigger.REQUEST, {"answer_minutes": 480, **TELL_LEADS}),
)


def in_all_languages(**texts: str | Promise) -> dict[str, str]:
    """Each text once a language, as modeltranslation names the columns (``name_it``); missing translations stay empty."""
    columns = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            for field, text in texts.items():
                translated = str(text)
                columns[f"{field}_{code}"] = translated
    for field in texts:
        source = columns[f"{field}_en"]
        for code, _name in settings.LANGUAGES:
            if code != "en" and columns[f"{field}_{code}"] == source:
                columns[f"{field}_{code}"] = ""
    return columns


def install() -> None:
    """Make what is missing; does nothing on a desk that has it."""
    with transaction.atomic(), translation.override("en"):
        calendar = _once(Calendar, _calendar)
        tiers = list(EscalationTier.objects.order_by("level")) or _tiers()
        _once(SLAPolicy, lambda: _policy(calendar))
        _once(EscalationRule, lambda: _rules(tiers))
        _once(PolicyVersion, _notice)
        _once(Category, lambda: _category(tiers[0]))


def _once(model: type[Row], make: Callable[[], Row]) -> Row:
    return model._default_manager.order_by("pk").first() or make()


def _calendar() -> Calendar:
    calendar = Calendar.objects.create(name="Customer care", time_zone=settings.DESK_TIME_ZONE)
    OpeningInterval.objects.bulk_create(
        OpeningInterval(calendar=calendar, weekday=day, opens=opens, closes=closes)
        for day, (opens, closes) in HOURS.items()
    )
    return calendar


def _tiers() -> list[EscalationTier]:
    return [
        EscalationTier.objects.create(
            level=level, update_minutes=minutes, **in_all_languages(name=name, description=description)
        )
        for level, name, description, minutes in TIERS
    ]


def _policy(calendar: Calendar) -> SLAPolicy:
    policy = SLAPolicy.objects.create(position=100, calendar=calendar, **in_all_languages(name=_("For everybody")))
    SLATarget.objects.bulk_create(
        SLATarget(policy=policy, priority=priority, metric=metric, minutes=minutes)
        for priority, by_metric in TARGETS.items()
        for metric, minutes in by_metric.items()
    )
    versions.record(policy, at=timezone.now())
    return policy


def _rules(tiers: list[EscalationTier]) -> EscalationRule:
    by_level = {tier.level: tier for tier in tiers}
    rules = []
    for name, trigger, does in RULES:
        values: dict[str, Any] = {"raise_tier": False, **does}
        for field in ("highest_tier", "to_tier"):
            values[field] = by_level.get(values.get(field, 0))
        rules.append(EscalationRule(name=str(name), trigger=trigger, **values))
    return EscalationRule.objects.bulk_create(rules)[0]


def _notice() -> PolicyVersion:
    texts = in_all_languages(
        title=_("How we use what you write"),
        body=_(
            "We use what you write and the files you add to solve your request. People at our support desk read it, and"
            " some conversations are read again later to check and improve our answers. You can ask for a copy of"
            " everything, or for its erasure, at any time."
        ),
    )
    return PolicyVersion.objects.create(version=1, published_at=timezone.now(), **texts)


def _category(first_tier: EscalationTier) -> Category:
    team = Team.objects.get_or_create(name="Customer care")[0]
    category = Category.objects.create(
        slug="other",
        position=1000,
        team=team,
        first_tier=first_tier,
        **in_all_languages(name=_("Something else"), description=_("A question that fits none of the other topics.")),
    )
    form = IntakeForm.objects.create(category=category)
    IntakeField.objects.create(
        form=form,
        key="tried",
        kind=IntakeField.Kind.LONG_TEXT,
        **in_all_languages(label=_("What have you tried already?"), help=_("So that nobody asks you to do it twice.")),
    )
    return category


def after_migrate(*, using: str, sender: AppConfig, **_details: object) -> None:
    """Receiver of ``post_migrate``. Waits until every migration ran: in between, columns are missing."""
    executor = MigrationExecutor(connections[using])
    if not executor.migration_plan(executor.loader.graph.leaf_nodes(app=sender.label)):
        install()
        roles.install(sender, using=using)
