"""The forms of the desk's own screens. Each says what may be typed; what it means is decided in ``tickets.lifecycle``."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.forms.renderers import DjangoTemplates
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets import lifecycle
from tickets.attachments import limits, texts
from tickets.audit.actor import Actor
from tickets.desk import priorities, statuses
from tickets.desk.expectations import BY_HAND, Reason
from tickets.desk.models import Category, Ticket
from tickets.desk.priorities import Priority
from tickets.desk.statuses import Status
from tickets.escalation.models import EscalationTier, Outage
from tickets.fields import WrittenField
from tickets.people.models import Agent


class DeskRenderer(DjangoTemplates):
    """Label, hint, message, control; the workspace's own classes."""

    form_template_name = "admin/forms/form.html"
    field_template_name = "admin/forms/field.html"


class DeskFormMixin:
    # One instance for all forms: it keeps the compiled templates.
    default_renderer: Any = DeskRenderer()
    # The browser's own bubbles vanish and are not read out reliably (WCAG 3.3.1).
    use_required_attribute = False


class DeskForm(DeskFormMixin, forms.Form):
    pass


def own_words(rows: int, **attrs: Any) -> forms.Textarea:
    """A field for free text, which takes the direction of its first letter."""
    return forms.Textarea({"rows": rows, "dir": "auto", **attrs})


