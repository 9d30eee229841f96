from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.db import transaction

from tickets.orders.models import Order, OrderLine
from tickets.orders.rules import Row
from tickets.people.actions import buyer


@dataclass(slots=True)
class Imported:
    """How many orders were new, and how many were known and brought up to date."""

    new: int = 0
    known: int = 0


def take_in(rows: Iterable[Row], *, at: datetime) -> Imported:
    """Make or bring up to date the orders that the rows tell of; one transaction an order.

    Lines are known again by article number, or by name where there is none. A line that the file no longer has stays:
    a request may be about it.
    """
    imported = Imported()
    by_number = sorted(rows, key=lambda row: (row.number, row.line))
    for _number, lines in groupby(by_number, key=lambda row: row.number):
        if _take_in(list(lines), at=at):
            imported.new += 1
        else:
            imported.known += 1
    return imported


@transaction.atomic
def _take_in(lines: list[Row], *, at: datetime) -> bool:
    told = lines[-1]
    order, is_new = Order.objects.update_or_create(
        number=told.number,
        defaults={
            "customer": buyer(told.email, name=told.name, language=told.language, country=told.country, at=at),
            "status": told.status,
            "placed_at": told.placed_at,
            "delivered_at": told.delivered_at,
            "carrier": told.carrier,
            "tracking": told.tracking,
            "currency": told.currency,
            "total": told.total,
        },
    )
    for line in lines:
        _take_in_line(order, line)
    return is_new


def _take_in_line(order: Order, told: Row) -> None:
    """The serial number often comes later than the rest: a line that had none yet gets it."""
    same = order.lines.filter(sku=told.sku) if told.sku else order.lines.filter(sku="", product=told.product)
    line = (
        same.filter(serial_number=told.serial_number).first()
        or same.filter(serial_number="").first()
        or OrderLine(order=order, sku=told.sku)
    )
    line.product, line.quantity = told.product, told.quantity
    line.serial_number, line.warranty_until = told.serial_number or line.serial_number, told.warranty_until
    line.save()
