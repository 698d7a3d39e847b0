"""The noise of series: level, spread and how much each figure is like the one before, from their newest figures."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from alerting.domain.arrays import Flags, Floats, Index
from alerting.domain.panel import Panel

#: Figures that noise is fitted to, at most: of months, five years.
MOST_FIGURES = 60
#: And of days on which a rare event may have come.
MOST_DAYS = 1_092
#: Fewer tell no level, spread and likeness at once.
FEWEST_FIGURES = 8


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Noise:
    """What was fitted to each series of a panel, per column; NaN where there are too few figures, or all are the same."""

    #: Figures since the last break that are not left out of baselines, at most as many as were asked for.
    figures: Index
    mean: Floats
    #: Sample standard deviation (n - 1).
    deviation: Floats
    #: Lag-1 autocorrelation as it comes out, without any correction; -1 to 1.
    autocorrelation: Floats

    @classmethod
    def of(cls, panel: Panel, longest: int) -> Self:
        """Fit the newest figures of every series, at most `MOST_FIGURES`; count at most *longest*."""
        usable = _usable(panel)
        count = np.minimum(usable.sum(axis=0), longest)
        newest = np.cumsum(usable[::-1], axis=0)[::-1]
        taken = usable & (newest <= MOST_FIGURES)
        mean, deviation, likeness = moments(panel.values, taken)
        unknown = (count < FEWEST_FIGURES) | ~(deviation > 0)
        for line in (mean, deviation, likeness):
            line[unknown] = np.nan
        return cls(figures=count, mean=mean, deviation=deviation, autocorrelation=likeness)


def moments(values: Floats, taken: Flags) -> tuple[Floats, Floats, Floats]:
    """Return mean, sample deviation and lag-1 autocorrelation of each column's figures that are taken.

    Where neighbours are missing the autocorrelation is that of the pairs there are, as if there were all of them.
    """
    count = taken.sum(axis=0)
    with np.errstate(all="ignore"):
        mean = np.where(taken, values, 0.0).sum(axis=0) / count
        apart = np.where(taken, values - mean, 0.0)
        squares = (apart * apart).sum(axis=0)
        pairs = (taken[1:] & taken[:-1]).sum(axis=0)
        likeness = (apart[1:] * apart[:-1]).sum(axis=0) / squares * (count - 1) / pairs
        deviation = np.sqrt(squares / (count - 1))
    return mean, deviation, likeness


def _usable(panel: Panel) -> Flags:
    """Return which figures count: known, not left out of baselines, after the last break."""
    usable: Flags = np.isfinite(panel.values)
    if panel.excluded is not None:
        usable &= ~panel.excluded
    if panel.segments is not None and panel.n_periods:
        usable &= panel.segments == panel.segments[-1]
    return usable
