"""Edits of the example's rules, one of each kind that authors make, at random; and the example with fewer figures, so that many can be tried."""

# ruff: noqa: E501 - YAML stands as people write it

import csv
import io
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import yaml

from alerting.rulefile import load_rules
from alerting.scaffold.folder import example, write

#: The areas that keep their figures, and the first periods of each file.
_AREAS = {"north", "south", "wendmoor", "aldercombe", "garthwick"}
_SINCE = {"days": "2026-01-01", "weeks": "2025-W01", "months": "2024-04"}
#: Rules that tell something in April 2026, on the figures that are kept.
_LOUD = {"visits-late-up", "arrears-rising", "overtime-up", "staff-down", "fire-checks-behind"}
#: A rules file by its parts.
Parts = dict[str, Any]
#: Every file of a folder that holds rules, by name.
Folder = dict[str, Parts]
_SIDES = {
    "at_least": "at_most",
    "above_upper_limit": "below_lower_limit",
    "falls_by": "rises_by",
    "over": "under",
    "from": "to",
}
_SIDES |= {other: one for one, other in _SIDES.items()}


def cut_example(folder: Path) -> Path:
    """Write the example with figures of fewer areas and periods."""
    contents = example()
    for path, content in contents.items():
        if path.parts[0] == "figures":
            rows = list(csv.DictReader(io.StringIO(content.decode())))
            kept = [row for row in rows if row["area"] in _AREAS and row["period"] >= _SINCE[path.stem]]
            text = io.StringIO(newline="")
            writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(kept)
            contents[path] = text.getvalue().encode()
    write(folder, contents)
    return folder


def edited(base: Path, head: Path, kind: str, random: Random) -> Path:
    """Return a copy of a folder with one edit of a kind, which leaves its rules sound and another than before."""
    before = load_rules(base).rules
    for _ in range(40):
        shutil.rmtree(head, ignore_errors=True)
        shutil.copytree(base, head)
        parts = {path.name: yaml.safe_load(path.read_text()) for path in sorted(base.glob("*.yaml"))}
        if EDITS[kind](parts, random) is False:
            continue
        for name, part in parts.items():
            (head / name).write_text(yaml.safe_dump(part, sort_keys=False, allow_unicode=True))
        rules = load_rules(head).rules
        if rules is not None and rules.version != before.version:
            return head
    raise AssertionError(f"no edit of the kind {kind} leaves the rules sound")


def _rules(parts: Folder) -> list[tuple[str, Parts]]:
    return [(name, rule) for name, part in parts.items() for rule in part.get("rules", ())]


def _a_rule(parts: Folder, random: Random) -> Parts:
    """Return a rule: of three two tell something in the days that are tried, so that edits of them are heard of."""
    rules = [rule for _, rule in _rules(parts)]
    loud = [rule for rule in rules if rule["id"] in _LOUD]
    return random.choice(loud if random.random() < 2 / 3 else rules)


#: What a key means where it is not written.
_DEFAULTS = {"for": 1, "clear_after": 1, "severity": "warning", "remind": "never", "notify": ["area_owner"]}


def _on_a_rule(key: str, *values: Any) -> Callable[[Folder, Random], object]:
    def edit(parts: Folder, random: Random) -> object:
        rule, value = _a_rule(parts, random), random.choice(values)
        if rule.get(key, _DEFAULTS.get(key)) == value:
            return False
        rule[key] = value
        return None

    return edit


def _numbers(value: Any, random: Random) -> Any:
    """Return a condition with its numbers a little other."""
    if isinstance(value, dict):
        return {key: _numbers(one, random) for key, one in value.items()}
    if isinstance(value, list):
        return [_numbers(one, random) for one in value]
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return value
    if isinstance(value, str):
        return re.sub(r"^\d+(?= %$)", lambda found: str(max(1, round(int(found[0]) * random.uniform(0.3, 1.5)))), value)
    return round(value * random.uniform(0.7, 1.3)) if value >= 8 else round(value * random.uniform(0.7, 1.3), 1)


def _threshold(parts: Folder, random: Random) -> object:
    rule = _a_rule(parts, random)
    before, rule["when"] = rule["when"], _numbers(rule["when"], random)
    return before != rule["when"]


def _target(parts: Folder, random: Random) -> object:
    measure = random.choice(
        [one for one in parts["measures.yaml"]["measures"] if isinstance(one.get("target"), (int, float))]
    )
    measure["target"] = round(measure["target"] * random.uniform(0.9, 1.1), 1)
    return None


