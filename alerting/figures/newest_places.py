"""Where the newest figures stand: file and row, which are kept when the figures themselves are let go of."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from alerting.domain.arrays import Index
from alerting.domain.period import KINDS, Calendar, Period, PeriodKind
from alerting.domain.rule import RuleSet
from alerting.figures.observations import Observations, Reading

#: Older figures are looked at no more: of what is told nearly all is as new, and most of what a source holds is older.
_PERIODS_BACK = {
    PeriodKind.DAY: 14, PeriodKind.WEEK: 4, PeriodKind.MONTH: 4, PeriodKind.QUARTER: 3, PeriodKind.YEAR: 2,
}  # fmt: skip
#: So many series have a row at most; it takes a microsecond and 200 bytes each.
MOST_SERIES = 100_000


@dataclass(frozen=True, slots=True)
class FigurePlace:
    """In which file of a source a figure stands, with the number by which people know the row; None: it is in no one row."""

    source: str
    file: str
    row: int | None = None


class NewestPlaces:
    """Finds the newest figure of each series in what was read."""

    def __init__(self, reading: Reading, rules: RuleSet, as_of: date) -> None:
        """Note where they stand, as known on a day."""
        self._rules = rules
        self._measures = {id_: n for n, id_ in enumerate(rules.measures)}
        self._areas = {id_: n for n, id_ in enumerate(rules.areas.areas)}
        self._files: dict[str, str] = {}
        #: Place of the measure, of the area and of the kind -> ordinal, file and row.
        self._newest: dict[tuple[int, int, int], tuple[int, str, int]] = {}
        for read in reading.observations:
            if read.cell is not None:  # else these are figures as they were kept, of no file
                self._files.setdefault(read.source, read.file)
                self._add(read, _newest(read, rules.calendar, as_of))

    def _add(self, read: Observations, entries: Index) -> None:
        if len(self._newest) + len(entries) > MOST_SERIES:
            return
        columns = (column[entries].tolist() for column in (read.measure, read.area, read.kind, read.ordinal))
        for entry, measure, area, kind, ordinal in zip(entries.tolist(), *columns, strict=True):
            self._newest[measure, area, kind] = (ordinal, *read.where(entry))

    def of(self, measure: str, area: str, period: Period) -> FigurePlace | None:
        """Return where a figure stands; of one that is made of others or is not the newest, the file alone; None: nobody knows."""
        source = self._rules.measures[measure].source if measure in self._rules.measures else None
        if source is None or source not in self._files:
            return None
        key = self._measures[measure], self._areas.get(area, -1), KINDS.index(period.kind)
        ordinal, file, row = self._newest.get(key, (None, "", 0))
        if ordinal != period.ordinal:
            return FigurePlace(source, self._files[source])
        return FigurePlace(source, file, row)


def _newest(read: Observations, calendar: Calendar, as_of: date) -> Index:
    """Return which entry of each series is its newest; of several of one period the one that counts, published last."""
    newest = np.array([calendar.newest_complete(as_of, kind).ordinal for kind in KINDS])
    back = np.array([_PERIODS_BACK[kind] for kind in KINDS])
    ends = newest[read.kind]
    counts = (read.ordinal <= ends) & (read.ordinal > ends - back[read.kind]) & (read.published <= as_of.toordinal())
    recent = np.flatnonzero(counts)
    series = (read.kind[recent], read.area[recent], read.measure[recent])
    order = np.lexsort((read.published[recent], read.ordinal[recent], *series))
    ends_one = np.ones(len(order), dtype=bool)
    ends_one[:-1] = np.any([np.diff(column[order]) != 0 for column in series], axis=0)
    return recent[order[ends_one]]
