"""The page of an SLA policy: its draft, what the draft would have done, and how it is put in force."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from tickets import lifecycle
from tickets.audit.actor import Actor
from tickets.calendars import actions as calendars
from tickets.calendars.models import Calendar
from tickets.errors import DeskError
from tickets.lifecycle.deadlines.what_if import figures, peak, result_is_of
from tickets.sla import checks, versions
from tickets.sla.checks import Placed
from tickets.sla.content import Content, beginning, content
from tickets.sla.models import MetricName, Recomputation, SLAClock, SLAPolicy, SLAPolicyVersion, WhatIf
from tickets.workspace import queue
from tickets.workspace.pages import desk_page
from tickets.workspace.policies import words as sla_words
from tickets.workspace.policies.forms import PERIODS, PolicyForm

REFUSED = 422

PARTS: Final = ("categories", "tiers", "targets")

Log = Callable[[SLAPolicy, Any], object]


@dataclass(frozen=True)
class Desk:
    """A policy as its page needs it: what is in force, and the draft where somebody began one."""

    policy: SLAPolicy
    live: Content
    version: SLAPolicyVersion | None
    draft: SLAPolicyVersion | None

    @classmethod
    def of(cls, policy: SLAPolicy) -> "Desk":
        newest = list(SLAPolicyVersion.objects.filter(policy=policy).select_related("by").order_by("-number")[:2])
        draft = next((row for row in newest if row.published_at is None), None)
        version = next((row for row in newest if row.published_at is not None), None)
        return cls(policy, content(policy), version, draft)

    @cached_property
    def shown(self) -> Content:
        drafted = Content.from_json(self.draft.terms) if self.draft else self.live
        if Calendar.objects.filter(pk=drafted.calendar_id).exists():
            return drafted
        # Nothing keeps a calendar that only a draft names from being deleted.
        return replace(drafted, calendar_id=self.live.calendar_id)

    @property
    def stamp(self) -> str:
        """Which state of the policy somebody has on the screen."""
        return f"{self.policy.edition}/{self.draft.at.isoformat() if self.draft else ''}"

    def form(self, data: Any = None) -> PolicyForm:
        initial = {"seen": self.stamp, "reason": self.draft.reason if self.draft else ""}
        live = self.live if self.policy.version else None
        return PolicyForm(self.policy, self.shown, live, data, initial=initial)


def show(request: HttpRequest, policy: SLAPolicy, *, may_change: bool) -> HttpResponse:
    desk = Desk.of(policy)
    return _page(request, desk, desk.form(), may_change=may_change)


def save(request: HttpRequest, policy: SLAPolicy, log: Log) -> HttpResponse:
    """The button says what is done with what was typed: kept as a draft, replayed, put in force, or forgotten."""
    if "discard" in request.POST:
        return _discard(request, policy)
    desk, at, by = Desk.of(policy), timezone.now(), Actor.of(request.user)
    form = desk.form(request.POST.copy())
    if not _is_sound(form, desk, publish="publish" in request.POST):
        return _page(request, desk, form, may_change=True)
    reason = form.cleaned_data["reason"]
    draft = versions.save_draft(policy, form.content(), by_id=by.user_id, at=at, reason=reason)
    if "publish" in request.POST:
        return _publish(request, desk, form, draft, log, at)
    if "replay" in request.POST:
        lifecycle.what_if(draft, days=form.cleaned_data["days"] or PERIODS[0][0], by=by, at=at)
        return redirect(_address(policy) + "#what-if")
    messages.success(request, _("The draft is kept. Nothing is in force until you save it as a version."))
    return redirect(_address(policy))


def add(request: HttpRequest, log: Log) -> HttpResponse:
    """A new policy begins as a draft that stands before the last one."""
    at, by = timezone.now(), Actor.of(request.user)
    last = SLAPolicy.objects.order_by("-position").first()
    calendar = last.calendar_id if last else Calendar.objects.values_list("pk", flat=True).first()
    if calendar is None:
        messages.error(request, _("A policy needs a calendar of business hours. Add that first."))
        return redirect("admin:tickets_calendar_add")
    policy = SLAPolicy(version=0, active=False, calendar_id=calendar)
    form = PolicyForm(policy, beginning(calendar), None, request.POST or None)
    if request.method == "POST" and form.is_valid():
        draft = versions.begin(form.content(), by_id=by.user_id, at=at)
        log(draft.policy, [{"added": {}}])
        messages.success(request, _("The draft is kept. Nothing is in force until you save it as a version."))
        return redirect(_address(draft.policy))
    context = {"policy": policy, "form": form, "metrics": MetricName.labels, "may_change": True}
    status = REFUSED if form.errors else 200
    return desk_page(request, "admin/sla_policy.html", context, title=_("New SLA policy"), status=status)


def move(request: HttpRequest, policy: SLAPolicy, log: Log) -> HttpResponse:
    up = "up" in request.POST
    try:
        lifecycle.move_policy(policy, up=up, by=Actor.of(request.user), at=timezone.now())
    except DeskError as refusal:
        messages.error(request, str(refusal))
    else:
        log(policy, [{"changed": {"fields": [str(_("position"))]}}])
        messages.success(request, _("The policy changed its place. Open cases follow in the background."))
    return redirect(_address(policy))


def cases(request: HttpRequest, policy: SLAPolicy, pk: int) -> HttpResponse:
    """The cases that would have gone otherwise, as far as the reader may see them."""
    replay = get_object_or_404(WhatIf, pk=pk, version__policy=policy)
    at = timezone.now()
    tickets = queue.rows(request.user).filter(pk__in=replay.result["changed"]).order_by("-created_at")
    context = {"policy": policy, "replay": replay, "rows": [queue.row(ticket, at) for ticket in tickets]}
    return desk_page(request, "admin/sla_cases.html", context, title=_("Cases that would have gone otherwise"))


# --- How --------------------------------------------------------------------------------------------------------------


def _address(policy: SLAPolicy) -> str:
    return reverse("admin:tickets_slapolicy_change", args=[policy.pk])


def _discard(request: HttpRequest, policy: SLAPolicy) -> HttpResponse:
    was_ever = bool(policy.version)
    versions.discard_draft(policy)
    messages.success(request, _("The draft is discarded. What is in force stays as it is."))
    return redirect(_address(policy) if was_ever else "admin:tickets_slapolicy_changelist")


def _publish(
    request: HttpRequest, desk: Desk, form: PolicyForm, draft: SLAPolicyVersion, log: Log, at: datetime
) -> HttpResponse:
    try:
        reason = form.cleaned_data["reason"]
        lifecycle.publish_policy(draft, reason=reason, by=Actor.of(request.user), at=at)
    except DeskError as refusal:
        form.add_error(None, str(refusal))
        return _page(request, desk, form, may_change=True)
    log(draft.policy, reason)
    sentence = _("Version %(number)s is in force. Open cases get their new due times in the background.")
    messages.success(request, sentence % {"number": draft.number})
    return redirect(_address(desk.policy))


def _is_sound(form: PolicyForm, desk: Desk, *, publish: bool) -> bool:
    """Whether what was typed can be used; if not, the form says what to change."""
    if not form.is_valid():
        return False
    if form.cleaned_data["seen"] != desk.stamp:
        form.data["seen"] = desk.stamp  # type: ignore[index]
        form.add_error(
            None, _("Somebody else changed this policy while you were writing. Look at the history, then save again.")
        )
    for field, sentence in _refusals(form.content(), desk.policy):
        form.add_error(field or None, sentence)
    if publish and not form.cleaned_data.get("reason"):
        form.add_error("reason", _("Say why you are changing it. Whoever asks in a year finds it in the history."))
    return not form.errors


def _refusals(new: Content, policy: SLAPolicy) -> list[checks.Refusal]:
    others = SLAPolicy.objects.exclude(pk=policy.pk).order_by("position").prefetch_related(*PARTS)
    placed = [(each.position, Placed(str(each), each.active, content(each).conditions)) for each in others]
    return checks.refusals(
        new,
        name=new.names[settings.LANGUAGE_CODE],
        earlier=[each for position, each in placed if position < policy.position],
        later=[each for position, each in placed if position > policy.position],
    )


def _page(request: HttpRequest, desk: Desk, form: PolicyForm, *, may_change: bool) -> HttpResponse:
    at, policy = timezone.now(), desk.policy
    clocks = SLAClock.objects.filter(policy=policy, stopped_at=None)
    open_cases = clocks.order_by().values("ticket").distinct().count()
    context = {
        "policy": policy,
        "form": form,
        "head": sla_words.head(policy, desk.version, open_cases, at=at),
        "draft": desk.draft,
        "number": policy.version + 1,
        "may_change": may_change,
        "metrics": MetricName.labels,
        "long_waits": _long_waits(desk.shown, at),
        "new_deadlines": Recomputation.objects.filter(version__policy=policy).first(),
        "what_if": _what_if(desk),
        "history": sla_words.history(policy),
    }
    title = str(policy)
    return desk_page(request, "admin/sla_policy.html", context, title=title, status=REFUSED if form.errors else 200)


def _long_waits(shown: Content, at: datetime) -> list[str]:
    calendar = Calendar.objects.get(pk=shown.calendar_id)
    hours = calendars.hours(calendar.pk, calendar.edition)
    return [sla_words.long_wait(wait, at) for wait in checks.long_waits(shown, hours, at=at)]


def _what_if(desk: Desk) -> dict[str, Any] | None:
    """The newest replay of the draft as it is; one of an earlier state of it says nothing about this one."""
    if desk.draft is None:
        return None
    row = WhatIf.objects.filter(version=desk.draft).first()
    if row is None or not result_is_of(row, desk.draft.terms):
        return None
    found = peak(row)
    result = row.result
    return {
        "row": row,
        "lines": [(MetricName(each.metric).label, each, sla_words.more_or_fewer(each.more)) for each in figures(row)],
        "peak": sla_words.peak(found) if found else "",
        "moved": sla_words.when_saved(result["open_moved"]),
        "late": sla_words.when_late(result["open_late"]) if result["open_late"] else "",
    }
