"""What `manage.py check` says of mail that could not leave, and of doors that anybody could open."""

import pytest

from portal import mail_checks
from tests.inbox.webhooks.calls import sendgrid_verification_key

SECRET = "desk:cb63a7ce37e8e3f4c1d0b6a1"

pytestmark = [
    pytest.mark.filterwarnings("ignore:django-anymail has dropped official support for SendGrid"),
    pytest.mark.filterwarnings("ignore:Your Anymail webhooks are insecure"),
]


@pytest.fixture
def provider(settings, monkeypatch):
    """Chooses a provider, with what is set for it."""
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")

    def choose(name, **anymail):
        settings.EMAIL_BACKEND, settings.ANYMAIL = f"anymail.backends.{name}.EmailBackend", anymail

    return choose


@pytest.fixture
def called(settings):
    """Lets a provider call, with what is set for it."""

    def let(*names, **anymail):
        settings.MAIL_WEBHOOKS, settings.ANYMAIL = list(names), anymail

    return let


def said(check):
    return [(message.id, message.hint) for message in check(None)]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("brevo", "BREVO_API_KEY"),
        ("mailgun", "MAILGUN_API_KEY"),
        ("postmark", "POSTMARK_SERVER_TOKEN"),
        ("sendgrid", "SENDGRID_API_KEY"),
    ],
)
def test_it_names_the_key_that_a_provider_lacks(provider, name, key):
    provider(name)
    assert said(mail_checks.provider_has_its_key) == [("portal.E013", f"Set ANYMAIL_{key}, or ANYMAIL_{key}_FILE.")]
    provider(name, **{key: "key"})
    assert said(mail_checks.provider_has_its_key) == []
    assert mail_checks.provider_can_be_used(None) == []


def test_it_names_the_region_that_amazon_lacks(provider):
    provider("amazon_ses", AMAZON_SES_SESSION_PARAMS={"aws_access_key_id": "key", "aws_secret_access_key": "secret"})
    [complaint] = mail_checks.provider_can_be_used(None)
    assert (complaint.id, "region" in complaint.msg) == ("portal.E014", True)


def test_amazon_with_a_region_is_usable(provider, monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    provider("amazon_ses", AMAZON_SES_SESSION_PARAMS={"aws_access_key_id": "key", "aws_secret_access_key": "secret"})
    assert mail_checks.provider_can_be_used(None) == []


def test_a_backend_that_is_not_there_is_named(provider):
    provider("pigeon")
    [complaint] = mail_checks.provider_can_be_used(None)
    assert "anymail.backends.pigeon" in complaint.msg


def test_files_and_smtp_need_no_provider(settings):
    settings.EMAIL_BACKEND = mail_checks.SMTP
    assert mail_checks.provider_has_its_key(None) + mail_checks.provider_can_be_used(None) == []


@pytest.mark.parametrize(
    ("host", "tls", "ids"),
    [
        ("mail.example.com", False, ["portal.W015"]),
        ("mail.example.com", True, []),
        ("localhost", False, []),
    ],
)
def test_it_warns_of_mail_that_travels_in_the_open(settings, host, tls, ids):
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = mail_checks.SMTP, host
    settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL = tls, False
    assert [message.id for message in mail_checks.password_for_mail_is_not_sent_in_the_open(None)] == ids


def test_a_provider_that_nobody_knows_is_named(called):
    called("postmark", "pigeon")
    [complaint] = mail_checks.webhooks_are_known(None)
    assert (complaint.id, "'pigeon'" in complaint.msg) == ("portal.E016", True)


@pytest.mark.parametrize(
    ("name", "hints"),
    [
        ("amazon_ses", ["Set ANYMAIL_WEBHOOK_SECRET."]),
        ("brevo", ["Set ANYMAIL_WEBHOOK_SECRET."]),
        ("mailgun", ["Set ANYMAIL_MAILGUN_WEBHOOK_SIGNING_KEY."]),
        ("postmark", ["Set ANYMAIL_WEBHOOK_SECRET."]),
        (
            "sendgrid",
            [
                "Set ANYMAIL_SENDGRID_TRACKING_WEBHOOK_VERIFICATION_KEY or ANYMAIL_WEBHOOK_SECRET.",
                "Set ANYMAIL_WEBHOOK_SECRET.",
            ],
        ),
    ],
)
def test_a_webhook_without_a_secret_is_an_error(called, name, hints):
    called(name)
    assert said(mail_checks.webhooks_have_a_secret) == [("portal.E017", hint) for hint in hints]


def test_an_api_key_is_no_secret_of_mailguns_webhooks(called):
    called("mailgun", MAILGUN_API_KEY="key")
    assert [it for it, _hint in said(mail_checks.webhooks_have_a_secret)] == ["portal.E017"]


def test_all_providers_with_all_their_secrets_give_no_complaint(called):
    called(
        *mail_checks.PROVIDERS,
        WEBHOOK_SECRET=SECRET,
        MAILGUN_WEBHOOK_SIGNING_KEY="key",
        SENDGRID_TRACKING_WEBHOOK_VERIFICATION_KEY=sendgrid_verification_key(),
        BREVO_API_KEY="key",
    )
    checks = [
        mail_checks.webhooks_are_known,
        mail_checks.webhooks_have_a_secret,
        mail_checks.webhooks_can_be_opened,
        mail_checks.webhook_secret_is_one,
    ]
    assert [message for check in checks for message in check(None)] == []


def test_a_key_that_cannot_be_read_is_named(called):
    called("sendgrid", WEBHOOK_SECRET=SECRET, SENDGRID_TRACKING_WEBHOOK_VERIFICATION_KEY="no key")
    assert [message.id for message in mail_checks.webhooks_can_be_opened(None)] == ["portal.E018"]


@pytest.mark.parametrize(
    "secret", ["desk:short", "no-colon-in-all-of-this", ":cb63a7ce37e8e3f4c1d0b6a1", [SECRET, "a:b"]]
)
def test_a_secret_that_can_be_guessed_is_an_error(called, secret):
    called("postmark", WEBHOOK_SECRET=secret)
    assert [message.id for message in mail_checks.webhook_secret_is_one(None)] == ["portal.E019"]


def test_two_secrets_while_one_replaces_the_other_will_do(called):
    called("postmark", WEBHOOK_SECRET=[SECRET, f"{SECRET}0"])
    assert mail_checks.webhook_secret_is_one(None) == []
