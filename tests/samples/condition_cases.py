"""Every case that conditions and limits methods bring, as the suites read them: on figures written in another gauge."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from alerting.conditions.registry import conditions
from alerting.limits.registry import limits_methods
from samples.brought import Case, MethodCase, OfCondition, OnLimits, of_conditions, of_methods
from samples.gauge import AS_IT_IS, MIRRORED, Gauge

__all__ = ["AS_IT_IS", "MIRRORED", "Case", "Gauge"]

#: Judged by the clock, not by figures: tests/unit/conditions/test_lateness_composed.py.
BY_THE_CLOCK = {key for key, cls in conditions().items() if cls.by_clock}
#: Judged among other areas, not from a series by itself: tests/unit/conditions/test_among_areas.py.
AMONG_AREAS = {key for key, cls in conditions().items() if cls.among_areas}
LIMITS_AMONG_AREAS = {key for key, cls in limits_methods().items() if cls.among_areas}
#: For daily counts only: tests/unit/limits/test_rare_events_slowly.py.
LIMITS_BY_THE_DAY = {key for key, cls in limits_methods().items() if cls.judges_gaps}
#: What a change may be on.
SPANS = ("previous_period", "same_period_last_year", "year_to_date", "rolling_12_months")

LIMITS: dict[str, MethodCase] = {case.id: case for method in of_methods().values() for case in method.cases}


def on_every(condition: OnLimits) -> list[Case]:
    """Return a condition on every limits method; an average that is re-based decides runs of its own."""
    return [
        Case(
            id=f"{condition.id}/{key}", make=lambda g, m=method: condition.make(g, m.make(g)), figures=method.figures,
            window=condition.window, no_shift=method.no_shift, no_scale=method.no_scale, no_mirror=method.no_mirror,
            learns=method.learns,
        )
        for key, method in LIMITS.items()
    ]  # fmt: skip


def _all_of(brought: OfCondition) -> list[Case]:
    return [*(case for one in brought.on_limits for case in on_every(one)), *brought.cases]


CASES: list[Case] = [case for brought in of_conditions().values() for case in _all_of(brought)]


def of(conditions: Iterable[str], figures: str) -> list[Case]:
    """Return the cases of some conditions on one kind of figures."""
    wanted = set(conditions)
    return [case for case in CASES if case.make(AS_IT_IS).key in wanted and case.figures == figures]


@dataclass(frozen=True, slots=True, repr=False)
class Group:
    """Cases of one condition on one kind of figures: judged together, so that blocks and limits are shared as in service."""

    key: str
    figures: str
    cases: list[Case] = field(hash=False)

    def __repr__(self) -> str:
        return f"{self.key}-{self.figures}"


def groups() -> list[Group]:
    """Return all cases by condition and kind of figures."""
    pairs = dict.fromkeys((case.make(AS_IT_IS).key, case.figures) for case in CASES)
    return [Group(key, figures, of({key}, figures)) for key, figures in pairs]
