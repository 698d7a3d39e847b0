"""Judging whole histories: some columns at a time, all of their rows or a year's; what is known of a series is not judged again."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np

from alerting.domain.arrays import Codes, Flags, Index
from alerting.domain.block import Block
from alerting.domain.panel import Panel
from alerting.evaluation.block_verdicts import BlockVerdicts, RowSpan, make_block, unjudged_cells, write_codes
from alerting.evaluation.code_arena import CodeArena
from alerting.evaluation.earlier_verdicts import EarlierRows, EarlierVerdicts
from alerting.evaluation.groups import ColumnSet, Group
from alerting.evaluation.kept_verdicts import Recalled, VerdictKeeper
from alerting.evaluation.rows import Judged, JudgedRows
from alerting.evaluation.same_verdicts import SameVerdicts

#: Columns of a history judged at once where every row takes up where the one before left off.
HISTORY_COLUMNS = 4096
#: Cells judged at once where a history is judged year by year: few enough to stay near the processor, many enough that calls
#: cost little beside their work.
PIECE = 12 * 16384


def judge_histories(
    shared: ColumnSet,
    rows: JudgedRows,
    as_of: date,
    keeper: VerdictKeeper | None = None,
    earlier: EarlierVerdicts | None = None,
    same: SameVerdicts | None = None,
) -> Iterator[BlockVerdicts]:
    """Judge groups that watch the same columns at every row, piece by piece: some columns, and of their rows a year or all.

    Args:
        keeper: knows series that have not changed.
        earlier: knows rows that have not changed, by the same rules.
        same: knows groups of other rules that judge the same.
    """
    judged = rows.judged(shared.first.clamp, shared.first.grace)
    recalled = {} if keeper is None else keeper.recall(shared, rows, judged)
    for by_year in (True, False):
        groups = [group for group in shared.groups if group.condition.by_year is by_year]
        if groups:
            histories = _Histories(groups, rows, judged, as_of, by_year=by_year, earlier=earlier, same=same)
            yield from histories.verdicts(recalled)


@dataclass(eq=False)
class _Anew:
    """What was judged of series of groups of which the others are known: their places, ascending, and each group's verdicts."""

    places: Index
    found: list[list[BlockVerdicts]]

    def fill(self, number: int, verdicts: BlockVerdicts) -> None:
        """Write what was judged of the columns of a group's block into it."""
        assert isinstance(verdicts.places, slice)
        for one in self.found[number]:
            assert not isinstance(one.places, slice)
            begin, end = np.searchsorted(one.places, [verdicts.places.start, verdicts.places.stop]).tolist()
            if begin < end:
                columns, own = one.places[begin:end] - verdicts.places.start, slice(begin, end)
                verdicts.state[:, columns], verdicts.reason[:, columns] = one.state[:, own], one.reason[:, own]
                verdicts.keep_sides(one.side if isinstance(one.side, int) else one.side[:, own], columns)


