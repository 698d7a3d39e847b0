"""Funnel limits: what is usual among areas of one kind, wider where an area has few cases."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np

from alerting.domain.catalogue import Entry, Example
from alerting.domain.finding import Reason
from alerting.domain.judging import LimitLines
from alerting.domain.measure import Measure, Unit
from alerting.domain.panel import Block, Floats
from alerting.domain.period import PeriodKind
from alerting.domain.siblings import Siblings
from alerting.limits.base import Method, codes_where, no_lines, param

#: Fewer areas than this with figures say nothing about what is usual.
FEWEST_AREAS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Funnel(Method):
    """Centre: all siblings' cases together at one period; limits by each area's own denominator.

    Percents have binomial limits, rates Poisson ones. Where a figure has no numerator, it is the figure times its
    denominator. At least 3 areas must have figures; an area without a denominator takes no part.

    Source: Spiegelhalter, D. J. (2005), Funnel Plots for Comparing Institutional Performance, Statistics in Medicine 24(8),
    1185-1202.
    """

    key: ClassVar[str] = "funnel"
    entry: ClassVar[Entry] = Entry(
        formula=(
            "p ± sigmas x sqrt(p (1 - p) / denominator) for percents, u ± sigmas x sqrt(u / denominator) for "
            "rates; p and u of all siblings together at the period"
        ),
        use="Fair limits across areas of very different size, with outlier_among_areas.",
        avoid="Fewer than three areas; events that come in clusters, which vary more than the funnel says.",
        source="Spiegelhalter (2005), as for outlier_among_areas.",
        example=Example(
            when="{outlier_among_areas: {limits: {funnel: {sigmas: 2}}}}",
            figures="North: 60/100\nSouth: 40/100\nEast: 38/100\nWest: 42/100\nTown: 39/100",
            finds=(
                "The figure: 60% in North in April 2018, significantly above the average of 43.8% among areas of "
                "its kind (upper limit 53.7% for its size)."
            ),
            measure="unit: percent, better: neither",
        ),
    )

    sigmas: float = param("how many standard deviations the limits lie from the centre", 3.0, positive=True)
    #: Set by `bind`, not by authors: what numerator / denominator is multiplied by, and whether it is a proportion.
    scale: float = 1.0
    proportion: bool = False

    def problems(self, measure: Measure, every: PeriodKind) -> list[str]:
        """Refuse figures without a denominator."""
        fits = measure.unit in (Unit.PERCENT, Unit.RATE, Unit.NUMBER)
        return [] if fits else ["funnel limits are for percents and rates with a denominator"]

    def bind(self, measure: Measure) -> Self:
        """Take the measure's scale and unit."""
        return replace(self, scale=measure.ratio_scale, proportion=measure.unit is Unit.PERCENT)

    def compute(self, block: Block, numbers: Mapping[str, Floats]) -> LimitLines:
        """Compute row by row, across the columns."""
        lines = no_lines(block)
        siblings = Siblings.of(block)
        few = np.zeros(block.shape, dtype=bool)
        own = block.plane("denominator")
        bottoms = np.full(block.shape, np.nan) if own is None else own
        for place, row in enumerate(range(block.start, block.stop)):
            centre, few[place] = self._centre(siblings, row)
            with np.errstate(all="ignore"):
                variance = centre * (1 - centre) if self.proportion else centre
                reach = self.sigmas * np.sqrt(variance / bottoms[place])
            known = bottoms[place] > 0
            lines.centre[place] = centre * self.scale
            lines.lower[place] = np.where(known, (centre - reach) * self.scale, np.nan)
            lines.upper[place] = np.where(known, (centre + reach) * self.scale, np.nan)
        absent = lines.upper != lines.upper
        lines.reason = codes_where(absent & few, Reason.FEW_POINTS)
        small = codes_where(absent & ~few, Reason.SMALL_NUMBERS)
        if small is not None:
            lines.reason = small if lines.reason is None else lines.reason + small
        return block.clip(lines)

    def _centre(self, siblings: Siblings, row: int) -> tuple[Floats, np.ndarray]:
        """Return the siblings' cases over their denominators for each column of the block, and where too few have any."""
        values, tops, bottoms = siblings.row(row), siblings.row(row, "numerator"), siblings.row(row, "denominator")
        with np.errstate(all="ignore"):
            tops = np.where(tops == tops, tops, values / self.scale * bottoms)
            taken = siblings.taken(row) & (bottoms > 0) & np.isfinite(tops)
            centre = siblings.sums(tops, taken) / siblings.sums(bottoms, taken)
        few = siblings.spread(siblings.counts(taken).astype(np.float64), 0.0) < FEWEST_AREAS
        return np.where(few, np.nan, siblings.spread(centre)), few
