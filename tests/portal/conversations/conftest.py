from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client, override_settings

from tests.attachments.crafted import picture
from tests.factories import CategoryFactory, IntakeFieldFactory, IntakeFormFactory, OrderFactory, OrderLineFactory
from tickets.models import Category, Customer, IntakeDraft, IntakeField, OrderLine

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(autouse=True)
def _stored_aside(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def sign_in() -> Callable[[Any], Client]:
    """A browser in which this customer or agent is signed in."""

    def browser(person: Any) -> Client:
        client = Client()
        # force_login makes a request that comes from nowhere, and django-axes asks every sign-in where it comes from.
        with override_settings(AXES_ENABLED=False):
            client.force_login(person.user, backend=BACKEND)
        return client

    return browser


@pytest.fixture
def hers(alice: Customer, sign_in: Callable[[Any], Client]) -> Client:
    """Alice's browser."""
    return sign_in(alice)


@pytest.fixture
def machine(alice: Customer) -> OrderLine:
    """What Alice bought."""
    return OrderLineFactory.create(order=OrderFactory.create(customer=alice, number="10482"))


@pytest.fixture
def broken(desk: None) -> Category:
    """A topic with one question of each kind."""
    category = CategoryFactory.create(name="Something is broken", slug="broken")
    form = IntakeFormFactory.create(category=category)
    kinds = IntakeField.Kind
    questions: list[dict[str, Any]] = [
        {"key": "product", "kind": kinds.TEXT, "label": "Product"},
        {
            "key": "serial",
            "kind": kinds.SERIAL,
            "label": "Serial number",
            "required": True,
            "pattern": "[A-Z0-9]{9}",
            "pattern_message": "Enter all 9 characters.",
        },
        {"key": "error", "kind": kinds.ERROR_MESSAGE, "label": "Exact error"},
        {"key": "tried", "kind": kinds.LONG_TEXT, "label": "Steps tried"},
        {"key": "water", "kind": kinds.CHOICE, "label": "Which water?", "choices": "Tap water\nBottled water"},
        {"key": "since", "kind": kinds.DATE, "label": "Since when?"},
        {"key": "cups", "kind": kinds.NUMBER, "label": "Cups a day"},
        {"key": "firmware", "kind": kinds.VERSION, "label": "Software version"},
    ]
    for position, question in enumerate(questions):
        IntakeFieldFactory.create(form=form, position=position, **question)
    return category


@pytest.fixture
def draft(alice: Customer, broken: Category, machine: OrderLine, now: Any) -> IntakeDraft:
    """Alice has said what it is about."""
    return IntakeDraft.objects.create(customer=alice, category=broken, order_line=machine, updated_at=now)


@pytest.fixture
def answers() -> dict[str, str]:
    """Everything that the topic asks for, as a browser posts it."""
    return {
        "question_product": "Brio 2 espresso machine, steel",
        "question_serial": "B2X411807",
        "question_error": "E04 – TANK?",
        "question_tried": "Took the tank out and back in",
        "question_water": "1",
        "question_since": "2026-11-21",
        "question_cups": "4",
        "question_firmware": "2.4.1",
        "text": "It heats up, then the pump never starts.",
        "impact": "blocked",
        "subject": "",
    }


@pytest.fixture
def photo() -> bytes:
    return picture("PNG")
