"""`alerting test --mutate`: a rule of several measures, of which a test gives some."""

import json

from samples.rule_folders import SOUND, written

from alerting.cli import main

RULES = """\
rules:
  - id: rises
    title: Rises
    measures: [calls, crime/all]
    when: {change: {versus: previous_period, rises_by: 10 %}}
"""
TESTS = """\
tests:
  - name: a rise of a tenth
    rules: [rises]
    figures: [{measure: crime/all, area: force, from: 2020-04, values: 100 110 110}]
    expect: [{period: 2020-05, event: opened}, {period: 2020-06, event: resolved}]
"""


def test_a_measure_less_leaves_the_figures_of_the_others_theirs(tmp_path, capsys):
    folder = written(tmp_path, {**SOUND, "rules.yaml": RULES, "tests/a.yaml": TESTS})

    assert 1 == main(["test", str(folder), "--mutate", "--format", "json"])
    lived = json.loads(capsys.readouterr().out)["lived"]
    assert ["[crime/all]"] == [one["now"] for one in lived if one["key"] == "measures"]
