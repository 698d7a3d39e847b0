from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerting.domain.period import Calendar, Period, PeriodError, PeriodKind

APRIL, JANUARY = Calendar(), Calendar(1)
DAYS = st.dates(date(1990, 1, 1), date(2050, 12, 31))
CALENDARS = st.integers(1, 12).map(Calendar)


@pytest.mark.parametrize(
    ("found", "every", "expected"),
    [
        pytest.param("2020-09", PeriodKind.MONTH, "2020-09", id="month"),
        pytest.param("2020-09-14", PeriodKind.DAY, "2020-09-14", id="day"),
        pytest.param("2020-W38", PeriodKind.WEEK, "2020-W38", id="week"),
        pytest.param("2020/21-Q2", PeriodKind.QUARTER, "2020/21-Q2", id="quarter"),
        pytest.param("2020/21", PeriodKind.YEAR, "2020/21", id="financial-year"),
        pytest.param("2020-09-14", PeriodKind.MONTH, "2020-09", id="a-day-stands-for-its-month"),
        pytest.param("2020-09-14", PeriodKind.QUARTER, "2020/21-Q2", id="a-day-stands-for-its-quarter"),
        pytest.param("14/09/2020", PeriodKind.MONTH, "2020-09", id="slashes-are-day-first"),
        pytest.param("02/03/2020", PeriodKind.DAY, "2020-03-02", id="slashes-are-day-first-when-either-could-be"),
        pytest.param("44088", PeriodKind.DAY, "2020-09-14", id="excel-serial"),
        pytest.param("44088.0", PeriodKind.MONTH, "2020-09", id="excel-serial-with-decimals"),
        pytest.param(date(2020, 9, 14), PeriodKind.WEEK, "2020-W38", id="date"),
        pytest.param(datetime(2020, 9, 14, 12), PeriodKind.MONTH, "2020-09", id="datetime"),  # noqa: DTZ001  # Excel's
        pytest.param("Sep-20", PeriodKind.MONTH, "2020-09", id="sep-20"),
        pytest.param("September 2020", PeriodKind.MONTH, "2020-09", id="named-month"),
        pytest.param("Qtr 2 20/21", PeriodKind.QUARTER, "2020/21-Q2", id="qtr"),
        pytest.param("2020/21 Q2", PeriodKind.QUARTER, "2020/21-Q2", id="year-then-quarter"),
        pytest.param("2020/21-Q2", PeriodKind.MONTH, "2020/21-Q2", id="a-printed-quarter-of-a-monthly-measure"),
        pytest.param(" 2020-09 ", PeriodKind.MONTH, "2020-09", id="blanks-around"),
    ],
)
def test_every_written_form_is_read(found, every, expected):
    assert expected == str(APRIL.parse(found, every))


@pytest.mark.parametrize(
    ("found", "every", "says"),
    [
        pytest.param("2020-Q3", PeriodKind.QUARTER, "write 2020/21-Q3 or 2019/20-Q3", id="whose-third-quarter"),
        pytest.param("2020", PeriodKind.YEAR, "financial year", id="which-year"),
        pytest.param("2020-13", PeriodKind.MONTH, "month must be in 1..12", id="month-13"),
        pytest.param("2021-02-29", PeriodKind.DAY, "2021-02-29", id="no-such-day"),
        pytest.param("2021-W53", PeriodKind.WEEK, "2021-W53", id="no-week-53"),
        pytest.param("2020/22", PeriodKind.YEAR, "2020/21", id="years-apart"),
        pytest.param("2020/21-Q5", PeriodKind.QUARTER, "1 to 4", id="fifth-quarter"),
        pytest.param("2020-09", PeriodKind.QUARTER, "finer", id="finer-than-the-measure"),
        pytest.param("12", PeriodKind.MONTH, "no period", id="bare-number"),
        pytest.param("", PeriodKind.MONTH, "no period", id="empty"),
    ],
)
def test_what_is_no_period_is_refused_with_a_hint(found, every, says):
    with pytest.raises(PeriodError, match=says.replace(".", r"\.")):
        APRIL.parse(found, every)


def test_calendar_quarters_are_read_where_the_year_starts_in_january():
    assert "2020-Q3" == str(JANUARY.parse("2020-Q3", PeriodKind.QUARTER))


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("2020-09-14", "14 September 2020"), ("2020-W38", "week 38, 2020"), ("2020-09", "September 2020"),
        ("2020/21-Q2", "Q2 2020/21"), ("2020/21", "2020/21"), ("1999/00", "1999/00"),
    ],
)  # fmt: skip
def test_labels_are_what_people_say(text, label):
    assert label == APRIL.parse_exact(text).label


@pytest.mark.parametrize(
    ("text", "twin"),
    [
        ("2020-09", "2019-09"), ("2020/21-Q2", "2019/20-Q2"), ("2020/21", "2019/20"), ("2020-W38", "2019-W38"),
        ("2020-W53", None), ("2020-02-29", None), ("2021-02-28", "2020-02-28"), ("2021-W01", "2020-W01"),
    ],
)  # fmt: skip
def test_the_same_period_last_year(text, twin):
    found = APRIL.parse_exact(text).same_period_last_year
    assert twin == (None if found is None else str(found))


def test_a_week_belongs_to_the_year_that_holds_its_thursday():
    week = APRIL.parse_exact("2020-W53")
    assert (date(2020, 12, 28), date(2021, 1, 3)) == (week.first_day, week.last_day)
    assert "2020/21-Q4" == str(APRIL.coarser(APRIL.parse_exact("2021-W01"), PeriodKind.QUARTER))
    assert "2020/21-Q3" == str(APRIL.coarser(week, PeriodKind.QUARTER))


@given(DAYS, st.sampled_from(PeriodKind), CALENDARS)
def test_what_is_written_is_read_back(day, kind, calendar):
    period = calendar.containing(day, kind)
    assert period == calendar.parse_exact(str(period))


@given(DAYS, st.sampled_from(PeriodKind), CALENDARS)
def test_a_period_holds_its_days_and_touches_its_neighbours(day, kind, calendar):
    period = calendar.containing(day, kind)
    assert period.first_day <= day <= period.last_day
    assert period == calendar.containing(period.first_day, kind) == calendar.containing(period.last_day, kind)
    assert period.last_day + timedelta(days=1) == (period + 1).first_day
    assert period.previous + 1 == period


@given(DAYS, DAYS, st.sampled_from(PeriodKind))
def test_order_is_the_order_of_days(a, b, kind):
    first, second = APRIL.containing(a, kind), APRIL.containing(b, kind)
    assert (first < second) == (first.first_day < second.first_day)


@given(DAYS, st.sampled_from([PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.YEAR]))
def test_last_years_twin_has_the_same_place_in_its_year(day, kind):
    twin = APRIL.containing(day, kind).same_period_last_year
    assert isinstance(twin, Period)
    later = APRIL.containing(day, kind).first_day
    assert (later.year - 1, later.month, later.day) == (twin.first_day.year, twin.first_day.month, twin.first_day.day)


def test_the_newest_complete_period_ended_before_the_day():
    assert "2020-08" == str(APRIL.newest_complete(date(2020, 9, 30), PeriodKind.MONTH))
    assert "2020-09" == str(APRIL.newest_complete(date(2020, 10, 1), PeriodKind.MONTH))
