"""Areas at one measure and period as rules find them: of a thousand a table shows twelve, and only these are explained."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import accumulate

import numpy as np

from alerting.domain.area import Area
from alerting.domain.arrays import Codes, Index
from alerting.domain.block import columns_at
from alerting.domain.finding import State
from alerting.evaluation.block_verdicts import BlockVerdicts
from alerting.evaluation.findings import FindingMaker
from alerting.evaluation.found import Found
from alerting.reports.order import Weight
from alerting.reports.views import AreaFigure, AreaGlance, AreaList

#: Findings made at once, in the order in which tables show areas: as many as one shows.
_AT_ONCE = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One rule's finding of one area, how far it lies beyond its line, and what orders it among those of other rules."""

    found: Found
    distance: float
    weight: Weight


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Series of one block that one rule judged in a period: a row, and columns in ascending order."""

    verdicts: BlockVerdicts
    row: int
    places: Index

    @property
    def columns(self) -> Index:
        """The panel's columns."""
        return columns_at(self.verdicts.block, self.places)

    @property
    def states(self) -> Codes:
        """What the rule says of each."""
        found: Codes = self.verdicts.state[self.row, self.places]
        return found


@dataclass(frozen=True, slots=True, eq=False)
class AreaNames:
    """The areas of a rule set, and the ids of those of each title: nothing forbids two of one."""

    areas: Mapping[str, Area]
    by_title: Mapping[str, Sequence[str]]

    @classmethod
    def of(cls, areas: Mapping[str, Area]) -> "AreaNames":
        """Index areas by title."""
        by_title: dict[str, list[str]] = {}
        for area in areas.values():
            by_title.setdefault(area.title, []).append(area.id)
        return cls(areas, by_title)


class AreaVerdicts:
    """The areas that one rule watches of a measure in a period, by number in tree order."""

    def __init__(
        self,
        measure: str,
        judged: Sequence[Judged],
        exceptional: Mapping[str, Sequence[Standing]],
        maker: FindingMaker,
        names: AreaNames,
    ) -> None:
        """Make no finding yet.

        Args:
            judged: by the rule that is asked for; at least one.
            exceptional: what any rule finds exceptional, by area, the worst first.
        """
        self._measure, self._judged, self._maker, self._names = measure, judged, maker, names
        self._panel = judged[0].verdicts.block.panel
        self._columns = np.concatenate([one.columns for one in judged])
        ids = [self._panel.areas[column] for column in self._columns.tolist()]
        self._exceptional = {n: exceptional[id_] for n, id_ in enumerate(ids) if id_ in exceptional}
        self._states = np.concatenate([one.states for one in judged])
        self._states[list(self._exceptional)] = State.EXCEPTION
        self._order = self._ordered()
        self._found: dict[int, Found] = {}
        self._glances: dict[int, AreaGlance] = {}

    def __len__(self) -> int:
        """How many there are."""
        return len(self._columns)

    def _ordered(self) -> Index:
        """Return their numbers in the order in which tables show them: exceptional ones first, each kind by its distance."""
        size = len(self._columns)
        distances, plain = np.zeros(size), np.ones(size, dtype=bool)
        for n, several in self._exceptional.items():
            distances[n], plain[n] = several[0].distance, all(one.found.finding.meaning is None for one in several)
        found: Index = np.lexsort((-distances, plain))  # stable: else in tree order
        return found

    def numbers(self, titles: Iterable[str]) -> frozenset[int]:
        """Return the numbers of areas of some titles."""
        columns = (
            self._panel.column(self._measure, id_) for title in titles for id_ in self._names.by_title.get(title, ())
        )
        return frozenset(
            n for column in columns if column is not None for n in np.flatnonzero(self._columns == column).tolist()
        )

    def foremost(self, most: int, hidden: frozenset[int]) -> tuple[list[AreaGlance], Counter[str]]:
        """Return so many areas, and the states of the others in the order in which these would follow.

        Args:
            hidden: numbers of areas that do not count.
        """
        order = self._order[~np.isin(self._order, list(hidden))] if hidden else self._order
        codes, first, counts = np.unique(self._states[order[most:]], return_index=True, return_counts=True)
        words = {_word(codes[n]): int(counts[n]) for n in np.argsort(first).tolist()}
        return [self.glance(n) for n in order[:most].tolist()], Counter(words)

    def glance(self, n: int) -> AreaGlance:
        """Return an area by the rule that finds it worst; what none does, by the rule that is asked for."""
        if n not in self._glances:
            several = self._exceptional.get(n, ())
            told = several[0].found if several else None
            meanings = dict.fromkeys(one.found.finding.meaning for one in several)
            self._glances[n] = AreaGlance(
                area=self._names.areas[self._panel.areas[int(self._columns[n])]].title,
                state=_word(self._states[n]),
                meanings=tuple(meaning for meaning in meanings if meaning is not None),
                distance=several[0].distance if several else 0.0,
                figure=cache(partial(self._figure, n, told)),
            )
        return self._glances[n]

    def _figure(self, n: int, told: Found | None) -> AreaFigure:
        """Write the figure of one area beside the line of the rule that finds it worst."""
        own = self._own(n)
        shown, value = told or own, own.finding.value
        held, is_place = shown.line, shown.facts.style.is_place
        line = held if shown.finding.state.is_verdict else None
        return AreaFigure(
            value=own.facts.style.bare(value, *own.facts.neighbours),
            line=None if line is None else str(line),
            apart=shown.apart(line),
            number=None if is_place else value,
            held=None if held is None or is_place else held.number,
        )

    def _own(self, n: int) -> Found:
        """Return what the rule that is asked for finds of an area; asked for once, since words are kept and nothing else."""
        if n not in self._found:
            first = int(np.flatnonzero(self._order == n)[0]) // _AT_ONCE * _AT_ONCE
            some = np.sort(self._order[first : first + _AT_ONCE])
            ends = list(accumulate(len(one.places) for one in self._judged))
            for one, end in zip(self._judged, ends, strict=True):
                begins = end - len(one.places)
                own = some[(begins <= some) & (some < end)]
                made = self._maker.at(one.verdicts, one.row, one.places[own - begins]) if len(own) else ()
                self._found |= {number: found for number, (_, found) in zip(own.tolist(), made, strict=True)}
        return self._found.pop(n)


class JudgedAreas(AreaList):
    """Areas as rules find them, less some."""

    def __init__(self, verdicts: AreaVerdicts, hidden: frozenset[int] = frozenset()) -> None:
        super().__init__()
        self._verdicts, self._hidden = verdicts, hidden

    def __iter__(self) -> Iterator[AreaGlance]:
        """Yield each of them."""
        yield from (self._verdicts.glance(n) for n in range(len(self._verdicts)) if n not in self._hidden)

    def named(self, area: str) -> AreaGlance | None:
        """Return the area of a title; None where there is none."""
        numbers = self._verdicts.numbers((area,)) - self._hidden
        return self._verdicts.glance(min(numbers)) if numbers else None

    def without(self, area: str) -> "JudgedAreas":
        """Return the areas of other titles."""
        return JudgedAreas(self._verdicts, self._hidden | self._verdicts.numbers((area,)))

    def foremost(self, most: int, *, without: Collection[str]) -> tuple[list[AreaGlance], Counter[str]]:
        """Return so many areas, as any list of areas does."""
        return self._verdicts.foremost(most, self._hidden | self._verdicts.numbers(without))


def _word(state: int) -> str:
    return State(int(state)).word.replace("_", " ")
