"""A series' figures as they stand in the sources, in the shape in which a rule test gives them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np

from alerting.domain.measure import Measure
from alerting.domain.panel import Panel
from alerting.domain.period import KINDS, Period, PeriodKind
from alerting.domain.place import Place
from alerting.domain.rule import RuleSet
from alerting.domain.rule_test import GivenFigures
from alerting.figures.observations import Reading

#: Columns that a rule test may give, in the order in which they are written.
COLUMNS = ("value", "numerator", "denominator", "lower_limit", "upper_limit", "centre", "target", "plan")
#: Columns that make a value where none is printed.
_PARTS = frozenset(("numerator", "denominator"))
#: Nowhere: a test that nobody has written yet.
NOWHERE = Place(file="recorded", line=1, column=1)

#: Ordinal of a period -> column -> figure.
_ByPeriod = Mapping[int, Mapping[str, float]]


def plain(value: float) -> str:
    """Write a number as an author does: no more digits than it has, no power of ten."""
    return f"{Decimal(repr(float(value))).normalize():f}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedFigures:
    """What is known of series on a day, each figure as it was given last."""

    rules: RuleSet
    reading: Reading
    panels: Mapping[PeriodKind, Panel]
    as_of: date

    def given(self, measure: str, area: str, span: tuple[Period, Period]) -> Iterator[GivenFigures]:
        """Yield the figures of a series from one period to another, and those of coarser periods that are printed too.

        What the engine makes of others is given as it is made, where nothing is printed: of two measures, those two.
        """
        declared = self.rules.measures[measure]
        if declared.of is not None:
            for part in (declared.of.numerator, declared.of.denominator):
                yield from self.given(part, area, span)
            return
        for kind in KINDS[declared.every.rank :]:
            first, last = (self.rules.calendar.containing(day, kind) for day in (span[0].first_day, span[1].last_day))
            known = self._rows(measure, area, kind)
            if not known and kind is declared.every:
                known = self._made(declared, area)
            if cells := _cells(known, range(first.ordinal, last.ordinal + 1)):
                yield GivenFigures(measure=measure, area=area, first=first, cells=cells, place=NOWHERE)

    def first(self, measure: str, area: str) -> Period | None:
        """Return the first period of the measure's own kind that there is a figure of; None: there is none."""
        declared = self.rules.measures[measure]
        parts = [measure] if declared.of is None else [declared.of.numerator, declared.of.denominator]
        own = [self._rows(id_, area, declared.every) or self._made(self.rules.measures[id_], area) for id_ in parts]
        ordinals = [ordinal for known in own for ordinal in known]
        return None if not ordinals else Period(declared.every, min(ordinals), self.rules.calendar.starts)

    def _rows(self, measure: str, area: str, kind: PeriodKind) -> _ByPeriod:
        """Return what the sources print, the row that became known last of each period."""
        place, where = list(self.rules.measures).index(measure), list(self.rules.areas.areas).index(area)
        found: dict[int, dict[str, float]] = {}
        for source in self.reading.observations:
            own = (source.measure == place) & (source.area == where) & (source.kind == KINDS.index(kind))
            rows = np.flatnonzero(own & (source.published <= self.as_of.toordinal()) & ~source.refused)
            for row in rows[np.argsort(source.published[rows], kind="stable")].tolist():
                figures = {name: float(source.columns[name][row]) for name in COLUMNS if name in source.columns}
                found[int(source.ordinal[row])] = {name: x for name, x in figures.items() if x == x}
        return {ordinal: figures for ordinal, figures in found.items() if figures}

    def _made(self, measure: Measure, area: str) -> _ByPeriod:
        """Return what the engine makes of other areas' figures."""
        panel = self.panels.get(measure.every)
        column = None if panel is None else panel.column(measure.id, area)
        if panel is None or column is None or measure.rolling is not None:
            return {}
        planes = {"value": panel.values, **{name: panel.planes[name] for name in COLUMNS if name in panel.planes}}
        found: dict[int, Mapping[str, float]] = {}
        for row in range(panel.n_periods):
            own = {name: float(plane[row, column]) for name, plane in planes.items()}
            own = {name: x for name, x in own.items() if x == x}
            if own.keys() >= _PARTS:
                own.pop("value", None)  # it is their quotient
            if own:
                found[panel.first + row] = own
        return found


def _cells(known: _ByPeriod, ordinals: Sequence[int]) -> dict[str, tuple[str, ...]]:
    """Return one text a period for each column that has a figure there."""
    names = [name for name in COLUMNS if any(name in known.get(ordinal, ()) for ordinal in ordinals)]
    if not {"value", "numerator"} & set(names):
        return {}
    return {name: tuple(plain(known[o][name]) if name in known.get(o, ()) else "" for o in ordinals) for name in names}
