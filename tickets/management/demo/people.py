"""Who works at Casa Orsini, and who buys there."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from tickets.escalation.models import EscalationTier
from tickets.management.demo import data
from tickets.people.models import Agent, AgentSkill, Customer, Fluency, Skill, Team, User

PASSWORD: Final = "sportello-demo"  # noqa: S105  (meant to be known)


def hire() -> None:
    """The staff: users with their groups; those with a tier are agents."""
    tiers = {tier.level: tier for tier in EscalationTier.objects.all()}
    for row, user in _users(data.read("people")["staff"], is_staff=True):
        user.groups.set(Group.objects.filter(name__in=row.get("groups", [])))
        if "tier" not in row:
            continue
        agent = Agent.objects.create(user=user, tier=tiers[row["tier"]], capacity=row["capacity"])
        agent.teams.set([Team.objects.get_or_create(name=name)[0] for name in row["teams"]])
        Fluency.objects.bulk_create(
            Fluency(agent=agent, language=code, level=level) for code, level in row["fluency"].items()
        )
        AgentSkill.objects.bulk_create(
            AgentSkill(agent=agent, skill=Skill.objects.get_or_create(name=name)[0], level=level)
            for name, level in row.get("skills", {}).items()
        )


def welcome(*, at: datetime) -> None:
    """The customers, all of whom have signed up already."""
    Customer.objects.bulk_create(
        Customer(
            user=user,
            name=user.name,
            email=user.email,
            language=user.language,
            time_zone=user.time_zone,
            country=row["country"],
            plan=row.get("plan", "standard"),
            reading_needs=row.get("reading_needs", []),
            created_at=at - timedelta(days=row["known_days"]),
        )
        for row, user in _users(data.read("people")["customers"])
    )


def _users(rows: Iterable[Mapping[str, Any]], **flags: bool) -> list[tuple[Mapping[str, Any], User]]:
    """Sign-ins with a confirmed address, in the order of the rows."""
    rows = list(rows)
    # One hash for all: each would cost a third of a second, and everybody knows the password.
    password = make_password(PASSWORD)
    users = User.objects.bulk_create(
        User(
            email=row["email"],
            name=row["name"],
            language=row.get("language", "en"),
            time_zone=row.get("time_zone", "Europe/Rome"),
            password=password,
            is_superuser=row.get("superuser", False),
            **flags,
        )
        for row in rows
    )
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in users
    )
    return list(zip(rows, users, strict=True))
