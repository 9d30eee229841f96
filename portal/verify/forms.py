from django import forms
from django.utils.translation import gettext_lazy as _

from portal.forms import PortalForm
from tickets.outbox import codes


class CheckForm(PortalForm):
    code = forms.CharField(
        label=_("Code from the mail"),
        help_text=_("Eight letters and digits at the foot of each mail of ours, such as 7XKD-2M4Q."),
        max_length=40,
        widget=forms.TextInput(attrs={"class": "short", "autocomplete": "off", "dir": "ltr", "spellcheck": "false"}),
    )
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
