import json
from datetime import datetime

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import open_ticket
from tests.privacy.conftest import HERS
from tickets.models import Customer, OutgoingMail, Ticket
from tickets.privacy.export import export
from tickets.privacy.inventory import REACHED

FOR_STAFF = {
    "note about her", "pending words to her", "known of her", "tried with her", "expected by her", "promised to her",
    "left to do for her", "lesson about her",
}  # fmt: skip
# Where a file lies says nothing; what is in it is the file itself. The words of the admin's log are no record of hers.
NOT_EXPORTED = {"content of hers", "address of hers"}


def written(customer: Customer, now: datetime, *, for_customer: bool) -> str:
    return json.dumps(
        export(customer, at=now, for_customer=for_customer), cls=DjangoJSONEncoder, ensure_ascii=False
    ).casefold()


def exported(text: str) -> set[str]:
    return {string for string in HERS if string.casefold() in text}


def test_an_officer_gets_everything(story: Ticket, now: datetime) -> None:
    text = written(story.customer, now, for_customer=False)
    assert exported(text) == set(HERS) - NOT_EXPORTED


def test_a_customers_copy_leaves_out_what_staff_wrote_for_each_other(story: Ticket, now: datetime) -> None:
    text = written(story.customer, now, for_customer=True)
    assert exported(text) == set(HERS) - NOT_EXPORTED - FOR_STAFF


def test_every_table_of_the_inventory_is_in_it(story: Ticket, now: datetime) -> None:
    records = export(story.customer, at=now, for_customer=False)["records"]
    assert set(records) == {label.split(".")[1].lower() for label in REACHED} | {"sign_in_address"}
    assert [name for name, rows in records.items() if not rows] == []


def test_files_are_listed_with_their_digest(story: Ticket, now: datetime) -> None:
    (file,) = export(story.customer, at=now, for_customer=True)["records"]["attachment"]
    assert (file["name"], file["size"], len(file["sha256"])) == ("file-of-hers.txt", 15, 64)


def test_a_link_to_a_text_of_the_shop_is_written_out(story: Ticket, now: datetime) -> None:
    (ticket,) = export(story.customer, at=now, for_customer=True)["records"]["ticket"]
    assert ticket["category"] == "Something else"


def test_the_password_is_not_in_it(story: Ticket, now: datetime) -> None:
    (user,) = export(story.customer, at=now, for_customer=False)["records"]["user"]
    assert "password" not in user


def test_sign_in_codes_are_not_in_it(story: Ticket, now: datetime) -> None:
    OutgoingMail.objects.update(confidential=True, text="123456", html="123456", data={"code": "123456"})
    assert "123456" not in written(story.customer, now, for_customer=False)


def test_nothing_of_another_customer_is_in_it(story: Ticket, bob: Customer, now: datetime) -> None:
    open_ticket(bob, subject="matter of Bob")
    assert "bob" not in written(story.customer, now, for_customer=False)


@pytest.mark.parametrize("for_customer", [True, False])
def test_its_queries_do_not_grow_with_the_number_of_rows(story: Ticket, now: datetime, for_customer: bool) -> None:
    """One a table, and one for the user and the addresses."""
    counts = []
    for _ in range(2):
        customer = Customer.objects.get(pk=story.customer_id)
        with CaptureQueriesContext(connection) as queries:
            export(customer, at=now, for_customer=for_customer)
        counts.append(len(queries))
        open_ticket(customer)
    assert counts[0] == counts[1]
