"""On which day the figure of a period is due, by what its measure says (`expected:`)."""

from bisect import bisect_left
from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from alerting.domain.measure import Expected, Measure
from alerting.domain.period import Period
from alerting.domain.working_days import add_working_days

#: The day on which figures are due of which no day is known: after all others, and days can be added to it.
NEVER: Final = date(9000, 1, 1)
_YEAR: Final = timedelta(days=366)


def due_day(measure: Measure, last_day: date, area: str | None = None) -> date:
    """Return the day by which the figure of the period that ends on *last_day* should have come; `NEVER`: none is known.

    Args:
        measure: it has `expected`.
        area: where the days differ by area; None: the day by which it is due everywhere.
    """
    assert measure.expected is not None
    if area is None:
        known = [_due(one, last_day, measure.holidays) for one in measure.expected.each]
        return max((day for day in known if day != NEVER), default=NEVER)
    own = measure.expected.of(area)
    return NEVER if own is None else _due(own, last_day, measure.holidays)


def due_ordinals(measure: Measure, last_days: tuple[date, ...], area: str | None = None) -> tuple[int, ...]:
    """Return for many periods the days as `due_day` does, as ordinals; measures that expect the same share the work."""
    assert measure.expected is not None
    if area is None:
        return _latest(tuple(measure.expected.each), measure.holidays, last_days)
    own = measure.expected.of(area)
    return _latest(() if own is None else (own,), measure.holidays, last_days)


@lru_cache(maxsize=1 << 8)
def _latest(several: tuple[Expected, ...], holidays: str, last_days: tuple[date, ...]) -> tuple[int, ...]:
    days = [[_due(one, day, holidays).toordinal() for one in several] for day in last_days]
    never = NEVER.toordinal()
    return tuple(max((day for day in known if day != never), default=never) for known in days)


def first_due(measure: Measure, current: Period, day: date, area: str | None = None) -> Period:
    """Return the first period whose figure is due on *day* or later.

    Before the first of given dates nothing is known: of periods that ended over a year before *day*, none is awaited then.

    Args:
        measure: it has `expected`.
        current: the period that holds *day*.
        area: as for `due_day`.
    """
    assert measure.expected is not None
    by_dates = any(one.dates is not None for one in measure.expected.each)
    oldest, period = day - _YEAR, current
    while due_day(measure, (before := period - 1).last_day, area) >= day and not (
        by_dates and before.last_day < oldest
    ):
        period = before
    return period


@lru_cache(maxsize=1 << 16)
def _due(expected: Expected, last_day: date, holidays: str) -> date:
    if expected.working_day is not None:
        return add_working_days(last_day, expected.working_day, holidays)
    if expected.days is not None:
        return last_day + timedelta(days=expected.days)
    earliest = last_day + timedelta(days=expected.after)
    if expected.weekday is not None:
        return earliest + timedelta(days=(expected.weekday - earliest.weekday()) % 7)
    if expected.day is not None:
        return _day_of_month(expected.day, earliest)
    dates = expected.dates or ()
    place = bisect_left(dates, earliest)
    return dates[place] if place < len(dates) else NEVER


def _day_of_month(number: int, earliest: date) -> date:
    """Return the first such day of a month that is *earliest* or later."""
    found = _within_month(number, earliest.year, earliest.month)
    if found < earliest:
        found = _within_month(number, earliest.year + earliest.month // 12, earliest.month % 12 + 1)
    return found


def _within_month(number: int, year: int, month: int) -> date:
    return date(year, month, min(number, monthrange(year, month)[1]))
