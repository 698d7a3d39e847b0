"""Several values in a row, each higher (or lower) than the one before."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import factorial
from typing import ClassVar, Literal

import numpy as np

from alerting.conditions.base import BOTH_SIDES, ConditionBase, Reason, either, param, verdict
from alerting.conditions.kernels.beyond import began
from alerting.conditions.kernels.windows import gaps_within
from alerting.domain import exact
from alerting.domain.answers import Chance
from alerting.domain.arrays import Flags, Floats, Index
from alerting.domain.block import Block
from alerting.domain.catalogue import CatalogueEntry, Example
from alerting.domain.condition import BeyondLine, Judgement
from alerting.domain.measure import Measure
from alerting.domain.period import PeriodKind
from alerting.wording import briefly
from alerting.wording.briefly import HeldLine
from alerting.wording.clause import Clause
from alerting.wording.clauses import trend
from alerting.wording.compared import Within
from alerting.wording.facts import Facts

#: One rise or fall.
SHORTEST = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend(ConditionBase):
    """Exceptional when the last `length` values each lie strictly above (below) the one before."""

    key: ClassVar[str] = "trend"
    along_time: ClassVar[bool] = True
    entry: ClassVar[CatalogueEntry] = CatalogueEntry(
        formula="`length` values, each > the one before (or each <)",
        use="A steady climb or slide that is still inside its limits.",
        avoid="Noisy counts: seven rises in a row are rare there even when the level does move.",
        source="Nelson, L. S. (1984), as for run; seven points are Making Data Count's (NHS England).",
        example=Example(
            when="{trend: {direction: rising, length: 6}}",
            figures="50 51 53 54 57 60",
            finds=(
                "The figure: 60 in September 2018, rising throughout the last 5 months. It is up 5.3% from 57 in "
                "August 2018."
            ),
        ),
    )

    direction: Literal["rising", "falling", "either"] = param("which way counts", "either")
    length: int = param("how many values in a row", 7)

    @property
    def found_sides(self) -> frozenset[int]:
        """As `direction` says."""
        return {"rising": frozenset((1,)), "falling": frozenset((-1,))}.get(self.direction, BOTH_SIDES)

    @property
    def looks_back(self) -> int:
        """The trend's length."""
        return self.length

    @property
    def chances(self) -> Mapping[PeriodKind, Chance]:
        """Of all orders of so many figures one rises; it opens where one figure more does not rise as well."""
        ways = 2 if self.direction == "either" else 1
        if ways == 2 and self.length == SHORTEST:
            return {}  # every figure rises or falls
        outside, longer = (ways / factorial(length) for length in (self.length, self.length + 1))
        return dict.fromkeys(PeriodKind, Chance(outside=outside, opens=outside - longer, figures=self.length))

    def problems(self, measure: Measure, every: PeriodKind) -> list[str]:
        """Refuse a trend of one value."""
        return ["a trend needs a length of 2 or more"] if self.length < SHORTEST else []

    def judge(self, block: Block, numbers: Mapping[str, Floats]) -> Judgement:
        """Look back `length` values; any pair out of order ends it, a gap leaves it undecided."""
        rising, falling, gaps = self._directions(block)
        going_on = {"rising": rising, "falling": falling, "either": rising | falling}[self.direction]
        rows = np.arange(block.start, block.stop)[:, None]
        started = started_by(block, rows - self.length + 1)
        undecided = going_on & (gaps | ~started)
        judgement = verdict(going_on & ~gaps & started, undecided, either(started, Reason.GAP, Reason.FEW_POINTS))
        judgement.side = rising.view(np.int8) - falling.view(np.int8)
        return judgement

    def _directions(self, block: Block) -> tuple[Flags, Flags, Flags]:
        """Return where no value refutes a rise, where none refutes a fall, and where one is missing."""
        rising, falling = np.empty((2, *block.shape), dtype=bool)
        begin = max(block.start - self.length + 1, 0)
        history = block.history(begin)
        walk = _Walk(history, block.stop)
        for row, x in enumerate(history, begin):
            walk.step(row, x, _broken(block, row))
            if row >= block.start:
                place, first = row - block.start, max(row - self.length + 1, 0)
                np.less_equal(walk.not_rising, first, out=rising[place])
                np.less_equal(walk.not_falling, first, out=falling[place])
        return rising, falling, block.once(("gaps", self.length), lambda: gaps_within(block, self.length))

    def clause(self, facts: Facts, *, short: bool = False) -> Clause:
        """Say how many in a row in which direction."""
        return trend(facts, self.length, short=short)

    def beyond(self, facts: Facts) -> BeyondLine | None:
        """Return the value and the figure with which the move began."""
        return began(facts)

    def held_against(self, facts: Facts) -> HeldLine | None:
        """Name the trend."""
        return briefly.trend(facts, self.length)

    def accepts(self, facts: Facts) -> Within | None:
        """Accept what does not go on with the trend; where two values the other way are one, no figure alone tells."""
        value = facts.finding.value
        if value is None or (self.direction == "either" and self.length == SHORTEST):
            return None
        return Within(high=value) if facts.finding.side == "above" else Within(low=value)


class _Walk:
    """What going through the rows remembers of each column, as rows counted from 1; 0 is never.

    Where the newest pair that is no rise began, and the newest that is no fall. A pair is two values with nothing but gaps between
    them.
    """

    def __init__(self, history: Floats, rows: int) -> None:
        self._row = np.int16 if rows < np.iinfo(np.int16).max else np.int32  # half as much to go through
        self._value = np.full(history.shape[1], np.nan)
        self._at, self.not_rising, self.not_falling = np.zeros((3, history.shape[1]), dtype=self._row)
        self._around = exact.around_amounts if np.fmin.reduce(history, axis=None) >= 0 else exact.around

    def step(self, row: int, x: Floats, broken: Flags | None) -> None:
        """Take one row in; what lies before a break is missing."""
        if broken is not None:
            self._value[broken] = np.nan
            self.not_rising[broken] = self.not_falling[broken] = 0
        known = x == x
        low, high = self._around(self._value)
        for newest, here, at in (
            (self.not_rising, x <= high, self._at),
            (self.not_falling, x >= low, self._at),
            (self._at, known, self._row(row + 1)),
        ):
            np.maximum(newest, here * at, out=newest)  # rows only grow, so the greatest is the newest
        np.copyto(self._value, x, where=known)


def _broken(block: Block, row: int) -> Flags | None:
    """Return the columns with a break right before a row; None: there is none."""
    segments = block.panel.segments
    if segments is None or row == 0:
        return None
    broken: Flags = segments[row, block.columns] != segments[row - 1, block.columns]
    return broken if broken.any() else None


def started_by(block: Block, first: Index) -> Flags:
    """Return where the series has a figure at or before the given row, on the judged row's side of every break."""
    begun = block.panel.first_rows[block.columns]
    started: Flags = begun[None, :] <= first if begun.max(initial=0) > first.min() else np.ones(block.shape, dtype=bool)
    segments = block.panel.segments
    if segments is not None:
        here = segments[block.start : block.stop, block.columns]
        there = segments[np.maximum(first[:, 0], 0)][:, block.columns]
        started = started & (here == there)
    return started
