"""Random valid rule folders with random figures: every condition, limits method, unit and key of a measure, in all their company.

`random_folder(Random(seed), …)` is the same for the same seed. Every measure and rule stands on a line of its own, so that what
`check` refuses is mended by its line: what remains is valid.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from alerting.domain.period import Calendar, PeriodKind
from alerting.rulefile.loading import load_rules
from samples.random_figures import random_figures
from samples.random_measures import ALWAYS, later, random_measure, series_ids
from samples.random_rules import World, random_condition, random_like, random_limits

KINDS = (*[PeriodKind.MONTH] * 2, *PeriodKind)
#: So often a folder is read again: first with other conditions and fewer keys in place of those refused, in the end without them.
MOST_REPAIRS, REROLLS = 10, 7
HEAD = """
areas:
  - {id: force, title: Force, kind: policing, owner: boss}
  - {id: north, title: North, parent: force, owner: deputy}
  - {id: south, title: South, parent: force}
  - {id: east, title: East, parent: force}
  - {id: east-1, title: East One, parent: east}
  - {id: east-2, title: East Two, parent: east}
owners:
  - {id: boss, name: Boss, email: boss@example.org, deputy: deputy, away: [{from: 2020-02-01, until: 2020-02-20}]}
  - {id: deputy, name: Deputy, email: deputy@example.org, escalate: {after: 2 working days, to: boss}}
roles: {operator: boss, maintainer: boss, fallback: boss}
topics: [{id: t, title: Topic, owner: boss}]
sources: {s: {csv: f.csv, owner: boss}}
digests: [{id: weekly, every: "monday 07:30", to: [each_owner, boss]}]
"""
_COARSER = {
    PeriodKind.DAY: ["week", "month"], PeriodKind.WEEK: ["quarter"], PeriodKind.MONTH: ["quarter", "year"],
    PeriodKind.QUARTER: ["year"], PeriodKind.YEAR: ["year"],
}  # fmt: skip
_MOST_PERIODS = {PeriodKind.DAY: 70, PeriodKind.WEEK: 70, PeriodKind.YEAR: 8}


@dataclass
class Folder:
    """A folder's files, and the day as of which it is judged."""

    as_of: date
    measures: list[dict[str, Any]]
    rules: list[dict[str, Any]]
    limits: dict[str, Any]
    #: Schedule, holds, breaks, notes and exclusions, a line each.
    rest: list[str]
    figures: str
    #: What conditions on each measure may speak of.
    worlds: dict[str, World]
    #: The problems of those entries that had to be changed or left out.
    mended: list[str] = field(default_factory=list)
    #: Areas, owners and sources.
    head: str = HEAD

    def text(self) -> str:
        """The rule file: a measure or rule a line."""
        lines = [*self.head.splitlines(), f"limits: {json.dumps(self.limits)}", *self.rest, "measures:"]
        lines += [f"  - {json.dumps(measure)}" for measure in self.measures]
        lines += ["rules:", *(f"  - {json.dumps(rule)}" for rule in self.rules)]
        return "\n".join(line for line in lines if line) + "\n"

    def write(self, path: Path) -> Path:
        """Write it below *path*."""
        path.mkdir(parents=True, exist_ok=True)
        (path / "rules.yaml").write_text(self.text(), encoding="utf-8")
        (path / "f.csv").write_text(self.figures, encoding="utf-8")
        return path

    def alone(self, rule: Mapping[str, Any]) -> "Folder":
        """Return what a rule's findings are made from: its measures, what these are made of, and their figures."""
        wanted = set(map(family, rule["measures"]))
        for measure in self.measures:
            if measure["id"] in wanted and "of" in measure:
                wanted |= set(map(family, measure["of"].values()))
        head, *lines = self.figures.splitlines()
        kept = [line for line in lines if family(line.partition(",")[0]) in wanted]
        measures = [measure for measure in self.measures if measure["id"] in wanted]
        rest = [line for line in self.rest if not line.startswith("breaks:") or "m0" in wanted]
        return Folder(self.as_of, measures, [dict(rule)], self.limits, rest, "\n".join([head, *kept]) + "\n", {})


def random_folder(rng: Random, path: Path) -> Folder | None:
    """Write a random folder without errors below *path*; None where nothing is left of it."""
    folder = _made(rng)
    for repair in range(MOST_REPAIRS):
        loaded = load_rules(folder.write(path), shown_as="rules")
        errors = [problem for problem in loaded.problems if problem.severity.value == "error"]
        if not errors:
            return folder if folder.rules else None
        folder.mended += [str(problem) for problem in errors]
        _mend(folder, {problem.place.line for problem in errors}, rng if repair < REROLLS else None)
    return None


def _mend(folder: Folder, lines: set[int], rng: Random | None) -> None:
    """Give the rules on some lines another condition and take a key from the measures there; without *rng* remove them."""
    text = folder.text().splitlines()
    bad = {text[line - 1].removeprefix("  - ") for line in lines if 0 < line <= len(text)}
    for measure in [measure for measure in folder.measures if json.dumps(measure) in bad]:
        optional = [key for key in measure if key not in (*ALWAYS, "source", "of", "items")]
        if rng is not None and optional:
            del measure[rng.choice(optional)]
        else:
            _remove(folder, measure["id"])
    for rule in [rule for rule in folder.rules if json.dumps(rule) in bad]:
        if rng is None:
            folder.rules.remove(rule)
        else:
            rule.pop("every", None)
            rule["when"] = random_condition(rng, folder.worlds[family(rule["measures"][0])])
    if any(line.startswith("limits:") for line in bad):
        folder.limits = {}


