"""Every condition hands its own parameters to its words, and says them in full, in short, and by the line that a subject names."""

# ruff: noqa: E501 - tables have a row a line

from datetime import date

import pytest
from samples.wording import a_measure, facts_of

from alerting.conditions.above_upper_limit import AboveUpperLimit
from alerting.conditions.average_moved import AverageMoved
from alerting.conditions.band import InBand
from alerting.conditions.below_lower_limit import BelowLowerLimit
from alerting.conditions.change import Change
from alerting.conditions.composition import AllOf, AnyOf, Not
from alerting.conditions.near_limit import NearLimit
from alerting.conditions.not_fresh import NotFresh
from alerting.conditions.outlier_among_areas import OutlierAmongAreas
from alerting.conditions.outside_limits import OutsideLimits
from alerting.conditions.outside_range import OutsideRange
from alerting.conditions.rank import Rank
from alerting.conditions.reduction_missed import ReductionMissed
from alerting.conditions.registry import conditions
from alerting.conditions.run import Run
from alerting.conditions.target_missed import TargetMissed
from alerting.conditions.trajectory import AboveTrajectory, BelowTrajectory
from alerting.conditions.trend import Trend
from alerting.conditions.variance import Variance
from alerting.conditions.will_miss import WillMiss
from alerting.domain.condition import Amount, Band, Milestone
from alerting.domain.finding import State
from alerting.domain.measure import Level, Unit
from alerting.domain.period import Calendar
from alerting.limits.published import Published

COUNT = a_measure(unit=Unit.COUNT)
LINES = {"centre": 20.0, "lower": 10.0, "upper": 30.0}
LIMITS = Published()
PERCENT_20, TWENTY = Amount(number=20.0, relative=True), Amount(number=20.0)
BANDS = (Band(name="red", at_least=None, below=15.0), Band(name="green", at_least=15.0, below=None))
DUE = date(2021, 3, 31)
PLAN = (Milestone(date=date(2020, 9, 30), value=30.0), Milestone(date=DUE, value=40.0))
PROJECTED = {"projected": 34.0, "projected_low": 33.0, "projected_high": 35.0}
FEW, MISSED = OutsideRange(low=0.0, high=5.0), TargetMissed(at_most=Level(number=30.0))

