"""The reader's choice of a language."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from tickets.people import actions as people

YEAR = 365 * 24 * 3600


@login_not_required
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Show pages in the posted ``language`` from now on, on this browser and, for who is signed in, in mail too.

    Goes back to ``next``; a language that we do not have changes nothing.
    """
    language = request.POST.get("language", "")
    response = HttpResponseRedirect(_safe_address(request, request.POST.get("next", "")))
    if language in dict(settings.LANGUAGES):
        if request.user.is_authenticated:
            people.set_language(request.user, language)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=YEAR,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            samesite=settings.LANGUAGE_COOKIE_SAMESITE,
        )
    return response


def _safe_address(request: HttpRequest, address: str) -> str:
    """``address`` if it is one of ours, else the start page: a form on another site must not send people anywhere."""
    ours = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if address and ours else "/"
