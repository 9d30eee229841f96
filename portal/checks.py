"""What the settings must be together. Each check names one thing that would go wrong later and less clearly.

Checks marked ``deploy`` run with ``manage.py check --deploy``: they are about service for real customers.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004  (Django's name)

Apps = Sequence[AppConfig] | None

# Backends that keep mail to themselves.
MAIL_GOES_NOWHERE = {
    "django.core.mail.backends.console.EmailBackend",
    "django.core.mail.backends.filebased.EmailBackend",
    "django.core.mail.backends.locmem.EmailBackend",
    "django.core.mail.backends.dummy.EmailBackend",
}
FILE_CACHE = "django.core.cache.backends.filebased.FileBasedCache"


def on_one_machine() -> bool:
    """SQLite's file ties everything to the machine it lies on; a database server invites more of them."""
    return settings.DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3"


# --- Always -----------------------------------------------------------------------------------------------------------


# A property of the build and not of the file, so it is no "database" check: those run only where they are asked for.
@register(Tags.compatibility)
def sqlite_can_search(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    if not on_one_machine() or has_fts5():
        return []
    return [
        Error(
            "This Python's SQLite was built without FTS5, which search needs.",
            hint="Use another build of Python, or PostgreSQL through DATABASE_URL.",
            id="portal.E001",
        )
    ]


def has_fts5() -> bool:
    with closing(sqlite3.connect(":memory:")) as database:
        return ("ENABLE_FTS5",) in database.execute("PRAGMA compile_options").fetchall()


@register(Tags.compatibility)
def limits_make_sense(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    limits = settings.ATTACHMENT_LIMITS
    if limits["max_file_bytes"] <= limits["max_total_bytes"]:
        return []
    return [
        Error(
            "A single file may be larger than all files of a message together.",
            hint="Set ATTACHMENT_MAX_TOTAL_MB to at least ATTACHMENT_MAX_FILE_MB.",
            id="portal.E002",
        )
    ]


@register(Tags.translation)
def catalogues_are_compiled(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    stale = [
        source
        for folder in settings.LOCALE_PATHS
        for source in sorted(Path(folder).glob("*/LC_MESSAGES/*.po"))
        if not is_compiled(source)
    ]
    return [
        Warning(
            f"The {source.parent.parent.name} catalogue {source.name} is not compiled, or was changed since.",
            hint="Run `make compile` (manage.py compile_catalogues).",
            id="portal.W003",
        )
        for source in stale
    ]


def is_compiled(source: Path) -> bool:
    compiled = source.with_suffix(".mo")
    return compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime


# --- Before real customers --------------------------------------------------------------------------------------------


@register(Tags.security, deploy=True)
def site_is_https(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    if settings.SITE_URL.startswith("https://"):
        return []
    return [
        Error(
            "The portal is not reached over https, so passwords and complaints travel in the open.",
            hint="Set SITE_URL=https://… to the address people type; cookies, redirects and links follow it.",
            id="portal.E004",
        )
    ]


@register(Tags.security, deploy=True)
def proxies_are_counted(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    if not settings.SITE_URL.startswith("https://") or settings.PROXY_COUNT:
        return []
    return [
        Warning(
            "The site is https, and no proxy is believed: behind one that ends https, every page redirects to itself.",
            hint="Set PROXY_COUNT to the number of proxies that set X-Forwarded-For and X-Forwarded-Proto, mostly 1.",
            id="portal.W012",
        )
    ]


@register(Tags.security, deploy=True)
def secret_is_chosen(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    if not settings.SECRET_KEY_IS_OURS:
        return []
    return [
        Warning(
            "The secret key was made up on this machine.",
            hint="Set SECRET_KEY or SECRET_KEY_FILE, the same for every process on every machine, and keep a copy: "
            "without it, signed links in mail that was already sent stop working.",
            id="portal.W005",
        )
    ]


@register(deploy=True)
def mail_goes_out(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    if settings.EMAIL_BACKEND not in MAIL_GOES_NOWHERE:
        return []
    return [
        Error(
            "Mail to customers is not sent to them.",
            hint="Set EMAIL_URL=smtp+tls://user:password@host:587, or EMAIL_BACKEND=anymail.backends.…",
            id="portal.E006",
        )
    ]


@register(deploy=True)
def mail_has_a_sender(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    _name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    domain = address.rpartition("@")[2]
    if "." in domain and not domain.replace(".", "").isdigit():
        return []
    return [
        Error(
            f"Mail would be sent from {address!r}, which nobody can answer.",
            hint="Set DEFAULT_FROM_EMAIL, for example to 'Your shop <support@example.com>'.",
            id="portal.E007",
        )
    ]


@register(deploy=True)
def broker_is_shared(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    scheme = urlsplit(settings.CELERY_BROKER_URL).scheme
    if scheme == "memory":
        return [
            Error(
                "The task queue lies in the memory of each process, so no worker ever sees a task.",
                hint="Set CELERY_BROKER_URL=redis://… or amqp://…, or leave it out to use a folder.",
                id="portal.E008",
            )
        ]
    if scheme == "filesystem" and not on_one_machine():
        return [
            Warning(
                "The task queue is a folder, while the database is a server's: workers elsewhere see no task.",
                hint="Set CELERY_BROKER_URL=redis://… or amqp://…",
                id="portal.W009",
            )
        ]
    return []


@register(Tags.caches, deploy=True)
def limits_are_counted_together(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    if on_one_machine() or settings.CACHES["default"]["BACKEND"] != FILE_CACHE:
        return []
    return [
        Warning(
            "How often somebody tries to sign in, or asks about mail, is counted on each machine by itself.",
            hint="Set CACHE_URL=redis://… to a server that all machines share.",
            id="portal.W010",
        )
    ]


@register(deploy=True)
def static_files_are_collected(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    if not settings.STATIC_MANIFEST or (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():
        return []
    return [
        Error(
            "Style sheets and scripts are not collected, so every page would fail.",
            hint="Run `manage.py collectstatic --noinput` after each update.",
            id="portal.E011",
        )
    ]
