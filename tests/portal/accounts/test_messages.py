"""What allauth says on the page after something was done: in our words, which are in our catalogues."""

from importlib.resources import files

import pytest
from django.conf import settings
from django.template.loader import get_template

APPS = [app for app in settings.INSTALLED_APPS if app.startswith("allauth.")]
# Sportello knows no telephone numbers to sign in with.
NEVER_SAID = {"account/messages/phone_verified.txt", "account/messages/phone_verification_sent.txt"}

THEIRS = sorted(
    f"{app}/messages/{file.name}"
    for app in (name.removeprefix("allauth.") for name in APPS)
    for file in (files("allauth") / "templates" / app / "messages").iterdir()
)


def test_messages_of_every_app_were_found():
    assert {name.partition("/")[0] for name in THEIRS} == {"account", "mfa"}
    assert len(THEIRS) >= 19


@pytest.mark.parametrize("name", sorted(set(THEIRS) - NEVER_SAID))
def test_each_message_is_ours(name):
    assert get_template(name).origin.name == str(settings.BASE_DIR / "portal" / "templates" / name)
