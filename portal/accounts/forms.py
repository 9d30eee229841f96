"""allauth's forms, asked in our words and drawn like every other form of the portal. What they do stays allauth's."""

from collections.abc import Mapping
from typing import Any

from allauth.account import forms as account
from django import forms
from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.forms import ChoiceText, PortalFormMixin
from tickets import zones
from tickets.fields import WrittenField
from tickets.people import languages
from tickets.people.models import User

ADDRESS = _("E-mail address")
PASSWORD = _("Password")
NEW_PASSWORD = _("New password")
CODE = _("Six digits")
CODE_HINT = _("The code stands in the mail that we have just sent you. It is valid for 15 minutes.")


class AccountFormMixin(PortalFormMixin):
    """Put before a form of allauth. ``labels`` and ``hints`` replace its own; ``dropped`` are fields we do not ask for."""

    labels: Mapping[str, Any] = {}
    hints: Mapping[str, Any] = {}
    dropped: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.dropped:
            del self.fields[name]
        for name, field in self.fields.items():
            # A placeholder repeats the label, and is gone when it is needed.
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name, field.label)
            field.help_text = self.hints.get(name, field.help_text)


class CodeFormMixin(AccountFormMixin):
    labels = {"code": CODE}
    hints = {"code": CODE_HINT}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs.update({"inputmode": "numeric", "dir": "ltr", "class": "short"})


class SignInForm(AccountFormMixin, account.LoginForm):
    """One page for both ways in: a one-time code, or a password."""

    BY_CODE, BY_PASSWORD = "code", "password"

    labels = {"login": ADDRESS, "password": PASSWORD}
    field_order = ("login", "how", "password")
    how = forms.ChoiceField(
        label=_("How would you like to sign in?"),
        choices=[
            (BY_CODE, ChoiceText(_("Send me a one-time code"), _("Six digits by e-mail. Nothing to remember."))),
            (BY_PASSWORD, _("Use my password")),
        ],
        widget=forms.RadioSelect,
        initial=BY_CODE,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(self.field_order)
        self.fields["login"].widget.attrs["autocomplete"] = "username"
        self.fields["password"].required = (
            not self.is_bound or self.data.get(self.add_prefix("how")) == self.BY_PASSWORD
        )

    def user_credentials(self) -> dict[str, Any]:
        """A browser may fill in a password that was not asked for: without it allauth goes the way of the code."""
        credentials = super().user_credentials()
        if self.cleaned_data["how"] == self.BY_CODE:
            credentials.pop("password", None)
        return credentials


class RequestCodeForm(AccountFormMixin, account.RequestLoginCodeForm):
    labels = {"email": ADDRESS}


class SignInCodeForm(CodeFormMixin, account.ConfirmLoginCodeForm):
    pass


class AddressCodeForm(CodeFormMixin, account.ConfirmEmailVerificationCodeForm):
    pass


class SignUpForm(AccountFormMixin, account.SignupForm):
    """The new user starts with the language of the page, and with the time zone that a script read from the browser."""

    labels = {"email": ADDRESS, "password1": PASSWORD}
    hints = {"email": _("Best the one you order with: then your orders are here at once.")}
    field_order = ("name", "email", "password1", "time_zone")
    name = WrittenField(
        label=_("Your name"),
        help_text=_("As we may write it in a letter."),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    # What is no zone, or missing where no script ran, is no mistake of the customer's.
    time_zone = forms.CharField(required=False, widget=forms.HiddenInput(attrs={"data-time-zone": True}))

    class Media:
        js = (forms.Script("js/zone.js", type="module"),)

    def custom_signup(self, request: HttpRequest, user: User) -> None:
        super().custom_signup(request, user)
        zone = self.cleaned_data["time_zone"]
        user.name = self.cleaned_data["name"]
        user.language = languages.closest(translation.get_language() or "")
        user.time_zone = zone if zone in zones.names() else timezone.get_current_timezone_name()
        user.save(update_fields=["name", "language", "time_zone"])


class AddressForm(AccountFormMixin, account.AddEmailForm):
    labels = {"email": _("New e-mail address")}
    hints = {"email": _("We send a code to it. Until you have typed that in, the old address stays.")}


class OtherAddressForm(AccountFormMixin, account.ChangeEmailForm):
    labels = {"email": ADDRESS}


class ChangePasswordForm(AccountFormMixin, account.ChangePasswordForm):
    labels = {"oldpassword": _("Password that you use now"), "password1": NEW_PASSWORD}
    # Typed twice it is copied once: a browser shows what was typed, and a code by mail always opens.
    dropped = ("password2",)


class SetPasswordForm(AccountFormMixin, account.SetPasswordForm):
    labels = {"password1": NEW_PASSWORD}
    dropped = ("password2",)


class ForgottenPasswordForm(AccountFormMixin, account.ResetPasswordForm):
    labels = {"email": ADDRESS}


class NewPasswordForm(AccountFormMixin, account.ResetPasswordKeyForm):
    labels = {"password1": NEW_PASSWORD}
    dropped = ("password2",)


class PasswordAgainForm(AccountFormMixin, account.ReauthenticateForm):
    labels = {"password": pgettext_lazy("to prove who you are", "Your password")}
