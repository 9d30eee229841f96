"""What was bought: orders on their way, held up, delivered, sent back."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from tickets.management.demo import data
from tickets.orders.models import Order, OrderLine
from tickets.people.models import Customer


def sell(*, at: datetime) -> None:
    """The orders of all customers; the customers must be there."""
    shop = data.read("shop")
    customers = {customer.email: customer for customer in Customer.objects.all()}
    for row in shop["orders"]:
        products = [(line, shop["products"][line["sku"]]) for line in row["lines"]]
        order = Order.objects.create(
            number=row["number"],
            customer=customers[row["customer"]],
            status=row["status"],
            placed_at=_days_before(at, row["placed"]),
            delivered_at=_days_before(at, row["delivered"]) if "delivered" in row else None,
            carrier=row.get("carrier", ""),
            tracking=row.get("tracking", ""),
            currency="EUR",
            total=sum((Decimal(product["price"]) * line.get("quantity", 1) for line, product in products), Decimal()),
        )
        OrderLine.objects.bulk_create(_line(order, line, product) for line, product in products)


def _line(order: Order, line: dict[str, Any], product: dict[str, Any]) -> OrderLine:
    years = product.get("warranty_years", 0)
    return OrderLine(
        order=order,
        product=product["name"],
        sku=line["sku"],
        quantity=line.get("quantity", 1),
        serial_number=line.get("serial", ""),
        warranty_until=(order.placed_at + timedelta(days=365 * years)).date() if years else None,
    )


def _days_before(at: datetime, days: int) -> datetime:
    # Off the minute of the start, or every order would have been placed at the same time of day.
    return at - timedelta(days=days, minutes=37 * (days % 11))
