"""Figures of several periods that no source prints: coarser periods made of finer ones, and rolling windows."""

from dataclasses import replace
from datetime import date

import numpy as np

from alerting.domain.arrays import Flags, Floats
from alerting.domain.combining import PARTS, Pieces, Recipe, together
from alerting.domain.due_days import due_day
from alerting.domain.finding import Reason
from alerting.domain.measure import Aggregate, Measure
from alerting.domain.period import Calendar
from alerting.domain.spans import rolling_rows
from alerting.figures.derived import mark, pass_on
from alerting.figures.panel_builder import WINDOW, PanelBuilder


def add_coarser(
    sheet: PanelBuilder, finer: PanelBuilder, n: int, measure: Measure, recipe: Recipe, as_of: date
) -> None:
    """Where a coarser period is not printed, make it of its finer ones; where that cannot be, say why once it is due.

    What spans more than its period already is not put together: a rolling value is that at the coarser period's end, and a
    printed one is never worked out anew.
    """
    if measure.covers is not None:
        recipe = replace(recipe, how=None)
    elif measure.rolling is not None:
        recipe = replace(recipe, how=Aggregate.LAST, along=(*recipe.along, WINDOW))
    calendar = Calendar(sheet.starts)
    own, theirs = sheet.columns_of(n), finer.columns_of(n)
    if WINDOW in finer.planes and WINDOW in recipe.along:
        sheet.plane(WINDOW)
    holder = np.array(
        [calendar.coarser(finer.period(r), sheet.kind).ordinal - sheet.first for r in range(finer.n_periods)]
    )
    for row in range(sheet.n_periods):
        inside = np.flatnonzero(holder == row)
        if not len(inside):
            continue
        rows = slice(int(inside[0]), int(inside[-1]) + 1)
        _one_period(
            sheet,
            (row, own),
            finer.pieces(rows, theirs, recipe.along),
            recipe,
            whole=_reaches(sheet, row, (finer, rows), calendar, from_start=recipe.how is not Aggregate.LAST),
            due=is_due(measure, sheet, row, as_of),
        )


def _one_period(
    sheet: PanelBuilder, at: tuple[int, slice], pieces: Pieces, recipe: Recipe, *, whole: bool, due: bool
) -> None:
    """Fill one period's empty cells with what its pieces make."""
    row, own = at
    made = together(pieces, recipe)
    value = sheet.plane("value")
    free = np.isnan(value[row, own])
    if sheet.reasons is not None:
        free &= sheet.reasons[row, own] == 0
    if whole:
        value[row, own] = np.where(free, made.value, value[row, own])
        for name, plane in made.planes.items():
            if name in pieces.planes:
                here = sheet.plane(name)
                here[row, own] = np.where(np.isnan(here[row, own]), plane, here[row, own])
        if made.provisional is not None:
            sheet.mark_provisional((row, own), made.provisional & free)
    if not due:
        return
    unmade = free & np.isnan(value[row, own]) & pieces.came.any(axis=0)
    why = np.zeros((sheet.n_periods, len(unmade)), dtype=np.int8)
    why[row, unmade] = Reason.MISSING.code if recipe.how is None else Reason.PARTIAL.code
    told = unmade & (made.reasons != 0) & (recipe.how is not None)
    why[row, told] = made.reasons[told]
    pass_on(sheet, own, why)


def _reaches(
    sheet: PanelBuilder, row: int, finer: tuple[PanelBuilder, slice], calendar: Calendar, *, from_start: bool
) -> bool:
    """Say whether rows of a finer sheet reach to the coarser period's end and, where that is asked, from its beginning."""
    found, rows = finer
    inside = calendar.within(sheet.period(row), found.kind)
    first, last = inside[0], inside[-1]
    to_end = found.first + rows.stop - 1 == last.ordinal
    return to_end and (not from_start or found.first + rows.start == first.ordinal)


