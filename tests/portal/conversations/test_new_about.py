"""The first step: which order line, which topic."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import CategoryFactory, OrderFactory, OrderLineFactory, open_ticket
from tickets.models import Category, Customer, IntakeDraft, OrderLine

NEW = "/requests/new/"


def test_it_offers_the_customers_order_lines_and_topics(hers: Client, machine: OrderLine, broken: Category) -> None:
    page = hers.get(NEW).content.decode()
    assert f'name="about" value="{machine.pk}"' in page
    assert f'name="category" value="{broken.pk}"' in page
    assert "It is not about an order" in page


def test_topics_that_are_no_longer_offered_are_left_out(hers: Client, broken: Category) -> None:
    retired = CategoryFactory.create(active=False)
    assert f'name="category" value="{retired.pk}"' not in hers.get(NEW).content.decode()


def test_who_never_ordered_is_only_asked_for_the_topic(hers: Client) -> None:
    page = hers.get(NEW).content.decode()
    assert 'name="about"' not in page
    assert 'name="category"' in page


def test_choosing_begins_a_draft(hers: Client, alice: Customer, machine: OrderLine, broken: Category) -> None:
    response = hers.post(NEW, {"about": machine.pk, "category": broken.pk})
    draft = IntakeDraft.objects.get()
    assert (draft.customer, draft.order_line, draft.category) == (alice, machine, broken)
    assert response.url == reverse("conversations:new_details", args=[draft.pk])


def test_a_request_need_not_be_about_an_order(hers: Client, machine: OrderLine, broken: Category) -> None:
    hers.post(NEW, {"about": "none", "category": broken.pk})
    assert IntakeDraft.objects.get().order_line is None


def test_each_missing_choice_is_named_and_nothing_is_begun(hers: Client, machine: OrderLine) -> None:
    response = hers.post(NEW, {})
    page = response.content.decode()
    assert "<title>Error:" in page
    assert '<a class="more" href="#id_about_0">Choose an answer to “Something you ordered”.</a>' in page
    assert '<a class="more" href="#id_category_0">Choose an answer to “What do you need help with?”.</a>' in page
    assert not IntakeDraft.objects.exists()


def test_what_was_chosen_stays_chosen_when_the_page_comes_back(hers: Client, machine: OrderLine) -> None:
    page = hers.post(NEW, {"about": machine.pk}).content.decode()
    assert f'value="{machine.pk}" id="id_about_0" checked' in page


def test_an_order_in_the_address_is_chosen(hers: Client, machine: OrderLine, alice: Customer) -> None:
    OrderLineFactory.create(order=OrderFactory.create(customer=alice, number="10600"), product="Arco desk lamp")
    page = hers.get(NEW, {"order": "10482"}).content.decode()
    assert f'value="{machine.pk}" id="id_about_0" checked' in page
    assert "Arco desk lamp" not in page


def test_somebody_elses_order_in_the_address_is_not_there(
    bob: Customer, sign_in: Callable[[Any], Client], machine: OrderLine
) -> None:
    assert sign_in(bob).get(NEW, {"order": machine.order.number}).status_code == 404


def test_an_order_number_that_no_database_can_hold_is_not_there(hers: Client, machine: OrderLine) -> None:
    assert hers.get(NEW, {"order": "10482\x00999"}).status_code == 404


def test_somebody_elses_order_line_cannot_be_chosen(
    bob: Customer, sign_in: Callable[[Any], Client], machine: OrderLine, broken: Category
) -> None:
    OrderLineFactory.create(order=OrderFactory.create(customer=bob))
    page = sign_in(bob).post(NEW, {"about": machine.pk, "category": broken.pk}).content.decode()
    assert 'href="#id_about_0"' in page
    assert not IntakeDraft.objects.exists()


@pytest.mark.parametrize("number", ["9" * 19, "9" * 5000])
def test_a_number_that_no_order_line_has_is_no_choice(
    hers: Client, machine: OrderLine, broken: Category, number: str
) -> None:
    response = hers.post(NEW, {"about": number, "category": broken.pk})
    assert response.status_code == 200
    assert not IntakeDraft.objects.exists()


def test_orders_are_found_by_product(hers: Client, machine: OrderLine) -> None:
    OrderLineFactory.create(order=machine.order, product="Nuvola milk frother")
    page = hers.get(NEW, {"find": "nuvola"}).content.decode()
    assert "Nuvola milk frother" in page
    assert "Brio 2" not in page


def test_a_search_without_a_hit_says_so(hers: Client, machine: OrderLine) -> None:
    assert "We found no order with “<bdi>toaster</bdi>”" in hers.get(NEW, {"find": "toaster"}).content.decode()


def test_an_old_order_can_be_chosen_once_it_was_found(hers: Client, alice: Customer, broken: Category) -> None:
    old = OrderLineFactory.create(order=OrderFactory.create(customer=alice, placed_at="2020-01-01T00:00Z"))
    for _ in range(8):
        OrderLineFactory.create(order=OrderFactory.create(customer=alice))
    hers.post(NEW, {"about": old.pk, "category": broken.pk})
    assert IntakeDraft.objects.get().order_line == old


def test_an_open_request_about_the_order_is_offered_instead(
    hers: Client, alice: Customer, machine: OrderLine, broken: Category
) -> None:
    ticket = open_ticket(alice, order_line=machine, subject="It stops")
    page = hers.get(NEW, {"order": machine.order.number}).content.decode()
    assert "“<bdi>It stops</bdi>” is not solved yet." in page
    assert reverse("conversations:case", args=[ticket.reference]) in page


def test_another_choice_keeps_what_was_written(hers: Client, draft: IntakeDraft) -> None:
    draft.answers = {"text": "It stops."}
    draft.save()
    other = CategoryFactory.create()
    hers.post(reverse("conversations:new_about", args=[draft.pk]), {"about": "none", "category": other.pk})
    draft.refresh_from_db()
    assert (draft.category, draft.order_line, draft.answers) == (other, None, {"text": "It stops."})


def test_somebody_elses_draft_is_not_there(bob: Customer, sign_in: Callable[[Any], Client], draft: IntakeDraft) -> None:
    assert sign_in(bob).get(reverse("conversations:new_about", args=[draft.pk])).status_code == 404


def test_strangers_are_asked_to_sign_in(client: Client, desk: None) -> None:
    assert client.get(NEW).url.startswith("/accounts/login/?next=")
