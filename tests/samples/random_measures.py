"""Random measures, written as authors write them: every key of the form, in all its spellings and all company."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from alerting.domain.measure import Unit
from alerting.domain.period import Calendar, PeriodKind
from samples.random_rules import World, random_level

COLUMNS = ("target", "plan", "goal")
#: A force with three parts, one of them with parts of its own.
AREA_IDS = ("force", "north", "south", "east", "east-1", "east-2")
LEAVES = ("north", "south", "east-1", "east-2")
#: Keys that every measure has, and those that only words are made from, which no verdict knows of.
ALWAYS = ("id", "title", "topic", "unit", "better", "every")
WORDS_ONLY = ("short", "good_looks_like", "sentence", "link", "owner", "tags")
#: How many measures have a key; the others are as rare as each other. Much can only be judged where these are there.
SHARES = {"target": 0.5, "expected": 0.5, "rolling": 0.2}
_ROLLING = {
    PeriodKind.DAY: ["7 days", "28 days"], PeriodKind.WEEK: ["2 weeks", "8 weeks"], PeriodKind.MONTH: ["3 months", "12 months"],
    PeriodKind.QUARTER: ["6 months", "2 quarters"], PeriodKind.YEAR: ["2 years"],
}  # fmt: skip
_LEVELS = {Unit.PERCENT: (5, 50, 90, 99), Unit.COUNT: (0.3, 4, 60, 1500)}
_OTHER_LEVELS = (0.5, 7, 83.2, 4000)


def random_measure(
    rng: Random, id_: str, kind: PeriodKind, first: date, last: date, parts: Sequence[str], calendar: Calendar
) -> tuple[dict[str, Any], World]:
    """Return a measure and what conditions on it may speak of.

    Args:
        parts: measures that this one may be made of.
    """
    unit = rng.choice(list(Unit))
    world = World(
        first=first, last=last, level=rng.choice(_LEVELS.get(unit, _OTHER_LEVELS)), columns=COLUMNS, areas=AREA_IDS,
        limits=(), kind=kind, integral=unit is Unit.COUNT, calendar=calendar,
    )  # fmt: skip
    measure: dict[str, Any] = {
        "id": id_, "title": f"Measure {id_}", "topic": "t", "unit": unit.value, "source": "s",
        "better": rng.choice(["higher", "lower", "neither"]), "every": kind.value,
    }  # fmt: skip
    if len(parts) > 1 and unit in (Unit.RATE, Unit.PERCENT, Unit.NUMBER) and rng.random() < 0.5:
        del measure["source"]
        measure["of"] = dict(zip(("numerator", "denominator"), rng.sample(list(parts), 2), strict=True))
    elif rng.random() < 0.1:
        measure["items"] = {"a": "Item a", "b": {"title": "Item b", "owner": "deputy"}, "c": "Item c"}
        if rng.random() < 0.5:
            measure["total"] = "a"
    optional = random_keys(rng, world)
    return measure | {key: value for key, value in optional.items() if rng.random() < SHARES.get(key, 0.12)}, world


def random_keys(rng: Random, world: World) -> Mapping[str, Any]:
    """Return a value for each key that a measure may have or not."""
    whole = rng.choice(_ROLLING[world.kind])
    return {
        "target": random_level(rng, world),
        "called": rng.choice(["standard", "aspiration", "tolerance", "plan"]),
        "expected": rng.choice(["5 days", "0 days", {"working_day": 5}]),
        "settles_after": rng.choice(["30 days", "400 days"]),
        "covers": rng.choice(["year_to_date", "12 months", "3 months"]),
        "rolling": rng.choice([whole, whole, {"span": whole, "at_least": rng.choice([1, 2, 10])}]),
        "smallest_denominator": rng.choice([5, 30]),
        "roll_up": rng.choice([True, "mean", "sum", "ratio"]),
        "aggregate": rng.choice(["sum", "mean", "last", "ratio"]),
        "per_day": rng.choice(["calendar", "working"]),
        "minimum": rng.choice([0, None, world.level / 2]),
        "maximum": rng.choice([world.level * 2, world.level, None]),
        "decimals": rng.choice([0, 1, 2]),
        "unit_name": "things",
        "scale": rng.choice(["thousand", "million"]),
        "currency": "EUR",
        "per": rng.choice([1, 1000]),
        "areas": rng.choice(
            [
                ["force", "north", "south"],
                {"children_of": "force"},
                {"kind": "policing"},
                {"below": "force"},
                {"leaves_of": "force"},
            ]
        ),
    }


def series_ids(measure: Mapping[str, Any]) -> list[str]:
    """The measures that an entry stands for: its items, or itself."""
    return [f"{measure['id']}/{item}" for item in measure.get("items", ())] or [measure["id"]]


def later(rng: Random, day: date, days: int) -> date:
    """Return a day up to so many days later."""
    return day + timedelta(days=rng.randint(0, max(days, 0)))
