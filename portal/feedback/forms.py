from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.forms import ChoiceText, PortalForm

STARS = [
    (5, ChoiceText(pgettext_lazy("rating of our help", "Very good"), _("Solved, and easy"))),
    (4, ChoiceText(pgettext_lazy("rating of our help", "Good"), _("Solved"))),
    (3, ChoiceText(pgettext_lazy("rating of our help", "All right"), _("Solved, but with effort"))),
    (2, ChoiceText(pgettext_lazy("rating of our help", "Poor"), _("Hardly solved"))),
    (1, ChoiceText(pgettext_lazy("rating of our help", "Bad"), _("Not solved, or not treated well"))),
]


class RatingForm(PortalForm):
    stars = forms.TypedChoiceField(
        label=_("All in all, our help was"), choices=STARS, coerce=int, widget=forms.RadioSelect
    )
    comment = forms.CharField(
        label=_("Anything to add?"),
        help_text=_("Who answered you reads it, and so does the head of the desk."),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )
