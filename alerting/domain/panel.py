"""Panels: all series of one period length as time-major arrays, and blocks of them that conditions judge."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from alerting.domain.daily import DayCount
from alerting.domain.measure import Aggregate
from alerting.domain.period import Calendar, Period, PeriodKind

if TYPE_CHECKING:
    from alerting.domain.condition import LimitsMethod
    from alerting.domain.limit_lines import LimitLines

Floats = NDArray[np.float64]
Codes = NDArray[np.int8]
Flags = NDArray[np.bool_]
Index = NDArray[np.intp]
Columns = slice | Index
T = TypeVar("T")


#: The plane that says of how many periods a rolling figure is made; no file has a column of that name.
WINDOW = "(periods of the window)"


@dataclass(frozen=True, kw_only=True, eq=False)
class Panel:
    """All series of one period kind. Planes are `[periods x series]`, one contiguous row a period; NaN is "not known".

    Columns are ordered by measure (as declared), then area (in tree order), so a measure is a slice of columns.
    """

    kind: PeriodKind
    #: Ordinal of row 0; rows follow without gaps up to the newest complete period.
    first: int
    starts: int
    #: What is judged: NaN where nothing is known, or where `reasons` says why a figure is not judged.
    values: Floats
    #: What is shown: held figures included. The same array as `values` where nothing is held back.
    shown: Floats
    #: Further columns of the source by name: lower_limit, upper_limit, centre, target, plan, numerator, denominator,
    #: change_previous_period, change_same_period_last_year, change_year_to_date, and any other numeric one.
    planes: Mapping[str, Floats]
    #: measure id -> its columns.
    columns: Mapping[str, slice]
    #: per column: area id.
    areas: tuple[str, ...]
    #: Reason codes (`Reason.code`) of figures that came but are not judged; None: there are none.
    reasons: Codes | None = None
    #: Number of breaks up to each cell: only cells of equal number are compared. None: no breaks.
    segments: NDArray[np.int32] | None = None
    #: Declared breaks: the row each begins with, which may lie before or after all rows, and the columns it concerns.
    breaks: tuple[tuple[int, Index], ...] = ()
    #: Cells left out of every baseline. None: none.
    left_out: Flags | None = None
    #: Cells under a hold, with a figure or without. None: none.
    held: Flags | None = None
    #: Figures the source marks as provisional. None: none.
    provisional: Flags | None = None
    #: Index into `note_texts` per cell, 0 for none; None where no figure has a note.
    note_codes: NDArray[np.int32] | None = None
    note_texts: tuple[str, ...] = ("",)
    #: Per column: its group of siblings, areas of one kind under one parent in one measure. None: nobody asks.
    siblings: Index | None = None
    #: Lowest and highest possible value per column (-inf, inf where unbounded), for clipping limits.
    floor: Floats
    ceiling: Floats
    #: measure id -> how its figures of several periods are made, as far as the figures tell (`domain.aggregation`).
    aggregates: Mapping[str, Aggregate | None] = field(default_factory=dict)
    #: Cells of which only a printed change is known (their reason is `no_level`). None: none.
    without_level: Flags | None = None
    #: Cells whose own figure rests on too few cases to be judged, though a span may that it is part of. None: none.
    few_cases: Flags | None = None
    #: Days of each row where values are figures per day, with what they were as numerators over days; None: as printed.
    days: Floats | None = None

    @property
    def n_periods(self) -> int:
        """Rows."""
        return int(self.values.shape[0])

    @property
    def n_series(self) -> int:
        """Columns."""
        return int(self.values.shape[1])

    def period(self, row: int) -> Period:
        """Return the period of a row, which may lie outside the panel."""
        if 0 <= row < self.n_periods:
            return self._periods[row]
        return Period(self.kind, self.first + row, self.starts)

    @cached_property
    def _periods(self) -> tuple[Period, ...]:
        """Each row's period: one object for all who ask, since what is looked up by the same object is found at once."""
        return tuple(Period(self.kind, self.first + row, self.starts) for row in range(self.n_periods))

    def column(self, measure: str, area: str) -> int | None:
        """Return the column of a series; None where there is none."""
        own = self.columns.get(measure)
        if own is None:
            return None
        if measure not in self._by_area:
            self._by_area[measure] = dict(zip(self.areas[own], range(own.start, own.stop), strict=True))
        return self._by_area[measure].get(area)

    @cached_property
    def _by_area(self) -> dict[str, dict[str, int]]:
        return {}

    def row(self, period: Period) -> int:
        """Return the row of *period*; may lie outside the panel."""
        return period.ordinal - self.first

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Each row's period in its canonical form."""
        return tuple(str(self.period(row)) for row in range(self.n_periods))

    @cached_property
    def bounded(self) -> tuple[bool, bool]:
        """Whether any series has a lowest, any a highest possible value."""
        return bool(np.isfinite(self.floor).any()), bool(np.isfinite(self.ceiling).any())

    @cached_property
    def last_days(self) -> tuple[date, ...]:
        """Last day of each row's period."""
        return tuple(self.period(row).last_day for row in range(self.n_periods))

    @cached_property
    def year_start_rows(self) -> Index:
        """For each row, the row (maybe negative) of the first period of its financial year."""
        calendar = Calendar(self.starts)
        starts = [
            calendar.containing(calendar.coarser(self.period(row), PeriodKind.YEAR).first_day, self.kind)
            for row in range(self.n_periods)
        ]
        if self.kind is PeriodKind.WEEK:  # a week belongs to the year that holds its Thursday
            years = [calendar.coarser(self.period(row), PeriodKind.YEAR) for row in range(self.n_periods)]
            starts = [
                s if calendar.coarser(s, PeriodKind.YEAR) == y else s + 1 for s, y in zip(starts, years, strict=True)
            ]
        return np.array([period.ordinal - self.first for period in starts], dtype=np.intp)

    @cached_property
    def first_rows(self) -> Index:
        """For each column, the row of its first figure (held, refused and conflicting ones included); n_periods for none."""
        first = np.full(self.n_series, self.n_periods, dtype=np.intp)
        open_ = np.arange(self.n_series)
        for row in range(self.n_periods):
            came = self.shown[row, open_] == self.shown[row, open_]
            if self.reasons is not None:
                came = came | (self.reasons[row, open_] != 0)
            first[open_[came]] = row
            open_ = open_[~came]
            if not len(open_):
                break
        return first

    @cached_property
    def _by_day(self) -> "dict[DayCount, Panel]":
        return {}

    def daily(self, count: DayCount) -> "Panel":
        """Return the same panel with figures per day, for the columns of measures that count days so.

        Each is its figure over its days, so that what adds up over several periods is a ratio of sums.
        """
        if count not in self._by_day:
            from alerting.domain.exact import settled  # which rests on what a panel is made of

            days = count.of_each([self.period(row) for row in range(self.n_periods)])
            with np.errstate(all="ignore"):
                values = np.where(days[:, None] > 0, settled(self.values / days[:, None], 0.0), np.nan)
            over = {"numerator": self.values, "denominator": np.broadcast_to(days[:, None], values.shape)}
            self._by_day[count] = replace(self, values=values, planes={**self.planes, **over}, days=days)
        return self._by_day[count]

    @cached_property
    def last_year_rows(self) -> Index:
        """For each row, the row of the same period last year; -1 where there is none or it lies before the panel."""
        rows = []
        for row in range(self.n_periods):
            twin = self.period(row).same_period_last_year
            rows.append(-1 if twin is None else max(-1, twin.ordinal - self.first))
        return np.array(rows, dtype=np.intp)


@dataclass(frozen=True, slots=True, eq=False)
class Absent:
    """Cells of a block whose value itself is unknown, with the state and reason that no test of values can change."""

    #: Places of the cells in the flattened block, ascending: they are few, and writing to them costs less than going over all.
    places: Index
    state: Codes
    reason: Codes

    def rows(self, rows: slice, width: int) -> "Absent":
        """Return those of some rows of the block."""
        begin, end = np.searchsorted(self.places, [rows.start * width, rows.stop * width])
        own = slice(int(begin), int(end))
        return Absent(self.places[own] - rows.start * width, self.state[own], self.reason[own])


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
    absent: Absent | None = None
    #: How the columns' figures are shared out among days where periods are compared; None: they are compared as printed.
    days: DayCount | None = None
    _memo: dict["LimitsMethod", "LimitLines"] = field(default_factory=dict)
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

    def limits(self, method: "LimitsMethod", numbers: Mapping[str, Floats]) -> "LimitLines":
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

    def clip(self, lines: "LimitLines") -> "LimitLines":
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
