import re
import time
import uuid
from collections.abc import Callable
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils import timezone, translation

log = structlog.get_logger("portal.request")

# What a load balancer sends is kept, so that its log and ours can be read together; a stranger's poem is not.
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,80}")

# Asked every few seconds, and of interest to nobody when all is well.
PROBES = {"/healthz", "/readyz"}

# Parts of our addresses, and of allauth's, that let whoever has them in.
SECRETS = frozenset({"key", "token"})


class RequestId:
    """Gives each request an id, which every log line written on its behalf carries and its answer returns.

    The line about the request itself has the path without its query: search words may be personal. What opens a door
    for whoever reads it, such as a link to a new password, is left out of the path, too.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        started = time.perf_counter()
        response = self.get_response(request)
        response["X-Request-ID"] = request_id
        if request.path not in PROBES:
            log.info(
                "request",
                method=request.method,
                path=_without_secrets(request),
                status=response.status_code,
                milliseconds=round((time.perf_counter() - started) * 1000),
            )
        return response


def _without_secrets(request: HttpRequest) -> str:
    """The path, with a word in place of each part that the address's pattern calls a key or a token."""
    path = request.path
    parts = request.resolver_match.kwargs if request.resolver_match else {}
    for name in SECRETS.intersection(parts):
        path = path.replace(str(parts[name]), f"<{name}>")
    return path


class CompressPages(GZipMiddleware):
    """Makes pages small on the wire. Downloads are mostly compressed already, and keep the length they announce."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.headers.get("Content-Type", "").startswith(("text/html", "application/json")):
            return super().process_response(request, response)
        return response


class PersonalSettings:
    """Shows pages in the language and with the local time that whoever is signed in chose.

    Stands behind LocaleMiddleware and the one that knows the user. Strangers keep the language of their browser, and
    read times as the desk's own clock shows them.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Without a session nobody is signed in: probes and strangers cost no look-up.
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()
            zone = request.user.time_zone
        else:
            zone = settings.DESK_TIME_ZONE
        with timezone.override(ZoneInfo(zone)):
            return self.get_response(request)
