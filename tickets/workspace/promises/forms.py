"""Forms about promises: making one, saying how it ended, handing it over."""

from datetime import datetime
from typing import Any, ClassVar, Final, Self
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tickets.desk.models import Ticket
from tickets.fields import WrittenField
from tickets.moments import money
from tickets.people.models import Agent
from tickets.promises.models import Promise
from tickets.promises.rules import Pledge, exceeds, faults
from tickets.workspace.forms import DeskForm, MomentInput, own_words


class PromiseForm(DeskForm):
    """What we owe the customer. In the composer it may stay empty: nothing is promised then.

    ``pledge`` is what a valid form promises. The hidden ``key`` tells a second click from a second promise.
    """

    COMPOSER: ClassVar[str] = "promise"
    SAYS_SOMETHING: Final = ("kind", "amount", "due_at", "terms")

    kind = forms.ChoiceField(
        label=gettext_lazy("What"),
        choices=lambda: [("", _("Choose one")), *Promise.Kind.choices],
        error_messages={"required": gettext_lazy("Choose what is promised.")},
    )
    amount = forms.DecimalField(
        label=gettext_lazy("Amount"),
        required=False,
        max_digits=12,
        # Half of the desk's languages write 12,50.
        localize=True,
        widget=forms.TextInput({"inputmode": "decimal", "dir": "ltr"}),
        help_text=gettext_lazy("For a refund: how much. Otherwise leave it empty."),
    )
    currency = forms.CharField(
        label=gettext_lazy("Currency"),
        required=False,
        max_length=3,
        widget=forms.TextInput({"dir": "ltr", "autocapitalize": "characters"}),
        help_text=gettext_lazy("Three letters, such as EUR."),
    )
    above_total = forms.BooleanField(label=gettext_lazy("Yes, more than the order cost"), required=False)
    due_at = forms.DateTimeField(
        label=gettext_lazy("By"),
        widget=MomentInput,
        help_text=gettext_lazy("In your own time. The customer reads it in theirs."),
        error_messages={"required": gettext_lazy("Say by when.")},
    )
    terms = forms.CharField(
        label=gettext_lazy("Terms"),
        required=False,
        max_length=4000,
        widget=own_words(3),
        help_text=gettext_lazy("What the customer reads about it, in their language."),
    )
    key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        ticket: Ticket,
        data: Any = None,
        *,
        at: datetime,
        in_composer: bool = False,
        initial: dict[str, Any] | None = None,
    ) -> None:
        currency = ticket.order.currency if ticket.order else ""
        super().__init__(
            data,
            prefix=self.COMPOSER if in_composer else None,
            initial={"key": uuid4(), "currency": currency, **(initial or {})},
            empty_permitted=in_composer,
        )
        self.ticket, self.at = ticket, at
        self.pledge: Pledge | None = None
        self.fields["terms"].widget.attrs["lang"] = ticket.customer.language

    @classmethod
    def as_typed(cls, ticket: Ticket, post: Any, *, at: datetime) -> Self:
        """The composer's, with what was typed and nothing judged."""
        typed = {name: post[f"{cls.COMPOSER}-{name}"] for name in cls.base_fields if f"{cls.COMPOSER}-{name}" in post}
        return cls(ticket, at=at, in_composer=True, initial=typed)

    def has_changed(self) -> bool:
        """The currency of the order alone promises nothing."""
        return any(name in self.changed_data for name in self.SAYS_SOMETHING)

    @property
    def is_used(self) -> bool:
        """Whether the section stands open in the composer."""
        return self.has_changed() if self.is_bound else any(self.initial.get(name) for name in self.SAYS_SOMETHING)

    @property
    def asks_about_total(self) -> bool:
        return bool(self["above_total"].errors or self["above_total"].value())

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        pledge = Pledge(data["kind"], data["due_at"], data["amount"], data["currency"], data["terms"], data["key"])
        for name, sentence in faults(pledge, at=self.at).items():
            self.add_error(name, sentence)
        self._ask_about_total(pledge, confirmed=data["above_total"])
        self.pledge = None if self.errors else pledge
        return data

    def _ask_about_total(self, pledge: Pledge, *, confirmed: bool) -> None:
        order = self.ticket.order
        if order is None or confirmed or not exceeds(pledge, order.total, order.currency):
            return
        total = money(order.total, order.currency)
        sentence = _("The order cost %(total)s, which is less. Tick the box if the amount is right.")
        self.add_error("above_total", sentence % {"total": total})


class EndPromiseForm(DeskForm):
    """Kept or withdrawn: the button that was pressed says which."""

    words = WrittenField(
        label=gettext_lazy("How do we know, or why is it withdrawn?"),
        widget=own_words(3),
        help_text=gettext_lazy(
            "The customer reads it. Such as the number of the transfer or of the parcel, or what they chose instead."
        ),
        error_messages={"required": gettext_lazy("Say how we know that the promise was kept, or why it is withdrawn.")},
    )


class HandOverPromiseForm(DeskForm):
    """Somebody keeps it from now on, whatever becomes of the case."""

    agent = forms.ModelChoiceField(
        Agent.objects.none(), label=gettext_lazy("Who keeps it"), empty_label=gettext_lazy("Choose one")
    )
    note = WrittenField(
        label=gettext_lazy("What is left to do"),
        widget=own_words(3),
        help_text=gettext_lazy("Only the desk reads it."),
        error_messages={"required": gettext_lazy("Say what is left to do, so that nobody has to ask.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["agent"]
        field.queryset = (
            Agent.objects.filter(user__is_active=True).select_related("user").order_by("user__name", "user__email")
        )
