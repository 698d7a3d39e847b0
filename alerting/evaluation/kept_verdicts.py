"""Verdicts of a history that are kept from one pass to the next: a series is judged again where what it is judged by has changed.

A series' verdicts are known by a digest of all that they depend on: its condition as it was bound, its figures, its rows. So
nothing that is kept can be out of date, and it may be lost at any time. Conditions that are judged year by year, or that ask
the clock, are not kept: judging by them costs less than knowing them again.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from alerting.domain.arrays import Codes, Flags, Index
from alerting.domain.canonical import NotCanonical, digest_of
from alerting.domain.condition import Condition
from alerting.domain.finding import State
from alerting.evaluation.block_verdicts import BlockVerdicts
from alerting.evaluation.groups import ColumnSet, Group
from alerting.evaluation.rows import Judged, JudgedRows
from alerting.evaluation.series_digests import Digests, among_siblings, digests_of, number_of, with_marks

#: How a cell is kept in one byte: its state in the lower bits; above, why it has no verdict, or its side, from 1 on.
_STATE_BITS, _STATE = 2, 3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KeptVerdicts:
    """What one group of rules found of its series.

    `judged_by`: what each series was judged by. `codes`: gives `[rows x series]`. `side`: the side on which all exceptions lie;
    None: each has its own, in its code.
    """

    judged_by: Digests
    codes: Callable[[], Codes]
    side: int | None


#: Kept verdicts by the name of their group.
Shelf = Mapping[str, KeptVerdicts]


@dataclass(eq=False)
class Recalled:
    """What is known of one group before it is judged."""

    name: str
    judged_by: Digests
    #: None: nothing.
    kept: KeptVerdicts | None
    #: Of each of the group's columns: its place among those that are kept, -1 for none.
    there: Index
    _opened: Codes | None = None

    @property
    def fresh(self) -> Flags:
        """Which columns must be judged."""
        found: Flags = self.there < 0
        return found

    @property
    def is_in_order(self) -> bool:
        """Whether what is known stands where it is kept."""
        return bool(((self.there < 0) | (self.there == np.arange(len(self.there)))).all())

    @property
    def is_all(self) -> bool:
        """Whether what is kept is all, and nothing else."""
        same = self.kept is not None and self.kept.judged_by.shape == self.judged_by.shape
        return same and not self.fresh.any() and self.is_in_order

    def fill(self, verdicts: BlockVerdicts) -> None:
        """Write down what is known of a block's columns; what must be judged is to be written over it."""
        assert isinstance(verdicts.places, slice)
        assert self.kept is not None
        if self._opened is None:
            codes = self.kept.codes()
            self._opened = codes if self.is_in_order and codes.shape[1] == len(self.there) else codes[:, self.there]
        codes, side = self._opened[:, verdicts.places], self.kept.side
        state, above = codes & _STATE, codes >> _STATE_BITS
        verdicts.state[:] = state
        verdicts.reason[:] = above * (state > State.EXCEPTION)
        of_each = (above - np.int8(2)) * (state == State.EXCEPTION) if side is None else side
        verdicts.keep_sides(of_each, slice(0, verdicts.block.shape[1]))

    def close(self) -> None:
        """Let go of what was opened."""
        self._opened = None


