"""Which servers and programs the tests find on this machine. Nothing here starts any."""

import os
import shutil
from functools import cache

POSTGRES_URL = os.environ.get("TEST_POSTGRES_URL") or "postgres://postgres@127.0.0.1:5432/postgres"
REDIS_URL = os.environ.get("TEST_REDIS_URL") or "redis://127.0.0.1:6379"

# Continuous integration has them all, and must notice when it has not.
REQUIRED = os.environ.get("REQUIRE_SERVICES") == "1"


@cache
def postgres_answers() -> bool:
    import psycopg

    try:
        with psycopg.connect(POSTGRES_URL, connect_timeout=3):
            return True
    except psycopg.OperationalError:
        return False


@cache
def redis_answers() -> bool:
    import redis

    try:
        return bool(redis.Redis.from_url(REDIS_URL, socket_connect_timeout=3).ping())
    except redis.RedisError:
        return False


@cache
def dovecot_path() -> str | None:
    """Administrators' programs are not always on the path."""
    return shutil.which("dovecot", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")


@cache
def chromium_path() -> str | None:
    """The path of a Chromium that this machine has; Playwright's own is not asked for."""
    names = [os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"]
    return next((found for name in names if name and (found := shutil.which(name))), None)
