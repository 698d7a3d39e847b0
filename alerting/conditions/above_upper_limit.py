"""The value lies above its upper limit."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from alerting.conditions.base import LimitsTest
from alerting.conditions.outside_limits import judge_limits
from alerting.domain.judging import Judgement
from alerting.domain.panel import Block, Floats
from alerting.wording.clauses import against_limits
from alerting.wording.facts import Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class AboveUpperLimit(LimitsTest):
    """Exceptional when the value is above its upper limit; a value on the limit is not."""

    key: ClassVar[str] = "above_upper_limit"

    def judge(self, block: Block, numbers: Mapping[str, Floats]) -> Judgement:
        """Compare with the upper limit only."""
        return judge_limits(block, self.limits, numbers, above=True, below=False)

    def clause(self, facts: Facts, *, short: bool = False) -> str:
        """Say where the value lies of its upper limit."""
        return against_limits(facts, "above", short=short)
