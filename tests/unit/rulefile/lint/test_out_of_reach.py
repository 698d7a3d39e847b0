"""Levels that no value can reach."""

import pytest
from samples.rule_folders import BASE, sound_with

from alerting.rulefile.loading import load_rules

RULE = "rules:\n  - {id: r, title: R, measures: calls, when: %s}\n"


def found(folder, when, base=BASE):
    problems = load_rules(sound_with(folder, base=base, rules=RULE % when), shown_as="rules").problems
    return [(one.place.file.split("/")[-1], one.message) for one in problems if one.code == "out-of-reach"]


@pytest.mark.parametrize(
    ("when", "number"),
    [
        pytest.param("{target_missed: {at_least: 150}}", "150", id="a-target-of-150-percent"),
        pytest.param(
            "{target_missed: {at_least: [{from: 2020-01, value: 90}, {from: 2021-01, value: 101}]}}", "101", id="dated"
        ),
        pytest.param("{target_missed: {at_least: {default: 90, north: -1}}}", "-1", id="by-area"),
        pytest.param("{outside_range: {from: 20, to: 120}}", "120", id="a-range"),
        pytest.param("{band: {bands: [{red: below 20}, {green: 20 to 200}, {gold: 200 or more}]}}", "200", id="a-band"),
        pytest.param("{below_trajectory: {milestones: [{date: 2020-04-30, value: 130}]}}", "130", id="a-plan"),
        pytest.param("{all_of: [{target_missed: {}}, {target_missed: {at_least: 150}}]}", "150", id="composed"),
    ],
)
def test_a_level_beyond_the_measure_is_named(tmp_path, when, number):
    assert [("rules.yaml", f'{number} is out of reach of "calls": its values go from 0 to 100')] == found(
        tmp_path, when
    )


@pytest.mark.parametrize(
    ("target", "better", "said"),
    [("0.83", "higher", True), ("0.83", "lower", False), ("1", "higher", False), ("83", "higher", False)],
)
def test_a_target_of_percents_written_as_a_fraction_is_named(tmp_path, target, better, said):
    base = BASE.replace("target: 90", f"target: {target}").replace("better: higher", f"better: {better}")
    problems = load_rules(sound_with(tmp_path, base=base), shown_as="rules").problems
    assert said == any(
        "the target 0.83 is read as 0.83 %" in one.message and "write 83" in one.message for one in problems
    )


def test_a_dated_target_of_the_measure_is_named_at_the_measure(tmp_path):
    base = BASE.replace("target: 90", "target: [{from: 2020-01, value: 900}]")
    assert ["base.yaml"] == [file for file, _ in found(tmp_path, "{target_missed: {}}", base)]


@pytest.mark.parametrize(
    "when", ["{target_missed: {at_least: 100}}", "{outside_range: {from: 0}}", "{target_missed: {at_least: goal}}"]
)
def test_the_ends_themselves_and_columns_are_in_reach(tmp_path, when):
    assert [] == found(tmp_path, when)
