"""Random conditions and limits, written as authors write them, made from the declared parameters of what scanning finds.

A condition or limits method that is added tomorrow is generated tomorrow: each of its parameters is written by its type. What is
made is mostly, not always, valid; `random_folders` leaves out what `check` refuses.
"""

import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass
from datetime import date, timedelta
from random import Random
from typing import Any, Literal

from alerting.conditions.registry import conditions
from alerting.domain.condition import Condition
from alerting.domain.limits_method import LimitsMethod
from alerting.domain.measure import Level
from alerting.domain.parameters import Amount, Band, Baseline, Days, Milestone, MinimumCases
from alerting.domain.period import Calendar, Period, PeriodKind
from alerting.limits.registry import limits_methods
from alerting.rulefile.forms.parameters import parameters

#: Parameters of which one or more must be given, and of which some exclude one another.
ONE_OF: Mapping[str, Sequence[Sequence[str]]] = {
    "change": (["rises_by"], ["falls_by"], ["moves_by"]),
    "target_missed": ([], ["at_least"], ["at_most"]),
    "outside_range": (["from"], ["to"], ["from", "to"]),
    "variance": (["over"], ["under"]),
    "will_miss": (["date"], ["at_least", "date"], ["at_most", "date"], ["milestones"]),
    "fixed": (["lower"], ["upper"], ["lower", "upper"], ["lower", "upper", "centre"]),
}
#: Levels are written in most ways, so that conditions that take them are tried more often.
_OF_LEVELS = (Level, Level | None)
#: How deep conditions are composed.
DEEPEST = 2


@dataclass(frozen=True, kw_only=True)
class World:
    """What conditions may speak of: days, areas, columns and about where the figures lie."""

    first: date
    last: date
    level: float
    columns: Sequence[str]
    areas: Sequence[str]
    limits: Sequence[str]
    kind: PeriodKind
    integral: bool
    calendar: Calendar


def random_condition(rng: Random, world: World, depth: int = 0) -> dict[str, Any]:
    """Return one condition under its key."""
    known = conditions()
    composed = [key for key, cls in known.items() if getattr(cls, "short", None)]
    plain = [key for key in known if key not in composed]
    plain += [
        key for key in plain if any(declared in _OF_LEVELS for _, declared in parameters(known[key]).values())
    ] * 3
    key = rng.choice(composed) if depth < DEEPEST and rng.random() < 0.2 else rng.choice(plain)
    return {key: _written(rng, key, known[key], world, depth)}


def random_like(rng: Random, world: World, condition: Mapping[str, Any]) -> dict[str, Any]:
    """Return another condition under the same key, often a copy with one parameter written anew: such rules are judged together."""
    ((key, written),) = condition.items()
    composed = getattr(conditions()[key], "short", None) is not None
    if not composed and written and rng.random() < 0.6:
        name = rng.choice([*written])
        return {key: {**written, name: _named(rng, name, parameters(conditions()[key])[name][1], world, 0)}}
    return {key: _written(rng, key, conditions()[key], world, 0)}


def random_limits(rng: Random, world: World) -> dict[str, Any]:
    """Return one limits method under its key."""
    known = limits_methods()
    key = rng.choice(list(known))
    return {key: _written(rng, key, known[key], world, 0)}


def _written(rng: Random, key: str, cls: type, world: World, depth: int) -> Any:
    """Write the parameters of a class: those that are needed, some of the others."""
    short = getattr(cls, "short", None)
    if short is not None:
        return _value(rng, typing.get_type_hints(cls)[short], world, depth + 1)
    found = parameters(cls)
    chosen = rng.choice(ONE_OF[key]) if key in ONE_OF else []
    among = {name for names in ONE_OF.get(key, ()) for name in names}
    written: dict[str, Any] = {}
    for name, (field, declared) in found.items():
        needed = field.default is MISSING
        if name in chosen or (name not in among and (needed or rng.random() < 0.3)):
            written[name] = _named(rng, name, declared, world, depth)
    return written


def _named(rng: Random, name: str, declared: Any, world: World, depth: int) -> Any:
    """Write a parameter that its name says more of than its type, else by type."""
    if name in ("confidence", "significant"):
        return rng.choice(["80 %", "90 %", "95 %", "99.5 %"])
    if name == "against":
        return rng.choice(world.columns)
    if name == "called":
        return rng.choice(["accepted band", "limit", "tolerance"])
    if name == "overdispersed":
        return rng.choice(["no", "yes", "auto"])
    if name == "exception_from":
        return rng.choice(["low", "middle", "high"])
    if name == "sigmas":
        return rng.choice([1, 1.5, 2, 3])
    return _value(rng, declared, world, depth)


