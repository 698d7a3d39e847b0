"""On which day the figure of a period is due."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples.worlds import a_measure

from alerting.domain.due_days import NEVER, due_day
from alerting.domain.measure import Expected

END_OF_SEPTEMBER = date(2020, 9, 30)
PUBLISHED = (date(2020, 8, 13), date(2020, 11, 12), date(2021, 2, 11))


@pytest.mark.parametrize(
    ("expected", "due"),
    [
        pytest.param(Expected(days=5), date(2020, 10, 5), id="calendar-days-count-weekends"),
        pytest.param(Expected(days=0), date(2020, 9, 30), id="on-the-last-day"),
        pytest.param(Expected(working_day=5), date(2020, 10, 7), id="fifth-working-day-of-the-next-month"),
        pytest.param(Expected(working_day=1), date(2020, 10, 1), id="first-working-day"),
        pytest.param(Expected(day=15), date(2020, 10, 15), id="the-fifteenth"),
        pytest.param(Expected(day=30), date(2020, 10, 30), id="the-last-day-itself-is-not-after-it"),
        pytest.param(Expected(day=15, after=20), date(2020, 11, 15), id="the-fifteenth-but-twenty-days-after"),
        pytest.param(Expected(day=31, after=40), date(2020, 11, 30), id="the-last-of-a-shorter-month"),
        pytest.param(Expected(day=5, after=80), date(2021, 1, 5), id="over-the-year-s-end"),
        pytest.param(Expected(weekday=3), date(2020, 10, 1), id="the-next-thursday"),
        pytest.param(Expected(weekday=2), date(2020, 10, 7), id="a-wednesday-after-a-wednesday-is-the-next"),
        pytest.param(Expected(weekday=3, after=10), date(2020, 10, 15), id="the-second-thursday-after-ten-days"),
        pytest.param(Expected(weekday=3, after=15), date(2020, 10, 15), id="so-many-days-after-is-enough"),
        pytest.param(Expected(dates=PUBLISHED), date(2020, 11, 12), id="the-next-of-the-dates"),
        pytest.param(Expected(dates=PUBLISHED, after=60), date(2021, 2, 11), id="the-next-after-sixty-days"),
        pytest.param(Expected(dates=PUBLISHED[:1]), NEVER, id="behind-the-last-date-no-day-is-known"),
    ],
)
def test_a_figure_is_due_so_long_after_its_period(expected, due):
    assert due == due_day(a_measure(expected=expected), END_OF_SEPTEMBER)


def test_a_working_day_is_one_of_the_measures_country():
    measure = a_measure(expected=Expected(working_day=1), holidays="scotland")

    assert date(2020, 8, 4) == due_day(measure, date(2020, 7, 31))


BY_AREA = Expected(by_area=(("default", Expected(days=5)), ("north", Expected(days=20))))


@pytest.mark.parametrize(
    ("area", "due"),
    [
        pytest.param("north", date(2020, 10, 20), id="its-own"),
        pytest.param("south", date(2020, 10, 5), id="the-default"),
        pytest.param(None, date(2020, 10, 20), id="everywhere-is-the-last"),
    ],
)
def test_areas_have_days_of_their_own(area, due):
    assert due == due_day(a_measure(expected=BY_AREA), END_OF_SEPTEMBER, area)


def test_where_an_area_is_not_named_and_there_is_no_default_nothing_is_due():
    only = a_measure(expected=Expected(by_area=(("north", Expected(days=20)),)))

    assert NEVER == due_day(only, END_OF_SEPTEMBER, "south")
    assert date(2020, 10, 20) == due_day(only, END_OF_SEPTEMBER)


DAYS = st.dates(date(2019, 1, 1), date(2030, 12, 31))


@given(
    DAYS,
    st.one_of(
        st.builds(Expected, day=st.integers(1, 31), after=st.integers(0, 90)),
        st.builds(Expected, weekday=st.integers(0, 6), after=st.integers(0, 90)),
    ),
)
def test_a_day_of_the_month_or_week_is_the_first_that_fits(last_day, expected):
    due = due_day(a_measure(expected=expected), last_day)
    earliest = last_day + timedelta(days=expected.after)

    def fits(day: date) -> bool:
        ends_month = (day + timedelta(days=1)).month != day.month
        return (
            day.weekday() == expected.weekday
            or day.day == expected.day
            or (expected.day is not None and day.day < expected.day and ends_month)
        )

    found = next(day for n in range(40) if fits(day := earliest + timedelta(days=n)))
    assert due == found
