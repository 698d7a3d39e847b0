"""The value has risen, fallen or moved by at least so much."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from statistics import NormalDist
from types import MappingProxyType
from typing import ClassVar, Self

import numpy as np

from alerting.conditions.base import ConditionBase, amount_problem, param, verdict
from alerting.conditions.kernels.beyond import beyond_change
from alerting.conditions.kernels.comparison import EVIDENCE, Basis, Versus, compared, versus_misfit
from alerting.conditions.kernels.needed_rows import unusable
from alerting.domain.answers import Misfit
from alerting.domain.arrays import Floats, Index
from alerting.domain.block import Block
from alerting.domain.catalogue import CatalogueEntry, Example
from alerting.domain.condition import BeyondLine, Judgement
from alerting.domain.measure import Covers, Measure, Span, Unit
from alerting.domain.panel import Panel
from alerting.domain.parameters import Amount, Vector
from alerting.domain.period import PeriodKind
from alerting.wording import briefly
from alerting.wording.briefly import HeldLine
from alerting.wording.changes import changed
from alerting.wording.clause import Clause
from alerting.wording.facts import Facts
from alerting.wording.significance import significance


@dataclass(frozen=True, slots=True, kw_only=True)
class Change(ConditionBase):
    """Exceptional when the change is at least the amount (0 means any) and, where asked, statistically significant."""

    key: ClassVar[str] = "change"
    along_time: ClassVar[bool] = True
    judges_changes: ClassVar[bool] = True
    entry: ClassVar[CatalogueEntry] = CatalogueEntry(
        formula=(
            "(now - then) / |then| x 100, or now - then for a bare number; then is the period before, the same "
            "period last year, last year to date, or the 12 months before"
        ),
        use="A rise or fall that people ask about in those words.",
        avoid="Small numbers: 3 after 2 is 50% more. Give `significant:` where there are numerators and denominators.",
        example=Example(
            when="{change: {versus: previous_period, rises_by: 20 %}}",
            figures="50 48 63",
            finds=("The figure: 63 in June 2018, up 31% on May 2018 (48)."),
        ),
    )

    line: ClassVar[str | None] = "change"
    evidence: ClassVar[tuple[str, ...]] = (*EVIDENCE, "z_score")

    side_parameters: ClassVar[Mapping[str, int]] = MappingProxyType({"rises_by": 1, "falls_by": -1, "moves_by": 0})

    versus: Versus = param("what the value is compared with")
    rises_by: Amount | None = param("a rise of at least this; `N %` is relative, a bare number in the unit", None)
    falls_by: Amount | None = param("a fall of at least this", None)
    moves_by: Amount | None = param("a rise or a fall of at least this", None)
    significant: Amount | None = param("confidence of a two-proportion z test; n/d measures only, like 95 %", None)
    #: Set by `bind`, not by authors: how the measure's figures combine over time.
    basis: Basis = Basis()

    @property
    def amount(self) -> Amount:
        """The one amount that is given."""
        found = self.rises_by or self.falls_by or self.moves_by
        assert found is not None
        return found

    @property
    def direction(self) -> int:
        """+1 for rises, -1 for falls, 0 for both."""
        return 1 if self.rises_by else (-1 if self.falls_by else 0)

    @property
    def judges_spans(self) -> bool:
        """As its basis."""
        return self.basis.spans

    def problems(self, measure: Measure, every: PeriodKind) -> list[str]:
        """Refuse none or several amounts, and a test of significance without n/d."""
        given = {name: getattr(self, name) for name in ("rises_by", "falls_by", "moves_by") if getattr(self, name)}
        if len(given) != 1:
            return ["change takes exactly one of rises_by, falls_by, moves_by"]
        found = [problem for name, value in given.items() for problem in amount_problem(name, value)]
        if self.significant is not None and measure.unit is not Unit.PERCENT:
            found.append("significant compares two proportions; it is for percents with numerator and denominator")
        if self.significant is not None and not 50 < self.significant.number < 100:
            found.append("significant is a confidence between 50 % and 100 %")
        return found

    def unusable(self, panel: Panel, at: int, column: int) -> Index:
        """Look at what the change is made from."""
        return unusable(panel, at, column, self.versus, self.basis)

    def misfit(self, span: Span | Covers) -> Misfit | None:
        """Refuse what does not compare like with like."""
        return versus_misfit(self.key, self.versus, span, significant=self.significant is not None)

    def bind(self, measure: Measure) -> Self:
        """Take from the measure how its figures combine over time."""
        basis = Basis.of(measure, self.versus)
        return self if basis == self.basis else replace(self, basis=basis)

    def structure(self) -> Hashable:
        """All but the amount's number."""
        amount = self.amount
        return (Change, self.versus, self.direction, amount.relative, self.significant, self.basis)

    def vectors(self) -> Mapping[str, Vector]:
        """The amount."""
        return {"amount": self.amount.number}

    def judge(self, block: Block, numbers: Mapping[str, Floats]) -> Judgement:
        """Compare the change with the amount."""
        found = compared(block, self.versus, self.basis, relative=self.amount.relative)
        up, down = found.moved()
        exceptional = np.zeros(block.shape, dtype=bool)
        for way in {1: (1,), -1: (-1,), 0: (1, -1)}[self.direction]:
            enough = found.reaches(numbers["amount"], way, relative=self.amount.relative)
            exceptional |= (up if way > 0 else down) & enough
        planes = found.planes()
        if self.significant is not None:
            reached = NormalDist().inv_cdf(0.5 + self.significant.number / 200)
            z = found.z_score()
            judgement = verdict(exceptional & (np.abs(z) >= reached), *found.unknown(z))
            planes["z_score"] = z
        else:
            judgement = verdict(exceptional, *found.unknown())
        judgement.side, judgement.planes = up.view(np.int8) - down.view(np.int8), planes
        return judgement

    def clause(self, facts: Facts, *, short: bool = False) -> Clause:
        """Say the change and, where it was tested, whether it may be chance."""
        said = changed(facts, self.versus, relative=self.amount.relative, short=short)
        if short or self.significant is None:
            return said
        return replace(said, text=f"{said.text}{significance(facts.finding, self.significant.number)}")

    def beyond(self, facts: Facts) -> BeyondLine | None:
        """Return the value and what it would be with a change of just the amount."""
        moved = facts.finding.change
        if moved is None:
            return None
        way = 1 if moved > 0 else -1
        return beyond_change(facts, self.versus, replace(self.amount, number=way * self.amount.number))

    def held_against(self, facts: Facts) -> HeldLine | None:
        """Name the change."""
        return briefly.change(facts, self.versus, relative=self.amount.relative)

    def clears(self, facts: Facts) -> str | None:
        """Say which change is less than the amount, or is not significant."""
        if facts.style.is_place and self.direction and not self.amount.relative:
            way = "lost" if self.direction > 0 else "won"
            few = self.amount.number <= 1
            return f"without a place {way}" if few else f"with fewer than {self.amount.number:g} places {way}"
        moves = "rise" if self.direction > 0 else "fall" if self.direction < 0 else "change"
        less = f"with a {moves} of less than {briefly.given(facts, self.amount)}"
        if self.significant:
            insignificant = "one that is not statistically significant"
            return f"{less} or {insignificant}" if self.amount.number else f"without a {moves} or with {insignificant}"
        return less if self.amount.number else f"without a {moves}"
