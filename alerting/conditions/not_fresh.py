"""A figure that is due has not come."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from math import inf
from typing import ClassVar

import numpy as np

from alerting.conditions.base import ConditionBase, param, verdict
from alerting.domain.arrays import Floats
from alerting.domain.block import Block
from alerting.domain.catalogue import CatalogueEntry, Example
from alerting.domain.condition import Judgement
from alerting.domain.measure import Measure
from alerting.domain.parameters import Days, Vector
from alerting.domain.period import PeriodKind
from alerting.wording.briefly import HeldLine
from alerting.wording.clause import Clause
from alerting.wording.clauses import not_fresh
from alerting.wording.facts import Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class NotFresh(ConditionBase):
    """Exceptional when a complete period's figure has not come by its due day plus a grace; judged by the clock."""

    key: ClassVar[str] = "not_fresh"
    judges_changes: ClassVar[bool] = True
    entry: ClassVar[CatalogueEntry] = CatalogueEntry(
        formula="no figure, and today > last day of the period + expected + grace",
        use="Every measure whose figures somebody waits for: silence must not look like good news.",
        avoid="Measures without a day on which they are due.",
        example=Example(
            when="{not_fresh: {}}",
            figures="50 51 _",
            finds="No figure has come for the figure in June 2018; it was due by 30 June 2018. It was 51 in May 2018.",
            measure="unit: count, better: lower, expected: 0 days",
        ),
    )
    by_clock: ClassVar[bool] = True
    #: Whom a rule tells that names nobody: lateness is for whoever keeps the source, not for the area's owner.
    tells: ClassVar[tuple[str, ...]] = ("source_owner",)

    grace: Days = param("days after the due day before it counts", Days(0))

    def problems(self, measure: Measure, every: PeriodKind) -> list[str]:
        """Refuse measures that say nothing of when their figures are due."""
        if measure.expected is None:
            return [f'measure "{measure.id}" does not say when its figures are due; give it expected: 5 days']
        return []

    def days_at_rest(self, overdue: Floats) -> float:
        """Return when the grace of the next missing figure is over."""
        waiting = overdue[overdue <= self.grace]
        return float(self.grace - np.max(waiting) + 1) if len(waiting) else inf

    def structure(self) -> Hashable:
        """Any grace goes together."""
        return NotFresh

    def vectors(self) -> Mapping[str, Vector]:
        """The grace, in days."""
        return {"grace": float(self.grace)}

    def judge(self, block: Block, numbers: Mapping[str, Floats]) -> Judgement:
        """Compare how long each missing figure is overdue; one that came is fresh."""
        assert block.overdue_days is not None
        return verdict(block.overdue_days > numbers["grace"])  # NaN for what came

    def clause(self, facts: Facts, *, short: bool = False) -> Clause:
        """Say since when the figure is due."""
        return not_fresh(facts, short=short)

    def held_against(self, facts: Facts) -> HeldLine | None:
        """Name nothing of what has not come: there is no line."""
        return None if facts.finding.value is None else HeldLine("has come")

    def clears(self, facts: Facts) -> str | None:
        """Say that a later figure will do, too."""
        return "once this figure, or a later one, has come"
