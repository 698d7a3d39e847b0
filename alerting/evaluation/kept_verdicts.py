"""Verdicts of a history that are kept from one pass to the next: a series is judged again where what it is judged by has changed.

What is kept is known by its contents: by the condition as it was bound, the rows, and a digest of each series' figures. So
nothing of it can be out of date, and it may be lost at any time.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from alerting.domain.arrays import Codes, Flags, Index
from alerting.domain.canonical import NotCanonical, digest_of
from alerting.domain.condition import Condition
from alerting.domain.finding import State
from alerting.evaluation.block_verdicts import BlockVerdicts
from alerting.evaluation.groups import ColumnSet, Group, Member
from alerting.evaluation.rows import Judged, JudgedRows
from alerting.evaluation.series_digests import Digests, among_siblings, digests_of, with_marks

#: How a cell is kept in one byte: its state in the lower bits; above, why it has no verdict, or its side, from 1 on.
_STATE_BITS, _STATE = 2, 3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KeptVerdicts:
    """What one condition found of one measure's series.

    `areas`: of each series. `judged_by`: what each was judged by. `codes`: gives `[rows x series]`, packed or not. `side`: the side
    on which all exceptions lie; None: each has its own, in its code.
    """

    areas: tuple[str, ...]
    judged_by: Digests
    codes: Callable[[], Codes]
    side: int | None


#: By a digest of the condition and the rows that it judged, and the measure.
Shelf = Mapping[str, KeptVerdicts]


@dataclass(frozen=True, slots=True, eq=False)
class _Place:
    """Where the verdicts of one member are on the shelf: its name there, what its series are judged by now."""

    name: str
    areas: tuple[str, ...]
    judged_by: Digests
    #: What is kept of it, with the place of each series there, -1 for none; None: nothing is.
    kept: KeptVerdicts | None
    there: Index

    @property
    def is_in_order(self) -> bool:
        """Whether the series are those that are kept, as they stand there."""
        return self.kept is not None and self.kept.areas is self.areas


@dataclass(eq=False)
class Recalled:
    """What is known of one group before it is judged."""

    places: list[_Place]
    ends: Index
    #: Of each of the group's columns: whether it must be judged.
    fresh: Flags
    _opened: tuple[int, Codes] | None = None

    def fill(self, verdicts: BlockVerdicts) -> None:
        """Write down what is known of a block's columns; what must be judged is to be written over it."""
        assert isinstance(verdicts.places, slice)
        block = verdicts.places
        for number in range(int(np.searchsorted(self.ends, block.start, side="right")), len(self.places)):
            place, end = self.places[number], int(self.ends[number])
            begin = end - len(place.areas)
            if begin >= block.stop:
                break
            first, last = max(begin, block.start), min(end, block.stop)
            if place.kept is not None and not self.fresh[first:last].all():
                there = place.there[first - begin : last - begin]
                codes = self._codes(number)
                codes = codes[:, first - begin : last - begin] if place.is_in_order else codes[:, there]
                _write(verdicts, slice(first - block.start, last - block.start), codes, place.kept.side)

    def _codes(self, number: int) -> Codes:
        if self._opened is None or self._opened[0] != number:  # a wide measure lies in many blocks
            kept = self.places[number].kept
            assert kept is not None
            self._opened = number, kept.codes()
        return self._opened[1]


@dataclass(eq=False)
class VerdictKeeper:
    """Says of one pass what need not be judged, and gives what is to be kept of it.

    Args:
        shelf: what the last pass left; empty where all is to be judged.
    """

    shelf: Shelf = field(default_factory=dict)
    #: Series that were judged, and all that there were, each as often as conditions watch it.
    judged: int = 0
    watched: int = 0
    _recalled: dict[Group, Recalled] = field(default_factory=dict)
    _digests: dict[JudgedRows, Digests] = field(default_factory=dict)

    def recall(self, shared: ColumnSet, rows: JudgedRows, judged: Judged) -> dict[Group, Recalled]:
        """Return what is known of the groups that may be kept at all."""
        if rows not in self._digests:
            self._digests[rows] = digests_of(rows.panel)
        made: dict[bool, Digests] = {}
        found = {}
        for group in shared.groups:
            if group.asks_clock:  # each day is another, and it costs little
                continue
            beside = _looks_beside(group.condition)
            if beside not in made:
                made[beside] = self._judged_by(group, rows, judged, beside=beside)
            known = self._of_group(group, rows, made[beside])
            if known is not None:
                self.judged += int(np.count_nonzero(known.fresh))
                self.watched += group.size
                found[group] = self._recalled[group] = known
        return found

    def _judged_by(self, group: Group, rows: JudgedRows, judged: Judged, *, beside: bool) -> Digests:
        digests = self._digests[rows]
        if beside:
            digests = among_siblings(digests, rows.panel)
        columns = group.columns
        return with_marks(digests[:, columns], judged.rows[columns], judged.missing[columns])

    def _of_group(self, group: Group, rows: JudgedRows, judged_by: Digests) -> Recalled | None:
        panel = rows.panel
        columns = tuple(sorted(panel.planes))  # whether a source has one at all may decide, too
        frame = (
            columns,
            group.kind,
            panel.first,
            panel.n_periods,
            panel.starts,
            group.clamp,
            group.grace,
            group.days,
            group.view,
        )
        places, fresh = [], np.ones(group.size, dtype=bool)
        begin = 0
        for member, end in zip(group.members, group.ends.tolist(), strict=True):
            try:
                name = digest_of((member.condition, member.measure.id, frame))
            except NotCanonical:  # a plug-in's own
                return None
            own = slice(begin, end)
            place = _found(self.shelf.get(name), name, _areas(member, panel.areas), judged_by[:, own])
            if place.kept is not None:
                same = (place.kept.judged_by[:, place.there] == place.judged_by).all(axis=0)
                fresh[own] = ~same | (place.there < 0)
            places.append(place)
            begin = end
        return Recalled(places, group.ends, fresh)

    def kept(self, verdicts: Iterable[BlockVerdicts]) -> Iterator[tuple[str, KeptVerdicts]]:
        """Yield what is to be kept of a pass, by its name; one after the other, since all together are much."""
        blocks: dict[Group, list[BlockVerdicts]] = {}
        for one in verdicts:
            if one.group in self._recalled:
                blocks.setdefault(one.group, []).append(one)
        for group, own in blocks.items():
            for place, kept in _kept_of(own, self._recalled[group]):
                if kept is not None:
                    yield place.name, kept


