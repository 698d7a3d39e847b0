"""What comes first wherever exceptions are shown: what it is to its reader, severity, what became of it, how far, which rule."""

from enum import IntEnum
from typing import TypeAlias

from alerting.domain.finding import Meaning
from alerting.domain.severity import Severity

_CONCERNS_FIRST = {Meaning.CONCERN: 0, Meaning.CHANGE: 1, Meaning.IMPROVEMENT: 2}

#: Less comes first.
Weight: TypeAlias = tuple[int, int, int, float, int]


class Urgency(IntEnum):
    """What became of an exception: what got worse stands before what is new, and that before what goes on."""

    WORSE = 0
    NEW = 1
    STANDS = 2


def weight(meaning: Meaning | None, severity: Severity, news: Urgency, distance: float, rule_place: int) -> Weight:
    """Return what orders an exception among others.

    Args:
        meaning: None of what has not come, or stands and cannot be judged now: somebody must look, as at a concern.
        distance: beyond its line, as `Found.distance`.
        rule_place: its rule's place among those declared.
    """
    concerns_first = 0 if meaning is None else _CONCERNS_FIRST[meaning]
    return concerns_first, -severity, news, -distance, rule_place
