"""Mean and standard deviation of a window right before the judged period."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from alerting.domain.finding import Reason
from alerting.domain.judging import LimitLines
from alerting.domain.measure import Measure
from alerting.domain.panel import Block, Floats
from alerting.domain.period import PeriodKind
from alerting.limits.base import Method, baseline_rows, codes_where, mean_and_deviation, no_lines, param


@dataclass(frozen=True, slots=True, kw_only=True)
class Rolling(Method):
    """Mean ± sigmas x sample standard deviation of the `window` periods before this one."""

    key: ClassVar[str] = "rolling"

    window: int = param("periods before the judged one", 12)
    sigmas: float = param("how many standard deviations the limits lie from the mean", 2.0)

    def problems(self, measure: Measure, every: PeriodKind) -> list[str]:
        """Refuse a window without a spread."""
        return ["a window needs 2 periods or more"] if self.window < 2 else []

    def compute(self, block: Block, numbers: Mapping[str, Floats]) -> LimitLines:
        """Compute each judged row from the rows before it; two figures at least, and none across a break."""
        lines = no_lines(block)
        segments = block.panel.segments
        for place, row in enumerate(range(block.start, block.stop)):
            first = max(row - self.window, 0)
            values = baseline_rows(block, first, row)
            if segments is not None:
                own = segments[first:row, block.columns] == segments[row, block.columns]
                values = np.where(own, values, np.nan)
            mean, deviation, _ = mean_and_deviation(values)
            lines.centre[place] = np.where(deviation == deviation, mean, np.nan)
            reach = self.sigmas * deviation
            lines.lower[place], lines.upper[place] = mean - reach, mean + reach
        lines.reason = codes_where(lines.centre != lines.centre, Reason.FEW_POINTS)
        return block.clip(lines)
