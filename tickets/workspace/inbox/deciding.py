"""What agents make of mail that was set aside. Each view fetches, calls one function of the inbox, and answers.

Two people may look at the same message. Whoever comes second is led to its page, which says what was decided.
"""

from collections.abc import Sequence
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tickets.audit.actor import Actor
from tickets.desk.models import Ticket
from tickets.desk.statuses import Status
from tickets.errors import DeskError
from tickets.inbox import actions, notices, rules
from tickets.inbox.filing import subject_of
from tickets.inbox.models import RawMail
from tickets.workspace.access import working
from tickets.workspace.inbox.forms import (
    CUSTOMERS,
    NOBODYS,
    AttachForm,
    OpenForm,
    WhichTicketForm,
    customer_with,
    language_for,
)
from tickets.workspace.inbox.reading import Reading
from tickets.workspace.outcomes import back_to, done, page, tickets_to_change

SUGGESTED: Final = 5


def _message(request: HttpRequest, pk: int) -> RawMail:
    return get_object_or_404(RawMail.objects.readable_by(request.user), pk=pk)


def _to_message(raw: RawMail) -> HttpResponse:
    return redirect("admin:tickets_rawmail_change", raw.pk)


def _decided(raw: RawMail) -> bool:
    """Asked anew, after something was refused."""
    return not RawMail.objects.set_aside().filter(pk=raw.pk).exists()


def _too_late(request: HttpRequest, raw: RawMail) -> HttpResponse:
    messages.warning(request, _("Somebody has decided about this message already."))
    return _to_message(raw)


# --- On a ticket ------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@working
def attach(request: HttpRequest, pk: int) -> HttpResponse:
    """First the ticket (``?reference=``), so that everybody sees whose it is; then whose words they are."""
    raw = _message(request, pk)
    if _decided(raw):
        return _too_late(request, raw)
    named = request.POST.get("reference") or request.GET.get("reference")
    which = WhichTicketForm(tickets_to_change(request), {"reference": named} if named is not None else None)
    ticket = which.ticket if which.is_valid() else None
    reading = Reading(raw)
    form = _attach_form(request, reading, ticket) if ticket else None
    by, at = Actor.of(request.user), timezone.now()
    if ticket and form and form.is_valid():
        as_customers = form.cleaned_data["words"] == CUSTOMERS
        filed: list[Ticket] = []
        if done(
            form,
            lambda: filed.append(actions.attach(raw, ticket, by=by, at=at, as_customers=as_customers).ticket),
        ):
            messages.success(request, _("The message is on the ticket."))
            return back_to(request, filed[0])
        if _decided(raw):
            return _too_late(request, raw)
    context = {
        "raw": raw,
        "reading": reading,
        "which": which,
        "ticket": ticket,
        "form": form or which,
        "closed": ticket is not None and ticket.status == Status.CLOSED,
        "is_customers": ticket is not None and _is_customers(reading, ticket),
        "suggested": [] if ticket else _suggested(request, raw),
    }
    return page(request, "admin/inbox/attach.html", context, _("Attach to a ticket"), form or which)


def _attach_form(request: HttpRequest, reading: Reading, ticket: Ticket) -> AttachForm:
    whose = CUSTOMERS if _is_customers(reading, ticket) else NOBODYS
    given = request.POST if request.method == "POST" else None
    return AttachForm(given, initial={"reference": ticket.reference, "words": whose})


def _is_customers(reading: Reading, ticket: Ticket) -> bool:
    return reading.mail is not None and actions.seems_the_customers(reading.raw, reading.mail, ticket)


def _suggested(request: HttpRequest, raw: RawMail) -> Sequence[Ticket]:
    """What the subject names, then what the sender has written about lately."""
    readable = tickets_to_change(request)
    named = readable.filter(reference__in=rules.references_in(raw.subject))
    customer = customer_with(raw.sender)
    theirs = readable.filter(customer=customer).order_by("-pk")[:SUGGESTED] if customer else []
    return list({ticket.pk: ticket for ticket in [*named, *theirs]}.values())[:SUGGESTED]


@require_http_methods(["GET", "POST"])
@working
def open_ticket(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a request of it, as if the customer had written on the portal."""
    raw = _message(request, pk)
    if _decided(raw):
        return _too_late(request, raw)
    reading = Reading(raw)
    known = customer_with(raw.sender)
    form = OpenForm(raw.sender, request.POST or None, initial=_begun(reading))
    by, at = Actor.of(request.user), timezone.now()
    opened: list[Ticket] = []

    def act() -> None:
        names = ("category", "subject", "language")
        chosen: dict[str, Any] = {name: form.cleaned_data[name] for name in names}
        opened.append(actions.open_ticket(raw, customer=form.customer, by=by, at=at, **chosen))

    if form.is_valid():
        if done(form, act):
            messages.success(request, _("The ticket is open, and the customer gets an acknowledgement."))
            return back_to(request, opened[0])
        if _decided(raw):
            return _too_late(request, raw)
    context = {"raw": raw, "reading": reading, "form": form, "known": known}
    return page(request, "admin/inbox/open.html", context, _("Open a ticket"), form)


def _begun(reading: Reading) -> dict[str, str]:
    raw, mail = reading.raw, reading.mail
    known = customer_with(raw.sender)
    return {
        "address": known.email if known else raw.sender,
        "subject": subject_of(mail) if mail else raw.subject,
        "language": language_for(known, notices.language_of(raw, raw.sender) if mail else ""),
    }


# --- One press --------------------------------------------------------------------------------------------------------


@require_POST
@working
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Back to the list, with a way to the message: it can be read again."""
    raw = _message(request, pk)
    try:
        actions.discard(raw, by=Actor.of(request.user), at=timezone.now())
    except DeskError:
        return _too_late(request, raw)
    said, there = _("The message was discarded, and is kept."), _("Look at it, or have it read again")
    address = reverse("admin:tickets_rawmail_change", args=[raw.pk])
    messages.success(request, format_html('{} <a href="{}">{}</a>', said, address, there))
    return redirect("admin:tickets_rawmail_changelist")


@require_POST
@working
def read_again(request: HttpRequest, pk: int) -> HttpResponse:
    raw = _message(request, pk)
    try:
        actions.read_again(raw, by=Actor.of(request.user), at=timezone.now())
    except DeskError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The message is read again. Load this page anew to see what became of it."))
    return _to_message(raw)
