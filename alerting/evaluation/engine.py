"""Judging: groups in blocks of columns, the latest period or every period, by the same calls."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from alerting.conditions.base import unjudged
from alerting.conditions.judged import judged
from alerting.domain.arrays import Codes, Columns, Flags, Floats, Index
from alerting.domain.block import Absent, Block
from alerting.domain.condition import Judgement
from alerting.domain.fault import Faults
from alerting.domain.finding import Reason, State
from alerting.domain.panel import Panel
from alerting.domain.period import PeriodKind
from alerting.domain.rule import RuleSet
from alerting.evaluation.contained import judged_apart
from alerting.evaluation.groups import ColumnSet, Group, Member, compiled
from alerting.evaluation.rows import Judged, JudgedRows
from alerting.evaluation.shelf import Shelf

#: Columns of a history judged at once where every row takes up where the one before left off.
HISTORY_COLUMNS = 4096
#: Cells judged at once where a history is judged year by year: few enough to stay near the processor, many enough that calls
#: cost little beside their work.
PIECE = 12 * 16384
#: Columns judged at once where only one period is: wide enough that calls cost little beside their work.
LATEST_COLUMNS = 131072


#: First row of a panel, and the row after the last.
Span = tuple[int, int]


@dataclass(eq=False)
class Verdicts:
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
    spans: Sequence[Span] = ()
    #: On which side of what it is held against each cell lies, as in `Judgement`; of a history's exceptional cells only.
    side: Codes | int = 0
    _judgements: dict[Span, Judgement] = field(default_factory=dict)
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

    def _span(self, row: int) -> Span:
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


@dataclass(frozen=True, kw_only=True, eq=False)
class Evaluation:
    """All verdicts of one pass, before any has words."""

    rules: RuleSet
    as_of: date
    panels: Mapping[PeriodKind, Panel]
    verdicts: Sequence[Verdicts]
    every_period: bool
    rows: Mapping[PeriodKind, JudgedRows] = field(default_factory=dict)
    #: What could not be judged or put into words because the program itself failed at it; grows while findings are made.
    faults: Faults = field(default_factory=Faults)

    def counts(self) -> dict[str, int]:
        """Return how many findings there are of each state."""
        totals = np.zeros(len(State), dtype=np.int64)
        for verdict in self.verdicts:
            states = verdict.state if verdict.counts is None else verdict.state[verdict.counts]
            totals += np.bincount(states.ravel(), minlength=len(State))
        order = (State.EXCEPTION, State.NORMAL, State.NO_DATA, State.NOT_ENOUGH_HISTORY)
        return {state.word: int(totals[state]) for state in order}


def evaluate(
    rules: RuleSet,
    panels: Mapping[PeriodKind, Panel],
    as_of: date,
    *,
    without_source: frozenset[str] = frozenset(),
    every_period: bool = False,
    only_rules: Iterable[str] | None = None,
    faults: Faults | None = None,
) -> Evaluation:
    """Judge every rule on its series as of a day: their newest period, or with *every_period* their whole history.

    Args:
        faults: those of reading the figures, to which the rules that cannot be judged are added.
    """
    rows = {kind: JudgedRows(panel, rules.measures, as_of, without_source) for kind, panel in panels.items()}
    verdicts: list[Verdicts] = []
    faults = Faults() if faults is None else faults
    one_way = _judge_histories if every_period else _judge_latest

    def judge(shared: ColumnSet) -> Iterator[Verdicts]:
        return one_way(shared, rows[shared.first.kind].seen_by(shared.first), as_of)

    for shared in compiled(rules, panels, only_rules, faults):
        verdicts += judged_apart(shared, judge, rules.rules, faults)
    return Evaluation(
        rules=rules, as_of=as_of, panels=panels, verdicts=verdicts, every_period=every_period, rows=rows, faults=faults
    )


def _judge_latest(shared: ColumnSet, rows: JudgedRows, as_of: date) -> Iterator[Verdicts]:
    """Judge groups that watch the same columns, block by block, so that blocks and their limits are shared."""
    first = shared.first
    judged = rows.judged(first.clamp, first.grace)
    for part in _latest(judged.rows[first.columns]):
        block = make_block(first, rows, part.places, (part.row, part.row + 1), as_of)
        absent = None if first.asks_clock else _absent(block, judged, part.counts)
        for group in shared.groups:
            judgement = judged_by(group, block, rows.numbers.of(group, block.start, block.stop, part.places))
            state, reason = np.empty((2, *block.shape), dtype=np.int8)
            _write(judgement, absent, state, reason)
            span = (block.start, block.stop)
            kept, side = {span: judgement}, judgement.side
            yield Verdicts(
                group, block, part.places, rows, state, reason, part.counts, spans=[span], side=side, _judgements=kept
            )


def _judge_histories(shared: ColumnSet, rows: JudgedRows, as_of: date) -> Iterator[Verdicts]:
    """Judge groups that watch the same columns at every row, piece by piece: some columns, and of their rows a year or all."""
    first = shared.first
    judged = rows.judged(first.clamp, first.grace)
    begin, end = first.clamp[0], first.clamp[1] + 1
    for by_year in (True, False):
        groups = [group for group in shared.groups if group.condition.by_year is by_year]
        shelf = Shelf(2 * len(groups) * (end - begin) * first.size)
        spans = _years(rows.panel, begin, end) if by_year and (end - begin) * first.size > PIECE else [(begin, end)]
        width = _width(spans) if by_year else HISTORY_COLUMNS
        for places in _chunks(first.size, width) if groups else ():
            whole = make_block(first, rows, places, (begin, end), as_of)
            lives = _lives(whole, judged)
            found = []
            for group in groups:
                state, reason = shelf.room((2, *whole.shape))
                found.append(Verdicts(group, whole, places, rows, state, reason, lives, is_history=True, spans=spans))
            for span in spans:
                _judge_piece(found, whole.part(*span), judged)
            yield from found


def _judge_piece(found: Sequence[Verdicts], piece: Block, judged: Judged) -> None:
    """Judge some rows of a history by every group, and write down what each finds."""
    absent = None if found[0].group.asks_clock else _absent(piece, judged, None)
    for verdicts in found:
        place = slice(piece.start - verdicts.block.start, piece.stop - verdicts.block.start)
        judgement = verdicts.judge(piece)
        _write(judgement, absent, verdicts.state[place], verdicts.reason[place])
        verdicts.keep_side(judgement.side, place)


def judged_by(group: Group, block: Block, numbers: Mapping[str, Floats]) -> Judgement:
    """Judge a block by a group's condition."""
    with np.errstate(all="ignore"):  # extreme figures are judged like others, never a warning on stderr
        return judged(group.condition, block, numbers)


