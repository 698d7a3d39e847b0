"""Slips looked for in a sheet: those that a measure's checks name hold a figure, all others are only named."""

from collections.abc import Iterator, Sequence

import numpy as np

from alerting.domain.area import AreaTree
from alerting.domain.arrays import Flags, Floats, Index
from alerting.domain.data_checks import Slip
from alerting.domain.measure import Measure
from alerting.domain.problem import Problem
from alerting.figures.check_problems import DOUBTED, CheckProblems, Found, areas_of
from alerting.figures.doubts import Doubts, DoubtsBefore, Figures
from alerting.figures.observations import Reading
from alerting.figures.panel_builder import PanelBuilder
from alerting.figures.slips import repeated, swapped, tenfold

#: Periods that are looked through for slips where no check holds them.
_LOOKED_THROUGH = 12
#: The likelier one is to explain what another might find too, the earlier.
_IN_TURN = (Slip.REPEATED, Slip.SWAPPED, Slip.TENFOLD)


def slips_in(  # each is decided apart
    sheet: PanelBuilder,
    columns: Index,
    accepted: Flags,
    areas: AreaTree,
    slips: Sequence[Slip],
    since: int = 0,
    before: DoubtsBefore | None = None,
) -> Iterator[tuple[Slip, Found]]:
    """Yield what each slip is found in, from row *since* on: what the caller holds meanwhile, the next does not look at.

    Args:
        columns: all those of some measures, side by side.
        accepted: which of their figures somebody says are true.
        before: what was found on an earlier day; takes what is found now.
    """
    ids = list(areas.areas)
    layout = sheet.first, columns.tobytes(), sheet.measure_of.tobytes(), sheet.area_of.tobytes()
    for slip in sorted(slips, key=_IN_TURN.index):
        figures = Figures(
            values=printed(sheet, columns),
            denominators=sheet.planes["denominator"][:, columns] if "denominator" in sheet.planes else None,
            segments=None if sheet.segments is None else sheet.segments[:, columns],
            accepted=accepted,
            measure_of=sheet.measure_of[columns],
            since=since,
            layout=layout,
        )
        known = None if before is None else before.of(sheet.kind, slip)
        if slip is Slip.REPEATED:
            found = repeated(figures, lambda row: sheet.period(row).label)
        elif slip is Slip.SWAPPED:
            found = swapped(figures, number, lambda column: ids[sheet.area_of[columns[column]]], known)
        else:
            found = tenfold(figures, number, known)
        if before is not None:
            before.keep(sheet.kind, slip, Doubts(figures=figures, found=found))
        yield slip, found


def name_doubtful(
    problems: CheckProblems,
    places: Sequence[int],
    measures: Sequence[Measure],
    reading: Reading,
    before: DoubtsBefore | None,
) -> Iterator[Problem]:
    """Yield a problem for each slip in the newest periods of those measures whose checks say nothing of slips.

    The figures are judged all the same: one may well be ten times what it was.

    Args:
        before: what was found on an earlier day; takes what is found now.
    """
    sheet, areas = problems.sheet, problems.areas
    looked = [n for n in places if (checks := measures[n].checks) is None or checks.slips is None]
    columns = np.flatnonzero(np.isin(sheet.measure_of, looked))
    accepted = np.zeros((sheet.n_periods, len(columns)), dtype=bool)
    if reading.accepted:
        for n in looked:
            accepted[:, sheet.measure_of[columns] == n] = accepted_in(sheet, n, measures[n], areas, reading)
    since = max(sheet.n_periods - _LOOKED_THROUGH, 0)
    for name, (doubtful, words) in slips_in(sheet, columns, accepted, areas, tuple(Slip), since, before):
        if not doubtful.any():
            continue
        said = {(row, int(columns[place])): words(row, place) for row, place in np.argwhere(doubtful).tolist()}
        fresh = {at: text for at, text in said.items() if at not in sheet.doubted}
        sheet.doubted.update({at: f"may be a slip: {text}" for at, text in fresh.items()})
        for n in dict.fromkeys(int(sheet.measure_of[column]) for _, column in fresh):
            yield from problems.of(n, measures[n], name, _of_measure(sheet, n, fresh), DOUBTED)


def _of_measure(sheet: PanelBuilder, n: int, said: dict[tuple[int, int], str]) -> Found:
    """Return those cells of a sheet that are a measure's, by its own columns."""
    own = sheet.columns_of(n)
    flags = np.zeros((sheet.n_periods, own.stop - own.start), dtype=bool)
    for row, column in said:
        if own.start <= column < own.stop:
            flags[row, column - own.start] = True
    return flags, lambda row, column: said[row, own.start + column]


def printed(sheet: PanelBuilder, own: slice | Index) -> Floats:
    """Return some columns' figures that would be judged; NaN elsewhere."""
    values = sheet.plane("value")[:, own]
    return values.copy() if sheet.reasons is None else np.where(sheet.reasons[:, own] == 0, values, np.nan)


def accepted_in(sheet: PanelBuilder, n: int, measure: Measure, areas: AreaTree, reading: Reading) -> Flags:
    """Return which of a measure's figures somebody says are true, as they are now."""
    own = sheet.columns_of(n)
    values = sheet.plane("value")[:, own]
    found = np.zeros(values.shape, dtype=bool)
    place = {id_: column for column, id_ in enumerate(areas_of(sheet, own, areas))}
    for id_, area, period, value in reading.accepted:
        row, column = period.ordinal - sheet.first, place.get(area)
        if id_ == measure.id and period.kind is sheet.kind and column is not None and 0 <= row < sheet.n_periods:
            found[row, column] = values[row, column] == value
    return found


def number(value: float) -> str:
    """Write a figure as it was printed."""
    return f"{value:,.12g}"
