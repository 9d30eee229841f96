"""What a customer is told on every page when our mail does not reach them."""

from django.http import HttpRequest

from tickets.outbox import suspensions
from tickets.outbox.models import Suspension


def mail_trouble(request: HttpRequest) -> Suspension | None:
    """Why the signed-in customer gets no automatic mail; None where they get it, and for strangers and staff."""
    # An error page may be rendered before anybody was looked up.
    customer = getattr(getattr(request, "user", None), "customer", None)
    return suspensions.is_suspended(customer.email) if customer else None
