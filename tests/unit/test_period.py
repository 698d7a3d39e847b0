import re
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerting.domain.period import Calendar, Period, PeriodError, PeriodKind
from alerting.domain.written_periods import read_two_ways

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


DAY, WEEK, MONTH, QUARTER, YEAR = PeriodKind


@pytest.mark.parametrize(
    ("found", "every", "expected"),
    [
        ("2020-06-10T09:30:00", MONTH, "2020-06"), ("2020-06-30T00:00:00.000Z", MONTH, "2020-06"),
        ("2020-06-10T09:30:00+01:00", DAY, "2020-06-10"), ("2020-06-10 09:30:00.123456", DAY, "2020-06-10"),
        ("01-Apr-20", MONTH, "2020-04"), ("01/04/20", MONTH, "2020-04"), ("01.04.2020", MONTH, "2020-04"),
        ("01-04-2020 00:00", MONTH, "2020-04"), ("01APR2020", DAY, "2020-04-01"), ("1st April 2020", DAY, "2020-04-01"),
        ("Wednesday 1 April 2020", DAY, "2020-04-01"), ("April 1, 2020", DAY, "2020-04-01"), ("20200610", DAY, "2020-06-10"),
        ("2020/06/10", DAY, "2020-06-10"), ("2020 JAN", MONTH, "2020-01"), ("2019 JUN", MONTH, "2019-06"),
        ("JAN-2020", MONTH, "2020-01"), ("Sept. 2020", MONTH, "2020-09"), ("2020M06", MONTH, "2020-06"),
        ("06/2020", MONTH, "2020-06"),
        ("202006", MONTH, "2020-06"), ("43922", MONTH, "2020-04"), ("Q1 2020-21", QUARTER, "2020/21-Q1"),
        ("2019-20 Q1", QUARTER, "2019/20-Q1"), ("Quarter 1 FY2020/21", QUARTER, "2020/21-Q1"), ("20/21 Q2", QUARTER, "2020/21-Q2"),
        ("April to June 2020", QUARTER, "2020/21-Q1"), ("Apr-Jun 2020", QUARTER, "2020/21-Q1"),
        ("Apr\N{EN DASH}Jun 2020", QUARTER, "2020/21-Q1"), ("Apr to Jun 2019", MONTH, "2019/20-Q1"),
        ("Oct 2019 to Dec 2019", QUARTER, "2019/20-Q3"), ("quarter ending June 2020", QUARTER, "2020/21-Q1"),
        ("Apr 2019 to Mar 2020", YEAR, "2019/20"), ("Apr-19 to Mar-20", YEAR, "2019/20"),
        ("year ending March 2020", YEAR, "2019/20"),
        ("Year ending 31 March 2020", YEAR, "2019/20"), ("2019-20", YEAR, "2019/20"), ("2010-11", YEAR, "2010/11"),
        ("2019 to 2020", YEAR, "2019/20"), ("2019-2020", YEAR, "2019/20"), ("FY 19/20", YEAR, "2019/20"),
        ("201920", YEAR, "2019/20"),
        ("201011", YEAR, "2010/11"), ("W/c 6 April 2020", WEEK, "2020-W15"), ("Week commencing 06/04/2020", WEEK, "2020-W15"),
        ("w/e 12 April 2020", WEEK, "2020-W15"), ("week 15 2020", WEEK, "2020-W15"), ("2020 week 15", WEEK, "2020-W15"),
        ("W15 2020", WEEK, "2020-W15"), ("2010-11", MONTH, "2010-11"),
    ],
)  # fmt: skip
def test_what_a_person_reads_is_read(found, every, expected):
    assert expected == str(APRIL.parse(found, every))


@pytest.mark.parametrize("found", ["2012-13", "201920", "2019-20", "Apr 2019 to Mar 2020", "year ending March 2020"])
@pytest.mark.parametrize("every", [DAY, WEEK, MONTH, QUARTER])
def test_a_year_is_never_the_figure_of_a_shorter_period(found, every):
    assert APRIL.parse(found, every).kind is YEAR


@pytest.mark.parametrize("found", ["April to June 2020", "2020-21 Q1", "Q1 2020-21", "three months to June 2020"])
def test_a_quarter_is_never_the_figure_of_a_month(found):
    assert APRIL.parse(found, MONTH).kind is QUARTER


