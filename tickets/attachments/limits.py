"""The one setting behind the hint before an upload, the check in the browser, on the server and of inbound mail."""

from typing import Any

from django.conf import settings

from tickets.attachments.rules import Limits


def current() -> Limits:
    """The limits of this installation (``ATTACHMENT_LIMITS``)."""
    chosen = settings.ATTACHMENT_LIMITS
    return Limits(chosen["max_files"], chosen["max_file_bytes"], chosen["max_total_bytes"])


def browser_limits(limits: Limits) -> dict[str, Any]:
    """What the check in the browser needs."""
    return {
        "max_files": limits.max_files,
        "max_file_bytes": limits.max_file_bytes,
        "max_total_bytes": limits.max_total_bytes,
        "extensions": [f".{ending}" for ending in limits.allowed],
    }
