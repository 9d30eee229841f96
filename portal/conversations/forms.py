"""What customers fill in: what it is about, what happened, and what they write later."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, cast

from django import forms
from django.core.validators import RegexValidator
from django.forms.boundfield import BoundField
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from portal.forms import ChoiceText, DateInput, FilesField, NumberInput, PortalForm
from tickets.attachments.texts import Refusal
from tickets.desk import priorities
from tickets.desk.models import Category, IntakeDraft, IntakeField, IntakeForm, Ticket
from tickets.escalation.models import EscalationRequest
from tickets.fields import WrittenField, can_be_seen
from tickets.orders.models import OrderLine

NO_ORDER: Final = "none"
LONGEST_MESSAGE: Final = 20_000
LONGEST_ANSWER: Final = 2_000


class LetterForm(PortalForm):
    """A text with files. Files are judged while they are received, not by the form; this is where it hears of them."""

    text = WrittenField(max_length=LONGEST_MESSAGE, widget=forms.Textarea({"rows": 5}))
    # The metaclass takes fields off the class: a form's own `files`, the uploads, is not in the way.
    files = FilesField(required=False, label=gettext_lazy("Photos or files"))  # type: ignore[assignment]

    refusals: Sequence[Refusal] = ()

    def clean_text(self) -> str:
        """Browsers send lines that end in CR LF; on record they end as everybody else's."""
        return "\n".join(self.cleaned_data["text"].splitlines())

    def refuse(self, refusals: Sequence[Refusal]) -> None:
        """Say beside the field, and in the summary, which files were not taken. The form is no longer valid then."""
        self.refusals = refusals
        for refusal in refusals:
            self.add_error("files", str(refusal))


# --- What it is about -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LineText:
    """An order line to choose; the page draws it as a card. ``case`` is the customer's open ticket about its order."""

    line: OrderLine
    case: Ticket | None = None

    def __str__(self) -> str:
        return self.line.product


class AboutForm(PortalForm):
    about = forms.ChoiceField(label=gettext_lazy("Something you ordered"), widget=forms.RadioSelect)
    category = forms.ChoiceField(label=gettext_lazy("What do you need help with?"), widget=forms.RadioSelect)

    def __init__(
        self,
        *args: Any,
        lines: Sequence[OrderLine],
        cases: Mapping[int, Ticket],
        categories: Sequence[Category],
        **kwargs: Any,
    ) -> None:
        """``cases`` are the customer's open tickets by order id. Without ``lines`` there is nothing to choose from."""
        super().__init__(*args, **kwargs)
        self.lines = {str(line.pk): line for line in lines}
        self.categories = {str(category.pk): category for category in categories}
        if lines:
            choices: list[tuple[str, object]] = [
                (key, LineText(line, cases.get(line.order_id))) for key, line in self.lines.items()
            ]
            choices.append((NO_ORDER, ChoiceText(gettext_lazy("It is not about an order"))))
            self.fields["about"].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields["about"]
        self.fields["category"].choices = [  # type: ignore[attr-defined]
            (key, ChoiceText(category.name, category.description)) for key, category in self.categories.items()
        ]

    @property
    def order_line(self) -> OrderLine | None:
        return self.lines.get(self.cleaned_data.get("about", NO_ORDER))

    @property
    def chosen_category(self) -> Category:
        return self.categories[self.cleaned_data["category"]]


# --- What happened ----------------------------------------------------------------------------------------------------


def _in_code(**attrs: str) -> dict[str, str]:
    """For what is copied from a plate or a display: read from the left, not corrected, not translated."""
    return {"dir": "ltr", "spellcheck": "false", "autocomplete": "off", "translate": "no", **attrs}


def _choice_field(question: IntakeField, **kwargs: Any) -> forms.Field:
    # The number of the line is the value: the words change with the reader's language.
    offered = [(str(number), text) for number, text in enumerate(question.choices.splitlines()) if text.strip()]
    return forms.ChoiceField(choices=offered, widget=forms.RadioSelect, **kwargs)


