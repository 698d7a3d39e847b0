"""Overdispersion: figures that vary more than binomial or Poisson chance, told from their standard scores.

The standard score z of a figure is how many of its own standard deviations it lies from the centre.
"""

from typing import Literal

import numpy as np

from alerting.domain.arrays import Flags, Floats
from alerting.limits.base import row_sum
from alerting.limits.chi_square import upper_point
from alerting.limits.kernels.baselines import Step

Overdispersed = Literal["no", "yes", "auto"]
#: What author and schema read of the parameter.
DESCRIPTION = (
    "whether figures vary more than chance gives: limits allow for it (yes), or where a chi-square test says so (auto)"
)
#: Mean moving range of two neighbours in standard deviations (Montgomery, table of factors for control charts).
D2 = 1.128
#: Fewer figures than this say too little about how much they vary.
FEWEST_FIGURES = 12
#: The share of homogeneous baselines that the test calls overdispersed.
BY_CHANCE = 0.001
#: Up to so many columns, one call for all rows is faster than one a row.
FEW_COLUMNS = 512
#: Columns gone over together, so that planes of a piece stay small.
PIECE = 4096


class Spread:
    """How much the figures of each column's baseline vary. Arrays `[columns]`."""

    def __init__(self, columns: int) -> None:
        #: How many figures, the mean moving range of their scores ÷ d2 (NaN without neighbours), and their squares added up.
        self.count, self.sigma_z, self.chi_square = np.zeros(columns), np.full(columns, np.nan), np.zeros(columns)

    @property
    def dispersion(self) -> Floats:
        """Chi-square per degree of freedom: 1 where chance alone is at work; NaN below two figures."""
        with np.errstate(all="ignore"):
            ratio: Floats = self.chi_square / (self.count - 1)
        return np.where(self.count > 1, ratio, np.nan)

    @property
    def beyond_chance(self) -> Flags:
        """Whether Pearson's chi-square lies above its 99.9 % point."""
        return above_chance(self.chi_square, self.count - 1)


class StandardScores:
    """The figures of a baseline as it grows, kept as what of their scores does not depend on the centre.

    z = (x / √n - centre √n) / s, where s is the deviation of one case: √(p (1 - p)), or √u. The centre moves with each
    figure, so that all scores do: each judged row with a new figure goes over the baseline once more.
    """

    def __init__(self, rows: int, columns: int) -> None:
        self._heights, self._roots = np.full((2, rows, columns), np.nan)
        self._spread: Spread | None = None

    def take(self, step: Step, numerator: Floats, denominator: Floats, both: Flags) -> None:
        """Take one row of a walk in, where it has both parts."""
        if step.anew is not None:
            self._heights[: step.row, step.anew] = np.nan
            self._spread = None
        if not both.any():
            return
        self._spread = None
        with np.errstate(all="ignore"):
            root = np.sqrt(np.where(both, denominator, np.nan))
            self._heights[step.row], self._roots[step.row] = numerator / root, root

    def spread(self, row: int, centre: Floats, deviation: Floats) -> Spread:
        """Return how the figures up to *row* vary around *centre* (unscaled), given the deviation of one case."""
        if self._spread is None:
            self._spread = Spread(len(centre))
            for begin in range(0, len(centre), PIECE):
                self._measure(self._spread, row + 1, slice(begin, begin + PIECE), centre, deviation)
        return self._spread

    def _measure(self, spread: Spread, stop: int, piece: slice, centre: Floats, deviation: Floats) -> None:
        with np.errstate(all="ignore"):
            z = self._heights[:stop, piece] - centre[piece] * self._roots[:stop, piece]
            z /= np.where(
                deviation[piece] == 0, 1.0, deviation[piece]
            )  # where all have none or all: none is off the centre
        known = z == z
        z_known = np.where(known, z, 0.0)
        spread.count[piece] = known.sum(axis=0)
        spread.chi_square[piece] = in_order(z_known * z_known)
        pairs = known[1:] & known[:-1]
        ranges = np.abs(np.diff(z_known, axis=0)) * pairs
        with np.errstate(all="ignore"):
            spread.sigma_z[piece] = in_order(ranges) / pairs.sum(axis=0) / D2


def counts_spread(counts: Floats) -> Spread:
    """Return how counts over equal chances vary around their mean `[rows x columns]`; NaN where they take no part."""
    known = counts == counts
    there = np.where(known, counts, 0.0)
    spread = Spread(counts.shape[1])
    spread.count[:] = known.sum(axis=0)
    with np.errstate(all="ignore"):
        mean = in_order(there) / spread.count
        off = np.where(known, np.square(counts - mean), 0.0)
        spread.chi_square[:] = np.where(mean > 0, in_order(off) / mean, 0.0)
    return spread


def above_chance(chi_square: Floats, degrees: Floats) -> Flags:
    """Return where a chi-square lies above its 99.9 % point; never without a degree of freedom."""
    whole, which = np.unique(np.maximum(degrees, 1), return_inverse=True)
    points = np.array([upper_point(int(one), BY_CHANCE) for one in whole.tolist()])
    found: Flags = (degrees >= 1) & (chi_square > points[which])
    return found


def in_order(plane: Floats) -> Floats:
    """Return the sum over the rows, added in their order: a column's last digit never depends on what stands beside it."""
    if not len(plane) or plane.shape[1] > FEW_COLUMNS:
        return row_sum(plane)
    total: Floats = np.add.accumulate(plane, axis=0)[-1]
    return total
