"""What conditions share: parameters, codes from masks, and how comparisons are made."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from math import inf
from types import MappingProxyType
from typing import Any, ClassVar, Self

import numpy as np

from alerting.conditions.kernels.beyond import beyond_limits
from alerting.domain.answers import BadSide, Chance, Misfit
from alerting.domain.arrays import Codes, Flags, Floats, Index
from alerting.domain.block import Block
from alerting.domain.catalogue import CatalogueEntry
from alerting.domain.condition import Below, BeyondLine, Condition, Judgement, Part
from alerting.domain.finding import HISTORY, Reason, State
from alerting.domain.limit_lines import LimitLines
from alerting.domain.limits_method import LimitsMethod, View
from alerting.domain.measure import Covers, Level, Measure, Span
from alerting.domain.panel import Panel
from alerting.domain.parameters import Band, Milestone, Vector
from alerting.domain.period import PeriodKind
from alerting.domain.spans import span_words
from alerting.limits.base import NO_NUMBERS, param
from alerting.wording.briefly import HeldLine
from alerting.wording.clause import Clause
from alerting.wording.compared import Within, cleared_at
from alerting.wording.facts import Facts

__all__ = ["Reason", "State", "param"]

BOTH_SIDES = frozenset((1, -1))


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionBase:
    """A condition whose parameters are all structural and that fits every measure; the others override."""

    key: ClassVar[str]
    entry: ClassVar[CatalogueEntry]
    #: Whether it looks along a series, so that each figure must be one of its own period.
    along_time: ClassVar[bool] = False
    has_parts: ClassVar[bool] = False
    as_printed: ClassVar[bool] = False
    judges_changes: ClassVar[bool] = False
    line: ClassVar[str | None] = None
    by_clock: ClassVar[bool] = False
    among_areas: ClassVar[bool] = False
    chance_known: ClassVar[bool] = True
    by_centre: ClassVar[bool] = False
    finds_moves: ClassVar[bool] = False
    evidence: ClassVar[tuple[str, ...]] = ()
    side_parameters: ClassVar[Mapping[str, int]] = MappingProxyType({})
    opposites: ClassVar[tuple[str, ...]] = ()
    tells: ClassVar[tuple[str, ...] | None] = None

    @property
    def found_sides(self) -> frozenset[int]:
        """Those of its parameters that are given; either where none says."""
        given = {side for name, side in self.side_parameters.items() if getattr(self, name) is not None}
        return BOTH_SIDES if not given or 0 in given else frozenset(given)

    @property
    def levels(self) -> Sequence[Level]:
        """Those among its parameters, in their order."""
        given = (getattr(self, field.name) for field in fields(self))
        return [value for value in given if isinstance(value, Level)]

    @property
    def milestones(self) -> Sequence[Milestone]:
        """None: no plan."""
        return ()

    @property
    def bands(self) -> Sequence[Band]:
        """None."""
        return ()

    @property
    def columns(self) -> Sequence[str]:
        """None."""
        return ()

    @property
    def due(self) -> date | None:
        """None: what is wanted is wanted now."""
        return None

    @property
    def grace(self) -> float:
        """None: the figures are judged."""
        return 0

    @property
    def versus(self) -> str | None:
        """None: it looks at one period, or along a series."""
        return None

    @property
    def bad_side(self) -> BadSide | None:
        """None: either side, or the measure's."""
        return None

    @property
    def chart_bands(self) -> Sequence[Band]:
        """Its bands."""
        return self.bands

    @property
    def line_names(self) -> Mapping[str, str]:
        """As usual."""
        return {}

    @property
    def is_sloped(self) -> bool:
        """Not so: what a value is held against holds for its whole period."""
        return False

    @property
    def misses(self) -> bool:
        """Not so: which side is worse says what an exception means."""
        return False

    @property
    def method(self) -> LimitsMethod | None:
        """None: no limits."""
        return None

    @property
    def judges_spans(self) -> bool:
        """Not so: each figure by itself."""
        return False

    @property
    def view(self) -> View | None:
        """As the limits, where there are some."""
        return None if self.method is None else self.method.view

    @property
    def looks_back(self) -> int:
        """The judged value alone."""
        return 1

    @property
    def chances(self) -> Mapping[PeriodKind, Chance]:
        """None: it is not known exactly."""
        return {}

    @property
    def in_a_row(self) -> int:
        """As many as it looks at."""
        return self.looks_back

    def plain_parts(self, below: Below = (), nots: int = 0) -> Iterator[Part]:
        """Yield itself."""
        yield Part(self, below, nots)

    @property
    def near_choices(self) -> Sequence[tuple[str, str, tuple[str, ...]]]:
        """(key, its value, the values beside it) of what is chosen among names that it gives itself: nothing."""
        return ()

    def numbers_given(self) -> Iterator[float]:
        """Yield those of its levels and milestones."""
        for level in self.levels:
            yield from level.numbers()
        yield from (milestone.value for milestone in self.milestones)

    def unusable(self, panel: Panel, at: int, column: int) -> Index:
        """Look at the values in a row before the judged one."""
        rows: Index = np.arange(max(at - self.looks_back + 1, 0), at)
        missing: Index = rows[np.isnan(panel.values[rows, column])]
        return missing

    @property
    def compares_periods(self) -> bool:
        """Along a series, or with limits of its own past; given lines hold figures as printed."""
        return self.along_time if self.method is None else self.method.own_past

    @property
    def by_year(self) -> bool:
        """As the limits, where there are some."""
        return self.method is None or self.method.by_year

    def days_at_rest(self, overdue: Floats) -> float:
        """Return one day where the clock judges: what it shows then may count; else figures alone do."""
        return min((1.0 if part.condition.by_clock else inf for part in self.plain_parts()), default=inf)

    def problems(self, measure: Measure, every: PeriodKind) -> list[str]:
        """Say why the condition cannot work on *measure*; by default it can."""
        return []

    def misfit(self, span: Span | Covers) -> Misfit | None:
        """Refuse figures that share months where it, or its limits, takes them for figures of separate periods."""
        if self.along_time:
            return shares_months(f"{self.key} takes", span)
        if self.method is not None and self.method.own_past:
            return shares_months(f"{self.method.key} limits take", span)
        return None

    def bind(self, measure: Measure) -> Self:
        """Take nothing from the measure."""
        return self

    def structure(self) -> Hashable:
        """The condition itself."""
        return self

    def vectors(self) -> Mapping[str, Vector]:
        """None."""
        return NO_NUMBERS

    def judge(self, block: Block, numbers: Mapping[str, Floats]) -> Judgement:
        """Judge a block."""
        raise AssertionError(f"{type(self).__name__} does not judge")

    def clause(self, facts: Facts, *, short: bool = False) -> Clause:
        """Say the comparison in words."""
        raise AssertionError(f"{type(self).__name__} has no words")

    def beyond(self, facts: Facts) -> BeyondLine | None:
        """Return the value and the one line that it is held against."""
        value = facts.finding.value
        line = None if self.line is None else getattr(facts.finding, self.line)
        return None if value is None or line is None else BeyondLine(value, line)

    def held_against(self, facts: Facts) -> HeldLine | None:
        """Name what the figure is held against, for a subject line."""
        raise AssertionError(f"{type(self).__name__} has no words")

    def accepts(self, facts: Facts) -> Within | None:
        """Return the figures of the next period that would end an exception; None: no figure alone tells."""
        return None

    def clears(self, facts: Facts) -> str | None:
        """Say which figure of the next period would end an exception."""
        return cleared_at(facts, self.accepts(facts))


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitsCondition(ConditionBase):
    """A condition on limits: structure and vectors are the limits method's."""

    limits: LimitsMethod = param("a limits method, or the name of one under `limits:`")

    @property
    def method(self) -> LimitsMethod | None:
        """Its limits."""
        return self.limits

    def problems(self, measure: Measure, every: PeriodKind) -> list[str]:
        """Whatever stops the limits method."""
        return self.limits.problems(measure, every)

    def bind(self, measure: Measure) -> Self:
        """Let the method take what it needs."""
        bound = self.limits.bind(measure)
        return self if bound is self.limits else replace(self, limits=bound)

    def structure(self) -> Hashable:
        """The kind of test with the method's own structure."""
        return (type(self), self.limits.structure())

    def vectors(self) -> Mapping[str, Vector]:
        """The method's."""
        return self.limits.vectors()

    def beyond(self, facts: Facts) -> BeyondLine | None:
        """Return the value and the limit that it lies beyond, or lies nearest to."""
        return beyond_limits(facts)


