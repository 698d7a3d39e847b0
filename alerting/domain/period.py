"""Periods: days, ISO weeks, months, quarters and financial years, with their order, labels and written forms."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import Enum
from functools import lru_cache
from typing import Self

MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_MONTH_NUMBERS = {name[:3].lower(): n for n, name in enumerate(MONTH_NAMES, 1)}
_MONTH_NUMBERS["sept"] = 9
#: Day 0 of Excel's 1900 date system, its phantom 29 February 1900 included.
_EXCEL_EPOCH = date(1899, 12, 30)
#: Serial numbers read as Excel dates: 1982-02-18 to 2119-04-02. Outside them a bare number is more likely an error.
_EXCEL_DAYS = range(30_000, 80_000)


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


_RANKS = {kind: n for n, kind in enumerate(PeriodKind)}


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


_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]\d{1,2}:\d{2}.*)?")
_UK_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?: \d{1,2}:\d{2}.*)?")
_NAMED_DAY = re.compile(r"(\d{1,2})[ -]([a-z]{3,9})[ -](\d{4})")
_ISO_WEEK = re.compile(r"(\d{4})-?w(\d{1,2})")
_WORD_WEEK = re.compile(r"(?:week|wk) ?(\d{1,2}),? ?(\d{4})")
_ISO_MONTH = re.compile(r"(\d{4})-(\d{1,2})")
_NAMED_MONTH = re.compile(r"([a-z]{3,9})[ -]?'?(\d{4}|\d{2})")
_YEAR_QUARTER = re.compile(r"(\d{4})(?:/(\d{2}|\d{4}))?[ -]*(?:q|qtr|quarter) ?(\d)")
_QUARTER_YEAR = re.compile(r"(?:q|qtr|quarter) ?(\d),? *(\d{4}|\d{2})(?:/(\d{2}|\d{4}))?")
_FIN_YEAR = re.compile(r"(?:fy ?)?(\d{4})/(\d{2}|\d{4})")
_PLAIN_YEAR = re.compile(r"(\d{4})")
_NUMBER = re.compile(r"(\d{5})(?:\.\d+)?")


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

    def parse(self, found: str | date | int | float, every: PeriodKind) -> Period:
        """Read one period as people and spreadsheets write it.

        A whole date stands for the period of kind *every* that holds it; every other form names its own kind, which may
        be coarser than *every* (a printed quarter of a monthly measure) but not finer.

        Raises:
            PeriodError: the text names no period, or one finer than *every*.
        """
        period = self._read(found, every)
        if period.kind.rank < every.rank:
            message = f"{found!r} is a {period.kind.value}, finer than the measure's {every.value}s"
            raise PeriodError(f"{message}; write a {every.value}, like {self._example(every)}")
        return period

    def parse_exact(self, text: str) -> Period:
        """Read a period where nothing says of which kind (options, tests): a date is a day."""
        return self._read(text, PeriodKind.DAY)

    def _read(self, found: str | date | int | float, every: PeriodKind) -> Period:
        try:
            if isinstance(found, datetime):
                return self.containing(found.date(), every)
            if isinstance(found, date):
                return self.containing(found, every)
            text = " ".join(str(found).strip().lower().replace("\N{EN DASH}", "-").split())
            if (day := _day_in(text)) is not None:
                return self.containing(day, every)
            if (period := self._named(text)) is not None:
                return period
        except PeriodError:
            raise
        except (ValueError, OverflowError) as error:
            raise PeriodError(f"{found!r} is no {every.value}: {error}") from None
        raise PeriodError(f"{found!r} is no period; write a {every.value} like {self._example(every)}")

    def _named(self, text: str) -> Period | None:
        if match := _ISO_WEEK.fullmatch(text):
            return self.containing(date.fromisocalendar(int(match[1]), int(match[2]), 1), PeriodKind.WEEK)
        if match := _WORD_WEEK.fullmatch(text):
            return self.containing(date.fromisocalendar(int(match[2]), int(match[1]), 1), PeriodKind.WEEK)
        if match := _ISO_MONTH.fullmatch(text):
            return self.containing(date(int(match[1]), int(match[2]), 1), PeriodKind.MONTH)
        if (match := _NAMED_MONTH.fullmatch(text)) and (month := _month_number(match[1])):
            return self.containing(date(_full_year(match[2]), month, 1), PeriodKind.MONTH)
        if match := _YEAR_QUARTER.fullmatch(text):
            return self._quarter(text, match[1], match[2], int(match[3]))
        if match := _QUARTER_YEAR.fullmatch(text):
            return self._quarter(text, match[2], match[3], int(match[1]))
        if match := _FIN_YEAR.fullmatch(text):
            return Period(PeriodKind.YEAR, self._financial_year(text, match[1], match[2]), self.starts)
        if (match := _PLAIN_YEAR.fullmatch(text)) and self.starts == 1:
            return Period(PeriodKind.YEAR, int(match[1]), self.starts)
        if match:
            hint = self._example(PeriodKind.YEAR)
            raise PeriodError(f"{text!r} could be a calendar or a financial year; write the financial year like {hint}")
        return None

    def _quarter(self, text: str, year: str, second: str | None, quarter: int) -> Period:
        if not 1 <= quarter <= 4:
            raise PeriodError(f"{text!r}: a year has quarters 1 to 4")
        ordinal = self._financial_year(text, year, second, quarter) * 4 + quarter - 1
        return Period(PeriodKind.QUARTER, ordinal, self.starts)

    def _financial_year(self, text: str, year: str, second: str | None, quarter: int | None = None) -> int:
        first = _full_year(year)
        if second is None:
            if self.starts == 1:
                return first
            tail = f"-Q{quarter}" if quarter else ""
            here, before = (f"{_year_text(y, self.starts)}{tail}" for y in (first, first - 1))
            raise PeriodError(
                f"{text!r} could be a calendar or a financial quarter; write {here} or {before},"
                " or set `financial_year_starts: january` in the schedule"
            )
        if self.starts == 1:
            raise PeriodError(f"{text!r}: financial years start in January here; write {first}")
        if int(second) != (first + 1) % 100 and int(second) != first + 1:
            raise PeriodError(f"{text!r}: the financial year after {first} is {_year_text(first, self.starts)}")
        return first

    def _example(self, kind: PeriodKind) -> str:
        return str(self.containing(date(2020, 9, 14), kind))


def _day_in(text: str) -> date | None:
    if match := _ISO_DAY.fullmatch(text):
        return date(int(match[1]), int(match[2]), int(match[3]))
    if match := _UK_DAY.fullmatch(text):
        return date(int(match[3]), int(match[2]), int(match[1]))
    if (match := _NAMED_DAY.fullmatch(text)) and (month := _month_number(match[2])):
        return date(int(match[3]), month, int(match[1]))
    if (match := _NUMBER.fullmatch(text)) and int(match[1]) in _EXCEL_DAYS:
        return _EXCEL_EPOCH + timedelta(days=int(match[1]))
    return None


def _month_number(word: str) -> int | None:
    short = word if word == "sept" else word[:3]
    number = _MONTH_NUMBERS.get(short)
    if number is None or not (len(word) == 3 or word == "sept" or word == MONTH_NAMES[number - 1].lower()):
        return None
    return number


def _full_year(text: str) -> int:
    year = int(text)
    return year if len(text) == 4 else (2000 + year if year < 70 else 1900 + year)


def month_later(day: date, months: int = 1) -> date:
    """Return the same day so many months later; the month's last where there is none."""
    year, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + year, month + 1, 1)
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return min(first.replace(day=1) + timedelta(days=day.day - 1), following - timedelta(days=1))
