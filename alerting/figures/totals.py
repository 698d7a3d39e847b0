"""Totals that their parts do not add up to: `total:` of a measure with items. The figures are judged all the same."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from alerting.domain import exact
from alerting.domain.arrays import Flags, Floats, Index
from alerting.domain.measure import Family, Measure, Unit
from alerting.domain.place import Place
from alerting.domain.problem import Problem, ProblemSeverity
from alerting.figures.figure_rows import FigureRows
from alerting.figures.observations import Ints, Observations
from alerting.figures.panel_builder import PanelBuilder

#: Periods of a measure that have a warning of their own; areas, and spans of rows, named in one.
_MOST_PERIODS, _MOST_AREAS, _MOST_SPANS = 5, 3, 4
#: Digits after the point that are looked for; figures with more are taken as printed in full.
_MOST_DECIMALS = 6
_FIX = "mend the figure that is wrong; where the items are not all that is counted, take total: out of the measure"


def differing_totals(
    sheet: PanelBuilder,
    families: Sequence[Family],
    measures: Sequence[Measure],
    areas: Sequence[str],
    read: Sequence[Observations],
    as_of: date,
) -> Iterator[Problem]:
    """Warn, period by period, of printed totals that the printed parts do not add up to, where all of them are there.

    Args:
        read: where the sheet's figures come from, to name their rows.
    """
    for family in families:
        checked = Added.of(sheet, family, measures)
        if checked is None or not checked.differs.any():
            continue
        rows = np.flatnonzero(checked.differs.any(axis=1))[::-1].tolist()
        for row in rows[:_MOST_PERIODS]:
            yield _warning(checked, row, measures, areas, FigureRows(read, sheet.period(row), as_of))
        if len(rows) > _MOST_PERIODS:
            yield _and_more(checked, rows[_MOST_PERIODS], len(rows) - _MOST_PERIODS, measures, read, as_of)


@dataclass(frozen=True, kw_only=True, eq=False)
class Added:
    """A family's totals and the sums of its parts, `[periods x areas]`, in the areas in which all of them report."""

    sheet: PanelBuilder
    family: Family
    areas: Ints
    total: Floats
    parts: Floats
    differs: Flags

    @classmethod
    def of(cls, sheet: PanelBuilder, family: Family, measures: Sequence[Measure]) -> "Added | None":
        """Add the parts up; None where they and the total share no area."""
        members = (family.total, *family.parts)
        areas: Ints = sheet.area_of[sheet.columns_of(family.total)]
        for n in family.parts:
            areas = np.intersect1d(areas, sheet.area_of[sheet.columns_of(n)], assume_unique=True)
        if not len(areas):
            return None
        columns = [
            sheet.columns_of(n).start + np.searchsorted(sheet.area_of[sheet.columns_of(n)], areas) for n in members
        ]
        figures = np.stack([_printed(sheet, own) for own in columns])
        with np.errstate(all="ignore"):  # figures near the largest numbers overflow to infinity, which is not compared
            total, parts = figures[0], np.add.accumulate(figures[1:])[-1]
            apart = np.abs(total - parts)
        differs = np.isfinite(apart) & (apart > 0)
        doubtful = np.flatnonzero(differs.any(axis=1))
        slack = rounding_slack(figures[:, doubtful], measures[family.total])
        with np.errstate(all="ignore"):
            largest = np.abs(figures[:, doubtful]).max(axis=0)
        differs[doubtful] &= exact.above(apart[doubtful], slack, largest)
        return cls(sheet=sheet, family=family, areas=areas, total=total, parts=parts, differs=differs)


def _printed(sheet: PanelBuilder, columns: Index) -> Floats:
    """Return figures as the sources give them, NaN where one is not judged."""
    values = sheet.plane("value")[:, columns]
    return values if sheet.reasons is None else np.where(sheet.reasons[:, columns] == 0, values, np.nan)


def rounding_slack(figures: Floats, measure: Measure) -> Floats:
    """Return by how much a sum of rounded figures may differ, period by period: half a unit of the last digit for each.

    The last digit is the finest that any figure of the period has. Whole counts are not rounded.
    """
    half = np.full((figures.shape[1], 1), 0.0 if measure.unit is Unit.COUNT and measure.scale is None else 0.5)
    left = np.arange(figures.shape[1])
    for decimals in range(_MOST_DECIMALS + 1):
        with np.errstate(all="ignore"):
            scaled = figures[:, left] * 10.0**decimals
            finer = np.abs(scaled - np.rint(scaled)) > 1e-6 + 1e-15 * np.abs(scaled)
        left = left[finer.any(axis=(0, 2))]
        half[left] = 0.05 * 10.0**-decimals
    return half * len(figures)


def _warning(checked: Added, row: int, measures: Sequence[Measure], areas: Sequence[str], rows: FigureRows) -> Problem:
    family, places = checked.family, np.flatnonzero(checked.differs[row]).tolist()
    listed = []
    for place in places[:_MOST_AREAS]:
        area, total, parts = (
            int(checked.areas[place]),
            float(checked.total[row, place]),
            float(checked.parts[row, place]),
        )
        file, line = rows.of(family.total, area)
        spans = _spans(file, [rows.of(n, area) for n in family.parts])
        apart = f"{_number(abs(parts - total))} {'more' if parts > total else 'less'}"
        listed.append(
            f"{areas[area]}: the total is {_number(total)} (row {line}), its {len(family.parts):,} parts add up to"
            f" {_number(parts)}, {apart} ({spans})"
        )
    file, line = rows.of(family.total, int(checked.areas[places[0]]))
    left = len(places) - _MOST_AREAS
    more = f" and {left:,} more area{'s' * (left != 1)}" if left > 0 else ""
    message = f"{measures[family.total].id} {checked.sheet.period(row)}: {'; '.join(listed)}{more}"
    return _problem(file, line, message, measures[family.total])


def _and_more(
    checked: Added, row: int, count: int, measures: Sequence[Measure], read: Sequence[Observations], as_of: date
) -> Problem:
    """Count the older periods, at the row of the newest of them."""
    area = int(checked.areas[np.flatnonzero(checked.differs[row])[0]])
    file, line = FigureRows(read, checked.sheet.period(row), as_of).of(checked.family.total, area)
    periods = "1 older period" if count == 1 else f"{count:,} older periods"
    total = measures[checked.family.total]
    return _problem(file, line, f"{total.id}: the same in {periods}, up to {checked.sheet.period(row)}", total)


def _problem(file: str, line: int, message: str, total: Measure) -> Problem:
    return Problem(
        place=Place(file=file, line=line, column=1),
        code="parts-differ",
        severity=ProblemSeverity.WARNING,
        message=message,
        fix=_FIX,
        source=total.source,
    )


def _number(value: float) -> str:
    return f"{value:,.12g}"


def _spans(file: str, places: Sequence[tuple[str, int]]) -> str:
    """Write rows, neighbours as one span; those of another file than *file* with its name."""
    spans: list[tuple[str, int, int]] = []
    for name, row in sorted(places, key=lambda place: (place[0] != file, place)):
        if spans and (spans[-1][0], spans[-1][2]) == (name, row - 1):
            spans[-1] = (name, spans[-1][1], row)
        else:
            spans.append((name, row, row))
    written = []
    for name, first, last in spans[:_MOST_SPANS]:
        rows = f"row {first}" if first == last else f"rows {first} to {last}"
        written.append(rows if name == file else f"{name} {rows}")
    return ", ".join(written) + (" and more" if len(spans) > _MOST_SPANS else "")
