"""Conditions made of conditions, in three-valued logic: a part without a verdict leaves the whole open unless another decides."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from alerting.conditions.base import State, Test, param
from alerting.domain.judging import Condition, Judgement, Vector
from alerting.domain.measure import Measure
from alerting.domain.panel import Block, Floats
from alerting.domain.period import PeriodKind
from alerting.wording.facts import Facts

T = TypeVar("T", np.int8, np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition(Test):
    """What all_of and any_of share."""

    parts: tuple[Condition, ...] = param("conditions")

    short: ClassVar[str] = "parts"

    def problems(self, measure: Measure, every: PeriodKind) -> list[str]:
        """Whatever stops a part."""
        none = [] if self.parts else [f"{self.key} needs at least one condition"]
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

    def leaves(self) -> tuple[Condition, ...]:
        """Return the plain conditions, from the first on."""
        return leaves(self.parts)

    def _judged(self, block: Block, numbers: Mapping[str, Floats]) -> list[Judgement]:
        return [
            part.judge(block, {name[len(f"{n}.") :]: v for name, v in numbers.items() if name.startswith(f"{n}.")})
            for n, part in enumerate(self.parts)
        ]

    def clause(self, facts: Facts, *, short: bool = False) -> str:
        """Say what the deciding part says."""
        return self.leaves()[facts.decided_by or 0].clause(facts, short=short)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyOf(Composition):
    """Exceptional when a part is; without one, a part without a verdict leaves it open."""

    key: ClassVar[str] = "any_of"

    def judge(self, block: Block, numbers: Mapping[str, Floats]) -> Judgement:
        """Let exception win over no_data over not_enough_history over normal."""
        order = (State.EXCEPTION, State.NO_DATA, State.NOT_ENOUGH_HISTORY, State.NORMAL)
        return merged(self.parts, self._judged(block, numbers), order)


@dataclass(frozen=True, slots=True, kw_only=True)
class AllOf(Composition):
    """Exceptional when every part is; normal as soon as one is normal."""

    key: ClassVar[str] = "all_of"

    def judge(self, block: Block, numbers: Mapping[str, Floats]) -> Judgement:
        """Let normal win over no_data over not_enough_history over exception."""
        order = (State.NORMAL, State.NO_DATA, State.NOT_ENOUGH_HISTORY, State.EXCEPTION)
        return merged(self.parts, self._judged(block, numbers), order)


@dataclass(frozen=True, slots=True, kw_only=True)
class Not(Test):
    """Swaps exception and normal; without a verdict it stays without one."""

    key: ClassVar[str] = "not"
    short: ClassVar[str] = "part"

    part: Condition = param("the condition to turn round")

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

    def leaves(self) -> tuple[Condition, ...]:
        """Return the part's plain conditions."""
        return leaves((self.part,))

    def judge(self, block: Block, numbers: Mapping[str, Floats]) -> Judgement:
        """Swap 0 and 1."""
        judgement = self.part.judge(block, numbers)
        judgement.state = np.where(judgement.state <= State.EXCEPTION, 1 - judgement.state, judgement.state)
        return judgement

    def clause(self, facts: Facts, *, short: bool = False) -> str:
        """Say what the part says: its words follow the figures, not the verdict."""
        return self.leaves()[facts.decided_by or 0].clause(facts, short=short)


def leaves(parts: Sequence[Condition]) -> tuple[Condition, ...]:
    """Flatten compositions into their plain conditions."""
    flat: list[Condition] = []
    for part in parts:
        flat.extend(part.leaves() if isinstance(part, Composition | Not) else (part,))
    return tuple(flat)


def merged(parts: Sequence[Condition], judged: Sequence[Judgement], order: Sequence[State]) -> Judgement:
    """Take, cell by cell, the first part whose state comes first in *order*, with all that it found."""
    states = np.stack([judgement.state for judgement in judged])
    rank = np.empty(len(order), dtype=np.int8)
    for place, state in enumerate(order):
        rank[state] = place
    winner = rank[states].argmin(axis=0)

    def chosen(planes: Sequence[NDArray[T]]) -> NDArray[T]:
        taken: NDArray[T] = np.take_along_axis(np.stack(planes), winner[None], axis=0)[0]
        return taken

    shape = winner.shape
    nothing, no_code = np.full(shape, np.nan), np.zeros(shape, dtype=np.int8)
    merged_ = Judgement(chosen([judgement.state for judgement in judged]))
    if any(judgement.reason is not None for judgement in judged):
        merged_.reason = chosen([no_code if j.reason is None else j.reason for j in judged])
    merged_.side = chosen([np.broadcast_to(np.int8(j.side), shape) for j in judged])
    names = dict.fromkeys(name for judgement in judged for name in judgement.planes)
    for name in names:
        merged_.planes[name] = chosen([np.broadcast_to(j.planes.get(name, nothing), shape) for j in judged])
    counts = np.cumsum([0] + [len(leaves((part,))) for part in parts[:-1]])
    own = [
        np.broadcast_to(np.int8(n) + (np.int8(0) if j.decided_by is None else j.decided_by), shape)
        for n, j in zip(counts, judged, strict=True)
    ]
    merged_.decided_by = chosen(own)
    return merged_
