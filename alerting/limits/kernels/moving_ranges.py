"""Moving ranges: how much each figure differs from the one before, and their mean as it grows."""

import numpy as np

from alerting.domain import exact
from alerting.domain.arrays import Flags, Floats, Index
from alerting.limits.kernels.baselines import Step, Tally

#: 3 / d2 for moving ranges of two points, d2 = 1.128 (Montgomery, table of factors for control charts).
LIMIT_FACTOR = 2.66
#: D4 for moving ranges of two points: ranges this many times their mean are screened out once (Nelson 1982).
SCREEN_FACTOR = 3.267
#: Ranges on the line are screened out, on whichever side of it binary arithmetic puts them.
_SCREEN = SCREEN_FACTOR * (1 - exact.MARGIN)
#: Up to so many columns, one call for all rows is faster than one a row.
FEW_COLUMNS = 512


class MovingRanges:
    """The ranges between neighbouring figures of a baseline, kept so that they can be screened."""

    def __init__(self, rows: int, columns: int, *, screen: bool) -> None:
        self._before = np.full(columns, np.nan)
        self._tally = Tally(columns)
        self._ranges = np.full((rows, columns), np.nan) if screen else None
        self._kept = _KeptRanges()

    def take(self, step: Step) -> None:
        """Take one row of a walk in; there is a range only where this figure and the one right before are taken."""
        if step.anew is not None:
            self._forget(step.anew)
        with np.errstate(all="ignore"):
            ranges = step.values - self._before
        np.abs(ranges, out=ranges)
        self._before = step.values
        self._tally.take(ranges, ranges == ranges)
        if self._ranges is not None:
            self._ranges[step.row] = ranges

    def _forget(self, columns: Flags) -> None:
        self._before = np.where(columns, np.nan, self._before)
        self._tally.forget(columns)
        self._kept.forget(columns)
        if self._ranges is not None:
            self._ranges[:, columns] = np.nan

    def mean(self, row: int) -> Floats:
        """Return the mean range up to the last row taken, NaN where there is none; to be asked for row after row."""
        mean = self._tally.mean()
        if self._ranges is None:
            return mean
        with np.errstate(all="ignore"):
            screened = self._kept.mean(self._ranges[: row + 1], _SCREEN * mean)
        # Not where that leaves no range, or zeros only: limits without width would call everything exceptional.
        return np.where(screened > 0, screened, mean)


class _KeptRanges:
    """Sum and number of the ranges below a limit that moves with every row.

    Most moves of the limit pass no range, so that only the new range is to be added; where one is passed, the column's ranges
    are looked at again. Both add the same figures in the same order.
    """

    def __init__(self) -> None:
        self._tally: Tally | None = None
        self._limit = np.empty(0)
        #: The widest range that is kept and the narrowest that is not, per column; None before a second row asks.
        self._edges: tuple[Floats, Floats] | None = None

    def mean(self, ranges: Floats, limit: Floats) -> Floats:
        """Return the mean of the ranges below *limit*; *ranges* is one row longer each time."""
        if self._tally is None:
            self._tally = _below(ranges, limit)
        else:
            self._carry_on(self._tally, ranges, limit)
        self._limit = limit
        return self._tally.mean()

    def _carry_on(self, tally: Tally, ranges: Floats, limit: Floats) -> None:
        if self._edges is None:
            self._edges = _edges(ranges[:-1], self._limit)
        widest, narrowest = self._edges
        newest = ranges[-1]
        joins = newest < limit
        tally.take(newest, joins)
        passed = np.flatnonzero((widest >= limit) | (narrowest < limit))
        np.maximum(widest, np.where(joins, newest, -np.inf), out=widest)
        np.minimum(narrowest, np.where(newest >= limit, newest, np.inf), out=narrowest)
        if len(passed):
            self._look_again(tally, ranges, limit, passed)

    def _look_again(self, tally: Tally, ranges: Floats, limit: Floats, columns: Index) -> None:
        assert self._edges is not None
        own, at = ranges[:, columns], limit[columns]
        again = _below(own, at)
        tally.total[columns], tally.count[columns] = again.total, again.count
        for plane, edge in zip(self._edges, _edges(own, at), strict=True):
            plane[columns] = edge

    def forget(self, columns: Flags) -> None:
        """Start at nothing again in some columns."""
        if self._tally is not None:
            self._tally.forget(columns)
            self._limit[columns] = np.nan
        if self._edges is not None:
            self._edges[0][columns], self._edges[1][columns] = -np.inf, np.inf


def _below(ranges: Floats, limit: Floats) -> Tally:
    """Add up the ranges below the limit, in their order."""
    tally = Tally(len(limit))
    if len(limit) > FEW_COLUMNS:
        for row in ranges:
            tally.take(row, row < limit)
        return tally
    kept = ranges < limit
    tally.total = np.add.accumulate(np.where(kept, ranges, 0.0), axis=0)[-1]
    tally.count = kept.sum(axis=0, dtype=np.float64)
    return tally


def _edges(ranges: Floats, limit: Floats) -> tuple[Floats, Floats]:
    """Return the widest range below the limit (-inf for none) and the narrowest other (inf for none)."""
    kept = np.where(ranges < limit, ranges, -np.inf)
    others = np.where(ranges >= limit, ranges, np.inf)
    return kept.max(axis=0, initial=-np.inf), others.min(axis=0, initial=np.inf)
