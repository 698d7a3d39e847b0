"""Baselines: which figures up to a period make its limits."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from alerting.domain.arrays import Flags, Floats
from alerting.domain.block import Block
from alerting.domain.parameters import Baseline
from alerting.domain.period import Period


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One row of a walk through time."""

    row: int
    #: Columns in which a baseline begins anew with this row; None: in none.
    anew: Flags | None
    #: The row's values where they join the baseline, elsewhere NaN; and where they do.
    values: Floats
    taken: Flags


@dataclass(frozen=True, slots=True)
class Reach:
    """A baseline with the periods on which it starts anew."""

    baseline: Baseline
    rebase_on: tuple[Period, ...] = ()

    def walk(self, block: Block) -> Iterator[Step]:
        """Say row by row, up to the last judged one, which figures join the baseline.

        A baseline never reaches across a break or before the last re-base. What is summed up along the way is the same, to
        the last digit, whether one row is judged at its end or every row as it is passed.
        """
        restarts = {block.panel.row(period) for period in self.rebase_on}
        begin = max([0, *(row for row in restarts if row <= block.start)])
        seen = np.zeros(block.shape[1], dtype=np.int32)
        for row, x in enumerate(block.history(begin), begin):
            anew = self._anew(block, row, restarts) if row > begin else None
            taken = x == x
            unwanted = self._unwanted(block, row)
            if unwanted is not None:
                taken &= ~unwanted
            if self.baseline.first is not None:
                if anew is not None:
                    seen[anew] = 0
                taken &= seen < self.baseline.first
                seen += taken
            every = unwanted is None and self.baseline.first is None
            yield Step(row, anew, x if every else np.where(taken, x, np.nan), taken)

    def members(self, block: Block) -> Flags:
        """Return which figures up to a block's last row its baseline holds, `[rows x columns]`."""
        found = np.zeros((block.stop, block.shape[1]), dtype=bool)
        for step in self.walk(block):
            if step.anew is not None:
                found[:, step.anew] = False
            found[step.row] = step.taken
        return found

    def _anew(self, block: Block, row: int, restarts: set[int]) -> Flags | None:
        """Return the columns in which a re-base or a break parts a row from the one before."""
        if row in restarts:
            return np.ones(block.shape[1], dtype=bool)
        segments = block.panel.segments
        if segments is None:
            return None
        broken: Flags = segments[row, block.columns] != segments[row - 1, block.columns]
        return broken if broken.any() else None

    def _unwanted(self, block: Block, row: int) -> Flags | None:
        """Return which figures of a row are left out or outside the baseline's days; None: none of them."""
        if not self.baseline.holds(block.panel.last_days[row]):
            return np.ones(block.shape[1], dtype=bool)
        return None if block.panel.excluded is None else block.panel.excluded[row, block.columns]


class Tally:
    """Sum and number, per column, of what a walk has taken so far."""

    def __init__(self, columns: int) -> None:
        self.total = np.zeros(columns)
        self.count = np.zeros(columns)

    def take(self, x: Floats, taken: Flags) -> None:
        """Add one row's figures where they are taken."""
        self.total += np.where(taken, x, 0.0)
        self.count += taken

    def forget(self, columns: Flags) -> None:
        """Start at nothing again in some columns."""
        self.total[columns] = 0.0
        self.count[columns] = 0.0

    def mean(self) -> Floats:
        """Return the mean so far; NaN where nothing was taken."""
        with np.errstate(all="ignore"):
            mean: Floats = self.total / self.count
        return mean