def _side(parts: Folder, random: Random) -> object:
    rule = _a_rule(parts, random)
    before = repr(rule["when"])
    rule["when"] = _turned(rule["when"])
    return before != repr(rule["when"])


def _turned(value: Any) -> Any:
    if isinstance(value, dict):
        return {_SIDES.get(key, key): _turned(one) for key, one in value.items()}
    return [_turned(one) for one in value] if isinstance(value, list) else value


def _limits(parts: Folder, random: Random) -> object:
    """Give a rule limits of another kind, or of another width."""
    rule = _a_rule(parts, random)
    ((key, inner),) = rule["when"].items()
    if not isinstance(inner, dict) or "limits" not in inner:
        return False
    methods = (
        {"xmr": {"baseline": random.choice([8, 12, 20])}},
        {"previous_financial_year": {"sigmas": random.choice([1, 2])}},
        {"rolling": {}},
    )
    rule["when"] = {key: {**inner, "limits": random.choice(methods)}}
    return None


def _removed(parts: Folder, random: Random) -> object:
    name, rule = random.choice(_rules(parts))
    parts[name]["rules"].remove(rule)
    return None


def _added(parts: Folder, random: Random) -> object:
    name, rule = random.choice(_rules(parts))
    more = {**rule, "id": f"{rule['id']}-more", "notify": ["analyst"], "when": _numbers(rule["when"], random)}
    parts[name]["rules"].append(more)
    return None


def _on_an_owner(key: str, *values: Any) -> Callable[[Folder, Random], object]:
    def edit(parts: Folder, random: Random) -> object:
        random.choice(parts["owners.yaml"]["owners"])[key] = random.choice(values)
        return None

    return edit


def _address(parts: Folder, random: Random) -> object:
    owner = random.choice(parts["owners.yaml"]["owners"])
    if random.random() < 0.5:
        del owner["email"]
    else:
        owner["email"] = "another@example.org"
    return None


def _area(parts: Folder, random: Random) -> object:
    random.choice(parts["owners.yaml"]["areas"])["owner"] = random.choice(parts["owners.yaml"]["owners"])["id"]
    return None


def _section(key: str, *entries: Parts) -> Callable[[Folder, Random], object]:
    def edit(parts: Folder, random: Random) -> object:
        parts["owners.yaml"].setdefault(key, []).append(random.choice(entries))
        return None

    return edit


def _schedule(parts: Folder, random: Random) -> object:
    parts["owners.yaml"]["schedule"] |= random.choice(
        ({"flood": 3}, {"flood": 200}, {"financial_year_starts": "january"})
    )
    return None


_DAYS = {"from": "2026-04-01", "until": "2026-04-11"}
#: Each kind of edit; one that gives False changed nothing.
EDITS: dict[str, Callable[[Folder, Random], object]] = {
    "threshold": _threshold, "target": _target, "side": _side, "limits": _limits, "added": _added, "removed": _removed,
    "inhibit": _on_a_rule("inhibit", "areas", "parent"), "address": _address, "area": _area, "schedule": _schedule,
    "for": _on_a_rule("for", 1, 2, 3), "clear_after": _on_a_rule("clear_after", 1, 2, 3),
    "notify": _on_a_rule("notify", ["area_owner"], ["measure_owner"], ["analyst"], ["area_owner", "duty-desk"]),
    "severity": _on_a_rule("severity", "info", "warning", "critical"),
    "status": _on_a_rule("status", "off", "shadow"),
    "since": _on_a_rule("from", "2026-03-01", "2026-04-06"), "until": _on_a_rule("until", "2026-02-28", "2026-04-05"),
    "areas": _on_a_rule("areas", ["north"], {"children_of": "wendmoor"}, ["aldercombe", "south"]),
    "remind": _on_a_rule("remind", "daily", "weekly", "never"),
    "quiet_hours": _on_an_owner("quiet_hours", {"from": "06:00", "until": "08:30"}, {"from": "20:00", "until": "07:30"}),
    "mail_budget": _on_an_owner("mail_budget", "1 per week", "2 per month"),
    "escalate": _on_an_owner("escalate", {"after": "1 working day", "to": "analyst"}, {"after": "3 working days", "to": "duty-desk"}),
    "away": _on_an_owner("away", [{"from": "2026-04-09", "until": "2026-04-13"}]),
    "silences": _section("silences", {"id": "s", "match": {"areas": ["north"]}, "until": "2026-04-12", "reason": "Known"}),
    "holds": _section("holds", {"match": {"areas": ["south"]}, **_DAYS, "reason": "Moved"}),
    "digests": _section("digests", {"id": "d", "every": "friday 08:00", "to": ["each_owner"]}),
}  # fmt: skip
