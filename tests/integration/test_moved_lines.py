"""An exception that ends because the line moved: its end says so, in the mail, in the digest and in the story."""

from datetime import date

import pytest
from samples.lives import Life

from alerting.app.alerts.explain import as_json, explain

STEPS = "target: [{from: 2020-01, value: 10}, {from: 2020-06, value: 15}]"
PLAN = "above_trajectory: {milestones: [{date: 2020-01-31, value: 10}, {date: 2020-06-30, value: 15}], shape: step}"


def ended(tmp_path, rules, value):
    """May is at 12; June ends it."""
    life = Life(tmp_path)
    for old, new in rules:
        life.rules = life.rules.replace(old, new)
    life.tick("2020-06-03", "2020-04 5, 2020-05 12")
    life.tick("2020-07-03", f"2020-06 {value}")
    assert [("head", "resolved", "force")] == life.told()
    return life, " ".join(life.message("head").split())


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        pytest.param(
            [("target: 10", STEPS)], "The target was 10 in May 2020; in June 2020 it is 15.", id="a-dated-target"
        ),
        pytest.param(
            [("target: 10", f"{STEPS}, called: standard")],
            "The standard was 10 in May 2020; in June 2020 it is 15.",
            id="by-its-own-word",
        ),
        pytest.param(
            [("target_missed: {}", PLAN)], "The plan was 10 in May 2020; in June 2020 it is 15.", id="a-plan-in-steps"
        ),
        pytest.param(
            [("better: lower", "better: higher"), ("target: 10", STEPS.replace("10}", "13}").replace("15", "11"))],
            "The target was 13 in May 2020; in June 2020 it is 11.",
            id="from-below",
        ),
    ],
)
def test_an_end_by_a_line_that_moved_says_so(tmp_path, rules, said):
    life, text = ended(tmp_path, rules, 12)

    assert said in text
    with life.opened("2020-07-03") as (engine, store):
        story = as_json(explain(engine.rules, store, life.report.notices[0].events[0].alert.id, date(2020, 7, 3)))
    assert said == story["events"][-1]["reason"]


@pytest.mark.parametrize(
    ("rules", "value"),
    [
        pytest.param([], 8, id="the-line-stands"),
        pytest.param([("target: 10", STEPS)], 8, id="the-figure-meets-the-line-of-before-too"),
        pytest.param([("target: 10", STEPS)], 10, id="the-figure-is-on-the-line-of-before"),
        pytest.param([("target: 10", STEPS.replace("15", "9"))], 8, id="the-line-is-narrower-now"),
    ],
)
def test_an_end_by_the_figure_speaks_of_no_line_of_before(tmp_path, rules, value):
    _, text = ended(tmp_path, rules, value)

    assert " was 10 in May 2020; " not in text
