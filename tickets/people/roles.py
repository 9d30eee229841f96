"""What staff may change besides tickets. Agents need no role: being an :class:`~tickets.people.models.Agent` lets them work.

A role is one of Django's groups, made by ``migrate`` with what is listed here. Who has which is the lead's to choose;
a permission that somebody added or took away in a group that exists stays as it is.
"""

from collections.abc import Mapping
from typing import Final

from django.apps import AppConfig
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission

from tickets.people.need_to_know import READ_RESTRICTED

LEADS: Final = "Leads"
PRIVACY_OFFICERS: Final = "Privacy officers"

_SETTINGS: Final = (
    "calendar", "calendardate", "openinginterval", "slapolicy", "slatarget", "escalationtier", "escalationrule",
    "category", "intakeform", "intakefield", "cannedreply", "helparticle", "team", "skill", "agent", "agentskill", "fluency",
    "outage",
)  # fmt: skip
_LINES: Final = ("calendardate", "openinginterval", "slatarget", "intakefield", "agentskill", "fluency")

_TO_READ: Final = (
    "view_customer", "change_customer", "view_order", "view_orderline", "view_rating", "view_outgoingmail", "view_auditentry",
    "view_policyversion", READ_RESTRICTED,
)  # fmt: skip

ROLES: Final[Mapping[str, frozenset[str]]] = {
    LEADS: frozenset(
        [
            *(f"{verb}_{model}" for model in _SETTINGS for verb in ("view", "add", "change")),
            *(f"delete_{model}" for model in _LINES),
            "delete_calendar",  # one that nothing goes by
            *("view_user", "add_user", "change_user", "view_promise"),
            *("view_escalation", "change_escalation", "view_escalationrequest", "change_escalationrequest"),
            *("view_sweepfailure", "change_sweepfailure"),
            *("view_doubt", "change_doubt", "view_suspension", "change_suspension"),
            *("view_rawmail", "change_rawmail", "view_mailbox", "change_mailbox"),
            *_TO_READ,
        ]
    ),
    PRIVACY_OFFICERS: frozenset([*_TO_READ, "add_policyversion"]),
}


def install(app: AppConfig, *, using: str) -> None:
    """Make the groups that are missing, and give those that are there the rights that came with this version.

    Called after a migration, before Django makes the permissions: those that are not there yet are the new ones.
    """
    ours = Permission.objects.using(using).filter(content_type__app_label=app.label)
    before = set(ours.values_list("codename", flat=True))
    create_permissions(app, verbosity=0, using=using)
    for name, codenames in ROLES.items():
        group, is_new = Group.objects.using(using).get_or_create(name=name)
        group.permissions.add(*ours.filter(codename__in=codenames if is_new else codenames - before))
