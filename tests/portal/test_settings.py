"""The settings file as an operator meets it: run with an environment, and read afterwards."""

import re
import runpy
import stat
import subprocess
import sys
from email.header import decode_header, make_header
from email.utils import getaddresses
from itertools import pairwise
from multiprocessing.pool import ThreadPool
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage

from portal.environment import Environment, keep_secret
from tests.environment import ROOT, documented_names, without_settings


@pytest.fixture
def settings_with(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Calls with an environment answer what the settings file makes of it."""

    def read(**environment: str) -> dict[str, Any]:
        for name in documented_names():
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("DOTENV", "")
        monkeypatch.setenv("VAR_DIR", str(tmp_path / "var"))
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(ROOT / "portal" / "settings.py"))

    return read


PRODUCTION = {
    "SITE_URL": "https://support.example.com",
    "SECRET_KEY": "t0e6MaVqGq7n0oKx3vGm2mQm0r3p8yQ2tq5rJ7yT0dVbH1uJcZs",
    "DEFAULT_FROM_EMAIL": "Example Shop <support@example.com>",
    "EMAIL_URL": "smtp+tls://user:password@mail.example.com:587",
    "DATABASE_URL": "postgres://sportello:password@db.example.com:5432/sportello",
    "CELERY_BROKER_URL": "redis://queue.example.com:6379/0",
    "CACHE_URL": "redis://queue.example.com:6379/1",
    "PROXY_COUNT": "1",
}


def test_nothing_set_gives_sqlite_with_a_write_ahead_log_and_immediate_transactions(settings_with, tmp_path):
    database = settings_with()["DATABASES"]["default"]

    assert database["NAME"] == tmp_path / "var" / "sportello.sqlite3"
    assert database["OPTIONS"] == {
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
    }


def test_nothing_set_writes_mail_to_files(settings_with, tmp_path):
    settings = settings_with()

    assert settings["EMAIL_BACKEND"] == "django.core.mail.backends.filebased.EmailBackend"
    assert settings["EMAIL_FILE_PATH"] == tmp_path / "var" / "mail"


@pytest.mark.parametrize("name", ["Rossi, Bianchi & Co.", 'The "Good" Shop', "Caffè Nero"])
def test_mail_comes_from_the_shop_by_whatever_name(settings_with, name):
    sender = settings_with(SHOP_NAME=name, SITE_URL="https://shop.example")["DEFAULT_FROM_EMAIL"]

    message = EmailMessage("Subject", "Text", sender, ["alice@example.com"]).message()

    (address,) = getaddresses([str(make_header(decode_header(str(message["From"]))))])
    assert address == (name, "support@shop.example")


def test_nothing_set_still_refuses_debug_pages(settings_with):
    assert settings_with()["DEBUG"] is False


def test_an_https_address_turns_on_all_that_depends_on_it(settings_with):
    settings = settings_with(SITE_URL="https://support.example.com/")

    assert settings["SITE_URL"] == "https://support.example.com"
    assert settings["ALLOWED_HOSTS"] == ["support.example.com"]
    assert settings["SECURE_HSTS_SECONDS"] == 365 * 24 * 3600
    assert settings["ACCOUNT_DEFAULT_HTTP_PROTOCOL"] == "https"
    for name in ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "LANGUAGE_COOKIE_SECURE", "SECURE_SSL_REDIRECT"):
        assert settings[name] is True, name


def test_a_plain_http_address_asks_for_no_secure_cookies(settings_with):
    settings = settings_with(SITE_URL="http://127.0.0.1:8123")

    assert settings["SESSION_COOKIE_SECURE"] is False
    assert settings["SECURE_SSL_REDIRECT"] is False
    assert "127.0.0.1" in settings["ALLOWED_HOSTS"]


def test_forwarded_headers_are_believed_only_behind_a_proxy(settings_with):
    assert settings_with()["SECURE_PROXY_SSL_HEADER"] is None
    assert settings_with(PROXY_COUNT="1")["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")


def test_a_postgres_address_switches_the_database(settings_with):
    database = settings_with(DATABASE_URL=PRODUCTION["DATABASE_URL"])["DATABASES"]["default"]

    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert (database["HOST"], database["NAME"]) == ("db.example.com", "sportello")
    assert database["CONN_HEALTH_CHECKS"] is True
    assert "transaction_mode" not in database.get("OPTIONS", {})


def test_a_bucket_is_private_signed_by_the_current_method_and_never_overwrites(settings_with):
    storage = settings_with(STORAGE_URL="s3://files/desk", STORAGE_ACCESS_KEY="a", STORAGE_SECRET_KEY="b")["STORAGES"][
        "default"
    ]

    assert storage["BACKEND"] == "storages.backends.s3.S3Storage"
    options = storage["OPTIONS"]
    assert (options["bucket_name"], options["location"]) == ("files", "desk")
    assert options["signature_version"] == "s3v4"
    # Buckets of Amazon's refuse files that come with an ACL, unless somebody switched ACLs on.
    assert "default_acl" not in options
    assert options["file_overwrite"] is False
    assert options["querystring_auth"] is True


def test_files_on_disk_have_no_public_address(settings_with, tmp_path):
    options = settings_with()["STORAGES"]["default"]["OPTIONS"]

    assert options["location"] == tmp_path / "var" / "media"
    assert options["base_url"] is None


def test_a_mail_provider_gets_all_that_is_set_for_it(settings_with):
    settings = settings_with(
        EMAIL_BACKEND="anymail.backends.postmark.EmailBackend",
        ANYMAIL_POSTMARK_SERVER_TOKEN="token",
    )

    assert settings["EMAIL_BACKEND"] == "anymail.backends.postmark.EmailBackend"
    assert settings["ANYMAIL"]["POSTMARK_SERVER_TOKEN"] == "token"


def test_a_provider_is_waited_for_as_long_as_a_mail_server(settings_with):
    anymail = settings_with(EMAIL_TIMEOUT="7")["ANYMAIL"]

    assert anymail["REQUESTS_TIMEOUT"] == 7
    assert anymail["AMAZON_SES_CLIENT_PARAMS"]["config"] == {
        "connect_timeout": 7,
        "read_timeout": 7,
        "retries": {"total_max_attempts": 1},
    }


def test_what_is_set_for_a_provider_is_read_as_what_it_is(settings_with):
    anymail = settings_with(
        ANYMAIL_AMAZON_SES_CLIENT_PARAMS='{"endpoint_url": "https://ses.example.com"}',
        ANYMAIL_AMAZON_SES_AUTO_CONFIRM_SNS_SUBSCRIPTIONS="False",
        ANYMAIL_WEBHOOK_SECRET='["desk:new", "desk:old"]',
        ANYMAIL_BREVO_API_KEY="",
    )["ANYMAIL"]

    assert anymail["AMAZON_SES_CLIENT_PARAMS"].keys() == {"config", "endpoint_url"}
    assert anymail["AMAZON_SES_AUTO_CONFIRM_SNS_SUBSCRIPTIONS"] is False
    assert anymail["WEBHOOK_SECRET"] == ["desk:new", "desk:old"]
    assert "BREVO_API_KEY" not in anymail


def test_an_smtp_address_becomes_djangos_mail_settings(settings_with):
    settings = settings_with(EMAIL_URL=PRODUCTION["EMAIL_URL"])

    assert settings["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend"
    assert (settings["EMAIL_HOST"], settings["EMAIL_PORT"]) == ("mail.example.com", 587)
    assert (settings["EMAIL_HOST_USER"], settings["EMAIL_HOST_PASSWORD"]) == ("user", "password")
    assert (settings["EMAIL_USE_TLS"], settings["EMAIL_USE_SSL"]) == (True, False)


def test_mailboxes_to_look_into_are_named_by_their_variables(settings_with):
    mailboxes = settings_with(
        IMAP_SUPPORT="imaps://ada%40example.com:p%2Fw@imap.example.com/INBOX/Support?done=Read%20mail",
        IMAP_RETURNS="imap+tls://returns:secret@127.0.0.1:1143",
    )["IMAP_MAILBOXES"]

    assert mailboxes["support"] == {
        "scheme": "imaps",
        "host": "imap.example.com",
        "port": 993,
        "user": "ada@example.com",
        "password": "p/w",
        "folder": "INBOX/Support",
        "done": "Read mail",
    }
    assert (mailboxes["returns"]["port"], mailboxes["returns"]["folder"], mailboxes["returns"]["done"]) == (
        1143,
        "INBOX",
        "",
    )


def test_secrets_may_come_from_files(settings_with, tmp_path):
    (tmp_path / "key").write_text("from a file\n")

    settings = settings_with(SECRET_KEY_FILE=str(tmp_path / "key"))

    assert settings["SECRET_KEY"] == "from a file"
    assert settings["SECRET_KEY_IS_OURS"] is False


def test_a_secret_is_made_up_once_and_kept_for_this_user_only(settings_with, tmp_path):
    first = settings_with()["SECRET_KEY"]

    assert len(first) >= 50
    assert settings_with()["SECRET_KEY"] == first
    assert stat.S_IMODE((tmp_path / "var" / "secret_key").stat().st_mode) == 0o600


def test_processes_that_start_together_agree_on_the_secret(tmp_path):
    with ThreadPool(8) as pool:
        secrets = pool.map(lambda _: keep_secret(tmp_path / "secret_key"), range(64))

    assert len(set(secrets)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_a_dotenv_file_is_read_and_the_environment_wins(monkeypatch, tmp_path):
    (tmp_path / ".env").write_text("SHOP_NAME=From the file\nLOG_LEVEL=ERROR\n")
    monkeypatch.delenv("SHOP_NAME", raising=False)
    monkeypatch.setenv("LOG_LEVEL", "WARNING")

    env = Environment(tmp_path / ".env")

    assert env.text("SHOP_NAME") == "From the file"
    assert env.text("LOG_LEVEL") == "WARNING"
    monkeypatch.delenv("SHOP_NAME")


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("DEBUG", "perhaps", "DEBUG must be true or false, not 'perhaps'."),
        ("PROXY_COUNT", "one", "PROXY_COUNT must be a whole number of 0 or more, not 'one'."),
        ("PROXY_COUNT", "-1", "PROXY_COUNT must be a whole number of 0 or more, not '-1'."),
        ("ATTACHMENT_MAX_FILE_MB", "0", "ATTACHMENT_MAX_FILE_MB must be a whole number of 1 or more, not '0'."),
        ("ATTACHMENT_MAX_FILES", "²", "ATTACHMENT_MAX_FILES must be a whole number of 0 or more, not '²'."),
        ("LOG_FORMAT", "xml", "LOG_FORMAT must be one of json, plain, not 'xml'."),
        (
            "SITE_URL",
            "support.example.com",
            "SITE_URL must look like https://support.example.com, not 'support.example.com'.",
        ),
        (
            "SITE_URL",
            "https://example.com/support",
            "SITE_URL must look like https://support.example.com, not 'https://example.com/support'.",
        ),
        ("VAR_DIR", "var", "VAR_DIR must be an absolute path, not 'var'."),
        (
            "DATABASE_URL",
            "mysql://root:hunter2@db/desk",
            "DATABASE_URL must be an address that begins with one of sqlite://, postgres://, postgresql://.",
        ),
        ("DATABASE_URL", "postgres://desk:hunter2@db:port/desk", "DATABASE_URL is not an address that can be read."),
        (
            "CELERY_BROKER_URL",
            "localhost:6379",
            "CELERY_BROKER_URL must be an address that begins with one of filesystem://, redis://, rediss://, amqp://, "
            "amqps://, memory://.",
        ),
        (
            "IMAP_SUPPORT",
            "pop3://a:b@c",
            "IMAP_SUPPORT must be an address that begins with one of imaps://, imap+tls://, imap://.",
        ),
        (
            "IMAP_SUPPORT",
            "imaps://imap.example.com/",
            "IMAP_SUPPORT must name a host, a user and a password: imaps://user:password@host/.",
        ),
        ("STORAGE_URL", "gs://files", "STORAGE_URL must be an address that begins with one of s3://."),
        (
            "CACHE_URL",
            "memcached",
            "CACHE_URL must be an address that begins with one of redis://, rediss://, locmemcache://, filecache://.",
        ),
        (
            "ANYMAIL_WEBHOOK_SECRET",
            "{hunter2",
            "ANYMAIL_WEBHOOK_SECRET begins like JSON and cannot be read as that.",
        ),
    ],
)
def test_nonsense_stops_the_start_with_one_line_that_names_it(settings_with, name, value, complaint):
    with pytest.raises(ImproperlyConfigured) as refused:
        settings_with(**{name: value})

    assert str(refused.value) == complaint


def test_a_secret_file_that_is_not_there_stops_the_start(settings_with, tmp_path):
    with pytest.raises(ImproperlyConfigured, match=r"SECRET_KEY_FILE cannot be read: .*No such file"):
        settings_with(SECRET_KEY_FILE=str(tmp_path / "nowhere"))


def test_manage_py_says_what_is_wrong_without_a_traceback():
    run = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env={**without_settings(), "DEBUG": "perhaps"},
        capture_output=True,
        text=True,
    )

    assert run.returncode == 1
    assert run.stderr == "The settings cannot be used: DEBUG must be true or false, not 'perhaps'.\n"


def test_every_variable_that_is_read_is_explained_in_the_example():
    source = (ROOT / "portal" / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r'env\.(?!storage|prefixed|mailboxes)\w+\(\s*"([A-Z_]+)"', source))

    assert len(read) >= 20
    assert read - documented_names() == set()


def test_every_line_of_the_example_is_explained_above_it():
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    unexplained = [
        line for above, line in pairwise(lines) if re.match(r"#[A-Z_]+=", line) and not above.startswith("# ")
    ]

    assert unexplained == []


@pytest.mark.parametrize("name", ["script-src", "style-src", "img-src", "font-src", "connect-src"])
def test_pages_may_load_from_nowhere_else(settings, name):
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]

    assert directives.get(name, directives["default-src"]) == ["'self'"]


@pytest.mark.processes
def test_production_settings_pass_djangos_and_our_own_checks(tmp_path):
    """As an operator would: collect the static files, then ask."""
    environment = {**without_settings(), **PRODUCTION, "VAR_DIR": str(tmp_path)}
    manage = [sys.executable, "manage.py"]
    subprocess.run([*manage, "collectstatic", "--noinput"], cwd=ROOT, env=environment, check=True, capture_output=True)

    run = subprocess.run(
        [*manage, "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )

    assert (run.stderr, run.returncode) == ("", 0)
