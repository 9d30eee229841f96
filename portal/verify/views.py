"""Did we really send this mail? Whether, when, and its subject; nothing more, because anybody may ask."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal.lockout import client_ip
from portal.verify.forms import CheckForm
from tickets.outbox.models import OutgoingMail

QUESTIONS = 20
HOUR = 3600


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """A link may bring the code along (``?code=``); asking is a POST, so that addresses stay out of logs and histories."""
    if request.method != "POST":
        form = CheckForm(initial={"code": request.GET.get("code", "")[:40]})
        return render(request, "portal/verify/check.html", {"form": form})
    if _asked_too_often(client_ip(request)):
        return render(request, "portal/verify/check.html", {"form": CheckForm(), "wait": True}, status=429)
    form = CheckForm(request.POST)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        context |= {"asked": form.cleaned_data, "mail": _sent(**form.cleaned_data)}
    return render(request, "portal/verify/check.html", context)


def _sent(code: str, address: str) -> OutgoingMail | None:
    """The mail with this code that left, and to this address if one is given."""
    mails = OutgoingMail.objects.filter(code=code, sent_at__isnull=False)
    return (mails.filter(recipient__iexact=address) if address else mails).first()


def _asked_too_often(address: str) -> bool:
    """Twenty questions an hour from one place: nobody gets anywhere by trying codes."""
    key = f"verify:{address}"
    cache.add(key, 0, timeout=HOUR)
    try:
        return cache.incr(key) > QUESTIONS
    except ValueError:  # ran out between the two lines
        return False
