"""What leads write about an outage: each text once a language."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import MaxValueValidator
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from tickets.desk.models import Category
from tickets.fields import WrittenField
from tickets.sla.models import LONGEST_MINUTES
from tickets.workspace.forms import DeskForm, MomentInput, own_words

LONGEST_TITLE = 120
LONGEST_TEXT = 4_000


@dataclass(frozen=True, slots=True)
class InLanguage:
    """The fields of one language. ``readers`` is how many customers would read it; ``is_open``: shown without a press."""

    code: str
    name: str
    readers: int
    fields: list[forms.BoundField]
    is_open: bool


class InLanguagesForm(DeskForm):
    """A form whose ``texts`` exist once a language, in fields called ``text_it``. The desk's own language is required.

    ``readers`` are the customers by language: their languages stand open, the others can be opened.
    """

    texts: Mapping[str, Any] = {}

    def __init__(self, *args: Any, readers: Mapping[str, int] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.readers = readers or {}
        for code, _name in settings.LANGUAGES:
            for name, make in self.texts.items():
                field = make(required=code == settings.LANGUAGE_CODE)
                # Translators: a field and the language that it is to be written in, such as "Text (Japanese)".
                field.label = _("%(field)s (%(language)s)") % {"field": field.label, "language": language_name(code)}
                direction = "rtl" if get_language_info(code)["bidi"] else "ltr"
                field.widget.attrs |= {"lang": code, "dir": direction}
                self.fields[f"{name}_{code}"] = field

    def written(self, name: str) -> dict[str, str]:
        """One text by language, as far as it was written."""
        by_language = {code: self.cleaned_data.get(f"{name}_{code}", "") for code, _name in settings.LANGUAGES}
        return {code: text for code, text in by_language.items() if text}

    def languages(self) -> Iterator[InLanguage]:
        """The desk's own first, then those with the most readers."""
        order = sorted(
            (code for code, _name in settings.LANGUAGES),
            key=lambda code: (code != settings.LANGUAGE_CODE, -self.readers.get(code, 0)),
        )
        for code in order:
            fields = [self[f"{name}_{code}"] for name in self.texts]
            needed = code == settings.LANGUAGE_CODE or code in self.readers
            is_open = needed or any(field.errors or field.value() for field in fields)
            yield InLanguage(code, language_name(code), self.readers.get(code, 0), fields, is_open)

    def others(self) -> list[forms.BoundField]:
        """The fields that exist once."""
        names = {f"{name}_{code}" for name in self.texts for code, _name in settings.LANGUAGES}
        return [field for field in self.visible_fields() if field.name not in names]


def _title(*, required: bool) -> forms.Field:
    return WrittenField(
        label=_("Title"),
        max_length=LONGEST_TITLE,
        required=required,
        widget=forms.TextInput(),
        error_messages={"required": _("Say in a few words what does not work.")},
    )


def _notice(*, required: bool) -> forms.Field:
    return WrittenField(
        label=_("What customers should know"),
        max_length=LONGEST_TEXT,
        required=required,
        widget=own_words(3),
        error_messages={"required": _("Write what customers should know.")},
    )


def _update(*, required: bool) -> forms.Field:
    return WrittenField(
        label=_("Text"),
        max_length=LONGEST_TEXT,
        required=required,
        widget=own_words(5),
        error_messages={"required": _("Write something first.")},
    )


class DeclareForm(InLanguagesForm):
    category: Any = forms.ModelChoiceField(
        Category.objects.filter(active=True),
        label=_("Topic"),
        required=False,
        empty_label=_("Any topic"),
        help_text=_("Open cases of this topic are linked, and new ones as they come in."),
    )
    product = forms.CharField(
        label=_("Product"),
        max_length=120,
        required=False,
        help_text=_("Part of its name or number. Leave it empty when it can be any product."),
    )
    started_at = forms.DateTimeField(
        label=_("It began"),
        widget=MomentInput(),
        help_text=_("In your own time. Cases that were opened before are not linked."),
        error_messages={"required": _("Say when it began, as well as you know.")},
    )
    update_minutes = forms.IntegerField(
        label=_("Minutes between updates"),
        min_value=1,
        validators=[MaxValueValidator(LONGEST_MINUTES)],
        initial=240,
        help_text=_("Customers are told by when they hear from us next, even if there is no news. Nights count."),
    )

    texts = {"title": _title, "text": _notice}


class UpdateForm(InLanguagesForm):
    """``seen`` is the newest update that stood on the page: none is sent twice by two people, or by two presses."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    over = forms.BooleanField(
        label=_("It is over"),
        required=False,
        help_text=_(
            "Ends the outage: this is the last update, and it asks customers whether it works again. Their cases stay open."
        ),
    )

    texts = {"text": _update}


def language_name(code: str) -> str:
    return str(get_language_info(code)["name_translated"])
