"""Panels as known on a day: figures placed, derived ones made, holds, breaks, exclusions and small numbers marked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial

import numpy as np
from numpy.typing import NDArray

from alerting.domain.fault import Faults, Work
from alerting.domain.measure import Measure, RollUp, families_with_total, why_no_sum
from alerting.domain.panel import Panel
from alerting.domain.period import KINDS, PeriodKind
from alerting.domain.problem import Problem
from alerting.domain.rule import RuleSet
from alerting.figures.beyond import made_beyond_bounds
from alerting.figures.check_problems import CheckProblems
from alerting.figures.contained import Contained
from alerting.figures.data_checks import hold_failing
from alerting.figures.derived import fill_ratios, mark_small_numbers, mark_without_level
from alerting.figures.doubts import DoubtsBefore
from alerting.figures.item_checks import hold_items
from alerting.figures.making import Maker, parts_first, parts_of
from alerting.figures.masks import (
    mark_breaks,
    mark_exclusions,
    mark_holds,
    mark_of_failed,
    mark_provisional,
    mark_waiting,
)
from alerting.figures.observations import Observations, Reading
from alerting.figures.panel_builder import PanelBuilder
from alerting.figures.place_observations import KnownRows, place_observations, series_keys, visible
from alerting.figures.slip_checks import name_doubtful
from alerting.figures.totals import differing_totals


@dataclass(frozen=True, kw_only=True, eq=False)
class Panels:
    """One panel per period kind in use, as known on `as_of`."""

    as_of: date
    by_kind: Mapping[PeriodKind, Panel]
    problems: tuple[Problem, ...] = ()
    #: measure ids whose source could not be read.
    without_source: frozenset[str] = frozenset()
    #: The first later day on which a figure becomes known that has been read; None: all are known.
    next_published: date | None = None
    #: The reading's, with the measures whose figures the program failed to make.
    faults: Faults = field(default_factory=Faults)


def build_panels(reading: Reading, rules: RuleSet, as_of: date, doubts: DoubtsBefore | None = None) -> Panels:
    """Build the panels of every period kind that a measure or rule uses, from what was known on *as_of*.

    Args:
        doubts: what was found doubtful on an earlier day, of the same reading by the same rules; takes what is found on this one.
    """
    return _Builder(reading, rules, as_of, doubts).build()


class _Builder:
    def __init__(self, reading: Reading, rules: RuleSet, as_of: date, doubts: DoubtsBefore | None) -> None:
        self.reading, self.rules, self.as_of, self.doubts = reading, rules, as_of, doubts
        self.measures: Sequence[Measure] = list(rules.measures.values())
        self.place = {m.id: n for n, m in enumerate(self.measures)}
        self.areas = list(rules.areas.areas)
        self.area_place = {id_: n for n, id_ in enumerate(self.areas)}
        self.families = [
            family
            for family in families_with_total(self.measures)
            if why_no_sum(self.measures[n] for n in (family.total, *family.parts)) is None
        ]
        self.problems: list[Problem] = []
        self.sheets: dict[PeriodKind, PanelBuilder] = {}
        self.contained = Contained(self.measures, reading.faults)

    def build(self) -> Panels:
        """Build finest kinds first: coarser ones are partly made of them."""
        series = self._series()
        wanted = self._kinds()
        for kind in KINDS:
            mine = [n for n in range(len(self.measures)) if kind in wanted[n]]
            if mine:
                self.sheets[kind] = self._sheet(kind, mine, series)
        places = {kind: [n for n, kinds in enumerate(wanted) if kind in kinds] for kind in self.sheets}
        for kind, sheet in self.sheets.items():
            self._prepare(sheet, places[kind])
        printed = {kind: ~np.isnan(sheet.plane("value")) for kind, sheet in self.sheets.items()}
        Maker(self.sheets, self.rules, self.as_of, self.reading.faults, self.contained.broken).make(wanted)
        for kind, sheet in self.sheets.items():
            self._finish(sheet, places[kind], printed[kind])
        failed = {m.id for m in self.measures if m.source in self.reading.failed} | self._emptied()
        siblings_of_areas = self._kin()
        panels = {
            kind: sheet.frozen(self.measures, self.areas, siblings_of_areas) for kind, sheet in self.sheets.items()
        }
        return Panels(
            as_of=self.as_of,
            by_kind=panels,
            problems=tuple(self.problems),
            without_source=frozenset(failed),
            next_published=self._next_published(),
            faults=self.reading.faults,
        )

    def _next_published(self) -> date | None:
        """Return the first day after `as_of` that a row names as the one on which it became known."""
        today = self.as_of.toordinal()
        days = [source.published for source in self.reading.observations if source.published.max(initial=0) > today]
        return date.fromordinal(min(int(one[one > today].min()) for one in days)) if days else None

    def _emptied(self) -> set[str]:
        """Take out the figures of measures that the program failed at, and return these."""
        for n in self.contained.broken:
            for sheet in self.sheets.values():
                sheet.empty(n)
        return {self.measures[n].id for n in self.contained.broken}

    def _kin(self) -> NDArray[np.intp]:
        """Return for each area the number of its group: areas of one kind under one parent, or without one."""
        groups: dict[tuple[str | None, str | None], int] = {}
        areas = self.rules.areas.areas.values()
        return np.array([groups.setdefault((area.parent, area.kind), len(groups)) for area in areas], dtype=np.intp)

    def _kinds(self) -> list[set[PeriodKind]]:
        """For each measure, the kinds it is judged or printed in."""
        kinds = [{m.every} for m in self.measures]
        for rule in self.rules.rules:
            if rule.every is not None:
                for id_ in rule.measures:
                    kinds[self.place[id_]].add(rule.every)
        for n in reversed(parts_first(self.measures)):  # what a measure is made of must be there for the same periods
            for part in parts_of(self.measures[n], self.place):
                kinds[part] |= {kind for kind in kinds[n] if kind.rank > self.measures[part].every.rank}
        return kinds

    def _series(self) -> list[np.ndarray]:
        """For each measure, the places of its areas: those that ever reported, those expected, parents rolled up."""
        n_areas = max(len(self.areas), 1)
        seen = np.zeros(len(self.measures) * n_areas, dtype=bool)
        for source in (*self.reading.observations, *self.reading.held_before):
            seen[series_keys(source.measure, source.area, n_areas)] = True
        for load in self.reading.partial_loads:
            known = load.cells.published <= self.as_of.toordinal()
            seen[load.cells.measure[known] * n_areas + load.cells.area[known]] = True
        reported = seen.reshape(len(self.measures), n_areas)
        self.contained.do("placed", range(len(self.measures)), partial(self._add_series, reported))
        return [np.flatnonzero(row) for row in reported]

    def _add_series(self, reported: np.ndarray, places: Sequence[int]) -> None:
        """Set in `[measures x areas]` what measures have without having reported it."""
        for n in places:
            measure = self.measures[n]
            if measure.of is not None and {measure.of.numerator, measure.of.denominator} <= self.place.keys():
                reported[n] |= reported[self.place[measure.of.numerator]] & reported[self.place[measure.of.denominator]]
            if measure.areas is not None:
                reported[n, [self.area_place[id_] for id_ in self.rules.areas.selected(measure.areas)]] = True
            if measure.roll_up is not RollUp.NONE:
                self._add_parents(reported[n])

    def _add_parents(self, own: np.ndarray) -> None:
        for id_ in reversed(self.areas):
            children = self.rules.areas.children.get(id_, ())
            if children and all(own[self.area_place[child]] for child in children):
                own[self.area_place[id_]] = True

    def _sheet(self, kind: PeriodKind, mine: Iterable[int], series: Sequence[np.ndarray]) -> PanelBuilder:
        """Place what sources give for one kind."""
        calendar = self.rules.calendar
        entries = [entry for source in self.reading.observations for entry in self._visible(source, kind)]
        newest = calendar.newest_complete(self.as_of, kind).ordinal
        first = min((int(e.of(e.source.ordinal).min()) for e in entries if len(e)), default=newest)
        if (finer := self._oldest_finer(kind)) is not None:
            first = min(first, finer)
        mine = list(mine)
        measure_of = np.repeat(np.array(mine, dtype=np.int32), [len(series[n]) for n in mine])
        area_of = np.concatenate([series[n] for n in mine] or [np.empty(0)]).astype(np.int32)
        sheet = PanelBuilder(kind, first, newest - first + 1, calendar.starts, measure_of, area_of)
        sheet.plane("value")
        for entry in entries:
            self.problems += self.contained.do("placed", mine, partial(self._scattered, sheet, entry))
        for load in self.reading.partial_loads:
            mark_waiting(sheet, load.cells, self.as_of)
        for source in self.reading.held_before:
            mark_of_failed(sheet, source, self.as_of)
        return sheet

    def _visible(self, source: Observations, kind: PeriodKind) -> list[KnownRows]:
        """Return which entries of a source count; none where the program fails at it."""
        work = Work(sort="source", id=source.source, done="placed")
        look = partial(visible, [source], kind, self.as_of, self.rules.calendar)
        found = self.reading.faults.attempt(work, look)
        if found is None:
            self.contained.broken |= {n for n, measure in enumerate(self.measures) if measure.source == source.source}
        return found or []

    def _scattered(self, sheet: PanelBuilder, entry: KnownRows, places: Sequence[int]) -> Iterable[Problem]:
        """Place a source's figures of some measures; printed coarser ones that no rule judges are left out."""
        present = np.zeros(len(self.measures), dtype=bool)
        present[places] = True
        return place_observations(sheet, [entry.only(present)], self.areas, self.measures)

    def _oldest_finer(self, kind: PeriodKind) -> int | None:
        """Return the oldest period of *kind* that finer sheets reach back to."""
        days = [s.period(0).first_day for k, s in self.sheets.items() if k.rank < kind.rank and s.n_periods > 0]
        return self.rules.calendar.containing(min(days), kind).ordinal if days else None

    def _prepare(self, sheet: PanelBuilder, places: Sequence[int]) -> None:
        """Fill in what rows say by their numerators, and mark what is not judged before anything is made of it."""
        do, measures = self.contained.do, self.measures
        do("worked out", places, partial(fill_ratios, sheet, measures))
        do("held back", places, partial(mark_holds, sheet, self.rules, measures, self.areas))
        do("parted at its breaks", places, partial(mark_breaks, sheet, self.rules, measures, self.areas))
        failed = partial(self._failed_checks, sheet)
        self.problems += self.contained.look("checked", [n for n in places if measures[n].checks is not None], failed)
        doubtful = partial(self._doubtful, sheet)
        self.problems += self.contained.look("looked through for slips", places, doubtful)
        do("marked as provisional", places, partial(mark_provisional, sheet, measures, self.as_of))
        self.problems += self.contained.look("added up", places, partial(self._differing_totals, sheet))

    def _failed_checks(self, sheet: PanelBuilder, places: Sequence[int]) -> Iterable[Problem]:
        return hold_failing(self._check_problems(sheet), self._printed_in(sheet, places), self.measures)

    def _doubtful(self, sheet: PanelBuilder, places: Sequence[int]) -> Iterable[Problem]:
        mine = self._printed_in(sheet, places)
        return name_doubtful(self._check_problems(sheet), mine, self.measures, self.reading, self.doubts)

    def _check_problems(self, sheet: PanelBuilder) -> CheckProblems:
        return CheckProblems(sheet=sheet, areas=self.rules.areas, reading=self.reading, as_of=self.as_of)

    def _printed_in(self, sheet: PanelBuilder, places: Sequence[int]) -> list[int]:
        return [n for n in places if self.measures[n].every is sheet.kind]

    def _differing_totals(self, sheet: PanelBuilder, places: Sequence[int]) -> Iterable[Problem]:
        wanted = set(places)
        families = [family for family in self.families if family.total in wanted]
        printed = set(self._printed_in(sheet, places))
        own = [family for family in families if family.total in printed]
        yield from hold_items(self._check_problems(sheet), own, self.measures)
        yield from differing_totals(sheet, families, self.measures, self.areas, self.reading.observations, self.as_of)

    def _finish(self, sheet: PanelBuilder, places: Sequence[int], printed: np.ndarray) -> None:
        """Look at what was made, and mark what only the finished figures tell."""
        do, measures = self.contained.do, self.measures
        beyond = partial(made_beyond_bounds, sheet, printed, measures, self.areas)
        self.problems += self.contained.look("held against its bounds", places, beyond)
        do("looked through for changes without a level", places, partial(mark_without_level, sheet))
        do("looked through for small numbers", places, partial(mark_small_numbers, sheet, measures))
        do("left out of baselines", places, partial(mark_exclusions, sheet, self.rules, measures, self.areas))