def _value(rng: Random, declared: Any, world: World, depth: int) -> Any:
    origin, arguments = typing.get_origin(declared), typing.get_args(declared)
    if declared in _BY_TYPE:
        return _BY_TYPE[declared](rng, world)
    if declared is Condition:
        return random_condition(rng, world, depth)
    if declared is LimitsMethod:
        named = rng.random() < 0.3 and world.limits
        return rng.choice(world.limits) if named else random_limits(rng, world)
    if origin is Literal:
        return rng.choice(arguments)
    if origin is tuple and arguments[1:] == (...,):
        return [_value(rng, arguments[0], world, depth) for _ in range(rng.randint(1, 3))]
    return _value(rng, next(argument for argument in arguments if argument is not type(None)), world, depth)


def _number(rng: Random, world: World) -> float:
    """Return a number about where the figures lie, often one that figures have exactly."""
    near = world.level * rng.choice([0.5, 0.8, 0.9, 1, 1, 1.1, 1.2, 1.5]) + rng.choice([0, 0, rng.uniform(-3, 3)])
    return round(near) if world.integral else round(near, rng.choice([0, 1, 1, 2]))


def random_level(rng: Random, world: World) -> Any:
    """Return a level as it may be written: a number, a column, dated, or by area."""
    kind = rng.random()
    if kind < 0.5:
        return _number(rng, world)
    if kind < 0.65:
        return rng.choice(world.columns)
    if kind < 0.85:
        return [{"from": str(day), "value": _number(rng, world)} for day in _days(rng, world, 2)]
    steps = [{"from": str(day), "value": _number(rng, world)} for day in _days(rng, world, 2)]
    default = rng.choice([_number(rng, world), rng.choice(world.columns), steps])
    return {"default": default, rng.choice(world.areas): _number(rng, world)}


def _day(rng: Random, world: World) -> date:
    return world.first + timedelta(days=rng.randint(0, (world.last - world.first).days + 200))


def _days(rng: Random, world: World, most: int) -> list[date]:
    return sorted({_day(rng, world) for _ in range(rng.randint(1, most))})


def _period(rng: Random, world: World) -> str:
    return str(world.calendar.containing(_day(rng, world), world.kind))


def _bands(rng: Random, world: World) -> list[dict[str, str]]:
    low, high = sorted((_number(rng, world), _number(rng, world)))
    if low < 0 or low == high:
        low, high = abs(low), abs(low) + 1
    found = [{"low": f"below {low}"}, {"middle": f"{low} to {high}"}, {"high": f"{high} or more"}]
    return found if rng.random() < 0.5 else found[::-1]


def _milestones(rng: Random, world: World) -> list[dict[str, Any]]:
    return [{"date": str(day), "value": _number(rng, world)} for day in _days(rng, world, 3)]


def _baseline(rng: Random, world: World) -> Any:
    if rng.random() < 0.6:
        return rng.choice(["all", 2, 5, 12])
    days = _days(rng, world, 2)
    return {"from": str(days[0])} if len(days) == 1 else {"from": str(days[0]), "until": str(days[1])}


_BY_TYPE: Mapping[Any, Callable[[Random, World], Any]] = {
    int: lambda rng, _world: rng.choice([1, 2, 3, 4, 5, 7, 8, 12]),
    float: _number,
    str: lambda _rng, _world: "words",
    bool: lambda rng, _world: rng.random() < 0.5,
    date: lambda rng, world: str(_day(rng, world)),
    Period: _period,
    Days: lambda rng, _world: rng.choice(["0 days", "3 days", "2 weeks"]),
    Baseline: _baseline,
    MinimumCases: lambda rng, _world: {"count": rng.choice([0, 5, 10]), "periods": rng.choice([1, 4])},
    Level: random_level,
    Amount: lambda rng, _world: (
        f"{rng.choice([0, 1, 5, 10, 25, 29])} %" if rng.random() < 0.6 else rng.choice([0, 0.1, 1, 2, 5, 10])
    ),
    tuple[Band, ...]: _bands,
    tuple[Milestone, ...]: _milestones,
}
