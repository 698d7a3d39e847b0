"""For how long what messages looked like is kept. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from alerting.domain.measure import Span
from alerting.domain.period import PeriodKind, month_later

_MONTHS = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.YEAR: 12}
_DAYS = {PeriodKind.DAY: 1, PeriodKind.WEEK: 7}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingsFolded:
    """How many readings of sources were folded, and into how many records."""

    readings: int = 0
    records: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """How much was taken out."""

    messages: int
    pictures: int
    #: What was folded besides: nothing of it is gone.
    folded: ReadingsFolded = ReadingsFolded()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How large a database is, in bytes: as a whole (where it can be told), and what is kept of each sort by rows and bytes."""

    whole: int | None
    parts: Mapping[str, tuple[int, int]]


def kept_since(today: date, keep: Span) -> date:
    """Return the first day of which bodies are kept."""
    if keep.kind in _DAYS:
        return today - timedelta(days=keep.count * _DAYS[keep.kind])
    return month_later(today, -keep.count * _MONTHS[keep.kind])