def _text_field(widget: forms.Widget) -> Any:
    return lambda question, **kwargs: WrittenField(max_length=LONGEST_ANSWER, widget=widget, **kwargs)


_Kind = IntakeField.Kind
FIELDS: Final = {
    _Kind.TEXT: _text_field(forms.TextInput()),
    _Kind.LONG_TEXT: _text_field(forms.Textarea({"rows": 3})),
    _Kind.CHOICE: _choice_field,
    _Kind.DATE: lambda question, **kwargs: forms.DateField(widget=DateInput(), **kwargs),
    _Kind.NUMBER: lambda question, **kwargs: forms.DecimalField(
        localize=True, widget=NumberInput({"inputmode": "decimal"}), **kwargs
    ),
    _Kind.SERIAL: _text_field(forms.TextInput(_in_code(autocapitalize="characters", **{"class": "short ref"}))),
    _Kind.VERSION: _text_field(forms.TextInput(_in_code(autocapitalize="none", **{"class": "short"}))),
    _Kind.ERROR_MESSAGE: _text_field(forms.TextInput({"spellcheck": "false", "autocomplete": "off"})),
}


def form_field(question: IntakeField) -> forms.Field:
    """A guided question as a field of a form, with the rules that the desk wrote for it."""
    kind = _Kind(question.kind)
    field: forms.Field = FIELDS[kind](
        question, label=question.label, help_text=question.help, required=question.required
    )
    if question.pattern and isinstance(field, forms.CharField):
        message = question.pattern_message or _("This does not look right yet. Compare it with the hint above.")
        field.validators.append(RegexValidator(rf"\A(?:{question.pattern})\Z", message=message))
    return field


@dataclass(frozen=True, slots=True)
class Answered:
    """One line of check-your-answers. ``control_id`` is where it can be changed; ``code`` is set in fixed-width type."""

    label: str
    value: str
    control_id: str
    code: bool = False


