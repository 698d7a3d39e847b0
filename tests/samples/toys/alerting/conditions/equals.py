"""The value is a certain number, such as one that stands for a figure nobody knew."""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from alerting.conditions.base import ConditionBase, param, verdict
from alerting.domain import exact
from alerting.domain.arrays import Floats
from alerting.domain.block import Block
from alerting.domain.catalogue import CatalogueEntry, Example
from alerting.domain.condition import BeyondLine, Judgement
from alerting.domain.parameters import Vector
from alerting.wording.briefly import HeldLine
from alerting.wording.clause import Clause
from alerting.wording.facts import Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Equals(ConditionBase):
    """Exceptional when the value is the number."""

    key: ClassVar[str] = "equals"
    entry: ClassVar[CatalogueEntry] = CatalogueEntry(
        formula="value = number",
        use="A number that a system writes where it knows none.",
        avoid="A number that the measure can really have.",
        example=Example(
            when="{equals: {number: 999}}",
            figures="45 999",
            finds="The figure: 999 in May 2018, which is the 999 looked for. It is up from 45 in April 2018.",
            measure="unit: count, better: neither",
        ),
    )

    number: float = param("the number that is looked for")

    def numbers_given(self) -> Iterator[float]:
        """Yield it."""
        yield self.number

    def structure(self) -> Hashable:
        """Any numbers go together."""
        return Equals

    def vectors(self) -> Mapping[str, Vector]:
        """The number."""
        return {"number": self.number}

    def judge(self, block: Block, numbers: Mapping[str, Floats]) -> Judgement:
        """Compare."""
        return verdict(exact.equal(block.values, numbers["number"]))

    def clause(self, facts: Facts, *, short: bool = False) -> Clause:
        """Say whether it is the number."""
        if facts.finding.value is None:
            return Clause()
        is_it = exact.same(facts.finding.value, self.number)
        return Clause(f", which is {'' if is_it else 'not '}the {facts.level(self.number)} looked for")

    def beyond(self, facts: Facts) -> BeyondLine | None:
        """Return the value and the number."""
        value = facts.finding.value
        return None if value is None else BeyondLine(value, self.number)

    def held_against(self, facts: Facts) -> HeldLine | None:
        """Name the number."""
        return HeldLine("looked for", facts.level(self.number))
