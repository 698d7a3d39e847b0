"""Newest figures of series up to a day, and which measures had figures come in a span of days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from alerting.conditions.kernels.comparison import PUBLISHED, same_side_of_breaks
from alerting.domain.arrays import Flags, Floats, Index
from alerting.domain.block import Block
from alerting.domain.finding import Reason
from alerting.domain.panel import Panel
from alerting.domain.period import KINDS, Period, PeriodKind
from alerting.domain.rule import RuleSet
from alerting.domain.source_columns import averages_among
from alerting.figures.observations import Reading
from alerting.wording.summary import NewestFigure

#: Reasons of cells that came although they hold no figure.
_CAME = tuple(
    reason.code for reason in (Reason.NO_LEVEL, Reason.SUPPRESSED, Reason.REFUSED, Reason.CONFLICT, Reason.HELD)
)


@dataclass(frozen=True, slots=True, eq=False)
class _Columns:
    """One measure's columns, with the newest row of each that has a figure; -1 for none."""

    panel: Panel
    by_area: dict[str, int]
    newest: Index
    #: The newest row of each of which anything came: also what is withheld, refused, held or printed as a change alone.
    came: Index


class NewestFigures:
    """The newest figure of each series up to a day; looked up when asked for, once."""

    def __init__(self, rules: RuleSet, panels: Mapping[PeriodKind, Panel], until: date) -> None:
        self.rules, self.until = rules, until
        self._panels = panels
        self._columns: dict[str, _Columns | None] = {}
        self._figures: dict[tuple[str, str], NewestFigure | None] = {}

    def areas(self, measure: str) -> tuple[str, ...]:
        """Return the areas that a measure has or should have figures for, in tree order."""
        columns = self._of(measure)
        return () if columns is None else tuple(columns.by_area)

    def figure(self, measure: str, area: str) -> NewestFigure | None:
        """Return a series' newest figure; None where it never had one."""
        key = (measure, area)
        if key not in self._figures:
            self._figures[key] = self._find(measure, area)
        return self._figures[key]

    def came(self, measure: str, area: str) -> Period | None:
        """Return the newest period of which something came, be it no figure that can be shown; None where nothing ever did."""
        columns = self._of(measure)
        place = columns.by_area.get(area) if columns is not None else None
        if columns is None or place is None or columns.came[place] < 0:
            return None
        return columns.panel.period(int(columns.came[place]))

    def _of(self, measure: str) -> _Columns | None:
        if measure not in self._columns:
            self._columns[measure] = self._look_up(measure)
        return self._columns[measure]

    def _look_up(self, measure: str) -> _Columns | None:
        panel = self._panels.get(self.rules.measures[measure].every)
        own = panel.columns.get(measure) if panel is not None else None
        if panel is None or own is None:
            return None
        rows = sum(day <= self.until for day in panel.last_days)
        known = np.isfinite(panel.shown[:rows, own])
        came = known if panel.reasons is None else known | np.isin(panel.reasons[:rows, own], _CAME)
        reporting = self.rules.reporting(measure)
        areas = {area: n for n, area in enumerate(panel.areas[own]) if reporting is None or area in reporting}
        return _Columns(panel, areas, _newest(known), _newest(came))

    def _find(self, measure: str, area: str) -> NewestFigure | None:
        columns = self._of(measure)
        place = columns.by_area.get(area) if columns is not None else None
        if columns is None or place is None or columns.newest[place] < 0:
            return None
        panel, row = columns.panel, int(columns.newest[place])
        column = panel.columns[measure].start + place
        areas = self.rules.areas
        return NewestFigure(
            measure=self.rules.measures[measure],
            area=areas[area],
            area_unsaid=self.rules.goes_unsaid(self.rules.measures[measure], area),
            period=panel.period(row),
            value=float(panel.shown[row, column]),
            previous=_comparable(panel, row, row - 1, column),
            last_year=_comparable(panel, row, int(panel.last_year_rows[row]), column),
            average=_average(panel, row, column),
            printed_changes=_printed(panel, row, column),
        )


def _newest(there: Flags) -> Index:
    """Return the last row of each column that is there, -1 where none is."""
    if not len(there):
        return np.full(there.shape[1], -1, dtype=np.intp)
    return np.where(there.any(axis=0), len(there) - 1 - there[::-1].argmax(axis=0), -1)


def _comparable(panel: Panel, row: int, earlier: int, column: int) -> float | None:
    """Return the figure of an earlier row; None where there is none and across a break."""
    if earlier < 0 or (panel.segments is not None and panel.segments[row, column] != panel.segments[earlier, column]):
        return None
    return _known(panel.shown, earlier, column)


def _printed(panel: Panel, row: int, column: int) -> dict[str, float]:
    """Return the changes on the period before and on last year that the source prints, none across a break."""
    own = Block(panel, row, row + 1, slice(column, column + 1))
    changes = {
        versus: _known(panel.planes[PUBLISHED[versus]], row, column)
        for versus in ("previous_period", "same_period_last_year")
        if PUBLISHED[versus] in panel.planes and same_side_of_breaks(own, versus).all()
    }
    return {versus: change for versus, change in changes.items() if change is not None}


def _average(panel: Panel, row: int, column: int) -> tuple[str, float] | None:
    for name in averages_among(panel.planes):
        value = _known(panel.planes[name], row, column)
        if value is not None:
            return name.replace("_", " "), value
    return None


def _known(plane: Floats, row: int, column: int) -> float | None:
    value = float(plane[row, column])
    return value if np.isfinite(value) else None


def updated_measures(rules: RuleSet, reading: Reading, since: date, until: date) -> frozenset[str]:
    """Return the measures of which a figure, new or revised, became known after *since* and up to *until*.

    A figure without a day of publication counts as known the day after its period.
    """
    ids, starts = list(rules.measures), rules.calendar.starts
    found: set[str] = set()
    for source in reading.observations:
        days = source.published.astype(np.int64)
        for kind, ordinal in {(int(k), int(o)) for k, o in zip(source.kind, source.ordinal, strict=True)}:
            undated = (days == 0) & (source.kind == kind) & (source.ordinal == ordinal)
            if undated.any():
                days[undated] = Period(KINDS[kind], ordinal, starts).last_day.toordinal() + 1
        came = (days > since.toordinal()) & (days <= until.toordinal())
        found.update(ids[n] for n in np.unique(source.measure[came]).tolist())
    return frozenset(found)
