"""What an owner reads of one measure whom several rules and areas concern."""

import pytest
from samples.lives import Life

BETTER = ", {id: few, title: Few, measures: m, severity: info, when: {outside_range: {from: 10, to: 99}}}]"


@pytest.fixture
def life(tmp_path):
    return Life(tmp_path)


def headers(life, owner):
    return dict(next(one.message.headers for one in life.report.deliveries if one.owner == owner))


def test_no_area_is_called_normal_that_another_rule_finds_exceptional(life):
    life.rules = life.rules.replace("%(rule)s}]", "%(rule)s}" + BETTER)
    life.figures = {("force", "2020-05"): "30", ("north", "2020-05"): "7", ("south", "2020-05"): "10"}

    life.tick("2020-06-03")

    text = life.message("head")
    assert "- North: 7, 3 below, lowest accepted 10, ! concern\n" in text
    assert "- South: 10, target 10, normal\n" in text


def test_a_figure_under_two_rules_is_one_card_with_what_each_holds_it_against(life):
    life.rules = life.rules.replace(
        "%(rule)s}]",
        "%(rule)s}, {id: more, title: More, measures: m, severity: info, when: {outside_range: {to: 20}}}]",
    )

    life.tick("2020-06-03", "2020-05 30")

    text = life.message("head")
    assert text.startswith(
        "! CONCERN, warning, new exception\nForce · May 2020\nCrimes\n\n  30   target 10\n  20 above\n"
    )
    assert "! Concern, for information: 10 above highest accepted 20\n" in text
    assert ["r.yaml:18", "r.yaml:18"] == [word for word in text.split() if word.startswith("r.yaml")]


def test_a_notice_says_what_would_clear_it(life):
    life.tick("2020-06-03", "2020-05 12")

    assert "What now. Clears at 10 or less.\n" in life.message("head")


def test_a_rule_that_waits_for_several_periods_says_so(life):
    life.set(rule=", clear_after: 3")
    life.tick("2020-06-03", "2020-05 12")

    assert "What now. Clears with 3 months in a row at 10 or less.\n" in life.message("head")


@pytest.mark.parametrize(
    ("severity", "important"),
    [("critical", {"Importance": "high", "X-Priority": "1"}), ("warning", {})],
)
def test_a_mail_on_something_critical_that_stands_is_important(life, severity, important):
    life.set(rule=f", severity: {severity}")
    life.tick("2020-06-03", "2020-05 12")

    assert important == headers(life, "head")


def test_the_end_of_something_critical_is_not_important(life):
    life.set(rule=", severity: critical")
    life.tick("2020-06-03", "2020-05 12")
    life.tick("2020-07-03", "2020-06 8")

    assert "Importance" not in headers(life, "head")


def test_a_shadow_rule_says_nothing_of_other_areas(life):
    life.rules = life.rules.replace(
        "%(rule)s}]", "%(rule)s}" + BETTER.replace("severity: info", "status: shadow, author: duty")
    )
    life.figures = {("force", "2020-05"): "30", ("north", "2020-05"): "7"}

    life.tick("2020-06-03")

    assert "- North: 7, 3 below, normal\n" in life.message("head")


def test_what_a_revision_clears_is_an_end(life):
    life.tick("2020-06-03", "2020-05 12")
    life.tick("2020-06-04", "2020-05 9")

    assert life.message("head").startswith("= CORRECTED\n")


def test_what_has_not_come_says_so(life):
    life.set(measure=", expected: 5 days")
    late = ", {id: late, title: Late, measures: m, when: {not_fresh: {}}, notify: [area_owner]}]"
    life.rules = life.rules.replace("%(rule)s}]", "%(rule)s}" + late)
    life.tick("2020-06-03", "2020-05 5")
    life.tick("2020-07-08")

    assert life.message("head").startswith("? NOT COME, warning, new\n")