#: The condition; what its finding holds; what it says in full, and in short; the line that a subject names.
SAID = [
    (AboveUpperLimit(limits=LIMITS), {"value": 31.0, **LINES}, ", significantly above the average of 20 (upper limit 30)", ", above its upper limit of 30", "upper limit 30"),
    (AboveUpperLimit(limits=LIMITS), {"value": 9.0, **LINES}, ", not above its upper limit of 30", None, "upper limit 30"),
    (BelowLowerLimit(limits=LIMITS), {"value": 9.0, **LINES}, ", significantly below the average of 20 (lower limit 10)", ", below its lower limit of 10", "lower limit 10"),
    (BelowLowerLimit(limits=LIMITS), {"value": 31.0, **LINES}, ", not below its lower limit of 10", None, "lower limit 10"),
    (OutsideLimits(limits=LIMITS), {"value": 9.0, **LINES}, ", significantly below the average of 20 (lower limit 10)", ", below its lower limit of 10", "lower limit 10"),
    (OutsideLimits(limits=LIMITS), {"value": 31.0, **LINES}, ", significantly above the average of 20 (upper limit 30)", ", above its upper limit of 30", "upper limit 30"),
    (Run(of=LIMITS, length=4), {"value": 21.0, **LINES}, ", with the last 4 months all above the average of 20", ", 4 months in a row above the average of 20", "4 months above average 20"),
    (Run(of=LIMITS, length=4), {"value": 19.0, **LINES}, ", with the last 4 months all below the average of 20", ", 4 months in a row below the average of 20", "4 months below average 20"),
    (Run(of=LIMITS, length=4), {"value": 20.0, **LINES}, ", on the average of 20", ", on the average of 20", "average 20"),
    (Run(of=LIMITS, length=4), {"value": 20.0}, "", "", None),
    (NearLimit(limits=LIMITS, points=3, out_of=4), {"value": 29.0, **LINES}, ", close to its upper limit of 30 in at least 3 of the last 4 months", ", close to its upper limit of 30", "close to upper limit 30"),
    (AverageMoved(), {"value": 25.0, "centre": 24.0, "previous_centre": 20.0, "rebased_on": Calendar().parse_exact("2020-09")}, ", and its average has risen from 20 to 24", None, "average 24, was 20"),
    (Trend(length=5), {"value": 25.0, "previous": 24.0}, ", rising throughout the last 4 months", ", rising for 4 months", "up 4 months"),
    (TargetMissed(at_most=Level(number=30.0)), {"value": 31.0, "target": 30.0}, ", 1 above the target of 30", ", above the target of 30", "target 30"),
    (TargetMissed(at_most=Level(number=30.0), due=DUE), {"value": 31.0, "target": 30.0}, ", 1 above the target of 30", ", above the target of 30", "target 30"),
    (TargetMissed(at_most=Level(number=30.0), due=DUE), {"value": 31.0, "target": 30.0, "due": "2021-03-31"}, ", against a target of 30 due by 31 March 2021", None, "target 30"),
    (OutsideRange(low=10.0, high=30.0, called="band"), {"value": 31.0}, ", 1 above the band of 10 to 30", ", above the band of 10 to 30", "band 10 to 30"),
    (InBand(bands=BANDS), {"value": 14.0, "band": "red"}, ", in the red band (below 15)", ", in the red band", "red band"),
    (BelowTrajectory(milestones=PLAN, tolerance=2.0), {"value": 27.0, "plan": 30.0}, ", 3 below the 30 planned by then, more than the 2 allowed", ", below the 30 planned by then", "plan 30"),
    (BelowTrajectory(milestones=PLAN, tolerance=2.0), {"value": 33.0, "plan": 30.0}, ", 3 above the 30 planned by then", ", above the 30 planned by then", "plan 30"),
    (AboveTrajectory(milestones=PLAN, tolerance=2.0), {"value": 33.0, "plan": 30.0}, ", 3 above the 30 planned by then, more than the 2 allowed", ", above the 30 planned by then", "plan 30"),
    (AboveTrajectory(milestones=PLAN, tolerance=2.0), {"value": 27.0, "plan": 30.0}, ", 3 below the 30 planned by then", ", below the 30 planned by then", "plan 30"),
    (Variance(against="budget", over=PERCENT_20), {"value": 33.0, "plan": 30.0}, ", 3 (10%) over the budget of 30", ", over the budget of 30", "budget 30"),
    (Change(versus="previous_period", rises_by=PERCENT_20), {"value": 30.0, "previous": 20.0, "change": 50.0}, ", up from 20 in August 2020", ", up from 20 in August 2020", "up from 20 last month"),
    (Change(versus="same_period_last_year", rises_by=TWENTY), {"value": 50.0, "change": 20.0, "last_year": 30.0}, ", up 20 on the same month last year (30)", ", up 20 on the same month last year", "up 20 on last year"),
    (ReductionMissed(at_least=PERCENT_20), {"value": 27.0, "change": -10.0, "last_year": 30.0}, ", a fall of 10% on the same month last year (30), short of the 20% reduction wanted", ", a fall of 10% on the same month last year, short of the 20% reduction wanted", "20% fall wanted"),
    (WillMiss(at_least=Level(number=40.0), due=DUE), {"value": 31.0, "target": 40.0, "due": "2021-03-31", "evidence": PROJECTED}, ", projected 34 (33–35) for March 2021, below the target of 40", ", projected 34 for March 2021, below the target of 40", "heading for 34, target 40"),
    (WillMiss(at_least=Level(number=40.0), due=DUE), {"value": 31.0, "target": 40.0, "evidence": PROJECTED}, ", 9 below the target of 40", ", below the target of 40", "target 40"),
    (WillMiss(milestones=PLAN, due=DUE), {"value": 31.0, "plan": 40.0}, ", 9 below the 40 planned by then", ", below the 40 planned by then", "plan 40"),
    (Rank(worse_than=2), {"value": 31.0, "evidence": {"place": 3.0, "areas_compared": 5.0}}, ", third of 5 areas, where first is best", ", third of 5 areas", "3rd of 5"),
    (OutlierAmongAreas(), {"value": 31.0, **LINES}, ", significantly above the average of 20 among areas of its kind (upper limit 30 for its size)", ", above the upper limit of 30 among areas of its kind", "areas' upper limit 30"),
    (NotFresh(), {"value": None}, "", " no figure for September 2020, due by 5 October 2020", None),
    (AnyOf(parts=(FEW, MISSED)), {"value": 31.0, "target": 30.0}, ", 26 above the range of 0 to 5", ", above the range of 0 to 5", "highest accepted 5"),
    (AllOf(parts=(MISSED, FEW)), {"value": 31.0, "target": 30.0}, ", 1 above the target of 30", ", above the target of 30", "target 30"),
    (Not(part=MISSED), {"value": 31.0, "target": 30.0}, ", 1 above the target of 30", ", above the target of 30", "target 30"),
]  # fmt: skip


