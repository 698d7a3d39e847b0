"""What conditions and limits methods answer when they are asked about themselves."""

from dataclasses import dataclass
from enum import Enum

from alerting.domain.arrays import Flags, Floats

#: What the two lines of a range are called on a chart.
RANGE_ENDS = RANGE_FROM, RANGE_TO = "From", "To"


@dataclass(frozen=True, slots=True)
class Misfit:
    """Why something cannot work as it is used, and what would."""

    message: str
    fix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BadSide:
    """Which values a condition finds, the low or the high ones; how that is said, and what to write for the other side."""

    low: bool
    message: str
    fix: str


class CentreKind(Enum):
    """What the centre of limits is: an average of figures, what a season lets expect, or what somebody gave."""

    AVERAGE = "average"
    EXPECTED = "expected"
    GIVEN = "given"


@dataclass(frozen=True, slots=True, eq=False)
class Dispersion:
    """How much figures vary, per column: as a multiple of what chance gives, whether beyond chance, whether that can be said."""

    times: Floats
    beyond_chance: Flags
    known: Flags


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """What chance does in a period, exactly, where figures are independent and normal: `for: 1`, `clear_after: 1`."""

    #: How often a figure is exceptional, and how often one is right after another that was not.
    outside: float
    opens: float
    #: Figures that must be there before.
    figures: int
