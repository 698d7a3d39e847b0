"""The value of an area lies outside what is usual among areas of its kind."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from alerting.conditions.base import LimitsCondition, param
from alerting.conditions.outside_limits import judge_limits
from alerting.domain.arrays import Floats
from alerting.domain.block import Block
from alerting.domain.catalogue import CatalogueEntry, Example
from alerting.domain.condition import Judgement
from alerting.domain.limits_method import LimitsMethod
from alerting.domain.measure import Measure
from alerting.domain.period import PeriodKind
from alerting.limits.funnel import Funnel
from alerting.wording import briefly
from alerting.wording.areas import outlier
from alerting.wording.briefly import HeldLine
from alerting.wording.clause import Clause
from alerting.wording.compared import Within, cleared_at
from alerting.wording.facts import Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlierAmongAreas(LimitsCondition):
    """Exceptional when the value is outside the funnel around its sibling areas of one kind."""

    key: ClassVar[str] = "outlier_among_areas"
    among_areas: ClassVar[bool] = True
    entry: ClassVar[CatalogueEntry] = CatalogueEntry(
        formula="outside the funnel: value > its upper limit or < its lower limit, at one period",
        use="One area unlike its siblings, with fair limits for small ones.",
        avoid="Areas that differ for known reasons (a city among rural areas): the difference is told every month.",
        source=(
            "Spiegelhalter, D. J. (2005), Funnel Plots for Comparing Institutional Performance, Statistics in "
            "Medicine 24(8), 1185-1202."
        ),
        example=Example(
            when="{outlier_among_areas: {}}",
            figures="North: 60/100\nSouth: 40/100\nEast: 38/100\nWest: 42/100\nTown: 39/100",
            finds=(
                "The figure: 60% in North in April 2018, significantly above the average of 43.8% among areas of "
                "its kind (upper limit 58.7% for its size)."
            ),
            measure="unit: percent, better: neither",
        ),
    )

    limits: LimitsMethod = param("a funnel, or the name of one under `limits:`", Funnel())

    def problems(self, measure: Measure, every: PeriodKind) -> list[str]:
        """Refuse limits that do not look at other areas."""
        if not isinstance(self.limits, Funnel):
            return [
                f"outlier_among_areas needs funnel limits, not {self.limits.key}; for an area's own past use outside_limits"
            ]
        return self.limits.problems(measure, every)

    def judge(self, block: Block, numbers: Mapping[str, Floats]) -> Judgement:
        """Compare with both limits."""
        return judge_limits(block, self.limits, numbers, above=True, below=True)

    def clause(self, facts: Facts, *, short: bool = False) -> Clause:
        """Say where the value lies among the areas."""
        return outlier(facts, short=short)

    def held_against(self, facts: Facts) -> HeldLine | None:
        """Name the limit among the areas."""
        return briefly.among_areas(facts)

    def accepts(self, facts: Facts) -> Within | None:
        """Accept what lies within the funnel."""
        return Within(low=facts.finding.lower, high=facts.finding.upper)

    def clears(self, facts: Facts) -> str | None:
        """Say which figure lies within it: the other areas' figures draw it."""
        words = cleared_at(facts, self.accepts(facts))
        return words and f"{words}, where the other areas stay as they are"
