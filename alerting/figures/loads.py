"""A load of a source beside what was known of it: how much of it has come, and which figures wait until it is whole."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from alerting.domain.arrays import Flags, Index
from alerting.domain.loads import LoadLack
from alerting.domain.measure import Measure, RollUp
from alerting.domain.period import KINDS, Period
from alerting.domain.rule import RuleSet
from alerting.domain.titles import joined
from alerting.figures.observations import Observations
from alerting.figures.waiting_cells import WaitingCells

#: A number in one of these makes a row a figure, as does one that is refused or withheld.
_FIGURES = (
    "value", "numerator", "denominator", "change_previous_period", "change_same_period_last_year", "change_year_to_date",
)  # fmt: skip
#: Names that are listed one by one; the rest is counted.
_MOST_LISTED = 5
Ints = NDArray[np.int64]


class Load:
    """What a source holds now, and what was known of it before; figures that are not known yet on the day count nowhere."""

    def __init__(self, read: Observations, known: Observations | None, rules: RuleSet, day: date) -> None:
        """Look at a reading as on a day.

        Args:
            known: what had been read of it before, as it counts.
        """
        self.read, self.rules, self.day = read, rules, day
        self.measures: Sequence[Measure] = list(rules.measures.values())
        self.areas = list(rules.areas.areas)
        self.mine = [n for n, measure in enumerate(self.measures) if measure.source == read.source]
        self._now = _Rows(read, self)
        self._earlier = () if known is None else (_Rows(known, self),)

    @cached_property
    def newest(self) -> Mapping[int, int]:
        """By the place of each kind in which measures of the source come: the newest period with a figure, now or before."""
        found: dict[int, int] = {}
        kinds = {KINDS.index(self.measures[n].every) for n in self.mine}
        for rows in (self._now, *self._earlier):
            for kind in kinds:
                own = rows.own & (rows.kind == kind)
                if own.any():
                    found[kind] = max(found.get(kind, -1), int(rows.ordinal[own].max()))
        return found

    @property
    def n_rows(self) -> int:
        """Rows with a figure."""
        return len(self._now.kind)

    @property
    def n_newest(self) -> int:
        """Rows with a figure of the newest period."""
        return sum(int(np.count_nonzero(self._now.at(kind, ordinal))) for kind, ordinal in self.newest.items())

    @cached_property
    def n_series(self) -> int:
        """Series that a period of the source may have at most."""
        return sum(len(self._declared(self.measures[n]) or self.areas) for n in self.mine)

    @cached_property
    def missing(self) -> Mapping[int, tuple[int, ...]]:
        """By the place of each measure, the places of areas that are expected to report and have no newest figure in the load."""
        found = {}
        for n in self.mine:
            kind = KINDS.index(self.measures[n].every)
            if (ordinal := self.newest.get(kind)) is not None and (lacking := self._missing(n, kind, ordinal)):
                found[n] = lacking
        return found

    @property
    def missing_words(self) -> str:
        """Say which areas, and of which measures, have no newest figure yet; empty: all have."""
        by_areas: dict[tuple[int, ...], list[int]] = {}
        for n, areas in self.missing.items():
            by_areas.setdefault(areas, []).append(n)
        alone = len(by_areas) == 1 and len(self.missing) == len(self.mine)
        said = [
            f"no figure yet {'' if alone else f'of {self._titles(measures)} '}for {self._areas_named(areas)}"
            for areas, measures in by_areas.items()
        ]
        more = len(said) - _MOST_LISTED
        return ", ".join(said[:_MOST_LISTED]) + (f" and so on for {more} more" if more > 0 else "")

    def older(self) -> Observations | None:
        """Return what the source holds of the periods before its newest; None: nothing."""
        read, starts = self.read, self.rules.calendar.starts
        begins = [Period(KINDS[kind], ordinal, starts).first_day for kind, ordinal in self.newest.items()]
        if not begins:
            return None
        kept = np.zeros(len(read.ordinal), dtype=bool)
        for kind, own in enumerate(KINDS):
            last = self.newest.get(kind)
            if last is None:  # printed coarser ones, of which the newest may be a part
                last = self.rules.calendar.newest_complete(min(begins), own).ordinal + 1
            kept |= (read.kind == kind) & (read.ordinal < last)
        return read.with_rows(np.flatnonzero(kept)) if kept.any() else None

    def waiting(self, why: str) -> WaitingCells:
        """Return what is not judged until the load is whole: all that is new in it, and what is missing beside that.

        Args:
            why: what is waited for, in words.
        """
        columns: list[tuple[int, int, int, int, int, int]] = []
        lacks: dict[LoadLack, int] = {}
        for kind, ordinal, published in self._touched():
            for n in self.mine:
                cells = self._new_areas(n, kind, ordinal)
                missing: tuple[int, ...] = ()
                if KINDS.index(self.measures[n].every) == kind:
                    missing = self._missing(n, kind, ordinal)
                    cells |= {area for area in missing if not self._had(n, area, kind, ordinal)}
                if not cells:
                    continue
                lack = LoadLack(source=self.read.source, why=why, missing=tuple(self.areas[area] for area in missing))
                number = lacks.setdefault(lack, len(lacks))
                columns += [(n, area, kind, ordinal, published, number) for area in sorted(cells)]
        table = np.array(columns, dtype=np.int64).reshape(-1, 6)
        return WaitingCells(
            source=self.read.source, file=self.read.file, measure=table[:, 0], area=table[:, 1], kind=table[:, 2],
            ordinal=table[:, 3], published=table[:, 4], lack=table[:, 5], lacks=tuple(lacks),
            starts=self.rules.calendar.starts,
        )  # fmt: skip

    @cached_property
    def _known_keys(self) -> Ints:
        return np.unique(np.concatenate([np.empty(0, dtype=np.int64), *(rows.keys for rows in self._earlier)]))

    @cached_property
    def _is_new(self) -> Flags:
        """Which rows have a figure of which none was known."""
        found: Flags = ~np.isin(self._now.keys, self._known_keys)
        return found

    def _touched(self) -> Iterator[tuple[int, int, int]]:
        """Yield kind and ordinal of each period with a new figure, and the day on which the first of these becomes known."""
        new, rows = self._is_new, self._now
        periods = np.stack([rows.kind[new], rows.ordinal[new]], axis=1)
        for kind, ordinal in np.unique(periods, axis=0).tolist():
            yield kind, ordinal, int(rows.published[new & rows.at(kind, ordinal)].min())

    def _new_areas(self, measure: int, kind: int, ordinal: int) -> set[int]:
        rows = self._now
        own = self._is_new & rows.at(kind, ordinal) & (rows.measure == measure)
        return set(rows.area[own].tolist())

    def _had(self, measure: int, area: int, kind: int, ordinal: int) -> bool:
        cell = [np.array([one], dtype=np.int64) for one in (measure, area, kind, ordinal)]
        key = _keys(cell[0], cell[1], cell[2], cell[3], len(self.areas))
        return bool(np.isin(key, self._known_keys)[0])

    def _missing(self, measure: int, kind: int, ordinal: int) -> tuple[int, ...]:
        rows = self._now
        there = set(rows.area[rows.at(kind, ordinal) & (rows.measure == measure)].tolist())
        return tuple(area for area in self._expected[measure] if area not in there)

    @cached_property
    def _expected(self) -> Mapping[int, tuple[int, ...]]:
        """By the place of each measure, the places of the areas that are expected to report."""
        found = {}
        for n in self.mine:
            measure = self.measures[n]
            ever = {self.areas[area] for rows in (self._now, *self._earlier) for area in rows.areas_of(n)}
            declared = self._declared(measure)
            expected = ever if declared is None else declared
            if measure.roll_up is not RollUp.NONE:  # parents that it never gives are made
                children = self.rules.areas.children
                expected = {id_ for id_ in expected if id_ in ever or not children.get(id_)}
            found[n] = tuple(place for place, id_ in enumerate(self.areas) if id_ in expected)
        return found

    def _declared(self, measure: Measure) -> frozenset[str] | None:
        return None if measure.areas is None else self.rules.areas.selected(measure.areas)

    def _titles(self, measures: Sequence[int]) -> str:
        return _listed([self.measures[n].title for n in measures], "measure")

    def _areas_named(self, areas: Sequence[int]) -> str:
        return _listed([self.rules.areas[self.areas[area]].title for area in areas], "area")


class _Rows:
    """The rows of some observations that are figures, of periods that are over and known on the day."""

    def __init__(self, read: Observations, load: Load) -> None:
        there = read.refused.copy() if read.suppressed is None else read.refused | read.suppressed
        for name in _FIGURES:
            if name in read.columns:
                there |= ~np.isnan(read.columns[name])
        there &= read.published <= load.day.toordinal()
        calendar = load.rules.calendar
        newest = np.array([calendar.newest_complete(load.day, kind).ordinal for kind in KINDS], dtype=np.int64)
        there &= read.ordinal <= newest[read.kind]
        rows: Index = np.flatnonzero(there)
        self.measure, self.area = read.measure[rows].astype(np.int64), read.area[rows].astype(np.int64)
        self.kind, self.ordinal = read.kind[rows].astype(np.int64), read.ordinal[rows].astype(np.int64)
        self.published = read.published[rows].astype(np.int64)
        every = np.array([KINDS.index(measure.every) for measure in load.measures], dtype=np.int64)
        #: Which are of the period in which their measure comes.
        self.own: Flags = self.kind == every[self.measure]
        self.keys = _keys(self.measure, self.area, self.kind, self.ordinal, len(load.areas))

    def at(self, kind: int, ordinal: int) -> Flags:
        """Return which are of a period."""
        found: Flags = (self.kind == kind) & (self.ordinal == ordinal)
        return found

    def areas_of(self, measure: int) -> list[int]:
        """Return the areas of which a measure has a figure."""
        return list(np.unique(self.area[self.measure == measure]).tolist())


def _keys(measure: Ints, area: Ints, kind: Ints, ordinal: Ints, n_areas: int) -> Ints:
    """Number cells; ordinals of days take 20 bits."""
    series = measure * max(n_areas, 1) + area
    return ((series * len(KINDS) + kind) << 24) + ordinal


def _listed(names: Sequence[str], what: str) -> str:
    more = len(names) - _MOST_LISTED
    rest = [f"{more:,} more {what}{'s' * (more != 1)}"] if more > 0 else []
    return joined([*names[:_MOST_LISTED], *rest])
