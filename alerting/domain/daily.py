"""Like for like: how many days each period's figure is shared out among before periods are compared (`per_day:`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from alerting.domain.measure import Covers, Measure, PerDay, Span
from alerting.domain.period import Calendar, Period, PeriodKind, month_later
from alerting.domain.spans import span_of
from alerting.domain.working_days import ENGLAND, is_working_day

_WEEK = timedelta(days=7)
_MONTHS = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.YEAR: 12}


@dataclass(frozen=True, slots=True)
class DayCount:
    """Which days count for a figure: those of its period, or of all that it spans; whole weeks where it is made of weeks."""

    per_day: PerDay
    weekly: bool = False
    span: Span | Covers | None = None
    #: Whose bank holidays are no working days.
    holidays: str = ENGLAND

    @classmethod
    def of(cls, measure: Measure) -> "DayCount | None":
        """Read it off *measure*; None where its figures are compared as they are."""
        if measure.per_day is None:
            return None
        return cls(measure.per_day, measure.every is PeriodKind.WEEK, span_of(measure), measure.holidays)

    def of_each(self, periods: Sequence[Period]) -> NDArray[np.float64]:
        """Return the number of days of each period's figure."""
        return np.array([_days_of(self, period) for period in periods], dtype=np.float64)


@lru_cache(maxsize=65536)
def _days_of(count: DayCount, period: Period) -> int:
    first, last = _first_day(count.span, period), period.last_day
    if count.weekly and period.kind is not PeriodKind.WEEK:  # a week belongs where its Thursday lies
        first, last = (
            _monday_of_first_thursday(first),
            _monday_of_first_thursday(last + timedelta(days=1)) - timedelta(days=1),
        )
    if count.per_day is PerDay.CALENDAR:
        return (last - first).days + 1
    return sum(is_working_day(first + timedelta(days=n), count.holidays) for n in range((last - first).days + 1))


def _first_day(span: Span | Covers | None, period: Period) -> date:
    """Return the first day that a period's figure spans."""
    if span is None:
        return period.first_day
    if isinstance(span, Covers):
        return Calendar(period.starts).coarser(period, PeriodKind.YEAR).first_day
    after = period.last_day + timedelta(days=1)
    if span.kind in _MONTHS:
        return month_later(after, -span.count * _MONTHS[span.kind])
    return after - (_WEEK if span.kind is PeriodKind.WEEK else timedelta(days=1)) * span.count


def _monday_of_first_thursday(day: date) -> date:
    """Return the Monday of the first week whose Thursday is *day* or later."""
    thursday = day + timedelta(days=(3 - day.weekday()) % 7)
    return thursday - timedelta(days=3)
