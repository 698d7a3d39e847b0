"""What limits methods share: parameters with descriptions, and baseline sums that skip what takes no part."""

from collections.abc import Callable, Container, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

import numpy as np

from alerting.domain import exact
from alerting.domain.answers import CentreKind, Chance, Dispersion, Misfit
from alerting.domain.arrays import Codes, Flags, Floats
from alerting.domain.block import Block
from alerting.domain.catalogue import CatalogueEntry
from alerting.domain.finding import Reason
from alerting.domain.limit_lines import LimitLines, Members
from alerting.domain.limits_method import View
from alerting.domain.measure import Measure
from alerting.domain.parameters import Vector
from alerting.domain.period import PeriodKind

NO_NUMBERS: Mapping[str, Vector] = {}
#: Adding up some thousand figures rounds their mean by less than this part of it.
ROUNDED = 1e-12
#: Below so many figures limits are trial limits.
FULL_POINTS = 12


def param(
    description: str, default: Any = ..., *, yaml: str | None = None, positive: bool = False, tried: bool = False
) -> Any:
    """Declare a parameter: its description goes into the schema and the docs.

    Args:
        yaml: its key, where Python has no such name.
        positive: whether it must be more than 0.
        tried: whether tests of a rule ought to notice another value even where the author wrote none.
    """
    metadata: dict[str, Any] = {"description": description, "positive": positive, "tried": tried} | (
        {"yaml": yaml} if yaml else {}
    )
    if default is ...:
        return field(metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """A limits method whose parameters are all structural."""

    key: ClassVar[str]
    entry: ClassVar[CatalogueEntry]
    by_year: ClassVar[bool] = False
    judges_gaps: ClassVar[bool] = False
    own_past: ClassVar[bool] = True
    as_printed: ClassVar[bool] = False
    centre_is: ClassVar[CentreKind] = CentreKind.AVERAGE
    by_denominator: ClassVar[bool] = False
    of_shares: ClassVar[bool] = False
    among_areas: ClassVar[bool] = False
    chance_known: ClassVar[bool] = True
    even: ClassVar[bool] = False
    evidence: ClassVar[tuple[str, ...]] = ()
    one_sided: ClassVar[Misfit | None] = None
    if_overdispersed: ClassVar[str] = "take limits that are made from how much the figures themselves vary"

    @property
    def view(self) -> View | None:
        """The figures as they are."""
        return None

    @property
    def sigmas(self) -> float | None:
        """None: not so made."""
        return None

    @property
    def chance_alone(self) -> bool:
        """Not so: figures say how wide they are."""
        return False

    @property
    def if_cut_off(self) -> str:
        """Narrower limits, where that can be, or larger figures."""
        return f"use {'' if self.sigmas is None else 'fewer sigmas, '}a coarser period, or another method"

    def has_centre(self, columns: Container[str]) -> bool:
        """It has."""
        return True

    def dispersion(self, block: Block) -> Dispersion | None:
        """None: chance has no part in it."""
        return None

    def chances(self, *, sides: int) -> Mapping[PeriodKind, Chance]:
        """None: it is not known exactly."""
        return {}

    def problems(self, measure: Measure, every: PeriodKind) -> list[str]:
        """Say why the method cannot work on *measure*; by default it can."""
        return []

    def bind(self, measure: Measure) -> Self:
        """Take nothing from the measure."""
        return self

    def structure(self) -> Hashable:
        """The method itself: equal parameters, equal limits."""
        return self

    def members(self, block: Block) -> Members | None:
        """None: the limits come from no figures of the series."""
        return None

    def vectors(self) -> Mapping[str, Vector]:
        """None: the method is shared as a whole."""
        return NO_NUMBERS


def baseline_rows(block: Block, first: int, stop: int) -> Floats:
    """Return the values of rows first … stop-1 with excluded ones as NaN; a view where nothing is excluded."""
    values = block.panel.values[first:stop, block.columns]
    excluded = block.panel.excluded
    if excluded is None:
        return values
    mask: Flags = excluded[first:stop, block.columns]
    return np.where(mask, np.nan, values) if mask.any() else values


def usable(block: Block) -> Flags:
    """Return which figures up to a block's one judged row may make its limits: known, not left out, on its side of every break."""
    panel, rows = block.panel, slice(0, block.stop)
    values = panel.values[rows, block.columns]
    found: Flags = values == values
    if panel.excluded is not None:
        found &= ~panel.excluded[rows, block.columns]
    if panel.segments is not None:
        found &= panel.segments[rows, block.columns] == panel.segments[block.stop - 1, block.columns]
    return found


def between(flags: Flags, first: int, stop: int) -> Flags:
    """Keep only the flags of rows first … stop-1."""
    flags[:first] = False
    flags[stop:] = False
    return flags


def mean_and_deviation(values: Floats) -> tuple[Floats, Floats, Floats]:
    """Return mean, sample standard deviation (n-1) and count over the rows of each column, NaN cells left out.

    Mean is NaN without values, deviation below two; written without warnings. Rows are added one after the other, so that a
    column gives the same last digit whatever stands beside it.
    """
    rows = len(values)
    with np.errstate(all="ignore"):
        mean = row_sum(values) / np.float64(rows)
        gaps = np.flatnonzero(mean != mean)
        if len(gaps) == len(mean):
            found = _with_gaps(values)
            _settle(values, *found[:2])
            return found
        deviation = _squares(values, mean)
        deviation /= np.float64(rows - 1)
        np.sqrt(deviation, out=deviation)
    count = np.full(len(mean), float(rows))
    if len(gaps):  # only the columns with a gap pay for looking at every cell
        mean[gaps], deviation[gaps], count[gaps] = _with_gaps(values.take(gaps, axis=1))
    _settle(values, mean, deviation)
    return mean, deviation, count


def _settle(values: Floats, mean: Floats, deviation: Floats) -> None:
    """Give columns of one same figure that very figure as their mean: twelve times 0.1 adds up to less than 1.2."""
    columns = np.flatnonzero(hardly_apart(mean, deviation))
    if len(columns):
        lowest, highest = np.fmin.reduce(values[:, columns]), np.fmax.reduce(values[:, columns])
        one = exact.equal(lowest, highest)
        columns, lowest = columns[one], lowest[one]
        mean[columns], deviation[columns] = lowest, 0.0


def hardly_apart(mean: Floats, deviation: Floats) -> Flags:
    """Return where a deviation may be no more than what adding up has rounded."""
    apart: Flags = (deviation > 0) & (deviation <= ROUNDED * np.abs(mean))
    return apart


def row_sum(values: Floats) -> Floats:
    """Return the sum over the rows, added in their order."""
    total = np.zeros(values.shape[1])
    for row in values:
        total += row
    return total


def _squares(values: Floats, mean: Floats) -> Floats:
    """Return the sum of squared distances from the mean over the rows, added in their order."""
    total, apart = np.zeros(values.shape[1]), np.empty(values.shape[1])
    for row in values:
        np.subtract(row, mean, out=apart)
        np.multiply(apart, apart, out=apart)
        total += apart
    return total


def _with_gaps(values: Floats) -> tuple[Floats, Floats, Floats]:
    """Do the same where cells are missing: they add nothing and are not counted."""
    known = values == values
    count = known.sum(axis=0).astype(np.float64)
    with np.errstate(all="ignore"):
        mean = row_sum(np.where(known, values, 0.0)) / count
        deviation = np.sqrt(_squares(np.where(known, values, mean), mean) / (count - 1))
    deviation[count < 2] = np.nan
    return mean, deviation, count


def no_lines(block: Block) -> LimitLines:
    """Return lines of NaN at the block's shape, to be filled."""
    return LimitLines(np.full(block.shape, np.nan), np.full(block.shape, np.nan), np.full(block.shape, np.nan))


def codes_where(mask: Flags, reason: Reason) -> Codes | None:
    """Return reason codes where *mask* holds, None where it never does."""
    return mask.view(np.int8) * np.int8(reason.code) if mask.any() else None


def _all_before(row: int) -> tuple[int, int]:
    return 0, row + 1


def too_few(block: Block, mask: Flags, rows_of: Callable[[int], tuple[int, int]] = _all_before) -> Codes | None:
    """Return why there are too few figures where *mask* holds: some are excluded, or there are no more; None where it never does.

    Args:
        mask: `[judged rows x columns]`; one row where it is the same in all.
        rows_of: the first row and the row after the last that a judged row's baseline may hold.
    """
    codes, panel = codes_where(mask, Reason.FEW_POINTS), block.panel
    if codes is None or panel.excluded is None:
        return codes
    for place in np.flatnonzero(mask.any(axis=1)).tolist():
        first, stop = rows_of(block.start + place)
        came = panel.shown[first:stop, block.columns] == panel.shown[first:stop, block.columns]
        if panel.segments is not None:
            came &= panel.segments[first:stop, block.columns] == panel.segments[block.start + place, block.columns]
        excluded = (panel.excluded[first:stop, block.columns] & came).any(axis=0)
        codes[place, mask[place] & excluded] = Reason.EXCLUDED.code
    return codes
