"""Reading the shop's orders from a table: one line of the file is one line of an order. Plain values, no database."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

REQUIRED: Final = ("number", "email", "placed_at", "total", "product")
OPTIONAL: Final = (
    "name", "country", "language", "status", "delivered_at", "carrier", "tracking", "currency", "sku", "quantity",
    "serial_number", "warranty_until",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One line of an order, and what the file says of the order it belongs to. Moments are aware; UTC where none is named."""

    line: int
    number: str
    email: str
    placed_at: datetime
    total: Decimal
    product: str
    name: str = ""
    country: str = ""
    language: str = ""
    status: str = "preparing"
    delivered_at: datetime | None = None
    carrier: str = ""
    tracking: str = ""
    currency: str = "EUR"
    sku: str = ""
    quantity: int = 1
    serial_number: str = ""
    warranty_until: date | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one line of the file, counted as an editor counts; 1 is the head."""

    line: int
    reason: str


def read(lines: Iterable[str], *, statuses: frozenset[str], languages: frozenset[str]) -> Iterator[Row | Problem]:
    """Every line of a CSV file with a head, as what it says or what is wrong with it. Never raises for its content."""
    table = csv.DictReader(lines, strict=False)
    missing = [name for name in REQUIRED if name not in (table.fieldnames or ())]
    unknown = [name for name in table.fieldnames or () if name not in {*REQUIRED, *OPTIONAL}]
    if missing or unknown:
        if missing:
            yield Problem(1, f"The head lacks {', '.join(missing)}.")
        if unknown:
            yield Problem(1, f"The head has {', '.join(map(repr, unknown))}, which we do not know.")
        return
    while True:
        try:
            values = next(table, None)
        except csv.Error as error:
            yield Problem(table.line_num, f"This line cannot be read: {error}.")
            continue
        if values is None:
            return
        try:
            yield _row(table.line_num, values, statuses=statuses, languages=languages)
        except ValueError as error:
            yield Problem(table.line_num, str(error))


def _row(line: int, values: dict[str, str | None], *, statuses: frozenset[str], languages: frozenset[str]) -> Row:
    # PostgreSQL keeps no NUL.
    given = {name: (value or "").replace("\0", "").strip() for name, value in values.items() if isinstance(name, str)}
    empty = [name for name in REQUIRED if not given.get(name)]
    if empty:
        raise ValueError(f"{', '.join(empty)} must not be empty.")
    told = {name: value for name, value in given.items() if value}
    return Row(
        line=line,
        number=_short("number", told["number"], 40),
        email=_address(told["email"]),
        placed_at=_moment("placed_at", told["placed_at"]),
        total=_amount(told["total"]),
        product=_short("product", told["product"], 200),
        name=_short("name", told.get("name", ""), 150),
        country=_short("country", told.get("country", "").upper(), 2),
        language=_one_of("language", told.get("language", ""), languages | {""}),
        status=_one_of("status", told.get("status", "preparing"), statuses),
        delivered_at=_moment("delivered_at", told["delivered_at"]) if "delivered_at" in told else None,
        carrier=_short("carrier", told.get("carrier", ""), 80),
        tracking=_short("tracking", told.get("tracking", ""), 80),
        currency=_short("currency", told.get("currency", "EUR").upper(), 3),
        sku=_short("sku", told.get("sku", ""), 60),
        quantity=_quantity(told.get("quantity", "1")),
        serial_number=_short("serial_number", told.get("serial_number", ""), 80),
        warranty_until=_day("warranty_until", told["warranty_until"]) if "warranty_until" in told else None,
    )


def _short(name: str, value: str, longest: int) -> str:
    if len(value) > longest:
        raise ValueError(f"{name} has {len(value)} characters; {longest} are the most.")
    return value


def _address(value: str) -> str:
    if value.count("@") != 1 or value.startswith("@") or value.endswith("@") or " " in value:
        raise ValueError(f"email is {value!r}, which is no e-mail address.")
    return _short("email", value, 254)


def _moment(name: str, value: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(f"{name} is {value!r}; write it like 2026-11-23T09:30+01:00.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _day(name: str, value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError(f"{name} is {value!r}; write it like 2028-11-23.") from None


def _amount(value: str) -> Decimal:
    try:
        amount = Decimal(value)
    except InvalidOperation:
        raise ValueError(f"total is {value!r}; write it like 488.90.") from None
    if not amount.is_finite() or not 0 <= amount < 10**10:
        raise ValueError(f"total is {value!r}, which is no amount.")
    return amount


def _quantity(value: str) -> int:
    if not value.isascii() or not value.isdigit() or not 0 < int(value) < 10**6:
        raise ValueError(f"quantity is {value!r}; write a whole number above zero.")
    return int(value)


def _one_of(name: str, value: str, allowed: frozenset[str]) -> str:
    if value not in allowed:
        raise ValueError(f"{name} is {value!r}; write one of {', '.join(sorted(filter(None, allowed)))}.")
    return value
