"""Days on which figures are due and what is awaited, against a calendar that is walked day by day, from 2020 to 2037."""

from calendar import monthrange
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from random import Random
from types import SimpleNamespace

import pytest
from samples.sampling import few
from samples.worlds import a_measure

from alerting.domain.due_days import NEVER, due_day
from alerting.domain.measure import Expected
from alerting.domain.period import Calendar, PeriodKind
from alerting.domain.working_days import is_working_day
from alerting.reports.publication_calendar import awaited_figures

DAY = timedelta(days=1)
NATIONS = ("england", "wales", "scotland", "northern-ireland")
AREAS = ("force", "north", "south")
MEASURE = a_measure()
CALENDAR = Calendar()
#: Days that are walked through on either side.
SPAN = 366


def drawn(draw, around):
    """One way of saying when figures are due."""
    after = draw.choice([0, 1, 5, 10, 20, 45])
    dates = sorted({around + timedelta(days=draw.randrange(0, 800)) for _ in range(draw.randrange(1, 12))})
    return draw.choice(
        [
            Expected(days=draw.randrange(0, 95)),
            Expected(working_day=draw.randrange(1, 30)),
            Expected(day=draw.choice([1, 15, 28, 29, 30, 31]), after=after),
            Expected(weekday=draw.randrange(7), after=after),
            Expected(dates=tuple(dates), after=after),
        ]
    )


@cache
def slow(expected, last_day, nation):
    """Walk on from a period's end until the day has come; None: it never does."""
    day, worked = last_day, 0
    for n in range(1500):
        if expected.days is not None and n == expected.days:
            return day
        if expected.working_day is not None:
            worked += n > 0 and is_working_day(day, nation)
            if worked == expected.working_day:
                return day
        if n >= expected.after:
            if expected.weekday is not None and day.weekday() == expected.weekday:
                return day
            if expected.day is not None and day.day == min(expected.day, monthrange(day.year, day.month)[1]):
                return day
            if expected.dates is not None and day in expected.dates:
                return day
        day += DAY
    return None


def by_area(draw, around):
    """The same, or another one in some areas; the areas that are named, with what holds there."""
    if draw.random() < 0.5:
        one = drawn(draw, around)
        return one, dict.fromkeys(AREAS, one)
    named = {area: drawn(draw, around) for area in draw.sample(("default", *AREAS), draw.randrange(1, 4))}
    return Expected(by_area=tuple(named.items())), {
        area: own for area in AREAS if (own := named.get(area, named.get("default"))) is not None
    }


@pytest.mark.sampled
@pytest.mark.parametrize("nation", NATIONS)
def test_every_way_of_being_due_is_the_day_that_walking_finds(nation):
    """Ends of months and years, leap days, and any other day."""
    draw = Random(nation)
    ends = [
        date(2024, 2, 29),
        date(2028, 2, 29),
        date(2036, 2, 29),
        date(2023, 2, 28),
        date(2027, 12, 31),
        date(2021, 3, 31),
    ]
    for number in range(few(100, 20_000)):
        last_day = ends[number] if number < len(ends) else date(2020, 1, 1) + timedelta(days=draw.randrange(6_570))
        expected, areas = by_area(draw, last_day)
        measure = replace(MEASURE, expected=expected, holidays=nation)
        walked = {area: slow(own, last_day, nation) for area, own in areas.items()}
        for area in AREAS:
            assert due_day(measure, last_day, area) == (walked.get(area) or NEVER), (nation, last_day, expected, area)


@pytest.mark.sampled
@pytest.mark.parametrize("every", ["day", "week", "month", "quarter", "year"])
def test_what_is_awaited_is_what_walking_through_periods_and_areas_finds(every):
    draw, kind = Random(every), PeriodKind(every)
    for _ in range(few(4, 300)):
        as_of = date(2020, 1, 1) + timedelta(days=draw.randrange(6_500))
        expected, areas = by_area(draw, as_of - timedelta(days=400))
        nation, now = draw.choice(NATIONS), CALENDAR.containing(as_of, kind)
        measure = replace(MEASURE, every=kind, expected=expected, holidays=nation)
        came = {area: draw.choice([None, now - draw.randrange(1, 5), now - 1]) for area in AREAS}
        until = as_of + timedelta(days=draw.choice([0, 30, 60, 90]))
        rules = SimpleNamespace(measures={"m": measure}, calendar=CALENDAR)
        found = awaited_figures(rules, Came(came), as_of, until)
        told = {(one.day, one.period.ordinal, area, one.is_late) for one in found for area in one.areas}
        assert told == walked(areas, came, as_of, until, nation, kind), (as_of, expected, came)


def test_a_series_that_never_had_a_figure_is_awaited_for_a_year_before_its_first_date_at_most():
    expected = Expected(dates=(date(2030, 11, 19),))
    measure = replace(MEASURE, every=PeriodKind.MONTH, expected=expected)
    rules = SimpleNamespace(measures={"m": measure}, calendar=CALENDAR)
    found = awaited_figures(rules, Came(dict.fromkeys(AREAS)), date(2030, 10, 1), date(2030, 12, 1))

    assert str(found[-1].period) == "2030-10"
    assert 12 <= len(found) <= 14


class Came:
    """The newest figure of each area."""

    def __init__(self, came):
        self._came = came

    def areas(self, _):
        return AREAS

    def came(self, _, area):
        return self._came[area]


def walked(areas, came, as_of, until, nation, kind):
    """All periods that have not come: of those that are late the first (of a series that never had one, the newest)."""
    first = CALENDAR.containing(as_of - timedelta(days=SPAN), kind)
    last = CALENDAR.containing(until, kind)
    periods = [first + n for n in range(last.ordinal - first.ordinal + 1)]
    if kind.rank > PeriodKind.MONTH.rank:  # of a long one, the day it is due may lie far behind it
        periods = [first - n for n in range(3, 0, -1)] + periods
    found = set()
    for area, expected in areas.items():
        newest, late = came[area], []
        for period in periods:
            day = slow(expected, period.last_day, nation)
            if expected.dates and period.last_day < as_of - timedelta(days=366):
                continue
            if day is None or day > until or (newest is not None and period.ordinal <= newest.ordinal):
                continue
            if day < as_of:
                late.append((day, period.ordinal, area, True))
            else:
                found.add((day, period.ordinal, area, False))
        found |= set(late[-1:] if newest is None else late[:1])
    return found
