"""`alerting test --coverage`: what the tests of each rule do not show, with a test to paste that does."""

# ruff: noqa: E501 - YAML stands as people write it

import json

import pytest
import yaml
from samples.rule_folders import BASE, SOUND, written

from alerting.cli import main

RULE = "rules: [{id: slow, title: Slow, measures: calls, areas: [force], when: {target_missed: {}}, for: 2, clear_after: 2}]\n"
LINE = ["on_line", "beyond", "within"]
ALL = ["fires", "quiet", *LINE, "for", "clear_after"]
WHOLE = "90.1 90 89.9 90.1 89.9 89.9 90 89.9 90 90"


@pytest.fixture
def lacking(tmp_path, capsys):
    """Write a rule with one test, and return exit status, what lacks, and the example."""

    def run(
        values=None,
        expect="[{period: 2020-09, event: opened}, {period: 2021-01, event: resolved}]",
        *,
        rule=RULE,
        findings="",
        base=BASE,
    ):
        test = f"{{name: one, figures: [{{measure: calls, area: force, from: 2020-04, values: {values}}}], expect: {expect}{findings}}}"
        tests = f"tests: [{test}]\n" if values else "tests: []\n"
        written(tmp_path, {**SOUND, "base.yaml": base, "rules.yaml": rule, "tests/a.yaml": tests})
        status = main(["test", str(tmp_path), "--coverage", "--format", "json"])
        said = capsys.readouterr().out
        found = json.loads(said)["rules"][0]
        return status, [one["case"] for one in found["lacking"]], found["example"]

    return run


def test_tests_that_show_all_of_a_rule_lack_nothing(lacking):
    assert (0, [], None) == lacking(WHOLE)


@pytest.mark.parametrize(
    ("values", "expect", "lacks"),
    [
        pytest.param(None, "[]", ALL, id="no-test"),
        pytest.param("90.1 90 89.9 90 91", "[]", ["fires", "beyond", "within", "clear_after"], id="it-never-fires-so-that-nothing-hangs-on-the-lone-figure-beyond"),
        pytest.param("91 88 88 91 91", "[{period: 2020-06, event: opened}, {period: 2020-08, event: resolved}]", [*LINE, "for", "clear_after"], id="only-far-from-the-line"),
        pytest.param("88 88 91 88 91 91", "[{period: 2020-05, event: opened}, {period: 2020-09, event: resolved}]", [*LINE, "for"], id="one-good-month-is-not-the-end"),
        pytest.param("91 88 91 88 88 91 91", "[{period: 2020-08, event: opened}, {period: 2020-10, event: resolved}]", [*LINE, "clear_after"], id="one-bad-month-is-not-the-beginning"),
    ],
)  # fmt: skip
def test_what_lacks_is_listed(lacking, values, expect, lacks):
    status, found, example = lacking(values, expect)

    assert (1, lacks) == (status, found)
    assert example


def test_a_verdict_counts_only_where_the_test_would_fail_without_it(lacking):
    """The first month alone is below 90 by a unit: were it normal nothing else would happen, unless the finding is given."""
    alone = "88 88 91 91 89.9"
    events = "[{period: 2020-05, event: opened}, {period: 2020-07, event: resolved}]"
    finding = ", findings: [{period: 2020-08, rule: slow, state: exception}]"

    assert "beyond" in lacking(alone, events)[1]
    assert "beyond" not in lacking(alone, events, findings=finding)[1]


CONDITIONS = [
    pytest.param("{outside_range: {from: 40, to: 60}}", [*LINE, *LINE], id="two-lines"),
    pytest.param("{above_upper_limit: {limits: {xmr: {baseline: 12}}}}", ["beyond", "within"], id="limits"),
    pytest.param("{run: {side: below, length: 3, of: {fixed: {centre: 50, lower: 1, upper: 99}}}}", [], id="a-run"),
    pytest.param("{change: {versus: previous_period, falls_by: 10}}", ["on_line", "within"], id="a-change"),
    pytest.param("{band: {bands: [{red: below 15}, {green: 15 or more}]}}", ["beyond", "within"], id="bands"),
    pytest.param("{below_trajectory: {milestones: [{date: 2024-04-30, value: 10}, {date: 2024-12-31, value: 50}]}}", ["beyond", "within"], id="a-plan"),
    pytest.param("{variance: {against: plan, under: 10 %}}", LINE, id="a-column"),
    pytest.param("{not_fresh: {}}", [], id="lateness"),
    pytest.param("{any_of: [{target_missed: {at_least: 30}}, {trend: {direction: rising, length: 4}}]}", LINE, id="parts"),
]  # fmt: skip


@pytest.mark.parametrize(("when", "lines"), CONDITIONS)
def test_the_example_shows_all_of_it_and_passes(tmp_path, capsys, when, lines):
    rule = f"rules: [{{id: slow, title: Slow, measures: calls, when: {when}}}]\n"
    base = BASE.replace("every: month", "every: month, expected: 5 days", 1)
    written(tmp_path, {**SOUND, "base.yaml": base, "rules.yaml": rule})

    assert 1 == main(["test", str(tmp_path), "--coverage", "--format", "json"])
    (found,) = json.loads(capsys.readouterr().out)["rules"]
    assert {"fires", "quiet", *lines} <= {one["case"] for one in found["lacking"]}
    written(tmp_path, {"tests/a.yaml": "tests:\n" + found["example"]})
    assert 0 == main(["test", str(tmp_path), "--coverage"]), capsys.readouterr().out
    assert "1 of 1 rules have tests that show all of them" in capsys.readouterr().out


def test_the_page_says_it_in_words_with_a_test_to_paste(tmp_path, capsys):
    written(tmp_path, {**SOUND, "rules.yaml": RULE})

    assert 1 == main(["test", str(tmp_path), "--coverage"])
    first, _, *test, last = capsys.readouterr().out.splitlines()
    assert first == (
        f"{tmp_path.as_posix()}/rules.yaml:1:9: slow: no test tries it; lacking are a case that fires, a case that is quiet, a figure on its line, "
        "one unit beyond its line, one unit within its line, one period less than `for`, one period less than `clear_after`"
    )
    assert yaml.safe_load("\n".join(test))[0]["rules"] == ["slow"]
    assert last == "0 of 1 rules have tests that show all of them"
    assert 1 == main(["test", str(tmp_path), "--coverage", "--format", "markdown"])
    assert "| `slow` | 0 | a case that fires, a case that is quiet," in capsys.readouterr().out
    assert 1 == main(["test", str(tmp_path), "--coverage", "--format", "github"])
    assert (
        "rules.yaml,line=1,col=9,title=test-lacking::slow: its tests lack a case that fires" in capsys.readouterr().out
    )


@pytest.mark.parametrize(
    "words", [["--coverage", "--mutate"], ["--format", "markdown"], ["--mutate", "--format", "junit"]]
)
def test_what_does_not_go_together_is_refused(tmp_path, capsys, words):
    assert 2 == main(["test", str(written(tmp_path, SOUND)), *words])
    assert "--" in capsys.readouterr().err
