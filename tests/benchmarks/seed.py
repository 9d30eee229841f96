"""Many tickets, quickly: the rows that the measured pages and the sweep read, in bulk statements."""

from datetime import datetime, timedelta

from tickets import models

OPEN_SHARE = 3  # of ten
PER_CUSTOMER = 10
BATCH = 2_000
LANGUAGES = ("en", "it", "de", "fr", "es", "pl", "ja", "ar")


def grow(to: int, *, now: datetime) -> None:
    """Add tickets until there are ``to``; three in ten are open with two running clocks, none of which is due."""
    have = models.Ticket.objects.count()
    agents = list(models.Agent.objects.filter(tier__level=1))
    category = models.Category.objects.get(slug="other")
    policy = models.SLAPolicy.objects.select_related("calendar").latest("position")
    for start in range(have, to, BATCH):
        numbers = range(start, min(start + BATCH, to))
        _batch(numbers, agents=agents, category=category, policy=policy, now=now)


def _batch(
    numbers: range, *, agents: list[models.Agent], category: models.Category, policy: models.SLAPolicy, now: datetime
) -> None:
    customers = models.Customer.objects.bulk_create(
        models.Customer(
            name=f"Customer {number}",
            email=f"bulk{number}@mail.example",
            language=LANGUAGES[number % len(LANGUAGES)],
            created_at=now,
        )
        for number in numbers[::PER_CUSTOMER]
    )
    tickets = models.Ticket.objects.bulk_create(
        _ticket(number, customers[(number - numbers[0]) // PER_CUSTOMER], agents, category, now) for number in numbers
    )
    messages = models.Message.objects.bulk_create(
        models.Message(
            ticket=ticket,
            author_kind="customer",
            text="It stops with E04.",
            language=ticket.language,
            at=ticket.created_at,
        )
        for ticket in tickets
    )
    for ticket, message in zip(tickets, messages, strict=True):
        ticket.last_message = message
    models.Ticket.objects.bulk_update(tickets, ["last_message"], batch_size=500)
    models.SLAClock.objects.bulk_create(
        _clock(ticket, metric, policy)
        for ticket in tickets
        if ticket.next_due_at
        for metric in ("first_reply", "resolution")
    )


def _ticket(
    number: int, customer: models.Customer, agents: list[models.Agent], category: models.Category, now: datetime
) -> models.Ticket:
    is_open = number % 10 < OPEN_SHARE
    opened = now - timedelta(minutes=number % 50_000)
    return models.Ticket(
        customer=customer,
        category=category,
        subject=f"The machine stops, case {number}",
        priority=("urgent", "high", "normal", "low")[number % 4],
        status=("new", "open", "on_hold")[number % 3] if is_open else "closed",
        tier=category.first_tier,
        team_id=category.team_id,
        assignee=agents[number % len(agents)] if number % 5 else None,
        language=customer.language,
        next_due_at=now + timedelta(days=30, minutes=number % 10_000) if is_open else None,
        next_due_metric="first_reply" if is_open else "",
        created_at=opened,
        updated_at=opened,
        resolved_at=None if is_open else opened,
        closed_at=None if is_open else opened,
    )


def _clock(ticket: models.Ticket, metric: str, policy: models.SLAPolicy) -> models.SLAClock:
    return models.SLAClock(
        ticket=ticket,
        metric=metric,
        policy=policy,
        policy_version=policy.version,
        calendar=policy.calendar,
        target_minutes=480,
        business=True,
        started_at=ticket.created_at,
        spells=[[ticket.created_at.isoformat(), None]],
        due_at=ticket.next_due_at,
        next_step="breach",
        next_step_at=ticket.next_due_at,
    )


def make_due(count: int, *, at: datetime) -> None:
    """Let the first-reply clocks of ``count`` open tickets be due at a moment."""
    chosen = models.SLAClock.objects.filter(metric="first_reply", stopped_at=None, next_step="breach")
    ids = list(chosen.order_by("pk").values_list("pk", flat=True)[:count])
    models.SLAClock.objects.filter(pk__in=ids).update(due_at=at, next_step_at=at)
