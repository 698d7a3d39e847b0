"""The value is over or under a plan, a budget, an average: any other column of the source."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

import numpy as np

from alerting.conditions.base import ConditionBase, Reason, amount_problem, either, param, sides, verdict
from alerting.domain import exact
from alerting.domain.arrays import Floats
from alerting.domain.block import Block
from alerting.domain.catalogue import CatalogueEntry, Example
from alerting.domain.condition import BeyondLine, Judgement
from alerting.domain.measure import Measure
from alerting.domain.parameters import Amount, Vector
from alerting.domain.period import PeriodKind
from alerting.wording import briefly
from alerting.wording.briefly import HeldLine
from alerting.wording.clause import Clause
from alerting.wording.clauses import column_words, variance
from alerting.wording.facts import Facts

#: Columns that say what was to be; others say what is usual.
_WANTED = ("plan", "target", "budget")


@dataclass(frozen=True, slots=True, kw_only=True)
class Variance(ConditionBase):
    """Exceptional when the value is beyond the column by more than `over` or `under`; percents are of its absolute size."""

    key: ClassVar[str] = "variance"
    entry: ClassVar[CatalogueEntry] = CatalogueEntry(
        formula="value - column > over, or column - value > under; `N %` of |column|",
        use="Spending against its plan, or any figure against one printed beside it.",
        avoid="Against a target: target_missed knows which side is better.",
        example=Example(
            when="{variance: {against: plan, over: 2 %}}",
            figures="50 54",
            finds="The figure: £54 in Force in May 2018, £4 (8%) over the plan of £50. It is up 8% from £50 in April 2018.",
            measure="unit: currency, better: lower",
            columns="plan: 50",
        ),
    )

    line: ClassVar[str | None] = "change"

    side_parameters: ClassVar[Mapping[str, int]] = MappingProxyType({"over": 1, "under": -1})

    against: str = param("the numeric column to compare with", "plan")
    over: Amount | None = param("exceptional when over by more than this; `N %` is relative to the column", None)
    under: Amount | None = param("exceptional when under by more than this", None)

    @property
    def columns(self) -> Sequence[str]:
        """The one that figures are held against."""
        return (self.against,)

    @property
    def line_names(self) -> Mapping[str, str]:
        """The column's own name."""
        return {"plan": column_words(self.against)}

    @property
    def misses(self) -> bool:
        """Where it is held against a plan or target; beside an average, say, the side decides."""
        return self.against in _WANTED

    def problems(self, measure: Measure, every: PeriodKind) -> list[str]:
        """Refuse no side, and sides of different kinds."""
        given = {name: value for name in ("over", "under") if (value := getattr(self, name)) is not None}
        if not given:
            return ["variance needs over, under or both"]
        if len({value.relative for value in given.values()}) > 1:
            return ["over and under must both be percents or both be in the measure's unit"]
        return [problem for name, value in given.items() for problem in amount_problem(name, value)]

    @property
    def relative(self) -> bool:
        """Whether the amounts are percents of the column."""
        amount = self.over or self.under
        assert amount is not None
        return amount.relative

    def structure(self) -> Hashable:
        """Column and kind of amount."""
        return (Variance, self.against, self.relative)

    def vectors(self) -> Mapping[str, Vector]:
        """Both amounts; infinite where a side is not tested."""
        return {
            "over": np.inf if self.over is None else self.over.number,
            "under": np.inf if self.under is None else self.under.number,
        }

    def judge(self, block: Block, numbers: Mapping[str, Floats]) -> Judgement:
        """Compare with the column; `no_plan` where it is empty, `zero_base` where a percent of nothing is asked."""
        plan = block.plane(self.against)
        if plan is None:
            plan = np.full(block.shape, np.nan)
        apart = block.values - plan
        if self.relative:
            with np.errstate(all="ignore"):
                apart = np.where(plan == 0, np.nan, apart / np.abs(plan) * 100)
        unknown = apart != apart
        reason = either(plan == 0, Reason.ZERO_BASE, Reason.NO_PLAN)
        over, under = (self._beyond(plan, numbers[name], way) for name, way in (("over", 1), ("under", -1)))
        beyond = exact.above(block.values, over, plan) | exact.below(block.values, under, plan)
        judgement = verdict(beyond, unknown, reason)
        judgement.side = sides(apart)
        size = np.broadcast_to(np.float64(100.0), plan.shape) if self.relative else plan
        judgement.planes = {"plan": plan, "change": apart, "change_of": size}
        return judgement

    def _beyond(self, plan: Floats, amount: Floats, way: int) -> Floats:
        """Return the figure that is so much over (way 1) or under (-1) the column; infinite where the side is not tested."""
        with np.errstate(all="ignore"):
            return plan + way * (np.abs(plan) * (amount / 100) if self.relative else amount)

    def clause(self, facts: Facts, *, short: bool = False) -> Clause:
        """Say how far over or under."""
        return variance(facts, self.against, relative=self.relative, short=short)

    def beyond(self, facts: Facts) -> BeyondLine | None:
        """Return the value and the column with what is allowed on the value's side."""
        value, planned = facts.finding.value, facts.finding.plan
        if value is None or planned is None:
            return None
        way = 1 if value > planned else -1
        amount = self.over if way > 0 else self.under
        by = 0.0 if amount is None else amount.number
        return BeyondLine(value, planned + way * (abs(planned) * by / 100 if self.relative else by))

    def held_against(self, facts: Facts) -> HeldLine | None:
        """Name the column it is held against."""
        return briefly.column(facts, self.against)

    def clears(self, facts: Facts) -> str | None:
        """Say how near to the column is near enough."""
        amount = self.over if facts.finding.side == "above" else self.under
        if amount is None:
            return None
        near = f"within {briefly.given(facts, amount)} of" if amount.number else "on"
        return f"{near} its {column_words(self.against)}"
