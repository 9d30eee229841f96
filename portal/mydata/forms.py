from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.forms import ChoiceText, PortalForm
from tickets import zones
from tickets.fields import WrittenField
from tickets.people import languages
from tickets.people.models import ReadingNeeds

HINTS = {
    ReadingNeeds.TEXT_ONLY: _("No design, no tables. Good with a screen reader or a braille display"),
    ReadingNeeds.LARGE: _("A quarter larger, here and in mail"),
    ReadingNeeds.NO_IMAGES: _("Pictures become links with a description"),
}


def reading_needs() -> list[tuple[str, ChoiceText]]:
    return [(need.value, ChoiceText(need.label, HINTS[need])) for need in ReadingNeeds]


class PreferencesForm(PortalForm):
    """The names of its fields are those of ``people.actions.set_preferences``."""

    name = WrittenField(label=_("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    language = forms.ChoiceField(
        label=pgettext_lazy("of pages and mail", "Language"),
        help_text=_("Of these pages and of every mail from us."),
        choices=languages.choices,
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"), help_text=_("Every date that we promise is shown in it."), choices=zones.choices
    )
    reading_needs = forms.MultipleChoiceField(
        label=_("How you like to read"),
        help_text=_("Holds for these pages and for every mail that we send you."),
        choices=reading_needs,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
