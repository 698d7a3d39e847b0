"""Ways of writing figures that a source has to declare, since nobody could tell them from a slip."""

from dataclasses import dataclass
from enum import Enum


class Times(Enum):
    """How a source writes lengths of time; three parts are hours, minutes and seconds in each of them."""

    HOURS_MINUTES_SECONDS = "h:mm:ss"
    MINUTES_SECONDS = "mm:ss"
    HOURS_MINUTES = "h:mm"


@dataclass(frozen=True, slots=True)
class Spellings:
    """What a source writes beside plain figures."""

    #: What stands behind figures, apart by a blank: `7.9 b`. `p` and `e` make them provisional, others change nothing.
    flags: frozenset[str] = frozenset()
    #: Whether `12-` is -12; else it is refused.
    minus_behind: bool = False
    times: Times | None = None


AS_USUAL = Spellings()
