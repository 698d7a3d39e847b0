"""Random valid rule folders with random figures: every condition, limits method and unit, in all their company.

`random_folder(Random(seed))` is the same for the same seed; with hypothesis' `randoms()` it shrinks. Every measure and rule stands on
a line of its own, so that what `check` refuses is left out by its line: what remains is valid.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from samples.random_rules import World, random_condition, random_level, random_limits

from alerting.domain.measure import Unit
from alerting.domain.period import Calendar, PeriodKind
from alerting.rulefile.loading import load_rules

COLUMNS = ("target", "plan", "goal")
KINDS = (PeriodKind.MONTH, PeriodKind.MONTH, PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.WEEK, PeriodKind.DAY, PeriodKind.YEAR)  # fmt: skip
#: So often a folder is read again: first with other conditions in place of those that were refused, in the end without the rules.
MOST_REPAIRS, REROLLS = 8, 5
AREAS = """
areas:
  - {id: force, title: Force, kind: policing, owner: boss}
  - {id: north, title: North, parent: force, owner: deputy}
  - {id: south, title: South, parent: force}
  - {id: east, title: East, parent: force}
owners:
  - {id: boss, name: Boss, email: boss@example.org, deputy: deputy, away: [{from: 2020-02-01, until: 2020-02-20}]}
  - {id: deputy, name: Deputy, email: deputy@example.org, escalate: {after: 2 working days, to: boss}}
roles: {operator: boss, maintainer: boss, fallback: boss}
topics: [{id: t, title: Topic, owner: boss}]
sources: {s: {csv: f.csv, owner: boss}}
"""
AREA_IDS = ("force", "north", "south", "east")
_ROLLING = {
    PeriodKind.DAY: ["7 days", "28 days"], PeriodKind.WEEK: ["2 weeks", "8 weeks"], PeriodKind.MONTH: ["3 months", "12 months"],
    PeriodKind.QUARTER: ["6 months", "2 quarters"], PeriodKind.YEAR: ["2 years"],
}  # fmt: skip
_NEXT = {PeriodKind.DAY: "week", PeriodKind.WEEK: "quarter", PeriodKind.MONTH: "quarter", PeriodKind.QUARTER: "year"}


@dataclass
class Folder:
    """A folder's files, and the day as of which it is judged."""

    as_of: date
    measures: list[dict[str, Any]]
    rules: list[dict[str, Any]]
    limits: dict[str, Any]
    windows: str
    figures: str
    #: What conditions on each measure may speak of.
    worlds: dict[str, World]
    #: The problems of those entries that had to be left out.
    left_out: list[str] = field(default_factory=list)

    def text(self) -> str:
        """The rule file: a measure or rule a line."""
        lines = [*AREAS.splitlines(), f"limits: {json.dumps(self.limits)}", self.windows, "measures:"]
        lines += [f"  - {json.dumps(measure)}" for measure in self.measures]
        lines += ["rules:", *(f"  - {json.dumps(rule)}" for rule in self.rules)]
        return "\n".join(line for line in lines if line) + "\n"

    def write(self, path: Path) -> Path:
        """Write it below *path*."""
        path.mkdir(parents=True, exist_ok=True)
        (path / "rules.yaml").write_text(self.text(), encoding="utf-8")
        (path / "f.csv").write_text(self.figures, encoding="utf-8")
        return path


def random_folder(rng: Random, path: Path) -> Folder | None:
    """Write a random folder without errors below *path*; None where nothing is left of it."""
    folder = _made(rng)
    for repair in range(MOST_REPAIRS):
        loaded = load_rules(folder.write(path), shown_as="rules")
        errors = [problem for problem in loaded.problems if problem.severity.value == "error"]
        if not errors:
            return folder if folder.rules else None
        _mend(folder, {problem.place.line for problem in errors}, rng if repair < REROLLS else None)
        folder.left_out += [str(problem) for problem in errors]
    return None


def _mend(folder: Folder, lines: set[int], rng: Random | None) -> None:
    """Remove the measures on some lines with their rules; give the rules there another condition, or without *rng* remove them."""
    text = folder.text().splitlines()
    bad = {text[line - 1].removeprefix("  - ") for line in lines if 0 < line <= len(text)}
    gone = {measure["id"] for measure in folder.measures if json.dumps(measure) in bad}
    folder.measures = [measure for measure in folder.measures if measure["id"] not in gone]
    folder.rules = [rule for rule in folder.rules if not gone.intersection(map(_family, rule["measures"]))]
    for rule in [rule for rule in folder.rules if json.dumps(rule) in bad]:
        if rng is None:
            folder.rules.remove(rule)
        else:
            rule["when"] = random_condition(rng, folder.worlds[_family(rule["measures"][0])])
    if any(line.startswith("limits:") for line in bad):
        folder.limits = {}


