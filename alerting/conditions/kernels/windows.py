"""The last few values of each judged row: their extremes, and whether one is missing; for all rows at once."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from alerting.domain.arrays import Flags, Floats
from alerting.domain.block import Block

#: Cells of a piece: a megabyte, which the processor's cache holds while they are gone over several times.
PIECE = 131_072
T = TypeVar("T", np.float64, np.bool_)
Join = np.ufunc


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """Some columns of a block, from the first row that a window reaches to the last judged one."""

    length: int
    values: Floats
    segments: NDArray[np.int32] | None
    #: Judged rows: the last so many.
    judged: int

    @classmethod
    def of(cls, block: Block, length: int) -> Iterator[tuple[slice, Self]]:
        """Yield windows of *length* values piece by piece, with the piece's place among the block's columns."""
        first = max(block.start - length + 1, 0)
        values = block.history(first)
        segments = block.panel.segments
        own = None if segments is None else segments[first : block.stop, block.columns]
        width = max(PIECE // len(values), 1)
        for begin in range(0, values.shape[1], width):
            piece = slice(begin, begin + width)
            yield piece, cls(length, values[:, piece], None if own is None else own[:, piece], block.shape[0])

    def lowest(self) -> Floats:
        """Return the lowest value of each window; NaN where all are missing."""
        return self._over(self.values, np.fmin)[-self.judged :]

    def highest(self) -> Floats:
        """Return the highest value of each window; NaN where all are missing."""
        return self._over(self.values, np.fmax)[-self.judged :]

    def none(self, flags: Flags) -> Flags:
        """Return where none of a window's flags holds; *flags* has the shape of the values."""
        return ~self._over(flags, np.logical_or)[-self.judged :]

    def gaps(self) -> Flags:
        """Return where a window misses a value, or would reach before the first row or across a break."""
        found = self._over(self.values != self.values, np.logical_or)
        back = self.length - 1
        found[:back] |= self._begins_late(len(found))
        if self.segments is not None:
            found[back:] |= self.segments[back:] != self.segments[: max(len(found) - back, 0)]
        return found[-self.judged :]

    def _begins_late(self, rows: int) -> bool:
        """Whether the first rows are the panel's own first ones, with nothing before them."""
        return rows < self.judged + self.length - 1

    def _over(self, plane: NDArray[T], join: Join) -> NDArray[T]:
        """Return *join* over each row and the length-1 before it, fewer at the beginning and after a break.

        The reach doubles with each step, so that eight rows take three; joining a row twice changes nothing.
        """
        if self.segments is not None:
            return self._within_segments(plane, self.segments, join)
        found = np.empty_like(plane)
        found[0] = plane[0]
        for row in range(1, min(self.length - 1, len(plane))):  # by hand: `accumulate` goes down column by column
            join(found[row - 1], plane[row], out=found[row])
        wide, reached = plane, 1
        while reached < self.length <= len(plane):
            back = min(reached, self.length - reached)
            reached += back
            wide = join(wide[back:], wide[:-back], out=found[reached - 1 :] if reached == self.length else None)
        return found

    def _within_segments(self, plane: NDArray[T], segments: NDArray[np.int32], join: Join) -> NDArray[T]:
        found, reached = plane, 1
        while reached < self.length:
            back = min(reached, self.length - reached)
            wider = found.copy()
            same = segments[back:] == segments[:-back]
            wider[back:] = np.where(same, join(found[back:], found[:-back]), found[back:])
            found, reached = wider, reached + back
        return found


def gaps_within(block: Block, length: int) -> Flags:
    """Return where one of the last *length* values is missing, or they reach before the first row or across a break."""
    found = np.empty(block.shape, dtype=bool)
    for piece, windows in Windows.of(block, length):
        found[:, piece] = windows.gaps()
    return found
