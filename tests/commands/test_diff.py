"""`alerting diff`: what a change of rules does, from two folders or git revisions."""

import json

import pytest
from samples.repositories import a_repository, committed
from samples.rule_folders import RULES, SOUND, written

from alerting.cli import main

OTHERS = """\
schedule: {evaluate: mon-fri 08:00}
silences: [{id: s, match: {measures: [calls]}, until: 2020-01-31, reason: Known}]
rules:
"""
STRICTER = RULES.replace("target_missed: {}", "target_missed: {at_least: 95}")


@pytest.fixture
def repository(tmp_path, monkeypatch):
    monkeypatch.setenv("ALERTING_STATE_DIR", str(tmp_path / "state"))
    repository = a_repository(tmp_path / "repository")
    committed(repository, {f"rules/{name}": text for name, text in SOUND.items()})
    monkeypatch.chdir(repository)
    return repository


def test_the_folder_as_it_stands_is_held_against_a_revision(repository, capsys):
    (repository / "rules/rules.yaml").write_text(STRICTER)

    assert 1 == main(["diff", "main"])

    said = capsys.readouterr().out
    assert said.startswith("main:rules → rules: rules: 1 changed\n\nTo look at:\n  1 rule is changed\n")
    assert "calls-target (Calls answered too slowly), rules/rules.yaml:2: `at_least` none → 95" in said


def test_two_revisions_and_two_folders_are_compared_alike(repository, tmp_path, capsys):
    committed(repository, {"rules/rules.yaml": STRICTER})
    assert 1 == main(["diff", "HEAD~1", "HEAD", "--format", "json"])
    of_revisions = json.loads(capsys.readouterr().out)
    old = written(tmp_path / "old", SOUND)
    assert 1 == main(["diff", str(old), "rules", "--format", "json"])
    of_folders = json.loads(capsys.readouterr().out)

    assert "HEAD:rules/rules.yaml:2:5" == of_revisions["rules"]["changed"][0]["where"]
    for one in (of_revisions, of_folders):
        (changed,) = one["rules"]["changed"]
        assert ("calls-target", None) == (changed["rule"], changed["was"])
        assert ["`at_least` none → 95"] == [change["words"] for change in changed["changes"]]
        assert (["1 rule is changed"], [], []) == (one["look"], one["rules"]["added"], one["rules"]["removed"])
    assert of_revisions["base"]["rules_version"] == of_folders["base"]["rules_version"]


def test_nothing_new_but_words_needs_nobody_to_look(repository, capsys):
    (repository / "rules/rules.yaml").write_text(f"# why\n{RULES.replace('slowly', 'late')}")

    assert 0 == main(["diff", "main"])
    assert "To look at" not in capsys.readouterr().out
    (repository / "rules/rules.yaml").write_text(f"# why\n{RULES}")
    assert 0 == main(["diff", "main"])
    assert "main:rules → rules: the rules mean the same\n" == capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(["no-such"], 'no revision "no-such" in the repository of rules', id="revision"),
        pytest.param(["--", "--output=x"], "is no folder and no name of a revision", id="hostile"),
        pytest.param([], "missing argument 'BASE'; see `alerting diff --help`", id="no-base"),
        pytest.param(["main", "no-such"], 'no revision "no-such"', id="head"),
    ],
)
@pytest.mark.usefixtures("repository")
def test_a_side_that_cannot_be_read_is_one_line_with_the_fix(capsys, words, said):
    assert 2 == main(["diff", *words])
    printed = capsys.readouterr()
    assert said in printed.err
    assert ("", 1) == (printed.out, len(printed.err.splitlines()))


def test_rules_with_errors_are_not_compared_and_the_first_error_is_named(repository, capsys):
    (repository / "rules/rules.yaml").write_text(RULES.replace("measures: calls", "measures: cals"))
    assert 2 == main(["diff", "main"])
    said = capsys.readouterr().err
    assert 'rules/rules.yaml:4:15: error[unknown-measure]: no measure "cals"' in said
    assert "run `alerting check rules`" in said
    committed(repository, {})
    (repository / "rules/rules.yaml").write_text(RULES)
    assert 2 == main(["diff", "HEAD"])
    assert "HEAD:rules/rules.yaml:4:15: error[unknown-measure]" in capsys.readouterr().err


