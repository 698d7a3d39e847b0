"""Limits for proportions, rates and counts: binomial and Poisson, varying with the denominator."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np

from alerting.domain.answers import Dispersion
from alerting.domain.arrays import Codes, Flags, Floats
from alerting.domain.block import Block
from alerting.domain.catalogue import CatalogueEntry, Example
from alerting.domain.finding import Reason
from alerting.domain.limit_lines import LimitLines, Members
from alerting.domain.measure import Measure, Unit
from alerting.domain.parameters import Baseline
from alerting.domain.period import Period, PeriodKind
from alerting.limits.base import Method, no_lines, param, too_few
from alerting.limits.kernels.baselines import Reach, Tally
from alerting.limits.overdispersion import (
    DESCRIPTION,
    FEWEST_FIGURES,
    Overdispersed,
    Spread,
    StandardScores,
    counts_spread,
)


def _has_parts(block: Block) -> bool:
    """Say whether any series has a numerator and a denominator."""
    return {"numerator", "denominator"} <= block.panel.planes.keys()


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeChart(Method):
    """What the charts for counted things share.

    Source: Montgomery, Introduction to Statistical Quality Control, chapter on control charts for attributes.
    """

    sigmas: float = param("how many standard deviations the limits lie from the centre", 3.0, positive=True, tried=True)
    baseline: Baseline = param(
        "all up to the judged period, the first so many figures, or {from, until}", Baseline(), tried=True
    )
    rebase_on: tuple[Period, ...] = param("periods with which a new baseline begins", ())
    by_denominator: ClassVar[bool] = True
    #: Set by `bind`, not by authors: what numerator / denominator is multiplied by.
    scale: float = 1.0

    @property
    def chance_alone(self) -> bool:
        """Binomial or Poisson limits are."""
        return True

    def bind(self, measure: Measure) -> Self:
        """Take the measure's scale."""
        return replace(self, scale=measure.ratio_scale)

    def members(self, block: Block) -> Members:
        """The baseline's figures; where numerators and denominators count, those that have both."""
        taken = Reach(self.baseline, self.rebase_on).members(block)
        planes = block.panel.planes
        if self.by_denominator and not _has_parts(block):
            taken = np.zeros_like(taken)
        elif self.by_denominator:
            top, bottom = (planes[name][: block.stop, block.columns] for name in ("numerator", "denominator"))
            taken &= (top == top) & (bottom > 0)
        return Members(taken)

    def compute(self, block: Block, numbers: Mapping[str, Floats]) -> LimitLines:
        """Walk through time; each judged row has the centre of its own baseline and its own denominator's width."""
        lines = no_lines(block)
        for row, centre in self._centres(block):
            lines.centre[row - block.start] = centre
        with np.errstate(all="ignore"):
            reach = self.sigmas * self._deviation(lines.centre, self._denominator(block))
            if (widening := self._widening(block, lines.centre)) is not None:
                reach *= widening
                lines.centre[widening != widening] = np.nan
            lines.lower = np.maximum(lines.centre - reach, 0.0) * self.scale
            lines.upper = (lines.centre + reach) * self.scale
            lines.centre *= self.scale
        lines.reason = self._reasons(block, lines.upper != lines.upper, lines.centre)
        return block.clip(lines)

    def _reasons(self, block: Block, none: Flags, centre: Floats) -> Codes | None:
        """Say why there are no limits: no numerator and denominator, or such as chance cannot give; else too few figures."""
        found = too_few(block, none)
        if found is not None:  # an average without limits is beyond what can be: more cases than there were chances
            np.copyto(found, Reason.NO_LIMITS.code, where=none & (centre == centre))
        if found is not None and self.by_denominator:
            top, bottom = block.plane("numerator"), self._denominator(block)
            lacking = np.ones(block.shape, dtype=bool) if top is None else (top != top) | (bottom != bottom)
            np.copyto(found, Reason.NO_LIMITS.code, where=none & lacking)
        return found

    def _centres(self, block: Block) -> Iterator[tuple[int, Floats]]:
        """Yield each judged row with numerators / denominators of its baseline, unscaled; cells lacking either take no part."""
        if not _has_parts(block):
            return
        planes = block.panel.planes
        tops, bottoms = Tally(block.shape[1]), Tally(block.shape[1])
        for step in Reach(self.baseline, self.rebase_on).walk(block):
            top, bottom = planes["numerator"][step.row, block.columns], planes["denominator"][step.row, block.columns]
            both = step.taken & (top == top) & (bottom > 0)
            for tally, part in ((tops, top), (bottoms, bottom)):
                if step.anew is not None:
                    tally.forget(step.anew)
                tally.take(part, both)
            if step.row >= block.start:
                with np.errstate(all="ignore"):
                    yield step.row, tops.total / bottoms.total

    def _widening(self, block: Block, centres: Floats) -> Floats | None:
        """Return by what the limits are wider than chance makes them, NaN where that takes more figures; None: by nothing."""
        return None

    def _denominator(self, block: Block) -> Floats:
        found = block.plane("denominator")
        return np.full(block.shape, np.nan) if found is None else np.where(found > 0, found, np.nan)

    def _deviation(self, centre: Floats, denominator: Floats) -> Floats:
        raise AssertionError(f"{type(self).__name__} has no deviation")


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneyChart(AttributeChart):
    """What p and u have beside c: limits as much wider as neighbouring standard scores differ more than chance gives (p', u').

    Source: Laney, D. B. (2002), Improved Control Charts for Attributes, Quality Engineering 14(4), 531-537.
    """

    if_overdispersed: ClassVar[str] = "write `overdispersed: auto`"

    overdispersed: Overdispersed = param(DESCRIPTION, "no")

    @property
    def chance_alone(self) -> bool:
        """Unless they allow for more."""
        return self.overdispersed == "no"

    def dispersion(self, block: Block) -> Dispersion:
        """Look at the standard scores that limits would be widened by."""
        members = replace(self, overdispersed="auto").members(block)
        assert members.taken is not None and members.overdispersed is not None
        times = members.numbers["dispersion"]
        return Dispersion(
            times, members.overdispersed, (times == times) & (members.taken.sum(axis=0) >= FEWEST_FIGURES)
        )

    def members(self, block: Block) -> Members:
        """The baseline's figures, with how much they vary where limits look at that."""
        members = AttributeChart.members(self, block)
        if self.overdispersed == "no":
            return members
        centre = next((centre for _, centre in self._centres(block)), np.full(block.shape[1], np.nan))
        spread = self._spreads(block, [centre])[0]
        applies = self._applies(spread)
        numbers = {"dispersion": spread.dispersion, "sigma_z": np.where(applies, np.fmax(spread.sigma_z, 1.0), np.nan)}
        return replace(members, numbers=numbers, overdispersed=applies)

    def _widening(self, block: Block, centres: Floats) -> Floats | None:
        """Return sigma_z, never below 1, where limits allow for overdispersion."""
        if self.overdispersed == "no":
            return None
        found = np.ones(block.shape)
        for place, spread in enumerate(self._spreads(block, centres)):
            applies = self._applies(spread)
            enough = (spread.count >= FEWEST_FIGURES) & (spread.sigma_z == spread.sigma_z)
            found[place, applies] = np.where(enough, np.maximum(spread.sigma_z, 1.0), np.nan)[applies]
        return found

    def _applies(self, spread: Spread) -> Flags:
        """Return where limits allow for overdispersion: everywhere, or where more than chance is at work."""
        return np.ones(len(spread.count), dtype=bool) if self.overdispersed == "yes" else spread.beyond_chance

    def _spreads(self, block: Block, centres: Floats | list[Floats]) -> list[Spread]:
        """Return how the baseline of each judged row varies around its own centre."""
        planes, columns = block.panel.planes, block.columns
        if not _has_parts(block):
            return [Spread(block.shape[1]) for _ in centres]
        scores, found = StandardScores(block.stop, block.shape[1]), []
        for step in Reach(self.baseline, self.rebase_on).walk(block):
            top, bottom = planes["numerator"][step.row, columns], planes["denominator"][step.row, columns]
            scores.take(step, top, bottom, step.taken & (top == top) & (bottom > 0))
            if step.row >= block.start:
                centre = centres[step.row - block.start]
                found.append(scores.spread(step.row, centre, self._deviation(centre, np.ones_like(centre))))
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class PChart(LaneyChart):
    """Proportions: centre ± sigmas x sqrt(p (1 - p) / denominator)."""

    key: ClassVar[str] = "p"
    of_shares: ClassVar[bool] = True
    entry: ClassVar[CatalogueEntry] = CatalogueEntry(
        formula=(
            "p ± sigmas x sqrt(p (1 - p) / denominator), p = sum of numerators / sum of denominators; overdispersed: x "
            "sigma_z, the mean moving range of neighbouring z / 1.128, never below 1 (p')"
        ),
        use="Percents with few cases: limits widen where few were asked.",
        avoid="Very large denominators: everything looks exceptional; write `overdispersed: auto`.",
        source="Montgomery, D. C., Introduction to Statistical Quality Control, chapter on control charts for attributes.",
        example=Example(
            when="{outside_limits: {limits: {p: {}}}}",
            figures="40/50 42/50 39/50 41/50 43/50 40/50 18/50",
            finds=(
                "The figure: 36% in October 2018, significantly below the average of 75.1% (lower limit 56.8%). It "
                "is down 44 points from 80% in September 2018. It is compared with the 7 figures from April 2018 to "
                "October 2018. Its limits are trial limits, from fewer than 12 figures."
            ),
            measure="unit: percent, better: higher",
        ),
    )

    def problems(self, measure: Measure, every: PeriodKind) -> list[str]:
        """Proportions are percents."""
        return [] if measure.unit is Unit.PERCENT else ["p limits are for percents with numerator and denominator"]

    def _deviation(self, centre: Floats, denominator: Floats) -> Floats:
        with np.errstate(all="ignore"):
            deviation: Floats = np.sqrt(centre * (1 - centre) / denominator)
        return deviation


