"""Days, periods and streaks in words."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from alerting.domain.measure import Aggregate, Covers, Measure, Span
from alerting.domain.period import MONTH_NAMES, Period, PeriodKind
from alerting.wording.numbers import ordinal

_NOUNS = {
    PeriodKind.DAY: "day", PeriodKind.WEEK: "week", PeriodKind.MONTH: "month",
    PeriodKind.QUARTER: "quarter", PeriodKind.YEAR: "year",
}  # fmt: skip


def day_words(day: date) -> str:
    """Write 1 December 2020."""
    return f"{day.day} {MONTH_NAMES[day.month - 1]} {day.year}"


def days_words(first: date, last: date) -> str:
    """Write 8 to 15 October 2020, 28 September to 5 October 2020, 28 December 2020 to 4 January 2021."""
    if first.year != last.year:
        return f"{day_words(first)} to {day_words(last)}"
    month = "" if first.month == last.month else f" {MONTH_NAMES[first.month - 1]}"
    return f"{first.day}{month} to {day_words(last)}"


def short_label(period: Period) -> str:
    """Write a period for a table: Sep 2020, Q2 20/21, 2020/21, week 38, 2020, 14 Sep 2020."""
    first = period.first_day
    month = MONTH_NAMES[first.month - 1][:3]
    if period.kind is PeriodKind.DAY:
        return f"{first.day} {month} {first.year}"
    if period.kind is PeriodKind.MONTH:
        return f"{month} {first.year}"
    if period.kind is PeriodKind.QUARTER and period.starts != 1:
        year = first.year if first.month >= period.starts else first.year - 1
        return f"Q{(first.month - period.starts) % 12 // 3 + 1} {year % 100:02d}/{(year + 1) % 100:02d}"
    return period.label


def time_to(first: date, last: date) -> str:
    """Write a time as a subject begins, without its year: Week to 4 March, Month to 31 March, Digest of 16 days to 20 March."""
    days, end = (last - first).days, f"{last.day} {MONTH_NAMES[last.month - 1]}"
    if days <= 1:
        return f"Day to {end}"
    for length, most in _SPANS.items():
        if days in most:
            return f"{length} to {end}"
    return f"Digest of {days} days to {end}"


#: Lengths of time by their days.
_SPANS = {
    "Week": (7,), "Fortnight": (14,), "Month": range(28, 32), "Quarter": range(89, 93), "Year": range(365, 367),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Average:
    """A span of which a figure is the mean: it is not what came together in it."""

    span: Span


@lru_cache(maxsize=65536)
def when(period: Period, covers: Span | Covers | Average | None = None) -> str:
    """Write the period with its preposition: in September 2020, on 14 September 2020, in the 12 months to September 2020."""
    if covers is None or covers == Span(count=1, kind=period.kind):
        return f"on {period.label}" if period.kind is PeriodKind.DAY else f"in {period.label}"
    if isinstance(covers, Average):
        return f"on average over {spanned(period, covers.span)}"
    return f"in {spanned(period, covers)}"


def spanned(period: Period, span: Span | Covers) -> str:
    """Write what a figure spans, by its end: the 12 months to March 2020, the year to date to September 2020."""
    if isinstance(span, Covers):
        return f"the year to date to {_end(period)}"
    length = noun(span.kind) if span.count == 1 else f"{span.count} {plural(span.kind)}"
    return f"the {length} to {_end(period)}"


@dataclass(frozen=True, slots=True)
class Then:
    """An earlier period: "in August 2020", and what a change is on, "August 2020"."""

    when: str
    name: str


@dataclass(frozen=True, slots=True)
class PeriodsInWords:
    """A period in words with its preposition, and those it is told beside."""

    now: str
    before: Then
    #: None where last year has no twin, and where the twin is the period before.
    last_year: Then | None


@lru_cache(maxsize=65536)
def times(period: Period, covers: Span | Covers | Average | None = None) -> PeriodsInWords:
    """Return the words for a period, the one before and its twin last year: made once for the thousands that share them."""
    before, twin = period - 1, period.same_period_last_year
    apart = twin is not None and twin != before
    return PeriodsInWords(
        when(period, covers), _then(before, covers), _then(twin, covers) if twin is not None and apart else None
    )


def _then(period: Period, covers: Span | Covers | Average | None) -> Then:
    if isinstance(covers, Average):
        name = f"the average over {spanned(period, covers.span)}"
    else:
        own = covers is None or covers == Span(count=1, kind=period.kind)
        name = period.label if own or covers is None else spanned(period, covers)
    return Then(when(period, covers), name)


def told_span(measure: Measure) -> Span | Covers | Average | None:
    """Return the span that words give a figure: the last figure of a window is one of its own period."""
    if measure.covers is not None or measure.rolling is None:
        return measure.covers
    if measure.aggregate is Aggregate.LAST:
        return None
    return Average(measure.rolling) if measure.aggregate is Aggregate.MEAN else measure.rolling


def noun(kind: PeriodKind) -> str:
    """Return day, week, month, quarter or year."""
    return _NOUNS[kind]


def plural(kind: PeriodKind) -> str:
    """Return days, weeks, months, quarters or years."""
    return f"{_NOUNS[kind]}s"


@lru_cache(maxsize=65536)
def streak(count: int, period: Period) -> str:
    """Write how long: third month running, since July 2020."""
    since = (period - (count - 1)).label
    return f"{ordinal(count)} {noun(period.kind)} running, since {since}"


def _end(period: Period) -> str:
    """Write a quarter or year by its last month, as spans are read."""
    if period.kind in (PeriodKind.QUARTER, PeriodKind.YEAR):
        last = period.last_day
        return f"{MONTH_NAMES[last.month - 1]} {last.year}"
    return period.label
