"""Figures that fail a check of their measure: they are shown, not judged, in no limit or comparison, and named to be mended."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from alerting.domain import exact
from alerting.domain.area import AreaTree
from alerting.domain.arrays import Flags, Floats
from alerting.domain.data_checks import DataChecks
from alerting.domain.finding import Reason
from alerting.domain.measure import Measure
from alerting.domain.problem import Problem
from alerting.figures.check_problems import HELD, CheckProblems, Found, areas_of
from alerting.figures.contradictions import apart_from
from alerting.figures.observations import Reading
from alerting.figures.panel_builder import PanelBuilder
from alerting.figures.slip_checks import accepted_in, number, printed, slips_in
from alerting.figures.totals import rounding_slack
from alerting.wording.plain import counted


def hold_failing(problems: CheckProblems, places: Sequence[int], measures: Sequence[Measure]) -> Iterator[Problem]:
    """Hold the figures of some measures that fail a check, and yield a problem for each period of each check."""
    sheet, areas = problems.sheet, problems.areas
    for n in places:
        if measures[n].checks is None:
            continue
        for check, found in _failing(sheet, n, measures[n], areas, problems.reading):
            if found[0].any():
                hold(sheet, sheet.columns_of(n), *found)
                yield from problems.of(n, measures[n], check, found, HELD)


def _failing(
    sheet: PanelBuilder, n: int, measure: Measure, areas: AreaTree, reading: Reading
) -> Iterator[tuple[str, Found]]:
    """Yield the checks of a measure by name, one after the other: what one holds, the next does not look at."""
    checks, accepted = measure.checks, accepted_in(sheet, n, measure, areas, reading)
    assert checks is not None
    if checks.lowest is not None or checks.highest is not None:
        yield "value", _outside(printed(sheet, sheet.columns_of(n)), accepted, checks)
    if checks.agrees_with_parts:
        yield "parts", _contradicting(sheet, n, accepted, measure)
    if checks.fewest is not None:
        yield "rows", _too_few(printed(sheet, sheet.columns_of(n)), accepted, checks.fewest)
    if checks.slips:
        own = sheet.columns_of(n)
        yield from slips_in(sheet, np.arange(own.start, own.stop), accepted, areas, checks.slips)
    if checks.areas_add_up:
        yield "areas", _not_adding_up(sheet, n, accepted, measure, areas)
    if checks.change is not None:
        yield "change", _jumping(printed(sheet, sheet.columns_of(n)), accepted, _segments(sheet, n), checks)


def _segments(sheet: PanelBuilder, n: int) -> NDArray[np.int32] | None:
    return None if sheet.segments is None else sheet.segments[:, sheet.columns_of(n)]


def _outside(values: Floats, accepted: Flags, checks: DataChecks) -> Found:
    fails = np.zeros(values.shape, dtype=bool)
    if checks.lowest is not None:
        fails |= exact.below(values, checks.lowest)
    if checks.highest is not None:
        fails |= exact.above(values, checks.highest)
    low, high = checks.lowest, checks.highest
    if low is not None and high is not None:
        line = f"outside {number(low)} to {number(high)}"
    else:
        line = f"below {number(low)}" if low is not None else f"above {number(high or 0.0)}"
    return fails & ~accepted, lambda row, column: f"{number(values[row, column])} is {line}"


def _contradicting(sheet: PanelBuilder, n: int, accepted: Flags, measure: Measure) -> Found:
    """Find printed values that are not what their own numerator and denominator make, as far as they are rounded."""
    own = sheet.columns_of(n)
    values = printed(sheet, own)
    fails, made = np.zeros(values.shape, dtype=bool), np.full(values.shape, np.nan)
    top, bottom = sheet.planes.get("numerator"), sheet.planes.get("denominator")
    if top is not None and bottom is not None:
        with np.errstate(all="ignore"):
            made = top[:, own] / bottom[:, own] * measure.ratio_scale
        fails = apart_from(values, made)
    return (
        fails & ~accepted,
        lambda row, column: (
            f"{number(values[row, column])} is printed, its numerator and denominator make {made[row, column]:.6g}"
        ),
    )


def _too_few(values: Floats, accepted: Flags, fewest: int) -> Found:
    """Find periods of which fewer figures have come than there must be."""
    came = ~np.isnan(values)
    counts = came.sum(axis=1)
    fails = came & (counts < fewest)[:, np.newaxis]
    return fails & ~accepted, lambda row, _: f"{counted(int(counts[row]), 'figure')}, fewer than {fewest:,}"


def _jumping(values: Floats, accepted: Flags, segments: NDArray[np.int32] | None, checks: DataChecks) -> Found:
    """Hold each figure against the last one before it that was believed, on the same side of breaks."""
    assert checks.change is not None
    fails, before = np.zeros(values.shape, dtype=bool), np.full(values.shape, np.nan)
    believed = np.full(values.shape[1], np.nan)
    for row, figures in enumerate(values):
        if segments is not None and row:
            believed = np.where(segments[row] == segments[row - 1], believed, np.nan)
        before[row] = believed
        allowed = np.abs(believed) * checks.change / 100 if checks.relative else np.full_like(believed, checks.change)
        largest = np.fmax(np.abs(figures), np.abs(believed))
        with np.errstate(invalid="ignore"):
            fails[row] = exact.above(np.abs(figures - believed), allowed, largest)
        if checks.relative:  # nothing is a percentage of 0
            fails[row] &= believed != 0
        fails[row] &= ~accepted[row]
        believed = np.where(np.isnan(figures) | fails[row], believed, figures)
    most = f"{number(checks.change)} %" if checks.relative else number(checks.change)
    return (
        fails,
        lambda row, column: (
            f"{number(values[row, column])} after {number(before[row, column])} is a change of more than {most}"
        ),
    )


def _not_adding_up(sheet: PanelBuilder, n: int, accepted: Flags, measure: Measure, areas: AreaTree) -> Found:
    """Find areas whose figure is not the sum of those of the areas in it; which of them is wrong nobody knows: all are held."""
    values, own = printed(sheet, sheet.columns_of(n)), sheet.columns_of(n)
    fails, words = np.zeros(values.shape, dtype=bool), dict[tuple[int, int], str]()
    place = {id_: column for column, id_ in enumerate(areas_of(sheet, own, areas))}
    for parent, children in areas.children.items():
        members = [place.get(id_) for id_ in (parent, *children)]
        columns = [column for column in members if column is not None]
        if len(columns) < len(members):
            continue
        figures = values[:, columns].T[:, :, None]
        with np.errstate(all="ignore"):
            total, parts = figures[0, :, 0], np.add.accumulate(figures[1:])[-1, :, 0]
            apart, largest = np.abs(total - parts), np.abs(figures).max(axis=0)[:, 0]
        differs = exact.above(apart, rounding_slack(figures, measure)[:, 0], largest) & np.isfinite(apart)
        for row in np.flatnonzero(differs & ~accepted[:, columns[0]]).tolist():
            said = f"{parent} has {number(total[row])}, the areas in it add up to {number(parts[row])}"
            words |= {(row, column): said for column in columns}
            fails[row, columns] = True
    return fails & ~accepted, lambda row, column: words[row, column]


def hold(sheet: PanelBuilder, own: slice, fails: Flags, words: Callable[[int, int], str]) -> None:
    """Hold figures of the columns *own*, and remember how each fails."""
    if sheet.held is None:
        sheet.held = np.zeros(sheet.shape, dtype=bool)
    held = np.zeros(sheet.shape, dtype=bool)
    held[:, own] = fails
    sheet.held |= held
    sheet.set_reason(held, Reason.HELD)
    for row, column in np.argwhere(fails).tolist():
        sheet.failed_checks[row, own.start + column] = words(row, column)