def test_every_condition_has_its_words_here():
    assert {condition.key for condition, *_ in SAID} == set(conditions())


@pytest.mark.parametrize(
    ("condition", "finding", "full", "short", "line"),
    SAID,
    ids=[f"{condition.key}-{n}" for n, (condition, *_) in enumerate(SAID)],
)
def test_a_condition_says_it_in_full_in_short_and_in_a_subject(condition, finding, full, short, line):
    facts = facts_of(COUNT, due_on=date(2020, 10, 5), **finding)
    assert [condition.clause(facts).text, condition.clause(facts, short=False).text] == [full, full]
    assert condition.clause(facts, short=True).text == (full if short is None else short)
    held_against = condition.held_against(facts)
    assert (None if held_against is None else str(held_against)) == line


@pytest.mark.parametrize(
    ("condition", "decided_by", "state", "says"),
    [
        (AnyOf(parts=(FEW, MISSED)), 1, State.EXCEPTION, ", 1 above the target of 30"),
        (AnyOf(parts=(AllOf(parts=(MISSED, FEW)), MISSED)), 1, State.EXCEPTION, ", 26 above the range of 0 to 5"),
        (AllOf(parts=(FEW, Not(part=NearLimit(limits=LIMITS)))), 1, State.NORMAL, ", close to its upper limit of 32 in at least 2 of the last 3 months"),
        (AllOf(parts=(FEW, Not(part=NearLimit(limits=LIMITS)))), 1, State.EXCEPTION, ", within its limits of 10 to 32"),
        (Not(part=Not(part=NearLimit(limits=LIMITS))), None, State.EXCEPTION, ", close to its upper limit of 32 in at least 2 of the last 3 months"),
        (Not(part=Not(part=NearLimit(limits=LIMITS))), None, State.NORMAL, ", within its limits of 10 to 32"),
        (AnyOf(parts=(Not(part=FEW), NearLimit(limits=LIMITS))), 1, State.NORMAL, ", within its limits of 10 to 32"),
        (Not(part=AllOf(parts=(FEW, NearLimit(limits=LIMITS)))), 1, State.NORMAL, ", close to its upper limit of 32 in at least 2 of the last 3 months"),
    ],
)  # fmt: skip
def test_a_composition_says_what_the_part_that_decided_found_of_its_own(condition, decided_by, state, says):
    """Under an odd number of `not` the part's own verdict is the other one."""
    facts = facts_of(
        COUNT, value=31.0, target=30.0, state=state, decided_by=decided_by, centre=20.0, lower=10.0, upper=32.0
    )
    assert condition.clause(facts).text == says
