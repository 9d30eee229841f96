"""What became of mail: the log of a ticket, and the buttons that hold a mail back, release it and send it again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from tickets.audit.actor import Actor
from tickets.desk.models import Ticket
from tickets.outbox import actions, rules
from tickets.outbox.models import DeliveryEvent, MailState, OutgoingMail
from tickets.workspace.access import working
from tickets.workspace.pages import desk_page
from tickets.workspace.paging import CappedPaginator
from tickets.workspace.ticket import find
from tickets.workspace.words import mail_kind

MAILS_A_PAGE: Final = 50

SOURCES: Final[Mapping[str, LazyText | str]] = {
    rules.BY_US: pgettext_lazy("who reports it", "the desk"),
    rules.BY_SERVER: pgettext_lazy("who reports it", "the mail server"),
    "mail": pgettext_lazy("who reports it", "a report by mail"),
    "amazon_ses": "Amazon SES",
    "brevo": "Brevo",
    "mailgun": "Mailgun",
    "postmark": "Postmark",
    "sendgrid": "SendGrid",
}
"""Who tells of an event, in words; providers go by their own names."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened to a mail: ``who`` reports or did it, ``answer`` is what a server said."""

    at: datetime
    what: str
    who: str = ""
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A mail and all that happened to it, oldest first; and what can be done with it now."""

    mail: OutgoingMail
    kind: str
    steps: list[Step]

    @property
    def may_hold(self) -> bool:
        return self.mail.state == MailState.QUEUED

    @property
    def may_release(self) -> bool:
        return self.mail.state == MailState.HELD

    @property
    def may_repeat(self) -> bool:
        return self.mail.state in rules.REPEATABLE and not self.mail.confidential


def delivery(mail: OutgoingMail) -> Delivery:
    steps = [Step(mail.created_at, pgettext("delivery", "Written"))]
    if mail.sent_at:
        steps.append(Step(mail.sent_at, pgettext("delivery", "Taken by the mail server")))
    steps += [_step(event) for event in mail.events.all()]
    return Delivery(mail, mail_kind(mail.kind), sorted(steps, key=lambda step: step.at))


def _step(event: DeliveryEvent) -> Step:
    who = str(event.by) if event.by else str(SOURCES.get(event.source, event.source))
    return Step(event.at, event.get_kind_display(), who, _answer(event))


def _answer(event: DeliveryEvent) -> str:
    """With the status code, unless the server's words hold it already."""
    words = (event.status, event.detail)
    return event.detail if event.status in event.detail else " ".join(word for word in words if word)


def with_steps() -> Prefetch[Any]:
    return Prefetch("events", DeliveryEvent.objects.select_related("by").order_by("at", "pk"))


@require_safe
def deliveries(request: HttpRequest, reference: str) -> HttpResponse:
    """Every mail about a ticket, newest first, and what became of each."""
    ticket = find(reference, Ticket.objects.visible_to(request.user))
    mails = ticket.mails.select_related("resend_of").defer("text", "html", "data").prefetch_related(with_steps())
    page = CappedPaginator(mails.order_by("-created_at", "-pk"), MAILS_A_PAGE).get_page(request.GET.get("page"))
    context = {"ticket": ticket, "page": page, "deliveries": [delivery(mail) for mail in page]}
    # Translators: the title of the page with all mail about one ticket.
    title = _("Mail about %(reference)s") % {"reference": ticket.reference}
    return desk_page(request, "admin/mail/deliveries.html", context, title=title)


# --- Buttons ----------------------------------------------------------------------------------------------------------


def _press(
    act: Callable[..., bool], done: Callable[[], str], refused: Callable[[], str]
) -> Callable[..., HttpResponse]:
    """A view for a button on a mail: ``act(mail, by=…, at=…)`` says whether it could be done."""

    @require_POST
    @working
    def view(request: HttpRequest, pk: int) -> HttpResponse:
        mail = get_object_or_404(OutgoingMail.objects.readable_by(request.user).select_related("ticket"), pk=pk)
        if act(mail, by=Actor.of(request.user), at=timezone.now()):
            messages.success(request, done())
        else:
            messages.warning(request, refused())
        if mail.ticket is not None and "log" in request.POST:
            return redirect("admin:deliveries", mail.ticket.reference)
        return redirect("admin:tickets_outgoingmail_change", mail.pk)

    return view


def _send_again(mail: OutgoingMail, *, by: Actor, at: datetime) -> bool:
    return actions.send_again(mail, by=by, at=at) is not None


def _hold(mail: OutgoingMail, *, by: Actor, at: datetime) -> bool:
    return bool(actions.hold(OutgoingMail.objects.filter(pk=mail.pk), by=by, at=at))


def _release(mail: OutgoingMail, *, by: Actor, at: datetime) -> bool:
    return bool(actions.release(OutgoingMail.objects.filter(pk=mail.pk), by=by, at=at))


again = _press(
    _send_again,
    lambda: _("The mail is in the outbox again."),
    lambda: _("This mail cannot be sent again: it has not left yet, held a sign-in code, or its customer was erased."),
)
hold = _press(
    _hold,
    lambda: _("The mail is held back until somebody releases it."),
    lambda: _("Only a mail that still waits can be held back. This one does not wait any more."),
)
release = _press(
    _release,
    lambda: _("The mail is released, and leaves now."),
    lambda: _("This mail is not held back, or its customer was erased."),
)
