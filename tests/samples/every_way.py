"""A folder judged in every way: newest periods and all of them, each rule alone and among others, by `evaluate` and by a tick."""

import atexit
import shutil
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from random import Random
from tempfile import mkdtemp
from typing import Any

from alerting.app.authoring.check_figures import figure_problems
from alerting.app.engine import Engine
from alerting.domain.fault import INTERNAL_ERROR
from alerting.evaluation.as_json import finding_json
from alerting.rulefile.loading import load_rules
from alerting.store.sql import SqlStore
from samples.disguises import disguised
from samples.plain_reading import read_apart
from samples.random_folders import Folder
from samples.worlds import an_engine

Key = tuple[str, str, str]
#: How many folders are checked with their figures and told in digests too, which takes half as long again as all the rest.
LOOKED_AT_CLOSELY = 0.1


@dataclass
class Ways:
    """Where two ways of judging differ, and how much was judged."""

    differences: list[str] = field(default_factory=list)
    findings: int = 0


def every_way(folder: Folder, path: Path, rng: Random) -> Ways:
    """Judge a folder that is written below *path* in every way, and say where two of them differ."""
    engine = an_engine(path, path / "state", folder.as_of)
    found = Ways()
    answer = engine.enquiries.evaluate(folder.as_of, engine.enquiries.read(), text="all")
    found.differences += [fault.words for fault in answer.evaluation.faults]
    newest = [finding_json(one.finding) for one in answer.found]
    history = _history(folder, engine, found)
    last = {_key(one): one for one in history}
    found.findings = len(history)
    for one in newest:
        found.differences += _apart("newest", one, "every period", last.get(_key(one), {}))
    found.differences += [f"{key} is judged only among all periods" for key in last.keys() - {*map(_key, newest)}]
    found.differences += read_apart(folder, history)
    found.differences += _by_itself(folder, path, history, rng, found)
    found.differences += _by_parts(folder, path, history, found)
    found.differences += _ticked(folder, engine, path, history)
    if rng.random() < LOOKED_AT_CLOSELY:
        found.differences += _checked(folder, engine, path)
        found.differences += _in_digests(folder, engine, path)
    return found


def _history(folder: Folder, engine: Engine, found: Ways) -> list[dict[str, Any]]:
    """Judge every period; what the program fails at goes with the differences."""
    answer = engine.enquiries.evaluate(folder.as_of, every_period=True, text="all")
    found.differences += [fault.words for fault in answer.evaluation.faults]
    return [finding_json(one.finding) for one in answer.found]


def _key(one: Mapping[str, Any]) -> Key:
    return one["rule"], one["measure"], one["area"]


def _apart(
    way: str, one: Mapping[str, Any], other_way: str, other: Mapping[str, Any], but: Collection[str] = ()
) -> Iterator[str]:
    """Yield each key in which two findings of the same figure differ; where a rule stands is no part of what it finds."""
    for name in one:
        if name != "where" and name not in but and one[name] != other.get(name):
            yield f"{_key(one)} {one['period']} {name}: {way} {one[name]!r}, {other_way} {other.get(name)!r}"


def _by_itself(folder: Folder, path: Path, history: list[dict[str, Any]], rng: Random, found: Ways) -> Iterator[str]:
    """Judge one rule with nothing beside it, in disguise: what it finds must not depend on what is none of its business."""
    rule = rng.choice(folder.rules)
    disguise = disguised(folder.alone(rule), rng)
    beside = path / "alone"
    engine = an_engine(disguise.folder.write(beside), beside / "state", folder.as_of)
    theirs = {(*_key(one), one["period"]): one for one in map(disguise.bared, _history(disguise.folder, engine, found))}
    shutil.rmtree(beside)
    ours = {(*_key(one), one["period"]): one for one in history if one["rule"] == rule["id"]}
    newest = {key[:3]: disguise.moment(key[3]) for key in theirs}  # in period order, so that the last one stays
    for key in ours.keys() | theirs.keys():
        if not disguise.shows(key):
            continue
        if key in ours and key in theirs:
            yield from _apart("among others", ours[key], disguise.name, theirs[key], disguise.hides(ours[key]))
        elif key in theirs or (disguise.knows(ours[key]) and disguise.moment(key[3]) <= newest.get(key[:3], date.min)):
            yield f"{key} is judged only {'among others' if key in ours else disguise.name}"


#: Which state of a part wins over which, by how they are composed.
ORDERS = {
    "any_of": ("exception", "no_data", "not_enough_history", "normal"),
    "all_of": ("normal", "no_data", "not_enough_history", "exception"),
    "not": ("normal", "exception"),
}