class DetailsForm(LetterForm):
    """The guided questions of a topic, what happened, what it stops the customer from doing, files and a subject."""

    text = WrittenField(
        label=gettext_lazy("What happened?"),
        help_text=gettext_lazy("When did it start, and what were you doing just before? Write in any language."),
        max_length=LONGEST_MESSAGE,
        widget=forms.Textarea({"rows": 5}),
    )
    impact = forms.ChoiceField(
        label=gettext_lazy("What does it stop you from doing?"),
        help_text=gettext_lazy("This decides how soon we look at it. There is no wrong answer."),
        choices=priorities.impact_choices,
        widget=forms.RadioSelect,
    )
    subject = WrittenField(
        label=gettext_lazy("Subject"),
        help_text=gettext_lazy("Suggested from your answers. Change it if you like."),
        max_length=200,
    )

    def __init__(self, draft: IntakeDraft, version: IntakeForm | None, *, submitted: bool = False) -> None:
        """The form as the draft has it; ``version`` brings the topic's questions, if it has any.

        ``submitted`` judges the answers; otherwise they are only shown.
        """
        self.draft, self.version = draft, version
        self.category = cast(Category, draft.category)  # drafts.find knows only drafts that have one
        questions = version.fields.all() if version else []
        self.questions = {f"question_{question.key}": question for question in questions}
        answers = {**self._known_from_order(), **draft.answers}
        answers["subject"] = answers.get("subject") or self.suggested_subject(answers)
        super().__init__(data=answers if submitted else None, initial=answers)
        for name, question in self.questions.items():
            self.fields[name] = form_field(question)
        self.order_fields([*self.questions, "text", "impact", "files", "subject"])

    def typed(self, posted: Mapping[str, str]) -> dict[str, str]:
        """What of a request's data belongs to this form, as it goes on the draft.

        A subject that was only suggested is left out, so that it goes on following the answers; one that nobody can see
        would be a draft without a name.
        """
        typed = {name: posted[name] for name in self.fields if name in posted and name != "files"}
        if subject := typed.get("subject"):
            suggested = subject.strip() == self.initial["subject"] and not self.draft.answers.get("subject")
            if suggested or not can_be_seen(subject):
                typed["subject"] = ""
        # PostgreSQL stores no NUL characters, and nobody can type one.
        return {name: value.replace("\0", "") for name, value in typed.items()}

    def suggested_subject(self, answers: Mapping[str, str]) -> str:
        """Product and error say more than any topic's name; without them the name has to do."""
        line = self.draft.order_line
        exact = next(
            (
                answers[name].strip()
                for name, question in self.questions.items()
                if question.kind == _Kind.ERROR_MESSAGE and answers.get(name, "").strip()
            ),
            "",
        )
        matter = exact or str(self.category)
        if line is None:
            return matter[:200]
        # Translators: the suggested subject of a request, such as "Brio 2 espresso machine: E04".
        pattern = pgettext("subject of a request", "%(product)s: %(matter)s")
        return (pattern % {"product": line.product, "matter": matter})[:200]

    def answers_for_record(self) -> dict[IntakeField, str]:
        """The valid answers as they are put on record: dates as ISO 8601, numbers with a point, choices in words."""
        return {question: self._stored(name) for name, question in self.questions.items()}

    def answered(self) -> Iterator[Answered]:
        """The valid answers as the customer reads them once more before sending, in the order of the form."""
        for name, question in self.questions.items():
            code = question.kind in (_Kind.SERIAL, _Kind.VERSION)
            yield Answered(question.label, self._shown(name), first_control_id(self[name]), code)
        impact = priorities.IMPACTS[self.cleaned_data["impact"]].sentence
        yield Answered(str(self["text"].label), self.cleaned_data["text"], first_control_id(self["text"]))
        yield Answered(str(self["impact"].label), str(impact), first_control_id(self["impact"]))

    def _known_from_order(self) -> dict[str, str]:
        """What the order tells us nobody has to type."""
        line = self.draft.order_line
        if line is None:
            return {}
        known = {}
        for name, question in self.questions.items():
            if question.kind == _Kind.SERIAL:
                known[name] = line.serial_number
            elif question.key == "product":
                known[name] = line.product
        return known

    def _stored(self, name: str) -> str:
        value = self.cleaned_data[name]
        if value in (None, ""):
            return ""
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(self.fields[name], forms.ChoiceField):
            return str(dict(self.fields[name].choices)[value])  # type: ignore[attr-defined]
        return str(value)

    def _shown(self, name: str) -> str:
        value = self.cleaned_data[name]
        if isinstance(value, date):
            return formats.date_format(value)
        if value is not None and isinstance(self.fields[name], forms.DecimalField):
            return formats.number_format(value)
        return self._stored(name)


def first_control_id(field: BoundField) -> str:
    """Where a link to the field leads; see ``portal.forms.PortalBoundField``."""
    return str(getattr(field, "first_control_id", field.id_for_label))


# --- Writing again ----------------------------------------------------------------------------------------------------


class ReplyForm(LetterForm):
    """``seen`` is the newest message the customer had on the screen: by it a second click is told from a second message."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, label: str, hint: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = label
        self.fields["text"].help_text = hint
        self.order_fields(["text", "files", "seen"])


# --- Somebody more senior ---------------------------------------------------------------------------------------------


class AskForm(PortalForm):
    """Why a customer wants somebody more senior: a reason, and their own words if they like."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Why?"),
        choices=EscalationRequest.Reason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what comes closest, so that the right person reads it.")},
    )
    words = WrittenField(
        label=gettext_lazy("In your own words"),
        required=False,
        max_length=LONGEST_ANSWER,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("You need not explain the whole case again."),
    )

    def clean_words(self) -> str:
        """Browsers send lines that end in CR LF; on record they end as everybody else's."""
        return "\n".join(self.cleaned_data["words"].splitlines())
