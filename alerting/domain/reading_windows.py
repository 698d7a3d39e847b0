"""How far back a source is read from one day to the next, and how often all of it is."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from alerting.domain.measure import Span
from alerting.domain.period import PeriodKind

#: Months of the kinds that are whole months, and days of the others.
_MONTHS = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.YEAR: 12}
_DAYS = {PeriodKind.DAY: 1, PeriodKind.WEEK: 7}


class FullRead(Enum):
    """How often everything is read."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingWindow:
    """A part of a source that is read from one day to the next; what lies before it is remembered."""

    span: Span
    full: FullRead = FullRead.WEEKLY

    def since(self, day: date) -> date:
        """Return the first day of the window; of months that of a month: 13 months on 15 October 2020 begin in September 2019."""
        if self.span.kind in _DAYS:
            return day - timedelta(days=self.span.count * _DAYS[self.span.kind])
        return _months_on(day.replace(day=1), -self.span.count * _MONTHS[self.span.kind])

    def is_full_due(self, last: date | None, day: date) -> bool:
        """Say whether everything is to be read on a day.

        Args:
            last: the day on which it was; None: never. On that very day all is read; where it lies ahead it was undone.
        """
        if last is None or last >= day:
            return True
        if self.full is FullRead.NEVER:
            return False
        days = {FullRead.DAILY: 1, FullRead.WEEKLY: 7}
        return day >= (last + timedelta(days=days[self.full]) if self.full in days else _months_on(last, 1))


def _months_on(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
