"""Blocks: some columns of a panel and the rows that are judged, as conditions and limits methods meet them."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import Any, Protocol, TypeVar

import numpy as np

from alerting.domain.arrays import Codes, Columns, Flags, Floats, Index
from alerting.domain.daily import DayCount
from alerting.domain.limit_lines import LimitLines
from alerting.domain.panel import Panel

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Unjudged:
    """Cells of a block whose value itself is unknown, with the state and reason that no test of values can change."""

    #: Places of the cells in the flattened block, ascending: they are few, and writing to them costs less than going over all.
    places: Index
    state: Codes
    reason: Codes

    def rows(self, rows: slice, width: int) -> "Unjudged":
        """Return those of some rows of the block."""
        begin, end = np.searchsorted(self.places, [rows.start * width, rows.stop * width])
        own = slice(int(begin), int(end))
        return Unjudged(self.places[own] - rows.start * width, self.state[own], self.reason[own])


class MakesLines(Protocol):
    """What a block asks of a limits method; equal ones make equal lines."""

    def vectors(self) -> Mapping[str, object]:
        """The parameters that differ from rule to rule; empty where the lines may be shared."""

    def compute(self, block: "Block", numbers: Mapping[str, Floats]) -> LimitLines:
        """Return the lines of the judged rows."""


@dataclass(eq=False)
class Block:
    """Some columns of a panel and the rows start … stop-1 that are judged: one row for the latest point, all for a history.

    Every method returns arrays `[stop - start x columns]`; a cell never depends on a row after its own.
    """

    panel: Panel
    start: int
    stop: int
    columns: Columns
    #: First day after the clock's reach: figures are judged as of this day (only `not_fresh` asks).
    as_of: date | None = None
    #: Per judged row and column: days since the figure fell due (negative: not yet; NaN: never expected). For `not_fresh`.
    overdue_days: Floats | None = None
    #: Unknown values, for compositions in which some parts judge by the clock and others by the figures.
    absent: Unjudged | None = None
    #: How the columns' figures are shared out among days where periods are compared; None: they are compared as printed.
    days: DayCount | None = None
    _memo: dict[MakesLines, LimitLines] = field(default_factory=dict)
    _once: dict[Hashable, Any] = field(default_factory=dict)

    def part(self, start: int, stop: int) -> "Block":
        """Return some of the judged rows as a block of their own."""
        own = slice(start - self.start, stop - self.start)
        overdue = None if self.overdue_days is None else self.overdue_days[own]
        absent = None if self.absent is None else self.absent.rows(own, self.shape[1])
        return Block(self.panel, start, stop, self.columns, self.as_of, overdue, absent, self.days)

    @cached_property
    def daily(self) -> "Block":
        """The same cells with figures per day."""
        assert self.days is not None
        return Block(self.panel.daily(self.days), self.start, self.stop, self.columns, self.as_of, self.overdue_days)

    @property
    def came(self) -> Flags:
        """Cells with a figure that is judged, or with something else that a condition may judge: a printed change, a span."""
        known: Flags = self.values == self.values
        for also in (self.without_level, self.few_cases):
            known = known if also is None else known | also
        return known

    @property
    def without_level(self) -> Flags | None:
        """Cells of which only a printed change is known; None: none."""
        return self._marked(self.panel.without_level)

    @property
    def few_cases(self) -> Flags | None:
        """Cells with a figure that rests on too few cases by itself; None: none."""
        return self._marked(self.panel.few_cases)

    def _marked(self, flags: Flags | None) -> Flags | None:
        found = None if flags is None else flags[self.start : self.stop, self.columns]
        return found if found is not None and found.any() else None

    @cached_property
    def values(self) -> Floats:
        """The judged values."""
        return self.panel.values[self.start : self.stop, self.columns]

    @property
    def shape(self) -> tuple[int, int]:
        """(judged rows, columns)."""
        return (self.values.shape[0], self.values.shape[1])

    def plane(self, name: str) -> Floats | None:
        """Return a source column at the judged rows; None where no source has it."""
        found = self.panel.planes.get(name)
        return None if found is None else found[self.start : self.stop, self.columns]

    def history(self, first: int = 0, plane: Floats | None = None) -> Floats:
        """Return rows *first* … stop-1 of the values (or of *plane*), for methods that walk through time."""
        source = self.panel.values if plane is None else plane
        return source[first : self.stop, self.columns]

    def lag(self, periods: int, plane: Floats | None = None) -> Floats:
        """Return what stood *periods* rows earlier: NaN before the first row and across a break."""
        rows = np.arange(self.start, self.stop) - periods
        source = self.panel.values if plane is None else plane
        if rows[0] >= 0:
            found = source[rows[0] : rows[-1] + 1, self.columns]
            return found if self.panel.segments is None else self._within_segment(found, rows)
        return self.at_rows(rows, plane)

    def last_year(self, plane: Floats | None = None) -> Floats:
        """Return what stood at the same period last year: NaN where there is none, and across a break."""
        return self.at_rows(self.panel.last_year_rows[self.start : self.stop], plane)

    def at_rows(self, rows: Index, plane: Floats | None = None) -> Floats:
        """Return, for each judged row, what stands at the given earlier row (negative: NaN), NaN across a break."""
        source = self.panel.values if plane is None else plane
        outside = rows < 0
        apart = (np.diff(rows) != 1) | (outside[1:] != outside[:-1])
        edges = [0, *(np.flatnonzero(apart) + 1).tolist(), len(rows)]
        if len(edges) == 2 and not outside[0]:
            found = source[rows[0] : rows[-1] + 1, self.columns]
            return found if self.panel.segments is None else self._within_segment(found, rows)
        found = np.empty((len(rows), self.shape[1]))
        for begin, end in pairwise(edges):  # rows that follow one another are copied as one: two or three pieces
            first = int(rows[begin])
            found[begin:end] = np.nan if first < 0 else source[first : first + end - begin, self.columns]
        return found if self.panel.segments is None else self._within_segment(found, np.maximum(rows, 0))

    def breaks_before(self, row: int) -> Flags | None:
        """Return where a break is declared after the judged row and up to *row*, figures or not; None: nowhere."""
        found: Flags | None = None
        judged = np.arange(self.start, self.stop)
        for begins, columns in self.panel.breaks:
            between = (judged < begins) & (begins <= row)
            if between.any():
                found = np.zeros(self.shape, dtype=bool) if found is None else found
                concerned = np.zeros(self.panel.n_series, dtype=bool)
                concerned[columns] = True
                found |= between[:, None] & concerned[self.columns]
        return found

    def _within_segment(self, found: Floats, rows: Index) -> Floats:
        assert self.panel.segments is not None
        there = self.panel.segments[rows][:, self.columns]
        here = self.panel.segments[self.start : self.stop, self.columns]
        return np.where(there == here, found, np.nan)

    def limits(self, method: MakesLines, numbers: Mapping[str, Floats]) -> LimitLines:
        """Return *method*'s limits for this block, computed once however many conditions ask."""
        with np.errstate(all="ignore"):  # figures near the largest numbers overflow to infinity, which is no limit
            if method.vectors():  # parameters differ from rule to rule, so nothing is shared
                return method.compute(self, numbers)
            if method not in self._memo:
                self._memo[method] = method.compute(self, numbers)
            return self._memo[method]

    def once(self, what: Hashable, make: Callable[[], T]) -> T:
        """Return what *make* makes of this block, made once however many conditions ask for *what*."""
        if what not in self._once:
            self._once[what] = make()
        found: T = self._once[what]
        return found

    def clip(self, lines: LimitLines) -> LimitLines:
        """Keep limits within what the measure's values can be (minimum, maximum)."""
        bounded_below, bounded_above = self.panel.bounded
        if bounded_below:
            lines.lower = _held(np.maximum, lines.lower, self._a_day(self.panel.floor[self.columns]))
        if bounded_above:
            lines.upper = _held(np.minimum, lines.upper, self._a_day(self.panel.ceiling[self.columns]))
        return lines

    def _a_day(self, bound: Floats) -> Floats:
        """Return a bound of figures as one of figures per day, where that is what values are."""
        days = self.panel.days
        if days is None or not np.any(np.isfinite(bound) & (bound != 0)):
            return bound
        return bound / days[self.start : self.stop, None]


def _held(join: np.ufunc, line: Floats, bound: Floats) -> Floats:
    """Keep a line within a bound, in place where the bound is the same in all rows."""
    found: Floats = join(line, bound, out=line) if bound.ndim == 1 else join(line, bound)
    return found


def columns_at(block: Block, places: Index) -> Index:
    """Return the panel's columns for some places among a block's."""
    found: Index = block.columns.start + places if isinstance(block.columns, slice) else block.columns[places]
    return found
