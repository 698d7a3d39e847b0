"""What conditions are: the shape that the engine, the rule files and the docs rely on.

What one says of a finding in words is not asked here: wording lies above the domain (`conditions.base`).
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar, Protocol, Self

from alerting.domain.answers import BadSide, Chance, Misfit
from alerting.domain.arrays import Codes, Floats, Index
from alerting.domain.block import Block
from alerting.domain.catalogue import CatalogueEntry
from alerting.domain.limits_method import LimitsMethod, View
from alerting.domain.measure import Covers, Level, Measure, Span
from alerting.domain.panel import Panel
from alerting.domain.parameters import Band, Milestone, Vector
from alerting.domain.period import PeriodKind


@dataclass(eq=False)
class Judgement:
    """A condition's verdict on a block: `state` codes and, where there is no verdict, `reason` codes; and planes of numbers.

    `side` is +1 where the value lies above what it is held against, -1 below, 0 where neither is meant.
    Planes are keyed by finding keys: target, plan, centre, lower, upper, change, trial, rebased_on, previous_centre,
    rebase_count, band (an index into the condition's bands), due (1 where not yet due), change_of (the size, in the change's own
    unit, of what it was made from); and by what the condition, or its limits method, calls `evidence`.
    Cells whose value is NaN are overruled by the engine, which knows why it is missing.
    """

    state: Codes
    reason: Codes | None = None
    side: Codes | int = 0
    planes: Mapping[str, Floats] = field(default_factory=dict)
    #: Which part of a composition decided, per cell (index into `parts`); None for a plain condition.
    decided_by: Codes | None = None


#: Keys and places of items, from `when` down to one plain condition.
Below = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A plain condition of a rule: where it is written below `when`, and how many `not` stand above it."""

    condition: "Condition"
    below: Below = ()
    nots: int = 0

    @property
    def turned(self) -> bool:
        """Whether its verdict is the other way round in the rule's."""
        return self.nots % 2 == 1


@dataclass(frozen=True, slots=True)
class BeyondLine:
    """A judged number and the line at which it would just be no exception; for what moves, where the move began."""

    judged: float
    line: float
    #: One sigma of the limits that the line comes from, in the same unit; None: there are none.
    sigma: float | None = None
    #: Whether both are figures of the series, so that its own spread tells how far apart they are.
    in_series: bool = True


