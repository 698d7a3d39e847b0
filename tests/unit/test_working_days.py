"""Working days of England and elsewhere."""

from datetime import date

import pytest

from alerting.domain.working_days import (
    ENGLAND,
    UnknownHolidays,
    add_working_days,
    check_holidays,
    is_bank_holiday,
    is_working_day,
)


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
    assert works is is_working_day(day, ENGLAND)


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
    assert expected == add_working_days(start, count, ENGLAND)


@pytest.mark.parametrize(
    ("holidays", "day"),
    [
        pytest.param("england", date(2020, 8, 31), id="england"),
        pytest.param("wales", date(2020, 8, 31), id="wales"),
        pytest.param("scotland", date(2020, 8, 3), id="scotland"),
        pytest.param("northern-ireland", date(2020, 3, 17), id="saint-patrick"),
        pytest.param("fr", date(2020, 7, 14), id="a-country"),
        pytest.param("de-by", date(2020, 1, 6), id="a-part-of-a-country"),
    ],
)
def test_each_country_has_its_own_bank_holidays(holidays, day):
    works = {
        name: is_working_day(day, name) for name in ("england", "wales", "scotland", "northern-ireland", "fr", "de-by")
    }

    assert not works[holidays]
    assert any(works.values())
    assert is_bank_holiday(day, holidays)


def test_a_weekend_is_no_bank_holiday():
    assert not is_bank_holiday(date(2020, 9, 12), ENGLAND)


@pytest.mark.parametrize("name", ["atlantis", "xx", "de-atlantis", ""])
def test_holidays_that_nobody_knows_are_refused(name):
    with pytest.raises(UnknownHolidays):
        check_holidays(name)
