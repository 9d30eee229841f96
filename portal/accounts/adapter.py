"""Where signing in meets the desk: its mail goes through the outbox, and whoever signs in has their customer."""

from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone, translation

from tickets.audit.actor import Actor, ActorKind
from tickets.outbox import actions as outbox
from tickets.outbox import suspensions
from tickets.outbox.actions import Letter
from tickets.people import actions as people
from tickets.people import languages
from tickets.people.models import Customer, User

SECRETS: Final = frozenset({"code", "key", "activate_url", "password_reset_url"})
"""Facts that let whoever reads them sign in: such mail is forgotten once it is sent."""


class Adapter(DefaultAccountAdapter):
    def login(self, request: HttpRequest, user: User) -> None:
        """Only now, and not at sign-up, is the address proven: whoever types somebody's address must not get their orders."""
        super().login(request, user)
        if not user.is_staff:
            people.customer_for(user)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Staff begin in the workspace, unless they were on their way to another page."""
        return reverse("admin:index") if request.user.is_staff else super().get_login_redirect_url(request)

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """A customer is written to at the address they sign in with; when that changes, mail about requests follows."""
        confirmed = super().confirm_email(request, email_address)
        if confirmed and not Customer.objects.filter(email__iexact=email_address.email).exists():
            for customer in Customer.objects.filter(user=email_address.user_id):
                before = customer.email
                people.set_preferences(customer, email=email_address.email)
                by, at = Actor(ActorKind.CUSTOMER, email_address.user_id), timezone.now()
                suspensions.move(before, customer.email, customer_id=customer.pk, by=by, at=at)
        return confirmed

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue the mail like any other: the page need not wait for a mail server, and a lost broker loses no code."""
        facts = {
            name: _plain(name, value) for name, value in context.items() if isinstance(value, str | int | datetime)
        }
        user = User.objects.filter(email__iexact=email).first()
        customer = Customer.objects.filter(email__iexact=email, erased_at=None).first()
        letter = Letter(
            "account",
            email,
            user.language if user else languages.closest(translation.get_language() or ""),
            {"template": template_prefix, "facts": {**facts, "email": email}},
            customer_id=customer.pk if customer else None,
            confidential=not SECRETS.isdisjoint(facts),
        )
        outbox.put([letter], at=timezone.now())


def _plain(name: str, value: str | int | datetime) -> str | int:
    """As JSON keeps it. Addresses of pages begin as the settings say, whatever host a request claims to be for."""
    if isinstance(value, datetime):
        return value.isoformat()
    if name.endswith("_url") and isinstance(value, str):
        parts = urlsplit(value)
        return f"{settings.SITE_URL}{parts._replace(scheme='', netloc='').geturl()}"
    return value
