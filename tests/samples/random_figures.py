"""Random figures as a source gives them: gaps, late ends, revisions, marks, parts, printed changes, plans and targets."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

from alerting.domain.period import Period
from samples.random_measures import AREA_IDS, COLUMNS, LEAVES, series_ids
from samples.random_rules import World

CHANGES = ("change_previous_period", "change_same_period_last_year", "change_year_to_date")
HEADER = (
    *("measure", "area", "period", "value", "numerator", "denominator"), *COLUMNS, *CHANGES,
    *("lower_limit", "upper_limit", "published", "provisional"),
)  # fmt: skip
#: What stands in place of a figure now and then: withheld, missing, or nothing that anybody reads.
MARKS = ("[c]", "*", "[x]", "..", "n/a", "about five")


@dataclass(frozen=True, kw_only=True)
class Habits:
    """How the figures of one measure come."""

    parts: bool
    full: bool
    marks: bool
    changes: bool
    revisions: bool
    limits: bool
    repeats: bool


def random_figures(
    rng: Random, measures: Sequence[Mapping[str, Any]], worlds: Mapping[str, World], periods: Sequence[Period]
) -> str:
    """Return the text of a source with series of every measure that is not made of others."""
    lines = [",".join(HEADER)]
    for measure in measures:
        if "of" in measure:
            continue
        habits = Habits(**{name: rng.random() < share for name, share in (
            ("parts", 0.4), ("full", 0.6), ("marks", 0.1), ("changes", 0.1), ("revisions", 0.4), ("limits", 0.5), ("repeats", 0.1),
        )})  # fmt: skip
        among = LEAVES if "roll_up" in measure and rng.random() < 0.7 else AREA_IDS
        likely = rng.choice([0.6, 0.6, 1])
        areas = [area for area in among if rng.random() < likely] or ["force"]
        if among is LEAVES and rng.random() < 0.7:
            areas = list(LEAVES)
        for id_ in series_ids(measure):
            for area in areas:
                lines += _series(rng, [id_, area], worlds[measure["id"]], measure["unit"], periods, habits)
    return "\n".join(lines) + "\n"


def _series(
    rng: Random, named: list[str], world: World, unit: str, periods: Sequence[Period], habits: Habits
) -> Iterator[str]:
    level, spread = world.level * rng.choice([0.8, 1, 1.2]), rng.choice([0, 0.02, 0.1, 0.4])
    begin = rng.choice([0, 0, 0, rng.randrange(len(periods))])
    end = len(periods) - rng.choice([0, 0, 0, 0, 1, 3])
    lowest = 0 if world.integral or unit == "percent" else -9e9
    for period in periods[begin:end]:
        if not habits.full and rng.random() < 0.12:
            continue
        if rng.random() < 0.02:
            level *= rng.choice([0.5, 1.5])
        value = max(level * (1 + rng.gauss(0, spread)), lowest)
        value = min(value, 100) if unit == "percent" else value
        yield from _rows(rng, [*named, str(period)], value, world, unit, period, habits)


def _rows(
    rng: Random, named: list[str], value: float, world: World, unit: str, period: Period, habits: Habits
) -> Iterator[str]:
    """Yield the row of a figure, and of what it became later."""
    written = round(value) if world.integral else round(value, rng.choice([1, 1, 2]))
    figure: list[object] = [written, "", ""]
    if habits.parts and not world.integral:
        denominator = rng.choice([0, 3, 40, 1000, 1000])
        figure = ["", round(value * denominator / (100 if unit == "percent" else 1)), denominator]
    if habits.marks and rng.random() < 0.2:
        figure = [rng.choice([*MARKS, f"{written} [p]", f"{written} [r]"]), "", ""]
    beside: list[object] = [
        round(world.level * rng.choice([0.9, 1, 1.1]), 1) if rng.random() < 0.8 else "" for _ in COLUMNS
    ]
    changes: list[object] = [
        round(rng.gauss(0, 20), 1) if habits.changes and rng.random() < 0.5 else "" for _ in CHANGES
    ]
    if habits.changes and rng.random() < 0.4:
        figure = ["", "", ""]
    limits = [round(world.level * 0.8, 1), round(world.level * 1.2, 1)] if habits.limits else ["", ""]
    known = period.last_day + timedelta(days=rng.choice([1, 5, 12]))
    marks = [known if rng.random() < 0.3 else "", rng.choice(["", "", "true"])]
    row = ",".join(map(str, [*named, *figure, *beside, *changes, *limits, *marks]))
    yield row
    if habits.repeats and rng.random() < 0.1:
        yield row if figure[0] == "" or rng.random() < 0.5 else row.replace(f",{figure[0]},", f",{written + 1},", 1)
    if habits.revisions and rng.random() < 0.08 and figure[0] != "":
        revised = round(value * 1.1) if world.integral else round(value * 1.1, 1)
        revised = min(revised, 100) if unit == "percent" else revised
        day = known + timedelta(days=rng.choice([30, 30, 300]))
        yield ",".join(map(str, [*named, revised, "", "", *beside, *changes, *limits, day, ""]))
