"""Several values in a row, each higher (or lower) than the one before."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from alerting.conditions.base import Reason, Test, param, verdict
from alerting.domain.judging import Judgement
from alerting.domain.measure import Measure
from alerting.domain.panel import Block, Flags, Floats, Index
from alerting.domain.period import PeriodKind
from alerting.wording.clauses import trend
from alerting.wording.facts import Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend(Test):
    """Exceptional when the last `length` values each lie strictly above (below) the one before."""

    key: ClassVar[str] = "trend"

    direction: Literal["rising", "falling", "either"] = param("which way counts", "either")
    length: int = param("how many values in a row", 7)

    def problems(self, measure: Measure, every: PeriodKind) -> list[str]:
        """Refuse a trend of one value."""
        return ["a trend needs a length of 2 or more"] if self.length < 2 else []

    def judge(self, block: Block, numbers: Mapping[str, Floats]) -> Judgement:
        """Look back `length` values; any pair out of order ends it, a gap leaves it undecided."""
        rising, falling, gaps = self._directions(block)
        going_on = {"rising": rising, "falling": falling, "either": rising | falling}[self.direction]
        rows = np.arange(block.start, block.stop)[:, None]
        started = started_by(block, rows - self.length + 1)
        undecided = going_on & (gaps | ~started)
        reason = np.where(started, np.int8(Reason.GAP.code), np.int8(Reason.FEW_POINTS.code))
        judgement = verdict(going_on & ~gaps & started, undecided, reason)
        judgement.side = rising.view(np.int8) - falling.view(np.int8)
        return judgement

    def _directions(self, block: Block) -> tuple[Flags, Flags, Flags]:
        """Return where no value refutes a rise, where none refutes a fall, and where one is missing."""
        later = block.lag(0)
        rising = falling = np.ones(block.shape, dtype=bool)
        gaps = later != later
        for back in range(1, self.length):
            x = block.lag(back)
            missing = x != x
            apart = ~missing & (later == later)
            rising, falling = rising & ~(apart & (x >= later)), falling & ~(apart & (x <= later))
            gaps = gaps | missing
            later = np.where(missing, later, x)
        return rising, falling, gaps

    def clause(self, facts: Facts, *, short: bool = False) -> str:
        """Say how many in a row in which direction."""
        return trend(facts, self.length)


def started_by(block: Block, first: Index) -> Flags:
    """Return where the series has a figure at or before the given row, on the judged row's side of every break."""
    started: Flags = block.panel.first_rows[block.columns][None, :] <= first
    segments = block.panel.segments
    if segments is not None:
        here = segments[block.start : block.stop, block.columns]
        there = segments[np.maximum(first[:, 0], 0)][:, block.columns]
        started = started & (here == there)
    return started
