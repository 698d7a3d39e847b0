"""The value lies outside a range."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

import numpy as np

from alerting.conditions.base import ConditionBase, param, verdict
from alerting.domain import exact
from alerting.domain.answers import RANGE_FROM, RANGE_TO
from alerting.domain.arrays import Floats
from alerting.domain.block import Block
from alerting.domain.catalogue import CatalogueEntry, Example
from alerting.domain.condition import BeyondLine, Judgement
from alerting.domain.measure import Measure
from alerting.domain.parameters import Band, Vector
from alerting.domain.period import PeriodKind
from alerting.wording import briefly
from alerting.wording.briefly import HeldLine
from alerting.wording.clause import Clause
from alerting.wording.clauses import outside_range
from alerting.wording.compared import Within
from alerting.wording.facts import Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideRange(ConditionBase):
    """Exceptional when the value is below `from` or above `to`; a value on either is not."""

    key: ClassVar[str] = "outside_range"
    entry: ClassVar[CatalogueEntry] = CatalogueEntry(
        formula="value < from, or value > to",
        use="An agreed range: an optimum balance, a band of acceptable staffing.",
        avoid="A single bound that is a target: target_missed words it as one.",
        example=Example(
            when="{outside_range: {from: 40, to: 60, called: optimum band}}",
            figures="45 58 63",
            finds=(
                "The figure: 63 in June 2018, 3 above the optimum band of 40 to 60. It is up 8.6% from 58 in May 2018."
            ),
            measure="unit: count, better: neither",
        ),
    )

    side_parameters: ClassVar[Mapping[str, int]] = MappingProxyType({"low": -1, "high": 1})

    low: float | None = param("lowest acceptable value; absent: that side is not tested", None, yaml="from")
    high: float | None = param("highest acceptable value; absent: that side is not tested", None, yaml="to")
    called: str | None = param("the word for the range, like: optimum band", None)

    @property
    def misses(self) -> bool:
        """A missed range."""
        return True

    @property
    def chart_bands(self) -> Sequence[Band]:
        """What is accepted, where it has both ends."""
        if self.low is None or self.high is None:
            return ()
        return (Band(name=self.called or "accepted", at_least=self.low, below=self.high),)

    @property
    def line_names(self) -> Mapping[str, str]:
        """Two ends by where they lie; one by what it is called."""
        if self.low is not None and self.high is not None:
            return {"upper": RANGE_TO, "lower": RANGE_FROM}
        return {"upper": self.called or "Most accepted", "lower": self.called or "Least accepted"}

    def numbers_given(self) -> Iterator[float]:
        """Yield its ends."""
        yield from (edge for edge in (self.low, self.high) if edge is not None)

    def problems(self, measure: Measure, every: PeriodKind) -> list[str]:
        """Refuse an empty range, and none."""
        if self.low is None and self.high is None:
            return ["outside_range needs from, to or both"]
        if self.low is not None and self.high is not None and self.low > self.high:
            return [f"from {self.low:g} is above to {self.high:g}"]
        return []

    def structure(self) -> Hashable:
        """Any ranges go together."""
        return OutsideRange

    def vectors(self) -> Mapping[str, Vector]:
        """Both ends; infinite where a side is not tested."""
        return {
            "low": -np.inf if self.low is None else self.low,
            "high": np.inf if self.high is None else self.high,
        }

    def judge(self, block: Block, numbers: Mapping[str, Floats]) -> Judgement:
        """Compare with both ends, kept as lower and upper."""
        low, high = (np.broadcast_to(numbers[name], block.shape) for name in ("low", "high"))
        below, above = exact.below(block.values, numbers["low"]), exact.above(block.values, numbers["high"])
        judgement = verdict(below | above)
        judgement.side = above.view(np.int8) - below.view(np.int8)
        judgement.planes = {"lower": low, "upper": high}
        return judgement

    def clause(self, facts: Facts, *, short: bool = False) -> Clause:
        """Say where the value lies of the range."""
        return outside_range(facts, self.low, self.high, self.called, short=short)

    def beyond(self, facts: Facts) -> BeyondLine | None:
        """Return the value and the end of the range that it lies beyond, or lies nearest to."""
        value = facts.finding.value
        ends = [end for end in (self.low, self.high) if end is not None]
        if value is None or not ends:
            return None
        return BeyondLine(value, min(ends, key=lambda end: abs(end - value)))

    def held_against(self, facts: Facts) -> HeldLine | None:
        """Name the end of the range that it lies beyond, or both."""
        return briefly.accepted(facts, self.low, self.high, self.called)

    def accepts(self, facts: Facts) -> Within | None:
        """Accept what lies within the range."""
        return Within(low=self.low, high=self.high, given=True)
