"""Panels: all series of one period length as time-major arrays."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from alerting.domain.arrays import Codes, Flags, Floats, Index
from alerting.domain.daily import DayCount
from alerting.domain.exact import as_decimal
from alerting.domain.loads import LoadLack
from alerting.domain.measure import Aggregate
from alerting.domain.period import Calendar, Period, PeriodKind

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
    excluded: Flags | None = None
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
    #: (row, column) -> why a figure that is held is not believed.
    failed_checks: Mapping[tuple[int, int], str] = field(default_factory=dict)
    #: (row, column) -> why a figure that is judged may be a slip.
    doubted: Mapping[tuple[int, int], str] = field(default_factory=dict)
    #: Index into `load_lacks` per cell whose load is not whole yet, 0 for the others; None: all are whole.
    loads: NDArray[np.int32] | None = None
    load_lacks: tuple[LoadLack | None, ...] = (None,)
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
            days = count.of_each([self.period(row) for row in range(self.n_periods)])
            with np.errstate(all="ignore"):
                values = np.where(days[:, None] > 0, as_decimal(self.values / days[:, None], 0.0), np.nan)
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
