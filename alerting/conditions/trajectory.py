"""The value is on the wrong side of a plan that moves over time."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar, Literal

import numpy as np

from alerting.conditions.base import ConditionBase, param, verdict
from alerting.conditions.kernels.plans import plan_values
from alerting.domain import exact
from alerting.domain.answers import BadSide
from alerting.domain.arrays import Floats
from alerting.domain.block import Block
from alerting.domain.catalogue import CatalogueEntry, Example
from alerting.domain.condition import BeyondLine, Judgement
from alerting.domain.measure import Measure
from alerting.domain.parameters import Milestone, Plan, Vector
from alerting.domain.period import Period, PeriodKind
from alerting.wording import briefly
from alerting.wording.briefly import HeldLine
from alerting.wording.clause import Clause
from alerting.wording.clauses import against_plan
from alerting.wording.facts import Facts

#: A plan of so many milestones says where it begins and where it ends, and nothing of the way.
_ENDS = 2


def milestone_problems(milestones: Sequence[Milestone]) -> list[str]:
    """Refuse days out of order."""
    if any(after.date <= before.date for before, after in pairwise(milestones)):
        return ["milestones must be in date order, each day once"]
    return []


@dataclass(frozen=True, slots=True, kw_only=True)
class Trajectory(ConditionBase):
    """What both sides share: milestones, shape and tolerance."""

    line: ClassVar[str | None] = "plan"

    milestones: tuple[Milestone, ...] = param("what the plan reaches on which day, in date order")
    shape: Literal["linear", "step"] = param("linear between milestones; or step: the last milestone reached", "linear")
    tolerance: float = param("how far beyond the plan is still normal, in the measure's unit", 0.0)

    @property
    def is_sloped(self) -> bool:
        """Where the plan is straight between its milestones."""
        return self.shape == "linear"

    @property
    def misses(self) -> bool:
        """A missed plan."""
        return True

    def problems(self, measure: Measure, every: PeriodKind) -> list[str]:
        """Refuse no milestones, days out of order, and a negative tolerance."""
        found = [] if self.milestones else ["a trajectory needs at least one milestone"]
        found += milestone_problems(self.milestones)
        if self.tolerance < 0:
            found.append("tolerance must not be negative")
        return found

    def structure(self) -> Hashable:
        """The side only: plans and tolerances are vectors."""
        return (type(self),)

    def vectors(self) -> Mapping[str, Vector]:
        """The plan and the tolerance."""
        return {"plan": Plan(self.milestones, self.shape), "tolerance": self.tolerance}

    def beyond(self, facts: Facts) -> BeyondLine | None:
        """Return the value and the plan with the tolerance on the value's side."""
        value, planned = facts.finding.value, facts.finding.plan
        if value is None or planned is None:
            return None
        return BeyondLine(value, planned + (self.tolerance if value > planned else -self.tolerance))

    def straight(self, period: Period) -> tuple[Milestone, Milestone] | None:
        """Return the two ends of the plan, where it has no others and what it wants of a period is drawn between them."""
        if self.shape != "linear" or len(self.milestones) != _ENDS:
            return None
        first, last = self.milestones
        return (first, last) if first.date < period.last_day < last.date else None

    @property
    def line_names(self) -> Mapping[str, str]:
        """A plan of two ends is a straight line that nobody planned point by point."""
        return {"plan": "straight line"} if self.shape == "linear" and len(self.milestones) == _ENDS else {}

    def held_against(self, facts: Facts) -> HeldLine | None:
        """Name the plan, or the straight line that stands for one."""
        return briefly.plan(facts, "plan" if self.straight(facts.finding.period) is None else "straight line")

    def clears(self, facts: Facts) -> str | None:
        """Say how the next figure has to stand to the plan, and what that is then."""
        coming = facts.finding.period + 1
        (planned,) = plan_values(Plan(self.milestones, self.shape), [coming.last_day])
        what = "its plan" if self.straight(coming) is None else "the straight line"
        low = facts.finding.side == "below"
        if self.tolerance:
            far = f"no more than {facts.style.wanted(self.tolerance)} {'below' if low else 'above'} {what}"
        else:
            far = f"at {what} or {'above' if low else 'below'}"
        return f"{far}: {facts.style.reaching(float(planned), facts.finding.value, up=low)} in {coming.label}"

    def _judge(self, block: Block, numbers: Mapping[str, Floats], side: int) -> Judgement:
        """Compare with the plan; before its first milestone everything is normal."""
        plan = np.broadcast_to(numbers["plan"], block.shape)
        tolerance = numbers["tolerance"]
        bound = numbers["plan"] + side * tolerance  # mostly one number a row: spread only in the comparison
        compare = exact.below if side < 0 else exact.above
        wrong = compare(block.values, bound, *([numbers["plan"]] if np.any(tolerance) else []))
        judgement = verdict(wrong)
        judgement.side, judgement.planes = side, {"plan": plan}
        return judgement


