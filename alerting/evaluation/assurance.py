"""Whether a steady series will go on to meet its target: where its natural range lies."""

from dataclasses import dataclass

import numpy as np

from alerting.domain import exact
from alerting.domain.arrays import Flags, Floats, Index
from alerting.domain.block import Block
from alerting.domain.finding import Assurance
from alerting.domain.panel import Panel
from alerting.limits.base import row_sum, usable
from alerting.limits.kernels.baselines import Step
from alerting.limits.kernels.moving_ranges import LIMIT_FACTOR, MovingRanges
from alerting.wording.facts import Outlook

#: Figures that show how a series varies: the last so many, and at least so many of them.
FIGURES, FEWEST = 24, 12
#: Ranges that are kept at the same time: 17 bytes each.
MOST_KEPT = 2**22


@dataclass(frozen=True, slots=True)
class Assured:
    """What a steady series promises of a target: the word for it; and behind it its natural range and the target."""

    word: Assurance
    outlook: Outlook


def assurances(
    block: Block, target: Floats, *, high_is_good: Floats, ranges: "NaturalRanges | None" = None
) -> list[Assured | None]:
    """Say for each column of a block of one judged row what its range promises.

    Args:
        block: one row of some columns.
        target: per column; NaN where none is known.
        high_is_good: 1 where a value on the target or above is good, 0 where one on it or below is; NaN where neither is.
        ranges: those of the block's panel, where they are kept.

    The range is that of the xmr limits (3 sigmas) of the last 24 figures up to the judged one, since the last break; where one
    of them lies outside, the series is not steady and promises nothing.
    """
    found: list[Assured | None] = [None] * block.shape[1]
    asked = np.flatnonzero((target == target) & (high_is_good == high_is_good) & (block.values[0] == block.values[0]))
    if not len(asked):
        return found
    columns = np.arange(block.panel.n_series)[block.columns][asked]
    kept = NaturalRanges(block.panel) if ranges is None or ranges.panel is not block.panel else ranges
    low, high = kept.at(block.start, columns)
    wanted, upwards = target[asked], high_is_good[asked] == 1
    worst, best = np.where(upwards, low, high), np.where(upwards, high, low)
    sign = np.where(upwards, 1.0, -1.0)
    passes, fails = exact.at_least(sign * worst, sign * wanted), exact.below(sign * best, sign * wanted)
    for n, place in enumerate(asked.tolist()):
        if low[n] == low[n]:
            word = Assurance.PASSES if passes[n] else Assurance.FAILS if fails[n] else Assurance.HIT_AND_MISS
            found[place] = Assured(word, Outlook(float(low[n]), float(high[n]), float(wanted[n])))
    return found


class NaturalRanges:
    """Where the series of a panel range up to some rows: worked out once, whatever rules ask."""

    def __init__(self, panel: Panel) -> None:
        self.panel = panel
        #: By row: lower and upper limit of each column, and which of them are known.
        self._rows: dict[int, tuple[Floats, Floats, Flags]] = {}

    def at(self, row: int, columns: Index) -> tuple[Floats, Floats]:
        """Return lower and upper limit of some columns' last figures up to a row; NaN where they are too few or not steady."""
        low, high, known = self._kept(row)
        asked = columns[~known[columns]]
        if len(asked):
            low[asked], high[asked] = _ranges(Block(self.panel, row, row + 1, asked))
            known[asked] = True
        return low[columns], high[columns]

    def _kept(self, row: int) -> tuple[Floats, Floats, Flags]:
        if row not in self._rows:
            size = self.panel.n_series
            if (len(self._rows) + 1) * size > MOST_KEPT:
                self._rows.clear()
            self._rows[row] = np.full(size, np.nan), np.full(size, np.nan), np.zeros(size, dtype=bool)
        return self._rows[row]


def _ranges(block: Block) -> tuple[Floats, Floats]:
    """Return lower and upper limit of each column's last figures; NaN where they are too few or one lies outside."""
    taken = usable(block)
    values = np.where(taken, block.history(), np.nan)
    taken &= taken[::-1].cumsum(axis=0)[::-1] <= FIGURES
    if not taken.any():  # every figure lies in an exclusion
        return np.full(block.shape[1], np.nan), np.full(block.shape[1], np.nan)
    first = int(np.flatnonzero(taken.any(axis=1))[0])
    taken, values = taken[first:], np.where(taken, values, np.nan)[first:]
    ranges = MovingRanges(len(values), values.shape[1], screen=True)
    for row, x in enumerate(values):
        ranges.take(Step(row, None, x, taken[row]))
    count = taken.sum(axis=0)
    with np.errstate(all="ignore"):
        centre = row_sum(np.where(taken, values, 0.0)) / count
        spread = LIMIT_FACTOR * ranges.mean(len(values) - 1)
        low, high = centre - spread, centre + spread
        steady = exact.at_least(np.fmin.reduce(values), low) & exact.at_most(np.fmax.reduce(values), high)
    there = steady & (count >= FEWEST)
    floor, ceiling = block.panel.floor[block.columns], block.panel.ceiling[block.columns]
    return np.where(there, np.maximum(low, floor), np.nan), np.where(there, np.minimum(high, ceiling), np.nan)
