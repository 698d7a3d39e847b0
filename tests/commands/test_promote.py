"""`alerting promote`: a rule in shadow becomes active by one word of its file."""

import json

import pytest
from samples.rule_folders import sound_with

from alerting.cli import main

BLOCK = b"""\
rules:
  - id: calls-target   # the standard
    title: A shadow of a doubt
    measures: calls
    when: {target_missed: {}}
    status: shadow    # since April
    author: head
"""
FLOW = b"rules: [{id: calls-target, title: Calls, measures: calls, when: {target_missed: {}}, author: head, status: shadow}]\n"
#: How it may be written, and where its word stands.
WRITTEN = {
    "block": (BLOCK, "6:13"),
    "one line": (FLOW, "1:108"),
    "double quotes": (BLOCK.replace(b": shadow ", b': "shadow" '), "6:13"),
    "single quotes": (BLOCK.replace(b": shadow ", b": 'shadow' "), "6:13"),
    "line ends of Windows": (BLOCK.replace(b"\n", b"\r\n"), "6:13"),
    "a byte order mark": (b"\xef\xbb\xbf" + FLOW, "1:108"),
    "letters beyond ASCII before it": (FLOW.replace(b"Calls,", "Années,".encode()), "1:109"),
    "no line end": (FLOW.rstrip(), "1:108"),
}


@pytest.fixture(autouse=True)
def _state_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setenv("ALERTING_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)


def promote(tmp_path, rules, *more):
    folder = sound_with(tmp_path / "rules", rules=rules)
    return main(["promote", "calls-target", "--rules", "rules", *more]), folder / "rules.yaml"


def test_the_line_that_changes_is_shown_and_nothing_is_written(tmp_path, capsys):
    status, file = promote(tmp_path, BLOCK)

    said = capsys.readouterr().out
    assert 0 == status
    assert BLOCK == file.read_bytes()
    assert "-    status: shadow    # since April\n+    status: active    # since April\n" in said
    assert "From then on it tells Chief Constable and Commander, North." in said
    assert said.endswith("Nothing was written; --write changes the file.\n")


@pytest.mark.parametrize(("rules", "place"), WRITTEN.values(), ids=WRITTEN)
def test_one_word_changes_in_the_file_and_nothing_else(tmp_path, capsys, rules, place):
    status, file = promote(tmp_path, rules, "--write")

    last = rules.rindex(b"shadow")
    assert 0 == status
    assert rules[:last] + b"active" + rules[last + 6 :] == file.read_bytes()
    assert f"Changed at rules/rules.yaml:{place}." in capsys.readouterr().out


def test_twice_changes_nothing_more(tmp_path, capsys):
    promote(tmp_path, BLOCK, "--write")
    capsys.readouterr()

    assert 0 == main(["promote", "calls-target", "--rules", "rules", "--write"])
    assert "calls-target is active already: there is nothing to change.\n" == capsys.readouterr().out


def test_for_programs(tmp_path, capsys):
    promote(tmp_path, BLOCK, "--format", "json")

    found = json.loads(capsys.readouterr().out)
    assert ("shadow", False, "rules/rules.yaml:6:13") == (found["status"], found["written"], found["where"])
    assert ["chief", "north-commander"] == found["told"]


def test_a_rule_that_would_tell_nobody_stays_in_shadow(tmp_path, capsys):
    rules = BLOCK.replace(b"measures: calls", b"measures: crime/all").replace(
        b"target_missed: {}", b"outside_range: {to: 5}"
    )
    rules += b"    notify: measure_owner\n"

    status, file = promote(tmp_path, rules, "--write")

    said = capsys.readouterr()
    assert 1 == status
    assert rules == file.read_bytes()
    assert 'error[nobody-told]: nobody would be told of "crime/all"' in said.err
    assert "Nothing was written: with the rule active the folder would be refused." in said.out


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        (
            BLOCK.replace(b": shadow ", b": off "),
            "calls-target is off, not in shadow; write `status: active` at rules/rules.yaml:2",
        ),
        (BLOCK.replace(b"calls-target", b"calls-targets"), 'no rule "calls-target"; did you mean "calls-targets"?'),
    ],
)
def test_what_is_not_in_shadow_is_refused(tmp_path, capsys, rules, said):
    status, file = promote(tmp_path, rules, "--write")

    assert (2, rules) == (status, file.read_bytes())
    assert said in capsys.readouterr().err
