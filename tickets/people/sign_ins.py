"""What is kept about who signed in from where, and for how long."""

from datetime import datetime, timedelta
from typing import Final

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.sessions.models import Session

KEPT: Final = timedelta(days=30)
"""Network addresses are personal (GDPR, recital 30): long enough to look into a break-in, and no longer."""


def forget(*, at: datetime) -> None:
    """Delete sessions that have ended, and traces of sign-ins and attempts that are older than ``KEPT``."""
    Session.objects.filter(expire_date__lt=at).delete()
    for model in (AccessAttempt, AccessFailureLog, AccessLog):
        model.objects.filter(attempt_time__lt=at - KEPT).delete()
