from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.sla.failures import FIRST_PAUSE, LONGEST_PAUSE, described, pause_after


def test_pauses_double_until_they_last_six_hours() -> None:
    minutes = [pause_after(tries) / timedelta(minutes=1) for tries in range(1, 10)]
    assert minutes == [5, 10, 20, 40, 80, 160, 320, 360, 360]


@given(tries=st.integers(min_value=1, max_value=10**9))
def test_no_pause_is_shorter_than_the_first_or_longer_than_six_hours(tries: int) -> None:
    assert FIRST_PAUSE <= pause_after(tries) <= LONGEST_PAUSE


def test_the_words_of_an_error_are_not_kept() -> None:
    assert described(ValueError("Alice Byrne, alice@example.com")) == "ValueError"


def test_an_error_is_named_with_the_place_where_it_came_up() -> None:
    with pytest.raises(TypeError) as raised:
        pause_after("three")  # type: ignore[arg-type]
    assert described(raised.value) == "TypeError, tickets/sla/failures.py, pause_after"
