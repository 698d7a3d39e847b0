"""What an exception is to its reader: on which side it lies, and whether that is a concern, an improvement or a change."""

from collections.abc import Sequence
from dataclasses import dataclass

from alerting.domain.condition import Condition
from alerting.domain.exact import same
from alerting.domain.finding import Meaning, State
from alerting.domain.measure import Measure, Polarity
from alerting.domain.rule import side_is_worse
from alerting.evaluation.cells import Cells

_WORDS = {1: "above", -1: "below", 0: None}


@dataclass(frozen=True, slots=True, eq=False)
class VerdictReading:
    """What a verdict's side and state mean under one part of a rule on one measure."""

    part: Condition
    measure: Measure
    #: Whether the part stands under an odd number of `not`.
    turned: bool

    def side(self, cells: Cells, n: int) -> int:
        """Return +1 where a cell lies above what it is held against, -1 below, 0 where it is neither.

        An exception lies on the side that made it one. What is normal, or an exception because it is not what a part looks
        for, lies where the value lies of the part's one line.
        """
        if self.part.by_clock or not cells.states[n].is_verdict:
            return 0
        found = cells.states[n] is not (State.NORMAL if self.turned else State.EXCEPTION)
        if not found:
            return cells.sides[n]
        if self.part.line is None:
            return 0 if self.part.misses else cells.sides[n]
        line, value = getattr(cells, self.part.line)[n], cells.value[n]
        if self.part.line == "change":
            line, value = 0.0, line
        if line is None or value is None or same(value, line):
            return 0
        return 1 if value > line else -1

    def is_worse(self, side: int) -> bool | None:
        """Say whether a side is the worse one; None where neither is."""
        if not side:
            return None
        return side_is_worse(above=side > 0, better=self.measure.better)

    def meaning(self, state: State, side: int) -> Meaning | None:
        """Say what a cell is to its reader; None where it is no exception, or one of lateness."""
        if state is not State.EXCEPTION or self.part.by_clock:
            return None
        if self.part.misses:
            return self._turned() if self.turned else Meaning.CONCERN
        worse = self.is_worse(side)
        return Meaning.CHANGE if worse is None else Meaning.CONCERN if worse else Meaning.IMPROVEMENT

    def _turned(self) -> Meaning:
        """Say what it means that nothing is missed."""
        return Meaning.CHANGE if self.measure.better is Polarity.NEITHER else Meaning.IMPROVEMENT


def readings_of(condition: Condition, measure: Measure) -> Sequence[VerdictReading]:
    """Return a reading for each plain condition that a rule is made of."""
    return [VerdictReading(part.condition, measure, part.turned) for part in condition.plain_parts()]


def side_word(side: int) -> str | None:
    """Return a side as findings say it."""
    return _WORDS[side]
