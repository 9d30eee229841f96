"""Outages: declared, told to everybody and ended by leads; the whole desk sees how they stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from tickets import lifecycle
from tickets.audit.actor import Actor
from tickets.desk.models import Ticket
from tickets.errors import NotAllowed, Stale
from tickets.escalation.models import Outage
from tickets.lifecycle.outages.events import Overlaps, Untranslated
from tickets.lifecycle.outages.work import audience
from tickets.workspace import due
from tickets.workspace.admins import DeskAdmin
from tickets.workspace.due import Due
from tickets.workspace.outages.forms import DeclareForm, UpdateForm, language_name
from tickets.workspace.pages import desk_page
from tickets.workspace.paging import capped_count

LISTED: Final = 50
REFUSED: Final = 422
CONFLICT: Final = 409


@admin.register(Outage)
class OutageAdmin(DeskAdmin):
    """Addresses and rights are Django's, the pages are our own: leads declare, the desk looks on."""

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        _need(self.has_view_permission(request))
        return listing(request, may_declare=self.has_add_permission(request))

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        _need(self.has_add_permission(request))
        return declare(request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        _need(self.has_view_permission(request))
        return outage(request, object_id)


def _need(allowed: bool) -> None:
    if not allowed:
        raise PermissionDenied(_("Leads declare outages and write about them."))


def _may_lead(request: HttpRequest) -> bool:
    return admin.site.get_model_admin(Outage).has_change_permission(request)


# --- All of them ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    outage: Outage
    due: Due | None


def listing(request: HttpRequest, *, may_declare: bool) -> HttpResponse:
    at = timezone.now()
    rows = Outage.objects.select_related("category", "declared_by")
    context = {
        "going_on": [Row(row, next_update(row, at)) for row in rows.going_on()],
        "over": rows.exclude(ended_at=None).order_by("-ended_at")[:LISTED],
        "may_declare": may_declare,
        "now": at,
    }
    return desk_page(request, "admin/outages.html", context, title=_("Outages"))


def next_update(row: Outage, at: datetime) -> Due | None:
    return due.of_moment(row.next_update_by, at) if row.next_update_by else None


# --- A new one --------------------------------------------------------------------------------------------------------


def declare(request: HttpRequest) -> HttpResponse:
    """What is wrong comes back with everything that was typed; one that goes on already, with the way to it."""
    at = timezone.now()
    form, same = DeclareForm(request.POST or None, initial={"started_at": at}), None
    if form.is_valid():
        try:
            declared = _declare(form, by=Actor.of(request.user), at=at)
        except Overlaps as refusal:
            form.add_error(None, str(refusal))
            same = refusal.outage
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Customers see it on every page now. Open cases about it are being linked."))
            return redirect("admin:tickets_outage_change", declared.pk)
    status = REFUSED if form.errors else 200
    return desk_page(
        request, "admin/outage_declare.html", {"form": form, "same": same}, title=_("Declare an outage"), status=status
    )


def _declare(form: DeclareForm, *, by: Actor, at: datetime) -> Outage:
    given = form.cleaned_data
    return lifecycle.declare_outage(
        titles=form.written("title"),
        texts=form.written("text"),
        category=given["category"],
        product=given["product"],
        started_at=given["started_at"],
        update_minutes=given["update_minutes"],
        by=by,
        at=at,
    )


# --- One of them ------------------------------------------------------------------------------------------------------


def outage(request: HttpRequest, pk: str) -> HttpResponse:
    """How it stands: who is concerned, what they were told, and when they hear from us next."""
    return _show(request, _find(pk))


@require_POST
def send(request: HttpRequest, pk: int) -> HttpResponse:
    """Write to everybody; ``accepted`` are languages that were named as missing, and may do without."""
    _need(_may_lead(request))
    found = _find(pk)
    form = UpdateForm(request.POST, readers=audience(found))
    if not form.is_valid():
        return _show(request, found, form=form, status=REFUSED)
    try:
        _send(found, form, request.POST.getlist("accepted"), by=Actor.of(request.user), at=timezone.now())
    except Untranslated as refusal:
        return _show(request, found, form=form, missing=refusal.missing, status=REFUSED)
    except Stale as refusal:
        form.add_error(None, str(refusal))
        form.data = {**form.data.dict(), "seen": _newest(found)}  # type: ignore[attr-defined]
        return _show(request, found, form=form, status=CONFLICT)
    except NotAllowed as refusal:
        form.add_error(None, str(refusal))
        return _show(request, found, form=form, status=REFUSED)
    messages.success(request, _("The update is on its way to everybody whose case is linked."))
    return redirect("admin:tickets_outage_change", found.pk)


def _send(found: Outage, form: UpdateForm, accepted: Sequence[str], *, by: Actor, at: datetime) -> None:
    act = lifecycle.end_outage if form.cleaned_data["over"] else lifecycle.update_outage
    act(found, texts=form.written("text"), seen=form.cleaned_data["seen"], accepted=accepted, by=by, at=at)


def _find(pk: int | str) -> Outage:
    rows = Outage.objects.select_related("category", "declared_by")
    return get_object_or_404(rows, pk=pk if str(pk).isdecimal() and len(str(pk)) <= 18 else 0)


def _newest(found: Outage) -> int | None:
    return found.updates.order_by("pk").values_list("pk", flat=True).last()


def _show(
    request: HttpRequest,
    found: Outage,
    *,
    form: UpdateForm | None = None,
    missing: Mapping[str, int] | None = None,
    status: int = 200,
) -> HttpResponse:
    at, readers = timezone.now(), audience(found)
    updates = list(found.updates.select_related("by").order_by("-pk"))
    links = not found.finished_at and not found.ended_at
    context = {
        "outage": found,
        "due": next_update(found, at),
        "linked": capped_count(Ticket.objects.filter(outage=found)),
        "readers": [(language_name(code), number) for code, number in readers.items()],
        "updates": updates,
        "links": links,
        "under_way": links or any(update.finished_at is None for update in updates),
        "form": form or UpdateForm(initial={"seen": _newest(found)}, readers=readers),
        "missing": _in_words(missing or {}),
        "may_lead": _may_lead(request),
        "now": at,
    }
    return desk_page(request, "admin/outage.html", context, title=found.title, status=status)


def _in_words(missing: Mapping[str, int]) -> list[tuple[str, str]]:
    """Of each language its code, and what happens without it."""
    return [(code, _without(code, number)) for code, number in missing.items()]


def _without(code: str, number: int) -> str:
    # Translators: the name of a language, such as Japanese. English stands for the language that the desk works in.
    sentence = ngettext(
        "%(language)s is missing: one customer would get %(instead)s.",
        "%(language)s is missing: %(number)s customers would get %(instead)s.",
        number,
    )
    instead = language_name(settings.LANGUAGE_CODE)
    return sentence % {"language": language_name(code), "number": number, "instead": instead}