def _made(rng: Random) -> Folder:
    kind = rng.choice(KINDS)
    calendar = Calendar()
    n = rng.randint(1, {PeriodKind.DAY: 70, PeriodKind.WEEK: 70, PeriodKind.YEAR: 8}.get(kind, 42))
    newest = calendar.containing(date(2020, rng.randint(1, 12), 15), kind)
    first = newest - (n - 1)
    as_of = newest.last_day + timedelta(days=rng.choice([1, 1, 5, 20, 60]))
    measures, worlds = [], {}
    for number in range(rng.randint(1, 3)):
        measure, world = _measure(rng, f"m{number}", kind, first.first_day, newest.last_day)
        measures.append(measure)
        worlds[measure["id"]] = world
    limits = {"named": random_limits(rng, next(iter(worlds.values())))} if rng.random() < 0.3 else {}
    folder = Folder(as_of, measures, [], limits, _windows(rng, first.first_day, newest.last_day), "", worlds)
    folder.rules = [_rule(rng, n, measures, worlds, limits) for n in range(rng.randint(1, 5))]
    folder.figures = _figures(rng, measures, worlds, [first + place for place in range(n)])
    return folder


def series_ids(measure: dict[str, Any]) -> list[str]:
    """The measures that an entry stands for: its items, or itself."""
    return [f"{measure['id']}/{item}" for item in measure.get("items", ())] or [measure["id"]]


def _family(id_: str) -> str:
    return id_.partition("/")[0]


def _measure(rng: Random, id_: str, kind: PeriodKind, first: date, last: date) -> tuple[dict[str, Any], World]:
    unit = rng.choice(list(Unit))
    level = {Unit.PERCENT: rng.choice([5, 50, 90, 99]), Unit.COUNT: rng.choice([0.3, 4, 60, 1500])}.get(
        unit, rng.choice([0.5, 7, 83.2, 4000])
    )
    world = World(
        first=first, last=last, level=level, columns=COLUMNS, areas=AREA_IDS, limits=(), kind=kind,
        integral=unit is Unit.COUNT,
    )  # fmt: skip
    better = rng.choice(["higher", "lower", "neither"])
    measure: dict[str, Any] = {
        "id": id_, "title": f"Measure {id_}", "topic": "t", "unit": unit.value, "better": better, "every": kind.value,
        "source": "s",
    }  # fmt: skip
    optional: dict[str, Any] = {
        "target": random_level(rng, world), "expected": rng.choice(["5 days", {"working_day": 5}]),
        "settles_after": "30 days", "covers": rng.choice(["year_to_date", "12 months", "3 months"]),
        "rolling": rng.choice(_ROLLING[kind]),
        "smallest_denominator": rng.choice([5, 30]), "roll_up": rng.choice([True, "sum", "ratio", "mean"]),
        "aggregate": rng.choice(["sum", "mean", "last", "ratio"]), "per_day": rng.choice(["calendar", "working"]),
        "minimum": 0, "maximum": level * 2, "decimals": rng.choice([0, 1, 2]), "areas": ["force", "north", "south"],
    }  # fmt: skip
    measure |= {key: value for key, value in optional.items() if rng.random() < 0.15 or (key == "target" and rng.random() < 0.5)}  # fmt: skip
    if rng.random() < 0.1:
        measure["items"] = {"a": "Item a", "b": "Item b"}
    return measure, world


def _rule(rng: Random, n: int, measures: list[dict[str, Any]], worlds: dict[str, World], limits: Any) -> dict[str, Any]:
    chosen = rng.sample(measures, rng.choice([1, 1, len(measures)]))
    world = worlds[chosen[0]["id"]]
    if limits:
        world = World(**(vars(world) | {"limits": tuple(limits)}))
    rule: dict[str, Any] = {
        "id": f"r{n}", "title": f"Rule {n}", "measures": [id_ for measure in chosen for id_ in series_ids(measure)],
        "when": random_condition(rng, world),
    }  # fmt: skip
    optional: dict[str, Any] = {
        "every": _NEXT.get(world.kind, "year"), "areas": rng.choice([["north"], {"children_of": "force"}]),
        "severity": rng.choice(["info", "critical", {"worse": "critical", "better": "info"}]),
        "from": str(world.first + timedelta(days=rng.randint(0, 400))), "until": str(world.last),
    }  # fmt: skip
    return rule | {key: value for key, value in optional.items() if rng.random() < 0.15}


