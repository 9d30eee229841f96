import os

import pytest

from portal import checks


@pytest.fixture
def production(settings, monkeypatch):
    """What every check is content with, for a test to spoil one thing of."""
    settings.SITE_URL = "https://support.example.com"
    settings.PROXY_COUNT = 1
    settings.SECRET_KEY_IS_OURS = False
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.DEFAULT_FROM_EMAIL = "Shop <support@example.com>"
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:6379/0"
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache"}}
    monkeypatch.setattr(checks, "on_one_machine", lambda: False)
    settings.STATIC_MANIFEST = False
    return settings


def ids(messages):
    return [message.id for message in messages]


DEPLOYED = [
    checks.site_is_https,
    checks.proxies_are_counted,
    checks.secret_is_chosen,
    checks.mail_goes_out,
    checks.mail_has_a_sender,
    checks.broker_is_shared,
    checks.limits_are_counted_together,
    checks.static_files_are_collected,
]


@pytest.mark.parametrize("check", DEPLOYED, ids=lambda check: check.__name__)
def test_production_settings_give_no_complaint(production, check):
    assert check(None) == []


def test_it_refuses_a_site_without_https(production):
    production.SITE_URL = "http://support.example.com"

    assert ids(checks.site_is_https(None)) == ["portal.E004"]


def test_it_warns_of_https_that_no_proxy_is_believed_about(production):
    production.PROXY_COUNT = 0

    assert ids(checks.proxies_are_counted(None)) == ["portal.W012"]


def test_plain_http_needs_no_proxy(production):
    production.SITE_URL, production.PROXY_COUNT = "http://127.0.0.1:8000", 0

    assert checks.proxies_are_counted(None) == []


def test_it_warns_of_a_secret_that_was_made_up_here(production):
    production.SECRET_KEY_IS_OURS = True

    assert ids(checks.secret_is_chosen(None)) == ["portal.W005"]


@pytest.mark.parametrize("backend", sorted(checks.MAIL_GOES_NOWHERE))
def test_it_refuses_mail_that_reaches_nobody(production, backend):
    production.EMAIL_BACKEND = backend

    assert ids(checks.mail_goes_out(None)) == ["portal.E006"]


@pytest.mark.parametrize("sender", ["Shop <support@localhost>", "Shop <support@127.0.0.1>", "Shop", ""])
def test_it_refuses_a_sender_nobody_can_answer(production, sender):
    production.DEFAULT_FROM_EMAIL = sender

    assert ids(checks.mail_has_a_sender(None)) == ["portal.E007"]


def test_it_refuses_a_queue_in_memory(production):
    production.CELERY_BROKER_URL = "memory://"

    assert ids(checks.broker_is_shared(None)) == ["portal.E008"]


def test_it_warns_of_a_queue_in_a_folder_beside_a_database_server(production):
    production.CELERY_BROKER_URL = "filesystem://"

    assert ids(checks.broker_is_shared(None)) == ["portal.W009"]


def test_a_queue_in_a_folder_is_right_beside_sqlite(production, monkeypatch):
    production.CELERY_BROKER_URL = "filesystem://"
    monkeypatch.setattr(checks, "on_one_machine", lambda: True)

    assert checks.broker_is_shared(None) == []


def test_it_warns_of_attempts_counted_on_each_machine_by_itself(production):
    production.CACHES = {"default": {"BACKEND": checks.FILE_CACHE}}

    assert ids(checks.limits_are_counted_together(None)) == ["portal.W010"]


def test_it_refuses_static_files_that_were_not_collected(production, tmp_path):
    production.STATIC_MANIFEST = True
    production.STATIC_ROOT = tmp_path

    assert ids(checks.static_files_are_collected(None)) == ["portal.E011"]


def test_collected_static_files_are_found(production, tmp_path):
    production.STATIC_MANIFEST = True
    production.STATIC_ROOT = tmp_path
    (tmp_path / "staticfiles.json").write_text("{}")

    assert checks.static_files_are_collected(None) == []


def test_it_refuses_a_file_limit_above_the_limit_for_all_files(settings):
    settings.ATTACHMENT_LIMITS = {"max_files": 3, "max_file_bytes": 11, "max_total_bytes": 10}

    assert ids(checks.limits_make_sense(None)) == ["portal.E002"]


def test_one_file_may_be_as_large_as_all_together(settings):
    settings.ATTACHMENT_LIMITS = {"max_files": 3, "max_file_bytes": 10, "max_total_bytes": 10}

    assert checks.limits_make_sense(None) == []


def test_it_refuses_an_sqlite_that_cannot_search(monkeypatch):
    monkeypatch.setattr(checks, "on_one_machine", lambda: True)
    monkeypatch.setattr(checks, "has_fts5", lambda: False)

    assert ids(checks.sqlite_can_search(None)) == ["portal.E001"]


def test_a_database_server_needs_no_sqlite_that_can_search(monkeypatch):
    monkeypatch.setattr(checks, "on_one_machine", lambda: False)
    monkeypatch.setattr(checks, "has_fts5", lambda: False)

    assert checks.sqlite_can_search(None) == []


def test_the_python_that_runs_the_tests_can_search():
    assert checks.has_fts5()


@pytest.fixture
def catalogue(settings, tmp_path):
    source = tmp_path / "it" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text("")
    settings.LOCALE_PATHS = [tmp_path]
    return source


def test_it_warns_of_a_catalogue_that_was_never_compiled(catalogue):
    assert ids(checks.catalogues_are_compiled(None)) == ["portal.W003"]


def test_it_warns_of_a_catalogue_changed_since_it_was_compiled(catalogue):
    compiled = catalogue.with_suffix(".mo")
    compiled.write_bytes(b"")
    os.utime(compiled, (0, 0))

    assert ids(checks.catalogues_are_compiled(None)) == ["portal.W003"]


def test_a_compiled_catalogue_is_silent(catalogue):
    catalogue.with_suffix(".mo").write_bytes(b"")

    assert checks.catalogues_are_compiled(None) == []


def test_every_complaint_has_a_hint_and_an_id_of_its_own(production, catalogue, monkeypatch, tmp_path):
    """Spoils everything at once, and looks at all that is said."""
    production.SITE_URL = "http://support.example.com"
    production.SECRET_KEY_IS_OURS = True
    production.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    production.DEFAULT_FROM_EMAIL = ""
    production.CELERY_BROKER_URL = "filesystem://"
    production.CACHES = {"default": {"BACKEND": checks.FILE_CACHE}}
    production.STATIC_MANIFEST, production.STATIC_ROOT = True, tmp_path
    production.ATTACHMENT_LIMITS = {"max_files": 3, "max_file_bytes": 11, "max_total_bytes": 10}

    said = [
        message
        for check in [*DEPLOYED, checks.limits_make_sense, checks.catalogues_are_compiled]
        for message in check(None)
    ]

    assert len(said) == 9
    assert len(set(ids(said))) == 9
    assert [message.id for message in said if not message.hint] == []
