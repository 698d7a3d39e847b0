"""Several values in a row lie on one side of the centre."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Literal, Self

import numpy as np

from alerting.conditions.base import BOTH_SIDES, ConditionBase, Reason, absent, either, no_limits, param, verdict
from alerting.conditions.kernels.beyond import began
from alerting.conditions.kernels.windows import Windows, gaps_within
from alerting.conditions.outside_limits import extras
from alerting.conditions.trend import started_by
from alerting.domain import exact
from alerting.domain.arrays import Codes, Flags, Floats
from alerting.domain.block import Block
from alerting.domain.catalogue import CatalogueEntry, Example
from alerting.domain.condition import BeyondLine, Judgement
from alerting.domain.limit_lines import LimitLines
from alerting.domain.limits_method import LimitsMethod
from alerting.domain.measure import Measure
from alerting.domain.parameters import Vector
from alerting.domain.period import PeriodKind
from alerting.wording import briefly
from alerting.wording.briefly import HeldLine
from alerting.wording.clause import Clause
from alerting.wording.clauses import counted_centre
from alerting.wording.compared import Within
from alerting.wording.facts import Facts
from alerting.wording.gaps import run_on_one_side

#: The centre that counts, with the lower and the upper limit, which are of the size of what it was made from.
Lines = tuple[Floats, Floats, Floats]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run(ConditionBase):
    """Exceptional when the last `length` values lie strictly on one side of the judged period's centre."""

    key: ClassVar[str] = "run"
    along_time: ClassVar[bool] = True
    by_centre: ClassVar[bool] = True
    entry: ClassVar[CatalogueEntry] = CatalogueEntry(
        formula="the last `length` values > centre, or all < centre (centre of the judged period)",
        use="A small but lasting shift that never crosses a limit.",
        avoid=(
            "Series that rise or fall steadily: use trend or a trajectory. Strongly seasonal series: a season "
            "looks like a run."
        ),
        source=(
            "Nelson, L. S. (1984), The Shewhart Control Chart: Tests for Special Causes, Journal of Quality "
            "Technology 16(4), 237-239; the length of 8 is that of Western Electric (1956)."
        ),
        example=Example(
            when="{run: {side: above, length: 8, of: previous_financial_year}}",
            figures="50 54 49 51 53 50 52 48 51 50 53 51 52 53 52 54 53 52 55 53",
            finds=(
                "The figure: 53 in November 2019, with the last 8 months all above the average of 51. It is down "
                "3.6% from 55 in October 2019 and up 10% from 48 in November 2018. It is compared with the 12 "
                "figures from April 2018 to March 2019."
            ),
        ),
    )

    side: Literal["above", "below", "either"] = param("which side of the centre counts", "either")
    length: int = param("how many values in a row", 8)
    of: LimitsMethod = param("the limits method whose centre counts, or its name under `limits:`")

    @property
    def found_sides(self) -> frozenset[int]:
        """As `side` says."""
        return {"above": frozenset((1,)), "below": frozenset((-1,))}.get(self.side, BOTH_SIDES)

    @property
    def method(self) -> LimitsMethod | None:
        """The one whose centre counts."""
        return self.of

    @property
    def looks_back(self) -> int:
        """The run's length."""
        return self.length

    def problems(self, measure: Measure, every: PeriodKind) -> list[str]:
        """Refuse a run of one; and whatever stops the limits method."""
        short = ["a run needs a length of 2 or more"] if self.length < 2 else []
        return short + self.of.problems(measure, every)

    def bind(self, measure: Measure) -> Self:
        """Let the method take what it needs."""
        bound = self.of.bind(measure)
        return self if bound is self.of else replace(self, of=bound)

    def structure(self) -> Hashable:
        """Side, length and the method's own structure."""
        return (Run, self.side, self.length, self.of.structure())

    def vectors(self) -> Mapping[str, Vector]:
        """The method's."""
        return self.of.vectors()

    def judge(self, block: Block, numbers: Mapping[str, Floats]) -> Judgement:
        """Look back `length` values; a value on the centre or the other side ends the run, a gap leaves it undecided."""
        lines = block.limits(self.of, numbers)
        centre = lines.centre if lines.run_centre is None else lines.run_centre
        above, below, gaps, started = self._looked_at(block, (centre, lines.lower, lines.upper), lines.largest_of_all)
        if lines.events is not None:  # on a day without an event nothing has come that could go on with a run
            above, below = above & (lines.events > 0), below & (lines.events > 0)
        sides = above | below if self.side == "either" else above if self.side == "above" else below
        whole = started & ~gaps
        in_reach = self._in_reach(block, lines)
        if in_reach is not None:
            sides = sides & in_reach
        undecided = sides & ~whole
        reason = either(started, Reason.GAP, Reason.FEW_POINTS) if undecided.any() else None
        judgement = verdict(sides & whole, *self._without_centre(lines, centre, undecided, reason))
        judgement.side = above.view(np.int8) - below.view(np.int8)
        judgement.planes = {"centre": lines.centre, "lower": lines.lower, "upper": lines.upper, **extras(lines)}
        return judgement

    def _looked_at(self, block: Block, lines: Lines, largest: Callable[[], float]) -> tuple[Flags, Flags, Flags, Flags]:
        """Return where no value refutes a run above, where none refutes one below, where one is missing, where all could be."""
        if self.of.view is None:
            started = started_by(block, np.arange(block.start, block.stop)[:, None] - self.length + 1)
            return *self._sides(block, lines, largest), started
        values, started = self.of.view.latest(block, self.length)
        lowest, highest = np.fmin.reduce(values), np.fmax.reduce(values)
        above, below = (np.full(block.shape, self.side != other) for other in ("below", "above"))
        above &= exact.above(lowest, *lines) | (lowest != lowest)
        below &= exact.below(highest, *lines) | (highest != highest)
        gaps = np.logical_or.reduce(np.isnan(values))
        return above, below, gaps, started

    def _sides(self, block: Block, lines: Lines, largest: Callable[[], float]) -> tuple[Flags, Flags, Flags]:
        """Return where no value refutes a run above, where none refutes one below, and where a value is missing.

        Of a side that the rule does not look at nothing is said.
        """
        if block.shape[0] > 1 or block.stop < self.length or block.panel.segments is not None:
            return self._sides_of_all(block, lines)
        window = block.panel.values[block.stop - self.length : block.stop, block.columns]
        none = np.zeros(block.shape, dtype=bool)
        above, below, gaps = none, none, none.copy()
        if self.side != "below":
            lowest = np.fmin.reduce(window, axis=0)[None]  # NaN only where every value is missing
            above = exact.above(lowest, *lines, largest=largest) | (lowest != lowest)
        if self.side != "above":
            highest = np.fmax.reduce(window, axis=0)[None]
            below = exact.below(highest, *lines, largest=largest) | (highest != highest)
        places = np.flatnonzero(above | below)  # the few where a gap matters
        gaps[0, places] = np.isnan(window[:, places]).any(axis=0)
        return above, below, gaps

    def _sides_of_all(self, block: Block, lines: Lines) -> tuple[Flags, Flags, Flags]:
        """The same for many rows, or where a window may reach across a break or before the first row."""
        above, below = np.zeros((2, *block.shape), dtype=bool)
        low, high = (
            _around(block, lines) if all(line.strides[0] == 0 or len(line) == 1 for line in lines) else (None, None)
        )
        for piece, windows in Windows.of(block, self.length):
            if (
                low is not None and high is not None
            ):  # a centre that stands still is compared with each value once, not with each window
                if self.side != "below":
                    above[:, piece] = windows.none(windows.values <= high[0, piece])
                if self.side != "above":
                    below[:, piece] = windows.none(windows.values >= low[0, piece])
                continue
            own = [line[:, piece] for line in lines]
            if self.side != "below":
                lowest = windows.lowest()
                above[:, piece] = exact.above(lowest, *own) | (lowest != lowest)
            if self.side != "above":
                highest = windows.highest()
                below[:, piece] = exact.below(highest, *own) | (highest != highest)
        return above, below, block.once(("gaps", self.length), lambda: gaps_within(block, self.length))

    def _in_reach(self, block: Block, lines: LimitLines) -> Flags | None:
        """Return where the run would lie after the last re-base before the judged period; None: everywhere."""
        if lines.run_since is None:
            return None
        in_reach: Flags = lines.run_since <= np.arange(block.start, block.stop)[:, None] - self.length + 1
        return in_reach

    def _without_centre(
        self, lines: LimitLines, centre: Floats, undecided: Flags, reason: Codes | None
    ) -> tuple[Flags, Codes | None]:
        """Add the cells that have no centre: the method's own reason, else `no_limits`."""
        without = absent(centre)
        if not without.any():
            return undecided, reason
        own = without.view(np.int8) * no_limits(lines)
        return undecided | without, own if reason is None else own + (~without).view(np.int8) * reason

    def clause(self, facts: Facts, *, short: bool = False) -> Clause:
        """Say how many in a row on which side."""
        centre, value = counted_centre(facts.finding), facts.finding.value
        above = None if centre is None or value is None else value > centre
        return run_on_one_side(facts, self.length, above=above, short=short)

    def beyond(self, facts: Facts) -> BeyondLine | None:
        """Return the value and the figure with which the move began."""
        return began(facts)

    def held_against(self, facts: Facts) -> HeldLine | None:
        """Name the run and its centre."""
        return briefly.run(facts, self.length)

    def accepts(self, facts: Facts) -> Within | None:
        """Accept what does not go on with the run: what lies on the centre or beyond; of gaps between events nothing is said."""
        finding, centre = facts.finding, counted_centre(facts.finding)
        if self.view is not None or centre is None or finding.value is None:
            return None
        return Within(high=centre) if finding.value > centre else Within(low=centre)


def _around(block: Block, lines: Lines) -> tuple[Floats, Floats]:
    """Return the first of some lines with its margin taken off and added: once for all runs of a block on the same lines."""
    _, around = block.once(
        ("around", *map(id, lines)), lambda: (lines, exact.around(*lines))
    )  # kept, their ids are no others'
    return around
