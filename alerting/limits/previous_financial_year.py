"""Mean and standard deviation of the financial year before: the reports' own method."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import ClassVar

import numpy as np

from alerting.domain.answers import Chance
from alerting.domain.arrays import Floats
from alerting.domain.block import Block
from alerting.domain.catalogue import CatalogueEntry, Example
from alerting.domain.limit_lines import LimitLines, Members
from alerting.domain.measure import Measure
from alerting.domain.period import PeriodKind
from alerting.limits.base import Method, baseline_rows, between, mean_and_deviation, param, too_few, usable
from alerting.limits.kernels.window_chance import chance_of_year

#: Two thirds of a year's periods, rounded up to what the reports accept.
MINIMUM_POINTS = {PeriodKind.DAY: 244, PeriodKind.WEEK: 35, PeriodKind.MONTH: 8, PeriodKind.QUARTER: 3}

#: The most figures that a financial year can have.
PERIODS_IN_A_YEAR = {PeriodKind.DAY: 366, PeriodKind.WEEK: 53, PeriodKind.MONTH: 12, PeriodKind.QUARTER: 4}
MINIMUM_OF_A_SPREAD = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviousFinancialYear(Method):
    """Mean ± sigmas x sample standard deviation (n-1) of the financial year before; fixed for the whole year.

    Source: the force's performance reports; its ASB limits for 2020/21 are these, to the last digit.
    """

    key: ClassVar[str] = "previous_financial_year"
    by_year: ClassVar[bool] = True
    even: ClassVar[bool] = True
    entry: ClassVar[CatalogueEntry] = CatalogueEntry(
        formula="mean ± sigmas x sample standard deviation (n - 1) of the financial year before; fixed for the year",
        use="The house's own method: what the reports print, to the last digit.",
        avoid="Strongly seasonal figures, and the first year of a series.",
        source="The force's performance reports: the limits of anti-social behaviour for 2020/21 are these.",
        example=Example(
            when="{outside_limits: {limits: previous_financial_year}}",
            figures="50 54 49 51 53 50 52 48 51 50 53 51 61",
            finds=(
                "The figure: 61 in April 2019, significantly above the average of 51 (upper limit 55). It is up 20% "
                "from 51 in March 2019 and up 22% from 50 in April 2018. It is compared with the 12 figures from "
                "April 2018 to March 2019."
            ),
        ),
    )

    sigmas: float = param("how many standard deviations the limits lie from the mean", 2.0, positive=True, tried=True)
    minimum_points: int | None = param("figures that year must have; default two thirds of its periods", None)

    def problems(self, measure: Measure, every: PeriodKind) -> list[str]:
        """Years have no spread within a year."""
        if every is PeriodKind.YEAR:
            return ["a financial year's figures have no spread within the year before; judge a finer period"]
        most = PERIODS_IN_A_YEAR[every]
        if self.minimum_points is not None and not MINIMUM_OF_A_SPREAD <= self.minimum_points <= most:
            return [
                f"minimum_points is {self.minimum_points}; a year has {most} {every.value}s, and a spread needs 2 of them"
            ]
        return []

    def chances(self, *, sides: int) -> Mapping[PeriodKind, Chance]:
        """Against a whole year of figures, for a whole year."""
        years = {kind: kind.per_year or 0 for kind in PeriodKind}
        return {
            kind: chance_of_year(figures, self.sigmas, sides=sides)
            for kind, figures in years.items()
            if figures >= MINIMUM_OF_A_SPREAD
        }

    def members(self, block: Block) -> Members:
        """The figures of the financial year before."""
        return Members(between(usable(block), *self._year_before(block, block.stop - 1)))

    def _year_before(self, block: Block, row: int) -> tuple[int, int]:
        """Return the first row of the financial year before a row's, and the row after its last."""
        years = block.panel.year_start_rows
        year_start = int(years[row])
        first = int(years[year_start - 1]) if year_start > 0 else year_start
        return max(first, 0), max(year_start, 0)

    def compute(self, block: Block, numbers: Mapping[str, Floats]) -> LimitLines:
        """Compute once per financial year among the judged rows."""
        judged = block.panel.year_start_rows[block.start : block.stop]
        edges = [0, *(np.flatnonzero(np.diff(judged)) + 1).tolist(), len(judged)]
        if len(edges) == 2 and block.panel.segments is None:
            return self._one_year(block)
        lines = LimitLines(np.empty(block.shape), np.empty(block.shape), np.empty(block.shape))
        few = False
        for begin, end in pairwise(edges):
            for rows, centre, reach in self._year(block, (begin, end)):
                few |= bool((centre != centre).any())
                lines.centre[rows], lines.lower[rows], lines.upper[rows] = centre, centre - reach, centre + reach
        lines.reason = too_few(block, lines.centre != lines.centre, partial(self._year_before, block)) if few else None
        return block.clip(lines)

    def _one_year(self, block: Block) -> LimitLines:
        """Make one row for all rows of a year."""
        ((_, centre, reach),) = self._year(block, (0, block.shape[0]))
        lines = block.clip(LimitLines(centre[None], (centre - reach)[None], (centre + reach)[None]))
        centre, lower, upper = (np.broadcast_to(line, block.shape) for line in (lines.centre, lines.lower, lines.upper))
        few = too_few(block, lines.centre != lines.centre, partial(self._year_before, block))
        return LimitLines(centre, lower, upper, None if few is None else np.broadcast_to(few, block.shape))

    def _year(self, block: Block, judged: tuple[int, int]) -> Iterator[tuple[slice, Floats, Floats]]:
        """Yield judged rows of one financial year with their centre and reach; NaN where the year before has too few figures."""
        begin, end = judged
        first, stop = self._year_before(block, block.start + begin)
        values = baseline_rows(block, first, stop)
        segments = block.panel.segments
        if segments is None:
            yield slice(begin, end), *self._of(values, block)
            return
        for row in range(begin, end):  # a break parts the year: each period sees its own side only
            own = segments[first:stop, block.columns] == segments[block.start + row, block.columns]
            yield slice(row, row + 1), *self._of(np.where(own, values, np.nan), block)

    def _of(self, values: Floats, block: Block) -> tuple[Floats, Floats]:
        minimum = max(self.minimum_points or MINIMUM_POINTS[block.panel.kind], 2)
        mean, deviation, count = mean_and_deviation(values)
        np.copyto(mean, np.nan, where=count < minimum)
        deviation *= self.sigmas
        return mean, deviation
