"""Whether a proposed solution worked: two buttons, and words for whoever has some."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.forms import PortalForm
from tickets.desk.models import Attempt
from tickets.fields import WrittenField

LONGEST_COMMENT = 5_000


class OutcomeForm(PortalForm):
    """The pressed button. ``worked`` of a valid form says which it was."""

    outcome = forms.ChoiceField(
        choices=[(outcome.value, outcome.label) for outcome in (Attempt.Outcome.WORKED, Attempt.Outcome.FAILED)],
        widget=forms.HiddenInput,
        error_messages={
            "required": _("Press one of the two buttons."),
            "invalid_choice": _("Press one of the two buttons."),
        },
    )

    @property
    def worked(self) -> bool:
        return bool(self.cleaned_data["outcome"] == Attempt.Outcome.WORKED)


class AnswerForm(OutcomeForm):
    comment = WrittenField(
        label=_("Anything to add?"),
        help_text=_("What happened when you tried it? You can leave this empty."),
        required=False,
        max_length=LONGEST_COMMENT,
        widget=forms.Textarea({"rows": 4, "dir": "auto"}),
    )
