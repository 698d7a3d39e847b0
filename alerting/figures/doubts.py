"""Figures that are looked through for slips, and what was found of them on an earlier day, as far as it holds."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from alerting.domain.arrays import Flags, Floats, Index
from alerting.domain.data_checks import Slip
from alerting.domain.period import PeriodKind
from alerting.evaluation.changed_rows import note_difference

#: Periods that a figure is held against.
PAST = 24

#: (row, column)
Cell = tuple[int, int]
#: Cells that are doubtful, and what is said of one by row and column.
Doubtful = tuple[Flags, Callable[[int, int], str]]


@dataclass(frozen=True, kw_only=True, eq=False)
class Figures:
    """Figures of one period kind, `[periods x series]`; NaN where there is none, or it is not judged."""

    values: Floats
    #: The denominators of shares; None: there are none.
    denominators: Floats | None
    segments: NDArray[np.int32] | None
    #: What somebody says is true.
    accepted: Flags
    #: Per column: its measure. Columns of one measure stand side by side.
    measure_of: NDArray[np.int32]
    #: The first row that is looked at.
    since: int = 0
    #: What tells the first period and the series from others.
    layout: Hashable = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Doubts:
    """What one slip was found in on an earlier day."""

    figures: Figures
    found: Doubtful


@dataclass(eq=False)
class DoubtsBefore:
    """What slips were found in on the last day that was looked at, by kind of period."""

    _known: dict[tuple[PeriodKind, Slip], Doubts] = field(default_factory=dict)

    def of(self, kind: PeriodKind, slip: Slip) -> Doubts | None:
        """Return what a slip was found in; None: nobody looked."""
        return self._known.get((kind, slip))

    def keep(self, kind: PeriodKind, slip: Slip, doubts: Doubts) -> None:
        """Keep what it was found in, for the next day."""
        self._known[kind, slip] = doubts


def still_doubted(now: Figures, before: Doubts | None, said: dict[Cell, str]) -> tuple[Flags, Index]:
    """Return the cells that are doubtful as they were before, and for each column the first row that is to be looked at again.

    Nothing that is found of a measure's figures depends on later ones, nor on other measures'.

    Args:
        said: takes what is said of these cells.
    """
    flags, fresh = np.zeros(now.values.shape, dtype=bool), np.zeros(now.values.shape[1], dtype=np.intp)
    if before is None or now.layout is None or before.figures.layout != now.layout or before.figures.since > now.since:
        return flags, fresh
    fresh = _first_fresh(now, before)
    n_rows = min(len(flags), len(before.found[0]))
    flags[:n_rows] = before.found[0][:n_rows] & (np.arange(n_rows)[:, None] < fresh)
    if flags.any():
        said.update({(row, column): before.found[1](row, column) for row, column in np.argwhere(flags).tolist()})
    return flags, fresh


def _first_fresh(now: Figures, before: Doubts) -> Index:
    """Return for each column the first row in which any figure of its measure is another one."""
    then = before.figures
    begin = max(now.since - PAST, 0)
    rows = slice(begin, min(len(now.values), len(then.values)))
    first: Index = np.full(now.values.shape[1], rows.stop - begin, dtype=np.intp)
    layers = ("values", "denominators", "segments", "accepted")
    for one, other in ((getattr(then, name), getattr(now, name)) for name in layers):
        note_difference(first, *(None if layer is None else layer[rows] for layer in (one, other)))
    starts = np.flatnonzero(np.diff(now.measure_of, prepend=-1))
    if not len(starts):
        return first
    # What was doubted and is looked at no more is believed from now on.
    left = np.logical_or.reduceat(before.found[0][then.since : now.since].any(axis=0), starts)
    of_measures = np.where(left, 0, np.minimum.reduceat(first, starts) + begin)
    sizes = np.diff(np.append(starts, len(first)))
    fresh: Index = np.repeat(of_measures, sizes)
    return fresh