@pytest.mark.parametrize(
    "other", [["--roll-over"], ["--figures", "known.parquet"]], ids=["lines-of-next-year", "other-figures"]
)
@pytest.mark.usefixtures("repository")
def test_what_asks_for_figures_and_for_none_is_refused(capsys, other):
    assert 2 == main(["diff", "main", "--no-figures", *other])
    assert f"--no-figures and {other[0]} do not go together" in capsys.readouterr().err


def test_it_is_said_which_figures_both_sides_were_run_on(repository, tmp_path, capsys):
    assert 0 == main(["figures", "export", str(tmp_path / "known.parquet"), "--rules", "rules"])
    (repository / "rules/rules.yaml").write_text(STRICTER)
    capsys.readouterr()

    def said(*words):
        assert 1 == main(["diff", *words, "--format", "json"])
        found = json.loads(capsys.readouterr().out)["figures"]
        return found and found["words"]

    whose = "On both sides the figures are those of"
    known = str(tmp_path / "known.parquet")
    assert f"{whose} rules as it stands." == said("main")
    assert f"{whose} the file {known}." == said("main", "--figures", known)
    assert said("main", "--no-figures") is None
    committed(repository, {})
    assert f"{whose} rules as it stands, not those of the revision HEAD:rules." == said("HEAD~1", "HEAD")
    for form in ("text", "markdown"):
        assert 1 == main(["diff", "HEAD~1", "--format", form])
        assert f"{whose} rules as it stands" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("file", "old", "new", "reason"),
    [
        pytest.param(
            "base.yaml", "north@example.org", "n@example.org", "owner north-commander is told in another way",
            id="an-address",
        ),
        pytest.param(
            "base.yaml", "owner: head}\nmeasures", "owner: chief}\nmeasures", "elsewhere in the folder source calls is changed",
            id="a-source",
        ),
        pytest.param(
            "rules.yaml", "rules:\n", OTHERS, "elsewhere in the folder silence s is new and the schedule is changed",
            id="a-schedule",
        ),
    ],
)  # fmt: skip
def test_what_changes_messages_elsewhere_is_a_reason_to_look(repository, capsys, file, old, new, reason):
    path = repository / "rules" / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))

    assert 1 == main(["diff", "main", "--no-figures"])

    assert f"To look at:\n  {reason}" in capsys.readouterr().out


def test_two_folders_are_compared_where_there_is_no_rules_folder(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("ALERTING_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    for name, rules in (("old", RULES), ("new", STRICTER)):
        written(tmp_path / name, {**SOUND, "rules.yaml": rules})

    assert 1 == main(["diff", "old", "new", "--no-figures"])
    assert capsys.readouterr().out.startswith("old → new: rules: 1 changed\n")
    assert 2 == main(["diff", "old", "--no-figures"])
    assert "the rules folder rules does not exist" in capsys.readouterr().err


def test_it_is_said_of_which_series_it_is_known_that_somebody_is_told(repository, tmp_path, capsys):
    assert 0 == main(["figures", "export", str(tmp_path / "known.parquet"), "--rules", "rules"])
    (repository / "rules/rules.yaml").write_text(STRICTER)

    def watched(*words):
        capsys.readouterr()
        assert 1 == main(["diff", "main", *words])
        (line,) = [line for line in capsys.readouterr().out.splitlines() if "has somebody" in line]
        return line.rpartition("(")[2].rstrip(")")

    known = ("--figures", str(tmp_path / "known.parquet"))
    assert "1 series with figures that rules watch" == watched() == watched(*known)
    assert "3 series that rules watch, with figures or without" == watched("--no-figures")
    (repository / "rules/figures/calls.csv").unlink()
    assert "3 series that rules watch: those with figures, and all that calls may have" == watched()
    assert "1 series with figures that rules watch" == watched(*known)
