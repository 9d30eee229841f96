"""A desk with very many open cases, of which as many clocks as wanted are due: what the sweep is measured on."""

from datetime import datetime, timedelta
from typing import Final

from django.db import connection

from tests.benchmarks.fill import fill, keys, texts
from tests.factories import NOW, AgentFactory
from tickets import models

AT: Final = NOW + timedelta(hours=6)
"""The moment of the sweep: eight open hours after the desk opened, so that what began with the day is due."""

OPENED: Final = AT - timedelta(hours=8)
LATER: Final = AT + timedelta(days=30)
AGENTS: Final = {1: 24, 2: 10, 3: 4, 4: 2}
PER_CUSTOMER: Final = 10
LANGUAGES: Final = ("en", "it", "de", "fr", "es", "pl", "ja", "ar")
EMPTY: Final = (models.ClockEvent, models.SLAClock, models.AuditEntry, models.Ticket, models.Customer)


def hire() -> None:
    """Agents on every tier, who write all languages and have working hours."""
    calendar = models.Calendar.objects.get()
    for level, number in AGENTS.items():
        for _ in range(number):
            AgentFactory.create(level=level, calendar=calendar, languages=dict.fromkeys(LANGUAGES, 4))


def gather(count: int) -> None:
    """``count`` open cases in the place of all there were, each with two running clocks, none of which is due."""
    with connection.cursor() as cursor:
        # Whoever checks each of ten million links measures that. The user of the tests' own server may leave it.
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(f"TRUNCATE {', '.join(model._meta.db_table for model in EMPTY)} RESTART IDENTITY CASCADE")
        _people_and_cases(count)
        _clocks(count)
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("VACUUM (ANALYZE)")


def _people_and_cases(count: int) -> None:
    category = models.Category.objects.get(slug="other")
    fill(
        models.Customer,
        count // PER_CUSTOMER + 1,
        name="'Customer ' || n",
        email="'crowd' || n || '@mail.example'",
        language=texts(LANGUAGES),
    )
    fill(
        models.Ticket,
        count,
        reference="lpad(upper(to_hex(n)), 9, '0')",
        customer=f"1 + n / {PER_CUSTOMER}",
        category=str(category.pk),
        subject="'The machine stops, case ' || n",
        tier=str(category.first_tier_id),
        assignee=keys(models.Agent, tier__level=1),
        language=texts(LANGUAGES),
        next_due_at=_moment(LATER),
        next_due_metric="'first_reply'",
        next_update_at=_moment(LATER),
        created_at=_moment(OPENED),
        updated_at=_moment(OPENED),
    )
    digest = "md5(n::text) || md5((n + 1)::text)"
    fill(
        models.AuditEntry, count, ticket="1 + n", sequence="1", at=_moment(OPENED), actor_kind="'customer'",
        code="'opened'", salt="md5(n::text)", payload_digest=digest, previous_hash="repeat('0', 64)", hash=digest,
    )  # fmt: skip


def _clocks(count: int) -> None:
    policy = models.SLAPolicy.objects.get()
    for metric, minutes in (("first_reply", 8 * 60), ("resolution", 48 * 60)):
        fill(
            models.SLAClock,
            count,
            ticket="1 + n",
            metric=f"'{metric}'",
            cycle="1",
            policy=str(policy.pk),
            policy_version="1",
            calendar=str(policy.calendar_id),
            target_minutes=str(minutes),
            business="true",
            started_at=_moment(OPENED),
            spells=f"""'[["{OPENED.isoformat()}", null]]'""",
            due_at=_moment(LATER),
            steps="""'["share_75", "breach", "share_150"]'""",
            next_step="'breach'",
            next_step_at=_moment(LATER),
        )


def make_due(warned: int, missed: int, *, first: int = 1) -> None:
    """Let so many first replies, spread over all cases, be due for their warning, and so many for their miss.

    ``first`` is the case to begin with: one whose step was taken for good cannot take it again.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM tickets_ticket")
        apart = cursor.fetchone()[0] // (warned + missed)
    for number, step, start in ((warned, "share_75", first), (missed, "breach", first + apart * warned)):
        ids = range(start, start + apart * number, apart)
        _make_due(list(ids), step)


def _make_due(ticket_ids: list[int], step: str) -> None:
    # Three quarters of eight hours, or all of them.
    began = AT - timedelta(hours=8 if step == "breach" else 6)
    taken = '["share_75"]' if step == "breach" else "[]"
    spells = f'[["{began.isoformat()}", null]]'
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH chosen AS (
                UPDATE tickets_slaclock
                SET started_at = %s, spells = %s, next_step = %s, next_step_at = %s, due_at = %s, steps_taken = %s
                WHERE metric = 'first_reply' AND ticket_id = ANY(%s) RETURNING ticket_id, due_at
            )
            UPDATE tickets_ticket SET next_due_at = chosen.due_at, next_update_at = chosen.due_at
            FROM chosen WHERE id = chosen.ticket_id
            """,
            [began, spells, step, AT, began + timedelta(hours=8), taken, ticket_ids],
        )


def _moment(at: datetime) -> str:
    return f"'{at.isoformat()}'::timestamptz"
