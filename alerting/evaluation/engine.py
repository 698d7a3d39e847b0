"""Judging: groups in blocks of columns, the latest period or every period, by the same calls."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

import numpy as np

from alerting.domain.arrays import Codes, Flags, Index
from alerting.domain.block import Block, Unjudged
from alerting.domain.condition import Judgement
from alerting.domain.fault import Faults
from alerting.domain.finding import State
from alerting.domain.panel import Panel
from alerting.domain.period import PeriodKind
from alerting.domain.rule import RuleSet
from alerting.evaluation.block_verdicts import BlockVerdicts, Span, judged_by, make_block, unjudged_cells
from alerting.evaluation.code_arena import CodeArena
from alerting.evaluation.contained import judged_apart
from alerting.evaluation.groups import ColumnSet, compiled
from alerting.evaluation.rows import Judged, JudgedRows

#: Columns of a history judged at once where every row takes up where the one before left off.
HISTORY_COLUMNS = 4096
#: Cells judged at once where a history is judged year by year: few enough to stay near the processor, many enough that calls
#: cost little beside their work.
PIECE = 12 * 16384
#: Columns judged at once where only one period is: wide enough that calls cost little beside their work.
LATEST_COLUMNS = 131072


@dataclass(frozen=True, kw_only=True, eq=False)
class Evaluation:
    """All verdicts of one pass, before any has words."""

    rules: RuleSet
    as_of: date
    panels: Mapping[PeriodKind, Panel]
    verdicts: Sequence[BlockVerdicts]
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
    verdicts: list[BlockVerdicts] = []
    faults = Faults() if faults is None else faults
    one_way = _judge_histories if every_period else _judge_latest

    def judge(shared: ColumnSet) -> Iterator[BlockVerdicts]:
        return one_way(shared, rows[shared.first.kind].seen_by(shared.first), as_of)

    for shared in compiled(rules, panels, only_rules, faults):
        verdicts += judged_apart(shared, judge, rules.rules, faults)
    return Evaluation(
        rules=rules, as_of=as_of, panels=panels, verdicts=verdicts, every_period=every_period, rows=rows, faults=faults
    )


def _judge_latest(shared: ColumnSet, rows: JudgedRows, as_of: date) -> Iterator[BlockVerdicts]:
    """Judge groups that watch the same columns, block by block, so that blocks and their limits are shared."""
    first = shared.first
    judged = rows.judged(first.clamp, first.grace)
    for part in _latest(judged.rows[first.columns]):
        block = make_block(first, rows, part.places, (part.row, part.row + 1), as_of)
        absent = None if first.asks_clock else unjudged_cells(block, judged, part.counts)
        for group in shared.groups:
            judgement = judged_by(group, block, rows.numbers.of(group, block.start, block.stop, part.places))
            state, reason = np.empty((2, *block.shape), dtype=np.int8)
            _write(judgement, absent, state, reason)
            span = (block.start, block.stop)
            kept, side = {span: judgement}, judgement.side
            yield BlockVerdicts(
                group, block, part.places, rows, state, reason, part.counts, spans=[span], side=side, _judgements=kept
            )


def _judge_histories(shared: ColumnSet, rows: JudgedRows, as_of: date) -> Iterator[BlockVerdicts]:
    """Judge groups that watch the same columns at every row, piece by piece: some columns, and of their rows a year or all."""
    first = shared.first
    judged = rows.judged(first.clamp, first.grace)
    begin, end = first.clamp[0], first.clamp[1] + 1
    for by_year in (True, False):
        groups = [group for group in shared.groups if group.condition.by_year is by_year]
        shelf = CodeArena(2 * len(groups) * (end - begin) * first.size)
        spans = _years(rows.panel, begin, end) if by_year and (end - begin) * first.size > PIECE else [(begin, end)]
        width = _width(spans) if by_year else HISTORY_COLUMNS
        for places in _chunks(first.size, width) if groups else ():
            whole = make_block(first, rows, places, (begin, end), as_of)
            lives = _active_cells(whole, judged)
            found = []
            for group in groups:
                state, reason = shelf.room((2, *whole.shape))
                found.append(
                    BlockVerdicts(group, whole, places, rows, state, reason, lives, is_history=True, spans=spans)
                )
            for span in spans:
                _judge_piece(found, whole.part(*span), judged)
            yield from found


def _judge_piece(found: Sequence[BlockVerdicts], piece: Block, judged: Judged) -> None:
    """Judge some rows of a history by every group, and write down what each finds."""
    absent = None if found[0].group.asks_clock else unjudged_cells(piece, judged, None)
    for verdicts in found:
        place = slice(piece.start - verdicts.block.start, piece.stop - verdicts.block.start)
        judgement = verdicts.judge(piece)
        _write(judgement, absent, verdicts.state[place], verdicts.reason[place])
        verdicts.keep_side(judgement.side, place)


def _years(panel: Panel, begin: int, end: int) -> list[Span]:
    """Part rows where financial years begin: many limits hold for a year, so that one row of them is made, not twelve."""
    starts = panel.year_start_rows[begin:end]
    edges = [begin, *(np.flatnonzero(np.diff(starts)) + 1 + begin).tolist(), end]
    return list(pairwise(edges))


def _width(spans: Sequence[Span]) -> int:
    """Return how many columns of the longest span make a piece."""
    return max(PIECE // max(stop - start for start, stop in spans), 1)


@dataclass(frozen=True, slots=True, eq=False)
class RowSlice:
    """Some of a group's columns, with the row that is judged there."""

    places: slice | Index
    row: int
    #: Which of the columns are judged at this row; None: all of them.
    counts: Flags | None = None


def _latest(rows: Index) -> Iterator[RowSlice]:
    """Part columns by the row that is judged; those without one fall out.

    The row that most share is judged in views of the whole, where the other columns do not count; the others by their places.
    """
    common = _common(rows)
    others = np.flatnonzero(rows != common)
    if common >= 0:
        for chunk in _chunks(len(rows), LATEST_COLUMNS):
            counts: Flags = rows[chunk] == common
            if counts.any():
                yield RowSlice(chunk, common, None if counts.all() else counts[None])
    own = rows[others]
    for row in np.flatnonzero(np.bincount(own + 1)[1:]).tolist():
        places = others[own == row]
        for chunk in _chunks(len(places), LATEST_COLUMNS):
            yield RowSlice(places[chunk], row)


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


def _write(judgement: Judgement, absent: Unjudged | None, state: Codes, reason: Codes) -> None:
    """Write states and reasons down; where the value itself is unknown, say why, whatever the condition found."""
    state[:] = judgement.state
    reason[:] = 0 if judgement.reason is None else judgement.reason
    if absent is not None:
        state.reshape(-1)[absent.places] = absent.state
        reason.reshape(-1)[absent.places] = absent.reason


def _active_cells(block: Block, judged: Judged) -> Flags:
    """Return the cells of each series' life: from its first figure to its judged row."""
    last = judged.rows[block.columns]
    first = np.minimum(block.panel.first_rows[block.columns], last)
    lives = np.ones(block.shape, dtype=bool)
    others = np.flatnonzero((first > block.start) | (last < block.stop - 1))  # mostly few: what is not yet, or no more
    row = np.arange(block.start, block.stop)[:, None]
    lives[:, others] = (row >= first[others]) & (row <= last[others])
    return lives
