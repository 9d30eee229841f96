"""The second step at sign-in: allauth's forms in our words."""

from typing import Any

from allauth.mfa.base import forms as base
from allauth.mfa.recovery_codes import forms as recovery_codes
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django.utils.translation import gettext_lazy as _

from portal.accounts.forms import AccountFormMixin, CodeFormMixin

APP_CODE = _("Code from your app")
KEY_NAME = _("Name of the key")
KEY_HINT = _("So that you can tell several apart, such as “Blue key” or “My phone”.")


class _SecondStep(CodeFormMixin):
    labels = {"code": APP_CODE}
    hints = {"code": _("One of your recovery codes works too.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Recovery codes have letters.
        del self.fields["code"].widget.attrs["inputmode"]


class SecondStepForm(_SecondStep, base.AuthenticateForm):
    pass


class SecondStepAgainForm(_SecondStep, base.ReauthenticateForm):
    pass


class ActivateAppForm(CodeFormMixin, totp.ActivateTOTPForm):
    labels = {"code": APP_CODE}
    hints = {"code": _("The app shows six digits, and new ones every half minute.")}


class DeactivateAppForm(AccountFormMixin, totp.DeactivateTOTPForm):
    pass


class NewRecoveryCodesForm(AccountFormMixin, recovery_codes.GenerateRecoveryCodesForm):
    pass


class AddKeyForm(AccountFormMixin, webauthn.AddWebAuthnForm):
    labels = {"name": KEY_NAME}
    hints = {"name": KEY_HINT}


class RenameKeyForm(AccountFormMixin, webauthn.EditWebAuthnForm):
    labels = {"name": KEY_NAME}
    hints = {"name": KEY_HINT}
