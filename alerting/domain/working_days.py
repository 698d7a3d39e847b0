"""Working days: the days of a country's week that people work, less its bank holidays."""

from calendar import isleap
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from holidays import HolidayBase

#: Whose holidays count where a rules folder does not say.
ENGLAND: Final = "england"
#: The parts of the United Kingdom by the names that rule files use; all others are ISO 3166 codes: `fr`, `de-by`.
_UNITED_KINGDOM: Final = {
    ENGLAND: "ENG", "wales": "WLS", "scotland": "SCT", "northern-ireland": "NIR",
}  # fmt: skip
_DAY: Final = timedelta(days=1)


class UnknownHolidays(ValueError):
    """Nobody has a calendar of this name; the message says what there is."""


def check_holidays(name: str) -> None:
    """Make sure that there is a calendar of a name.

    Raises:
        UnknownHolidays: there is none.
    """
    _calendar(name)


def is_working_day(day: date, holidays: str) -> bool:
    """Say whether *day* is neither at the weekend nor a bank holiday."""
    return day not in _days_off(holidays, day.year)


def is_bank_holiday(day: date, holidays: str) -> bool:
    """Say whether *day* is a bank holiday on a day on which people would work otherwise."""
    return not is_working_day(day, holidays) and day.weekday() not in _calendar(holidays).weekend


def add_working_days(day: date, count: int, holidays: str) -> date:
    """Return the *count*-th working day after *day*, or before it where *count* is negative; *day* itself for 0."""
    step = _DAY if count > 0 else -_DAY
    for _ in range(abs(count)):
        day += step
        while not is_working_day(day, holidays):
            day += step
    return day


@lru_cache(maxsize=256)
def _days_off(name: str, year: int) -> frozenset[date]:
    calendar, first = _calendar(name), date(year, 1, 1)
    days = (first + n * _DAY for n in range(365 + isleap(year)))
    return frozenset(day for day in days if not calendar.is_working_day(day))


@lru_cache(maxsize=16)
def _calendar(name: str) -> "HolidayBase":
    # Imported where used: the calendars of every country take half a second, and most rule folders count plain days.
    from holidays import country_holidays

    part = _UNITED_KINGDOM.get(name)
    country, *region = ("GB", part) if part else name.upper().split("-", 1)
    try:
        return country_holidays(country, subdiv=region[0] if region else None)
    except NotImplementedError:  # so it says that it has no such country or part
        raise UnknownHolidays(f'there is no calendar of holidays "{name}"') from None
