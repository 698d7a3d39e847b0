"""Figures that fail a check of their measure: they are shown, not judged, in no limit or comparison, and named to be mended."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from alerting.domain import exact
from alerting.domain.area import AreaTree
from alerting.domain.arrays import Flags, Floats
from alerting.domain.data_checks import DataChecks
from alerting.domain.finding import Reason
from alerting.domain.measure import Measure
from alerting.domain.place import Place
from alerting.domain.problem import Problem, ProblemSeverity
from alerting.figures.figure_rows import FigureRows
from alerting.figures.observations import Reading
from alerting.figures.panel_builder import PanelBuilder
from alerting.figures.totals import rounding_slack

#: The code of problems with figures that are held until they are mended or accepted.
FAILED_CHECK = "failed-check"
#: Figures named one by one in a problem; the rest is counted.
_MOST_LISTED = 3
_FIX = "mend the figure; where it is right, `alerting figures accept {measure} {area} {period}` lets it through"

#: Cells that fail, `[periods x series of the measure]`, and what is said of one by row and column.
_Failing = tuple[Flags, Callable[[int, int], str]]


def hold_failing(
    sheet: PanelBuilder,
    places: Sequence[int],
    measures: Sequence[Measure],
    areas: AreaTree,
    reading: Reading,
    as_of: date,
) -> Iterator[Problem]:
    """Hold the figures of some measures that fail a check, and yield a problem for each period of each check.

    Args:
        reading: where the sheet's figures come from, to name their rows, and which of them somebody accepted.
    """
    for n in places:
        checks = measures[n].checks
        if checks is None:
            continue
        own = sheet.columns_of(n)
        areas_of = _areas_of(sheet, own, areas)
        for name, (fails, words) in _failing(sheet, n, measures[n], areas, reading):
            if not fails.any():
                continue
            _hold(sheet, own, fails, words)
            for row in np.flatnonzero(fails.any(axis=1)).tolist():
                columns = np.flatnonzero(fails[row])
                ids = [areas_of[column] for column in columns.tolist()]
                said = [words(row, column) for column in columns.tolist()]
                listed = list(dict.fromkeys(said if name == "areas" else map(": ".join, zip(ids, said, strict=True))))
                rows = FigureRows(reading.observations, sheet.period(row), as_of).of(
                    n, int(sheet.area_of[own.start + columns[0]])
                )
                yield _problem(measures[n], name, str(sheet.period(row)), ids, listed, rows)


def _failing(
    sheet: PanelBuilder, n: int, measure: Measure, areas: AreaTree, reading: Reading
) -> Iterator[tuple[str, _Failing]]:
    """Yield the checks of a measure by name, one after the other: what one holds, the next does not look at."""
    checks, accepted = measure.checks, _accepted(sheet, n, measure, areas, reading)
    assert checks is not None
    if checks.lowest is not None or checks.highest is not None:
        yield "value", _outside(_printed(sheet, n), accepted, checks)
    if checks.areas_add_up:
        yield "areas", _not_adding_up(sheet, n, accepted, measure, areas)
    if checks.change is not None:
        yield "change", _jumping(_printed(sheet, n), accepted, _segments(sheet, n), checks)


def _printed(sheet: PanelBuilder, n: int) -> Floats:
    """Return a measure's figures that would be judged; NaN elsewhere."""
    own = sheet.columns_of(n)
    values = sheet.plane("value")[:, own]
    return values.copy() if sheet.reasons is None else np.where(sheet.reasons[:, own] == 0, values, np.nan)


def _accepted(sheet: PanelBuilder, n: int, measure: Measure, areas: AreaTree, reading: Reading) -> Flags:
    """Return which of a measure's figures somebody says are true, as they are now."""
    own = sheet.columns_of(n)
    values = sheet.plane("value")[:, own]
    found = np.zeros(values.shape, dtype=bool)
    place = {id_: column for column, id_ in enumerate(_areas_of(sheet, own, areas))}
    for id_, area, period, value in reading.accepted:
        row, column = period.ordinal - sheet.first, place.get(area)
        if id_ == measure.id and period.kind is sheet.kind and column is not None and 0 <= row < sheet.n_periods:
            found[row, column] = values[row, column] == value
    return found


