"""What is left when the cache is away. Port 9 is "discard", which nothing here listens on."""

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import caches
from django.urls import reverse
from redis.exceptions import RedisError

from portal import cache as module
from portal.environment import Environment

AWAY = {"BACKEND": "portal.cache.ForgivingRedisCache", "LOCATION": "redis://127.0.0.1:9/1"}


@pytest.fixture
def away(settings):
    settings.CACHES = {"default": AWAY}
    return caches["default"]


@pytest.fixture
def present(settings, redis_url):
    settings.CACHES = {"default": {**AWAY, "LOCATION": redis_url}}
    return caches["default"]


def test_an_address_of_redis_asks_for_the_cache_that_forgives(monkeypatch, tmp_path):
    monkeypatch.setenv("CACHE_URL", "redis://queue.example.com:6379/1?socket_timeout=3")

    assert Environment().cache("CACHE_URL", default=tmp_path) == {
        "BACKEND": "portal.cache.ForgivingRedisCache",
        "LOCATION": "redis://queue.example.com:6379/1",
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 3},
    }


def test_it_is_a_cache_like_any_other_while_the_server_is_there(present):
    assert present.add("attempts", 0) is True
    assert present.add("attempts", 0) is False
    assert (present.incr("attempts"), present.get("attempts"), present.delete("attempts")) == (1, 1, True)


def test_it_is_empty_while_the_server_is_away(away):
    away.set_many({"attempts": 1})

    # Whoever asks to be the first is: a lock that nobody could take would keep everybody waiting.
    assert (away.add("lock", 1), away.get("attempts", 7), away.has_key("attempts")) == (True, 7, False)
    with pytest.raises(ValueError, match="attempts"):
        away.incr("attempts")


def test_a_server_that_failed_is_not_asked_again_for_a_while(away, monkeypatch):
    asked = []

    def refuse(self, key):
        asked.append(key)
        raise RedisError

    monkeypatch.setattr(module.RedisCache, "get", refuse)

    for key in "abc":
        away.get(key)

    assert asked == ["a"]


def test_a_server_that_failed_is_asked_again_after_a_while(away, monkeypatch):
    monkeypatch.setattr(module, "PAUSE", 0)
    away.get("attempts")
    monkeypatch.setattr(module.RedisCache, "get", lambda self, key: "back")

    assert away.get("attempts") == "back"


def test_each_pause_begins_with_a_line_in_the_log_that_tells_no_secrets(away, caplog):
    for key in "abc":
        away.get(key)

    (line,) = caplog.records
    assert line.levelname == "WARNING"
    assert "cache does not answer" in line.getMessage()
    assert "127.0.0.1" not in line.getMessage()


def test_people_sign_in_by_password_while_it_is_away(away, alice, client):
    alice.user.set_password("correct horse")
    alice.user.save()
    EmailAddress.objects.create(user=alice.user, email=alice.email, verified=True, primary=True)

    given = {"login": alice.email, "how": "password", "password": "correct horse"}
    response = client.post(reverse("account_login"), given)

    assert (response.status_code, client.session["_auth_user_id"]) == (302, str(alice.user.pk))


def test_a_wrong_password_is_still_answered_with_the_form(away, alice, client):
    given = {"login": alice.email, "how": "password", "password": "battery staple"}

    assert client.post(reverse("account_login"), given).status_code == 200


def test_people_get_a_code_while_it_is_away(away, alice, client):
    EmailAddress.objects.create(user=alice.user, email=alice.email, verified=True, primary=True)

    response = client.post(reverse("account_login"), {"login": alice.email, "how": "code"})

    assert (response.status_code, response.url) == (302, reverse("account_confirm_login_code"))


def test_people_may_ask_whether_a_mail_is_ours_while_it_is_away(away, db, client):
    assert client.post(reverse("verify:check"), {"code": "7XKD-2M4Q"}).status_code == 200
