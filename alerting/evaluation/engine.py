"""Judging: groups in blocks of columns, the latest period or every period, by the same calls."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from alerting.domain.arrays import Flags, Index
from alerting.domain.fault import Faults
from alerting.domain.finding import State
from alerting.domain.panel import Panel
from alerting.domain.period import PeriodKind
from alerting.domain.rule import RuleSet
from alerting.evaluation.block_verdicts import BlockVerdicts, judged_by, make_block, unjudged_cells, write_codes
from alerting.evaluation.contained import judged_apart
from alerting.evaluation.earlier_verdicts import EarlierVerdicts
from alerting.evaluation.groups import ColumnSet, compiled
from alerting.evaluation.histories import chunks, judge_histories
from alerting.evaluation.kept_verdicts import VerdictKeeper
from alerting.evaluation.rows import JudgedRows
from alerting.evaluation.same_verdicts import SameVerdicts

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
    #: Knew what need not be judged; None: all was.
    keeper: VerdictKeeper | None = None
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


def evaluate(  # noqa: PLR0913  # what a pass is told of others stands beside what it judges
    rules: RuleSet,
    panels: Mapping[PeriodKind, Panel],
    as_of: date,
    *,
    without_source: frozenset[str] = frozenset(),
    every_period: bool = False,
    only_rules: Iterable[str] | None = None,
    faults: Faults | None = None,
    keeper: VerdictKeeper | None = None,
    earlier: EarlierVerdicts | None = None,
    alongside: Evaluation | None = None,
) -> Evaluation:
    """Judge every rule on its series as of a day: their newest period, or with *every_period* their whole history.

    Args:
        faults: those of reading the figures, to which the rules that cannot be judged are added.
        keeper: knows of series of a history what need not be judged again.
        earlier: knows of a history as of an earlier day, by the same rules, which rows need not.
        alongside: what other rules found of every period of the same panels on this day, by measures that give the same figures.
    """
    same = None if alongside is None else SameVerdicts(alongside.verdicts)
    rows: Mapping[PeriodKind, JudgedRows] = (
        {kind: JudgedRows(panel, rules.measures, as_of, without_source) for kind, panel in panels.items()}
        if alongside is None
        else alongside.rows
    )
    verdicts: list[BlockVerdicts] = []
    faults = Faults() if faults is None else faults

    def judge(shared: ColumnSet) -> Iterator[BlockVerdicts]:
        own = rows[shared.first.kind].seen_by(shared.first)
        return (
            judge_histories(shared, own, as_of, keeper, earlier, same)
            if every_period
            else _judge_latest(shared, own, as_of)
        )

    for shared in compiled(rules, panels, only_rules, faults):
        verdicts += judged_apart(shared, judge, rules.rules, faults)
    return Evaluation(
        rules=rules,
        as_of=as_of,
        panels=panels,
        verdicts=verdicts,
        every_period=every_period,
        keeper=keeper,
        rows=rows,
        faults=faults,
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
            write_codes(judgement, absent, state, reason)
            span = (block.start, block.stop)
            kept, side = {span: judgement}, judgement.side
            yield BlockVerdicts(
                group, block, part.places, rows, state, reason, part.counts, spans=[span], side=side, _judgements=kept
            )


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
        for chunk in chunks(len(rows), LATEST_COLUMNS):
            counts: Flags = rows[chunk] == common
            if counts.any():
                yield RowSlice(chunk, common, None if counts.all() else counts[None])
    own = rows[others]
    for row in np.flatnonzero(np.bincount(own + 1)[1:]).tolist():
        places = others[own == row]
        for chunk in chunks(len(places), LATEST_COLUMNS):
            yield RowSlice(places[chunk], row)


def _common(rows: Index) -> int:
    """Return the row that more than half of the columns share: mostly the newest; -1 where there is none."""
    newest = int(rows.max(initial=-1))
    if np.count_nonzero(rows == newest) * 2 > len(rows):
        return newest
    sizes = np.bincount(rows + 1)
    most = int(sizes.argmax())
    return most - 1 if int(sizes[most]) * 2 > len(rows) else -1