def _windows(rng: Random, first: date, last: date) -> str:
    """Return some of holds, breaks, notes and exclusions."""
    span = max((last - first).days, 1)
    day = first + timedelta(days=rng.randint(0, span))
    until = day + timedelta(days=rng.randint(0, span // 3))
    found = []
    if rng.random() < 0.2:
        found.append(f"holds: [{{id: h, match: {{areas: [north]}}, from: {day}, until: {until}, reason: Being tested}}]")
    if rng.random() < 0.2:
        found.append(f"breaks: [{{id: b, match: {{measures: [m0]}}, on: {day}, reason: Counted otherwise}}]")
    if rng.random() < 0.2:
        found.append(f"notes: [{{id: n, match: {{areas: [force]}}, from: {day}, until: {until}, say: Few were asked}}]")
    if rng.random() < 0.2:
        found.append(f"exclusions: [{{from: {day}, until: {until}, reason: Lockdown}}]")
    return "\n".join(found)


def _figures(rng: Random, measures: list[dict[str, Any]], worlds: dict[str, World], periods: list[Any]) -> str:
    """Return the source: some series of each measure, with gaps, revisions, numerators, and columns to hold figures against."""
    columns = ["measure", "area", "period", "value", "numerator", "denominator", *COLUMNS, "lower_limit", "upper_limit", "published", "provisional"]  # fmt: skip
    lines = [",".join(columns)]
    for measure in measures:
        world = worlds[measure["id"]]
        ids = series_ids(measure)
        parts, full = rng.random() < 0.4, rng.random() < 0.6
        areas = [area for area in AREA_IDS if rng.random() < 0.7] or ["force"]
        for id_ in ids:
            for area in areas:
                lines += _series(rng, id_, area, world, measure["unit"], periods, parts=parts, full=full)
    return "\n".join(lines) + "\n"


def _series(
    rng: Random, id_: str, area: str, world: World, unit: str, periods: list[Any], *, parts: bool, full: bool
) -> Iterator[str]:
    level, spread = world.level * rng.choice([0.8, 1, 1.2]), rng.choice([0, 0.02, 0.1, 0.4])
    begin = rng.choice([0, 0, 0, rng.randrange(len(periods))])
    for place, period in enumerate(periods[begin:]):
        if rng.random() < (0 if full else 0.12):
            continue
        if rng.random() < 0.02:
            level *= rng.choice([0.5, 1.5])
        value = max(level * (1 + rng.gauss(0, spread)), 0 if world.integral or unit == "percent" else -9e9)
        value = min(value, 100) if unit == "percent" else value
        written = round(value) if world.integral else round(value, rng.choice([1, 1, 2]))
        row = {"value": written, "numerator": "", "denominator": ""}
        if parts and not world.integral:
            denominator = rng.choice([0, 3, 40, 1000, 1000])
            scale = 100 if unit == "percent" else 1
            row = {"value": "", "numerator": round(value * denominator / scale), "denominator": denominator}
        beside = [round(world.level * rng.choice([0.9, 1, 1.1]), 1) if rng.random() < 0.8 else "" for _ in COLUMNS]
        limits = [round(world.level * 0.8, 1), round(world.level * 1.2, 1)] if rng.random() < 0.8 else ["", ""]
        known = period.last_day + timedelta(days=rng.choice([1, 5, 12]))
        marks = [str(known) if rng.random() < 0.3 else "", rng.choice(["", "", "true"])]
        yield ",".join(map(str, [id_, area, period, *row.values(), *beside, *limits, *marks]))
        if rng.random() < 0.03 and row["value"] != "" and place:
            revised = round(float(row["value"]) * 1.1) if world.integral else round(float(row["value"]) * 1.1, 1)
            later = known + timedelta(days=30)
            yield ",".join(map(str, [id_, area, period, min(revised, 100) if unit == "percent" else revised, "", "", *beside, *limits, str(later), ""]))  # fmt: skip