@dataclass(frozen=True, slots=True, kw_only=True)
class UChart(LaneyChart):
    """Rates of counts: centre ± sigmas x sqrt(u / denominator)."""

    key: ClassVar[str] = "u"
    entry: ClassVar[CatalogueEntry] = CatalogueEntry(
        formula=(
            "u ± sigmas x sqrt(u / denominator), u = sum of numerators / sum of denominators; overdispersed: x sigma_z, as "
            "for p (u')"
        ),
        use="Rates of events: complaints per 1,000 calls.",
        avoid="Events that come in clusters, which vary more than Poisson says: write `overdispersed: auto`.",
        source="Montgomery, as for p.",
        example=Example(
            when="{outside_limits: {limits: {u: {}}}}",
            figures="40/1000 42/1000 39/1000 41/1000 43/1000 40/1000 80/1000",
            finds=(
                "The figure: 80 per 1,000 in October 2018, significantly above the average of 46.43 (upper limit "
                "66.87). It is up 100% from 40 in September 2018. It is compared with the 7 figures from April 2018 "
                "to October 2018. Its limits are trial limits, from fewer than 12 figures."
            ),
            measure="unit: rate, per: 1000, better: lower",
        ),
    )

    def problems(self, measure: Measure, every: PeriodKind) -> list[str]:
        """Rates have numerators and denominators."""
        fits = measure.unit in (Unit.RATE, Unit.NUMBER, Unit.PERCENT)
        return [] if fits else ["u limits are for rates with numerator and denominator"]

    def _deviation(self, centre: Floats, denominator: Floats) -> Floats:
        with np.errstate(all="ignore"):
            deviation: Floats = np.sqrt(centre / denominator)
        return deviation


