"""The value lies above its upper limit."""

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
class AboveUpperLimit(LimitsCondition):
    """Exceptional when the value is above its upper limit; a value on the limit is not."""

    key: ClassVar[str] = "above_upper_limit"
    entry: ClassVar[CatalogueEntry] = CatalogueEntry(
        formula="value > upper limit",
        use="Volumes that should not rise beyond what is usual: crime, calls, complaints.",
        avoid="Where a target is agreed (target_missed), or where a fall matters as much (outside_limits).",
        example=Example(
            when="{above_upper_limit: {limits: previous_financial_year}}",
            figures="50 54 49 51 53 50 52 48 51 50 53 51 61",
            finds=(
                "The figure: 61 in April 2019, significantly above the average of 51 (upper limit 55). It is up 20% "
                "from 51 in March 2019 and up 22% from 50 in April 2018. It is compared with the 12 figures from "
                "April 2018 to March 2019."
            ),
        ),
    )

    line: ClassVar[str | None] = "upper"
    opposites: ClassVar[tuple[str, ...]] = ("below_lower_limit",)

    @property
    def found_sides(self) -> frozenset[int]:
        """High values."""
        return frozenset((1,))

    @property
    def chances(self) -> Mapping[PeriodKind, Chance]:
        """Against its upper limit."""
        return self.limits.chances(sides=1)

    def judge(self, block: Block, numbers: Mapping[str, Floats]) -> Judgement:
        """Compare with the upper limit only."""
        return judge_limits(block, self.limits, numbers, above=True, below=False)

    def clause(self, facts: Facts, *, short: bool = False) -> Clause:
        """Say where the value lies of its upper limit."""
        return against_limits(facts, "above", short=short)

    def held_against(self, facts: Facts) -> HeldLine | None:
        """Name the upper limit."""
        return briefly.limit(facts, "above")

    def accepts(self, facts: Facts) -> Within | None:
        """Accept what does not lie above the limit."""
        return Within(high=facts.finding.upper)
