"""Orders from the shop's own system, by ``manage.py import_orders``."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import open_ticket
from tickets.models import Customer, Order, OrderLine
from tickets.orders.rules import OPTIONAL, REQUIRED, Problem, Row, read

HEAD = "number,email,name,language,placed_at,status,total,product,sku,serial_number,quantity"
BRIO = "10482,alice@example.com,Alice Byrne,en,2026-11-09T08:30+01:00,delivered,488.90,Brio 2,BRIO-2,,1"
FROTHER = "10482,alice@example.com,Alice Byrne,en,2026-11-09T08:30+01:00,delivered,488.90,Nuvola,NUVOLA,,2"

pytestmark = pytest.mark.django_db


@pytest.fixture
def take_in(tmp_path: Path) -> Callable[..., None]:
    def run(*lines: str, head: str = HEAD) -> None:
        file = tmp_path / "orders.csv"
        file.write_text("\n".join([head, *lines]), encoding="utf-8")
        call_command("import_orders", str(file), stdout=open("/dev/null", "w"), stderr=open("/dev/null", "w"))  # noqa: SIM115

    return run


def test_an_order_comes_with_its_lines_and_its_customer(take_in: Callable[..., None]) -> None:
    take_in(BRIO, FROTHER)
    order = Order.objects.get()
    assert (order.number, order.total, order.status, order.customer.email) == (
        "10482",
        Decimal("488.90"),
        "delivered",
        "alice@example.com",
    )
    assert list(order.lines.order_by("pk").values_list("product", "quantity")) == [("Brio 2", 1), ("Nuvola", 2)]


def test_taking_in_the_same_file_again_changes_nothing(take_in: Callable[..., None]) -> None:
    for _ in range(2):
        take_in(BRIO, FROTHER)
    assert (Order.objects.count(), OrderLine.objects.count(), Customer.objects.count()) == (1, 2, 1)


def test_a_known_order_is_brought_up_to_date(take_in: Callable[..., None]) -> None:
    take_in(BRIO.replace("delivered", "on_its_way"))
    take_in(BRIO)
    assert Order.objects.get().status == "delivered"


def test_a_serial_number_may_come_later(take_in: Callable[..., None]) -> None:
    take_in(BRIO)
    take_in(BRIO.replace("BRIO-2,,", "BRIO-2,B2X411807,"))
    assert OrderLine.objects.get().serial_number == "B2X411807"


def test_two_pieces_of_one_article_keep_their_own_serial_numbers(take_in: Callable[..., None]) -> None:
    take_in(*(BRIO.replace("BRIO-2,,", f"BRIO-2,{serial},") for serial in ("A1", "A2")))
    assert sorted(OrderLine.objects.values_list("serial_number", flat=True)) == ["A1", "A2"]


def test_what_a_known_customer_chose_is_left_alone(take_in: Callable[..., None], alice: Customer) -> None:
    take_in(BRIO.replace("Alice Byrne,en", "A. Byrne,it"))
    assert Order.objects.get().customer == alice
    alice.refresh_from_db()
    assert (alice.name, alice.language) == ("Alice Byrne", "en")


def test_a_line_that_a_request_is_about_stays(take_in: Callable[..., None], alice: Customer) -> None:
    take_in(BRIO, FROTHER)
    line = OrderLine.objects.get(sku="NUVOLA")
    ticket = open_ticket(alice, order_line=line)
    take_in(BRIO)
    ticket.refresh_from_db()
    assert ticket.order_line == line


def test_one_bad_line_keeps_no_other_out(take_in: Callable[..., None]) -> None:
    with pytest.raises(CommandError, match="1 lines were left out"):
        take_in(BRIO, FROTHER.replace("488.90", "a lot").replace("10482", "10483"))
    assert [order.number for order in Order.objects.all()] == ["10482"]


def test_a_file_that_is_not_there_is_said_to_be(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_orders", str(tmp_path / "none.csv"))


def problems(*lines: str) -> list[Problem]:
    found = read(lines, statuses=frozenset({"preparing", "delivered"}), languages=frozenset({"en"}))
    return [one for one in found if isinstance(one, Problem)]


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("10482", "", "number must not be empty."),
        ("alice@example.com", "alice", "email is 'alice', which is no e-mail address."),
        ("2026-11-09T08:30+01:00", "9.11.", "placed_at is '9.11.'; write it like 2026-11-23T09:30+01:00."),
        ("488.90", "-1", "total is '-1', which is no amount."),
        ("delivered", "lost", "status is 'lost'; write one of delivered, preparing."),
        (",en,", ",tlh,", "language is 'tlh'; write one of en."),
        (",,1", ",,none", "quantity is 'none'; write a whole number above zero."),
        ("10482", "1" * 41, "number has 41 characters; 40 are the most."),
    ],
)
def test_each_mistake_is_named_with_its_line(before: str, after: str, reason: str) -> None:
    assert problems(HEAD, BRIO.replace(before, after)) == [Problem(2, reason)]


def test_a_head_that_lacks_a_column_is_refused_before_anything_is_read() -> None:
    assert problems("number,email,colour", "1,a@b,red") == [
        Problem(1, "The head lacks placed_at, total, product."),
        Problem(1, "The head has 'colour', which we do not know."),
    ]


@given(st.lists(st.text(max_size=80), max_size=8))
def test_whatever_stands_in_a_file_is_a_row_or_a_problem(lines: list[str]) -> None:
    found = list(read([",".join([*REQUIRED, *OPTIONAL]) + "\n", *lines], statuses=frozenset(), languages=frozenset()))
    assert all(isinstance(one, Row | Problem) for one in found)
