"""Holds, breaks, exclusions and provisional figures, marked on sheets by the last day of each period."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from alerting.domain.arrays import Flags
from alerting.domain.finding import Reason
from alerting.domain.measure import Measure, Window
from alerting.domain.period import KINDS
from alerting.domain.rule import RuleSet
from alerting.figures.observations import Observations
from alerting.figures.panel_builder import PanelBuilder
from alerting.figures.waiting_cells import WaitingCells

Index = NDArray[np.intp]


def mark_holds(
    sheet: PanelBuilder, rules: RuleSet, measures: Sequence[Measure], areas: Sequence[str], places: Sequence[int]
) -> None:
    """Mark figures under a hold: shown, not judged, in no limit or comparison. The latest reason to be read wins over none."""
    for window, columns in _matching(sheet, rules.holds, (measures, areas), places):
        rows = _rows(sheet, window)
        if len(rows) and len(columns):
            if sheet.held is None:
                sheet.held = np.zeros(sheet.shape, dtype=bool)
            sheet.held[np.ix_(rows, columns)] = True
    if sheet.held is not None and sheet.held.any():
        sheet.set_reason(sheet.held & ~np.isnan(sheet.plane("value")), Reason.HELD)


def mark_breaks(
    sheet: PanelBuilder, rules: RuleSet, measures: Sequence[Measure], areas: Sequence[str], places: Sequence[int]
) -> None:
    """Count the breaks up to each cell: a period whose last day is the break's day or later lies after it."""
    segments, breaks = None if sheet.segments is None else sheet.segments.copy(), sheet.breaks
    for window, columns in _matching(sheet, rules.breaks, (measures, areas), places):
        rows = _rows(sheet, window)
        if window.since is not None and len(columns):
            begins = rules.calendar.containing(window.since, sheet.kind).ordinal - sheet.first
            breaks = (*breaks, (begins, columns))
        if len(rows) and len(columns) and len(rows) < sheet.n_periods:
            if segments is None:
                segments = np.zeros(sheet.shape, dtype=np.int32)
            segments[np.ix_(rows, columns)] += 1
    sheet.segments, sheet.breaks = segments, breaks  # at the end: what fails half way is done again


def mark_exclusions(
    sheet: PanelBuilder, rules: RuleSet, measures: Sequence[Measure], areas: Sequence[str], places: Sequence[int]
) -> None:
    """Mark figures that stay out of every baseline."""
    for window, columns in _matching(sheet, rules.exclusions, (measures, areas), places):
        rows = _rows(sheet, window)
        if len(rows) and len(columns):
            if sheet.excluded is None:
                sheet.excluded = np.zeros(sheet.shape, dtype=bool)
            sheet.excluded[np.ix_(rows, columns)] = True


def mark_provisional(sheet: PanelBuilder, measures: Sequence[Measure], as_of: date, places: Sequence[int]) -> None:
    """Mark figures that have not settled by *as_of*."""
    for n in places:
        settles = measures[n].settles_after_days
        if settles is None:
            continue
        fresh = [row for row in range(sheet.n_periods) if sheet.period(row).last_day + timedelta(days=settles) >= as_of]
        if fresh:
            own = sheet.columns_of(n)
            sheet.mark_provisional((np.array(fresh), own), np.ones((len(fresh), own.stop - own.start), dtype=bool))


def mark_waiting(sheet: PanelBuilder, cells: WaitingCells, as_of: date) -> None:
    """Mark cells of which nothing is known before their load is whole."""
    mine, here = _cells_of(sheet, cells, cells.known(sheet.kind, as_of))
    if not len(mine):
        return
    if sheet.loads is None:
        sheet.loads = np.zeros(sheet.shape, dtype=np.int32)
    sheet.loads[here] = cells.lack[mine] + len(sheet.load_lacks)
    sheet.load_lacks += cells.lacks
    sheet.set_reason(here, Reason.PARTIAL)


def mark_of_failed(sheet: PanelBuilder, held_before: Observations, as_of: date) -> None:
    """Mark cells that a source which cannot be read now had figures for: these have come, and are not known."""
    known = (held_before.kind == KINDS.index(sheet.kind)) & (held_before.published <= as_of.toordinal())
    mine, here = _cells_of(sheet, held_before, known)
    if len(mine):
        sheet.set_reason(here, Reason.SOURCE_FAILED)


def _cells_of(
    sheet: PanelBuilder, cells: WaitingCells | Observations, known: Flags
) -> tuple[Index, tuple[Index, Index]]:
    """Return which of the known entries have a cell in the sheet, and the rows and columns of these."""
    rows = cells.ordinal - sheet.first
    mine = np.flatnonzero(known & (rows >= 0) & (rows < sheet.n_periods))
    columns = np.array(
        [
            -1 if (at := sheet.column(m, a)) is None else at
            for m, a in zip(cells.measure[mine].tolist(), cells.area[mine].tolist(), strict=True)
        ],
        dtype=np.intp,
    )
    mine, columns = mine[columns >= 0], columns[columns >= 0]
    return mine, (rows[mine].astype(np.intp), columns)


def _matching(
    sheet: PanelBuilder,
    windows: Sequence[Window],
    named: tuple[Sequence[Measure], Sequence[str]],
    places: Sequence[int],
) -> Iterator[tuple[Window, Index]]:
    """Yield each window with the columns it matches, of the measures at some places."""
    measures, areas = named
    for window in windows:
        chosen = np.isin(sheet.measure_of, [n for n in places if window.match.covers_measure(measures[n])])
        if window.match.areas:
            chosen &= np.array([window.match.covers_area(areas[a]) for a in sheet.area_of.tolist()], dtype=bool)
        yield window, np.flatnonzero(chosen)


def _rows(sheet: PanelBuilder, window: Window) -> Index:
    """Return the rows whose period's last day lies in the window; a break's window is open to the right."""
    since, until = window.since or date.min, window.until or date.max
    return np.array(
        [row for row in range(sheet.n_periods) if since <= sheet.period(row).last_day <= until], dtype=np.intp
    )
