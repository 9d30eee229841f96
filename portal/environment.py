"""Typed readers of the process environment: a value that makes no sense stops the start with one line that names it."""

import os
import re
import secrets
import zoneinfo
from collections.abc import Sequence
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off"}

IMAP_PORTS = {"imaps": 993, "imap+tls": 143, "imap": 143}


class Environment:
    """What the operator set: in the environment, in ``.env``, or in a file that ``NAME_FILE`` names, in this order.

    An empty value counts as not set, so that a line of ``.env.example`` may be copied and left blank.
    """

    def __init__(self, dotenv: Path | None = None) -> None:
        if dotenv and dotenv.is_file():
            environ.Env.read_env(dotenv)

    def text(self, name: str, *, default: str | None = None) -> str:
        value = os.environ.get(name) or self._from_file(name)
        if value:
            return value
        if default is None:
            raise ImproperlyConfigured(f"{name} is not set, and there is no default for it.")
        return default

    def flag(self, name: str, *, default: bool) -> bool:
        value = self.text(name, default="").lower()
        if not value:
            return default
        if value not in TRUE | FALSE:
            raise ImproperlyConfigured(f"{name} must be true or false, not {value!r}.")
        return value in TRUE

    def number(self, name: str, *, default: int, minimum: int) -> int:
        value = self.text(name, default="")
        if not value:
            return default
        if not re.fullmatch(r"[0-9]{1,12}", value) or int(value) < minimum:
            raise ImproperlyConfigured(f"{name} must be a whole number of {minimum} or more, not {value!r}.")
        return int(value)

    def several(self, name: str, *, default: list[str]) -> list[str]:
        """Values separated by commas."""
        value = self.text(name, default="")
        return [part.strip() for part in value.split(",") if part.strip()] if value else default

    def choice(self, name: str, choices: Sequence[str], *, default: str) -> str:
        value = self.text(name, default=default)
        if value not in choices:
            raise ImproperlyConfigured(f"{name} must be one of {', '.join(choices)}, not {value!r}.")
        return value

    def time_zone(self, name: str, *, default: str) -> str:
        value = self.text(name, default=default)
        if value not in zoneinfo.available_timezones():
            raise ImproperlyConfigured(f"{name} must be a time zone such as Europe/Rome, not {value!r}.")
        return value

    def folder(self, name: str, default: Path) -> Path:
        value = self.text(name, default="")
        if value and not Path(value).is_absolute():
            raise ImproperlyConfigured(f"{name} must be an absolute path, not {value!r}.")
        return Path(value) if value else default

    def web_address(self, name: str, *, default: str) -> str:
        """Scheme and host, without a path or a slash at the end."""
        value = self.text(name, default=default)
        if not re.fullmatch(r"https?://[^/\s?#@]+", value.rstrip("/")):
            raise ImproperlyConfigured(f"{name} must look like https://support.example.com, not {value!r}.")
        return value.rstrip("/")

    def prefixed(self, prefix: str) -> dict[str, str]:
        """Everything set under a prefix, by the rest of its name."""
        names = {name.removesuffix("_FILE") for name in os.environ if name.startswith(prefix)}
        return {name.removeprefix(prefix): self.text(name, default="") for name in sorted(names)}

    def database(self, name: str, *, default: Path) -> dict[str, Any]:
        """Django's description of a database, from its address; a file of SQLite's where none is set."""
        value = self.text(name, default="")
        if not value:
            return {"ENGINE": "django.db.backends.sqlite3", "NAME": default}
        scheme = self._scheme(name, value, ["sqlite", "postgres", "postgresql"])
        if scheme != "sqlite":
            self._need(name, "psycopg")
        return dict(self._parsed(name, environ.Env.db_url_config, value))

    def cache(self, name: str, *, default: Path) -> dict[str, Any]:
        """Django's description of a cache; files in a folder where none is set."""
        value = self.text(name, default="")
        if not value:
            return {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": default}
        scheme = self._scheme(name, value, ["redis", "rediss", "locmemcache", "filecache"])
        found = dict(self._parsed(name, environ.Env.cache_url_config, value))
        if scheme.startswith("redis"):
            self._need(name, "redis")
            # A visitor is waiting. By itself the library would wait as long as the network does.
            patience = {"socket_connect_timeout": 1, "socket_timeout": 1}
            found["BACKEND"] = "portal.cache.ForgivingRedisCache"
            found["OPTIONS"] = {**patience, **found.get("OPTIONS", {})}
        return found

    def mail(self, name: str, *, default: Path) -> dict[str, Any]:
        """Django's ``EMAIL_`` settings; files in a folder where none is set."""
        value = self.text(name, default="")
        if not value:
            return {"EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend", "EMAIL_FILE_PATH": default}
        self._scheme(name, value, list(environ.Env.EMAIL_SCHEMES))
        return dict(self._parsed(name, environ.Env.email_url_config, value))

    def mailboxes(self, prefix: str) -> dict[str, dict[str, Any]]:
        """IMAP mailboxes, each from an address like ``imaps://user:password@host/folder?done=folder``, by the rest of the
        variable's name in lower case.
        """
        return {
            name.lower(): self._mailbox(f"{prefix}{name}", value)
            for name, value in self.prefixed(prefix).items()
            if value
        }

    def _mailbox(self, name: str, value: str) -> dict[str, Any]:
        scheme = self._scheme(name, value, list(IMAP_PORTS))
        try:
            address, port = urlsplit(value), urlsplit(value).port
        except ValueError:
            raise ImproperlyConfigured(f"{name} is not an address that can be read.") from None
        if not (address.hostname and address.username and address.password):
            raise ImproperlyConfigured(
                f"{name} must name a host, a user and a password: {scheme}://user:password@host/."
            )
        return {
            "scheme": scheme,
            "host": address.hostname,
            "port": port or IMAP_PORTS[scheme],
            "user": unquote(address.username),
            "password": unquote(address.password),
            "folder": unquote(address.path.strip("/")) or "INBOX",
            "done": parse_qs(address.query).get("done", [""])[0],
        }

    def broker(self, name: str, *, default: str) -> str:
        value = self.text(name, default=default)
        scheme = self._scheme(name, value, ["filesystem", "redis", "rediss", "amqp", "amqps", "memory"])
        if scheme.startswith("redis"):
            self._need(name, "redis")
        return value

    def storage(self, prefix: str, *, folder: Path) -> dict[str, Any]:
        """Where customers' files are kept: a folder, or a bucket of anything that speaks S3.

        In both they are private: they leave through a view that asks for rights, never by an address of their own.
        """
        name = f"{prefix}URL"
        value = self.text(name, default="")
        if not value:
            options: dict[str, Any] = {"location": folder, "base_url": None, "file_permissions_mode": 0o600}
            return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}
        self._scheme(name, value, ["s3"])
        self._need(name, "boto3")
        address = urlsplit(value)
        options = {
            "bucket_name": address.hostname,
            "location": address.path.strip("/"),
            "region_name": self.text(f"{prefix}REGION", default="") or None,
            "endpoint_url": self.text(f"{prefix}ENDPOINT_URL", default="") or None,
            # Without a key of our own, the machine's role is asked.
            "access_key": self.text(f"{prefix}ACCESS_KEY", default="") or None,
            "secret_key": self.text(f"{prefix}SECRET_KEY", default="") or None,
            # Left to itself the library signs by a method that newer regions refuse.
            "signature_version": "s3v4",
            # No default_acl: objects are private anyway, and new buckets of Amazon's refuse whoever mentions an ACL.
            "file_overwrite": False,
            "querystring_auth": True,
            "querystring_expire": 300,
        }
        return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}

    def _from_file(self, name: str) -> str:
        path = os.environ.get(f"{name}_FILE")
        if not path:
            return ""
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ImproperlyConfigured(f"{name}_FILE cannot be read: {error}") from None

    @staticmethod
    def _scheme(name: str, value: str, allowed: Sequence[str]) -> str:
        scheme = value.partition("://")[0] if "://" in value else ""
        if scheme not in allowed:
            # Not the value itself: it may hold a password, and this line ends in a log.
            raise ImproperlyConfigured(f"{name} must be an address that begins with one of {'://, '.join(allowed)}://.")
        return scheme

    @staticmethod
    def _parsed(name: str, parse: Any, value: str) -> Any:
        try:
            return parse(value)
        except (ValueError, ImproperlyConfigured):
            raise ImproperlyConfigured(f"{name} is not an address that can be read.") from None

    @staticmethod
    def _need(name: str, module: str) -> None:
        if find_spec(module) is None:
            raise ImproperlyConfigured(f"{name} needs the package {module}: install requirements-production.txt.")


def keep_secret(path: Path) -> str:
    """A random secret: made on the first call, read from ``path`` ever after."""
    if not path.exists():
        draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(50))
        # Web, worker and beat start together. A link, unlike a rename, never replaces what another has just put there,
        # and nobody ever reads half of it.
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text(encoding="ascii")
