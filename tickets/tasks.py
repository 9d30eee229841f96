"""What workers do, found here by Celery. Index only."""

from tickets.lifecycle.tasks import sweep
from tickets.outbox.tasks import deliver_mail, deliver_waiting_mail
from tickets.people.tasks import forget_sign_ins

__all__ = ["deliver_mail", "deliver_waiting_mail", "forget_sign_ins", "sweep"]