@dataclass(frozen=True, slots=True, kw_only=True)
class CChart(AttributeChart):
    """Counts over equal chances: mean ± sigmas x sqrt(mean)."""

    key: ClassVar[str] = "c"
    entry: ClassVar[CatalogueEntry] = CatalogueEntry(
        formula="mean ± sigmas x sqrt(mean)",
        use="Counts of rare events over equal chances: deaths on the roads, dangerous releases.",
        avoid="Large counts, which vary more than Poisson says: use xmr.",
        source="Montgomery, as for p.",
        example=Example(
            when="{outside_limits: {limits: {c: {}}}}",
            figures="4 6 3 5 4 5 18",
            finds=(
                "The figure: 18 in October 2018, significantly above the average of 6 (upper limit 14). It is up "
                "from 5 in September 2018. It is compared with the 7 figures from April 2018 to October 2018. Its "
                "limits are trial limits, from fewer than 12 figures."
            ),
        ),
    )
    by_denominator: ClassVar[bool] = False
    if_overdispersed: ClassVar[str] = "take xmr limits, or u with a denominator and `overdispersed: auto`"

    def problems(self, measure: Measure, every: PeriodKind) -> list[str]:
        """Counts only."""
        return [] if measure.unit is Unit.COUNT else ["c limits are for counts"]

    def dispersion(self, block: Block) -> Dispersion:
        """Hold the counts of the baseline against their mean."""
        taken = self.members(block).taken
        assert taken is not None
        spread = counts_spread(np.where(taken, block.history(), np.nan))
        return Dispersion(spread.dispersion, spread.beyond_chance, spread.count >= FEWEST_FIGURES)

    def _centres(self, block: Block) -> Iterator[tuple[int, Floats]]:
        if block.panel.days is not None:
            yield from super(CChart, self)._centres(block)
            return
        figures = Tally(block.shape[1])
        for step in Reach(self.baseline, self.rebase_on).walk(block):
            if step.anew is not None:
                figures.forget(step.anew)
            figures.take(step.values, step.taken)
            if step.row >= block.start:
                yield step.row, figures.mean()

    def _deviation(self, centre: Floats, denominator: Floats) -> Floats:
        with np.errstate(all="ignore"):
            deviation: Floats = np.sqrt(centre / denominator)
        return deviation

    def _denominator(self, block: Block) -> Floats:
        """Chances are equal, unless figures are per day: then they are the period's days, as for u."""
        return np.ones(block.shape) if block.panel.days is None else super(CChart, self)._denominator(block)