def test_spans_follow_the_month_in_which_the_year_begins():
    assert ["2020-Q2", "2020"] == [
        str(JANUARY.parse(text, QUARTER)) for text in ("April to June 2020", "January to December 2020")
    ]


@pytest.mark.parametrize(
    ("found", "every", "says"),
    [
        pytest.param("01/31/2025", MONTH, "dates are read day first, and there is no month 31; write 2025-01-31", id="month-first"),
        pytest.param("Feb to Apr 2020", QUARTER, "February 2020 to April 2020: neither a quarter", id="a-rolling-quarter"),
        pytest.param("Oct to Mar 2020", QUARTER, "write both years", id="a-span-over-the-turn-of-the-year"),
        pytest.param("12 months to June 2020", YEAR, "July 2019 to June 2020", id="a-rolling-year"),
        pytest.param("Week commencing 7 April 2020", WEEK, "2020-04-07 is a Tuesday", id="a-week-from-a-tuesday"),
        pytest.param("week ending 10 April 2020", WEEK, "2020-04-10 is a Friday", id="a-week-to-a-friday"),
        pytest.param("2020-06-10T25:30", DAY, "no such time", id="hour-25"),
        pytest.param("2020-04-31", DAY, "2020-04-31", id="no-31-april"),
        pytest.param("2019-21", YEAR, "the year that begins in 2019 is 2019/20", id="two-years"),
        pytest.param("2019 Q2", QUARTER, "April to June 2019 as 2019/20-Q1", id="the-calendars-quarter"),
        pytest.param("2010-11", QUARTER, "finer", id="a-month-of-a-quarterly-measure"),
        pytest.param("202006", YEAR, "finer", id="a-month-of-a-yearly-measure"),
        pytest.param("20-Apr", MONTH, "'20-Apr' is no period", id="a-day-without-its-year"),
        pytest.param("10/11", MONTH, "no period", id="ten-eleven"),
        pytest.param("01-04-20", DAY, "no period", id="three-pairs"),
        pytest.param("MSitAE-APRIL-2020", MONTH, "'MSitAE-APRIL-2020' is no period", id="as-it-stands"),
        pytest.param("203", YEAR, "no period", id="a-year-that-lost-a-zero"),
        pytest.param("20192", YEAR, "no period", id="a-year-that-lost-a-digit"),
        pytest.param("101-250", MONTH, "no period", id="a-range"),
    ],
)  # fmt: skip
def test_what_is_not_beyond_doubt_is_refused_with_what_to_write(found, every, says):
    with pytest.raises(PeriodError) as refused:
        APRIL.parse(found, every)
    assert says in str(refused.value)
    assert found in str(refused.value)


def test_two_dates_of_one_month_are_two_instants_and_its_name_is_none():
    texts = ("2020-06-01", "2020-06-08", "2020-06-08 09:30", "2020-06", "June 2020")
    moments = [APRIL.moment(text, MONTH).second for text in texts]
    assert [0, 7 * 86_400, 7 * 86_400 + 9 * 3600 + 30 * 60] == [moment - moments[0] for moment in moments[:3]]
    assert [0, 0] == moments[3:]


@given(
    day=DAYS, calendar=CALENDARS,
    written=st.sampled_from(
        ["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%b-%Y", "%d %B %Y", "%A %d %B %Y", "%Y%m%d", "%Y-%m-%dT%H:%M:%SZ"]
    ),
    every=st.sampled_from(PeriodKind), wide=st.booleans(),
)  # fmt: skip
def test_a_day_in_every_spelling_is_the_period_that_holds_it(day, calendar, written, every, wide):
    text = day.strftime(written).replace(" ", "\N{NO-BREAK SPACE}" if wide else " ")
    assert calendar.containing(day, every) == calendar.parse(text.upper() if wide else text, every)


@given(
    day=DAYS, calendar=CALENDARS, kind=st.sampled_from([MONTH, QUARTER, YEAR]), short=st.booleans(), dash=st.booleans()
)
def test_a_span_of_months_is_the_period_that_it_covers(day, calendar, kind, short, dash):
    period, form = calendar.containing(day, kind), "%b %Y" if short else "%B %Y"
    first, last = (one.strftime(form) for one in (period.first_day, period.last_day))
    text = first if kind is MONTH else f"{first}{' - ' if dash else ' to '}{last}"
    assert period == calendar.parse(text, MONTH)


