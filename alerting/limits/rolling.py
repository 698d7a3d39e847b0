"""Mean and standard deviation of a window right before the judged period."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from alerting.domain import exact
from alerting.domain.answers import Chance
from alerting.domain.arrays import Flags, Floats
from alerting.domain.block import Block
from alerting.domain.catalogue import CatalogueEntry, Example
from alerting.domain.limit_lines import LimitLines, Members
from alerting.domain.measure import Measure
from alerting.domain.period import PeriodKind
from alerting.limits.base import Method, baseline_rows, between, hardly_apart, no_lines, param, too_few, usable
from alerting.limits.kernels.window_chance import chance_of_window

#: Cells of a piece: some hundred kilobytes, so that going over them a dozen times costs little more than once.
PIECE = 32_768


@dataclass(frozen=True, slots=True, kw_only=True)
class Rolling(Method):
    """Mean ± sigmas x sample standard deviation of the `window` periods before this one."""

    key: ClassVar[str] = "rolling"
    even: ClassVar[bool] = True
    entry: ClassVar[CatalogueEntry] = CatalogueEntry(
        formula="mean ± sigmas x sample standard deviation of the `window` periods before this one",
        use='"Significantly above the monthly average" of a rolling year.',
        avoid="Where slow deterioration matters: the window goes along with it.",
        example=Example(
            when="{outside_limits: {limits: {rolling: {window: 12}}}}",
            figures="50 54 49 51 53 50 52 48 51 50 53 51 61",
            finds=(
                "The figure: 61 in April 2019, significantly above the average of 51 (upper limit 55). It is up 20% "
                "from 51 in March 2019 and up 22% from 50 in April 2018. It is compared with the 12 figures from "
                "April 2018 to March 2019."
            ),
        ),
    )

    window: int = param("periods before the judged one", 12, tried=True)
    sigmas: float = param("how many standard deviations the limits lie from the mean", 2.0, positive=True, tried=True)

    def problems(self, measure: Measure, every: PeriodKind) -> list[str]:
        """Refuse a window without a spread."""
        return ["a window needs 2 periods or more"] if self.window < 2 else []

    def chances(self, *, sides: int) -> Mapping[PeriodKind, Chance]:
        """Against the figures right before."""
        return dict.fromkeys(PeriodKind, chance_of_window(self.window, self.sigmas, sides=sides))

    def members(self, block: Block) -> Members:
        """The figures of the window."""
        row = block.stop - 1
        return Members(between(usable(block), max(row - self.window, 0), row))

    def compute(self, block: Block, numbers: Mapping[str, Floats]) -> LimitLines:
        """Compute each judged row from the rows before it; two figures at least, and none across a break."""
        lines = no_lines(block)
        figures = _Figures.of(block, self.window)
        for columns in figures.pieces():
            mean, deviation = figures.windows(self.window, columns)
            reach = self.sigmas * deviation
            lines.centre[:, columns] = np.where(deviation == deviation, mean, np.nan)
            lines.lower[:, columns], lines.upper[:, columns] = mean - reach, mean + reach
        lines.reason = too_few(block, lines.centre != lines.centre, lambda row: (max(row - self.window, 0), row))
        return block.clip(lines)


@dataclass(frozen=True, slots=True, eq=False)
class _Figures:
    """The rows that the windows of a block's judged rows reach, from the oldest on."""

    values: Floats
    segments: NDArray[np.int32] | None
    #: How many of the rows lie before the first judged one.
    before: int

    @classmethod
    def of(cls, block: Block, window: int) -> Self:
        first = max(block.start - window, 0)
        segments = block.panel.segments
        own = None if segments is None else segments[first : block.stop, block.columns]
        return cls(baseline_rows(block, first, block.stop), own, block.start - first)

    def pieces(self) -> Iterator[slice]:
        """Part the columns so that the arrays of one piece stay in the processor's cache."""
        rows, columns = self.values.shape
        width = max(PIECE // rows, 1)
        return (slice(first, first + width) for first in range(0, columns, width))

    def windows(self, length: int, columns: slice) -> tuple[Floats, Floats]:
        """Return mean and sample deviation (n-1) of the *length* rows before each judged row.

        Row by row of the window, oldest first, for all judged rows at once: the sums are those of one window alone.
        """
        values = self.values[:, columns]
        shape = (len(values) - self.before, values.shape[1])
        known = values == values
        filled = np.where(known, values, 0.0)
        count, mean, squares = np.zeros(shape, dtype=np.int16), np.zeros(shape), np.zeros(shape)
        reached = [(self._judged(back), self._earlier(back)) for back in range(length, 0, -1)]
        own = [self._same_segment(here, there, columns) for here, there in reached]
        with np.errstate(all="ignore"):
            for (here, there), same in zip(reached, own, strict=True):
                count[here] += known[there] if same is None else known[there] & same
                mean[here] += filled[there] if same is None else np.where(same, filled[there], 0.0)
            mean /= count
            for (here, there), same in zip(reached, own, strict=True):
                apart = values[there] - mean[here]
                apart *= apart
                taken = known[there] if same is None else known[there] & same
                squares[here] += np.where(taken, apart, 0.0)
            deviation = np.sqrt(squares / (count - 1))
        deviation[count < 2] = np.nan
        if (doubtful := hardly_apart(mean, deviation)).any():
            lowest, highest = np.full(shape, np.inf), np.full(shape, -np.inf)
            for (here, there), same in zip(reached, own, strict=True):
                taken = known[there] if same is None else known[there] & same
                lowest[here] = np.minimum(lowest[here], np.where(taken, values[there], np.inf))
                highest[here] = np.maximum(highest[here], np.where(taken, values[there], -np.inf))
            one_figure = doubtful & exact.equal(lowest, highest)
            mean[one_figure], deviation[one_figure] = lowest[one_figure], 0.0
        return mean, deviation

    def _judged(self, back: int) -> slice:
        """Return the judged rows that have a row so far back."""
        return slice(max(back - self.before, 0), None)

    def _earlier(self, back: int) -> slice:
        """Return the rows that far back from them."""
        return slice(max(self.before - back, 0), max(len(self.values) - back, 0))

    def _same_segment(self, here: slice, there: slice, columns: slice) -> Flags | None:
        if self.segments is None:
            return None
        same: Flags = self.segments[self.before :, columns][here] == self.segments[there, columns]
        return same
