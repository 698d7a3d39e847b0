"""Verdicts of a pass as of another day, by the same rules: rows of which no figure has changed are not judged again.

No verdict depends on later figures, nor on those of other series unless its condition says so, which every condition and limits
method is held to: what was found of the rows before the first that has changed in any of a group's series holds. Why there is no
figure in a cell may change with the day and is said anew.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from alerting.domain.arrays import Codes, Index
from alerting.domain.panel import Panel
from alerting.domain.period import PeriodKind
from alerting.evaluation.block_verdicts import BlockVerdicts
from alerting.evaluation.changed_rows import first_changed
from alerting.evaluation.groups import Group
from alerting.evaluation.kept_verdicts import looks_beside

#: A kind of period, and rules by their places, with their measures.
GroupKey = tuple[PeriodKind, tuple[tuple[int, str], ...]]


@dataclass(eq=False)
class EarlierVerdicts:
    """What a pass found of whole histories as of another day, by the same rules; mostly an earlier one.

    Args:
        verdicts: all of them.
        beside: what a further pass found; of both the one is taken of which more holds.
    """

    verdicts: Sequence[BlockVerdicts]
    beside: "EarlierVerdicts | None" = None
    #: For each of its panels the one that it was compared with last, and from which row on series differ.
    _changed: dict[int, tuple[Panel, Index | None]] = field(default_factory=dict)

    def rows_before(self, group: Group, panel: Panel, first: int) -> "EarlierRows | None":
        """Return what was found of a group's rows from *first* on whose figures are as they were; None: nothing holds."""
        own = self._rows_before(group, panel, first)
        # A row more is judged in less time than it takes to compare, unless all rows before it are gone through for that.
        if self.beside is None or group.condition.by_year or (own is not None and own.n_rows > group.clamp[1] - first):
            return own
        other = self.beside.rows_before(group, panel, first)
        return other if own is None or (other is not None and other.n_rows > own.n_rows) else own

    def _rows_before(self, group: Group, panel: Panel, first: int) -> "EarlierRows | None":
        several = self._by_group.get(group_key(group))
        if several is None or group.asks_clock or group.is_mixed or several[0].block.start != first:
            return None
        whole = several[0].group
        if any(block.group is not whole for block in several) or not is_alike(whole, group):
            return None
        if sum(block.state.shape[1] for block in several) != group.size:
            return None
        rows = min(self._same_rows(group, several[0].rows.panel, panel), several[0].block.stop) - first
        return EarlierRows(several, rows) if rows > 0 else None

    def _same_rows(self, group: Group, before: Panel, panel: Panel) -> int:
        """Return the first row in which anything differs that a group's verdicts may depend on."""
        known = self._changed.get(id(before))
        if known is None or known[0] is not panel:
            known = self._changed[id(before)] = panel, first_changed(before, panel)
        changed = known[1]
        if changed is None:
            return 0
        among = any(looks_beside(member.condition) for member in group.members)
        return int((changed if among else changed[group.columns]).min(initial=panel.n_periods))

    @cached_property
    def _by_group(self) -> Mapping[GroupKey, list[BlockVerdicts]]:
        found: dict[GroupKey, list[BlockVerdicts]] = {}
        for verdicts in self.verdicts:
            if isinstance(verdicts.places, slice):
                found.setdefault(group_key(verdicts.group), []).append(verdicts)
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


def group_key(group: Group) -> GroupKey:
    """Return what tells a group from others of the same rules."""
    return group.kind, tuple((member.rule, member.measure.id) for member in group.members)


def is_alike(before: Group, now: Group) -> bool:
    """Whether two groups watch the same series, each judged by the same."""
    bound = zip(before.members, now.members, strict=True)
    return _same_columns(before, now) and all(
        one.condition == other.condition and one.size == other.size for one, other in bound
    )


def _same_columns(one: Group, other: Group) -> bool:
    if isinstance(one.columns, slice) or isinstance(other.columns, slice):
        return isinstance(one.columns, slice) and isinstance(other.columns, slice) and one.columns == other.columns
    return bool(np.array_equal(one.columns, other.columns))