class FilesInput(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files; the value is a list. Each is judged by its content where it is received, not here."""

    widget = FilesInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_empty_file=True, help_text=lazy(_files_hint, str)(), **kwargs)

    def clean(self, data: list[UploadedFile], initial: Any = None) -> list[UploadedFile]:
        return [super(FilesField, self).clean(upload) for upload in data or []]


def _files_hint() -> str:
    return texts.hint(limits.current())


# --- Writing ----------------------------------------------------------------------------------------------------------


class WritingForm(DeskForm):
    """What an answer and a note have in common. ``kept`` names files that came with an earlier try and wait here."""

    text = WrittenField(
        label=_("Text"),
        max_length=20_000,
        widget=own_words(9),
        error_messages={"required": _("Write something first.")},
    )
    attachments = FilesField(label=_("Files"), required=False)
    kept = forms.CharField(required=False, widget=forms.HiddenInput)


AFTER_SENDING = [
    (Status.PENDING.value, pgettext_lazy("after sending an answer", "Pending: the customer’s turn")),
    (Status.OPEN.value, pgettext_lazy("after sending an answer", "Open: we go on working")),
    (Status.ON_HOLD.value, pgettext_lazy("after sending an answer", "On hold: somebody else’s turn")),
    (Status.RESOLVED.value, pgettext_lazy("after sending an answer", "Resolved: this answers it")),
]


class ReplyForm(WritingForm):
    """``seen`` is the newest message that stood on the page: an answer never passes one that was not read. ``replaces`` is
    the draft that the form was filled with.
    """

    status = forms.ChoiceField(label=_("Then set the ticket to"), choices=AFTER_SENDING, initial=Status.PENDING.value)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    replaces = forms.IntegerField(required=False, widget=forms.HiddenInput)


class NoteForm(WritingForm):
    pass


# --- Changing ---------------------------------------------------------------------------------------------------------


class ChangeForm(DeskForm):
    """One thing about a ticket that can be changed. ``what`` tells the forms of the page apart."""

    what: ClassVar[str]
    button: ClassVar[Any]

    def __init__(self, ticket: Ticket, data: Any = None) -> None:
        super().__init__(data, prefix=self.what)
        self.ticket = ticket

    def apply(self, *, by: Actor, at: datetime) -> None:
        raise NotImplementedError


class AssigneeChange(ChangeForm):
    what = "assignee"
    button = _("Assign")
    agent = forms.ModelChoiceField(
        Agent.objects.none(),
        label=_("Assignee"),
        required=False,
        empty_label=pgettext_lazy("instead of an agent's name", "Nobody"),
    )

    def __init__(self, ticket: Ticket, data: Any = None) -> None:
        super().__init__(ticket, data)
        agents = Agent.objects.filter(user__is_active=True).select_related("user").order_by("user__name", "user__email")
        field: Any = self.fields["agent"]
        field.queryset = agents
        field.initial = ticket.assignee_id

    def apply(self, *, by: Actor, at: datetime) -> None:
        lifecycle.assign(self.ticket, to=self.cleaned_data["agent"], by=by, at=at)


class StatusChange(ChangeForm):
    what = "status"
    button = _("Set the status")
    status = forms.ChoiceField(
        label=_("Status"),
        choices=[(code.value, statuses.MEANINGS[code].label) for code in (Status.OPEN, Status.PENDING, Status.ON_HOLD)],
        help_text=_("Says whose turn it is. It never counts as an answer."),
    )

    def __init__(self, ticket: Ticket, data: Any = None) -> None:
        super().__init__(ticket, data)
        self.fields["status"].initial = ticket.status

    def apply(self, *, by: Actor, at: datetime) -> None:
        lifecycle.change_status(self.ticket, status=Status(self.cleaned_data["status"]), by=by, at=at)


class PriorityChange(ChangeForm):
    what = "priority"
    button = _("Set the priority")
    priority = forms.ChoiceField(
        label=_("Priority"),
        choices=priorities.choices,
        help_text=_("Deadlines are worked out anew from when the clocks started; time that was used stays used."),
    )

    def __init__(self, ticket: Ticket, data: Any = None) -> None:
        super().__init__(ticket, data)
        self.fields["priority"].initial = ticket.priority

    def apply(self, *, by: Actor, at: datetime) -> None:
        lifecycle.change_priority(self.ticket, priority=Priority(self.cleaned_data["priority"]), by=by, at=at)


class CategoryChange(ChangeForm):
    what = "category"
    button = _("Sort anew")
    category: Any = forms.ModelChoiceField(
        Category.objects.all(),
        label=_("Category"),
        empty_label=None,
        help_text=_("The policy is chosen anew; clocks keep their start."),
    )

    def __init__(self, ticket: Ticket, data: Any = None) -> None:
        super().__init__(ticket, data)
        self.fields["category"].initial = ticket.category_id

    def apply(self, *, by: Actor, at: datetime) -> None:
        lifecycle.change_category(self.ticket, category=self.cleaned_data["category"], by=by, at=at)


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class ExpectationChange(ChangeForm):
    what = "expectation"
    button = _("Tell the customer")
    earliest = forms.DateField(
        label=_("Solved on this day at the earliest"),
        help_text=_("By the customer’s calendar. Leave it empty to name only a latest day."),
        required=False,
        widget=DayInput,
    )
    latest = forms.DateField(label=_("And on this day at the latest"), widget=DayInput)
    reason = forms.ChoiceField(
        label=_("The reason that the customer is told, in their language"),
        choices=[("", _("Choose one")), *((reason.value, reason.label) for reason in BY_HAND)],
    )

    def __init__(self, ticket: Ticket, data: Any = None) -> None:
        super().__init__(ticket, data)
        if ticket.expected_from and ticket.expected_until:
            zone = ticket.customer.zone
            self.fields["latest"].initial = ticket.expected_until.astimezone(zone).date()
            if ticket.expected_from < ticket.expected_until:
                self.fields["earliest"].initial = ticket.expected_from.astimezone(zone).date()

    def apply(self, *, by: Actor, at: datetime) -> None:
        told = {**self.cleaned_data, "reason": Reason(self.cleaned_data["reason"])}
        lifecycle.set_expectation(self.ticket, **told, by=by, at=at)


class OutageChange(ChangeForm):
    what = "outage"
    button = pgettext_lazy("button: link the case to an outage, or to none", "Link")
    outage: Any = forms.ModelChoiceField(
        Outage.objects.going_on(),
        label=_("Outage"),
        required=False,
        empty_label=pgettext_lazy("instead of an outage", "None"),
        help_text=_("Its customer gets every update. A case that you take out is not linked again by itself."),
    )

    def __init__(self, ticket: Ticket, data: Any = None) -> None:
        super().__init__(ticket, data)
        self.fields["outage"].initial = ticket.outage_id

    def apply(self, *, by: Actor, at: datetime) -> None:
        if outage := self.cleaned_data["outage"]:
            lifecycle.link_to_outage(self.ticket, outage, by=by, at=at)
        else:
            lifecycle.unlink_from_outage(self.ticket, by=by, at=at)


CHANGES: Mapping[str, type[ChangeForm]] = {
    change.what: change
    for change in (AssigneeChange, StatusChange, PriorityChange, CategoryChange, ExpectationChange, OutageChange)
}


# --- Moments ----------------------------------------------------------------------------------------------------------


class MomentInput(forms.DateTimeInput):
    """The browser's own picker; takes and gives the reader's local time."""

    input_type = "datetime-local"

    def __init__(self, attrs: Mapping[str, Any] | None = None) -> None:
        super().__init__({"step": 60, **(attrs or {})}, format="%Y-%m-%dT%H:%M")


# --- Handing over -----------------------------------------------------------------------------------------------------


class HandOverForm(DeskForm):
    tier: Any = forms.ModelChoiceField(EscalationTier.objects.none(), label=_("Hand it to"), empty_label=None)
    known = WrittenField(
        label=_("What we know"),
        widget=own_words(4),
        error_messages={"required": _("Write down what we know, so that nobody has to ask again.")},
    )
    tried = WrittenField(label=_("What was tried, and how it went"), widget=own_words(4), required=False)
    expected = WrittenField(
        label=_("What the customer expects"),
        widget=own_words(3),
        error_messages={"required": _("Write down what the customer expects, so that nobody has to ask again.")},
    )
    promised = WrittenField(label=_("What was promised"), widget=own_words(3), required=False)

    def __init__(self, tiers: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["tier"]
        field.queryset = tiers

    def note(self) -> lifecycle.HandOver:
        return lifecycle.HandOver(
            **{name: self.cleaned_data[name] for name in ("known", "tried", "expected", "promised")}
        )


class HandBackForm(HandOverForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["expected"].required = False


class RequestAnswerForm(HandOverForm):
    """A lead's answer to a customer who asked for somebody more senior; the note goes with the case, if it is handed on."""

    text = WrittenField(
        label=_("Your answer to the customer"),
        widget=own_words(7),
        help_text=_("In their language. They read it in their request and by mail."),
        error_messages={"required": _("Write to the customer what you decided, and why.")},
    )
    field_order = ("text", "tier")

    def __init__(self, *args: Any, accept: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("tier", "known", "expected"):
            self.fields[name].required = accept


# --- Learning ---------------------------------------------------------------------------------------------------------


class ReviewForm(DeskForm):
    """Needed or avoidable: the button that was pressed says which."""

    lesson = WrittenField(
        label=_("What would have avoided it?"),
        widget=own_words(4),
        required=False,
        help_text=_("Such as a better help article, a ready answer, a skill that somebody could learn."),
    )
