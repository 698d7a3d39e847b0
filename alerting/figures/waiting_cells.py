"""Figures that wait until their load is whole."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

from alerting.domain.arrays import Flags
from alerting.domain.loads import LoadLack
from alerting.domain.period import KINDS, Period, PeriodKind

Ints = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, eq=False)
class WaitingCells:
    """Figures of a source that are not judged until their load is whole; all arrays have one length."""

    source: str
    file: str
    #: Places among the rule set's measures, among its areas in tree order, and among the kinds of period.
    measure: Ints
    area: Ints
    kind: Ints
    ordinal: Ints
    #: Ordinal of the day on which they become known; 0: always known.
    published: Ints
    #: Why each waits, as a place in `lacks`.
    lack: Ints
    lacks: tuple[LoadLack, ...]
    #: The month in which financial years start.
    starts: int

    def known(self, kind: PeriodKind, as_of: date) -> Flags:
        """Return which are of a kind and known on a day."""
        found: Flags = (self.kind == KINDS.index(kind)) & (self.published <= as_of.toordinal())
        return found

    def periods(self) -> Iterator[tuple[int, Period, LoadLack]]:
        """Yield each measure's place with each of its periods that wait, and what is waited for."""
        seen = dict.fromkeys(
            zip(self.measure.tolist(), self.kind.tolist(), self.ordinal.tolist(), self.lack.tolist(), strict=True)
        )
        for measure, kind, ordinal, lack in seen:
            yield measure, Period(KINDS[kind], ordinal, self.starts), self.lacks[lack]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PartialLoad:
    """A load that is not whole."""

    source: str
    #: Since when there is one.
    since: datetime
    #: What is waited for, in words.
    why: str
    cells: WaitingCells
