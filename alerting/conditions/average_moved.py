"""The average of a series has moved."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from alerting.conditions.base import ConditionBase, Reason, param, sides, verdict
from alerting.conditions.outside_limits import extras
from alerting.domain.arrays import Floats
from alerting.domain.block import Block
from alerting.domain.catalogue import CatalogueEntry, Example
from alerting.domain.condition import BeyondLine, Judgement
from alerting.domain.limit_lines import PROPOSED, PROPOSED_LINES
from alerting.domain.limits_method import LimitsMethod
from alerting.domain.measure import Measure
from alerting.domain.parameters import Vector
from alerting.domain.period import PeriodKind
from alerting.limits.rebased_average import RebasedAverage
from alerting.wording import briefly
from alerting.wording.briefly import HeldLine
from alerting.wording.clause import Clause
from alerting.wording.clauses import average_moved
from alerting.wording.facts import Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class AverageMoved(ConditionBase):
    """Exceptional in the period in which the re-based average moves (or, with `mode: propose`, should)."""

    key: ClassVar[str] = "average_moved"
    along_time: ClassVar[bool] = True
    by_centre: ClassVar[bool] = True
    finds_moves: ClassVar[bool] = True
    evidence: ClassVar[tuple[str, ...]] = PROPOSED
    entry: ClassVar[CatalogueEntry] = CatalogueEntry(
        formula="`run` values in a row strictly on one side of the centre in force: their mean becomes the centre",
        use="To be told once that the usual level has changed, with the old and the new average.",
        avoid="As the only watch on a figure: a single bad month moves nothing.",
        example=Example(
            when="{average_moved: {limits: {rebased_average: {baseline: 6, run: 4}}}}",
            figures="50 54 49 51 53 50 60 61 59 62",
            finds=(
                "The figure: 62 in January 2019, and its average has risen from 51 to 61. It is up 5.1% from 59 in "
                "December 2018. The new average is that of the 4 figures from October 2018 to January 2019. Its "
                "limits are trial limits, from fewer than 12 figures."
            ),
        ),
    )

    limits: LimitsMethod = param("a rebased_average, or the name of one under `limits:`", RebasedAverage())

    @property
    def method(self) -> LimitsMethod | None:
        """Its limits."""
        return self.limits

    @property
    def in_a_row(self) -> int:
        """The run that moves the average."""
        return self.limits.run if isinstance(self.limits, RebasedAverage) else self.looks_back

    def problems(self, measure: Measure, every: PeriodKind) -> list[str]:
        """Refuse any other method."""
        if not isinstance(self.limits, RebasedAverage):
            return [f"average_moved needs rebased_average limits, not {self.limits.key}"]
        return self.limits.problems(measure, every)

    def structure(self) -> Hashable:
        """The method."""
        return (AverageMoved, self.limits)

    def vectors(self) -> Mapping[str, Vector]:
        """None: re-based averages are shared as a whole."""
        return self.limits.vectors()

    def judge(self, block: Block, numbers: Mapping[str, Floats]) -> Judgement:
        """Read off where the centre moves."""
        lines = block.limits(self.limits, numbers)
        assert lines.moved is not None and lines.run_centre is not None
        judgement = verdict(lines.moved == 1, lines.run_centre != lines.run_centre, Reason.FEW_POINTS)
        judgement.side = sides(block.values - lines.run_centre)
        judgement.planes = {"centre": lines.centre, "lower": lines.lower, "upper": lines.upper, **extras(lines)}
        if lines.proposed is not None:
            judgement.planes |= dict(zip(PROPOSED, lines.proposed, strict=True))
        return judgement

    def clause(self, facts: Facts, *, short: bool = False) -> Clause:
        """Say from where to where."""
        return average_moved(facts, short=short)

    def beyond(self, facts: Facts) -> BeyondLine | None:
        """Return the average and the one before it."""
        now, before = facts.finding.centre, facts.finding.previous_centre
        if now is None or before is None:
            return None
        limit = facts.finding.upper if facts.finding.upper is not None else facts.finding.lower
        sigmas = facts.finding.evidence.get("limits", {}).get("sigmas")
        return BeyondLine(now, before, sigma=abs(limit - now) / sigmas if limit is not None and sigmas else None)

    def held_against(self, facts: Facts) -> HeldLine | None:
        """Name the average."""
        return briefly.moved(facts)

    def clears(self, facts: Facts) -> str | None:
        """Say that it is one of a single period; one that is proposed stands until it is taken over, or the run ends."""
        if PROPOSED_LINES[0] in facts.finding.evidence:
            return "once its average is set anew, or a figure reaches it"
        return "without another move of the average"
