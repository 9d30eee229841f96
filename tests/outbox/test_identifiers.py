"""Whoever answers our mail proves by its address or its Message-ID which one; nobody can make either up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.outbox import identifiers

KEYS = st.integers(min_value=0, max_value=2**63 - 1)


@given(ticket=KEYS, mail=KEYS)
def test_an_answers_address_names_ticket_and_mail(ticket: int, mail: int) -> None:
    assert identifiers.mail_of(identifiers.reply_address(ticket, mail)) == (ticket, mail)


@given(ticket=KEYS)
def test_a_message_id_names_its_ticket(ticket: int) -> None:
    assert identifiers.ticket_of(identifiers.message_id(ticket)) == ticket


def test_servers_may_change_the_case(settings) -> None:
    assert identifiers.mail_of(identifiers.reply_address(7, 35).upper()) == (7, 35)
    assert identifiers.ticket_of(identifiers.message_id(7).upper()) == 7


@given(ticket=KEYS, mail=KEYS, data=st.data())
def test_a_changed_address_is_nobodys(ticket: int, mail: int, data: st.DataObject) -> None:
    local, _at, domain = identifiers.reply_address(ticket, mail).partition("@")
    place = data.draw(st.integers(min_value=len("reply+"), max_value=len(local) - 1))
    other = data.draw(
        st.sampled_from("0123456789abcdefghijklmnopqrstuvwxyz-").filter(lambda letter: letter != local[place])
    )
    # 80 bits are five for each letter, so every change of one changes the signature or what it signs; but 007 is 7.
    changed = f"{local[:place]}{other}{local[place + 1 :]}@{domain}"
    assert identifiers.mail_of(changed) is None


@pytest.mark.parametrize(
    "text", ["", "@", "reply@shop.example", "reply+1-1-aaaaaaaaaaaaaaaa@shop.example", "a" * 10_000]
)
def test_other_addresses_are_nobodys(text: str) -> None:
    assert identifiers.mail_of(text) is None


@pytest.mark.parametrize("text", ["", "<1.2.3@x>", "<CAFx123@mail.example>", "<7.0123456789abcdef." + "0" * 24 + "@x>"])
def test_other_message_ids_are_not_ours(text: str) -> None:
    assert identifiers.ticket_of(text) is None


def test_mail_from_before_a_change_of_key_still_comes_home(settings) -> None:
    address, message_id = identifiers.reply_address(7, 35), identifiers.message_id(7)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another"
    assert identifiers.mail_of(address) == (7, 35)
    assert identifiers.ticket_of(message_id) == 7
