"""Values on the wrong side of a plan."""

from datetime import date

from samples.brought import Case, OfCondition, Said
from samples.gauge import plan
from samples.word_forms import PLAN

from alerting.conditions.trajectory import AboveTrajectory, BelowTrajectory
from alerting.domain.parameters import Milestone

MILESTONES = (Milestone(date=date(2020, 9, 30), value=30.0), Milestone(date=date(2021, 3, 31), value=40.0))
BELOW = BelowTrajectory(milestones=MILESTONES, tolerance=2.0)
ABOVE = AboveTrajectory(milestones=MILESTONES, tolerance=2.0)

BROUGHT = (
    OfCondition(
        key="below_trajectory",
        said=(
            Said(
                BELOW,
                {"value": 27.0, "plan": 30.0},
                ", 3 below the 30 planned by then, more than the 2 allowed",
                ", below the 30 planned by then",
                "plan 30",
            ),
            Said(
                BELOW,
                {"value": 33.0, "plan": 30.0},
                ", 3 above the 30 planned by then",
                ", above the 30 planned by then",
                "plan 30",
            ),
        ),
        cases=(
            Case(
                id="below_trajectory",
                make=lambda gauge: gauge.either(BelowTrajectory, AboveTrajectory)(
                    milestones=plan(gauge), tolerance=gauge.size(0.5)
                ),
            ),
        ),
        worded=lambda drawn: BelowTrajectory(**drawn.plan),
        forms=PLAN,
    ),
    OfCondition(
        key="above_trajectory",
        said=(
            Said(
                ABOVE,
                {"value": 33.0, "plan": 30.0},
                ", 3 above the 30 planned by then, more than the 2 allowed",
                ", above the 30 planned by then",
                "plan 30",
            ),
            Said(
                ABOVE,
                {"value": 27.0, "plan": 30.0},
                ", 3 below the 30 planned by then",
                ", below the 30 planned by then",
                "plan 30",
            ),
        ),
        cases=(
            Case(
                id="above_trajectory",
                make=lambda gauge: gauge.either(AboveTrajectory, BelowTrajectory)(milestones=plan(gauge), shape="step"),
            ),
        ),
        worded=lambda drawn: AboveTrajectory(**drawn.plan),
        forms=PLAN,
    ),
)


def test_a_chart_calls_a_plan_of_two_ends_a_straight_line():
    three = (*MILESTONES, Milestone(date=date(2021, 9, 30), value=60.0))

    assert {"plan": "straight line"} == BelowTrajectory(milestones=MILESTONES).line_names
    assert {} == BelowTrajectory(milestones=three).line_names
    assert {} == AboveTrajectory(milestones=MILESTONES, shape="step").line_names