def _kept_of(blocks: list[BlockVerdicts], known: Recalled) -> Iterator[tuple[_Place, KeptVerdicts | None]]:
    begin = 0
    for place, end in zip(known.places, known.ends.tolist(), strict=True):
        kept = place.kept
        if kept is None or known.fresh[begin:end].any() or kept.areas != place.areas:
            kept = _packed(place, [_cut(one, begin, end) for one in blocks if _overlap(one, begin, end)])
        yield place, kept
        begin = end


def _overlap(verdicts: BlockVerdicts, begin: int, end: int) -> bool:
    assert isinstance(verdicts.places, slice)
    return bool(verdicts.places.start < end and begin < verdicts.places.stop)


#: State, reason and side of some columns.
_Cut = tuple[Codes, Codes, Codes | int]


def _cut(verdicts: BlockVerdicts, begin: int, end: int) -> _Cut:
    assert isinstance(verdicts.places, slice)
    first = verdicts.places.start
    own = slice(max(begin - first, 0), end - first)
    side = verdicts.side if isinstance(verdicts.side, int) else verdicts.side[:, own]
    return verdicts.state[:, own], verdicts.reason[:, own], side


def _packed(place: _Place, cuts: list[_Cut]) -> KeptVerdicts | None:
    """Return verdicts as they are kept; None where one byte does not hold all that a cell says."""
    sides = {side if isinstance(side, int) else None for _, _, side in cuts}
    one_side = sides.pop() if len(sides) == 1 else None
    parts = []
    for state, reason, side in cuts:
        above = np.where(state > State.EXCEPTION, reason, 0)
        if (above != reason).any():  # why a cell has no verdict that has one
            return None
        if one_side is None:
            above = np.where(state == State.EXCEPTION, np.asarray(side, dtype=np.int8) + np.int8(2), above)
        parts.append((above << _STATE_BITS) | state)
    codes = np.concatenate(parts, axis=1)
    return KeptVerdicts(areas=place.areas, judged_by=place.judged_by, codes=lambda: codes, side=one_side)


def _write(verdicts: BlockVerdicts, columns: slice, codes: Codes, side: int | None) -> None:
    """Write kept codes down as states, reasons and sides."""
    state, above = codes & _STATE, codes >> _STATE_BITS
    verdicts.state[:, columns] = state
    verdicts.reason[:, columns] = above * (state > State.EXCEPTION)
    verdicts.keep_sides((above - np.int8(2)) * (state == State.EXCEPTION) if side is None else side, columns)


def _found(kept: KeptVerdicts | None, name: str, areas: tuple[str, ...], judged_by: Digests) -> _Place:
    if kept is None:
        return _Place(name, areas, judged_by, None, np.empty(0, dtype=np.intp))
    if kept.areas == areas:
        return _Place(name, kept.areas, judged_by, kept, np.arange(len(areas)))
    places = {area: n for n, area in enumerate(kept.areas)}
    return _Place(name, areas, judged_by, kept, np.array([places.get(area, -1) for area in areas], dtype=np.intp))


def _areas(member: Member, areas: tuple[str, ...]) -> tuple[str, ...]:
    if isinstance(member.columns, slice):
        return areas[member.columns]
    return tuple(areas[column] for column in member.columns.tolist())


def _looks_beside(condition: Condition) -> bool:
    """Whether other areas' figures decide about a series'."""
    for part in condition.plain_parts():
        method = part.condition.method
        if part.condition.among_areas or (method is not None and method.among_areas):
            return True
    return False
