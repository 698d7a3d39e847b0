"""Spans as people write them: days or periods, both ends included; by default the last two years."""

from collections.abc import Sequence
from datetime import date, timedelta

from alerting.domain.backtest import DaySpan
from alerting.domain.period import KINDS, Calendar, Period, PeriodError, month_later
from alerting.domain.rule import RuleSet
from alerting.errors import UsageError
from alerting.figures.observations import Reading

#: How long a span is where nobody says since when.
MONTHS = 24
_ONE = timedelta(days=1)


def span_of(since: str | None, until: str | None, today: date, calendar: Calendar) -> DaySpan:
    """Return the days from the beginning of one day or period to the end of another; days to come are left out.

    Args:
        since: None: two years before its end.
        until: None: today.

    Raises:
        UsageError: one is no day or period, they are the wrong way round, or all of it is to come.
    """
    last = min(today, _read("--until", until, calendar).last_day if until else today)
    first = _read("--from", since, calendar).first_day if since else month_later(last + _ONE, -MONTHS)
    if first > today:
        raise UsageError(f"--from {since} is to come (today is {today}): a backtest looks back")
    if first > last:
        raise UsageError(
            f"--from {since} begins on {first}, after --until {until} ends on {last}: there is no day between"
        )
    return DaySpan(first=first, last=last)


def _read(option: str, text: str, calendar: Calendar) -> Period:
    try:
        return calendar.parse_exact(text)
    except PeriodError as error:
        raise UsageError(f"{option}: {error}; or a day like 2020-10-15, or a month like 2020-10") from None


def refuse_empty(span: DaySpan, dated: Reading, rules: RuleSet) -> None:
    """Refuse a span at whose end no figure is known yet.

    Args:
        dated: every figure with the day from which on it counts.

    Raises:
        UsageError: with the day of the first figure.
    """
    begins = min(_first_days(dated, rules), default=None)
    if begins is None:
        raise UsageError("the sources give no figure: there is nothing to look back on")
    if begins > span.last:
        raise UsageError(
            f"no figure is known from {span.first} to {span.last}: the first ones count from {begins}; give a later span"
        )


def _first_days(dated: Reading, rules: RuleSet) -> Sequence[date]:
    """Return for each source and kind of period a day before which none of its figures counts, and on which some do."""
    found = []
    for read in dated.observations:
        for code, kind in enumerate(KINDS):
            rows = read.kind == code
            if not rows.any():
                continue
            first = Period(kind, int(read.ordinal[rows].min()), rules.calendar.starts).last_day + _ONE
            found.append(max(first, date.fromordinal(max(int(read.published[rows].min()), 1))))
    return found
