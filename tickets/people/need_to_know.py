"""Restricted cases are read by those who need to know: their team, whoever has the case, and those entitled to all."""

from typing import Any, Final

from django.contrib.auth.models import Permission
from django.db.models import Exists, Q

from tickets.people.models import Team

READ_RESTRICTED: Final = "read_restricted"
"""The permission to read every restricted case (``tickets.read_restricted``); leads and privacy officers have it."""


def need_to_know(user: Any, ticket: str = "") -> Q:
    """The condition on tickets that this member of the staff may read.

    ``ticket`` is the path from the row to its ticket, such as ``message__ticket__``. One statement with the query it
    goes into: no look-up of its own.
    """
    if user.is_superuser:
        return Q()
    entitled = Permission.objects.filter(content_type__app_label="tickets", codename=READ_RESTRICTED)
    return (
        Q(**{f"{ticket}category__restricted": False})
        | Q(**{f"{ticket}assignee__user": user})
        | Q(**{f"{ticket}team__in": Team.objects.filter(agents__user=user)})
        | Q(Exists(entitled.filter(Q(user=user) | Q(group__user=user))))
    )
