"""The very day on which something holds: a target's due day, and the last day of a grace."""

from datetime import date, timedelta

import pytest
from samples.worlds import _, a_measure, a_panel, judged, rules_for

from alerting.conditions.not_fresh import NotFresh
from alerting.conditions.target_missed import TargetMissed
from alerting.domain.measure import Expected, Level
from alerting.domain.parameters import Days
from alerting.evaluation.engine import evaluate
from alerting.evaluation.findings import findings


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        pytest.param(date(2018, 4, 29), ["exception", "exception"], id="due-before-the-last-day"),
        pytest.param(date(2018, 4, 30), ["exception", "exception"], id="due-on-the-last-day"),
        pytest.param(date(2018, 5, 1), ["normal", "exception"], id="due-the-day-after"),
    ],
)
def test_a_target_holds_for_the_period_that_ends_on_its_due_day(due, expected):
    found = judged(TargetMissed(at_least=Level(number=5.0), due=due), a_panel([1, 1]))
    assert expected == [one.state.word for one in found]


@pytest.mark.parametrize(
    ("days_after_due", "grace", "expected"),
    [
        pytest.param(0, 0, ["normal"], id="due-today"),
        pytest.param(1, 0, ["exception"], id="late-from-the-day-after"),
        pytest.param(3, 3, ["normal"], id="the-last-day-of-grace"),
        pytest.param(4, 3, ["exception"], id="the-day-after-grace"),
    ],
)
def test_a_figure_is_stale_from_the_day_after_its_grace(days_after_due, grace, expected):
    """May's figure is due five days after 31 May."""
    panel = a_panel([1, _])
    measure = a_measure(expected=Expected(days=5))
    rules = rules_for(panel, NotFresh(grace=Days(grace)), measure)
    evaluation = evaluate(rules, {panel.kind: panel}, date(2018, 6, 5) + timedelta(days=days_after_due))
    assert expected == [one.finding.state.word for one in findings(evaluation)]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        pytest.param(date(2018, 7, 5), "nnn", id="before-it-is-due"),
        pytest.param(date(2018, 7, 13), "nnn", id="the-last-day-of-grace"),
        pytest.param(date(2018, 7, 14), "nEn", id="the-day-after-grace"),
    ],
)
def test_a_figure_that_is_overtaken_is_stale_from_the_day_after_its_grace_too(day, expected):
    """May's figure is due forty days after 31 May, on 10 July; June's came before it."""
    panel = a_panel([1, _, 2])
    rules = rules_for(panel, NotFresh(grace=Days(3)), a_measure(expected=Expected(days=40)))
    evaluation = evaluate(rules, {panel.kind: panel}, day, every_period=True)
    letters = {"normal": "n", "exception": "E"}
    assert expected == "".join(letters[one.finding.state.word] for one in findings(evaluation))


def test_areas_are_late_each_by_its_own_day():
    """May's figure is due five days after 31 May, in the second area twenty days after."""
    panel = a_panel([1, _], [1, _], [1, _])
    default, own, third = panel.areas
    by_area = Expected(by_area=((default, Expected(days=5)), (own, Expected(days=20))))
    rules = rules_for(panel, NotFresh(), a_measure(expected=by_area))

    def found(day):
        evaluation = evaluate(rules, {panel.kind: panel}, day)
        return {one.finding.area: one.finding.state.word for one in findings(evaluation)}

    assert found(date(2018, 6, 6)) == {default: "exception", own: "normal", third: "normal"}
    assert found(date(2018, 6, 21)) == {default: "exception", own: "exception", third: "normal"}
