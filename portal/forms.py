"""How the portal draws forms: label, hint, error, control, in this order, after the GOV.UK pattern.

A form gets it by inheriting `PortalForm` (or `PortalFormMixin`, before a form of another package); the admin's forms
keep Django's own renderer. A page then needs no markup per field:

    {% load portal %}
    {% error_summary form %}
    <form method="post" novalidate>{% csrf_token %}{{ form }}<p><button class="btn">…</button></p></form>

or `{{ form.name.as_field_group }}` where it places the fields by hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.forms.boundfield import BoundField
from django.forms.renderers import BaseRenderer, DjangoTemplates
from django.utils.functional import Promise, lazy
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tickets.attachments import limits, texts
from tickets.attachments.codes import Code

Text = str | Promise


@dataclass(frozen=True)
class ChoiceText:
    """The label of a choice that needs a second line: `("large", ChoiceText(_("Large print"), _("A quarter larger")))`."""

    label: Text
    hint: Text = ""

    def __str__(self) -> str:
        return str(self.label)


@dataclass(frozen=True)
class Problem:
    """One line of the error summary: what to put right, and the id of the control where that is done ("" if nowhere)."""

    message: str
    control_id: str


class PortalBoundField(BoundField):
    """A field that knows how the portal's templates draw it."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        """Django's attributes, the style sheet's class and a text direction; what the widget itself says stays."""
        widget = widget or self.field.widget
        built: dict[str, Any] = super().build_widget_attrs(attrs, widget)
        kind = getattr(widget, "input_type", "text")
        if self.use_fieldset:
            # A single radio button is never wrong: the fieldset carries the error.
            built.pop("aria-invalid", None)
        if kind not in {"checkbox", "file", "hidden", "radio"}:
            built["class"] = " ".join(filter(None, ("input", widget.attrs.get("class"), built.get("class"))))
            if kind != "select" and "dir" not in widget.attrs:
                # Words take the direction of their first letter. Addresses, numbers and passwords are read from the left.
                built.setdefault("dir", "auto" if kind in {"text", "search"} else "ltr")
        return built

    @property
    def is_choices(self) -> bool:
        """Radio buttons or tick boxes: one row for each choice."""
        return isinstance(self.field.widget, (forms.RadioSelect, forms.CheckboxSelectMultiple))

    @property
    def is_tick_box(self) -> bool:
        """A single tick box, which is its own label."""
        return isinstance(self.field.widget, forms.CheckboxInput)

    @property
    def is_files(self) -> bool:
        return isinstance(self.field.widget, forms.FileInput)

    @property
    def in_two_columns(self) -> bool:
        """Tick boxes stand side by side as long as none of them needs a second line."""
        return isinstance(self.field.widget, forms.CheckboxSelectMultiple) and not any(
            isinstance(label, ChoiceText) and label.hint for _value, label in self.field.widget.choices
        )

    @property
    def first_control_id(self) -> str:
        """The id of the control, or of the first one in a group: where a link in the error summary leads."""
        return self.id_for_label or f"{self.auto_id}_0"


class PortalRenderer(DjangoTemplates):
    form_template_name = "portal/forms/form.html"
    field_template_name = "portal/forms/field.html"
    bound_field_class = PortalBoundField


class PortalFormMixin(forms.BaseForm):
    """Give a form the portal's look. Put it before the form's own class."""

    # One instance for all forms: it keeps the compiled templates.
    default_renderer: BaseRenderer | type[BaseRenderer] | None = PortalRenderer()
    # The browser's own bubbles speak the browser's language, vanish, and are not read out reliably (WCAG 3.3.1).
    use_required_attribute = False

    def add_error(self, field: str | None, error: Any) -> None:
        """As Django's, but a missing answer is called by the name of its field: the error summary lists several."""
        if field and getattr(error, "message", None) == forms.Field.default_error_messages["required"]:
            error = forms.ValidationError(missing(cast(PortalBoundField, self[field])), code="required")
        super().add_error(field, error)


class PortalForm(PortalFormMixin, forms.Form):
    pass


