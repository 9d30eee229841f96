import pytest

from tickets.replies.rules import fill, unknown_variables


def test_variables_are_filled_in() -> None:
    assert fill("Dear {first_name}, about {reference}", {"first_name": "Giulia", "reference": "K7Q4-9M2X"}).text == (
        "Dear Giulia, about K7Q4-9M2X"
    )


def test_a_variable_without_a_value_stays_visible_and_is_named() -> None:
    filled = fill("Order {order}", {"order": ""})
    assert (filled.text, filled.empty) == ("Order {order}", ("order",))


def test_braces_of_the_customer_are_not_variables() -> None:
    assert fill("{first_name}", {"first_name": "{reference}", "reference": "K7Q4-9M2X"}).text == "{reference}"


@pytest.mark.parametrize("slip", ["First_name", "first name", " first_name ", "name2", "order.number", ""])
def test_a_slip_in_braces_is_an_unknown_variable(slip: str) -> None:
    assert unknown_variables(f"Dear {{{slip}}},") == [slip]


def test_unknown_variables_are_named_once_in_their_order() -> None:
    assert unknown_variables("{nmae} {first_name} {oder} {nmae}") == ["nmae", "oder"]
