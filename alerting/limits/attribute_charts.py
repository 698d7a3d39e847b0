"""Limits for proportions, rates and counts: binomial and Poisson, varying with the denominator."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np

from alerting.domain.finding import Reason
from alerting.domain.judging import Baseline, LimitLines
from alerting.domain.measure import Measure, Unit
from alerting.domain.panel import Block, Floats
from alerting.domain.period import Period, PeriodKind
from alerting.limits.base import Method, codes_where, mean_and_deviation, no_lines, param
from alerting.limits.baselines import Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeChart(Method):
    """What the charts for counted things share.

    Source: Montgomery, Introduction to Statistical Quality Control, chapter on control charts for attributes.
    """

    sigmas: float = param("how many standard deviations the limits lie from the centre", 3.0)
    baseline: Baseline = param("all up to the judged period, the first so many figures, or {from, until}", Baseline())
    rebase_on: tuple[Period, ...] = param("periods with which a new baseline begins", ())
    #: Set by `bind`, not by authors: what numerator / denominator is multiplied by.
    scale: float = 1.0

    def bind(self, measure: Measure) -> Self:
        """Take the measure's scale."""
        return replace(self, scale=measure.ratio_scale)

    def compute(self, block: Block, numbers: Mapping[str, Floats]) -> LimitLines:
        """Compute each judged row from its own baseline."""
        lines = no_lines(block)
        for place, row in enumerate(range(block.start, block.stop)):
            centre, spread = self._row(block, row)
            lines.centre[place] = centre * self.scale
            lines.lower[place] = (centre - self.sigmas * spread) * self.scale
            lines.upper[place] = (centre + self.sigmas * spread) * self.scale
        lines.reason = codes_where(lines.upper != lines.upper, Reason.FEW_POINTS)
        return block.clip(lines)

    def _row(self, block: Block, row: int) -> tuple[Floats, Floats]:
        """Return centre and standard deviation, unscaled."""
        used = Reach(self.baseline, self.rebase_on).values(block, row)
        first = row + 1 - len(used)
        top, bottom = (self._part(block, name, first, row) for name in ("numerator", "denominator"))
        known = (used == used) & (top == top) & (bottom > 0)
        with np.errstate(all="ignore"):
            centre = np.where(known, top, 0.0).sum(axis=0) / np.where(known, bottom, 0.0).sum(axis=0)
            return centre, self._deviation(centre, bottom[-1])

    def _part(self, block: Block, name: str, first: int, row: int) -> Floats:
        plane = block.panel.planes.get(name)
        if plane is None:
            return np.full((row + 1 - first, block.shape[1]), np.nan)
        return plane[first : row + 1, block.columns]

    def _deviation(self, centre: Floats, denominator: Floats) -> Floats:
        raise AssertionError(f"{type(self).__name__} has no deviation")


@dataclass(frozen=True, slots=True, kw_only=True)
class PChart(AttributeChart):
    """Proportions: centre ± sigmas x sqrt(p (1 - p) / denominator)."""

    key: ClassVar[str] = "p"

    def problems(self, measure: Measure, every: PeriodKind) -> list[str]:
        """Proportions are percents."""
        return [] if measure.unit is Unit.PERCENT else ["p limits are for percents with numerator and denominator"]

    def _deviation(self, centre: Floats, denominator: Floats) -> Floats:
        with np.errstate(all="ignore"):
            deviation: Floats = np.sqrt(centre * (1 - centre) / denominator)
        return deviation


@dataclass(frozen=True, slots=True, kw_only=True)
class UChart(AttributeChart):
    """Rates of counts: centre ± sigmas x sqrt(u / denominator)."""

    key: ClassVar[str] = "u"

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

    def problems(self, measure: Measure, every: PeriodKind) -> list[str]:
        """Counts only."""
        return [] if measure.unit is Unit.COUNT else ["c limits are for counts"]

    def _row(self, block: Block, row: int) -> tuple[Floats, Floats]:
        mean, _, _ = mean_and_deviation(Reach(self.baseline, self.rebase_on).values(block, row))
        with np.errstate(all="ignore"):
            return mean, np.sqrt(mean)
