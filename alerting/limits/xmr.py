"""Individuals and moving range: natural process limits from how much neighbouring figures differ."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from alerting.domain.arrays import Floats
from alerting.domain.block import Block
from alerting.domain.catalogue import CatalogueEntry, Example
from alerting.domain.limit_lines import LimitLines, Members
from alerting.domain.measure import Measure
from alerting.domain.parameters import Baseline
from alerting.domain.period import Period, PeriodKind
from alerting.limits.base import FULL_POINTS, ROUNDED, Method, no_lines, param, too_few
from alerting.limits.kernels.baselines import Reach, Tally
from alerting.limits.kernels.moving_ranges import LIMIT_FACTOR, MovingRanges


@dataclass(frozen=True, slots=True, kw_only=True)
class Xmr(Method):
    """Mean ± 2.66 x sigmas / 3 x mean moving range; neighbouring periods only.

    Source: Nelson, L. S. (1982), Control Charts for Individual Measurements, Journal of Quality Technology 14(3), 172-173.
    """

    key: ClassVar[str] = "xmr"
    even: ClassVar[bool] = True
    entry: ClassVar[CatalogueEntry] = CatalogueEntry(
        formula="mean ± 2.66 x sigmas / 3 x mean moving range of neighbouring periods",
        use="Any single figure a period, of which little is known: the general-purpose chart.",
        avoid=(
            "Seasonal series (limits too wide) and counts near 0 (use c); figures that drift (each is like the "
            "last, so limits are too narrow)."
        ),
        source=(
            "Nelson, L. S. (1982), Control Charts for Individual Measurements, Journal of Quality Technology "
            "14(3), 172-173; 2.66 = 3 / 1.128."
        ),
        example=Example(
            when="{outside_limits: {limits: {xmr: {}}}}",
            figures="50 54 49 51 53 50 52 48 51 50 53 51 61",
            finds=(
                "The figure: 61 in April 2019, significantly above the average of 52 (upper limit 60.9). It is up "
                "20% from 51 in March 2019 and up 22% from 50 in April 2018. It is compared with the 13 figures "
                "from April 2018 to April 2019."
            ),
        ),
    )

    sigmas: float = param(
        "how many (estimated) standard deviations the limits lie from the mean", 3.0, positive=True, tried=True
    )
    baseline: Baseline = param(
        "all up to the judged period, the first so many figures, or {from, until}", Baseline(), tried=True
    )
    rebase_on: tuple[Period, ...] = param("periods with which a new baseline begins", ())
    screen: bool = param("leave moving ranges of 3.267 x their mean or more out, once", True)
    minimum_points: int = param("figures that the baseline must have", 2)

    def problems(self, measure: Measure, every: PeriodKind) -> list[str]:
        """Refuse baselines without a moving range, and re-base periods of another kind."""
        found = [f"rebase_on: {p} is no {every.value}" for p in self.rebase_on if p.kind is not every]
        if self.minimum_points < 2:
            found.append("minimum_points must be 2 or more: one figure has no moving range")
        return found

    def members(self, block: Block) -> Members:
        """The baseline's figures, with the mean of their moving ranges."""
        reach = Reach(self.baseline, self.rebase_on)
        ranges = MovingRanges(block.stop, block.shape[1], screen=self.screen)
        for step in reach.walk(block):
            ranges.take(step)
        return Members(reach.members(block), ranges.mean(block.stop - 1))

    def compute(self, block: Block, numbers: Mapping[str, Floats]) -> LimitLines:
        """Walk through time; each judged row has the limits of its own baseline."""
        lines = no_lines(block)
        lines.trial = np.full(block.shape, np.nan)
        figures, newest = Tally(block.shape[1]), np.full(block.shape[1], np.nan)
        ranges = MovingRanges(block.stop, block.shape[1], screen=self.screen)
        for step in Reach(self.baseline, self.rebase_on).walk(block):
            if step.anew is not None:
                figures.forget(step.anew)
            figures.take(step.values, step.taken)
            ranges.take(step)
            np.copyto(newest, step.values, where=step.taken)
            if step.row >= block.start:
                self._keep(lines, step.row - block.start, figures, ranges.mean(step.row), newest)
        lines.reason = too_few(block, lines.centre != lines.centre)
        return block.clip(lines)

    def _keep(self, lines: LimitLines, place: int, figures: Tally, mean_range: Floats, newest: Floats) -> None:
        """Write one judged row's limits down; NaN where its baseline is too short."""
        assert lines.trial is not None
        spread = mean_range * (LIMIT_FACTOR * self.sigmas / 3)
        enough = (figures.count >= self.minimum_points) & (spread == spread)
        mean = figures.mean()
        one_figure = (mean_range == 0) & (np.abs(mean - newest) <= ROUNDED * np.abs(newest))
        centre = lines.centre[place] = np.where(enough, np.where(one_figure, newest, mean), np.nan)
        lines.lower[place], lines.upper[place] = centre - spread, centre + spread
        lines.trial[place] = np.where(enough, figures.count < FULL_POINTS, np.nan)
