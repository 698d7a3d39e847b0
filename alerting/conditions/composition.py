"""Conditions made of conditions, in three-valued logic: a part without a verdict leaves the whole open unless another decides."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import ClassVar, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from alerting.conditions.base import ConditionBase, State, in_words, param
from alerting.conditions.judged import judged
from alerting.domain.arrays import Codes, Floats, Index
from alerting.domain.block import Block
from alerting.domain.catalogue import CatalogueEntry, Example
from alerting.domain.condition import Below, Condition, Judgement, Part
from alerting.domain.limits_method import View
from alerting.domain.measure import Measure
from alerting.domain.parameters import Vector
from alerting.domain.period import PeriodKind
from alerting.wording.briefly import HeldLine
from alerting.wording.clause import Clause
from alerting.wording.facts import Facts

T = TypeVar("T", np.int8, np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition(ConditionBase):
    """What all_of and any_of share."""

    parts: tuple[Condition, ...] = param("conditions")

    short: ClassVar[str] = "parts"
    has_parts: ClassVar[bool] = True

    @property
    def by_year(self) -> bool:
        """Where every part is."""
        return all(part.by_year for part in self.parts)

    @property
    def view(self) -> View | None:
        """The parts'."""
        return next((part.view for part in self.parts if part.view is not None), None)

    def days_at_rest(self, overdue: Floats) -> float:
        """As the part that is the first to find something else."""
        return min((part.days_at_rest(overdue) for part in self.parts), default=inf)

    def problems(self, measure: Measure, every: PeriodKind) -> list[str]:
        """Whatever stops a part; and parts that judge different things."""
        none = [] if self.parts else [f"{self.key} needs at least one condition"]
        if len({part.view for part in self.parts}) > 1:
            none.append(
                f"the parts of {self.key} judge different things: days between events, and figures; write two rules"
            )
        return none + [problem for part in self.parts for problem in part.problems(measure, every)]

    def bind(self, measure: Measure) -> Self:
        """Bind every part."""
        return replace(self, parts=tuple(part.bind(measure) for part in self.parts))

    def structure(self) -> Hashable:
        """The parts' structures, in order."""
        return (type(self), *(part.structure() for part in self.parts))

    def vectors(self) -> Mapping[str, Vector]:
        """The parts' vectors, each name after its part's number."""
        return {f"{n}.{name}": v for n, part in enumerate(self.parts) for name, v in part.vectors().items()}

    def plain_parts(self, below: Below = (), nots: int = 0) -> Iterator[Part]:
        """Yield those of every part, from the first on."""
        for place, part in enumerate(self.parts):
            yield from part.plain_parts((*below, self.key, place), nots)

    def _judged(self, block: Block, numbers: Mapping[str, Floats]) -> list[Judgement]:
        return [
            judged_part(
                part, block, {name: numbers[own] for name in part.vectors() if (own := f"{n}.{name}") in numbers}
            )
            for n, part in enumerate(self.parts)
        ]

    def clause(self, facts: Facts, *, short: bool = False) -> Clause:
        """Say what the deciding part says."""
        return _said(self.parts, facts, short=short)

    def held_against(self, facts: Facts) -> HeldLine | None:
        """Name what the part that decided holds the figure against."""
        condition, facts = _decided(self.parts, facts)
        return condition.held_against(facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyOf(Composition):
    """Exceptional when a part is; without one, a part without a verdict leaves it open."""

    key: ClassVar[str] = "any_of"
    entry: ClassVar[CatalogueEntry] = CatalogueEntry(
        formula="an exception if a part is, else no_data if a part is, else not_enough_history, else normal",
        use="Several reasons to be told of the same thing, in one notice.",
        avoid="Different things: two rules can be told to different people and silenced singly.",
        example=Example(
            when="{any_of: [{target_missed: {at_most: 55}}, {change: {versus: previous_period, rises_by: 50 %}}]}",
            figures="50 57",
            finds="The figure: 57 in May 2018, 2 above the target of 55. It is up 14% from 50 in April 2018.",
        ),
    )

    def judge(self, block: Block, numbers: Mapping[str, Floats]) -> Judgement:
        """Let exception win over no_data over not_enough_history over normal."""
        order = (State.EXCEPTION, State.NO_DATA, State.NOT_ENOUGH_HISTORY, State.NORMAL)
        return merged(self.parts, self._judged(block, numbers), order)

    def clears(self, facts: Facts) -> str | None:
        """Say what ends it for the part that decided; another part may find an exception then."""
        part, own = _deciding(self.parts, facts)
        words = in_words(part).clears(own)
        others = len(self.parts) > 1
        return f"{words}, if no other part of its rule finds an exception" if words and others else words


@dataclass(frozen=True, slots=True, kw_only=True)
class AllOf(Composition):
    """Exceptional when every part is; normal as soon as one is normal."""

    key: ClassVar[str] = "all_of"
    entry: ClassVar[CatalogueEntry] = CatalogueEntry(
        formula="an exception if every part is; normal as soon as one is normal",
        use="To leave out what does not matter: above its limit and more than a handful.",
        avoid="To make a rule rarer without saying why: raise the limit instead.",
        example=Example(
            when="{all_of: [{change: {versus: previous_period, rises_by: 20 %}}, {target_missed: {at_most: 30}}]}",
            figures="25 40",
            finds="The figure: 40 in May 2018, up from 25 in April 2018.",
        ),
    )

    def judge(self, block: Block, numbers: Mapping[str, Floats]) -> Judgement:
        """Let normal win over no_data over not_enough_history over exception."""
        order = (State.NORMAL, State.NO_DATA, State.NOT_ENOUGH_HISTORY, State.EXCEPTION)
        return merged(self.parts, self._judged(block, numbers), order)

    def clears(self, facts: Facts) -> str | None:
        """Say what ends it for the part that decided: where one part is normal, the whole is."""
        part, own = _deciding(self.parts, facts)
        return in_words(part).clears(own)


@dataclass(frozen=True, slots=True, kw_only=True)
class Not(ConditionBase):
    """Swaps exception and normal; without a verdict it stays without one."""

    key: ClassVar[str] = "not"
    entry: ClassVar[CatalogueEntry] = CatalogueEntry(
        formula="swaps exception and normal",
        use="With all_of: outside limits, but not in the season when that is usual.",
        avoid="By itself: the words still say what the part found.",
        example=Example(
            when="{not: {band: {bands: [{low: below 20}, {usual: 20 or more}]}}}",
            figures="30 31",
            finds=(
                "The figure: 31 in May 2018, in the usual band (20 or more). It is up 3.3% from 30 in April 2018. "
                "This is the second month running, since April 2018."
            ),
            measure="unit: count, better: lower",
        ),
    )
    short: ClassVar[str] = "part"
    has_parts: ClassVar[bool] = True

    part: Condition = param("the condition to turn round")

    @property
    def by_year(self) -> bool:
        """As the part."""
        return self.part.by_year

    @property
    def view(self) -> View | None:
        """As the part."""
        return self.part.view

    def days_at_rest(self, overdue: Floats) -> float:
        """As the part."""
        return self.part.days_at_rest(overdue)

    def problems(self, measure: Measure, every: PeriodKind) -> list[str]:
        """Whatever stops the part."""
        return self.part.problems(measure, every)

    def bind(self, measure: Measure) -> Self:
        """Bind the part."""
        return replace(self, part=self.part.bind(measure))

    def structure(self) -> Hashable:
        """The part's."""
        return (Not, self.part.structure())

    def vectors(self) -> Mapping[str, Vector]:
        """The part's."""
        return self.part.vectors()

    def plain_parts(self, below: Below = (), nots: int = 0) -> Iterator[Part]:
        """Yield those of the part, turned round once more."""
        yield from self.part.plain_parts((*below, self.key), nots + 1)

    def judge(self, block: Block, numbers: Mapping[str, Floats]) -> Judgement:
        """Swap 0 and 1."""
        judgement = judged_part(self.part, block, numbers)
        judgement.state = np.where(judgement.state <= State.EXCEPTION, 1 - judgement.state, judgement.state)
        return judgement

    def clause(self, facts: Facts, *, short: bool = False) -> Clause:
        """Say what the part says of its own verdict: what is turned round is the rule's, not the words'."""
        return _said((self,), facts, short=short)

    def held_against(self, facts: Facts) -> HeldLine | None:
        """Name what the part holds the figure against."""
        condition, facts = _decided((self,), facts)
        return condition.held_against(facts)


def judged_part(part: Condition, block: Block, numbers: Mapping[str, Floats]) -> Judgement:
    """Judge by one part; where some parts ask the clock, a test of values learns here why a value is unknown."""
    judgement, absent = judged(part, block, numbers), block.absent
    if absent is None or part.by_clock or part.has_parts:
        return judgement
    state, reason = np.array(judgement.state, order="C"), np.zeros(block.shape, dtype=np.int8)
    if judgement.reason is not None:
        reason[:] = judgement.reason
    state.reshape(-1)[absent.places] = absent.state
    reason.reshape(-1)[absent.places] = absent.reason
    return replace(judgement, state=state, reason=reason)


def _said(parts: Sequence[Condition], facts: Facts, *, short: bool) -> Clause:
    """Say what the plain condition that decided says, of the verdict that it gave itself."""
    condition, facts = _decided(parts, facts)
    return condition.clause(facts, short=short)


def _decided(parts: Sequence[Condition], facts: Facts) -> tuple[ConditionBase, Facts]:
    """Return the plain condition that decided, with the facts of the verdict that it gave itself."""
    decided = [own for part in parts for own in part.plain_parts()][facts.decided_by or 0]
    if decided.turned and facts.finding.state.is_verdict:
        own = State.NORMAL if facts.finding.state is State.EXCEPTION else State.EXCEPTION
        facts = replace(facts, finding=replace(facts.finding, state=own))
    return in_words(decided.condition), facts


def _deciding(parts: Sequence[Condition], facts: Facts) -> tuple[Condition, Facts]:
    """Return the part that the plain condition that decided is of, and the facts with its place in that part."""
    place = facts.decided_by or 0
    for part in parts:
        size = sum(1 for _ in part.plain_parts())
        if place < size:
            return part, replace(facts, decided_by=place)
        place -= size
    raise AssertionError(f"there is no plain condition {facts.decided_by} among {len(parts)} parts")


def merged(parts: Sequence[Condition], judged: Sequence[Judgement], order: Sequence[State]) -> Judgement:
    """Take, cell by cell, the first part whose state comes first in *order*, with all that it found."""
    shape = judged[0].state.shape
    won = _won([judgement.state for judgement in judged], order)
    no_code = np.zeros((1, 1), dtype=np.int8)
    found = Judgement(_chosen([judgement.state for judgement in judged], won, shape))
    if any(judgement.reason is not None for judgement in judged):
        found.reason = _chosen([no_code if j.reason is None else j.reason for j in judged], won, shape)
    found.side = _chosen([np.asarray(j.side, dtype=np.int8) for j in judged], won, shape)
    found.planes = _Planes([judgement.planes for judgement in judged], won, shape)
    counts = np.cumsum([0] + [sum(1 for _ in part.plain_parts()) for part in parts[:-1]])
    own = [
        np.asarray(np.int8(n) + (np.int8(0) if j.decided_by is None else j.decided_by), dtype=np.int8)
        for n, j in zip(counts, judged, strict=True)
    ]
    found.decided_by = _chosen(own, won, shape)
    return found


#: Rows and columns of some cells.
Cells = tuple[Index, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Planes(Mapping[str, Floats]):
    """The planes of all parts, each cell from the part that decides; put together when somebody asks for one."""

    parts: Sequence[Mapping[str, Floats]]
    won: Sequence[Cells]
    shape: tuple[int, ...]

    def __getitem__(self, name: str) -> Floats:
        if not any(name in planes for planes in self.parts):
            raise KeyError(name)
        nothing = np.full((1, 1), np.nan)
        return _chosen([planes.get(name, nothing) for planes in self.parts], self.won, self.shape)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(name for planes in self.parts for name in planes))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _chosen(planes: Sequence[NDArray[T]], won: Sequence[Cells], shape: tuple[int, ...]) -> NDArray[T]:
    """Take each cell from the part that decides it; most are decided by the first."""
    taken = np.array(np.broadcast_to(planes[0], shape))
    for plane, cells in zip(planes[1:], won[1:], strict=True):
        taken[cells] = np.broadcast_to(plane, shape)[cells]
    return taken


def _won(states: Sequence[Codes], order: Sequence[State]) -> list[Cells]:
    """Return, for each part, rows and columns of the cells in which it decides."""
    rank = np.empty(len(order), dtype=np.int8)
    for place, state in enumerate(order):
        rank[state] = place
    best = rank[states[0]]
    winner = np.zeros(best.shape, dtype=np.int8)
    for part, own in enumerate(states[1:], 1):
        here = rank[own]
        better = np.nonzero(here < best)
        winner[better], best[better] = part, here[better]
    return [np.nonzero(winner == part) if part else () for part in range(len(states))]
