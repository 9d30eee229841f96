"""A new request in three steps: what it is about, what happened, check and send."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.conversations import drafts
from portal.conversations.access import for_customers, signed_in
from portal.conversations.forms import NO_ORDER, AboutForm, DetailsForm
from portal.conversations.tickets import find_ticket
from portal.outages import known
from tickets import lifecycle
from tickets.audit.actor import Actor
from tickets.desk.models import Category, IntakeDraft, IntakeForm, Ticket
from tickets.desk.statuses import Status
from tickets.knowledge import actions as knowledge
from tickets.orders.models import Order, OrderLine
from tickets.people.models import Customer, User
from tickets.privacy.models import PolicyVersion

LINES_OFFERED: Final = 8
ARTICLES_SUGGESTED: Final = 3


def of_a_draft(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Send whoever asks for a draft that is gone to their requests: that is where it is, if it was sent."""

    @wraps(view)
    def guarded(request: HttpRequest, customer: Customer, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, customer, **kwargs)
        except drafts.GoneError:
            messages.info(request, _("This draft is no longer there. If you sent it, you find it in this list."))
            return redirect("conversations:requests")

    return guarded


# --- 1. What it is about ----------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@for_customers
@of_a_draft
def new_about(request: HttpRequest, customer: Customer, draft_id: UUID | None = None) -> HttpResponse:
    """Choose an order line and a topic; of a new request, or (with ``draft_id``) of one that is being written."""
    user, now = signed_in(request), timezone.now()
    draft = drafts.find(customer, draft_id) if draft_id else None
    number, find = _asked(request, "order"), _asked(request, "find")
    order = get_object_or_404(Order.objects.visible_to(user), number=number) if number else None
    chosen = request.POST.get("about", str(draft.order_line_id or "") if draft else "")
    lines = _offered_lines(user, order=order, find=find, chosen=chosen)
    cases = {ticket.order_id: ticket for ticket in _open_cases(user, lines) if ticket.order_id}
    form = AboutForm(
        request.POST if request.method == "POST" else None,
        initial=_about(draft, order, lines),
        lines=lines,
        cases=cases,
        categories=Category.objects.filter(active=True),
    )
    if form.is_valid():
        category, line = form.chosen_category, form.order_line
        if draft is None:
            draft = drafts.start(customer, category=category, order_line=line, at=now)
        else:
            drafts.sort_anew(draft, category=category, order_line=line, at=now)
        return redirect("conversations:new_details", draft.pk)
    context = {
        "form": form,
        "draft": draft,
        "order": order,
        "find": find,
        "case": cases.get(order.pk) if order else None,
        "now": now,
    }
    return render(request, "portal/conversations/new_about.html", context)


def _asked(request: HttpRequest, name: str) -> str:
    """A search word from the address; without NUL characters, which PostgreSQL takes for an error."""
    return request.GET.get(name, "").replace("\0", "").strip()[:100]


def _offered_lines(user: User, *, order: Order | None, find: str, chosen: str) -> list[OrderLine]:
    """The newest order lines, or those that were looked for; what was chosen before is always among them."""
    mine = OrderLine.objects.filter(order__in=Order.objects.visible_to(user)).select_related("order")
    wanted = mine
    if order:
        wanted = wanted.filter(order=order)
    if find:
        wanted = wanted.filter(Q(order__number__icontains=find) | Q(product__icontains=find))
    lines = list(wanted.order_by("-order__placed_at", "pk")[:LINES_OFFERED])
    # No id has more than 18 digits; Python refuses to read some thousands of them.
    if chosen.isdecimal() and len(chosen) <= 18 and int(chosen) not in {line.pk for line in lines}:
        lines += mine.filter(pk=chosen)
    return lines


def _open_cases(user: User, lines: list[OrderLine]) -> list[Ticket]:
    orders = {line.order_id for line in lines}
    return list(Ticket.objects.visible_to(user).active().filter(order__in=orders).order_by("created_at"))


def _about(draft: IntakeDraft | None, order: Order | None, lines: list[OrderLine]) -> dict[str, str]:
    """What is chosen when the page opens."""
    if draft:
        return {"about": str(draft.order_line_id or NO_ORDER), "category": str(draft.category_id)}
    return {"about": str(lines[0].pk)} if order and lines else {}


