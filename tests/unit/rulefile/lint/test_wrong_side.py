"""Conditions at the good side of their measure."""

import pytest
from samples.rule_folders import BASE, sound_with

from alerting.rulefile.loading import load_rules

RULE = "rules:\n  - {id: r, title: R, measures: %s, when: %s}\n"
UP, DOWN = "calls", "crime/all"  # higher is better; lower is better
RISING = "milestones: [{date: 2020-04-30, value: 10}, {date: 2020-09-30, value: 20}]"


def found(folder, measure, when, more=""):
    rules = RULE % (measure, when)
    problems = load_rules(sound_with(folder, base=BASE + more, rules=rules), shown_as="rules").problems
    return [(one.place.line, one.severity.value, one.message) for one in problems if one.code == "wrong-side"]


@pytest.mark.parametrize(
    ("measure", "when", "says"),
    [
        pytest.param(
            UP, "{target_missed: {at_most: 80}}", "at_most finds high values", id="at-most-of-what-should-rise"
        ),
        pytest.param(DOWN, "{target_missed: {at_least: 80}}", "at_least finds low", id="at-least-of-what-should-fall"),
        pytest.param(
            UP, f"{{above_trajectory: {{{RISING}}}}}", "above_trajectory finds high", id="above-a-wanted-rise"
        ),
        pytest.param(
            DOWN, f"{{below_trajectory: {{{RISING}}}}}", "below_trajectory finds low", id="below-a-wanted-fall"
        ),
        pytest.param(
            UP, "{band: {bands: [{red: 20 or more}, {green: below 20}]}}", '"red", the first', id="red-is-good"
        ),
        pytest.param(
            DOWN, "{band: {bands: [{red: below 20}, {green: 20 or more}]}}", '"red", the', id="low-red-is-good"
        ),
        pytest.param(
            UP, "{reduction_missed: {at_least: 10 %}}", "wants it to fall", id="a-reduction-of-what-should-rise"
        ),
        pytest.param(DOWN, "{will_miss: {at_least: 8, date: 2021-03-31}}", "at_least finds low", id="a-projection"),
        pytest.param(
            UP, "{any_of: [{target_missed: {}}, {target_missed: {at_most: 80}}]}", "at_most", id="inside-a-composition"
        ),
    ],
)
def test_the_wrong_side_is_a_warning_at_the_rule(tmp_path, measure, when, says):
    ((line, severity, message),) = found(tmp_path, measure, when)
    assert (2, "warning") == (line, severity)
    assert says in message and f'"{measure}"' in message


@pytest.mark.parametrize(
    ("measure", "when"),
    [
        pytest.param(UP, "{target_missed: {at_least: 80}}", id="at-least"),
        pytest.param(UP, "{target_missed: {}}", id="the-measures-own-target"),
        pytest.param(DOWN, "{band: {bands: [{red: 20 or more}, {green: below 20}]}}", id="red-is-high"),
        pytest.param(
            UP, "{band: {bands: [{odd: 10 to 20}, {low: below 10}, {high: 20 or more}]}}", id="the-worst-between"
        ),
        pytest.param(UP, "{not: {target_missed: {at_most: 80}}}", id="turned-round-on-purpose"),
        pytest.param(
            DOWN, "{change: {versus: previous_period, falls_by: 5 %}}", id="a-fall-of-what-should-fall-is-news"
        ),
    ],
)
def test_nothing_is_said_of(tmp_path, measure, when):
    assert [] == found(tmp_path, measure, when)


def test_a_severity_by_sides_needs_a_worse_one(tmp_path):
    more = "  - {id: calls-in, title: Calls, unit: count, better: neither, every: month, source: calls}\n"
    when = "{change: {versus: previous_period, moves_by: 5 %}}, severity: {worse: warning, better: info}"
    ((_, severity, message),) = found(tmp_path, "calls-in", when, more)
    assert severity == "warning"
    assert (
        message
        == 'better: neither of "calls-in", and neither side of it is worse, so severity: {worse, better} cannot tell them apart'
    )
