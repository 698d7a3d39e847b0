"""From observations to sheets: what was known on the day, revisions and conflicts settled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from alerting.domain.arrays import Flags
from alerting.domain.finding import Reason
from alerting.domain.measure import Measure
from alerting.domain.period import KINDS, Calendar, PeriodKind
from alerting.domain.place import Place
from alerting.domain.problem import Problem, ProblemSeverity
from alerting.figures.observations import Ints, Observations
from alerting.figures.one_line import on_one_line
from alerting.figures.panel_builder import PanelBuilder

#: Figures of periods longer ago than this are left out: they are typing errors, and would make every panel huge.
OLDEST_YEARS = 60
_LARGEST_INT32 = 2**31 - 1
T = TypeVar("T", bound=np.generic)
Keys = NDArray[np.signedinteger]
#: Most conflicts that are listed one by one.
MOST_LISTED = 20


@dataclass(frozen=True, eq=False)
class KnownRows:
    """Which entries of one source count for a kind on a day."""

    source: Observations
    #: Their places; None: all of them, so that no column is copied.
    places: NDArray[np.intp] | None = None

    def __len__(self) -> int:
        return len(self.source.ordinal) if self.places is None else len(self.places)

    def of(self, column: NDArray[T]) -> NDArray[T]:
        """Return a column of the source at these entries."""
        return column if self.places is None else column[self.places]

    def at(self, chosen: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return the places in the source of some of these entries."""
        return chosen if self.places is None else self.places[chosen]

    def only(self, measures: Flags) -> "KnownRows":
        """Keep the entries of the measures whose place is set."""
        if measures.all():
            return self
        wanted = measures[self.of(self.source.measure)]
        return self if wanted.all() else KnownRows(self.source, self.at(np.flatnonzero(wanted)))


def visible(
    all_observations: Sequence[Observations], kind: PeriodKind, as_of: date, calendar: Calendar
) -> list[KnownRows]:
    """Return the entries of *kind* that were known on *as_of*, of complete periods only."""
    newest = calendar.newest_complete(as_of, kind).ordinal
    oldest = calendar.containing(as_of.replace(day=1, year=max(as_of.year - OLDEST_YEARS, 1)), kind).ordinal
    today, code = as_of.toordinal(), KINDS.index(kind)
    found = []
    for source in all_observations:
        counts = (source.ordinal <= newest) & (source.ordinal >= oldest) & (source.published <= today)
        counts &= source.kind == code
        if counts.all():
            found.append(KnownRows(source))
        elif counts.any():
            found.append(KnownRows(source, np.flatnonzero(counts)))
    return found


def series_keys(measure: Ints, area: Ints, n_areas: int) -> Keys:
    """Number series by measure and area; in half the memory traffic for all but the largest."""
    small = (int(measure.max(initial=0)) + 1) * n_areas <= _LARGEST_INT32
    width: type[np.signedinteger] = np.int32 if small else np.int64
    keys: Keys = measure.astype(width)
    keys *= width(n_areas)
    keys += area
    return keys


def place_observations(
    sheet: PanelBuilder, entries: Sequence[KnownRows], areas: Sequence[str], measures: Sequence[Measure]
) -> list[Problem]:
    """Put each source's entries into the sheet; return the conflicts."""
    problems: list[Problem] = []
    n_areas = max(len(areas), 1)
    key = series_keys(sheet.measure_of, sheet.area_of, n_areas)
    for entry in entries:
        if len(key) == 0 or len(entry) == 0:
            continue
        chosen, cells, pairs, conflicts = _settled(_cells(sheet, entry, key, n_areas), entry)
        problems += [_conflict(entry.source, *pair, sheet, measures, areas) for pair in pairs[:MOST_LISTED]]
        if len(pairs) > MOST_LISTED:
            problems.append(_further(entry.source, pairs[MOST_LISTED][1], len(pairs) - MOST_LISTED))
        _fill(sheet, chosen, cells)
        if len(conflicts):
            flags: Flags = np.zeros(sheet.n_periods * len(key), dtype=bool)
            flags[conflicts] = True
            sheet.set_reason(flags.reshape(sheet.shape), Reason.CONFLICT)
            for plane in sheet.planes.values():  # what is contradicted is cited nowhere
                plane.reshape(-1)[conflicts] = np.nan
    return problems


def _cells(sheet: PanelBuilder, entry: KnownRows, key: Keys, n_areas: int) -> Keys:
    """Return the cell of the flattened sheet that each entry falls into."""
    source = entry.source
    width: type[np.signedinteger] = np.int32 if sheet.n_periods * len(key) < _LARGEST_INT32 else np.int64
    column_of = np.zeros(int(key.max()) + 1, dtype=width)
    column_of[key] = np.arange(len(key))
    cells: Keys = entry.of(source.ordinal).astype(width, copy=False) - width(sheet.first)
    cells *= width(len(key))
    cells += column_of[series_keys(entry.of(source.measure), entry.of(source.area), n_areas)]
    return cells


