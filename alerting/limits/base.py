"""What limits methods share: parameters with descriptions, and baseline sums that skip what takes no part."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

import numpy as np

from alerting.domain.finding import Reason
from alerting.domain.judging import LimitLines, Vector
from alerting.domain.measure import Measure
from alerting.domain.panel import Block, Codes, Flags, Floats
from alerting.domain.period import PeriodKind

NO_NUMBERS: Mapping[str, Vector] = {}


def param(description: str, default: Any = ..., *, yaml: str | None = None) -> Any:
    """Declare a parameter: its description goes into the schema and the docs, `yaml` is its key where Python has no such name."""
    metadata = {"description": description} | ({"yaml": yaml} if yaml else {})
    if default is ...:
        return field(metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """A limits method whose parameters are all structural."""

    key: ClassVar[str]

    def problems(self, measure: Measure, every: PeriodKind) -> list[str]:
        """Say why the method cannot work on *measure*; by default it can."""
        return []

    def bind(self, measure: Measure) -> Self:
        """Take nothing from the measure."""
        return self

    def structure(self) -> Hashable:
        """The method itself: equal parameters, equal limits."""
        return self

    def vectors(self) -> Mapping[str, Vector]:
        """None: the method is shared as a whole."""
        return NO_NUMBERS


def baseline_rows(block: Block, first: int, stop: int) -> Floats:
    """Return the values of rows first … stop-1 with excluded ones as NaN; a view where nothing is excluded."""
    values = block.panel.values[first:stop, block.columns]
    left_out = block.panel.left_out
    if left_out is None:
        return values
    mask: Flags = left_out[first:stop, block.columns]
    return np.where(mask, np.nan, values) if mask.any() else values


def mean_and_deviation(values: Floats) -> tuple[Floats, Floats, Floats]:
    """Return mean, sample standard deviation (n-1) and count over the rows of each column, NaN cells left out.

    Mean is NaN without values, deviation below two; written without warnings.
    """
    known = values == values
    if known.all():
        count = np.full(values.shape[1], float(values.shape[0]))
        filled = values
    else:
        count = known.sum(axis=0, dtype=np.float64)
        filled = np.where(known, values, 0.0)
    with np.errstate(all="ignore"):
        mean = filled.sum(axis=0) / count
        apart = values - mean
        if filled is not values:
            apart[~known] = 0.0
        np.multiply(apart, apart, out=apart)
        deviation = np.sqrt(apart.sum(axis=0) / (count - 1))
    deviation[count < 2] = np.nan
    return mean, deviation, count


def no_lines(block: Block) -> LimitLines:
    """Return lines of NaN at the block's shape, to be filled."""
    return LimitLines(np.full(block.shape, np.nan), np.full(block.shape, np.nan), np.full(block.shape, np.nan))


def codes_where(mask: Flags, reason: Reason) -> Codes | None:
    """Return reason codes where *mask* holds, None where it never does."""
    return np.where(mask, np.int8(reason.code), np.int8(0)) if mask.any() else None
