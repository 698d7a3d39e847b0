"""Figures that sources do not print and that one period and area gives: ratios, rates of two measures; small numbers."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from alerting.domain import exact
from alerting.domain.arrays import Codes, Flags, Floats
from alerting.domain.finding import Reason
from alerting.domain.measure import Measure
from alerting.domain.period import Calendar, PeriodKind
from alerting.figures.panel_builder import PanelBuilder

#: Columns of changes as published, in percent.
PRINTED_CHANGES = ("change_previous_period", "change_same_period_last_year", "change_year_to_date")


def fill_ratios(sheet: PanelBuilder, measures: Sequence[Measure], places: Sequence[int]) -> None:
    """Where a value is empty, make it numerator / denominator on the measure's scale; nothing over nothing is small numbers."""
    if not {"numerator", "denominator"} <= sheet.planes.keys():
        return
    value, top, bottom = (sheet.plane(name) for name in ("value", "numerator", "denominator"))
    for n in places:
        own = sheet.columns_of(n)
        empty = np.isnan(value[:, own]) & ~np.isnan(top[:, own])
        if not empty.any():
            continue
        ratio = exact.ratio(top[:, own], bottom[:, own], measures[n].ratio_scale)
        value[:, own] = np.where(empty & np.isfinite(ratio), ratio, value[:, own])
        mark(sheet, own, empty & (bottom[:, own] == 0), Reason.SMALL_NUMBERS)


def make_rates(
    sheet: PanelBuilder, n: int, measure: Measure, parts: tuple[int, int], sheets: Mapping[PeriodKind, PanelBuilder]
) -> None:
    """Make a measure that is the ratio of two others, area by area; a coarser part serves every period it holds."""
    own = sheet.columns_of(n)
    for place, name in zip(parts, ("numerator", "denominator"), strict=True):
        plane = sheet.plane(name)
        plane[:, own], reasons, provisional = _part(sheet, own, place, sheets)
        pass_on(sheet, own, reasons)
        sheet.mark_provisional((slice(None), own), provisional)
    value, top, bottom = (sheet.plane(name) for name in ("value", "numerator", "denominator"))
    ratio = exact.ratio(top[:, own], bottom[:, own], measure.ratio_scale)
    value[:, own] = np.where(np.isfinite(ratio), ratio, np.nan)
    mark(sheet, own, ~np.isnan(top[:, own]) & (bottom[:, own] == 0), Reason.SMALL_NUMBERS)


def _part(
    sheet: PanelBuilder, own: slice, part: int, sheets: Mapping[PeriodKind, PanelBuilder]
) -> tuple[Floats, Codes, Flags]:
    """Return another measure's figures at this sheet's periods and areas, from the finest coarser-or-equal sheet.

    A figure that is not judged is none here either, with its reason; one that may still change goes on doing so.
    """
    found = np.full((sheet.n_periods, own.stop - own.start), np.nan)
    reasons, provisional = np.zeros(found.shape, dtype=np.int8), np.zeros(found.shape, dtype=bool)
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
                if other.provisional is not None:
                    provisional[here, place] = other.provisional[rows[here], column]
        return found, reasons, provisional
    return found, reasons, provisional


def _judged(sheet: PanelBuilder, columns: NDArray[np.intp]) -> tuple[Floats, Codes]:
    """Return some columns' values, NaN where they are not judged, and the reasons why."""
    values = sheet.plane("value")[:, columns]
    if sheet.reasons is None:
        return values, np.zeros(values.shape, dtype=np.int8)
    reasons = sheet.reasons[:, columns]
    return np.where(reasons == 0, values, np.nan), reasons


def pass_on(sheet: PanelBuilder, own: slice, reasons: Codes) -> None:
    """Give what is made of a figure that is not judged the same reason."""
    for code in np.flatnonzero(np.bincount(reasons.ravel())[1:]) + 1:
        reason = Reason.from_code(int(code))
        assert reason is not None
        mark(sheet, own, reasons == code, reason)


def mark_without_level(sheet: PanelBuilder, places: Sequence[int]) -> None:
    """Mark cells that came as a change in percent, as published, without the figure itself."""
    changes = [sheet.planes[name] for name in PRINTED_CHANGES if name in sheet.planes]
    if not changes:
        return
    printed = np.isfinite(changes[0])
    for plane in changes[1:]:
        printed |= np.isfinite(plane)
    alone = printed & np.isnan(sheet.plane("value"))
    for n in places if alone.any() else ():
        own = sheet.columns_of(n)
        if sheet.held is not None:
            mark(sheet, own, alone[:, own] & sheet.held[:, own], Reason.HELD)
        mark(sheet, own, alone[:, own], Reason.NO_LEVEL)


def mark_small_numbers(sheet: PanelBuilder, measures: Sequence[Measure], places: Sequence[int]) -> None:
    """Mark figures whose denominator (the window's, where rolling) is below the measure's smallest."""
    for n in places:
        smallest = measures[n].smallest_denominator
        if smallest is None or "denominator" not in sheet.planes:
            continue
        own = sheet.columns_of(n)
        mark(sheet, own, sheet.planes["denominator"][:, own] < smallest, Reason.SMALL_NUMBERS)


def mark(sheet: PanelBuilder, own: slice, where: np.ndarray, reason: Reason) -> None:
    """Give a reason to cells of one measure that have none yet."""
    if not where.any():
        return
    if sheet.reasons is None:
        sheet.reasons = np.zeros(sheet.shape, dtype=np.int8)
    block = sheet.reasons[:, own]
    block[where & (block == 0)] = reason.code
