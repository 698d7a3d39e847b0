"""Working days in England: Monday to Friday, less bank holidays; and the day a period's figure is due."""

from datetime import date, timedelta
from functools import lru_cache

from alerting.domain.measure import Expected

_SATURDAY = 5


def is_working_day(day: date) -> bool:
    """Say whether *day* is neither at the weekend nor a bank holiday in England."""
    return day.weekday() < _SATURDAY and day not in _bank_holidays(day.year)


def add_working_days(day: date, count: int) -> date:
    """Return the *count*-th working day after *day*, or before it where *count* is negative; *day* itself for 0."""
    step = timedelta(days=1 if count > 0 else -1)
    for _ in range(abs(count)):
        day += step
        while not is_working_day(day):
            day += step
    return day


def due_day(expected: Expected, last_day: date) -> date:
    """Return the day by which the figure of the period that ends on *last_day* should have come."""
    if expected.working_day is not None:
        return add_working_days(last_day, expected.working_day)
    return last_day + timedelta(days=expected.days or 0)


@lru_cache(maxsize=256)
def _bank_holidays(year: int) -> frozenset[date]:
    # Imported where used: the calendars of every country take half a second, and most rule folders count plain days.
    from holidays.countries.united_kingdom import UnitedKingdom

    return frozenset(UnitedKingdom(subdiv="ENG", years=year))
