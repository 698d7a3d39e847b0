"""Parsed files are kept by content: the same rules and the same places, without reading YAML again."""

import json

import pytest
from samples.rule_folders import BASE, RULES, sound_with

from alerting.rulefile import load_rules
from alerting.rulefile.kept_rules import KeptRules
from alerting.rulefile.yaml import cache as cached
from alerting.rulefile.yaml.cache import ParseCache
from alerting.rulefile.yaml.tree import parse


@pytest.fixture
def folder(tmp_path):
    return sound_with(
        tmp_path / "rules",
        rules=RULES + "    from: 2020-04-01\n",
        base=BASE.replace("unit: count", "unit: percent") + "    total: all\n",
    )


@pytest.fixture(autouse=True)
def _no_rules_are_kept(monkeypatch):
    """What was made of files is kept too (test_kept_rules.py); here it is made anew each time."""
    monkeypatch.setattr(KeptRules, "kept", lambda _: None)
    monkeypatch.setattr(KeptRules, "keep", lambda *_: None)


def without_yaml(monkeypatch):
    """From here on, reading YAML fails."""

    def refuse(text):
        raise AssertionError(f"read as YAML: {text[:40]!r}")

    monkeypatch.setattr("alerting.rulefile.yaml.rule_file.parsed", refuse)


def test_a_second_load_reads_no_yaml_and_finds_the_same(folder, tmp_path, monkeypatch):
    first = load_rules(folder, cache_dir=tmp_path / "cache")
    without_yaml(monkeypatch)

    second = load_rules(folder, cache_dir=tmp_path / "cache")

    assert first == second
    assert ["not-acted-on"] == [problem.code for problem in first.problems]


def test_problems_have_their_places_from_kept_marks(folder, tmp_path, monkeypatch):
    load_rules(folder, cache_dir=tmp_path / "cache")
    (folder / "more.yaml").write_text(RULES.replace("calls-target", "CALLS-target"))
    load_rules(folder, cache_dir=tmp_path / "cache")
    without_yaml(monkeypatch)

    places = [str(p.place) for p in load_rules(folder, shown_as="rules", cache_dir=tmp_path / "cache").problems]

    assert ["rules/base.yaml:22:12", "rules/rules.yaml:2:9"] == places


@pytest.mark.parametrize(
    "damage",
    [
        "",
        "{",
        "[]",
        '{"value": {"rules": [{}]}, "items": {}}',
        '{"value": {"owners": {"a": {}}}, "items": {}, "names": {}}',
        '{"value": {}}',
        "null",
        '{"value": {"\\u0000day": 5}, "items": {}}',
        "[" * 100_000,
    ],
    ids=["empty", "half", "list", "no-places", "no-names", "no-items", "null", "no-day", "deep"],
)
def test_a_damaged_entry_is_read_again_and_rewritten(folder, tmp_path, damage):
    cache = tmp_path / "cache"
    first = load_rules(folder, cache_dir=cache)
    whole = {path.name: path.read_text() for path in cache.iterdir()}
    for path in cache.iterdir():
        path.write_text(damage)

    assert first == load_rules(folder, cache_dir=cache)
    values = {name for name in whole if not name.endswith(".marks.json")}
    assert {name: whole[name] for name in values} == {name: (cache / name).read_text() for name in values}


def test_a_file_with_flaws_is_not_kept(tmp_path):
    folder = sound_with(tmp_path / "rules", rules=RULES + "    title: again\n")

    load_rules(folder, cache_dir=tmp_path / "cache")

    assert 2 == len(list((tmp_path / "cache").iterdir()))  # base.yaml alone: values and marks


def test_a_cache_that_cannot_be_written_costs_time_only(folder, tmp_path):
    (tmp_path / "cache").write_text("a file where a folder should be")

    assert load_rules(folder, cache_dir=tmp_path / "cache").rules is not None


def test_what_is_kept_comes_back_as_it_was(tmp_path):
    tree = parse('rules:\n  - {id: a, on: 2020-04-01, n: 1.0, m: [1, true, null, "2020-04-01"], s: "\\u2028é"}\n')
    cache = ParseCache(tmp_path)

    cache.keep("x", tree.value, tree.items, tree.marks)

    value, items, _ = cache.parsed("x")
    assert (tree.value, json.loads(json.dumps(tree.items)), tree.marks) == (value, items, cache.marks("x"))
    assert type(tree.value["rules"][0]["n"]) is type(value["rules"][0]["n"])


def test_the_longest_unused_entries_are_removed(tmp_path, monkeypatch):
    monkeypatch.setattr(cached, "MOST_ENTRIES", 40)
    cache = ParseCache(tmp_path)

    for number in range(45):
        cache.keep(f"{number:04}", {}, {}, [1, 1, None])

    assert 2 * 40 == len(list(tmp_path.iterdir()))
    assert cache.parsed("0044") is not None


def test_where_sources_stand_is_known_without_the_places_of_everything(folder, tmp_path):
    (folder / "more.yaml").write_text("sources:\n  extra: {csv: figures/calls.csv}\n")
    first, cache = load_rules(folder, cache_dir=tmp_path / "cache"), ParseCache(tmp_path / "cache")
    for path in (tmp_path / "cache").glob("*.marks.json"):
        path.unlink()

    value, _, names = cache.parsed(cache.digest((folder / "more.yaml").read_text()))

    assert ({"extra": [2, 3]}, ["extra"]) == (names["sources"], list(value["sources"]))
    assert first == load_rules(folder, cache_dir=tmp_path / "cache")


def test_the_rules_of_a_cached_folder_are_loaded_without_the_places_of_everything(tmp_path, monkeypatch):
    folder = sound_with(tmp_path / "rules")
    first = load_rules(folder, cache_dir=tmp_path / "cache")
    read = []
    monkeypatch.setattr(ParseCache, "marks", lambda _, digest: read.append(digest))

    second = load_rules(folder, cache_dir=tmp_path / "cache")

    assert first.rules == second.rules
    assert [] == read