def _years(panel: Panel, begin: int, end: int) -> list[Span]:
    """Part rows where financial years begin: many limits hold for a year, so that one row of them is made, not twelve."""
    starts = panel.year_start_rows[begin:end]
    edges = [begin, *(np.flatnonzero(np.diff(starts)) + 1 + begin).tolist(), end]
    return list(pairwise(edges))


def _width(spans: Sequence[Span]) -> int:
    """Return how many columns of the longest span make a piece."""
    return max(PIECE // max(stop - start for start, stop in spans), 1)


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Some of a group's columns, with the row that is judged there."""

    places: slice | Index
    row: int
    #: Which of the columns are judged at this row; None: all of them.
    counts: Flags | None = None


def _latest(rows: Index) -> Iterator[Part]:
    """Part columns by the row that is judged; those without one fall out.

    The row that most share is judged in views of the whole, where the other columns do not count; the others by their places.
    """
    common = _common(rows)
    others = np.flatnonzero(rows != common)
    if common >= 0:
        for chunk in _chunks(len(rows), LATEST_COLUMNS):
            counts: Flags = rows[chunk] == common
            if counts.any():
                yield Part(chunk, common, None if counts.all() else counts[None])
    own = rows[others]
    for row in np.flatnonzero(np.bincount(own + 1)[1:]).tolist():
        places = others[own == row]
        for chunk in _chunks(len(places), LATEST_COLUMNS):
            yield Part(places[chunk], row)


def _common(rows: Index) -> int:
    """Return the row that more than half of the columns share: mostly the newest; -1 where there is none."""
    newest = int(rows.max(initial=-1))
    if np.count_nonzero(rows == newest) * 2 > len(rows):
        return newest
    sizes = np.bincount(rows + 1)
    most = int(sizes.argmax())
    return most - 1 if int(sizes[most]) * 2 > len(rows) else -1


def _chunks(size: int, width: int) -> Iterator[slice]:
    for begin in range(0, size, width):
        yield slice(begin, min(begin + width, size))


def make_block(group: Group, rows: JudgedRows, places: slice | Index, span: Span, as_of: date) -> Block:
    """Return the block of a group's columns at rows *span*."""
    columns = subset(group.columns, places)
    overdue = rows.overdue()[span[0] : span[1], columns] if group.asks_clock else None
    block = Block(rows.panel, span[0], span[1], columns, as_of, overdue, days=group.days)
    if group.is_mixed:
        block.absent = _absent(block, rows.judged(group.clamp, group.grace), None)
    return block


def _absent(block: Block, judged: Judged, counts: Flags | None) -> Absent | None:
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
    return Absent(places, unjudged(why), why)


def _write(judgement: Judgement, absent: Absent | None, state: Codes, reason: Codes) -> None:
    """Write states and reasons down; where the value itself is unknown, say why, whatever the condition found."""
    state[:] = judgement.state
    reason[:] = 0 if judgement.reason is None else judgement.reason
    if absent is not None:
        state.reshape(-1)[absent.places] = absent.state
        reason.reshape(-1)[absent.places] = absent.reason


def _lives(block: Block, judged: Judged) -> Flags:
    """Return the cells of each series' life: from its first figure to its judged row."""
    last = judged.rows[block.columns]
    first = np.minimum(block.panel.first_rows[block.columns], last)
    lives = np.ones(block.shape, dtype=bool)
    others = np.flatnonzero((first > block.start) | (last < block.stop - 1))  # mostly few: what is not yet, or no more
    row = np.arange(block.start, block.stop)[:, None]
    lives[:, others] = (row >= first[others]) & (row <= last[others])
    return lives


def subset(columns: Columns, places: slice | Index) -> Columns:
    """Return some of the columns by their places; a slice of a slice stays one."""
    if isinstance(columns, slice):
        if isinstance(places, slice):
            return slice(columns.start + places.start, columns.start + places.stop)
        found: Index = columns.start + places
        return found
    return columns[places]