@dataclass(frozen=True, slots=True, kw_only=True)
class BelowTrajectory(Trajectory):
    """Exceptional when the value is below the plan at the period's last day by more than the tolerance."""

    key: ClassVar[str] = "below_trajectory"
    entry: ClassVar[CatalogueEntry] = CatalogueEntry(
        formula=(
            "value < plan on the period's last day - tolerance; the plan is straight between its milestones "
            "(`linear`) or keeps the last one (`step`)"
        ),
        use="A figure that should climb to an agreed level by a date.",
        avoid="Without agreed milestones: a straight line nobody agreed is missed every month.",
        example=Example(
            when="{below_trajectory: {milestones: [{date: 2018-04-30, value: 10}, {date: 2018-09-30, value: 20}]}}",
            figures="10 12 13.5",
            finds=(
                "The figure: 13.5% in June 2018, 0.5 points below the 14% of the straight line from 10% (30 April "
                "2018) to 20% (30 September 2018). It is up 1.5 points from 12% in May 2018. This is the second "
                "month running, since May 2018."
            ),
            measure="unit: percent, better: higher",
        ),
    )

    opposites: ClassVar[tuple[str, ...]] = ("above_trajectory",)

    @property
    def found_sides(self) -> frozenset[int]:
        """Low values."""
        return frozenset((-1,))

    @property
    def bad_side(self) -> BadSide:
        """Low values."""
        fix = "write above_trajectory, or mend better: of the measure"
        return BadSide(low=True, message="below_trajectory finds low values", fix=fix)

    def judge(self, block: Block, numbers: Mapping[str, Floats]) -> Judgement:
        """Look for values below the plan."""
        return self._judge(block, numbers, -1)

    def clause(self, facts: Facts, *, short: bool = False) -> Clause:
        """Say how far the value is from the plan."""
        return against_plan(
            facts, tolerance=self.tolerance, wrong="below", straight=self.straight(facts.finding.period), short=short
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AboveTrajectory(Trajectory):
    """Exceptional when the value is above the plan at the period's last day by more than the tolerance."""

    key: ClassVar[str] = "above_trajectory"
    entry: ClassVar[CatalogueEntry] = CatalogueEntry(
        formula="value > plan on the period's last day + tolerance",
        use="A figure that should come down by a date, such as a backlog.",
        avoid="As below_trajectory.",
        example=Example(
            when="{above_trajectory: {milestones: [{date: 2018-04-30, value: 100}, {date: 2018-09-30, value: 50}]}}",
            figures="100 96 88",
            finds=(
                "The figure: 88 in June 2018, 8 above the 80 of the straight line from 100 (30 April 2018) to 50 "
                "(30 September 2018). It is down 8.3% from 96 in May 2018. This is the second month running, since "
                "May 2018."
            ),
        ),
    )

    opposites: ClassVar[tuple[str, ...]] = ("below_trajectory",)

    @property
    def found_sides(self) -> frozenset[int]:
        """High values."""
        return frozenset((1,))

    @property
    def bad_side(self) -> BadSide:
        """High values."""
        fix = "write below_trajectory, or mend better: of the measure"
        return BadSide(low=False, message="above_trajectory finds high values", fix=fix)

    def judge(self, block: Block, numbers: Mapping[str, Floats]) -> Judgement:
        """Look for values above the plan."""
        return self._judge(block, numbers, 1)

    def clause(self, facts: Facts, *, short: bool = False) -> Clause:
        """Say how far the value is from the plan."""
        return against_plan(
            facts, tolerance=self.tolerance, wrong="above", straight=self.straight(facts.finding.period), short=short
        )
