"""Browsers without a browser."""

from django.conf import settings
from django.test import Client, override_settings

from tickets.people.models import User


def signed_in(user: User | None) -> Client:
    """A client in which this user is signed in, however they did it. Every customer of the cast has a user."""
    assert user is not None
    client = Client()
    # force_login makes a request that comes from nowhere, and django-axes asks every sign-in where it comes from.
    with override_settings(AXES_ENABLED=False):
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    return client
