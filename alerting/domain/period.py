"""Periods: days, ISO weeks, months, quarters and financial years, with their order, labels and written forms."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import Enum
from functools import lru_cache
from typing import NamedTuple, Self

from alerting.domain.written_periods import (
    MONTH_NAMES,
    Day,
    MonthOfYear,
    MonthOrYear,
    Months,
    Quarter,
    TwoWays,
    Week,
    Written,
    Year,
    month_of_unknown_start,
    written,
)

__all__ = ["MONTH_NAMES", "Calendar", "Moment", "Period", "PeriodError", "PeriodKind", "month_later"]


class PeriodKind(Enum):
    """How long a period is; ordered from the finest to the coarsest."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    @property
    def rank(self) -> int:
        """0 for the finest kind, 4 for the coarsest."""
        return _RANKS[self]

    @property
    def per_year(self) -> int | None:
        """Periods in each financial year, where every year has as many; else None (days, weeks)."""
        return {PeriodKind.MONTH: 12, PeriodKind.QUARTER: 4, PeriodKind.YEAR: 1}.get(self)


#: In arrays a kind stands as its place among these.
KINDS = tuple(PeriodKind)
_RANKS = {kind: n for n, kind in enumerate(KINDS)}


class PeriodError(ValueError):
    """A text or date names no period of the kind that is wanted; the message says why and what to write."""


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """One period. `ordinal` counts periods of its kind, so neighbours differ by one.

    Quarters and years depend on `starts`, the month (1-12) in which the financial year begins.
    """

    kind: PeriodKind = field(compare=True)
    ordinal: int
    starts: int = 4

    def __str__(self) -> str:
        """Return the canonical form: 2020-09-14, 2020-W38, 2020-09, 2020/21-Q2, 2020/21."""
        return _written(self)

    def __hash__(self) -> int:
        return hash(self.ordinal)  # looked up by the thousand; kinds hardly share ordinals

    def __add__(self, periods: int) -> Self:
        return type(self)(self.kind, self.ordinal + periods, self.starts)

    def __sub__(self, periods: int) -> Self:
        return self + -periods

    @property
    def previous(self) -> Self:
        """The period right before this one."""
        return self - 1

    @property
    def first_day(self) -> date:
        """The first day that belongs to the period."""
        return _first_day(self.kind, self.ordinal, self.starts)

    @property
    def last_day(self) -> date:
        """The last day that belongs to the period."""
        return _first_day(self.kind, self.ordinal + 1, self.starts) - timedelta(days=1)

    @property
    def same_period_last_year(self) -> Self | None:
        """The twin a year before; None for week 53 and 29 February where the year before has none."""
        if (step := self.kind.per_year) is not None:
            return self - step
        if self.kind is PeriodKind.WEEK:
            year, week, _ = self.first_day.isocalendar()
            try:
                twin = date.fromisocalendar(year - 1, week, 1)
            except ValueError:
                return None
            return type(self)(self.kind, (twin.toordinal() - 1) // 7, self.starts)
        day = self.first_day
        try:
            return type(self)(self.kind, day.replace(year=day.year - 1).toordinal(), self.starts)
        except ValueError:
            return None

    @property
    def label(self) -> str:
        """The name in a sentence: 14 September 2020, week 38, 2020, September 2020, Q2 2020/21, 2020/21."""
        if self.kind is PeriodKind.DAY:
            day = self.first_day
            return f"{day.day} {MONTH_NAMES[day.month - 1]} {day.year}"
        if self.kind is PeriodKind.WEEK:
            year, week, _ = self.first_day.isocalendar()
            return f"week {week}, {year}"
        if self.kind is PeriodKind.MONTH:
            return f"{MONTH_NAMES[self.ordinal % 12]} {self.ordinal // 12}"
        if self.kind is PeriodKind.QUARTER:
            year, quarter = divmod(self.ordinal, 4)
            return f"Q{quarter + 1} {_year_text(year, self.starts)}"
        return _year_text(self.ordinal, self.starts)


def _first_day(kind: PeriodKind, ordinal: int, starts: int) -> date:
    if kind is PeriodKind.DAY:
        return date.fromordinal(ordinal)
    if kind is PeriodKind.WEEK:
        return date.fromordinal(ordinal * 7 + 1)
    if kind is PeriodKind.MONTH:
        return date(ordinal // 12, ordinal % 12 + 1, 1)
    months = ordinal * (3 if kind is PeriodKind.QUARTER else 12) + starts - 1
    return date(months // 12, months % 12 + 1, 1)


def _year_text(year: int, starts: int) -> str:
    return str(year) if starts == 1 else f"{year}/{(year + 1) % 100:02d}"


@lru_cache(maxsize=65536)
def _written(period: Period) -> str:
    if period.kind is PeriodKind.DAY:
        return period.first_day.isoformat()
    if period.kind is PeriodKind.WEEK:
        year, week, _ = period.first_day.isocalendar()
        return f"{year}-W{week:02d}"
    if period.kind is PeriodKind.MONTH:
        return f"{period.ordinal // 12:04d}-{period.ordinal % 12 + 1:02d}"
    if period.kind is PeriodKind.QUARTER:
        year, quarter = divmod(period.ordinal, 4)
        return f"{_year_text(year, period.starts)}-Q{quarter + 1}"
    return _year_text(period.ordinal, period.starts)


class Moment(NamedTuple):
    """A period as read from a cell; `second` counts from the first day of the calendar where a date stood there, else 0."""

    period: Period
    second: int = 0


@dataclass(frozen=True, slots=True)
class Calendar:
    """Reads and makes periods for an organisation whose financial year starts in month `starts` (1-12)."""

    starts: int = 4

    def containing(self, day: date, kind: PeriodKind) -> Period:
        """Return the period of *kind* that *day* lies in."""
        if kind is PeriodKind.DAY:
            return Period(kind, day.toordinal(), self.starts)
        if kind is PeriodKind.WEEK:
            return Period(kind, (day.toordinal() - 1) // 7, self.starts)
        months = day.year * 12 + day.month - 1
        if kind is PeriodKind.MONTH:
            return Period(kind, months, self.starts)
        return Period(kind, (months - self.starts + 1) // (3 if kind is PeriodKind.QUARTER else 12), self.starts)

    def newest_complete(self, as_of: date, kind: PeriodKind) -> Period:
        """Return the newest period whose last day lies before *as_of*."""
        return self.containing(as_of, kind).previous

    def coarser(self, period: Period, kind: PeriodKind) -> Period:
        """Return the period of *kind* that holds *period*; a week belongs where its Thursday lies."""
        day = period.first_day
        if period.kind is PeriodKind.WEEK and kind is not PeriodKind.WEEK:
            day += timedelta(days=3)
        return self.containing(day, kind)

    def within(self, period: Period, kind: PeriodKind) -> list[Period]:
        """Return the periods of a finer *kind* that *period* holds, in order; a week belongs where its Thursday lies."""
        first, last = (self.containing(day, kind) for day in (period.first_day, period.last_day))
        if kind is PeriodKind.WEEK and period.kind is not PeriodKind.WEEK:
            first = first if self.coarser(first, period.kind) == period else first + 1
            last = last if self.coarser(last, period.kind) == period else last - 1
        return [first + n for n in range(last.ordinal - first.ordinal + 1)]

    def parse(self, found: str | date | int | float, every: PeriodKind) -> Period:
        """Read one period as people and spreadsheets write it.

        A whole date stands for the period of kind *every* that holds it; every other form names its own kind, which may
        be coarser than *every* (a printed quarter of a monthly measure) but not finer.

        Raises:
            PeriodError: the text names no period, or one finer than *every*.
        """
        return self.moment(found, every).period

    def moment(self, found: str | date | int | float, every: PeriodKind) -> Moment:
        """Read one period, with the instant where a date names it: two dates of one month are two figures.

        Raises:
            PeriodError: the text names no period, or one finer than *every*.
        """
        moment = self._read(found, every)
        if moment.period.kind.rank < every.rank:
            message = f"{found!r} is a {moment.period.kind.value}, finer than the measure's {every.value}s"
            raise PeriodError(f"{message}; write a {every.value}, like {self._example(every)}")
        return moment

    def parse_exact(self, text: str) -> Period:
        """Read a period where nothing says of which kind (options, tests): a date is a day."""
        return self._read(text, PeriodKind.DAY).period

    def contradicted(self, doubt: TwoWays) -> PeriodError:
        """Return what is wrong with a text that another in its column makes doubtful."""
        return PeriodError(
            f"{doubt.text!r} could be {doubt.could_be}: {doubt.other!r} stands in the same column; write {doubt.write}"
        )

    def _read(self, found: str | date | int | float, every: PeriodKind) -> Moment:
        try:
            what = _said(found)
            if isinstance(what, Day):
                return Moment(_whole(self.containing(what.day, every)), what.day.toordinal() * 86_400 + what.second)
            if what is not None:
                return Moment(_whole(self._named(what, every)))
        except PeriodError as error:
            raise PeriodError(f"{found!r} {error}") from None
        except (ValueError, OverflowError) as error:
            raise PeriodError(f"{found!r} is no {every.value}: {error}") from None
        raise PeriodError(
            f"{found!r} is no period{self._why(str(found), every)} a {every.value} like {self._example(every)}"
        )

    def _why(self, text: str, every: PeriodKind) -> str:
        """Say why a text is no period, where that can be told, and begin to say what to write."""
        month = month_of_unknown_start(text) if every is PeriodKind.MONTH else None
        if month is None:
            return "; write"
        begins = MONTH_NAMES[self.starts - 1] if self.starts != 1 else "April"
        what = f"month {month.number} of {month.year}" if month.year else month.number
        use = "use the month's name" if month.year else "number months 1 to 12 from January"
        return f": {what} may be counted from January or from {begins}; {use}, or write"

    def _named(self, what: Written, every: PeriodKind) -> Period:
        match what:
            case Week():
                return self.containing(date.fromisocalendar(what.year, what.week, 1), PeriodKind.WEEK)
            case Months():
                return self._months(what)
            case MonthOrYear() if every is PeriodKind.YEAR:
                return self._named(Year(what.year, f"{what.month:02d}"), every)
            case MonthOrYear():
                return self.containing(date(what.year, what.month, 1), PeriodKind.MONTH)
            case MonthOfYear():
                year = self._financial_year(what.year, what.second)
                year += what.month < self.starts
                return Period(PeriodKind.MONTH, year * 12 + what.month - 1, self.starts)
            case Quarter():
                return self._quarter(what)
            case Year(second=None) if self.starts != 1:
                hint = self._example(PeriodKind.YEAR)
                raise PeriodError(f"could be a calendar or a financial year; write the financial year like {hint}")
            case Year():
                return Period(PeriodKind.YEAR, self._financial_year(what.year, what.second), self.starts)
        raise AssertionError(what)

    def _months(self, span: Months) -> Period:
        """Return the month, quarter or year that some months in a row are."""
        length, ahead = span.last - span.first + 1, span.first - self.starts + 1
        if length == 1:
            return Period(PeriodKind.MONTH, span.first, self.starts)
        for kind, months in ((PeriodKind.QUARTER, 3), (PeriodKind.YEAR, 12)):
            if length == months and ahead % months == 0:
                return Period(kind, ahead // months, self.starts)
        first, last = (Period(PeriodKind.MONTH, month, self.starts).label for month in (span.first, span.last))
        begins = MONTH_NAMES[self.starts - 1]
        raise PeriodError(f"is {first} to {last}: neither a quarter nor a year of those that begin in {begins}")

    def _quarter(self, what: Quarter) -> Period:
        if not 1 <= what.quarter <= 4:
            raise PeriodError("names a quarter that there is not: a year has quarters 1 to 4")
        if what.second is None and self.starts != 1:
            raise PeriodError(self._which_quarter(what))
        year = self._financial_year(what.year, what.second)
        return Period(PeriodKind.QUARTER, year * 4 + what.quarter - 1, self.starts)

    def _which_quarter(self, what: Quarter) -> str:
        """Say what a quarter of a single number may be: of two financial years, or of the calendar."""
        here, before = (f"{_year_text(year, self.starts)}-Q{what.quarter}" for year in (what.year, what.year - 1))
        first, last = what.quarter * 3 - 2, what.quarter * 3
        months = f"{MONTH_NAMES[first - 1]} to {MONTH_NAMES[last - 1]} {what.year}"
        calendar = f", {months} as {self.containing(date(what.year, first, 1), PeriodKind.QUARTER)}"
        return (
            f"could be a calendar or a financial quarter; write {here} or {before}"
            f"{calendar if self.starts % 3 == 1 else ''}, or set `financial_year_starts: january` in the schedule"
        )

    def _financial_year(self, first: int, second: str | None) -> int:
        if second is None:
            return first
        if self.starts == 1:
            raise PeriodError(f"is no year: financial years start in January here; write {first}")
        if int(second) != (first + 1) % 100 and int(second) != first + 1:
            raise PeriodError(f"is no year: the financial year after {first} is {_year_text(first, self.starts)}")
        return first

    def _example(self, kind: PeriodKind) -> str:
        return str(self.containing(date(2020, 9, 14), kind))


def _whole(period: Period) -> Period:
    """Return a period whose days the calendar has.

    Raises:
        ValueError: it begins before year 1 or ends after year 9998.
    """
    _ = period.first_day, period.last_day
    return period


def _said(found: str | date | int | float) -> Written | None:
    """Return what a cell says, be it a text or a date already."""
    if isinstance(found, datetime):
        return Day(found.date(), found.hour * 3600 + found.minute * 60 + found.second)
    return Day(found) if isinstance(found, date) else written(str(found))


def month_later(day: date, months: int = 1) -> date:
    """Return the same day so many months later; the month's last where there is none."""
    year, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + year, month + 1, 1)
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return min(first.replace(day=1) + timedelta(days=day.day - 1), following - timedelta(days=1))
