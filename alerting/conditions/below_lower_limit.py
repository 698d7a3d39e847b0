"""The value lies below its lower limit."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from alerting.conditions.base import LimitsCondition
from alerting.conditions.outside_limits import judge_limits
from alerting.domain.answers import Chance
from alerting.domain.arrays import Floats
from alerting.domain.block import Block
from alerting.domain.catalogue import CatalogueEntry, Example
from alerting.domain.condition import Judgement
from alerting.domain.period import PeriodKind
from alerting.wording import briefly
from alerting.wording.briefly import HeldLine
from alerting.wording.clause import Clause
from alerting.wording.compared import Within
from alerting.wording.facts import Facts
from alerting.wording.gaps import against_limits


@dataclass(frozen=True, slots=True, kw_only=True)
class BelowLowerLimit(LimitsCondition):
    """Exceptional when the value is below its lower limit; a value on the limit is not."""

    key: ClassVar[str] = "below_lower_limit"
    entry: ClassVar[CatalogueEntry] = CatalogueEntry(
        formula="value < lower limit",
        use="Figures whose fall beyond what is usual matters: satisfaction, availability, reports that are wanted.",
        avoid="Figures close to their lowest possible value: limits are cut off there, so that nothing can lie below.",
        example=Example(
            when="{below_lower_limit: {limits: previous_financial_year}}",
            figures="50 54 49 51 53 50 52 48 51 50 53 51 39",
            finds=(
                "The figure: 39 in April 2019, significantly below the average of 51 (lower limit 47). It is down "
                "24% from 51 in March 2019 and down 22% from 50 in April 2018. It is compared with the 12 figures "
                "from April 2018 to March 2019."
            ),
            measure="unit: count, better: higher",
        ),
    )

    line: ClassVar[str | None] = "lower"
    opposites: ClassVar[tuple[str, ...]] = ("above_upper_limit",)

    @property
    def found_sides(self) -> frozenset[int]:
        """Low values."""
        return frozenset((-1,))

    @property
    def chances(self) -> Mapping[PeriodKind, Chance]:
        """Against its lower limit."""
        return self.limits.chances(sides=1)

    def judge(self, block: Block, numbers: Mapping[str, Floats]) -> Judgement:
        """Compare with the lower limit only."""
        return judge_limits(block, self.limits, numbers, above=False, below=True)

    def clause(self, facts: Facts, *, short: bool = False) -> Clause:
        """Say where the value lies of its lower limit."""
        return against_limits(facts, "below", short=short)

    def held_against(self, facts: Facts) -> HeldLine | None:
        """Name the lower limit."""
        return briefly.limit(facts, "below")

    def accepts(self, facts: Facts) -> Within | None:
        """Accept what does not lie below the limit."""
        return Within(low=facts.finding.lower)
