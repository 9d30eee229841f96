from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.calendars.rules import OpeningHours
from tickets.promises.rules import Pledge, exceeds, faults, reminder_at

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
# Monday to Friday, nine to five in Rome, with a lunch break.
OFFICE = OpeningHours(ZoneInfo("Europe/Rome"), {day: [(time(9), time(12)), (time(13), time(17))] for day in range(5)})

moments = st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
spans = st.timedeltas(timedelta(minutes=10), timedelta(days=400))


def pledge(**changes: object) -> Pledge:
    return Pledge(**{"kind": "refund", "due_at": NOW + HOUR, "amount": Decimal("49.90"), "currency": "EUR", **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"due_at": NOW}, "due_at"),
        ({"due_at": NOW + timedelta(days=732)}, "due_at"),
        ({"amount": None}, "amount"),
        ({"amount": Decimal(0)}, "amount"),
        ({"amount": Decimal("-1")}, "amount"),
        ({"currency": ""}, "amount"),
        ({"currency": "EUX"}, "currency"),
        ({"amount": Decimal("49.5"), "currency": "JPY"}, "amount"),
        ({"amount": Decimal("49.905")}, "amount"),
    ],
)
def test_a_slip_is_named_at_its_field(changes: dict[str, object], field: str) -> None:
    assert list(faults(pledge(**changes), at=NOW)) == [field]


@pytest.mark.parametrize(
    "changes",
    [{}, {"amount": Decimal("4990"), "currency": "JPY"}, {"kind": "call_back", "amount": None, "currency": "EUR"}],
)
def test_what_can_be_promised_has_no_fault(changes: dict[str, object]) -> None:
    assert faults(pledge(**changes), at=NOW) == {}


@pytest.mark.parametrize(
    ("changes", "more"),
    [({"amount": Decimal("100.01")}, True), ({"amount": Decimal(100)}, False), ({"currency": "USD"}, False)],
)
def test_a_refund_is_compared_with_what_the_order_cost(changes: dict[str, object], more: bool) -> None:
    assert exceeds(pledge(**{"amount": Decimal(500), **changes}), Decimal(100), "EUR") is more


def test_who_has_days_is_reminded_a_working_day_before() -> None:
    # A working day is seven hours here: from Thursday at five, eight hours lead back to Wednesday at four.
    due_at = datetime(2026, 12, 3, 16, 0, tzinfo=UTC)
    assert reminder_at(NOW, due_at, OFFICE) == datetime(2026, 12, 2, 15, 0, tzinfo=UTC)


def test_who_has_hours_is_reminded_when_three_quarters_are_used() -> None:
    # Ten to two with an hour's lunch is three hours; two and a quarter end at a quarter past one.
    assert reminder_at(NOW, NOW + 4 * HOUR, OFFICE) == datetime(2026, 11, 23, 12, 15, tzinfo=UTC)


def test_without_working_hours_the_day_before_counts() -> None:
    assert reminder_at(NOW, NOW + timedelta(days=10), None) == NOW + timedelta(days=9)


def test_a_date_before_anybody_works_again_leaves_the_clock_on_the_wall() -> None:
    friday_night = datetime(2026, 11, 27, 20, 0, tzinfo=UTC)
    assert reminder_at(friday_night, friday_night + 4 * HOUR, OFFICE) == friday_night + 3 * HOUR


@given(moments, spans)
def test_a_reminder_comes_before_the_date(start: datetime, span: timedelta) -> None:
    assert start < reminder_at(start, start + span, OFFICE) < start + span


@given(moments, spans)
def test_a_reminder_leaves_a_quarter_of_the_working_time_and_no_more_than_a_day(
    start: datetime, span: timedelta
) -> None:
    due_at = start + span
    left, time_ = OFFICE.elapsed(reminder_at(start, due_at, OFFICE), due_at), OFFICE.elapsed(start, due_at)
    if time_:
        assert abs(left - min(time_ / 4, timedelta(hours=8))) < timedelta(milliseconds=1)