def in_words(condition: Condition) -> ConditionBase:
    """Return a condition as one that says in words what it found: all of this room do.

    Raises:
        TypeError: it was made elsewhere.
    """
    if not isinstance(condition, ConditionBase):
        raise TypeError(f"{type(condition).__name__} is no Test, so that it has no words")
    return condition


def shares_months(who: str, span: Span | Covers) -> Misfit:
    """Say that *who* needs figures of separate periods, and what can be done with such that span more."""
    return Misfit(
        f"{who} each figure for one of its own period, but these cover {span_words(span)}: neighbours share most of theirs,"
        " so that a steady series would look exceptional",
        "watch the single periods' figures; or hold these against a target, a plan, published limits or the same period last year",
    )


def verdict(
    exceptional: Flags, unknown: Flags | None = None, reason: Reason | Codes | np.int8 | None = None
) -> Judgement:
    """Make states from masks: exceptional or normal, and where *unknown* holds, the state of *reason*."""
    if unknown is None or not unknown.any():
        return Judgement(exceptional.view(np.int8))
    assert reason is not None
    code = np.int8(reason.code) if isinstance(reason, Reason) else reason
    unknown = np.broadcast_to(unknown, exceptional.shape)
    mark = unknown.view(np.int8)
    return Judgement((exceptional & ~unknown).view(np.int8) + mark * unjudged(code), mark * code)