def _remove(folder: Folder, id_: str) -> None:
    """Remove a measure, what is made of it, and the rules on either."""
    gone = {id_} | {one["id"] for one in folder.measures if id_ in map(family, one.get("of", {}).values())}
    folder.measures = [measure for measure in folder.measures if measure["id"] not in gone]
    folder.rules = [rule for rule in folder.rules if not gone.intersection(map(family, rule["measures"]))]
    if "m0" in gone:
        folder.rest = [line for line in folder.rest if not line.startswith("breaks:")]


def _made(rng: Random) -> Folder:
    kind = rng.choice(KINDS)
    starts = 1 if rng.random() < 0.15 else 4
    calendar = Calendar(starts)
    n = rng.randint(1, _MOST_PERIODS.get(kind, 42))
    newest = calendar.containing(date(2020, 1, 15) + timedelta(days=rng.randint(0, 420)), kind)
    first = newest - (n - 1)
    as_of = newest.last_day + timedelta(days=rng.choice([1, 1, 5, 20, 60]))
    measures: list[dict[str, Any]] = []
    worlds: dict[str, World] = {}
    for number in range(rng.randint(1, 3)):
        parts = [id_ for one in measures if "of" not in one for id_ in series_ids(one)]
        measure, world = random_measure(rng, f"m{number}", kind, first.first_day, newest.last_day, parts, calendar)
        measures.append(measure)
        worlds[measure["id"]] = world
    limits = {"named": random_limits(rng, next(iter(worlds.values())))} if rng.random() < 0.3 else {}
    rest = [
        *(["schedule: {financial_year_starts: january}"] if starts == 1 else []),
        *_windows(rng, first.first_day, newest.last_day),
    ]
    rules: list[dict[str, Any]] = []
    for number in range(rng.randint(1, 5)):
        rules.append(_rule(rng, number, measures, worlds, limits, rules))
    figures = random_figures(rng, measures, worlds, [first + place for place in range(n)])
    return Folder(as_of, measures, rules, limits, rest, figures, worlds)


def family(id_: str) -> str:
    return id_.partition("/")[0]


def _rule(
    rng: Random, n: int, measures: list[dict[str, Any]], worlds: dict[str, World], limits: Mapping[str, Any],
    before: list[dict[str, Any]],
) -> dict[str, Any]:  # fmt: skip
    chosen = rng.sample(measures, rng.choice([1, 1, len(measures)]))
    world = worlds[chosen[0]["id"]]
    if limits:
        world = World(**(vars(world) | {"limits": tuple(limits)}))
    ids = [id_ for measure in chosen for id_ in series_ids(measure)]
    when = random_condition(rng, world)
    if before and rng.random() < 0.45:
        other = rng.choice(before)
        ids, when = other["measures"], random_like(rng, worlds[family(other["measures"][0])], other["when"])
    rule: dict[str, Any] = {"id": f"r{n}", "title": f"Rule {n}", "measures": ids, "when": when}
    optional = random_rule_keys(rng, world)
    return rule | {key: value for key, value in optional.items() if rng.random() < 0.12}


def random_rule_keys(rng: Random, world: World) -> Mapping[str, Any]:
    """Return a value for each key that a rule may have or not."""
    return {
        "every": rng.choice(_COARSER[world.kind]),
        "areas": rng.choice([["north"], ["force", "east"], {"children_of": "force"}, {"below": "force"}]),
        "severity": rng.choice(["info", "critical", {"worse": "critical", "better": "info"}]),
        "from": str(later(rng, world.first, 400)),
        "until": str(rng.choice([later(rng, world.last, 100), _end_of_a_period(rng, world)])),
        "for": rng.choice([2, 3]),
        "clear_after": rng.choice([2, 3]),
        "notify": rng.choice(["measure_owner", ["area_owner", "deputy"]]),
        "inhibit": rng.choice(["areas", "parent"]),
        "remind": rng.choice(["daily", "monthly"]),
        "review_after": "3 months",
        "status": rng.choice(["shadow", "off"]),
    }


def _end_of_a_period(rng: Random, world: World) -> date:
    """Return a day as people mostly write it, the last of a period with figures."""
    return world.calendar.containing(later(rng, world.first, (world.last - world.first).days), world.kind).last_day


def _windows(rng: Random, first: date, last: date) -> list[str]:
    """Return some of holds, breaks, notes and exclusions."""
    span = max((last - first).days, 1)
    day = later(rng, first, span)
    until = later(rng, day, span // 3)
    found = [
        f"holds: [{{id: h, match: {{areas: [north]}}, from: {day}, until: {until}, reason: Being tested}}]",
        f"breaks: [{{id: b, match: {{measures: [m0]}}, on: {day}, reason: Counted otherwise}}]",
        f"notes: [{{id: n, match: {{areas: [force]}}, from: {day}, until: {until}, say: Few were asked}}]",
        f"exclusions: [{{from: {day}, until: {until}, reason: Lockdown}}]",
    ]
    return [line for line in found if rng.random() < 0.2]
