"""Finding the customer that a command is about."""

from django.core.management.base import CommandError

from tickets.people.models import Customer


def customer_with(email: str) -> Customer:
    """The customer with this address, in any spelling; raises CommandError when there is none."""
    customer = Customer.objects.filter(email__iexact=email.strip()).first()
    if customer is None:
        raise CommandError(f"There is no customer with the address {email}.")
    return customer
