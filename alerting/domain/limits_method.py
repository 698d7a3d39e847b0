"""What limits methods are: the shape that conditions, the engine, the rule files and the docs rely on."""

from collections.abc import Container, Hashable, Mapping
from typing import ClassVar, Protocol, Self

from alerting.domain.answers import CentreKind, Chance, Dispersion, Misfit
from alerting.domain.arrays import Columns, Flags, Floats
from alerting.domain.block import Block
from alerting.domain.catalogue import CatalogueEntry
from alerting.domain.limit_lines import LimitLines, Members
from alerting.domain.measure import Measure
from alerting.domain.panel import Panel
from alerting.domain.parameters import Vector
from alerting.domain.period import PeriodKind


class View(Protocol):
    """Something else than the figures themselves that limits judge: for one, the days between events."""

    def measure(self, measure: Measure) -> Measure:
        """Return the measure as it is judged: in which unit, and which way is better."""
        ...

    def panel(self, panel: Panel, columns: Columns) -> Panel:
        """Return the panel with what is judged in some of its columns."""
        ...

    def latest(self, block: Block, count: int) -> tuple[Floats, Flags]:
        """Return the last *count* judged values up to each row, newest first, and where there are as many."""
        ...


class LimitsMethod(Protocol):
    """A way to centre and limits. Frozen dataclass; fields are its parameters, each with a `description` in its metadata."""

    key: ClassVar[str]
    entry: ClassVar[CatalogueEntry]
    #: Whether it judges days between events, which have words of their own: the longer, the fewer events.
    judges_gaps: ClassVar[bool]
    #: Whether a row's limits are made without going through all rows before its financial year.
    by_year: ClassVar[bool]
    #: Whether figures of the series' own past make its lines; they must then be figures of separate periods.
    own_past: ClassVar[bool]
    #: Whether it needs figures as printed, and cannot work on figures per day.
    as_printed: ClassVar[bool]
    #: What its centre is called.
    centre_is: ClassVar[CentreKind]
    #: Whether it cannot be without numerators and denominators, and whether those are shares, of which there are at most all.
    by_denominator: ClassVar[bool]
    of_shares: ClassVar[bool]
    #: Whether other areas at the same period make its lines.
    among_areas: ClassVar[bool]
    #: Whether what chance does by it can be told: by trying it in thousands of worlds of noise.
    chance_known: ClassVar[bool]
    #: Whether its limits lie at equal distances from the centre, as those of figures that are spread evenly do.
    even: ClassVar[bool]
    #: Planes of a judgement that are evidence of a finding, under their own names.
    evidence: ClassVar[tuple[str, ...]]
    #: Why rules on its limits may be blind on one side, and what sees it; None: they are not.
    one_sided: ClassVar[Misfit | None]
    #: What to write where figures vary more than chance gives, for a method that takes chance alone to be at work.
    if_overdispersed: ClassVar[str]

    @property
    def view(self) -> View | None:
        """What is judged, hashable; None: the figures as they are."""
        ...

    @property
    def sigmas(self) -> float | None:
        """How many standard deviations its limits lie from the centre; None where they are made otherwise."""
        ...

    @property
    def chance_alone(self) -> bool:
        """Whether its limits are as wide as chance alone makes them."""
        ...

    @property
    def if_cut_off(self) -> str:
        """What to use where its limits lie at the end of what the measure can be."""
        ...

    def has_centre(self, columns: Container[str]) -> bool:
        """Whether its centre is one, beside these columns of the source, and not the middle of limits that were given alone."""
        ...

    def dispersion(self, block: Block) -> Dispersion | None:
        """Return how much the figures of a block of one judged row vary; None where it does not take chance to be at work."""
        ...

    def chances(self, *, sides: int) -> Mapping[PeriodKind, Chance]:
        """Return what chance does against one of its limits, or both, for the kinds of periods for which that is known exactly."""
        ...

    def compute(self, block: Block, numbers: Mapping[str, Floats]) -> LimitLines:
        """Return limits for the judged rows, never from figures after each row. `numbers` as for `Condition.judge`."""
        ...

    def members(self, block: Block) -> Members | None:
        """Return which figures made the limits of a block of one judged row; None where no figures of the series did."""
        ...

    def bind(self, measure: Measure) -> Self:
        """Return the method with what it takes from the measure filled in."""
        ...

    def structure(self) -> Hashable:
        """Everything that must be equal for two uses to be computed in one array call."""
        ...

    def vectors(self) -> Mapping[str, Vector]:
        """The parameters that may differ inside such a group, by name; empty where the method is shared as a whole."""
        ...

    def problems(self, measure: Measure, every: PeriodKind) -> list[str]:
        """Say why this method cannot work on *measure* judged *every* so often; empty: it can."""
        ...
