"""Lateness as a part of other conditions: the clock judges its part, the figures judge theirs."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from samples.worlds import _, a_measure, a_panel, rules_for

from alerting.conditions.composition import AllOf, AnyOf, Not
from alerting.conditions.not_fresh import NotFresh
from alerting.conditions.target_missed import TargetMissed
from alerting.domain.condition import Condition
from alerting.domain.finding import Finding, Reason
from alerting.domain.measure import Expected, Level
from alerting.domain.panel import Panel
from alerting.domain.parameters import Days
from alerting.evaluation.engine import evaluate
from alerting.evaluation.findings import findings

LATE, TOO_LOW = NotFresh(), TargetMissed(at_least=Level(number=5.0))
PATIENT = NotFresh(grace=Days(40))
MEASURE = a_measure(expected=Expected(days=5))
LETTERS = {"normal": "n", "exception": "E", "no_data": "d", "not_enough_history": "h"}


def found(condition: Condition, panel: Panel, on: date, *, every_period: bool = True) -> list[Finding]:
    rules = rules_for(panel, condition, MEASURE)
    evaluation = evaluate(rules, {panel.kind: panel}, on, every_period=every_period)
    return [one.finding for one in findings(evaluation, text="all")]


def letters(of: list[Finding]) -> str:
    return "".join(LETTERS[one.state.word] for one in of)


@pytest.mark.parametrize(
    ("condition", "states"),
    [
        # April and May have figures (low, high), June has not come, July is low, August has not come.
        pytest.param(LATE, "nnEnE", id="not_fresh"),
        pytest.param(AnyOf(parts=(LATE, TOO_LOW)), "EnEEE", id="any_of"),
        pytest.param(AnyOf(parts=(TOO_LOW, LATE)), "EnEEE", id="any_of, the clock last"),
        pytest.param(AllOf(parts=(LATE, TOO_LOW)), "nndnd", id="all_of"),
        pytest.param(Not(part=LATE), "EEnEn", id="not"),
        pytest.param(Not(part=AnyOf(parts=(LATE, TOO_LOW))), "nEnnn", id="not any_of"),
        pytest.param(AnyOf(parts=(Not(part=TOO_LOW), LATE)), "nEEnE", id="any_of with not"),
        pytest.param(AnyOf(parts=(LATE, AnyOf(parts=(LATE, Not(part=LATE))))), "EEEEE", id="nothing but clocks"),
        pytest.param(AllOf(parts=(Not(part=LATE), TOO_LOW)), "EnnEn", id="all_of with not"),
    ],
)  # fmt: skip
def test_each_part_judges_what_it_can(condition: Condition, states: str) -> None:
    panel = a_panel([4, 6, _, 4, _])
    history = found(condition, panel, date(2018, 9, 20))
    assert letters(history) == states
    (newest,) = found(condition, panel, date(2018, 9, 20), every_period=False)
    assert newest == history[-1]


def test_what_decided_gives_the_words() -> None:
    either = AnyOf(parts=(LATE, TOO_LOW))
    missing = found(either, a_panel([4, 6, _]), date(2018, 7, 20))[-1]
    assert (
        missing.text == "No figure has come for measure in June 2018; it was due by 5 July 2018. It was 6 in May 2018."
    )
    low = found(either, a_panel([6, 4]), date(2018, 6, 20))[-1]
    assert low.text is not None
    assert low.text.startswith("Measure: 4 in May 2018, 1 below the target of 5.")


def test_a_missing_figure_within_its_grace_decides_nothing() -> None:
    """The other parts have no figure to judge: no_data, as without the clock; nothing is told of it."""
    within = found(AnyOf(parts=(PATIENT, TOO_LOW)), a_panel([4, 6, _]), date(2018, 7, 20))
    assert letters(within) == "End"
    assert within[-1].reason is Reason.LATE
    beyond = found(AnyOf(parts=(PATIENT, TOO_LOW)), a_panel([4, 6, _]), date(2018, 8, 20))
    assert letters(beyond) == "EnE"


def test_the_shortest_grace_says_which_period_clocks_judge() -> None:
    clocks = AnyOf(parts=(PATIENT, NotFresh(grace=Days(10))))
    panel = a_panel([4, 6, _])
    (waiting,) = found(clocks, panel, date(2018, 7, 15), every_period=False)
    assert (str(waiting.period), waiting.state.word) == ("2018-05", "normal")
    (late,) = found(clocks, panel, date(2018, 7, 16), every_period=False)
    assert (str(late.period), late.state.word) == ("2018-06", "exception")


def test_a_figure_that_could_not_be_read_is_not_overdue() -> None:
    reasons = np.zeros((3, 1), dtype=np.int8)
    reasons[2] = Reason.REFUSED.code
    panel = replace(a_panel([4, 6, _]), reasons=reasons)
    both = found(AllOf(parts=(LATE, TOO_LOW)), panel, date(2018, 7, 20))[-1]
    assert both.state.word == "normal"
    assert both.text == "No figure is overdue for measure in June 2018."
    either = found(AnyOf(parts=(LATE, TOO_LOW)), panel, date(2018, 7, 20))[-1]
    assert (either.state.word, either.reason) == ("no_data", Reason.REFUSED)
