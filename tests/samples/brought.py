"""What the test file of a condition or limits method brings for the suites that hold all of them to the same.

Everything that a suite must know of one of them stands in its own file, `tests/unit/conditions/test_MODULE.py` or
`tests/unit/limits/test_MODULE.py`, as `BROUGHT`: nothing is written into a table that others share.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from random import Random
from typing import Any

from alerting.conditions.registry import conditions
from alerting.domain.condition import Condition
from alerting.domain.limits_method import LimitsMethod
from alerting.domain.measure import Measure
from alerting.domain.panel import Panel
from alerting.domain.parameters import Amount, Band
from alerting.limits.registry import limits_methods
from samples.gauge import Gauge
from samples.plugin_cases import in_its_test_file


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What a random world has drawn for a rule: numbers on, beside and far from the figures."""

    random: Random
    measure: Measure
    panel: Panel
    #: The limits that a condition on limits takes; None for others.
    method: LimitsMethod | None
    value: float
    near: float
    day: date
    share: Amount
    amount: Amount
    length: int
    #: "at_least" or "at_most".
    side: str
    #: What a change is on.
    span: str
    low: float
    high: float
    bands: tuple[Band, ...]
    #: Milestones, shape and tolerance of a plan.
    plan: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A condition on figures around 10; `make` gets the gauge that the figures are written in."""

    id: str
    make: Callable[[Gauge], Condition]
    #: plain (any numbers), percent and rate (with numerator and denominator), count.
    figures: str = "plain"
    #: Why shifted, scaled or mirrored figures do not give the findings shifted, scaled or mirrored.
    no_shift: str = ""
    no_scale: str = ""
    no_mirror: str = ""
    #: Whether its lines come from the series' own past, so that a missing figure moves those of later periods.
    learns: bool = False
    #: How many figures in a row, up to the judged one, an exception needs.
    window: int = 1
    #: Whether `change` is in percent rather than in the measure's unit.
    relative: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OnLimits:
    """A condition that is tried on every limits method: `make` gets the gauge and the method in it."""

    id: str
    make: Callable[[Gauge, LimitsMethod], Condition]
    window: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodCase:
    """A limits method on figures around 10; as `Case`."""

    id: str
    make: Callable[[Gauge], LimitsMethod]
    figures: str = "plain"
    no_shift: str = ""
    no_scale: str = ""
    no_mirror: str = ""
    learns: bool = True


@dataclass(frozen=True, slots=True)
class Verdicts:
    """A series as the eye sees it, and a letter for each period: n normal, E exception, d no data, h not enough history."""

    id: str
    condition: Condition
    #: None: no figure.
    values: Sequence[float | None]
    letters: str


@dataclass(frozen=True, slots=True)
class Said:
    """What a condition says of a finding with these fields: in full, in short (None: the same), and as a subject's line."""

    condition: Condition
    finding: Mapping[str, Any]
    full: str
    short: str | None
    line: str | None


@dataclass(frozen=True, slots=True)
class Form:
    """One form of a clause as a pattern, and what holds what it says against the figures.

    In the pattern stand <name=Q> for a figure, <name=S> for a difference, <name=P> for a percent, <K> for the period's noun, <C>
    for the measure's word for targets. `reading` gets the reader of the clause and the match (`samples.word_clauses`), or names
    one of that reader's own; it raises `UnreadableError` by `samples.word_figures.must`.
    """

    pattern: str
    reading: str | Callable[[Any, Any], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfCondition:
    """What a condition brings.

    One that is judged by a series of its own has `cases`, or is tried `on_limits`; one that is judged by the clock or among other
    areas has none (and `judged` instead, where it can be judged on a panel at all). One that is made of others has no `worded`
    and no `forms`: it speaks in its parts' words.
    """

    key: str
    said: Sequence[Said]
    verdicts: Sequence[Verdicts] = ()
    cases: Sequence[Case] = ()
    on_limits: Sequence[OnLimits] = ()
    judged: Sequence[Condition] = ()
    worded: Callable[[Drawn], Condition] | None = None
    forms: Sequence[Form] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OfMethod:
    """What a limits method brings.

    One that is judged among other areas, or for figures of single days only, has no `cases`. `worded` makes it fit a value of a
    measure that has the `figures` of its cases; `centre` is what a text calls its centre: mean, usual or expected.
    """

    key: str
    cases: Sequence[MethodCase] = ()
    worded: Callable[[Drawn], LimitsMethod] | None = None
    figures: str = "plain"
    centre: str = "mean"


@cache
def of_conditions() -> Mapping[str, OfCondition]:
    """Return what every condition brings, by key."""
    return _brought(conditions(), "conditions")


@cache
def of_methods() -> Mapping[str, OfMethod]:
    """Return what every limits method brings, by key."""
    return _brought(limits_methods(), "limits")


def _brought(classes: Mapping[str, type], folder: str) -> Mapping[str, Any]:
    found = {}
    for key, cls in classes.items():
        several = {one.key: one for one in in_its_test_file(cls, folder, "BROUGHT")}
        if key not in several:
            raise LookupError(f"tests/unit/{folder} says nothing of {key}: add it to BROUGHT beside {sorted(several)}")
        found[key] = several[key]
    return found