def _settled(cells: Keys, entry: KnownRows) -> tuple[KnownRows, Keys, list[tuple[int, int]], Keys]:
    """Choose the entry that counts for each cell: the newest published.

    Returns:
        the entries, their cells, the pairs of entries that differ, and the cells in conflict.
    """
    source = entry.source
    counts = np.zeros(int(cells.max()) + 1, dtype=bool)
    counts[cells] = True
    if int(np.count_nonzero(counts)) == len(cells):  # as many cells as entries: none stands twice
        return entry, cells, [], np.empty(0, dtype=np.int64)
    again = np.bincount(cells, minlength=len(counts)) > 1
    among = np.flatnonzero(again[cells])
    published = entry.of(source.published)
    order = among[np.lexsort((among, published[among], cells[among]))]
    new_group = np.ones(len(order), dtype=bool)
    new_group[1:] = (np.diff(cells[order]) != 0) | (np.diff(published[order]) != 0)
    first_of = order[np.maximum.accumulate(np.where(new_group, np.arange(len(order)), 0))]
    differs = _differ(source, entry.at(order), entry.at(first_of))
    newest = np.ones(len(order), dtype=bool)
    newest[:-1] = np.diff(cells[order]) != 0
    pairs = zip(entry.at(first_of[differs]).tolist(), entry.at(order[differs]).tolist(), strict=True)
    # a cell is in conflict only where the rows that differ are the newest published ones
    newest_day = dict(zip(cells[order[newest]].tolist(), published[order[newest]].tolist(), strict=True))
    in_conflict = [int(cells[o]) for o in order[differs] if newest_day[int(cells[o])] == published[o]]
    chosen = np.sort(np.concatenate([np.flatnonzero(~again[cells]), order[newest]]))
    return (
        KnownRows(source, entry.at(chosen)),
        cells[chosen],
        list(pairs),
        np.array(sorted(set(in_conflict)), dtype=np.int64),
    )


def _differ(source: Observations, mine: NDArray[np.intp], other: NDArray[np.intp]) -> Flags:
    """Return where two entries differ in any cell."""
    differs: Flags = np.zeros(len(mine), dtype=bool)
    for codes in (source.refused, source.suppressed, source.provisional, source.note, source.variant):
        if codes is not None:
            differs |= codes[mine] != codes[other]
    for column in source.columns.values():
        a, b = column[mine], column[other]
        differs |= (a != b) & ~((a != a) & (b != b))
    return differs


def _conflict(
    source: Observations,
    first: int,
    second: int,
    sheet: PanelBuilder,
    measures: Sequence[Measure],
    areas: Sequence[str],
) -> Problem:
    (one_file, one), (file, other) = source.where(first), source.where(second)
    period = sheet.period(int(source.ordinal[first]) - sheet.first)
    series = f"{measures[int(source.measure[first])].id} in {areas[int(source.area[first])]}"
    column, found = differing_cell(source, first, second)
    what = "" if found is None else f': "{found[0]}" and "{found[1]}"'
    about = f"{series}, {period}, in {column}{what}"
    rows = f"rows {one} and {other}" if one_file == file else f"row {one} of {one_file} and row {other}"
    message = f"{rows} differ for {about}"
    fix = "keep the right one; a revision needs a later day in the column published"
    if column == "period":
        fix = "keep one date inside each period, or judge the measure every day or week"
    elif column in source.unread:
        fix = f"keep one, or map what tells them apart ({column}) as period, measure or area"
    place = Place(file=file, line=other, column=1)
    return Problem(
        place=place,
        code="conflict",
        severity=ProblemSeverity.ERROR,
        message=on_one_line(message),
        fix=fix,
        about=about,
        source=source.source,
        names_its_rows=True,
    )


def _further(source: Observations, entry: int, more: int) -> Problem:
    file, row = source.where(entry)
    place = Place(file=file, line=row, column=1)
    message = f"{more:,} more pair{'s' * (more != 1)} of rows differ{'s' * (more == 1)} in the same way"
    return Problem(
        place=place,
        code="conflict",
        severity=ProblemSeverity.ERROR,
        message=message,
        about="further pairs",
        source=source.source,
    )


def differing_cell(source: Observations, first: int, second: int) -> tuple[str, tuple[str, str] | None]:
    """Return the column in which two entries differ, and both texts as they stand, where the file is at hand."""
    records = int(source.record[first]), int(source.record[second])
    for column in ("value", *source.columns):
        numbers = source.columns.get(column)
        if numbers is None or numbers[first] == numbers[second] or np.isnan(numbers[[first, second]]).all():
            continue
        texts = [source.cell(record, column) for record in records] if source.cell else numbers[[first, second]]
        return column, (str(texts[0]), str(texts[1]))
    if source.cell is None:
        return "cells that hold no figure", None
    told_apart = source.variant is not None and source.variant[first] != source.variant[second]
    words = (*source.unread, "period") if told_apart else ("provisional", "note", *source.columns)
    for column in words:
        one, other = (source.cell(record, column) for record in records)
        if one != other:
            return column, (one, other)
    return "cells that hold no figure", None


def _fill(sheet: PanelBuilder, entry: KnownRows, cells: Keys) -> None:
    """Write the chosen entries' numbers, flags and notes into the planes."""
    source = entry.source
    for name, column in source.columns.items():
        taken = entry.of(column)
        if name == "value" or not np.isnan(taken).all():
            sheet.plane(name).reshape(-1)[cells] = taken
    for flags, reason in ((source.suppressed, Reason.SUPPRESSED), (source.refused, Reason.REFUSED)):
        if flags is not None and flags.any():
            where = np.zeros(sheet.n_periods * sheet.shape[1], dtype=bool)
            where[cells[entry.of(flags)]] = True
            if where.any():
                sheet.set_reason(where.reshape(sheet.shape), reason)
    if source.provisional is not None:
        if sheet.provisional is None:
            sheet.provisional = np.zeros(sheet.shape, dtype=bool)
        sheet.provisional.reshape(-1)[cells] = entry.of(source.provisional)
    if source.note is not None:
        if sheet.note_codes is None:
            sheet.note_codes = np.zeros(sheet.shape, dtype=np.int32)
        offset = len(sheet.note_texts)
        sheet.note_texts += source.note_texts
        sheet.note_codes.reshape(-1)[cells] = entry.of(source.note) + offset
