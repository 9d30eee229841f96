from datetime import datetime, timedelta

import pytest
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.sessions.models import Session

from tickets.people import sign_ins

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


def test_sessions_that_have_ended_are_forgotten(now: datetime) -> None:
    for key, until in {"ended": now - SECOND, "open": now + SECOND}.items():
        Session.objects.create(session_key=key, session_data="", expire_date=until)
    sign_ins.forget(at=now)
    assert [session.session_key for session in Session.objects.all()] == ["open"]


@pytest.mark.parametrize("model", [AccessAttempt, AccessFailureLog, AccessLog])
def test_where_people_signed_in_from_is_forgotten_after_thirty_days(model: type, now: datetime) -> None:
    facts = {"failures_since_start": 1} if model is AccessAttempt else {}
    for name, age in {"old": timedelta(days=30) + SECOND, "recent": timedelta(days=30) - SECOND}.items():
        row = model.objects.create(username=name, ip_address="192.0.2.7", **facts)
        # Which the model sets by itself when a row is made.
        model.objects.filter(pk=row.pk).update(attempt_time=now - age)
    sign_ins.forget(at=now)
    assert [row.username for row in model.objects.all()] == ["recent"]
