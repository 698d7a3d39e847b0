"""How far beyond its line an exception lies, in one measure for all, so that a reader meets the worst first."""

from dataclasses import dataclass

import numpy as np

from alerting.domain.condition import BeyondLine
from alerting.domain.panel import Panel
from alerting.limits.overdispersion import D2

#: Figures before the judged one that tell how a series varies: the last so many, and at least so many.
FIGURES, FEWEST = 24, 8
#: What is of the size of its own line lies so many tenths of it away.
_TENTHS = 10.0


@dataclass(frozen=True, slots=True, eq=False)
class SeriesUpTo:
    """A series up to a judged row of its panel."""

    panel: Panel
    row: int
    column: int

    def sigma(self) -> float | None:
        """Return how the series varies from figure to figure, in its own unit; None where too few are known, or all are equal.

        Source:
            Mean moving range of neighbouring periods over d2, as for XmR limits: Montgomery, Introduction to Statistical Quality
            Control.
        """
        figures = self.panel.shown[: self.row, self.column]
        if self.panel.segments is not None:
            own = self.panel.segments[: self.row, self.column] == self.panel.segments[self.row, self.column]
            figures = np.where(own, figures, np.nan)
        known = np.flatnonzero(figures == figures)
        if len(known) < FEWEST:
            return None
        with np.errstate(all="ignore"):
            ranges = np.abs(np.diff(figures[known[-FIGURES:][0] :]))
        ranges = ranges[ranges == ranges]
        mean = float(ranges.mean()) if len(ranges) else 0.0
        return mean / D2 if 0 < mean < np.inf else None


def distance(held: BeyondLine, series: SeriesUpTo | None) -> float:
    """Return how far a number lies from its line.

    Returns:
        Sigmas of the limits that the line comes from; without such, sigmas of the series; else tenths of the line.
    """
    apart = abs(held.judged - held.line)
    sigma = held.sigma
    if sigma is None and held.in_series and series is not None:
        sigma = series.sigma()
    if sigma:
        return apart / sigma
    size = abs(held.line)
    if size == 0:
        return 0.0 if apart == 0 else _TENTHS
    return apart / size * _TENTHS