def _by_parts(folder: Folder, path: Path, history: list[dict[str, Any]], found: Ways) -> Iterator[str]:
    """Judge the parts of a composed condition as rules: what they say together is what the condition says."""
    rule = next((rule for rule in folder.rules if ORDERS.keys() & rule["when"].keys()), None)
    if rule is None:
        return
    ((key, inner),) = rule["when"].items()
    parts = inner if isinstance(inner, list) else [inner]
    split = folder.alone(rule)
    split.rules = [{**rule, "id": f"{rule['id']}-{n}", "when": part} for n, part in enumerate(parts)]
    beside = path / "parts"
    states: dict[tuple[str, str, str], list[str]] = {}
    for one in _history(split, an_engine(split.write(beside), beside / "state", folder.as_of), found):
        states.setdefault((one["measure"], one["area"], one["period"]), []).append(one["state"])
    shutil.rmtree(beside)
    for one in history:
        theirs = states.get((one["measure"], one["area"], one["period"]), [])
        if one["rule"] == rule["id"] and len(theirs) == len(parts):
            said = next((state for state in ORDERS[key] if state in theirs), one["state"])
            said = {"normal": "exception", "exception": "normal"}.get(said, said) if key == "not" else said
            if said != one["state"]:
                yield f"{_key(one)} {one['period']} {key}: {one['state']}, its parts {sorted(theirs)}"


def _ticked(folder: Folder, engine: Engine, path: Path, history: list[dict[str, Any]]) -> Iterator[str]:
    """Tick once on a new state: what is open is what the verdicts of each series in order say."""
    shutil.copy(_empty_state(), path / "state.db")
    store = SqlStore(f"sqlite:///{path / 'state.db'}")
    try:
        report = engine.tick(store, folder.as_of)
        yield from (f"tick: {problem}" for problem in report.problems if problem.code == INTERNAL_ERROR)
        with store.begin() as state:
            open_now = {(one.key.rule, one.key.measure, one.key.area) for one in state.alerts.open()}
    finally:
        store.close()
    rules = {rule["id"]: rule for rule in folder.rules}
    expected = {
        key for key, verdicts in _by_series(history).items() if not _over(rules[key[0]]) and _stands_open(rules[key[0]], verdicts)
    }  # fmt: skip
    open_now = {key for key in open_now if not _over(rules[key[0]])}
    yield from (f"{key} is an exception, and no alert" for key in sorted(expected - open_now))
    yield from (f"{key} is an alert, and no exception" for key in sorted(open_now - expected))


def _checked(folder: Folder, engine: Engine, path: Path) -> Iterator[str]:
    """Check the folder with its figures: what is sound by its rules shows no fault of the program."""
    loaded = load_rules(path, shown_as="rules")
    assert loaded.rules is not None and loaded.placing is not None
    for problem in figure_problems(
        loaded.rules, loaded.placing, engine.enquiries.read(), folder.as_of, loaded.problems
    ):
        if problem.code == INTERNAL_ERROR:
            yield f"check: {problem}"


def _in_digests(folder: Folder, engine: Engine, path: Path) -> Iterator[str]:
    """Make every owner's digest of the state that the tick left."""
    store = SqlStore(f"sqlite:///{path / 'state.db'}")
    try:
        report = engine.digest(store, folder.as_of)
        yield from (f"digest: {fault.words}" for fault in report.faults)
        if not report.deliveries:
            yield "nobody has a digest"
    finally:
        store.close()


@cache
def _empty_state() -> Path:
    """Return a state without rows, made once: its tables take longer than all the rest."""
    file = Path(mkdtemp()) / "empty.db"
    atexit.register(shutil.rmtree, file.parent)
    store = SqlStore(f"sqlite:///{file}")
    store.upgrade()
    store.close()
    return file


def _over(rule: Mapping[str, Any]) -> bool:
    """Whether a rule may have ended: its alerts are withdrawn."""
    return "until" in rule or rule.get("status") == "off"


def _by_series(history: list[dict[str, Any]]) -> dict[Key, list[dict[str, Any]]]:
    found: dict[Key, list[dict[str, Any]]] = {}
    for one in history:
        found.setdefault(_key(one), []).append(one)
    return found


def _stands_open(rule: Mapping[str, Any], verdicts: list[dict[str, Any]]) -> bool:
    """Say whether an alert is open after verdicts in period order: `for` opens it, `clear_after` ends it, gaps end both counts."""
    open_, exceptional, normal, side = False, 0, 0, None
    for one in verdicts:
        if one["state"] == "exception":
            goes_on = one["side"] == side
            if "not" in rule["when"]:  # of one side is what the turned condition tells apart: the finding counts that
                goes_on = one["consecutive"] == exceptional + 1
            exceptional = exceptional + 1 if exceptional and goes_on else 1
            normal, side = 0, one.get("side")
            open_ = open_ or exceptional >= rule.get("for", 1)
        elif one["state"] == "normal":
            exceptional, normal = 0, normal + 1
            open_ = open_ and normal < rule.get("clear_after", 1)
        else:
            exceptional = normal = 0
    return open_
