"""What is said of sources that wait until their loads are whole."""

import pytest

from alerting.rulefile.loading import load_rules

RULES = """
topics: [{{id: t, title: Topic, owner: o}}]
owners: [{{id: o, name: Owner, email: o@example.org}}]
areas: [{{id: a, title: A, kind: k}}]
measures: [{{id: m, title: M, topic: t, unit: count, better: lower, every: month, target: 1, source: s{measure}}}]
sources: {{s: {{csv: m.csv, complete: {complete}{more}}}}}
rules: [{{id: r, title: R, measures: m, notify: [measure_owner], when: {{target_missed: {{}}}}}}]
roles: {{operator: o, maintainer: o, fallback: o}}
"""


def problems(tmp_path, complete, measure="", more=""):
    (tmp_path / "r.yaml").write_text(RULES.format(complete=complete, measure=measure, more=more), encoding="utf-8")
    (tmp_path / "m.csv").write_text("measure,area,period,value\nm,a,2020-01,1\n", encoding="utf-8")
    return load_rules(tmp_path, shown_as="rules").problems


def said(tmp_path, *given, **more):
    return [(one.code, one.severity.value, one.place.line) for one in problems(tmp_path, *given, **more)]


def test_areas_that_nobody_declares_are_named(tmp_path):
    assert said(tmp_path, "{areas: all}") == [("areas-not-declared", "note", 6)]
    assert said(tmp_path, "{areas: all}", ", areas: [a]") == []
    assert said(tmp_path, "{rows: 1}") == []


@pytest.mark.parametrize(
    "complete",
    ["{rows: 200}", "{quiet: 10 minutes}", "{quiet: 1 day, marker: sub/done.flag}", "{posted: true, rows: 1}"],
)
def test_what_makes_a_load_whole_may_be_several_things(tmp_path, complete):
    assert said(tmp_path, complete, more=", evaluate: on_load") == []


@pytest.mark.parametrize(
    ("complete", "code", "words"),
    [
        ("{rows: 0}", "bad-value", "expected a number of rows"),
        ("{rows: at least 2}", "bad-value", "expected a number of rows"),
        ("{areas: some}", "wrong-type", "all"),
        ("{marker: ../done.flag}", "bad-value", "leads out of the folders"),
        ("{marker: /tmp/done.flag}", "bad-value", "leads out of the folders"),
        ('{marker: "*.flag"}', "bad-value", "is the name of no file"),
        ("{quiet: soon}", "bad-value", "expected how long nothing changes"),
        ("{posted: false}", "bad-value", "expected true"),
        ("{}", "missing-key", "nothing says when a load is whole"),
        ("{row: 2}", "unknown-key", "row"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_what_to_write(tmp_path, complete, code, words):
    (found,) = (one for one in problems(tmp_path, complete) if one.is_error)
    assert (found.code, found.place.line) == (code, 6)
    assert words in f"{found.message} {found.fix}"


def test_nothing_but_on_load_says_when_else_to_judge(tmp_path):
    (found,) = (one for one in problems(tmp_path, "{rows: 1}", more=", evaluate: always") if one.is_error)
    assert (found.code, "on_load" in f"{found.message} {found.fix}") == ("wrong-type", True)
