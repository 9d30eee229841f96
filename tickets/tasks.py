"""What workers do, found here by Celery. Index only."""

from tickets.lifecycle.tasks import sweep
from tickets.outbox.tasks import deliver_mail, deliver_waiting_mail

__all__ = ["deliver_mail", "deliver_waiting_mail", "sweep"]
