"""`alerting accept`: what waits because much is missing is taken over."""

import pytest
from samples.worlds import a_folder

from alerting.cli import main

TOP = """\
topics: [{id: t, title: Topic, owner: boss}]
measures: [{id: m, title: Calls waiting, topic: t, unit: count, better: lower, every: month, source: f}]
sources: {f: {csv: f.csv}, g: {csv: g.csv}}
areas: [{id: force, title: Force, owner: boss}]
owners: [{id: boss, name: Head of Performance, email: boss@example.org}]
rules: [{id: r, title: Many, measures: m, when: {target_missed: {at_most: 5}}}]
"""


def figures(months):
    return "measure,area,period,value\n" + "".join(
        f"m,force,{2018 + n // 12}-{n % 12 + 1:02},3\n" for n in range(months)
    )


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("ALERTING_STATE_DIR", str(tmp_path / "state"))
    return a_folder(tmp_path / "rules", {"r.yaml": TOP, "f.csv": figures(30), "g.csv": figures(0)})


def test_what_shrank_is_taken_over_by_the_next_run(folder, capsys):
    assert 0 == main(["run", str(folder), "--as-of", "2020-10-15"])
    (folder / "f.csv").write_text(figures(15))
    assert 1 == main(["run", str(folder), "--as-of", "2020-10-15"])
    said = capsys.readouterr().err
    assert "f.csv:1:1: error[shrunk]: 15 rows and 1 series, where 30 rows and 1 series were before" in said

    assert 0 == main(["accept", str(folder)])
    assert "Accepted: the figures of f as they were seen last." in capsys.readouterr().out
    assert 0 == main(["run", str(folder), "--as-of", "2020-10-15"])
    assert "error[shrunk]" not in capsys.readouterr().err


def test_nothing_that_waits_is_said(folder, capsys):
    assert 0 == main(["accept", "--rules", str(folder)])
    assert "Nothing waits to be accepted." in capsys.readouterr().out


def test_another_source_than_the_one_that_waits_is_left_waiting(folder, capsys):
    main(["run", str(folder), "--as-of", "2020-10-15"])
    (folder / "f.csv").write_text(figures(15))
    main(["run", str(folder), "--as-of", "2020-10-15"])

    assert 0 == main(["accept", str(folder), "g"])
    assert "Nothing waits" in capsys.readouterr().out
    assert 1 == main(["run", str(folder), "--as-of", "2020-10-15"])


def test_a_source_may_be_named_beside_the_option_for_the_folder(folder, capsys):
    main(["run", str(folder), "--as-of", "2020-10-15"])
    (folder / "f.csv").write_text(figures(15))
    main(["run", str(folder), "--as-of", "2020-10-15"])

    assert 0 == main(["accept", "--rules", str(folder), "f"])
    assert "Accepted: the figures of f" in capsys.readouterr().out


def test_a_source_that_is_none_is_named(folder, capsys):
    assert 2 == main(["accept", str(folder), "h"])
    assert 'no source "h"; the rules have f, g' in capsys.readouterr().err


def test_rules_that_shrank_end_the_run_with_what_to_do(folder, capsys):
    rules = "".join(
        f"  - {{id: r{n}, title: Rule {n}, measures: m, when: {{target_missed: {{at_most: {n + 5}}}}}}}\n"
        for n in range(20)
    )
    top = TOP.rpartition("rules:")[0]
    (folder / "r.yaml").write_text(f"{top}rules:\n{rules}")
    main(["run", str(folder), "--as-of", "2020-10-15"])
    (folder / "r.yaml").write_text(TOP)

    assert 2 == main(["run", str(folder), "--as-of", "2020-10-15"])
    assert "holds 1 rule, 1 measure and 1 owner, where 20 rules" in capsys.readouterr().err
    main(["accept", str(folder)])
    assert 0 == main(["run", str(folder), "--as-of", "2020-10-15"])
