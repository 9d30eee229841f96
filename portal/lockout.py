"""What django-axes counts failed sign-ins by."""

from collections.abc import Mapping
from ipaddress import ip_address, ip_network
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


def neighbourhood(request: HttpRequest) -> str:
    """Whom a limit counts as one: a single IPv4 address, or the 64 bits of IPv6 that one household has to itself."""
    try:
        address = ip_address(client_ip(request))
    except ValueError:
        return ""
    return str(address) if address.version == 4 else str(ip_network((address, 64), strict=False).network_address)


def client_ip(request: HttpRequest) -> str:
    """The sender's network address; allauth's reading of it, so that both limits believe the same proxies."""
    return get_adapter().get_client_ip(request)
