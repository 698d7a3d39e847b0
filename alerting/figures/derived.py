"""Figures that sources do not print: ratios, rates of two measures, coarser periods, rolled-up parents, rolling values."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from alerting.domain.area import AreaTree
from alerting.domain.finding import Reason
from alerting.domain.measure import Measure, RollUp, Unit
from alerting.domain.panel import Codes, Floats
from alerting.domain.period import Calendar, PeriodKind
from alerting.figures.sheet import Sheet

#: Rows of each kind that one period of a coarser kind spans, where it is always as many.
_ROWS = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.YEAR: 12}


def fill_ratios(sheet: Sheet, measures: Sequence[Measure], places: Sequence[int]) -> None:
    """Where a value is empty, make it numerator / denominator on the measure's scale; nothing over nothing is small numbers."""
    if not {"numerator", "denominator"} <= sheet.planes.keys():
        return
    value, top, bottom = (sheet.plane(name) for name in ("value", "numerator", "denominator"))
    for n in places:
        own = sheet.columns_of(n)
        empty = np.isnan(value[:, own]) & ~np.isnan(top[:, own])
        if not empty.any():
            continue
        with np.errstate(all="ignore"):
            ratio = top[:, own] / bottom[:, own] * measures[n].ratio_scale
        value[:, own] = np.where(empty & np.isfinite(ratio), ratio, value[:, own])
        _mark(sheet, own, empty & (bottom[:, own] == 0), Reason.SMALL_NUMBERS)


def make_rates(
    sheet: Sheet, n: int, measure: Measure, parts: tuple[int, int], sheets: Mapping[PeriodKind, Sheet]
) -> None:
    """Make a measure that is the ratio of two others, area by area; a coarser part serves every period it holds."""
    own = sheet.columns_of(n)
    for place, name in zip(parts, ("numerator", "denominator"), strict=True):
        plane = sheet.plane(name)
        plane[:, own], reasons = _part(sheet, own, place, sheets)
        _pass_on(sheet, own, reasons)
    value, top, bottom = (sheet.plane(name) for name in ("value", "numerator", "denominator"))
    with np.errstate(all="ignore"):
        ratio = top[:, own] / bottom[:, own] * measure.ratio_scale
    value[:, own] = np.where(np.isfinite(ratio), ratio, np.nan)
    _mark(sheet, own, ~np.isnan(top[:, own]) & (bottom[:, own] == 0), Reason.SMALL_NUMBERS)


def _part(sheet: Sheet, own: slice, part: int, sheets: Mapping[PeriodKind, Sheet]) -> tuple[Floats, Codes]:
    """Return another measure's figures at this sheet's periods and areas, from the finest coarser-or-equal sheet.

    A figure that is not judged is none here either: with its reason.
    """
    found = np.full((sheet.n_periods, own.stop - own.start), np.nan)
    reasons = np.zeros(found.shape, dtype=np.int8)
    for kind, other in sheets.items():
        columns = other.columns_of(part)
        if kind.rank < sheet.kind.rank or columns.stop == columns.start:
            continue
        calendar = Calendar(sheet.starts)
        rows = np.array([calendar.coarser(sheet.period(r), kind).ordinal - other.first for r in range(sheet.n_periods)])
        here = (rows >= 0) & (rows < other.n_periods)
        for place, area in enumerate(sheet.area_of[own].tolist()):
            column = other.column(part, area)
            if column is not None:
                values, why = _judged(other, np.array([column]))
                found[here, place], reasons[here, place] = values[rows[here], 0], why[rows[here], 0]
        return found, reasons
    return found, reasons


def _judged(sheet: Sheet, columns: NDArray[np.intp]) -> tuple[Floats, Codes]:
    """Return some columns' values, NaN where they are not judged, and the reasons why."""
    values = sheet.plane("value")[:, columns]
    if sheet.reasons is None:
        return values, np.zeros(values.shape, dtype=np.int8)
    reasons = sheet.reasons[:, columns]
    return np.where(reasons == 0, values, np.nan), reasons


