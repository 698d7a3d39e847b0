"""Built rules are kept by the content of their files: what comes back is what was made, and nothing stale ever does."""

import json
import os
from dataclasses import fields, is_dataclass
from datetime import date, time
from pathlib import Path
from random import Random

import pytest
from samples.random_folders import random_folder
from samples.rule_folders import BASE, RULES, sound_with

from alerting.domain.problem import ProblemSeverity
from alerting.rulefile import load_rules
from alerting.rulefile.columns import NotPlain, packed, unpacked
from alerting.rulefile.json_files import JsonFiles
from alerting.rulefile.kept_rules import MOST_SETS, SUFFIX
from alerting.rulefile.lint import RuleProblem
from alerting.rulefile.program import program

SHIPPED = Path(__file__).parents[3] / "rules"
LIMITS = "limits: {usual: {previous_financial_year: {}}}\n"
MORE_RULES = RULES + "  - {id: high, title: High, measures: calls, when: {above_upper_limit: {limits: usual}}}\n"


@pytest.fixture
def folder(tmp_path):
    return sound_with(tmp_path / "rules", rules=MORE_RULES, limits=LIMITS)


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache"


def without_forms(monkeypatch):
    """From here on, filling in forms fails."""

    def refuse(*_):
        raise AssertionError("forms are filled in")

    monkeypatch.setattr("alerting.rulefile.checked.filled_in", refuse)


