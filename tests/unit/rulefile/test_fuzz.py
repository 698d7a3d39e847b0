"""Whatever stands where: a load ends with rules or with problems that have a place, never with an exception."""

import copy
import json
import random
from datetime import date

import pytest
from samples.rule_folders import FIGURES, written
from samples.sampling import few
from test_contract_example import MEASURES, OWNERS, RULES

from alerting.app.authoring.codes import all_codes
from alerting.rulefile import load_rules
from alerting.rulefile.yaml.tree import parse

ROUNDS = few(80, 2_000)
#: Things that do not belong where they are put.
ODD = [
    None, True, False, 0, -1, 10**30, 1.5, -0.0, "", " ", "x", "all", "5 days", "25 %", "2020-09", "2020-13",
    "{value}", "a/b", "é\x85", "\ud800", "a" * 5000, [], {}, [[]], [None], [{}], {"": None}, {"id": None}, [1, "x", {}],
    {"target_missed": None}, {"not": {"not": {}}}, {"any_of": []}, {"limits": {"limits": "published"}},
    {"from": "2020-09", "until": 5}, {"default": {"default": 1}},
]  # fmt: skip


def nodes(value, path=()):
    """Every path below *value*."""
    yield path
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, child in children:
        yield from nodes(child, (*path, step))


def spoilt(value, dice):
    """Replace, remove or rename something somewhere in a copy of *value*."""
    value = copy.deepcopy(value)
    path = dice.choice([path for path in nodes(value) if path])
    parent = value
    for step in path[:-1]:
        parent = parent[step]
    change = dice.random()
    if change < 0.7 or isinstance(parent, list):
        parent[path[-1]] = dice.choice(ODD)
    elif change < 0.85:
        del parent[path[-1]]
    else:
        parent[dice.choice(["id", "x", "title", path[-1] + "s"])] = parent.pop(path[-1])
    return value


def as_yaml(value):
    return json.dumps(value, default=lambda day: day.isoformat() if isinstance(day, date) else str(day))


@pytest.fixture(scope="module")
def whole():
    return {name: parse(text).value for name, text in (("measures", MEASURES), ("owners", OWNERS), ("rules", RULES))}


@pytest.mark.sampled
@pytest.mark.parametrize("seed", range(4))
def test_spoilt_rule_files_give_problems_with_places(whole, tmp_path, seed):
    dice = random.Random(seed)
    folder = written(tmp_path / "rules", {f"figures/{name}.csv": FIGURES for name in ("calls", "crime", "population")})
    for _ in range(ROUNDS // 4):
        names = dice.sample(list(whole), dice.randint(1, 2))
        values = {name: spoilt(value, dice) if name in names else value for name, value in whole.items()}
        written(folder, {f"{name}.yaml": as_yaml(value) for name, value in values.items()})

        loaded = load_rules(folder, shown_as="rules")

        errors = [problem for problem in loaded.problems if problem.severity.value == "error"]
        assert (loaded.rules is None) == bool(errors)
        assert {problem.code for problem in loaded.problems} <= all_codes().keys()
        assert all(problem.place.line >= 1 and problem.place.column >= 1 for problem in loaded.problems)
        assert all(str(problem).isascii() or str(problem) for problem in loaded.problems)
