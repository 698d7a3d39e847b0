"""Mean and standard deviation of the financial year before: the reports' own method."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import numpy as np

from alerting.domain.finding import Reason
from alerting.domain.judging import LimitLines
from alerting.domain.measure import Measure
from alerting.domain.panel import Block, Floats
from alerting.domain.period import PeriodKind
from alerting.limits.base import Method, baseline_rows, codes_where, mean_and_deviation, no_lines, param

#: Two thirds of a year's periods, rounded up to what the reports accept.
MINIMUM_POINTS = {PeriodKind.DAY: 244, PeriodKind.WEEK: 35, PeriodKind.MONTH: 8, PeriodKind.QUARTER: 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviousFinancialYear(Method):
    """Mean ± sigmas x sample standard deviation (n-1) of the financial year before; fixed for the whole year.

    Source: the force's performance reports; its ASB limits for 2020/21 are these, to the last digit.
    """

    key: ClassVar[str] = "previous_financial_year"

    sigmas: float = param("how many standard deviations the limits lie from the mean", 2.0)
    minimum_points: int | None = param("figures that year must have; default two thirds of its periods", None)

    def problems(self, measure: Measure, every: PeriodKind) -> list[str]:
        """Years have no spread within a year."""
        if every is PeriodKind.YEAR:
            return ["a financial year's figures have no spread within the year before; judge a finer period"]
        return []

    def compute(self, block: Block, numbers: Mapping[str, Floats]) -> LimitLines:
        """Compute once per financial year among the judged rows."""
        lines = no_lines(block)
        few = np.zeros(block.shape, dtype=bool)
        years = block.panel.year_start_rows
        judged = years[block.start : block.stop]
        edges = [0, *(np.flatnonzero(np.diff(judged)) + 1), len(judged)]
        for begin, end in pairwise(edges):
            year_start = int(judged[begin])
            first = int(years[year_start - 1]) if year_start > 0 else year_start
            few[begin:end] = self._year(block, max(first, 0), max(year_start, 0), (begin, end), lines)
        lines.reason = codes_where(few, Reason.FEW_POINTS)
        return block.clip(lines)

    def _year(self, block: Block, first: int, stop: int, rows: tuple[int, int], lines: LimitLines) -> np.ndarray:
        """Fill the judged rows of one financial year; return where the year before has too few figures."""
        begin, end = rows
        minimum = self.minimum_points or MINIMUM_POINTS[block.panel.kind]
        values = baseline_rows(block, first, stop)
        segments = block.panel.segments
        if segments is None:
            mean, deviation, count = mean_and_deviation(values)
            few = count < max(minimum, 2)
            mean[few] = np.nan
            reach = self.sigmas * deviation
            lines.centre[begin:end], lines.lower[begin:end], lines.upper[begin:end] = mean, mean - reach, mean + reach
            return np.broadcast_to(few, (end - begin, len(few)))
        fews = []
        for row in range(begin, end):  # a break inside the year parts it: each period sees its own side only
            own = segments[first:stop, block.columns] == segments[block.start + row, block.columns]
            mean, deviation, count = mean_and_deviation(np.where(own, values, np.nan))
            few = count < max(minimum, 2)
            mean[few] = np.nan
            reach = self.sigmas * deviation
            lines.centre[row], lines.lower[row], lines.upper[row] = mean, mean - reach, mean + reach
            fews.append(few)
        return np.array(fews)
