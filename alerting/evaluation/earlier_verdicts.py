"""Verdicts of a pass as of an earlier day, by the same rules: rows of which no figure has changed since are not judged again.

No verdict depends on later figures, which every condition and limits method is held to: what was found of the rows before the
first that has changed in any series holds. Why there is no figure in a cell may change with the day and is said anew.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from alerting.domain.arrays import Codes
from alerting.domain.panel import Panel
from alerting.domain.period import PeriodKind
from alerting.evaluation.block_verdicts import BlockVerdicts
from alerting.evaluation.groups import Group

#: What tells a group from others of the same rules: its kind of period, and its rules with their measures.
_Key = tuple[PeriodKind, tuple[tuple[int, str], ...]]


@dataclass(eq=False)
class EarlierVerdicts:
    """What a pass found of whole histories, by the same rules.

    Args:
        verdicts: all of them.
    """

    verdicts: Sequence[BlockVerdicts]
    _same_rows: dict[tuple[int, int], int] = field(default_factory=dict)

    def rows_before(self, group: Group, panel: Panel, first: int) -> "EarlierRows | None":
        """Return what was found of a group's rows from *first* on whose figures are as they were; None: nothing holds."""
        several = self._by_group.get(_key(group))
        if several is None or group.asks_clock or group.is_mixed or several[0].block.start != first:
            return None
        if not _is_alike(several, group):
            return None
        before = several[0].rows.panel
        pair = (id(before), id(panel))
        if pair not in self._same_rows:
            self._same_rows[pair] = _rows_that_are_the_same(before, panel)
        rows = min(self._same_rows[pair], several[0].block.stop) - first
        return EarlierRows(several, rows) if rows > 0 else None

    @cached_property
    def _by_group(self) -> Mapping[_Key, list[BlockVerdicts]]:
        found: dict[_Key, list[BlockVerdicts]] = {}
        for verdicts in self.verdicts:
            if isinstance(verdicts.places, slice):
                found.setdefault(_key(verdicts.group), []).append(verdicts)
        return found


@dataclass(eq=False)
class EarlierRows:
    """The first rows of a group as they were found."""

    blocks: list[BlockVerdicts]
    #: How many rows hold.
    n_rows: int

    def fill(self, verdicts: BlockVerdicts) -> None:
        """Write them into a block of the group."""
        assert isinstance(verdicts.places, slice)
        rows = slice(0, self.n_rows)
        verdicts.state[rows] = self._state[:, verdicts.places]
        verdicts.reason[rows] = self._reason[:, verdicts.places]
        side = self._side
        verdicts.keep_side(side if isinstance(side, int) else side[:, verdicts.places], rows)

    @cached_property
    def _state(self) -> Codes:
        return np.concatenate([one.state[: self.n_rows] for one in self.blocks], axis=1)

    @cached_property
    def _reason(self) -> Codes:
        return np.concatenate([one.reason[: self.n_rows] for one in self.blocks], axis=1)

    @cached_property
    def _side(self) -> Codes | int:
        sides = {one.side if isinstance(one.side, int) else None for one in self.blocks}
        if len(sides) == 1 and (only := sides.pop()) is not None:
            return only
        parts = [np.broadcast_to(one.side, one.state.shape)[: self.n_rows] for one in self.blocks]
        return np.concatenate(parts, axis=1).astype(np.int8, copy=False)


def _key(group: Group) -> _Key:
    return group.kind, tuple((member.rule, member.measure.id) for member in group.members)


def _is_alike(blocks: Sequence[BlockVerdicts], group: Group) -> bool:
    """Whether blocks are all that a group was, with the same series, each judged by the same."""
    before = blocks[0].group
    bound = zip(before.members, group.members, strict=True)
    return (
        all(block.group is before for block in blocks)
        and sum(block.state.shape[1] for block in blocks) == group.size
        and _same_columns(before, group)
        and all(one.condition == other.condition and one.size == other.size for one, other in bound)
    )


def _same_columns(one: Group, other: Group) -> bool:
    if isinstance(one.columns, slice) or isinstance(other.columns, slice):
        return isinstance(one.columns, slice) and one.columns == other.columns
    return bool(np.array_equal(one.columns, other.columns))


def _rows_that_are_the_same(before: Panel, now: Panel) -> int:
    """Return the first row in which anything that a condition may look at differs, in any series."""
    if before.first != now.first or before.columns != now.columns or before.areas != now.areas:
        return 0
    if before.planes.keys() != now.planes.keys() or len(before.breaks) != len(now.breaks):
        return 0
    breaks = zip(before.breaks, now.breaks, strict=True)
    if any(one[0] != other[0] or not np.array_equal(one[1], other[1]) for one, other in breaks):
        return 0
    bounds = ((before.floor, now.floor), (before.ceiling, now.ceiling))
    if not all(np.array_equal(one, other) for one, other in bounds):
        return 0
    n = min(before.n_periods, now.n_periods)
    for one, other in _layers(before, now):
        n = _first_difference(one, other, n) if n else 0
    return n


def _layers(before: Panel, now: Panel) -> "list[tuple[np.ndarray | None, np.ndarray | None]]":
    names = (
        "values",
        "shown",
        "reasons",
        "segments",
        "excluded",
        "held",
        "without_level",
        "few_cases",
        "days",
        "loads",
    )
    own = [(getattr(before, name), getattr(now, name)) for name in names]
    return [*own, *((before.planes[name], now.planes[name]) for name in now.planes)]


def _first_difference(one: np.ndarray | None, other: np.ndarray | None, rows: int) -> int:
    """Return the first of some rows in which two layers differ; one that is not there has nothing marked."""
    if one is None and other is None:
        return rows
    some = one if one is not None else other
    assert some is not None
    nothing = np.zeros_like(some[:rows])
    first, second = (nothing if layer is None else layer[:rows] for layer in (one, other))
    differs = first != second
    if first.dtype.kind == "f":
        differs &= (first == first) | (second == second)
    marked = differs.reshape(rows, -1).any(axis=1)
    return int(marked.argmax()) if marked.any() else rows