def _pass_on(sheet: Sheet, own: slice, reasons: Codes) -> None:
    """Give what is made of a figure that is not judged the same reason."""
    for code in np.flatnonzero(np.bincount(reasons.ravel())[1:]) + 1:
        reason = Reason.from_code(int(code))
        assert reason is not None
        _mark(sheet, own, reasons == code, reason)


def add_coarser(sheet: Sheet, finer: Sheet | None, n: int, measure: Measure, calendar: Calendar) -> None:
    """Where a coarser period is not printed, make it of its finer ones, when all are there: sums, or ratios of sums."""
    if finer is None:
        return
    own, theirs = sheet.columns_of(n), finer.columns_of(n)
    holder = np.array(
        [calendar.coarser(finer.period(r), sheet.kind).ordinal - sheet.first for r in range(finer.n_periods)]
    )
    for row in range(sheet.n_periods):
        inside = np.flatnonzero(holder == row)
        if not len(inside) or not _is_whole(sheet, row, len(inside), finer.kind, calendar):
            continue
        rows = slice(int(inside[0]), int(inside[-1]) + 1)
        total = _combined(finer, rows, theirs, measure)
        here = sheet.plane("value")[row, own]
        sheet.plane("value")[row, own] = np.where(np.isnan(here), total, here)
        for name in ("numerator", "denominator"):
            if name in finer.planes:
                parts = finer.planes[name][rows, theirs].sum(axis=0)
                plane = sheet.plane(name)
                plane[row, own] = np.where(np.isnan(plane[row, own]), parts, plane[row, own])
        if measure.unit.adds_up and "plan" in finer.planes:
            plan = sheet.plane("plan")
            plan[row, own] = np.where(
                np.isnan(plan[row, own]), finer.planes["plan"][rows, theirs].sum(axis=0), plan[row, own]
            )


def _is_whole(sheet: Sheet, row: int, found: int, finer: PeriodKind, calendar: Calendar) -> bool:
    """Say whether *found* finer periods are all that the coarser one holds."""
    period = sheet.period(row)
    first, last = (calendar.containing(day, finer) for day in (period.first_day, period.last_day))
    if finer is PeriodKind.WEEK:
        first = first if calendar.coarser(first, sheet.kind) == period else first + 1
        last = last if calendar.coarser(last, sheet.kind) == period else last - 1
    return found == last.ordinal - first.ordinal + 1


def _combined(sheet: Sheet, rows: slice, columns: slice, measure: Measure) -> Floats:
    """Return the sum, or for ratios the ratio of sums, of several rows; NaN where one is missing or not judged."""
    values = sheet.plane("value")[rows, columns]
    if sheet.reasons is not None:
        values = np.where(sheet.reasons[rows, columns] == 0, values, np.nan)
    if measure.unit.adds_up:
        total: Floats = values.sum(axis=0)
        return total
    if not {"numerator", "denominator"} <= sheet.planes.keys():
        return np.full(values.shape[1], np.nan)
    top, bottom = (sheet.planes[name][rows, columns].sum(axis=0) for name in ("numerator", "denominator"))
    with np.errstate(all="ignore"):
        ratio = top / bottom * measure.ratio_scale
    return np.where(np.isfinite(ratio) & ~np.isnan(values).any(axis=0), ratio, np.nan)


def roll_up(sheet: Sheet, n: int, measure: Measure, tree: AreaTree, place: Mapping[str, int]) -> None:
    """Give parents whose column is empty throughout their children's sum, or ratio of sums, when all children are there."""
    for id_ in reversed(list(tree.areas)):
        children = tree.children.get(id_, ())
        parent = sheet.column(n, place[id_])
        columns = [sheet.column(n, place[child]) for child in children]
        if parent is None or not columns or None in columns or not np.isnan(sheet.plane("value")[:, parent]).all():
            continue
        picked = np.array(columns, dtype=np.intp)
        values, reasons = _judged(sheet, picked)
        names = [name for name in ("numerator", "denominator") if name in sheet.planes]
        for name in names:
            sheet.planes[name][:, parent] = sheet.planes[name][:, picked].sum(axis=1)
        if measure.roll_up is RollUp.SUM:
            sheet.plane("value")[:, parent] = values.sum(axis=1)
        elif len(names) == 2:
            with np.errstate(all="ignore"):
                ratio = (
                    sheet.planes["numerator"][:, parent] / sheet.planes["denominator"][:, parent] * measure.ratio_scale
                )
            whole = np.isfinite(ratio) & ~np.isnan(values).any(axis=1)
            sheet.plane("value")[:, parent] = np.where(whole, ratio, np.nan)
        _pass_on(sheet, slice(parent, parent + 1), reasons.max(axis=1, keepdims=True))


