"""Funnel limits: what is usual among areas of one kind, wider where an area has few cases."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar, Self

import numpy as np

from alerting.domain.answers import Dispersion
from alerting.domain.arrays import Codes, Flags, Floats
from alerting.domain.block import Block
from alerting.domain.catalogue import CatalogueEntry, Example
from alerting.domain.finding import Reason
from alerting.domain.limit_lines import LimitLines, Members
from alerting.domain.measure import Measure, Unit
from alerting.domain.period import PeriodKind
from alerting.domain.siblings import Siblings
from alerting.limits.additive import between_areas
from alerting.limits.base import Method, no_lines, param
from alerting.limits.overdispersion import Overdispersed

#: Fewer areas than this with figures say nothing about what is usual.
FEWEST_AREAS = 3
#: Among fewer areas one outlier would widen the limits so much that it hides itself.
FEWEST_OVERDISPERSED = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Funnel(Method):
    """Centre: all siblings' cases together at one period; limits by each area's own denominator.

    Percents have binomial limits, rates Poisson ones. Where a figure has no numerator, it is the figure times its
    denominator. At least 3 areas must have figures; an area without a denominator takes no part. Overdispersed limits add
    the variance between areas to each area's own (additive random effects); at least 10 areas must have figures.

    Source: Spiegelhalter, D. J. (2005), Funnel Plots for Comparing Institutional Performance, Statistics in Medicine 24(8),
    1185-1202.
    """

    key: ClassVar[str] = "funnel"
    own_past: ClassVar[bool] = False
    among_areas: ClassVar[bool] = True
    by_denominator: ClassVar[bool] = True
    of_shares: ClassVar[bool] = True
    if_overdispersed: ClassVar[str] = "write `overdispersed: auto` (from 10 areas on)"
    entry: ClassVar[CatalogueEntry] = CatalogueEntry(
        formula=(
            "p ± sigmas x sqrt(p (1 - p) / denominator) for percents, u ± sigmas x sqrt(u / denominator) for "
            "rates; p and u of all siblings together at the period; overdispersed: centre ± sigmas x sqrt(s² + τ²), s² = "
            "centre (1 - centre) / denominator (rates: centre / denominator), τ² = max(0, (I φ - I + 1) / (Σw - Σw² / Σw)), "
            "w = 1 / s², φ = mean of z² with the outermost tenth at each end set to the next one"
        ),
        use="Fair limits across areas of very different size, with outlier_among_areas.",
        avoid=(
            "Fewer than three areas; areas that differ by more than chance gives, as most do where denominators are large: "
            "write `overdispersed: auto` (10 areas or more)."
        ),
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

    sigmas: float = param("how many standard deviations the limits lie from the centre", 3.0, positive=True, tried=True)
    overdispersed: Overdispersed = param(
        "whether areas differ by more than chance gives: limits allow for it (yes), or where a chi-square test says so (auto)",
        "no",
    )
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

    def members(self, block: Block) -> Members | None:
        """No figures of the series; how much the areas differ, where limits look at that."""
        if self.overdispersed == "no":
            return None
        among = self._among(Siblings.of(block), block.start)
        return Members(
            None,
            numbers={"dispersion": np.where(among.few, np.nan, among.phi)},
            overdispersed=among.beyond & ~among.few,
        )

    @property
    def chance_alone(self) -> bool:
        """Unless they allow for more."""
        return self.overdispersed == "no"

    def dispersion(self, block: Block) -> Dispersion:
        """Look at how much each column's siblings differ, be they few."""
        of_more = replace(self, overdispersed="auto")
        among = of_more._among(Siblings.of(block), block.start)  # noqa: SLF001 - its own class's
        return Dispersion(among.phi, among.beyond, among.phi == among.phi)

    def compute(self, block: Block, numbers: Mapping[str, Floats]) -> LimitLines:
        """Compute row by row, across the columns."""
        lines = no_lines(block)
        siblings = Siblings.of(block)
        few = np.zeros(block.shape, dtype=bool)
        own = block.plane("denominator")
        bottoms = np.full(block.shape, np.nan) if own is None else own
        for place, row in enumerate(range(block.start, block.stop)):
            among = self._among(siblings, row)
            few[place] = among.few
            with np.errstate(all="ignore"):
                variance = self._variance(among.centre) / bottoms[place]
                reach = self.sigmas * np.sqrt(variance if among.tau2 is None else variance + among.tau2)
            known = bottoms[place] > 0
            lines.centre[place] = among.centre * self.scale
            lines.lower[place] = np.where(known, np.maximum(among.centre - reach, 0.0) * self.scale, np.nan)
            lines.upper[place] = np.where(known, (among.centre + reach) * self.scale, np.nan)
        absent = lines.upper != lines.upper
        lines.reason = _reasons(block, absent, few, bottoms, lines.centre)
        return block.clip(lines)

    def _variance(self, centre: Floats) -> Floats:
        """Return the variance of one case."""
        return centre * (1 - centre) if self.proportion else centre

    def _among(self, siblings: Siblings, row: int) -> "_Among":
        """Say for each column of the block what its siblings are like at a row: their cases over their denominators, and more."""
        values, tops, bottoms = siblings.row(row), siblings.row(row, "numerator"), siblings.row(row, "denominator")
        with np.errstate(all="ignore"):
            tops = np.where(tops == tops, tops, values / self.scale * bottoms)
            taken = siblings.taken(row) & (bottoms > 0) & np.isfinite(tops)
            centre = siblings.sums(tops, taken) / siblings.sums(bottoms, taken)
        areas = siblings.counts(taken).astype(np.float64)
        if self.overdispersed == "no":
            few = siblings.spread(areas, 0.0) < FEWEST_AREAS
            return _Among(np.where(few, np.nan, siblings.spread(centre)), few)
        here, group = centre[siblings.groups[taken]], siblings.groups[taken]
        with np.errstate(all="ignore"):
            between = between_areas(
                tops[taken] / bottoms[taken], self._variance(here) / bottoms[taken], here, group, siblings.size
            )
        beyond = np.ones(siblings.size, dtype=bool) if self.overdispersed == "yes" else between.beyond_chance
        least = np.where(beyond, FEWEST_OVERDISPERSED, FEWEST_AREAS)
        few = siblings.spread((areas - least).astype(np.float64), -1.0) < 0
        return _Among(
            np.where(few, np.nan, siblings.spread(centre)),
            few,
            siblings.spread(np.where(beyond, between.tau2, 0.0)),
            siblings.spread(between.phi),
            siblings.spread(beyond.astype(np.float64)) == 1,
        )


def _reasons(block: Block, absent: Flags, few: Flags, bottoms: Floats, centre: Floats) -> Codes | None:
    """Say why there are no limits: no denominator, an excluded period, too few areas, no case at all, or more than there can be."""
    if not absent.any():
        return None
    why = np.where(few, np.int8(Reason.FEW_AREAS.code), np.int8(Reason.SMALL_NUMBERS.code))
    if block.panel.excluded is not None:
        why[few & block.panel.excluded[block.start : block.stop, block.columns]] = Reason.EXCLUDED.code
    why[(bottoms != bottoms) | ((centre == centre) & (bottoms > 0))] = Reason.NO_LIMITS.code
    codes: Codes = np.where(absent, why, np.int8(0))
    return codes


@dataclass(frozen=True, slots=True, eq=False)
class _Among:
    """What the siblings of each column of a block are like at one row, unscaled."""

    centre: Floats
    few: Flags
    #: Where asked for: the variance between areas that limits allow for, how much areas differ, and whether it is beyond chance.
    tau2: Floats | None = None
    phi: Floats = field(default_factory=lambda: np.empty(0))
    beyond: Flags = field(default_factory=lambda: np.empty(0, dtype=bool))
