"""The value misses its target."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import ClassVar, Self

import numpy as np

from alerting.conditions.base import ConditionBase, Reason, param, verdict
from alerting.domain import exact
from alerting.domain.answers import BadSide
from alerting.domain.arrays import Floats
from alerting.domain.block import Block
from alerting.domain.catalogue import CatalogueEntry, Example
from alerting.domain.condition import Judgement
from alerting.domain.measure import Level, Measure, Polarity
from alerting.domain.parameters import Vector
from alerting.domain.period import PeriodKind
from alerting.wording import briefly
from alerting.wording.briefly import HeldLine
from alerting.wording.clause import Clause
from alerting.wording.clauses import against_level, before_due
from alerting.wording.compared import Within
from alerting.wording.facts import Facts


def level_side(at_least: Level | None, at_most: Level | None) -> BadSide | None:
    """Return which side misses a level that an author gave; None where none is given."""
    if at_least is not None:
        fix = "write at_most, or mend better: of the measure"
        return BadSide(low=True, message="at_least finds low values", fix=fix)
    if at_most is not None:
        fix = "write at_least, or mend better: of the measure"
        return BadSide(low=False, message="at_most finds high values", fix=fix)
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetMissed(ConditionBase):
    """Exceptional when the value is below `at_least` or above `at_most`; a value on the target is not."""

    key: ClassVar[str] = "target_missed"
    entry: ClassVar[CatalogueEntry] = CatalogueEntry(
        formula="value < at_least, or value > at_most",
        use="An agreed standard or target, fixed, dated or by area.",
        avoid="To find what is unusual: a target says what is wanted, not what is likely.",
        example=Example(
            when="{target_missed: {}}",
            figures="93 94 91 88",
            finds=(
                "The figure: 88% in July 2018, 2 points below the standard of 90%. It is down 3 points from 91% in "
                "June 2018."
            ),
            measure="unit: percent, better: higher, target: 90, called: standard",
        ),
    )

    line: ClassVar[str | None] = "target"

    side_parameters: ClassVar[Mapping[str, int]] = MappingProxyType({"at_least": -1, "at_most": 1})

    at_least: Level | None = param("lowest acceptable value; default the measure's target where higher is better", None)
    at_most: Level | None = param("highest acceptable value; default the measure's target where lower is better", None)
    due: date | None = param("the day by which the target holds; before it the finding is normal and says so", None)

    @property
    def misses(self) -> bool:
        """A missed target."""
        return True

    @property
    def bad_side(self) -> BadSide | None:
        """What misses the rule's own target; None: the measure's own, by its own better side."""
        return level_side(self.at_least, self.at_most)

    def problems(self, measure: Measure, every: PeriodKind) -> list[str]:
        """Refuse two targets, and none."""
        if self.at_least is not None and self.at_most is not None:
            return ["target_missed takes at_least or at_most, not both; for a range use outside_range"]
        if self.at_least is None and self.at_most is None:
            if measure.target is None:
                return [f'measure "{measure.id}" has no target; give it one, or write at_least or at_most here']
            if measure.better is Polarity.NEITHER:
                return [
                    f'measure "{measure.id}" says better: neither, so its target has no side; write at_least or at_most'
                ]
        return []

    def bind(self, measure: Measure) -> Self:
        """Take the measure's target and side where the rule gives none."""
        if self.at_least is not None or self.at_most is not None:
            return self
        if measure.better is Polarity.LOWER:
            return replace(self, at_most=measure.target)
        return replace(self, at_least=measure.target)

    def structure(self) -> Hashable:
        """Side and due date."""
        return (TargetMissed, self.at_least is None, self.due)

    def vectors(self) -> Mapping[str, Vector]:
        """The target."""
        level = self.at_most if self.at_least is None else self.at_least
        assert level is not None
        return {"target": level}

    def judge(self, block: Block, numbers: Mapping[str, Floats]) -> Judgement:
        """Compare with the target; `no_target` where there is none for the period or area."""
        target = np.broadcast_to(numbers["target"], block.shape)
        low_is_bad = self.at_least is not None
        compare = exact.below if low_is_bad else exact.above
        missed = compare(block.values, numbers["target"])
        planes = {"target": target}
        if self.due is not None:
            last_days = block.panel.last_days[block.start : block.stop]
            early = np.array([day < self.due for day in last_days])
            missed = missed & ~early[:, None]
            planes["due"] = np.broadcast_to(early[:, None].astype(np.float64), block.shape)
        unknown = numbers["target"] != numbers["target"]  # mostly one number for all, not one a cell
        judgement = verdict(missed, unknown, Reason.NO_TARGET)
        judgement.side, judgement.planes = (-1 if low_is_bad else 1), planes
        return judgement

    def clause(self, facts: Facts, *, short: bool = False) -> Clause:
        """Say how far the value is from its target, or when the target is due."""
        if facts.finding.due is not None and self.due is not None:
            return before_due(facts, self.due, short=short)
        return against_level(facts, short=short)

    def held_against(self, facts: Facts) -> HeldLine | None:
        """Name the target."""
        return briefly.level(facts)

    def accepts(self, facts: Facts) -> Within | None:
        """Accept what reaches the target."""
        wanted = facts.finding.target
        return Within(low=wanted, given=True) if self.at_least is not None else Within(high=wanted, given=True)
