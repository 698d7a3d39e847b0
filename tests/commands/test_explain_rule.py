"""`alerting explain RULE` and `alerting explain CODE`: a rule in words with its lines today, and what a code of `check` means."""

import ast
import json
import re
from pathlib import Path

import pytest
from samples.rule_folders import BASE, RULES, sound_with

import alerting
from alerting.app.authoring.codes import all_codes
from alerting.cli import main

OFF = RULES.replace("slowly\n", "slowly\n    status: off\n    why: Agreed in 2019\n")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("ALERTING_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    return sound_with(tmp_path / "rules")


def explained(capsys, *words, status=0):
    assert status == main(["explain", *words])
    return capsys.readouterr().out


@pytest.mark.usefixtures("folder")
def test_a_rule_is_told_in_words_with_whom_it_tells_and_its_lines_today(capsys):
    said = explained(capsys, "calls-target", "--as-of", "2020-10-15")

    assert said.startswith(
        "calls-target: Calls answered too slowly\nrules/rules.yaml:2:5\n\nWatches: Answered, by month, in all"
    )
    assert "Exception when: value < at_least, or value > at_most\nWritten: target_missed\n" in said
    assert "Opens after 1 exceptional period, ends after 1 normal period; severity warning\n" in said
    assert "Tells: the area's owner\n" in said
    assert said.endswith("  The force, September 2020: 83%, target 90%: exception; tells Chief Constable\n")


@pytest.mark.usefixtures("folder")
def test_programs_get_the_findings_as_evaluate_has_them_with_who_is_told(capsys):
    found = json.loads(explained(capsys, "calls-target", "--as-of", "2020-10-15", "--format", "json"))

    assert ("calls-target", ["calls"], "2020-10-15") == (found["rule"], found["measures"], found["as_of"])
    (one,) = found["findings"]
    assert ("exception", 83.0, 90.0, ["chief"]) == (one["state"], one["value"], one["target"], one["told"])


def test_a_rule_that_is_off_says_so_and_why_it_was_made(folder, capsys):
    sound_with(folder, rules=OFF)
    said = explained(capsys, "calls-target")
    assert "Why: Agreed in 2019\nOff: it is not judged.\n" in said
    assert "it judges no series" in said


def test_a_code_needs_no_folder_and_a_rule_of_its_name_is_meant_where_there_is_one(
    folder, capsys, tmp_path, monkeypatch
):
    meaning = "nobody-told: An exception of this series would be told to nobody.\n"
    assert meaning == explained(capsys, "nobody-told")
    monkeypatch.chdir(tmp_path.parent)
    assert meaning == explained(capsys, "nobody-told")
    as_object = json.loads(explained(capsys, "nobody-told", "--format", "json"))
    assert {"code": "nobody-told", "meaning": "an exception of this series would be told to nobody"} == as_object
    sound_with(folder, rules=RULES.replace("id: calls-target", "id: nobody-told"))
    assert "Calls answered too slowly" in explained(capsys, "nobody-told", "--rules", str(folder))


@pytest.mark.usefixtures("folder")
def test_what_is_neither_a_rule_nor_a_code_is_looked_for_among_alerts(capsys):
    assert 2 == main(["explain", "nosuch"])
    assert 'no alert "nosuch"' in capsys.readouterr().err


def test_a_folder_with_errors_cannot_be_explained(folder, capsys):
    sound_with(folder, base=BASE.replace("topic: contact", "topic: contacts"))
    assert 2 == main(["explain", "calls-target"])
    assert "run `alerting check" in capsys.readouterr().err


def test_each_code_that_figures_bring_is_explained_with_what_to_do(capsys):
    """In these packages every word with hyphens is a code."""
    packages = [Path(alerting.__file__).parent / name for name in ("figures", "app/situation")]
    trees = [ast.parse(file.read_text(encoding="utf-8")) for package in packages for file in package.rglob("*.py")]
    words = {one.value for tree in trees for one in ast.walk(tree) if isinstance(one, ast.Constant)}
    codes = {word for word in words if isinstance(word, str) and re.fullmatch(r"[a-z]+(-[a-z]+)+", word)}
    others = {"doubtful", "vanished", "shrunk", "conflict", "unclaimed-measure", "unclaimed-area"}

    assert {"partial-load", "failed-check", "refused-cell"} <= codes
    assert codes | others <= all_codes().keys()
    assert "`complete`" in explained(capsys, "partial-load")
    for code in ("failed-check", "doubtful"):
        assert "`alerting figures accept MEASURE AREA PERIOD`" in explained(capsys, code)
