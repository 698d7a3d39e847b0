"""Working days in England, and the days figures are due."""

from datetime import date

import pytest

from alerting.domain.measure import Expected
from alerting.domain.working_days import add_working_days, due_day, is_working_day


@pytest.mark.parametrize(
    ("day", "works"),
    [
        pytest.param(date(2020, 9, 14), True, id="a-monday"),
        pytest.param(date(2020, 9, 12), False, id="a-saturday"),
        pytest.param(date(2020, 9, 13), False, id="a-sunday"),
        pytest.param(date(2020, 5, 4), True, id="first-monday-of-may-2020-was-moved-to-ve-day"),
        pytest.param(date(2020, 5, 8), False, id="ve-day-75"),
        pytest.param(date(2020, 8, 3), True, id="scotlands-august-holiday-is-worked-in-england"),
        pytest.param(date(2020, 12, 28), False, id="boxing-day-in-lieu"),
        pytest.param(date(2022, 9, 19), False, id="state-funeral"),
    ],
)
def test_bank_holidays_and_weekends_are_not_working_days(day, works):
    assert works is is_working_day(day)


@pytest.mark.parametrize(
    ("start", "count", "expected"),
    [
        pytest.param(date(2020, 9, 12), 0, date(2020, 9, 12), id="none-is-the-day-itself-even-a-saturday"),
        pytest.param(date(2020, 9, 11), 1, date(2020, 9, 14), id="friday-to-monday"),
        pytest.param(date(2020, 4, 9), 1, date(2020, 4, 14), id="over-easter"),
        pytest.param(date(2019, 12, 31), 5, date(2020, 1, 8), id="over-new-year"),
        pytest.param(date(2020, 10, 21), -4, date(2020, 10, 15), id="before-a-meeting"),
        pytest.param(date(2020, 9, 14), -1, date(2020, 9, 11), id="monday-back-to-friday"),
    ],
)
def test_counting_working_days(start, count, expected):
    assert expected == add_working_days(start, count)


@pytest.mark.parametrize(
    ("expected", "due"),
    [
        pytest.param(Expected(days=5), date(2020, 10, 5), id="calendar-days-count-weekends"),
        pytest.param(Expected(days=0), date(2020, 9, 30), id="on-the-last-day"),
        pytest.param(Expected(working_day=5), date(2020, 10, 7), id="fifth-working-day-of-the-next-month"),
        pytest.param(Expected(working_day=1), date(2020, 10, 1), id="first-working-day"),
    ],
)
def test_a_figure_is_due_so_long_after_its_period(expected, due):
    assert due == due_day(expected, date(2020, 9, 30))
