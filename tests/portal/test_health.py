import pytest
from django.conf import settings as live_settings
from django.db import DatabaseError
from django.urls import reverse
from kombu.exceptions import OperationalError

from portal import health
from portal.celery import app

ALL_WELL = {"database": "ok", "migrations": "ok", "broker": "ok", "cache": "ok", "storage": "ok"}


def test_healthz_answers_without_asking_the_database(client):
    response = client.get("/healthz")

    assert (response.status_code, response.content) == (200, b"ok")


@pytest.mark.django_db
def test_readyz_is_content_when_everything_answers(client):
    response = client.get("/readyz")

    assert (response.status_code, response.json()) == (200, ALL_WELL)


@pytest.mark.django_db
@pytest.mark.parametrize("part", sorted(ALL_WELL))
def test_readyz_names_the_part_that_fails_and_not_why(client, monkeypatch, part):
    def fail():
        raise DatabaseError("password=hunter2")

    monkeypatch.setitem(health.PROBES, part, fail)

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json() == {**ALL_WELL, part: "failed"}


@pytest.mark.django_db
def test_readyz_notices_a_migration_that_is_waiting(client, monkeypatch):
    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda self, targets: [("tickets.0002", False)])

    assert client.get("/readyz").json()["migrations"] == "failed"


def test_the_broker_probe_notices_a_server_that_is_not_there(monkeypatch):
    # Port 9 is "discard", which nothing here listens on.
    monkeypatch.setattr(app.conf, "broker_write_url", "redis://127.0.0.1:9/0")

    with pytest.raises(OperationalError, match=r"127\.0\.0\.1:9"):
        health.broker_answers()


def test_the_cache_probe_notices_a_server_that_is_not_there(settings):
    settings.CACHES = {"default": {"BACKEND": "portal.cache.ForgivingRedisCache", "LOCATION": "redis://127.0.0.1:9/1"}}

    with pytest.raises(health.NotReadyError, match="CACHE_URL"):
        health.cache_remembers()


def test_the_storage_probe_leaves_nothing_behind(settings, tmp_path):
    settings.STORAGES = {
        **live_settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}},
    }

    health.storage_takes_files()

    assert list(tmp_path.iterdir()) == []


def test_the_storage_probe_notices_a_place_that_takes_no_files(settings, tmp_path):
    (tmp_path / "file").write_text("in the way")
    settings.STORAGES = {
        **live_settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "file" / "folder"},
        },
    }

    with pytest.raises(OSError, match="file"):
        health.storage_takes_files()


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probes_are_not_sent_away_to_https(client, settings, db, path):
    settings.SECURE_SSL_REDIRECT = True

    assert client.get(path).status_code == 200


def test_probes_are_never_kept_in_a_cache(client):
    assert "no-store" in client.get("/healthz").headers["Cache-Control"]


def test_everything_else_asks_for_a_sign_in(client, db):
    response = client.get("/admin/")

    assert response.status_code == 302
    assert "login" in response.url


@pytest.mark.parametrize(
    "name", ["account_login", "account_signup", "account_request_login_code", "account_reset_password"]
)
def test_the_way_in_is_open_to_everybody(client, db, name):
    assert client.get(reverse(name)).status_code == 200
