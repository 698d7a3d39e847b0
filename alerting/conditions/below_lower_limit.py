"""The value lies below its lower limit."""

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
class BelowLowerLimit(LimitsTest):
    """Exceptional when the value is below its lower limit; a value on the limit is not."""

    key: ClassVar[str] = "below_lower_limit"

    def judge(self, block: Block, numbers: Mapping[str, Floats]) -> Judgement:
        """Compare with the lower limit only."""
        return judge_limits(block, self.limits, numbers, above=False, below=True)

    def clause(self, facts: Facts, *, short: bool = False) -> str:
        """Say where the value lies of its lower limit."""
        return against_limits(facts, "below", short=short)
