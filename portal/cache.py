"""A cache that may be away. Ours counts attempts, and nobody is kept out because the counting has stopped."""

import time
from functools import partialmethod
from typing import Any, Final

import structlog
from django.core.cache.backends.dummy import DummyCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

PAUSE: Final = 10
"""Seconds in which a server that failed is not asked: one sign-in asks several times, and may wait for each answer."""


class ForgivingRedisCache(RedisCache):
    """Redis; while it is away, a cache that is always empty. Limits then stop nobody, and each pause begins with a warning.

    Raises nothing of Redis's own. Whether it is there, only a value that comes back tells.
    """

    def __init__(self, server: str | list[str], params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._empty = DummyCache("", params)
        self._away_until = 0.0

    def _ask(self, method: str, *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() >= self._away_until:
            try:
                return getattr(super(), method)(*args, **kwargs)
            except RedisError as error:
                # Not its text, which may name the server's password.
                log.warning("cache does not answer", error=type(error).__name__)
                self._away_until = time.monotonic() + PAUSE
        return getattr(self._empty, method)(*args, **kwargs)

    # All that RedisCache does by a server; what else a cache can do is made of these.
    add = partialmethod(_ask, "add")
    get = partialmethod(_ask, "get")
    set = partialmethod(_ask, "set")
    touch = partialmethod(_ask, "touch")
    delete = partialmethod(_ask, "delete")
    get_many = partialmethod(_ask, "get_many")
    has_key = partialmethod(_ask, "has_key")
    incr = partialmethod(_ask, "incr")
    set_many = partialmethod(_ask, "set_many")
    delete_many = partialmethod(_ask, "delete_many")
    clear = partialmethod(_ask, "clear")
