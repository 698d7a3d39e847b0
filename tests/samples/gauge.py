"""Figures written in another gauge, and rules that say the same of them."""

from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from alerting.conditions.target_missed import TargetMissed
from alerting.domain.measure import Level
from alerting.domain.parameters import Milestone

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Gauge:
    """Another way to write the same figures: factor x value + offset. A negative factor turns high into low."""

    factor: float = 1.0
    offset: float = 0.0

    def level(self, value: float) -> float:
        """Where a value stands."""
        return self.factor * value + self.offset

    def size(self, value: float) -> float:
        """How large a difference is."""
        return abs(self.factor) * value

    @property
    def turned(self) -> bool:
        """Whether high has become low."""
        return self.factor < 0

    def either(self, this: T, other: T) -> T:
        """*this*, or *other* where high has become low."""
        return other if self.turned else this


AS_IT_IS = Gauge()
MIRRORED = Gauge(-1.0)
#: Why some figures in another gauge have other findings.
RATIO = "a percentage of the base depends on where zero is"
POISSON = "the width of Poisson limits is the root of the centre, whatever the unit"
BINOMIAL = "the width of binomial limits depends on where the centre lies between 0 and 100 %"
NEVER_BELOW_ZERO = "counts have no other side"


def plan(gauge: Gauge) -> tuple[Milestone, ...]:
    """A plan that rises and falls."""
    steps = ((date(2018, 6, 30), 8.125), (date(2019, 1, 15), 13.625), (date(2019, 12, 31), 9.375))
    return tuple(Milestone(date=day, value=gauge.level(value)) for day, value in steps)


def target(gauge: Gauge, **extra: object) -> TargetMissed:
    """A target among the figures."""
    level = Level(number=gauge.level(9.75))
    return TargetMissed(**{gauge.either("at_least", "at_most"): level, **extra})  # type: ignore[arg-type]