# --- 2. What happened -------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@for_customers
@of_a_draft
def new_details(request: HttpRequest, customer: Customer, draft_id: UUID) -> HttpResponse:
    """The guided questions. Whatever comes in is kept first and judged then, so that nothing typed or uploaded is lost."""
    draft = drafts.find(customer, draft_id)
    version = _version(draft)
    form = DetailsForm(draft, version, submitted="check" in request.GET)
    if request.method == "POST":
        now = timezone.now()
        drafts.write_down(draft, form.typed(request.POST), at=now)
        if "remove" in request.POST:
            drafts.remove_file(draft, request.POST["remove"])
            return redirect(f"{request.path}#files")
        refusals = drafts.keep_files(draft, request.FILES.getlist("files"), at=now)
        if request.POST.get("step") == "later":
            for refusal in refusals:
                messages.warning(request, str(refusal))
            messages.success(request, _("Your request is saved. You can finish it whenever you like."))
            return redirect("conversations:home")
        form = DetailsForm(draft, version, submitted=True)
        form.refuse(refusals)
        if form.is_valid():
            return redirect("conversations:new_check", draft.pk)
    kept_files = drafts.files(draft)
    context = {
        "form": form,
        "draft": draft,
        "articles": _suggested(draft),
        "known": known(draft.category, draft.order_line, at=timezone.now()),
        "kept_files": kept_files,
        "kept": drafts.what_is_kept(kept_files),
    }
    return render(request, "portal/conversations/new_details.html", context)


def _version(draft: IntakeDraft) -> IntakeForm | None:
    """The questions in use now; whoever started before they changed answers the new ones."""
    return IntakeForm.objects.filter(category=draft.category_id, active=True).first()


def _suggested(draft: IntakeDraft) -> list[Any]:
    words = " ".join(text for name, text in draft.answers.items() if name != "impact")
    return list(knowledge.suggest(draft.category, words, get_language() or "en", limit=ARTICLES_SUGGESTED))


@require_POST
@for_customers
@of_a_draft
def discard(request: HttpRequest, customer: Customer, draft_id: UUID) -> HttpResponse:
    drafts.discard(drafts.find(customer, draft_id))
    messages.success(request, _("The draft and its files are deleted."))
    return redirect("conversations:home")


# --- 3. Check and send ------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@for_customers
@of_a_draft
def new_check(request: HttpRequest, customer: Customer, draft_id: UUID) -> HttpResponse:
    """Everything once more, with the notice that applies. Sending twice opens one ticket: the draft goes with the first."""
    now = timezone.now()
    with transaction.atomic():
        draft = drafts.find(customer, draft_id, lock=request.method == "POST")
        form = DetailsForm(draft, _version(draft), submitted=True)
        if not form.is_valid():
            return redirect(reverse("conversations:new_details", args=[draft.pk]) + "?check")
        notice = _notice(at=now)
        if request.method == "POST" and request.POST.get("notice", "") == str(notice.pk if notice else ""):
            ticket = _send(customer, form, notice, by=Actor.of(request.user), at=now)
            return redirect("conversations:sent", ticket.reference)
    if request.method == "POST":
        messages.warning(request, _("Our notice has changed in the meantime. Read it below, then send your request."))
    context = {
        "customer": customer,
        "draft": draft,
        "form": form,
        "files": drafts.files(draft),
        "notice": notice,
        "known": known(draft.category, draft.order_line, at=now),
        "answer_by": lifecycle.answer_expected(
            customer=customer, category=form.category, impact=form.cleaned_data["impact"], at=now
        ),
        "expected": lifecycle.solution_expected(customer=customer, category=form.category, at=now),
        "now": now,
    }
    return render(request, "portal/conversations/new_check.html", context)


def _send(customer: Customer, form: DetailsForm, notice: PolicyVersion | None, *, by: Actor, at: datetime) -> Ticket:
    answered, draft = form.cleaned_data, form.draft
    return lifecycle.open_ticket(
        customer=customer,
        category=form.category,
        subject=answered["subject"],
        text=answered["text"],
        impact=answered["impact"],
        order_line=draft.order_line,
        form=form.version,
        answers=form.answers_for_record(),
        files=drafts.files(draft),
        notice_id=notice.pk if notice else None,
        draft=draft,
        by=by,
        at=at,
    )


def _notice(*, at: datetime) -> PolicyVersion | None:
    """The notice in force. The form sends back which one was read, and that one goes on record."""
    notices = PolicyVersion.objects.filter(kind=PolicyVersion.Kind.INTAKE, published_at__lte=at)
    return notices.order_by("-version").first()


@require_safe
@for_customers
def sent(request: HttpRequest, customer: Customer, reference: str) -> HttpResponse:
    """What was promised, right after sending; later the case page says what is true by then."""
    ticket = find_ticket(signed_in(request), reference)
    if ticket.status != Status.NEW or ticket.reference != reference:
        return redirect("conversations:case", ticket.reference)
    context = {"customer": customer, "ticket": ticket, "now": timezone.now()}
    return render(request, "portal/conversations/sent.html", context)
