"""Work in the background: the timetable, and how a task is lost or not.

The broker is never the record. Whatever must happen is a row with a lease; a task only carries its id, and the sweep
finds what a lost broker or a killed worker forgot. So nothing here needs a broker that never loses a message.
"""

import os
from contextlib import suppress
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import setup_logging
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("sportello")

SWEEP_SECONDS = 30
MINUTE = 60


# Whoever hands over a task while the broker is down learns it at once: by itself, the library tries again for seconds,
# which a visitor would wait for. Workers, who have time, reconnect by settings of their own.
NO_WAITING = {"max_retries": 0}


def transport_options(broker_url: str) -> dict[str, Any]:
    """What each kind of broker needs to know beyond its address."""
    if broker_url.startswith("filesystem://"):
        folders = {name: settings.CELERY_FOLDER / name for name in ("queue", "control")}
        for folder in folders.values():
            folder.mkdir(parents=True, exist_ok=True)
        return {
            "data_folder_in": str(folders["queue"]),
            "data_folder_out": str(folders["queue"]),
            "control_folder": str(folders["control"]),
            # Nine in ten tasks then start within a tenth of a second, for half a per cent of a core.
            "polling_interval": 0.1,
        }
    if broker_url.startswith("redis"):
        # A task that a killed worker held is given out again after this long. Longer than any task may take.
        return {"visibility_timeout": 300, "socket_connect_timeout": 1, **NO_WAITING}
    return NO_WAITING


def schedule_file() -> str:
    """Where beat remembers what it sent when; beat makes no folder for it, and where the broker is a server, nobody else does."""
    # Workers ask for the name, too, and may be where nothing can be written.
    with suppress(OSError):
        settings.CELERY_FOLDER.mkdir(parents=True, exist_ok=True)
    return str(settings.CELERY_FOLDER / "beat-schedule")


class Configuration:
    """Read by Celery when first needed, because Django's settings are not there yet when this module is imported."""

    broker_url = property(lambda self: settings.CELERY_BROKER_URL)
    broker_transport_options = property(lambda self: transport_options(settings.CELERY_BROKER_URL))
    beat_schedule_filename = property(lambda self: schedule_file())

    broker_connection_retry_on_startup = True
    # A web request that wants to wake the worker must not wait for a broker that is down: the sweep will.
    broker_connection_timeout = 2
    task_publish_retry_policy = {"max_retries": 1, "interval_start": 0, "interval_max": 0.2}

    accept_content = ["json"]
    task_serializer = "json"
    task_ignore_result = True
    timezone = "UTC"

    # Given out again unless it was finished; every task takes a lease first, so that twice is as good as once.
    task_acks_late = True
    task_reject_on_worker_lost = True
    worker_prefetch_multiplier = 1
    task_soft_time_limit = 120
    task_time_limit = 150
    # Memory that a large picture took is given back in the end.
    worker_max_tasks_per_child = 500
    worker_send_task_events = False

    beat_schedule = {
        "sweep": {"task": "tickets.sweep", "schedule": SWEEP_SECONDS, "options": {"expires": SWEEP_SECONDS}},
        # Apart from the sweep, which may have much to do: somebody waits for these.
        "replies": {
            "task": "tickets.send_waiting_replies",
            "schedule": SWEEP_SECONDS,
            "options": {"expires": SWEEP_SECONDS},
        },
        # Apart from the sweep, so that a slow mail server holds up no clock.
        "mail": {
            "task": "tickets.deliver_waiting_mail",
            "schedule": SWEEP_SECONDS,
            "options": {"expires": SWEEP_SECONDS},
        },
        "mailboxes": {"task": "tickets.poll_mailboxes", "schedule": MINUTE, "options": {"expires": MINUTE}},
        # What comes in is read at once; this finds what a worker left behind.
        "inbound mail": {
            "task": "tickets.read_waiting_mail",
            "schedule": SWEEP_SECONDS,
            "options": {"expires": SWEEP_SECONDS},
        },
        # What customers are told to expect follows what the desk does; an hour is soon enough for that.
        "measure topics": {
            "task": "tickets.measure_topics",
            "schedule": crontab(minute=20),
            "options": {"expires": 1800},
        },
        # At night, when few sign in.
        "forget sign-ins": {
            "task": "tickets.forget_sign_ins",
            "schedule": crontab(hour=2, minute=40),
            "options": {"expires": 6 * 3600},
        },
    }


app.config_from_object(Configuration())
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_logs(**_kwargs: Any) -> None:
    """A receiver is all it takes: Celery then leaves logging as Django's settings made it."""