WORDS = st.sampled_from([
    "jan", "sept", "march", "to", "-", "/", ".", ",", "q", "qtr", "quarter", "w", "week", "fy", "year", "ending", "12", "months",
    "3", "w/c", "w/e", "t", "z", "2020", "2019", "20", "21", "2020/21", "2010-11", "01", "31", "29", "0000", "9999", "00", "43922",
    "202006", "201920", "09:30", "+01:00", "monday", "st",
])  # fmt: skip
WRITTEN = st.builds(lambda words, between: between.join(words), st.lists(WORDS, max_size=6), st.sampled_from(["", " "]))


@given(text=st.one_of(st.text(max_size=12), WRITTEN), every=st.sampled_from(PeriodKind), calendar=CALENDARS)
def test_a_text_is_a_period_with_days_or_is_refused(text, every, calendar):
    try:
        found = calendar.parse(text, every)
    except PeriodError as refused:
        assert repr(text) in str(refused)  # noqa: PT017  # that nothing else is raised is the point
    else:
        assert found.first_day <= found.last_day
        assert found.kind.rank >= every.rank


@pytest.mark.parametrize("found", ["9999-12", "9999-12-31", "9999/00", "9999/00-Q4", "0000/01", "0000-W01", "9999-W52"])
def test_a_period_beyond_the_calendar_is_refused(found):
    with pytest.raises(PeriodError, match=re.escape(repr(found))):
        APRIL.parse(found, DAY)


@pytest.mark.parametrize(
    ("texts", "yearly", "doubtful"),
    [
        (["2010-11", "2011-12", "2012-13", "2012-04"], False, ["2010-11", "2011-12"]),
        (["2010-11", "2010-12", "2011-01"], False, []),
        (["2010-11", "2012-13"], True, []),
        (["2010-11", "2011-12", "2012-12"], True, ["2010-11", "2011-12"]),
        (["201011", "201920"], False, ["201011"]),
        (["01/02/2025", "01/31/2025", "05/05/2025", "13/01/2025"], False, ["01/02/2025"]),
        (["01/02/2025", "13/01/2025"], False, []),
    ],
)
def test_what_another_cell_of_the_column_makes_doubtful_is_found(texts, yearly, doubtful):
    assert doubtful == [doubt.text for doubt in read_two_ways(texts, yearly=yearly)]


@pytest.mark.parametrize(
    ("found", "every", "says"),
    [
        pytest.param("2020-Q3", PeriodKind.QUARTER, "write 2020/21-Q3 or 2019/20-Q3", id="whose-third-quarter"),
        pytest.param("2020", PeriodKind.YEAR, "financial year", id="which-year"),
        pytest.param("2020-13", PeriodKind.MONTH, "there is no month 13", id="month-13"),
        pytest.param("2021-02-29", PeriodKind.DAY, "2021-02-29", id="no-such-day"),
        pytest.param("2021-W53", PeriodKind.WEEK, "2021-W53", id="no-week-53"),
        pytest.param("2020/22", PeriodKind.YEAR, "2020/21", id="years-apart"),
        pytest.param("2020/21-Q5", PeriodKind.QUARTER, "1 to 4", id="fifth-quarter"),
        pytest.param("2020-09", PeriodKind.QUARTER, "finer", id="finer-than-the-measure"),
        pytest.param("12", PeriodKind.MONTH, "no period", id="bare-number"),
        pytest.param("", PeriodKind.MONTH, "no period", id="empty"),
        pytest.param(
            "2023 001",
            PeriodKind.MONTH,
            "001 may be counted from January or from April; number months 1 to 12",
            id="ledger",
        ),
        pytest.param(
            "P01 2023/24", PeriodKind.MONTH, "P01 may be counted from January or from April", id="ledger-letter"
        ),
        pytest.param(
            "1 2023/24", PeriodKind.MONTH, "month 1 of 2023/24 may be counted from January or from April", id="month-1"
        ),
        pytest.param(
            "2023/24 12", PeriodKind.MONTH, "use the month's name, or write a month like 2020-09", id="month-12"
        ),
        pytest.param("soon", PeriodKind.MONTH, "'soon' is no period; write a month like 2020-09", id="words"),
        pytest.param("2023 001", PeriodKind.WEEK, "'2023 001' is no period; write a week like 2020-W38", id="no-month"),
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
