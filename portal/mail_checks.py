"""What mail needs to leave and to come in by a provider. Without it, each mail would be put off, or each report lost."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from anymail.backends.base import AnymailBaseBackend
from anymail.exceptions import AnymailImproperlyInstalled
from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004  (Django's name)
from django.core.mail import get_connection

from tickets.inbox.webhooks.doors import SECRET, Door, is_guarded
from tickets.inbox.webhooks.urls import PROVIDERS

Apps = Sequence[AppConfig] | None

SMTP: Final = "django.core.mail.backends.smtp.EmailBackend"

NEEDS: Final = {
    "anymail.backends.brevo.EmailBackend": ["BREVO_API_KEY"],
    "anymail.backends.mailgun.EmailBackend": ["MAILGUN_API_KEY"],
    "anymail.backends.postmark.EmailBackend": ["POSTMARK_SERVER_TOKEN"],
    "anymail.backends.sendgrid.EmailBackend": ["SENDGRID_API_KEY"],
}
"""Without which of its settings a provider refuses us. Amazon SES finds its key in more places than we can look at."""

NOT_INSTALLED: Final = "its library is not installed", "Install requirements-production.txt."
SEE_MANUAL: Final = "See what your provider needs in docs/mail.md."

SECRET_LENGTH: Final = 20
"""Shorter secrets can be guessed by somebody who may try for years."""


@register(Tags.compatibility)
def provider_has_its_key(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    missing = [name for name in NEEDS.get(settings.EMAIL_BACKEND, []) if not settings.ANYMAIL.get(name)]
    return [
        Error(
            f"Mail is to leave by {settings.EMAIL_BACKEND.split('.')[-2]}, which asks for a key.",
            hint=f"Set ANYMAIL_{name}, or ANYMAIL_{name}_FILE.",
            id="portal.E013",
        )
        for name in missing
    ]


@register(Tags.compatibility)
def provider_can_be_used(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Whatever else its backend refuses, such as a region of Amazon's that nobody named. Nothing is sent or asked."""
    if not settings.EMAIL_BACKEND.startswith("anymail.") or provider_has_its_key(app_configs):
        return []
    try:
        connection = get_connection()
        if isinstance(connection, AnymailBaseBackend):
            connection.open()
            connection.close()
    except AnymailImproperlyInstalled:
        return [_unusable(*NOT_INSTALLED)]
    except Exception as error:
        return [_unusable(str(error), SEE_MANUAL)]
    return []


def _unusable(why: str, hint: str) -> CheckMessage:
    return Error(f"Mail cannot leave by {settings.EMAIL_BACKEND}: {why}", hint=hint, id="portal.E014")


@register(Tags.security, deploy=True)
def password_for_mail_is_not_sent_in_the_open(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    encrypted = settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL
    if settings.EMAIL_BACKEND != SMTP or encrypted or settings.EMAIL_HOST in {"localhost", "127.0.0.1", "::1"}:
        return []
    return [
        Warning(
            f"Mail goes to {settings.EMAIL_HOST} in the open, sign-in codes and the server's password included.",
            hint="Set EMAIL_URL=smtp+tls://… (STARTTLS, port 587) or smtp+ssl://… (TLS from the start, port 465).",
            id="portal.W015",
        )
    ]


@register(Tags.security)
def webhooks_are_known(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    return [
        Error(
            f"MAIL_WEBHOOKS names {name!r}, which is no provider that we know.",
            hint=f"Choose from {', '.join(PROVIDERS)}.",
            id="portal.E016",
        )
        for name in settings.MAIL_WEBHOOKS
        if name not in PROVIDERS
    ]


@register(Tags.security)
def webhooks_have_a_secret(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    # Most providers keep strangers from both of their doors in the same way, and need to be told once.
    open_to_all = dict.fromkeys((door.name, *door.secrets) for door in _doors() if not is_guarded(door))
    return [
        Error(
            f"Anybody could call the mail webhooks of {name}, so they stay shut.",
            hint=f"Set {' or '.join(f'ANYMAIL_{secret}' for secret in secrets)}.",
            id="portal.E017",
        )
        for name, *secrets in open_to_all
    ]


@register(Tags.security)
def webhooks_can_be_opened(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """A key that cannot be read, or a library that is not there."""
    shut = dict.fromkeys((door.name, *trouble) for door in _doors() if is_guarded(door) and (trouble := _trouble(door)))
    return [
        Error(f"The mail webhooks of {name} cannot be opened: {why}", hint=hint, id="portal.E018")
        for name, why, hint in shut
    ]


def _trouble(door: type[Door]) -> tuple[str, str] | None:
    """Why a door does not open, and what to do about it."""
    try:
        door()
    except AnymailImproperlyInstalled:
        return NOT_INSTALLED
    except Exception as error:
        return str(error), SEE_MANUAL
    return None


@register(Tags.security)
def webhook_secret_is_one(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    given = settings.ANYMAIL.get(SECRET) or []
    secrets = [given] if isinstance(given, str) else given
    if not settings.MAIL_WEBHOOKS or all(_is_a_secret(secret) for secret in secrets):
        return []
    return [
        Error(
            f"ANYMAIL_{SECRET} must be a user and a password with a colon between, hard to guess.",
            hint=f"For example desk: and the output of `openssl rand -hex 24`; {SECRET_LENGTH} characters at least.",
            id="portal.E019",
        )
    ]


def _is_a_secret(secret: str) -> bool:
    user, _colon, password = secret.partition(":")
    return bool(user) and len(password) >= SECRET_LENGTH


def _doors() -> Iterator[type[Door]]:
    for name in settings.MAIL_WEBHOOKS:
        if name in PROVIDERS:
            yield from PROVIDERS[name].doors
