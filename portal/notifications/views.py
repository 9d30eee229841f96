"""Stopping single notifications from the mail itself, as somebody at the desk: without signing in.

Opening the link changes nothing, because mail scanners open every link. The button does; and so does the mail program
that presses its own button for the reader (RFC 8058), which has neither cookies nor patience for a redirect.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from portal.signed_links import opened_by
from tickets.outbox import unsubscribing
from tickets.people import actions as people
from tickets.people.models import Digest, User


def _reader(token: str) -> tuple[User] | None:
    user = User.objects.filter(pk=unsubscribing.read(token), is_staff=True, is_active=True).first()
    return (user,) if user else None


@csrf_exempt
@opened_by(_reader, "portal/notifications/closed.html")
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str, user: User) -> HttpResponse:
    """From now on this reader gets one summary a day of what can wait."""
    stopped = request.method == "POST"
    if stopped:
        people.set_digest(user, Digest.DAILY)
    return render(request, "portal/notifications/stop.html", {"stopped": stopped})