def missing(field: PortalBoundField) -> str:
    """What to do about a field that was left empty."""
    if field.is_tick_box:
        sentence = _("Tick “%(label)s” to go on.")
    elif field.is_files:
        sentence = _("Add a file under “%(label)s”.")
    elif field.is_choices:
        sentence = _("Choose an answer to “%(label)s”.")
    else:
        sentence = _("Fill in “%(label)s”.")
    return sentence % {"label": field.label}


def problems(form: forms.BaseForm) -> Iterator[Problem]:
    """Everything that is wrong with a form, of whatever package, in the order of the page; first what concerns it whole."""
    for message in form.non_field_errors():
        yield Problem(str(message), "")
    for field in form:
        control_id = field.first_control_id if isinstance(field, PortalBoundField) else field.id_for_label
        for message in field.errors:
            yield Problem(str(message), "" if field.is_hidden else control_id)


class DateInput(forms.DateInput):
    """The browser's own date picker. It takes and gives ISO dates, whatever it shows."""

    input_type = "date"

    def __init__(self, attrs: Mapping[str, Any] | None = None) -> None:
        super().__init__({"class": "short", **(attrs or {})}, format="%Y-%m-%d")


class NumberInput(forms.TextInput):
    """A number as text with a number pad: unlike type=number it neither changes on scrolling nor swallows letters."""

    def __init__(self, attrs: Mapping[str, Any] | None = None) -> None:
        super().__init__({"class": "short", "inputmode": "numeric", "dir": "ltr", **(attrs or {})})


class FilesInput(forms.FileInput):
    """A chooser for several files. static/js/files.js checks them before the upload, by what stands in data-*."""

    allow_multiple_selected = True

    class Media:
        js = (forms.Script("js/files.js", type="module"),)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        # At render time, because the sentences are in the reader's language and tests change the limits.
        return super().get_context(name, value, {**(attrs or {}), **browser_checks()})


class FilesField(forms.FileField):
    """Several files; the value is a list. The limits stand in the hint.

    The field refuses none of them: each file is judged by its content where it is received, so that one bad file costs
    neither the text nor the good files.
    """

    widget = FilesInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", lazy(current_hint, str)())
        super().__init__(allow_empty_file=True, **kwargs)

    def clean(self, data: list[UploadedFile], initial: Any = None) -> list[UploadedFile]:
        if self.required and not data:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return [super(FilesField, self).clean(upload) for upload in data]


def current_hint() -> str:
    return texts.hint(limits.current())


# What the browser can tell by a file's name and size; the rest is judged by content, where the file is received.
SEEN_IN_THE_BROWSER = (
    Code.EMPTY,
    Code.NO_EXTENSION,
    Code.TYPE_NOT_ALLOWED,
    Code.TOO_LARGE,
    Code.TOO_MANY,
    Code.TOO_LARGE_TOGETHER,
)


def browser_checks() -> dict[str, Any]:
    """The data-* attributes that static/js/files.js reads: the limits, and the server's own sentences for each refusal.

    The script fills {name} and {reason}.
    """
    now = limits.current()
    allowed = limits.browser_limits(now)
    refusals = {code: texts.explain(code, "{name}", now) for code in SEEN_IN_THE_BROWSER}
    return {
        # No "accept": choosers grey out endings they have no type for, such as .log on Android, and do not say why.
        "data-max-files": allowed["max_files"],
        "data-max-file-bytes": allowed["max_file_bytes"],
        "data-max-total-bytes": allowed["max_total_bytes"],
        "data-extensions": " ".join(allowed["extensions"]),
        **{
            f"data-reason-{code.replace('_', '-')}": f"{refusal.reason} {refusal.another_way}"
            for code, refusal in refusals.items()
        },
        "data-text-refusal": str(texts.Refusal("{name}", "{reason}", "")).strip(),
        # Translators: beside a file that was just chosen.
        "data-text-ready": pgettext("file", "Ready to send"),
        "data-text-refused": pgettext("file", "Not attached"),
        # Translators: the button takes a chosen file away again.
        "data-text-remove": pgettext("file", "Remove"),
        "data-text-remove-name": _("Remove %(name)s") % {"name": "{name}"},
    }