def spelt_out(value):
    """Return a value with the sort of every part of it, so that 1, 1.0, True and an enumeration's 1 differ."""
    name = f"{type(value).__module__}.{type(value).__qualname__}"
    if is_dataclass(value):
        return name, {field.name: spelt_out(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, dict):
        return name, [(spelt_out(key), spelt_out(one)) for key, one in value.items()]
    if isinstance(value, frozenset):
        return name, sorted(map(spelt_out, value), key=repr)
    if isinstance(value, tuple | list):
        return name, [spelt_out(one) for one in value]
    return name, repr(value)


def there_and_back(value):
    (back,) = unpacked(json.loads(json.dumps(packed([value]))), 1)
    return back


@pytest.mark.parametrize("seed", range(4))
def test_random_rules_come_back_as_they_were_to_the_sort_of_every_value(tmp_path, seed):
    assert random_folder(Random(seed), tmp_path / "rules") is not None
    rules = load_rules(tmp_path / "rules").rules

    assert spelt_out(rules) == spelt_out(there_and_back(rules))


def test_the_shipped_rules_come_back_as_they_were_to_the_sort_of_every_value(cache):
    first = load_rules(SHIPPED, cache_dir=cache)

    assert [f"{SUFFIX}"] == ["".join(path.suffixes) for path in cache.glob(f"*{SUFFIX}")]
    assert spelt_out(first.rules) == spelt_out(load_rules(SHIPPED, cache_dir=cache).rules)


@pytest.mark.parametrize(
    "value",
    [
        [], (), {}, frozenset(), [0.0, -0.0], [float("inf"), 1e-320, 0.1], [1, 1.0, True, None, "1"], {"a": (1,), 2: None},
        [(), (1,), (1, (2, 3))], [frozenset({"a"}), frozenset()], date(2020, 2, 29), time(7, 30), ProblemSeverity.NOTE,
        "\u2028\ud800é",
    ],
    ids=repr,
)  # fmt: skip
def test_what_stands_in_rules_comes_back_as_it_was(value):
    assert spelt_out(value) == spelt_out(there_and_back(value))


def test_one_value_of_many_is_one_again():
    one = ("a", "b")

    first, second, other = there_and_back([one, one, ("c",)])

    assert first is second
    assert ("c",) == other


@pytest.mark.parametrize("value", [{1, 2}, b"", 1j, Path("/"), object], ids=repr)
def test_what_is_not_known_is_not_kept(value):
    with pytest.raises(NotPlain):
        packed([value])


def test_a_second_load_fills_in_no_form_and_finds_the_same(folder, cache, monkeypatch):
    (folder / "old.yml").write_text("rules: []\n")
    first = load_rules(folder, cache_dir=cache)
    without_forms(monkeypatch)

    second = load_rules(folder, cache_dir=cache)

    assert first == second
    assert ["skipped-file"] == [problem.code for problem in second.problems]


def test_a_remark_on_kept_rules_stands_where_it_stood(folder, cache):
    remark = RuleProblem(section="rules", id="high", keys=("when",), code="odd", message="odd")
    first = load_rules(folder, cache_dir=cache).placing.problem(remark)

    second = load_rules(folder, cache_dir=cache)

    assert (first, 6) == (second.placing.problem(remark), first.place.line)


def changed_rule(folder):
    (folder / "rules.yaml").write_text(MORE_RULES.replace("too slowly", "too late"))


def another_file(folder):
    (folder / "more.yaml").write_text("holds: [{id: h, match: {areas: north}, from: 2020-01-01, reason: Wrong}]\n")


def renamed_file(folder):
    (folder / "rules.yaml").rename(folder / "other.yaml")


def lost_figures(folder):
    (folder / "figures" / "calls.csv").unlink()


def other_columns(folder):
    (folder / "base.yaml").write_text(BASE.replace("target: 90", "target: {column: goal}"))
    load_rules(folder, cache_dir=folder.parent / "cache")
    (folder / "figures" / "calls.csv").write_text("measure,area,period,value,goal\ncalls,force,2020-09,83,90\n")


@pytest.mark.parametrize("change", [changed_rule, another_file, renamed_file, lost_figures, other_columns])
def test_what_has_changed_is_found_as_if_nothing_were_kept(folder, cache, change):
    before = load_rules(folder, cache_dir=cache)
    change(folder)

    after = load_rules(folder, cache_dir=cache)

    assert load_rules(folder) == after
    assert before != after


def test_only_the_rules_are_asked_for_without_a_look_at_figures(folder, cache, monkeypatch):
    first = load_rules(folder, cache_dir=cache)
    lost_figures(folder)
    without_forms(monkeypatch)

    assert first.rules == load_rules(folder, cache_dir=cache, rules_only=True).rules


def test_another_program_makes_the_rules_anew(folder, cache, monkeypatch):
    load_rules(folder, cache_dir=cache)
    monkeypatch.setattr("alerting.rulefile.kept_rules.program", lambda: "another")
    without_forms(monkeypatch)

    with pytest.raises(AssertionError, match="filled in"):
        load_rules(folder, cache_dir=cache)


def test_a_program_whose_module_changed_is_another_whatever_its_time_says(tmp_path, monkeypatch):
    module = tmp_path / "made_up_program" / "inner" / "module.py"
    module.parent.mkdir(parents=True)
    (tmp_path / "made_up_program" / "__init__.py").touch()
    module.write_text("A = 1\n")
    os.utime(module, (1, 1))
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr("alerting.rulefile.program.PACKAGES", ("made_up_program",))
    first, again = program.__wrapped__(), program.__wrapped__()

    module.write_text("A = 2\n")
    os.utime(module, (1, 1))

    assert first == again != program.__wrapped__()


@pytest.mark.parametrize(
    "damage",
    [
        "", "{", "[]", "null", "{}", '{"same": 1}', '{"each": []}', '{"of": [["os:system", ["true"], 1]]}',
        '{"of": [["alerting.rulefile.kept_rules:UsableRules", {}, 1]]}', '{"of": [["alerting.domain.rule:Severity", ["NONE"], 1]]}',
        '{"of": [["alerting.errors:hushed", ["x"], 1]]}', "[" * 100_000,
    ],
    ids=["empty", "half", "list", "null", "nothing", "a-number", "none", "not-ours", "no-fields", "no-member", "no-class", "deep"],
)  # fmt: skip
def test_damaged_rules_are_made_anew_and_rewritten(folder, cache, damage):
    first = load_rules(folder, cache_dir=cache)
    (path,) = cache.glob(f"*{SUFFIX}")
    whole = path.read_text()
    path.write_text(damage)

    assert first == load_rules(folder, cache_dir=cache)
    assert json.loads(whole) == json.loads(path.read_text())


def test_rules_with_an_error_are_not_kept(tmp_path, cache):
    folder = sound_with(tmp_path / "rules", rules=RULES.replace("calls\n", "cals\n"))

    load_rules(folder, cache_dir=cache)

    assert [] == list(cache.glob(f"*{SUFFIX}"))


def test_the_longest_unused_sets_are_removed(folder, cache):
    for number in range(MOST_SETS + 2):
        (folder / "rules.yaml").write_text(MORE_RULES + f"# {number}\n")
        load_rules(folder, cache_dir=cache)

    assert MOST_SETS == len(list(cache.glob(f"*{SUFFIX}")))


@pytest.fixture
def _readable_for_all():
    """What is made is readable for all, unless it says otherwise."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.usefixtures("_readable_for_all")
def test_what_is_kept_is_for_its_owner_alone(folder, tmp_path):
    state = tmp_path / "state"

    load_rules(folder, cache_dir=state / "cache" / "rules")

    (path,) = (state / "cache" / "rules").glob(f"*{SUFFIX}")
    folders = [path.parent, path.parent.parent, state]
    assert [0o600, 0o700, 0o700, 0o700] == [one.stat().st_mode & 0o777 for one in (path, *folders)]


def test_nothing_is_kept_without_a_folder_for_it(folder, monkeypatch):
    written = []
    monkeypatch.setattr(JsonFiles, "write", lambda *told: written.append(told))

    load_rules(folder)

    assert [] == written
