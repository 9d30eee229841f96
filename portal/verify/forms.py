from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.forms import PortalForm
from tickets.outbox import codes
from tickets.outbox.models import Doubt


def code_field(**given: Any) -> forms.CharField:
    return forms.CharField(
        label=_("Code from the mail"),
        max_length=40,
        widget=forms.TextInput(attrs={"class": "short", "autocomplete": "off", "dir": "ltr", "spellcheck": "false"}),
        **given,
    )


class CheckForm(PortalForm):
    code = code_field(help_text=_("Eight letters and digits at the foot of each mail of ours, such as 7XKD-2M4Q."))
    address = forms.EmailField(
        label=_("Address it came to"),
        help_text=_("With it we also say whether we sent that mail to this address, and not to somebody else."),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def clean_code(self) -> str:
        code = codes.read(self.cleaned_data["code"])
        if not code:
            raise forms.ValidationError(
                _(
                    "A code of ours has eight letters and digits, such as 7XKD-2M4Q. If yours has not, the mail is not from us."
                )
            )
        return code


class ReportForm(PortalForm):
    kind = forms.ChoiceField(
        label=_("What is wrong with the mail?"),
        choices=[
            (Doubt.Kind.NOT_ME, _("It answers something that I did not write or ask for")),
            (Doubt.Kind.FORGED, _("It claims to be from you, and looks false to me")),
        ],
        widget=forms.RadioSelect,
    )
    code = code_field(
        help_text=_("If the mail has one: eight letters and digits at its foot, such as 7XKD-2M4Q."), required=False
    )
    text = forms.CharField(
        label=_("What should we know?"),
        help_text=_("For example who it says it is from, its subject, and where its links lead. No passwords, please."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )
    address = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("Only if we may ask you something about it."),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def clean_code(self) -> str:
        """What is no code of ours is worth knowing, too: nobody is sent back to look again for it."""
        typed: str = self.cleaned_data["code"]
        return codes.read(typed)
