"""What we tell mail providers whoever runs the desk, and how what an operator sets for them is read."""

import json
from collections.abc import Mapping
from typing import Any, Final

from django.core.exceptions import ImproperlyConfigured

# Counting who opens a mail and follows its links rewrites the links, and customers are told that links lead to us.
_UNWATCHED: Final = {"track_opens": False, "track_clicks": False}


def manners(*, timeout: int) -> dict[str, Any]:
    """Anymail's settings as they are for every desk. ``timeout`` is in seconds, for each question to a provider.

    Amazon SES and Brevo have no way to be told for one mail that nobody is to be watched: it is chosen in the account.
    """
    return {
        "REQUESTS_TIMEOUT": timeout,
        # By itself the library asks five times for up to two minutes each. The worker's lease on the mail would run out
        # meanwhile, and another one would send it again; the outbox has its own patience.
        "AMAZON_SES_CLIENT_PARAMS": {
            "config": {"connect_timeout": timeout, "read_timeout": timeout, "retries": {"total_max_attempts": 1}}
        },
        "MAILGUN_SEND_DEFAULTS": _UNWATCHED,
        # Postmark puts a Message-ID of its own in place of ours, unless it is asked to keep it.
        "POSTMARK_SEND_DEFAULTS": {**_UNWATCHED, "extra_headers": {"X-PM-KeepID": "true"}},
        "SENDGRID_SEND_DEFAULTS": _UNWATCHED,
    }


def read(settings: Mapping[str, str]) -> dict[str, Any]:
    """What an operator set for a provider; true and false, JSON objects and lists are read as what they are."""
    return {name: _read(name, value) for name, value in settings.items() if value}


def combined(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> dict[str, Any]:
    """Both, where theirs wins; of objects that stand in both, name by name."""
    objects = {
        name: {**ours[name], **value}
        for name, value in theirs.items()
        if isinstance(value, dict) and isinstance(ours.get(name), dict)
    }
    return {**ours, **theirs, **objects}


def _read(name: str, value: str) -> Any:
    if value.lower() in {"true", "false"}:
        return value.lower() == "true"
    if not value.startswith(("{", "[")):
        return value
    try:
        return json.loads(value)
    except ValueError:
        # Not the value itself: it may hold a secret, and this line ends in a log.
        raise ImproperlyConfigured(f"ANYMAIL_{name} begins like JSON and cannot be read as that.") from None
