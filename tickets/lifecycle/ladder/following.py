"""Agents follow a case that they no longer have, or never had: they hear when it is escalated or solved, not of each message."""

from collections.abc import Sequence

from django.db.models import Prefetch, prefetch_related_objects

from tickets.desk.models import Ticket
from tickets.lifecycle.case import Case
from tickets.people.models import Agent


def follow(ticket: Ticket, *, agent: Agent) -> None:
    """Following twice is following once. Not part of the record: it changes nothing about the case."""
    ticket.followers.add(agent)


def stop_following(ticket: Ticket, *, agent: Agent) -> None:
    ticket.followers.remove(agent)


def know_followers(tickets: Sequence[Ticket]) -> None:
    """Look up who follows these tickets: one statement for all of them, none for those that are known."""
    prefetch_related_objects(list(tickets), Prefetch("followers", Agent.objects.select_related("user", "calendar")))


def tell_followers(case: Case, what: str, *, and_also: Agent | None = None) -> None:
    """``what`` is escalated or resolved. Nobody is told of what they did, and whoever has the case hears in other ways."""
    know_followers([case.ticket])
    told = {agent.pk: agent for agent in case.ticket.followers.all()}
    if and_also is not None:
        told[and_also.pk] = and_also
    for agent in told.values():
        if agent.pk != case.ticket.assignee_id:
            case.tell_agent("followed", agent, what=what)
