"""What one group says of one block, and how its cells are judged again for those who look at them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from alerting.conditions.base import unjudged
from alerting.conditions.judged import judged
from alerting.domain.arrays import Codes, Columns, Flags, Floats, Index
from alerting.domain.block import Block, Unjudged
from alerting.domain.condition import Judgement
from alerting.domain.finding import Reason, State
from alerting.evaluation.groups import Group, Member
from alerting.evaluation.rows import Judged, JudgedRows

#: First row of a panel, and the row after the last.
RowSpan = tuple[int, int]


@dataclass(eq=False)
class BlockVerdicts:
    """What one group says of one block: states and reasons, the engine's own reasons included."""

    group: Group
    block: Block
    #: Places of the block's columns among the group's.
    places: slice | Index
    rows: JudgedRows
    state: Codes
    reason: Codes
    #: Cells that count: in a history, those between a series' first figure and its judged row.
    counts: Flags | None = None
    #: Whether the block's rows are a whole history, so that streaks can be counted along them.
    is_history: bool = False
    #: First row and the row after the last of what was judged together: all of the block's rows, or of a long history a year's.
    spans: Sequence[RowSpan] = ()
    #: On which side of what it is held against each cell lies, as in `Judgement`; of a history's exceptional cells only.
    side: Codes | int = 0
    _has_sides: bool = False
    _judgements: dict[RowSpan, Judgement] = field(default_factory=dict)
    #: What was asked for one by one: row -> its columns, ascending, and what the condition found there.
    _asked: dict[int, tuple[Index, Judgement]] = field(default_factory=dict)

    def judgement(self, row: int) -> tuple[Judgement, int]:
        """Return what the condition found, with all planes, in the span of a row; and which of the span's rows it is.

        A history is judged again there when all of it is asked for: planes take forty times the room of states, and mostly
        nobody looks at them.
        """
        at, span = self.block.start + row, self._span(row)
        if span not in self._judgements:
            self._judgements[span] = self.judge(self.block.part(*span))
        return self._judgements[span], at - span[0]

    def judgement_of(self, row: int, places: Index) -> tuple[Judgement, int, Index]:
        """Return what the condition found in some columns of a row; and where these are in it, as row and columns.

        Args:
            places: ascending. Only they are judged again, unless the whole row has been.
        """
        if self._span(row) in self._judgements:
            return *self.judgement(row), places
        if row in self._asked:
            known, found = self._asked[row]
            where = np.minimum(np.searchsorted(known, places), len(known) - 1)
            if (known[where] == places).all():
                return found, 0, where
        found = self._judge_cells(row, places)
        self._asked[row] = places, found
        return found, 0, np.arange(len(places))

    def _span(self, row: int) -> RowSpan:
        at = self.block.start + row
        return next(span for span in self.spans if span[0] <= at < span[1])

    def _judge_cells(self, row: int, places: Index) -> Judgement:
        """Judge some columns of one row."""
        block, chosen = self.block, self.group_places(places)
        assert block.as_of is not None
        at = block.start + row
        own = make_block(self.group, self.rows, chosen, (at, at + 1), block.as_of)
        numbers = self.rows.numbers.of(self.group, block.start, block.stop, chosen)
        here = {name: one[row : row + 1] if one.ndim == 2 and len(one) > 1 else one for name, one in numbers.items()}
        return judged_by(self.group, own, here)

    def judge(self, piece: Block) -> Judgement:
        """Judge some rows of the block."""
        numbers = self.rows.numbers.of(self.group, self.block.start, self.block.stop, self.places)
        place = slice(piece.start - self.block.start, piece.stop - self.block.start)
        own = {name: one[place] if one.ndim == 2 and len(one) > 1 else one for name, one in numbers.items()}
        return judged_by(self.group, piece, own)

    @cached_property
    def consecutive(self) -> NDArray[np.int32]:
        """Exceptional periods in a row up to each cell of a history; for those who ask for all of its rows."""
        assert self.counts is not None
        exceptional = (self.state == State.EXCEPTION) & self.counts
        found = np.zeros(self.block.shape, dtype=np.int32)
        count = np.zeros(self.block.shape[1], dtype=np.int32)
        for place, here in enumerate(exceptional):
            if place and not isinstance(self.side, int):
                count *= self.side[place] == self.side[place - 1]
            count += 1
            count *= here
            found[place] = count
        return found

    def consecutive_at(self, row: int, places: Index) -> Index:
        """Count exceptional periods in a row up to one row of a history, for some of its columns: cheap where it is short."""
        assert self.counts is not None
        found: Index = np.zeros(len(places), dtype=np.intp)
        going_on = np.arange(len(places))
        for before in range(row, -1, -1):
            columns = places[going_on]
            here = (self.state[before, columns] == State.EXCEPTION) & self.counts[before, columns]
            if not isinstance(self.side, int):
                here &= self.side[before, columns] == self.side[row, columns]
            going_on = going_on[here]
            if not len(going_on):
                break
            found[going_on] += 1
        return found

    def keep_side(self, side: Codes | int, rows: slice) -> None:
        """Write the sides of some rows down; one number where a condition has one side only."""
        if isinstance(side, int):
            self.side = side
            return
        if isinstance(self.side, int):
            self.side = np.zeros(self.block.shape, dtype=np.int8)
        self.side[rows] = side

    def keep_sides(self, side: Codes | int, columns: Columns) -> None:
        """Write the sides of some columns down, in all rows."""
        if isinstance(side, int) and isinstance(self.side, int) and (side == self.side or not self._has_sides):
            self.side = side
        else:
            if isinstance(self.side, int):
                self.side = np.full(self.block.shape, self.side, dtype=np.int8)
            self.side[:, columns] = side
        self._has_sides = True

    def side_at(self, row: int, place: int) -> int:
        """Return the side of one cell."""
        return self.side if isinstance(self.side, int) else int(self.side[row, place])

    def column(self, place: int) -> int:
        """Return the panel's column for a column of the block."""
        columns = self.block.columns
        return columns.start + place if isinstance(columns, slice) else int(columns[place])

    def group_place(self, place: int) -> int:
        """Return the place among the group's columns for a column of the block."""
        return self.places.start + place if isinstance(self.places, slice) else int(self.places[place])

    def group_places(self, places: Index) -> Index:
        """Return the places among the group's columns for columns of the block."""
        found: Index = self.places.start + places if isinstance(self.places, slice) else self.places[places]
        return found

    def members_at(self, places: Index) -> list[Member]:
        """Return the members that columns of the block belong to."""
        numbers = np.searchsorted(self.group.ends, self.group_places(places), side="right")
        return [self.group.members[number] for number in numbers.tolist()]


