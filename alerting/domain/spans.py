"""What one figure spans: its own period, or with `covers:` or `rolling:` others besides, which its neighbours share."""

from alerting.domain.measure import Aggregate, Covers, Measure, Span
from alerting.domain.period import PeriodKind

#: Months of the kinds that are whole months, and the most days of the others.
_MONTHS = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.YEAR: 12}
_DAYS = {PeriodKind.DAY: 1, PeriodKind.WEEK: 7}
#: The most days in a month: where months are held against days or weeks.
_MONTH_DAYS = 31


def span_of(measure: Measure) -> Span | Covers | None:
    """Return what one figure of the measure spans as declared: what is printed, or the rolling window."""
    return measure.covers or measure.rolling


def cumulated(measure: Measure, every: PeriodKind) -> Span | Covers | None:
    """Return what a figure judged *every* so often spans beyond its own period, so that neighbours share figures; else None."""
    span = span_of(measure)
    if span is None:
        return None
    if isinstance(span, Covers):
        return None if every is PeriodKind.YEAR else span
    if measure.covers is None and measure.aggregate is Aggregate.LAST:
        return None  # the last figure of a window is the figure itself
    return span if is_longer(span, Span(count=1, kind=every)) else None


def is_longer(span: Span, other: Span) -> bool:
    """Say whether a span reaches further than another; in days where only one of them is whole months."""
    if span.kind in _MONTHS and other.kind in _MONTHS:
        return span.count * _MONTHS[span.kind] > other.count * _MONTHS[other.kind]
    return _days(span) > _days(other)


def _days(span: Span) -> int:
    return span.count * (_DAYS.get(span.kind) or _MONTHS[span.kind] * _MONTH_DAYS)


def rolling_rows(measure: Measure, kind: PeriodKind) -> int | None:
    """Return how many rows of *kind* the measure's rolling window spans; None where it spans no whole number."""
    rolling = measure.rolling
    if rolling is None or rolling.kind is kind:
        return None if rolling is None else rolling.count
    if rolling.kind not in _MONTHS or kind not in _MONTHS:
        return None
    rows, rest = divmod(rolling.count * _MONTHS[rolling.kind], _MONTHS[kind])
    return rows if rest == 0 else None


def span_words(span: Span | Covers) -> str:
    """Write what a figure spans: 12 months, the year to date."""
    if isinstance(span, Covers):
        return "the year to date"
    return f"{span.count} {span.kind.value}{'s' if span.count > 1 else ''}"