def _segments(sheet: PanelBuilder, n: int) -> NDArray[np.int32] | None:
    return None if sheet.segments is None else sheet.segments[:, sheet.columns_of(n)]


def _outside(values: Floats, accepted: Flags, checks: DataChecks) -> _Failing:
    fails = np.zeros(values.shape, dtype=bool)
    if checks.lowest is not None:
        fails |= exact.below(values, checks.lowest)
    if checks.highest is not None:
        fails |= exact.above(values, checks.highest)
    low, high = checks.lowest, checks.highest
    if low is not None and high is not None:
        line = f"outside {_number(low)} to {_number(high)}"
    else:
        line = f"below {_number(low)}" if low is not None else f"above {_number(high or 0.0)}"
    return fails & ~accepted, lambda row, column: f"{_number(values[row, column])} is {line}"


def _jumping(values: Floats, accepted: Flags, segments: NDArray[np.int32] | None, checks: DataChecks) -> _Failing:
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
    most = f"{_number(checks.change)} %" if checks.relative else _number(checks.change)
    return (
        fails,
        lambda row, column: (
            f"{_number(values[row, column])} after {_number(before[row, column])} is a change of more than {most}"
        ),
    )


def _not_adding_up(sheet: PanelBuilder, n: int, accepted: Flags, measure: Measure, areas: AreaTree) -> _Failing:
    """Find areas whose figure is not the sum of those of the areas in it; which of them is wrong nobody knows: all are held."""
    values, own = _printed(sheet, n), sheet.columns_of(n)
    fails, words = np.zeros(values.shape, dtype=bool), dict[tuple[int, int], str]()
    place = {id_: column for column, id_ in enumerate(_areas_of(sheet, own, areas))}
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
            said = f"{parent} has {_number(total[row])}, the areas in it add up to {_number(parts[row])}"
            words |= {(row, column): said for column in columns}
            fails[row, columns] = True
    return fails & ~accepted, lambda row, column: words[row, column]


def _areas_of(sheet: PanelBuilder, own: slice, areas: AreaTree) -> list[str]:
    ids = list(areas.areas)
    return [ids[place] for place in sheet.area_of[own].tolist()]


def _hold(sheet: PanelBuilder, own: slice, fails: Flags, words: Callable[[int, int], str]) -> None:
    if sheet.held is None:
        sheet.held = np.zeros(sheet.shape, dtype=bool)
    held = np.zeros(sheet.shape, dtype=bool)
    held[:, own] = fails
    sheet.held |= held
    sheet.set_reason(held, Reason.HELD)
    for row, column in np.argwhere(fails).tolist():
        sheet.failed_checks[row, own.start + column] = words(row, column)


def _problem(
    measure: Measure, name: str, period: str, areas: Sequence[str], listed: Sequence[str], at: tuple[str, int]
) -> Problem:
    """Name the figures of one period that fail one check; the same figures again are the same problem."""
    left = len(listed) - _MOST_LISTED
    more = f"; and {left:,} more" if left > 0 else ""
    return Problem(
        place=Place(file=at[0], line=at[1], column=1),
        code=FAILED_CHECK,
        severity=ProblemSeverity.WARNING,
        message=f"{measure.id} {period}: held by a check: {'; '.join(listed[:_MOST_LISTED])}{more}",
        fix=_FIX.format(measure=measure.id, area=areas[0], period=period),
        about=f"{name} {measure.id} {period} {' '.join(areas)}",
        source=measure.source,
    )


def _number(value: float) -> str:
    return f"{value:,.12g}"