def rolling_rows(measure: Measure, kind: PeriodKind) -> int | None:
    """Return how many rows of *kind* the measure's rolling window spans; None where it spans no whole number."""
    if measure.rolling is None:
        return None
    if measure.rolling.kind is kind:
        return measure.rolling.count
    if measure.rolling.kind not in _ROWS or kind not in _ROWS:
        return None
    rows, rest = divmod(measure.rolling.count * _ROWS[measure.rolling.kind], _ROWS[kind])
    return rows if rest == 0 else None


def roll(sheet: Sheet, n: int, measure: Measure) -> None:
    """Replace the values by rolling ones: ratio of sums, sum of counts, else mean; every period of the window is needed."""
    length = rolling_rows(measure, sheet.kind)
    if length is None or length < 2:
        return
    own = sheet.columns_of(n)
    value = sheet.plane("value")
    base = value[:, own] if sheet.reasons is None else np.where(sheet.reasons[:, own] == 0, value[:, own], np.nan)
    came = ~np.isnan(value[:, own])
    parts = {
        name: _window_sums(sheet, sheet.planes[name][:, own], own, length)
        for name in ("numerator", "denominator")
        if name in sheet.planes
    }
    sums = _window_sums(sheet, base, own, length)
    rolled = sums if measure.unit is Unit.COUNT else sums / length
    if len(parts) == 2:
        with np.errstate(all="ignore"):
            ratio = parts["numerator"] / parts["denominator"] * measure.ratio_scale
        rolled = np.where(np.isnan(ratio) | np.isnan(sums), rolled, ratio)
    begun = np.cumsum(came, axis=0) > 0
    young = ~_shifted(begun, length - 1)
    value[:, own] = rolled
    for name, plane in parts.items():
        sheet.planes[name][:, own] = plane
    undone = came & np.isnan(rolled)
    if sheet.reasons is not None:
        undone &= sheet.reasons[:, own] == 0
    _mark(sheet, own, undone & young, Reason.FEW_POINTS)
    _mark(sheet, own, undone & ~young, Reason.GAP)


def _shifted(plane: np.ndarray, rows: int) -> np.ndarray:
    """Return the plane *rows* periods earlier, False before its start."""
    out = np.zeros_like(plane)
    out[rows:] = plane[: len(plane) - rows]
    return out


def _window_sums(sheet: Sheet, plane: Floats, own: slice, length: int) -> Floats:
    """Return sums over the last *length* rows, NaN where one is missing or a break lies inside."""
    sums = np.full(plane.shape, np.nan)
    for row in range(length - 1, len(plane)):
        sums[row] = plane[row - length + 1 : row + 1].sum(axis=0)
        if sheet.segments is not None:
            whole = sheet.segments[row - length + 1, own] == sheet.segments[row, own]
            sums[row] = np.where(whole, sums[row], np.nan)
    return sums


def mark_small_numbers(sheet: Sheet, measures: Sequence[Measure], places: Sequence[int]) -> None:
    """Mark figures whose denominator (the window's, where rolling) is below the measure's smallest."""
    for n in places:
        smallest = measures[n].smallest_denominator
        if smallest is None or "denominator" not in sheet.planes:
            continue
        own = sheet.columns_of(n)
        _mark(sheet, own, sheet.planes["denominator"][:, own] < smallest, Reason.SMALL_NUMBERS)


def _mark(sheet: Sheet, own: slice, where: np.ndarray, reason: Reason) -> None:
    """Give a reason to cells of one measure that have none yet."""
    if not where.any():
        return
    if sheet.reasons is None:
        sheet.reasons = np.zeros(sheet.shape, dtype=np.int8)
    block = sheet.reasons[:, own]
    block[where & (block == 0)] = reason.code
