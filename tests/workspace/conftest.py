from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.test import Client, override_settings

from tickets.models import Agent, Customer, User

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"

SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _stored_aside(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture(autouse=True)
def _at_the_moment_of_the_story(now: datetime) -> Iterator[None]:
    """Views ask the clock; the tests' tickets are opened at ``now``."""
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def sign_in(desk: None) -> SignIn:
    """A browser in which this user is signed in."""

    def browser(user: User) -> Client:
        client = Client()
        # force_login makes a request that comes from nowhere, and django-axes asks every sign-in where it comes from.
        with override_settings(AXES_ENABLED=False):
            client.force_login(user, backend=BACKEND)
        return client

    return browser


@pytest.fixture
def desk_client(agent: Agent, sign_in: SignIn) -> Client:
    """The browser of the frontline agent, who has no role and no right of Django's."""
    return sign_in(agent.user)


@pytest.fixture
def lead_client(lead: Agent, sign_in: SignIn) -> Client:
    """The browser of somebody who may do everything."""
    return sign_in(lead.user)


@pytest.fixture
def customer_client(alice: Customer, sign_in: SignIn) -> Client:
    assert alice.user
    return sign_in(alice.user)
