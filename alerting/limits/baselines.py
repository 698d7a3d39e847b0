"""Baselines: which figures up to a period make its limits."""

from dataclasses import dataclass

import numpy as np

from alerting.domain.judging import Baseline
from alerting.domain.panel import Block, Floats
from alerting.domain.period import Period
from alerting.limits.base import baseline_rows


@dataclass(frozen=True, slots=True)
class Reach:
    """A baseline with the periods on which it starts anew."""

    baseline: Baseline
    rebase_on: tuple[Period, ...] = ()

    def values(self, block: Block, row: int) -> Floats:
        """Return the figures that make a judged row's limits, `[rows x columns]`, NaN where one takes no part.

        Never a row after the judged one, nor one across a break or before the last re-base.
        """
        panel = block.panel
        starts = [at for period in self.rebase_on if (at := panel.row(period)) <= row]
        first = max([0, *starts])
        values = baseline_rows(block, first, row + 1)
        if panel.segments is not None:
            own = panel.segments[first : row + 1, block.columns] == panel.segments[row, block.columns]
            values = np.where(own, values, np.nan)
        if self.baseline.first is not None:
            known = values == values
            values = np.where(known & (np.cumsum(known, axis=0) <= self.baseline.first), values, np.nan)
        elif self.baseline.since is not None or self.baseline.until is not None:
            days = panel.last_days[first : row + 1]
            inside = np.array([self.baseline.holds(day) for day in days])
            values = np.where(inside[:, None], values, np.nan)
        return values
