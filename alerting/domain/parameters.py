"""What parameters of conditions and limits methods are, where a plain number does not do."""

from dataclasses import dataclass
from datetime import date

from alerting.domain.measure import Level
from alerting.domain.period import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """A number in the measure's unit (points, for percents), or with `relative` in percent of the base."""

    number: float
    relative: bool = False


class Days(int):
    """A number of days; written `5 days`, `2 weeks` or `5` in rule files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """Which figures make limits: the first so many, those of some days, or (neither set) all up to the judged one."""

    first: int | None = None
    since: date | None = None
    until: date | None = None

    def holds(self, day: date) -> bool:
        """Whether a period that ends on *day* lies within the days."""
        return (self.since is None or day >= self.since) and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedMove:
    """That somebody took over a proposed move of an average: in which period, why and who; of no area: in all."""

    period: Period
    areas: tuple[str, ...] = ()
    reason: str | None = None
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MinimumCases:
    """Fewer than `count` cases in the last `periods` are too few to tell anybody of."""

    count: float = 5.0
    periods: int = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """What a plan reaches on a day."""

    date: date
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """One band: at_least <= value < below; None is open."""

    name: str
    at_least: float | None
    below: float | None


@dataclass(frozen=True, slots=True)
class Plan:
    """Milestones with their shape, as one vector parameter: gives the plan's value on a day."""

    milestones: tuple[Milestone, ...]
    shape: str = "linear"


#: Parameters that differ from rule to rule inside one group: plain numbers, levels and plans.
Vector = float | Level | Plan
