"""A reduction that is wanted has not come."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Self

from alerting.conditions.base import ConditionBase, amount_problem, param, verdict
from alerting.conditions.kernels.beyond import beyond_change
from alerting.conditions.kernels.comparison import EVIDENCE, Basis, Versus, compared, versus_misfit
from alerting.conditions.kernels.needed_rows import unusable
from alerting.domain.answers import BadSide, Misfit
from alerting.domain.arrays import Floats, Index
from alerting.domain.block import Block
from alerting.domain.catalogue import CatalogueEntry, Example
from alerting.domain.condition import BeyondLine, Judgement
from alerting.domain.measure import Covers, Measure, Span
from alerting.domain.panel import Panel
from alerting.domain.parameters import Amount, Vector
from alerting.domain.period import PeriodKind
from alerting.wording import briefly
from alerting.wording.briefly import HeldLine
from alerting.wording.changes import reduction
from alerting.wording.clause import Clause
from alerting.wording.facts import Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class ReductionMissed(ConditionBase):
    """Exceptional when the fall is less than wanted; a fall of exactly that is not, a rise is."""

    key: ClassVar[str] = "reduction_missed"
    along_time: ClassVar[bool] = True
    judges_changes: ClassVar[bool] = True
    entry: ClassVar[CatalogueEntry] = CatalogueEntry(
        formula="fall < at_least, the fall being -(now - then) / |then| x 100",
        use="A promised reduction on last year.",
        avoid="When any fall is welcome: use change.",
        example=Example(
            when="{reduction_missed: {at_least: 10 %, versus: previous_period}}",
            figures="50 48",
            finds=("The figure: 48 in May 2018, a fall of 4% on April 2018 (50), short of the 10% reduction wanted."),
        ),
    )

    line: ClassVar[str | None] = "change"
    evidence: ClassVar[tuple[str, ...]] = EVIDENCE

    at_least: Amount = param("the reduction wanted; `N %` is relative, a bare number in the unit")
    versus: Versus = param("what the value is compared with", "same_period_last_year")
    #: Set by `bind`, not by authors: how the measure's figures combine over time.
    basis: Basis = Basis()

    @property
    def misses(self) -> bool:
        """A missed reduction."""
        return True

    @property
    def judges_spans(self) -> bool:
        """As its basis."""
        return self.basis.spans

    def problems(self, measure: Measure, every: PeriodKind) -> list[str]:
        """Refuse a negative reduction."""
        return amount_problem("at_least", self.at_least)

    @property
    def bad_side(self) -> BadSide:
        """What does not fall."""
        fix = "use change with falls_by, or mend better: of the measure"
        return BadSide(low=False, message="reduction_missed wants it to fall", fix=fix)

    def unusable(self, panel: Panel, at: int, column: int) -> Index:
        """Look at what the change is made from."""
        return unusable(panel, at, column, self.versus, self.basis)

    def misfit(self, span: Span | Covers) -> Misfit | None:
        """Refuse what does not compare like with like."""
        return versus_misfit(self.key, self.versus, span)

    def bind(self, measure: Measure) -> Self:
        """Take from the measure how its figures combine over time."""
        basis = Basis.of(measure, self.versus)
        return self if basis == self.basis else replace(self, basis=basis)

    def structure(self) -> Hashable:
        """All but the amount's number."""
        return (ReductionMissed, self.versus, self.at_least.relative, self.basis)

    def vectors(self) -> Mapping[str, Vector]:
        """The reduction."""
        return {"amount": self.at_least.number}

    def judge(self, block: Block, numbers: Mapping[str, Floats]) -> Judgement:
        """Compare the fall with the reduction wanted."""
        found = compared(block, self.versus, self.basis, relative=self.at_least.relative)
        short = ~found.reaches(numbers["amount"], -1, relative=self.at_least.relative)
        judgement = verdict(short, *found.unknown())
        judgement.side, judgement.planes = 1, found.planes()
        return judgement

    def clause(self, facts: Facts, *, short: bool = False) -> Clause:
        """Say the change against the reduction wanted."""
        return reduction(facts, self.versus, self.at_least, short=short)

    def beyond(self, facts: Facts) -> BeyondLine | None:
        """Return the value and what the fall wanted would have made of the figure before it."""
        return beyond_change(facts, self.versus, Amount(number=-self.at_least.number, relative=self.at_least.relative))

    def held_against(self, facts: Facts) -> HeldLine | None:
        """Name the reduction wanted."""
        return briefly.reduction(facts, self.at_least)

    def clears(self, facts: Facts) -> str | None:
        """Say which fall is wanted."""
        return f"with a fall of {briefly.given(facts, self.at_least)} or more" if self.at_least.number else None