@dataclass(eq=False)
class VerdictKeeper:
    """Says of one pass what need not be judged, and gives what is to be kept of it.

    Args:
        shelf: what the last pass left; empty where all is to be judged.
    """

    shelf: Shelf = field(default_factory=dict)
    #: Series that were judged, and all that there were, each as often as conditions that are kept watch it.
    judged: int = 0
    watched: int = 0
    _recalled: dict[Group, Recalled] = field(default_factory=dict)
    _digests: dict[JudgedRows, Digests] = field(default_factory=dict)
    #: How many groups of a frame there have been.
    _met: dict[str, int] = field(default_factory=dict)

    def recall(self, shared: ColumnSet, rows: JudgedRows, judged: Judged) -> dict[Group, Recalled]:
        """Return what is known of the groups that may be kept."""
        made: dict[bool, Digests] = {}
        found = {}
        for group in shared.groups:
            if not is_kept(group):
                continue
            beside = looks_beside(group.condition)
            if beside not in made:
                made[beside] = self._figures_of(group, rows, judged, beside=beside)
            try:
                known = self._known(group, rows, made[beside])
            except NotCanonical:  # a plug-in's own
                continue
            self.judged += int(np.count_nonzero(known.fresh))
            self.watched += group.size
            found[group] = self._recalled[group] = known
        return found

    def _figures_of(self, group: Group, rows: JudgedRows, judged: Judged, *, beside: bool) -> Digests:
        """Return what series of a group are judged by beside their conditions."""
        if rows not in self._digests:
            self._digests[rows] = digests_of(rows.panel)
        digests = among_siblings(self._digests[rows], rows.panel) if beside else self._digests[rows]
        columns = group.columns
        areas = rows.panel.areas
        own = areas[columns] if isinstance(columns, slice) else [areas[column] for column in columns.tolist()]
        marks = judged.rows[columns], judged.missing[columns], np.array([number_of(area) for area in own])
        return with_marks(digests[:, columns], *marks)

    def _known(self, group: Group, rows: JudgedRows, figures: Digests) -> Recalled:
        """Look for what is kept of a group.

        Raises:
            NotCanonical: a condition cannot be known again.
        """
        conditions = [number_of(digest_of((one.condition, one.measure.id))) for one in group.members]
        judged_by = with_marks(figures, np.repeat(np.array(conditions, dtype=np.uint64), group.lengths))
        frame = _frame(group, rows)
        alike = self._met[frame] = self._met.get(frame, 0) + 1  # of one kind, by their order
        name = f"{frame} {alike}"
        kept = self.shelf.get(name)
        return Recalled(name, judged_by, kept, _places(judged_by, kept))

    def kept(self, verdicts: Iterable[BlockVerdicts]) -> Iterator[tuple[str, KeptVerdicts]]:
        """Yield what is to be kept of a pass, by its name; one after the other, since all together are much."""
        blocks: dict[Group, list[BlockVerdicts]] = {}
        for one in verdicts:
            if one.group in self._recalled:
                blocks.setdefault(one.group, []).append(one)
        for group, own in blocks.items():
            known = self._recalled[group]
            kept = known.kept if known.is_all else _packed(known.judged_by, own)
            if kept is not None:
                yield known.name, kept


def is_kept(group: Group) -> bool:
    """Whether judging costs more than knowing again, and no day changes what is judged."""
    return not (group.asks_clock or group.condition.by_year)


def _frame(group: Group, rows: JudgedRows) -> str:
    """Return a digest of what is the same for all series of a group: its kind of condition, and which rows it judges."""
    panel = rows.panel
    columns = tuple(sorted(panel.planes))  # whether a source has one at all may decide, too
    rows_judged = panel.first, panel.n_periods, panel.starts, group.clamp, group.grace
    return digest_of((group.condition.structure(), group.kind, rows_judged, group.days, group.view, columns))


def _places(judged_by: Digests, kept: KeptVerdicts | None) -> Index:
    """Return where each series is among those that are kept; -1: it is not."""
    there = np.full(judged_by.shape[1], -1, dtype=np.intp)
    if kept is None or not kept.judged_by.shape[1]:
        return there
    if kept.judged_by.shape == judged_by.shape:
        same = (kept.judged_by == judged_by).all(axis=0)
        there[same] = np.flatnonzero(same)
    missing = np.flatnonzero(there < 0)
    if len(missing):  # elsewhere, where a series before it came or went
        order = np.argsort(kept.judged_by[0])
        spots = order[
            np.minimum(np.searchsorted(kept.judged_by[0], judged_by[0, missing], sorter=order), len(order) - 1)
        ]
        same = (kept.judged_by[:, spots] == judged_by[:, missing]).all(axis=0)
        there[missing[same]] = spots[same]
    return there


def _packed(judged_by: Digests, blocks: Iterable[BlockVerdicts]) -> KeptVerdicts | None:
    """Return verdicts as they are kept; None where one byte does not hold all that a cell says."""
    several = list(blocks)
    sides = {one.side if isinstance(one.side, int) else None for one in several}
    one_side = sides.pop() if len(sides) == 1 else None
    parts = []
    for one in several:
        state, above = one.state, one.reason * (one.state > State.EXCEPTION)
        if (above != one.reason).any():  # a reason why there is no verdict, where there is one
            return None
        if one_side is None:
            above = np.where(state == State.EXCEPTION, np.asarray(one.side, dtype=np.int8) + np.int8(2), above)
        parts.append((above << _STATE_BITS) | state)
    codes = np.concatenate(parts, axis=1)
    return KeptVerdicts(judged_by=judged_by, codes=lambda: codes, side=one_side)


def looks_beside(condition: Condition) -> bool:
    """Whether other areas' figures decide about a series'."""
    for part in condition.plain_parts():
        method = part.condition.method
        if part.condition.among_areas or (method is not None and method.among_areas):
            return True
    return False