class _Histories:
    """Judges groups on the same columns, all of them year by year, or none."""

    def __init__(
        self,
        groups: Sequence[Group],
        rows: JudgedRows,
        judged: Judged,
        as_of: date,
        *,
        by_year: bool,
        earlier: EarlierVerdicts | None = None,
        same: SameVerdicts | None = None,
    ) -> None:
        self.groups, self.rows, self.judged, self.as_of = groups, rows, judged, as_of
        self.first = groups[0]
        begin, end = self.first.clamp[0], self.first.clamp[1] + 1
        self.span = begin, end
        in_years = by_year and (end - begin) * self.first.size > PIECE
        self.spans = _years(rows.panel, begin, end) if in_years else [self.span]
        self.width = _width(self.spans) if by_year else HISTORY_COLUMNS
        self.pieces = list(chunks(self.first.size, self.width))
        self.same: dict[Group, Mapping[tuple[int, int], BlockVerdicts]] = {}
        self.known: dict[Group, EarlierRows] = {}
        for group in groups:
            if same is not None and (found := same.of(group, self.pieces)) is not None:
                self.same[group] = found
            elif earlier is not None and (before := earlier.rows_before(group, rows.panel, begin)) is not None:
                self.known[group] = before

    def verdicts(self, recalled: Mapping[Group, Recalled]) -> Iterator[BlockVerdicts]:
        """Yield the verdicts of all groups on one block after the other.

        Args:
            recalled: what is known of groups; of the others nothing is.
        """
        anew = self._anew(recalled)
        groups = [group for group in self.groups if group not in self.same]
        shelf = CodeArena(2 * len(groups) * (self.span[1] - self.span[0]) * self.first.size)
        for places in self.pieces:
            found = {group: blocks[places.start, places.stop] for group, blocks in self.same.items()}
            for verdicts in self._judged(groups, places, shelf, anew) if groups else ():
                if verdicts.group in anew:
                    recalled[verdicts.group].fill(verdicts)
                    judged, number = anew[verdicts.group]
                    judged.fill(number, verdicts)
                found[verdicts.group] = verdicts
            yield from (found[group] for group in self.groups)
        for known in recalled.values():
            known.close()

    def _judged(
        self, groups: Sequence[Group], places: slice, shelf: CodeArena, anew: Collection[Group]
    ) -> list[BlockVerdicts]:
        """Judge some columns of groups, as far as neither their series nor their rows are known; those *anew* are left empty."""
        whole = make_block(self.first, self.rows, places, self.span, self.as_of)
        lives = _active_cells(whole, self.judged)
        found = [self._empty(group, whole, places, shelf.room((2, *whole.shape)), lives) for group in groups]
        self._judge([one for one in found if one.group not in anew and one.group not in self.known], whole)
        self._judge_later_rows([one for one in found if one.group in self.known], whole)
        return found

    def _anew(self, recalled: Mapping[Group, Recalled]) -> dict[Group, tuple[_Anew, int]]:
        """Judge what is not known of groups of which most is; groups of which the same is not known are judged together."""
        alike: dict[bytes, tuple[Index, list[Group]]] = {}
        for group in self.groups:
            if group in self.known or group in self.same:
                continue
            if group in recalled and 2 * np.count_nonzero(fresh := recalled[group].fresh) <= len(fresh):
                alike.setdefault(fresh.tobytes(), (np.flatnonzero(fresh), []))[1].append(group)
        found: dict[Group, tuple[_Anew, int]] = {}
        for places, groups in alike.values():
            judged = _Anew(places, [[] for _ in groups])
            for some in chunks(len(places), self.width):
                own = places[some]
                block = make_block(self.first, self.rows, own, self.span, self.as_of)
                codes = [np.empty((2, *block.shape), dtype=np.int8) for _ in groups]
                blocks = [self._empty(group, block, own, room, None) for group, room in zip(groups, codes, strict=True)]
                self._judge(blocks, block)
                for several, one in zip(judged.found, blocks, strict=True):
                    several.append(one)
            found |= {group: (judged, number) for number, group in enumerate(groups)}
        return found

    def _empty(
        self, group: Group, block: Block, places: slice | Index, codes: Codes, lives: Flags | None
    ) -> BlockVerdicts:
        state, reason = codes
        return BlockVerdicts(group, block, places, self.rows, state, reason, lives, is_history=True, spans=self.spans)

    def _judge(self, found: Sequence[BlockVerdicts], whole: Block) -> None:
        for span in self.spans if found else ():
            _judge_piece(found, whole.part(*span), self.judged)

    def _judge_later_rows(self, found: Sequence[BlockVerdicts], whole: Block) -> None:
        """Judge the rows that come after those of which it is known what was found."""
        alike: dict[int, list[BlockVerdicts]] = {}
        for verdicts in found:
            known = self.known[verdicts.group]
            known.fill(verdicts)
            alike.setdefault(whole.start + known.n_rows, []).append(verdicts)
        for begin, several in alike.items():
            _say_why_not(several, whole.part(whole.start, begin), self.judged)
            for start, stop in self.spans:
                if stop > begin:
                    _judge_piece(several, whole.part(max(start, begin), stop), self.judged)


def _say_why_not(found: Sequence[BlockVerdicts], piece: Block, judged: Judged) -> None:
    """Write down anew why there is no figure in cells of a history's first rows: that may be another reason by now."""
    absent = unjudged_cells(piece, judged, None)
    for verdicts in found if absent is not None else ():
        assert absent is not None
        state, reason = verdicts.state[: piece.stop - piece.start], verdicts.reason[: piece.stop - piece.start]
        state.reshape(-1)[absent.places], reason.reshape(-1)[absent.places] = absent.state, absent.reason


def _judge_piece(found: Sequence[BlockVerdicts], piece: Block, judged: Judged) -> None:
    """Judge some rows of a history by every group, and write down what each finds."""
    absent = None if found[0].group.asks_clock else unjudged_cells(piece, judged, None)
    for verdicts in found:
        place = slice(piece.start - verdicts.block.start, piece.stop - verdicts.block.start)
        judgement = verdicts.judge(piece)
        write_codes(judgement, absent, verdicts.state[place], verdicts.reason[place])
        verdicts.keep_side(judgement.side, place)


def _years(panel: Panel, begin: int, end: int) -> list[RowSpan]:
    """Part rows where financial years begin: many limits hold for a year, so that one row of them is made, not twelve."""
    starts = panel.year_start_rows[begin:end]
    edges = [begin, *(np.flatnonzero(np.diff(starts)) + 1 + begin).tolist(), end]
    return list(pairwise(edges))


def _width(spans: Sequence[RowSpan]) -> int:
    """Return how many columns of the longest span make a piece."""
    return max(PIECE // max(stop - start for start, stop in spans), 1)


def chunks(size: int, width: int) -> Iterator[slice]:
    """Yield so many columns in pieces of a width."""
    for begin in range(0, size, width):
        yield slice(begin, min(begin + width, size))


def _active_cells(block: Block, judged: Judged) -> Flags:
    """Return the cells of each series' life: from its first figure to its judged row."""
    last = judged.rows[block.columns]
    first = np.minimum(block.panel.first_rows[block.columns], last)
    lives = np.ones(block.shape, dtype=bool)
    others = np.flatnonzero((first > block.start) | (last < block.stop - 1))  # mostly few: what is not yet, or no more
    row = np.arange(block.start, block.stop)[:, None]
    lives[:, others] = (row >= first[others]) & (row <= last[others])
    return lives