def make_block(group: Group, rows: JudgedRows, places: slice | Index, span: RowSpan, as_of: date) -> Block:
    """Return the block of a group's columns at rows *span*."""
    columns = subset(group.columns, places)
    overdue = rows.overdue()[span[0] : span[1], columns] if group.asks_clock else None
    block = Block(rows.panel, span[0], span[1], columns, as_of, overdue, days=group.days)
    if group.is_mixed:
        block.absent = unjudged_cells(block, rows.judged(group.clamp, group.grace), None)
    return block


def judged_by(group: Group, block: Block, numbers: Mapping[str, Floats]) -> Judgement:
    """Judge a block by a group's condition."""
    with np.errstate(all="ignore"):  # extreme figures are judged like others, never a warning on stderr
        return judged(group.condition, block, numbers)


def subset(columns: Columns, places: slice | Index) -> Columns:
    """Return some of the columns by their places; a slice of a slice stays one."""
    if isinstance(columns, slice):
        if isinstance(places, slice):
            return slice(columns.start + places.start, columns.start + places.stop)
        found: Index = columns.start + places
        return found
    return columns[places]


def unjudged_cells(block: Block, judged: Judged, counts: Flags | None) -> Unjudged | None:
    """Say of a block's unknown values why they are: held, refused, late and so on; None where all that count are known."""
    cells = block.values != block.values
    for own in (block.without_level, block.few_cases):  # those the conditions themselves answer for
        if own is not None:
            cells &= ~own
    if counts is not None:
        cells &= counts
    places = np.flatnonzero(cells)
    if not len(places):
        return None
    row, column = np.divmod(places, block.shape[1])
    why = np.full(len(places), Reason.MISSING.code, dtype=np.int8)
    if block.panel.reasons is not None:
        marked = block.panel.reasons[block.start : block.stop, block.columns][row, column]
        why = np.where(marked != 0, marked, why)
    newest, missing = judged.rows[block.columns][column], judged.missing[block.columns][column]
    why = np.where((row + block.start == newest) & (missing != 0), missing, why)
    return Unjudged(places, unjudged(why), why)


def write_codes(judgement: Judgement, absent: Unjudged | None, state: Codes, reason: Codes) -> None:
    """Write states and reasons down; where the value itself is unknown, say why, whatever the condition found."""
    state[:] = judgement.state
    reason[:] = 0 if judgement.reason is None else judgement.reason
    if absent is not None:
        state.reshape(-1)[absent.places] = absent.state
        reason.reshape(-1)[absent.places] = absent.reason
