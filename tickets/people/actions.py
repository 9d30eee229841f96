from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import translation

from tickets.people import languages, roles
from tickets.people.models import Customer, User


def customer_for(user: User) -> Customer:
    """The customer behind a sign-in, made on first need. A customer whom we knew by address alone gets their sign-in."""
    known = Customer.objects.filter(user=user).first()
    if known:
        return known
    customer, _ = Customer.objects.get_or_create(
        email__iexact=user.email,
        user=None,
        defaults={
            "email": user.email,
            "name": user.name or user.email.split("@")[0],
            "language": languages.closest(translation.get_language() or user.language),
            "time_zone": user.time_zone,
        },
    )
    customer.user = user
    customer.save(update_fields=["user"])
    return customer


def buyer(email: str, *, name: str, language: str, country: str, at: datetime) -> Customer:
    """The customer with this address, made when the shop names a new one. What a known customer chose is left alone."""
    known = Customer.objects.filter(email__iexact=email).first()
    return known or Customer.objects.create(
        email=email,
        name=name or email.split("@")[0],
        language=language or settings.LANGUAGE_CODE,
        time_zone=settings.DESK_TIME_ZONE,
        country=country,
        created_at=at,
    )


def set_preferences(customer: Customer, **preferences: Any) -> None:
    """Change how a customer is written to (language, time_zone, reading_needs, name); their sign-in follows."""
    for field, value in preferences.items():
        setattr(customer, field, value)
    customer.save(update_fields=list(preferences))
    shared = {field: preferences[field] for field in ("name", "language", "time_zone") if field in preferences}
    if customer.user_id and shared:
        User.objects.filter(pk=customer.user_id).update(**shared)


def set_language(user: User, language: str) -> None:
    """Show pages in another language from now on; a customer is also written to in it."""
    User.objects.filter(pk=user.pk).update(language=language)
    Customer.objects.filter(user=user).update(language=language)


def set_digest(user: User, digest: str) -> None:
    """How somebody at the desk is told by mail of what can wait: one of ``Digest``."""
    User.objects.filter(pk=user.pk).update(digest=digest)


def leads() -> list[User]:
    """Everybody who has the role of a lead and can sign in, with their working hours; while nobody has it, whoever runs
    the desk.
    """
    staff = User.objects.filter(is_active=True, is_staff=True).select_related("agent__calendar").order_by("pk")
    return list(staff.filter(groups__name=roles.LEADS)) or list(staff.filter(is_superuser=True))
