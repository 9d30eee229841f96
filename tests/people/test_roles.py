"""Roles after a migration."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission

from tickets.people import roles

pytestmark = pytest.mark.django_db


def migrated() -> set[str]:
    """What leads may do after another migration."""
    roles.install(apps.get_app_config("tickets"), using="default")
    return set(Group.objects.get(name=roles.LEADS).permissions.values_list("codename", flat=True))


def test_a_right_that_a_new_version_brings_along_reaches_a_role_that_is_there() -> None:
    Permission.objects.get(codename="change_escalationrequest").delete()
    assert "change_escalationrequest" in migrated()


def test_a_right_that_somebody_took_away_stays_away() -> None:
    leads = Group.objects.get(name=roles.LEADS)
    leads.permissions.remove(Permission.objects.get(codename="change_slapolicy"))
    assert "change_slapolicy" not in migrated()


def test_a_right_that_somebody_added_stays() -> None:
    leads = Group.objects.get(name=roles.LEADS)
    leads.permissions.add(Permission.objects.get(codename="view_message"))
    assert "view_message" in migrated()
