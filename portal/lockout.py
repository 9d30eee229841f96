"""What django-axes counts failed sign-ins by."""

from collections.abc import Mapping
from typing import Any

from allauth.account.adapter import get_adapter
from django.http import HttpRequest


def attempted_address(request: HttpRequest, credentials: Mapping[str, Any] | None) -> str | None:
    """The e-mail address somebody tried to sign in with, in any spelling.

    Our form calls the field ``login`` and hands it on as ``email``; the admin's calls both ``username``.
    """
    given = credentials or {}
    address = (
        given.get("email") or given.get("username") or request.POST.get("login") or request.POST.get("username") or ""
    )
    return address.strip().casefold() or None


def client_ip(request: HttpRequest) -> str:
    """The sender's network address; allauth's reading of it, so that both limits believe the same proxies."""
    return get_adapter().get_client_ip(request)