class Condition(Protocol):
    """A test on a series. Frozen dataclass; fields are its parameters, each with a `description` in its metadata."""

    key: ClassVar[str]
    entry: ClassVar[CatalogueEntry]

    @property
    def method(self) -> LimitsMethod | None:
        """The limits method that it holds values against; None for a test without limits."""
        ...

    #: The one number of a finding that values are held against, by its key; None: there is none, or there are two.
    line: ClassVar[str | None]
    #: Whether the clock judges, not the figures.
    by_clock: ClassVar[bool]
    #: Whether it holds areas against one another, so that it matters which ones a rule watches.
    among_areas: ClassVar[bool]
    #: Whether what chance does by it can be told: by trying it in thousands of worlds of noise.
    chance_known: ClassVar[bool]
    #: Whether it holds values against the centre of limits, not against the limits.
    by_centre: ClassVar[bool]
    #: Whether what it finds is a move of the centre, not a value away from it.
    finds_moves: ClassVar[bool]
    #: Planes of its judgement that are evidence of a finding, under their own names.
    evidence: ClassVar[tuple[str, ...]]
    #: Roles that a rule tells that names nobody; None: those that every rule tells.
    tells: ClassVar[tuple[str, ...] | None]

    #: Which of its parameters have it find high values (+1), low ones (-1) or both (0).
    side_parameters: ClassVar[Mapping[str, int]]
    #: Keys of conditions with the same parameters that find values on another side.
    opposites: ClassVar[tuple[str, ...]]

    @property
    def found_sides(self) -> frozenset[int]:
        """The sides on which its exceptions may lie of what they are held against: +1 above, -1 below."""
        ...

    @property
    def levels(self) -> Sequence[Level]:
        """The levels that its author gave, the lower one first."""
        ...

    @property
    def milestones(self) -> Sequence[Milestone]:
        """What a plan of its own reaches on which day, in date order."""
        ...

    @property
    def bands(self) -> Sequence[Band]:
        """Bands that the figures fall into, worst first."""
        ...

    @property
    def columns(self) -> Sequence[str]:
        """Columns of the source that it names, beside those of its levels."""
        ...

    @property
    def due(self) -> date | None:
        """The day by which what is wanted is to be reached."""
        ...

    @property
    def grace(self) -> float:
        """Days that a figure may be overdue before the clock finds it so."""
        ...

    @property
    def versus(self) -> str | None:
        """What periods it compares, in the word of rule files; None: it does not say."""
        ...

    @property
    def bad_side(self) -> BadSide | None:
        """Which side of what it holds figures against it finds; None: either, or the measure's own worse one."""
        ...

    @property
    def chart_bands(self) -> Sequence[Band]:
        """What a chart shades behind its figures, worst first."""
        ...

    @property
    def line_names(self) -> Mapping[str, str]:
        """What a chart calls its lines, by plane, where that is not what they are usually called."""
        ...

    @property
    def is_sloped(self) -> bool:
        """Whether its lines go straight from one period to the next, and do not hold for a whole period and then jump."""
        ...

    @property
    def in_a_row(self) -> int:
        """How many values in a row an exceptional one is the last of."""
        ...

    def plain_parts(self, below: Below = (), nots: int = 0) -> Iterator[Part]:
        """Yield the plain conditions that it is made of: itself, or what stands below it."""
        ...

    @property
    def chances(self) -> Mapping[PeriodKind, Chance]:
        """What chance does by it, for the kinds of periods for which that is known exactly."""
        ...

    def numbers_given(self) -> Iterator[float]:
        """Yield the figures that its author gave for values to be held against."""
        ...

    def unusable(self, panel: Panel, at: int, column: int) -> Index:
        """Return the rows, in order, that the verdict on row *at* needs beside it and whose figures are of no use."""
        ...

    @property
    def misses(self) -> bool:
        """Whether its exceptions are something missed (a target, a plan, a place), and so a concern on either side."""
        ...

    @property
    def view(self) -> View | None:
        """What its limits judge; None: the figures as they are."""
        ...

    @property
    def looks_back(self) -> int:
        """How many of the last values it looks at one by one."""
        ...

    #: Whether it needs figures as printed, and cannot work on figures per day.
    as_printed: ClassVar[bool]
    #: Whether it is made of conditions that are judged by themselves.
    has_parts: ClassVar[bool]
    #: Whether it can judge a printed change, or the coming of one, where the figure itself is not printed.
    judges_changes: ClassVar[bool]

    @property
    def judges_spans(self) -> bool:
        """Whether it puts several periods together, so that the cases of all of them count, not those of the judged one."""
        ...

    @property
    def compares_periods(self) -> bool:
        """Whether it holds figures of different periods against one another, which are figures per day where a measure says so."""
        ...

    @property
    def by_year(self) -> bool:
        """Whether a history may be judged year by year: a row needs little of what lies before its financial year."""
        ...

    def days_at_rest(self, overdue: Floats) -> float:
        """Return after how many days it may find something else though no figure comes; infinity: never.

        Args:
            overdue: `[periods x series]` days since missing figures fell due, as in `Block.overdue_days`.
        """
        ...

    def problems(self, measure: Measure, every: PeriodKind) -> list[str]:
        """Say why this condition cannot work on *measure* judged *every* so often; empty: it can."""
        ...

    def misfit(self, span: Span | Covers) -> Misfit | None:
        """Say why it cannot work on figures that each span so much, so that neighbours share months; None: it can."""
        ...

    def bind(self, measure: Measure) -> Self:
        """Return the condition with what it takes from the measure (target, which way is better) filled in."""
        ...

    def structure(self) -> Hashable:
        """Everything that must be equal for two rules to be judged in one array call."""
        ...

    def vectors(self) -> Mapping[str, Vector]:
        """The parameters that may differ inside such a group, by name."""
        ...

    def judge(self, block: Block, numbers: Mapping[str, Floats]) -> Judgement:
        """Judge a block. `numbers` holds each vector parameter, broadcastable to the block's shape."""
        ...
