"""For load balancers and those who run the desk: is the process there, and can it work?"""

import uuid
from collections.abc import Callable

import structlog
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.celery import app

log = structlog.get_logger(__name__)


class NotReadyError(Exception):
    """Something we need answers, but not as we need it."""


def database_answers() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def migrations_are_applied() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise NotReadyError("Migrations are waiting: run manage.py migrate.")


def broker_answers() -> None:
    with app.connection_for_write(connect_timeout=2) as broker:
        broker.ensure_connection(max_retries=1, timeout=2)


def cache_remembers() -> None:
    # Away, it raises nothing: see portal/cache.py.
    word = uuid.uuid4().hex
    cache.set(f"readyz-{word}", word, timeout=60)
    if not cache.delete(f"readyz-{word}"):
        raise NotReadyError("The cache does not remember: see CACHE_URL.")


def storage_takes_files() -> None:
    name = default_storage.save(f"readyz-{uuid.uuid4().hex}", ContentFile(b"ready"))
    default_storage.delete(name)


PROBES: dict[str, Callable[[], None]] = {
    "database": database_answers,
    "migrations": migrations_are_applied,
    "broker": broker_answers,
    "cache": cache_remembers,
    "storage": storage_takes_files,
}


@require_safe
@never_cache
@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers at all. Asks nobody else, so that a slow database restarts no web server."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@never_cache
@login_not_required
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when everything a request may need answers, else 503 and which part does not; why stands in the log only."""
    parts = {name: _state_of(name, probe) for name, probe in PROBES.items()}
    return JsonResponse(parts, status=200 if set(parts.values()) == {"ok"} else 503)


def _state_of(name: str, probe: Callable[[], None]) -> str:
    try:
        probe()
    except Exception:  # Whatever a driver raises, the answer is the same.
        log.exception("not ready", part=name)
        return "failed"
    return "ok"
