"""What all webhooks have in common: who may come in, with how much, and what they are told."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final

from anymail.exceptions import AnymailWebhookValidationFailure
from anymail.signals import AnymailTrackingEvent
from anymail.webhooks.base import AnymailBaseWebhookView
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from tickets.inbox import actions
from tickets.inbox.webhooks import events

logger = logging.getLogger(__name__)

SECRET: Final = "WEBHOOK_SECRET"  # noqa: S105  (the name of a setting of Anymail's)
"""User and password that every provider can be told to call with."""

REPORTS_BYTES: Final = 2 * 1024 * 1024
"""A call with reports: SendGrid gathers them until there are 768 kB, the others tell of one at a time. Below what Django
lets a request hold in memory."""

WRAPPING: Final = 2
"""How much larger a message may be as it is handed over: in JSON with its files once more, or with its bytes escaped."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message as a provider hands it over: its bytes, and what mail servers said to each other about it.

    ``sender`` is "" for the empty one (``<>``), and None where the provider does not say.
    """

    raw: bytes
    sender: str | None = None
    recipients: Sequence[str] = ()


class Door(AnymailBaseWebhookView):
    """One provider's way in, for one purpose. Stands before Anymail's own view of it, where there is one.

    ``name`` is what we call the provider. ``secrets`` are the settings of Anymail of which any one keeps strangers out;
    user and password are asked for wherever they are set, as Anymail has it.
    """

    name: ClassVar[str]
    secrets: ClassVar[Sequence[str]] = (SECRET,)
    # Nothing gets in without a secret, so there is nothing to warn of.
    warn_if_no_basic_auth = False

    @property
    def esp_name(self) -> str:
        """Anymail's word for the provider, which it also makes the names of settings from."""
        return self.name

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_guarded(type(self)):
            raise ImproperlyConfigured(f"Nothing keeps strangers from calling as {self.name}: see manage.py check.")
        try:
            if self.basic_auth:
                AnymailBaseWebhookView.validate_request(self, request)
        except AnymailWebhookValidationFailure:
            return self._challenge(request)
        if int(request.META.get("CONTENT_LENGTH") or 0) > self.most_bytes():
            logger.warning("mail webhook called with too much", extra={"provider": self.name})
            return HttpResponse(status=413)
        try:
            self.run_validators(request)
        except AnymailWebhookValidationFailure as failure:
            logger.warning("mail webhook refused a call", extra={"provider": self.name, "reason": str(failure)})
            return HttpResponse(status=400)
        self.accept(request, at=timezone.now())
        return HttpResponse()

    def most_bytes(self) -> int:
        """How long a call may be. Longer ones are refused unread."""
        raise NotImplementedError

    def accept(self, request: HttpRequest, *, at: datetime) -> None:
        """Do what the provider called for, all of it or nothing. Whatever is raised makes the provider call again."""
        raise NotImplementedError

    def _challenge(self, request: HttpRequest) -> HttpResponse:
        # Amazon's notifications show user and password only once they are asked for them (RFC 7617): that is no news.
        if "Authorization" in request.headers:
            logger.warning("mail webhook called with a wrong secret", extra={"provider": self.name})
        return HttpResponse(status=401, headers={"WWW-Authenticate": 'Basic realm="mail"'})


class ReportsDoor(Door):
    """What became of mail. Anymail's view of the provider, after this one, knows how to read it."""

    def most_bytes(self) -> int:
        return REPORTS_BYTES

    def accept(self, request: HttpRequest, *, at: datetime) -> None:
        with transaction.atomic():
            for event in self.parse_events(request):
                events.record(event, self.details(event), source=self.name, at=at)

    def details(self, event: AnymailTrackingEvent) -> events.Details:
        """What of the provider's own words Anymail does not put into its."""
        raise NotImplementedError


class MailDoor(Door):
    """Mail that comes in."""

    def most_bytes(self) -> int:
        return WRAPPING * settings.INBOUND_MAX_BYTES

    def accept(self, request: HttpRequest, *, at: datetime) -> None:
        # Each is safe once it is kept, and known when the provider brings it again after trouble with a later one.
        for arrived in self.read(request):
            actions.receive(
                arrived.raw,
                mailbox=self.name,
                at=at,
                envelope_sender=arrived.sender,
                envelope_recipients=arrived.recipients,
            )

    def read(self, request: HttpRequest) -> Iterable[Arrived]:
        """The messages in a call, byte by byte as they came where the provider has that."""
        raise NotImplementedError

    def body(self, request: HttpRequest) -> bytes:
        """What was sent. Not ``request.body``: Django holds that to a size that a message with photographs exceeds."""
        return request.read(self.most_bytes())


def is_guarded(door: type[Door]) -> bool:
    """Whether a secret is set that keeps strangers out."""
    return any(settings.ANYMAIL.get(name) for name in door.secrets)


def envelope_address(value: str | None) -> str | None:
    """An address of the envelope without its angle brackets: "" for ``<>``, None for none given."""
    return None if value is None else value.strip().removeprefix("<").removesuffix(">")