def unjudged(code: Codes | np.int8) -> Codes:
    """Return the states that reasons' codes go with."""
    history = np.zeros(np.shape(code), dtype=bool)
    for reason in HISTORY:
        history = history | (code == reason.code)
    states: Codes = np.int8(State.NO_DATA) + history * np.int8(State.NOT_ENOUGH_HISTORY - State.NO_DATA)
    return states


def absent(line: Floats) -> Flags:
    """Return where a line is not there; one row where it is the same in all, as a year's limits are."""
    one = line[:1] if line.strides[0] == 0 else line
    found: Flags = one != one
    return found


def either(mask: Flags, reason: Reason, other: Reason) -> Codes:
    """Return one reason's code where *mask* holds, elsewhere the other's.

    By arithmetic, as in `verdict`: choosing cell by cell takes fifty times as long where cells are bytes.
    """
    codes: Codes = mask.view(np.int8) * np.int8(reason.code - other.code) + np.int8(other.code)
    return codes


def no_limits(lines: LimitLines) -> Codes | np.int8:
    """Return why there are no limits, where there are none: the method's own reason, else `no_limits`."""
    none = np.int8(Reason.NO_LIMITS.code)
    return none if lines.reason is None else lines.reason + (lines.reason == 0) * none


def sides(differences: Floats) -> Codes:
    """Return +1 where a difference is positive, -1 where it is negative, 0 where it is neither or unknown."""
    codes: Codes = (differences > 0).view(np.int8) - (differences < 0).view(np.int8)
    return codes


def amount_problem(name: str, value: Any) -> list[str]:
    """Refuse a negative amount: direction is in the parameter's name."""
    return [f"{name} must not be negative; use the parameter for the other direction"] if value.number < 0 else []
