from pathlib import Path

from celery.schedules import crontab
from kombu import Connection

from portal.celery import app, schedule_file, transport_options

DAY = 24 * 3600


def test_a_task_is_given_out_again_unless_it_was_finished():
    assert app.conf.task_acks_late is True
    assert app.conf.task_reject_on_worker_lost is True
    assert app.conf.worker_prefetch_multiplier == 1


def test_only_json_is_believed():
    assert app.conf.accept_content == ["json"]


def test_redis_gives_a_task_out_again_only_when_it_cannot_be_running_any_more():
    """Else a slow task would run twice at once, lease or not."""
    assert transport_options("redis://127.0.0.1:6379/0")["visibility_timeout"] > app.conf.task_time_limit


def test_every_entry_of_the_timetable_expires_before_its_next_turn():
    """A worker that was away finds one sweep to do, not a thousand."""
    pauses = {
        name: DAY if isinstance(entry["schedule"], crontab) else entry["schedule"]
        for name, entry in app.conf.beat_schedule.items()
    }

    assert len(pauses) >= 3
    assert {
        name for name, pause in pauses.items() if app.conf.beat_schedule[name]["options"]["expires"] > pause
    } == set()


def test_the_sweep_is_swept_twice_a_minute():
    assert app.conf.beat_schedule["sweep"]["task"] == "tickets.sweep"
    assert app.conf.beat_schedule["sweep"]["schedule"] == 30


def test_every_task_of_the_timetable_exists():
    app.loader.import_default_modules()

    assert {entry["task"] for entry in app.conf.beat_schedule.values()} <= set(app.tasks)


def test_a_message_waits_in_the_folder_for_a_worker_that_comes_later(settings, tmp_path):
    settings.CELERY_FOLDER = tmp_path
    options = transport_options("filesystem://")
    with Connection("filesystem://", transport_options=options) as sender:
        sender.SimpleQueue("celery").put({"id": 7})

    with Connection("filesystem://", transport_options=options) as worker:
        message = worker.SimpleQueue("celery").get(block=False)

    assert message.payload == {"id": 7}


def test_beat_has_a_folder_to_remember_in_whatever_the_broker_is(settings, tmp_path):
    settings.CELERY_FOLDER = tmp_path / "var" / "celery"

    assert Path(schedule_file()).parent.is_dir()


def test_where_nothing_can_be_written_the_name_can_still_be_asked_for(settings, tmp_path):
    (tmp_path / "var").write_text("in the way")
    settings.CELERY_FOLDER = tmp_path / "var" / "celery"

    assert schedule_file().endswith("beat-schedule")