def is_due(measure: Measure, sheet: PanelBuilder, row: int, as_of: date) -> bool:
    """Say whether a period's figure should be there; without `expected`, as soon as the period is over."""
    last = sheet.period(row).last_day
    return last < as_of and (measure.expected is None or due_day(measure, last) < as_of)


def roll(sheet: PanelBuilder, n: int, measure: Measure, recipe: Recipe) -> None:
    """Replace the values by rolling ones, put together by the recipe; every period of the window is needed, or `at_least`."""
    length = rolling_rows(measure, sheet.kind)
    if length is None or length < 2:
        return
    own = sheet.columns_of(n)
    value = sheet.plane("value")
    came = ~np.isnan(value[:, own])
    made = _windows(sheet, own, length, recipe)
    withheld = _within(sheet.marked(Reason.SUPPRESSED), length, own)
    if sheet.reasons is not None:  # the window's cases count, not the period's
        block = sheet.reasons[:, own]
        block[(block == Reason.SMALL_NUMBERS.code) & ~np.isnan(made["value"])] = 0
    for name, plane in made.items():
        sheet.plane(name)[:, own] = plane
    undone = came & np.isnan(made["value"])
    young = ~_shifted(np.cumsum(came, axis=0) > 0, length - 1)
    if recipe.how is None:
        mark(sheet, own, undone, Reason.MISSING)
    mark(sheet, own, undone & young, Reason.FEW_POINTS)
    if withheld is not None:
        mark(sheet, own, undone & withheld, Reason.SUPPRESSED)
    mark(sheet, own, undone & ~young, Reason.GAP)


def _windows(sheet: PanelBuilder, own: slice, length: int, recipe: Recipe) -> dict[str, Floats]:
    """Return the planes of rolling figures, NaN where a window is not whole or a break lies inside.

    Windows that hold a provisional figure are marked so, once all are made: each mark would spread to the windows after it.
    """
    names = [name for name in (*PARTS, *recipe.along) if name in sheet.planes]
    shape = (sheet.n_periods, own.stop - own.start)
    found = {name: np.full(shape, np.nan) for name in ("value", *names, WINDOW)}
    may_change = np.zeros(shape, dtype=bool)
    for row in range(sheet.n_periods):
        first = row - length + 1
        if first < 0 and recipe.at_least is None:
            continue
        made = together(sheet.pieces(slice(max(first, 0), row + 1), own, recipe.along), recipe)
        unbroken = _unbroken(sheet, own, max(first, 0), row)
        for name, plane in (("value", made.value), *((name, made.planes[name]) for name in names)):
            found[name][row] = np.where(unbroken, plane, np.nan)
        spanned = ~np.isnan(found["value"][row]) & (recipe.how is not Aggregate.LAST)
        found[WINDOW][row] = np.where(spanned, made.used, np.nan)
        if made.provisional is not None:
            may_change[row] = made.provisional & unbroken
    sheet.mark_provisional((slice(None), own), may_change)
    return found


def _unbroken(sheet: PanelBuilder, own: slice, first: int, last: int) -> Flags:
    if sheet.segments is None:
        return np.ones(own.stop - own.start, dtype=bool)
    same: Flags = sheet.segments[first, own] == sheet.segments[last, own]
    return same


def _within(plane: Flags | None, rows: int, own: slice) -> Flags | None:
    """Return whether some columns of a plane are set in any of the last *rows* periods; None: they are nowhere."""
    if plane is None or not plane[:, own].any():
        return None
    so_far = np.cumsum(plane[:, own], axis=0)
    before = np.zeros_like(so_far)
    before[rows:] = so_far[: max(len(so_far) - rows, 0)]
    found: Flags = so_far > before
    return found


def _shifted(plane: Flags, rows: int) -> Flags:
    """Return the plane *rows* periods earlier, False before its start."""
    out = np.zeros_like(plane)
    out[rows:] = plane[: max(len(plane) - rows, 0)]
    return out
