"""Individuals and moving range: natural process limits from how much neighbouring figures differ."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from alerting.domain.finding import Reason
from alerting.domain.judging import Baseline, LimitLines
from alerting.domain.measure import Measure
from alerting.domain.panel import Block, Flags, Floats
from alerting.domain.period import Period, PeriodKind
from alerting.limits.base import Method, codes_where, mean_and_deviation, no_lines, param
from alerting.limits.baselines import Reach

#: 3 / d2 for moving ranges of two points, d2 = 1.128 (Montgomery, table of factors for control charts).
LIMIT_FACTOR = 2.66
#: D4 for moving ranges of two points: ranges this many times their mean are screened out once (Nelson 1982).
SCREEN_FACTOR = 3.267
#: Below so many figures limits are trial limits.
FULL_POINTS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Xmr(Method):
    """Mean ± 2.66 x sigmas / 3 x mean moving range; neighbouring periods only.

    Source: Nelson, L. S. (1982), Control Charts for Individual Measurements, Journal of Quality Technology 14(3), 172-173.
    """

    key: ClassVar[str] = "xmr"

    sigmas: float = param("how many (estimated) standard deviations the limits lie from the mean", 3.0)
    baseline: Baseline = param("all up to the judged period, the first so many figures, or {from, until}", Baseline())
    rebase_on: tuple[Period, ...] = param("periods with which a new baseline begins", ())
    screen: bool = param("leave moving ranges of 3.267 x their mean or more out, once", True)
    minimum_points: int = param("figures that the baseline must have", 2)

    def problems(self, measure: Measure, every: PeriodKind) -> list[str]:
        """Refuse baselines without a moving range, and re-base periods of another kind."""
        found = [f"rebase_on: {p} is no {every.value}" for p in self.rebase_on if p.kind is not every]
        if self.minimum_points < 2:
            found.append("minimum_points must be 2 or more: one figure has no moving range")
        return found

    def compute(self, block: Block, numbers: Mapping[str, Floats]) -> LimitLines:
        """Compute each judged row from its own baseline."""
        lines = no_lines(block)
        lines.trial = np.full(block.shape, np.nan)
        reach = Reach(self.baseline, self.rebase_on)
        for place, row in enumerate(range(block.start, block.stop)):
            values = reach.values(block, row)
            mean, _, count = mean_and_deviation(values)
            spread = mean_moving_range(values, screen=self.screen) * (LIMIT_FACTOR * self.sigmas / 3)
            enough = (count >= self.minimum_points) & (spread == spread)
            lines.centre[place] = np.where(enough, mean, np.nan)
            lines.lower[place], lines.upper[place] = lines.centre[place] - spread, lines.centre[place] + spread
            lines.trial[place] = np.where(enough, count < FULL_POINTS, np.nan)
        lines.reason = codes_where(lines.centre != lines.centre, Reason.FEW_POINTS)
        return block.clip(lines)


def mean_moving_range(values: Floats, *, screen: bool) -> Floats:
    """Return the mean absolute difference of neighbouring rows per column; NaN where there is none."""
    if len(values) < 2:
        return np.full(values.shape[1], np.nan)
    ranges = np.abs(np.diff(values, axis=0))
    mean = _mean(ranges, ranges == ranges)
    if not screen:
        return mean
    with np.errstate(invalid="ignore"):
        kept = ranges < SCREEN_FACTOR * mean
    screened = _mean(ranges, kept)
    # Not where that leaves no range, or zeros only: limits without width would call everything exceptional.
    return np.where(screened > 0, screened, mean)


def _mean(values: Floats, wanted: Flags) -> Floats:
    with np.errstate(all="ignore"):
        mean: Floats = np.where(wanted, values, 0.0).sum(axis=0) / wanted.sum(axis=0)
    return mean
