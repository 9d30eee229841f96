"""Did we really send this mail? Whether, when, and its subject; nothing more, because anybody may ask."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from portal.lockout import neighbourhood
from portal.verify.forms import CheckForm, ReportForm
from tickets.outbox import doubts
from tickets.outbox.models import OutgoingMail
from tickets.people import languages

QUESTIONS = 20
REPORTS = 5
HOUR = 3600


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """A link may bring the code along (``?code=``); asking is a POST, so that addresses stay out of logs and histories."""
    if request.method != "POST":
        form = CheckForm(initial={"code": request.GET.get("code", "")[:40]})
        return render(request, "portal/verify/check.html", {"form": form})
    if _too_often("verify", request, QUESTIONS):
        return render(request, "portal/verify/check.html", {"form": CheckForm(), "wait": True}, status=429)
    form = CheckForm(request.POST)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        context |= {"asked": form.cleaned_data, "mail": _sent(**form.cleaned_data)}
    return render(request, "portal/verify/check.html", context)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """Something is wrong with a mail in our name. Mail of ours leads here, with its code (``?code=``)."""
    if request.method != "POST":
        form = ReportForm(initial={"code": request.GET.get("code", "")[:40]})
        return render(request, "portal/verify/report.html", {"form": form})
    form = ReportForm(request.POST)
    if not form.is_valid():
        return render(request, "portal/verify/report.html", {"form": form})
    if _too_often("report", request, REPORTS):
        # With what they typed: it can be sent in an hour, or copied.
        return render(request, "portal/verify/report.html", {"form": form, "wait": True}, status=429)
    doubts.report(**form.cleaned_data, language=languages.closest(get_language() or ""), at=timezone.now())
    return redirect("verify:reported")


@login_not_required
@require_safe
def reported(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/verify/reported.html")


def _sent(code: str, address: str) -> OutgoingMail | None:
    """The mail with this code that left, and to this address if one is given."""
    mails = OutgoingMail.objects.filter(code=code, sent_at__isnull=False)
    return (mails.filter(recipient__iexact=address) if address else mails).first()


def _too_often(what: str, request: HttpRequest, most: int) -> bool:
    """So many an hour from one place: nobody gets anywhere by trying codes, or buries us in reports."""
    key = f"{what}:{neighbourhood(request)}"
    cache.add(key, 0, timeout=HOUR)
    try:
        return cache.incr(key) > most
    except ValueError:  # ran out between the two lines
        return False
