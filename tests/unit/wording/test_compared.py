"""A figure beside its line in few words: how far apart they are, and what would end the exception."""

# ruff: noqa: E501 - tables have a row a line

from datetime import date

import pytest
from samples.wording import a_measure, facts_of

from alerting.conditions.above_upper_limit import AboveUpperLimit
from alerting.conditions.average_moved import AverageMoved
from alerting.conditions.band import InBand
from alerting.conditions.change import Change
from alerting.conditions.composition import AllOf, AnyOf, Not
from alerting.conditions.near_limit import NearLimit
from alerting.conditions.outlier_among_areas import OutlierAmongAreas
from alerting.conditions.outside_limits import OutsideLimits
from alerting.conditions.outside_range import OutsideRange
from alerting.conditions.rank import Rank
from alerting.conditions.reduction_missed import ReductionMissed
from alerting.conditions.run import Run
from alerting.conditions.target_missed import TargetMissed
from alerting.conditions.trajectory import AboveTrajectory, BelowTrajectory
from alerting.conditions.trend import Trend
from alerting.conditions.variance import Variance
from alerting.conditions.will_miss import WillMiss
from alerting.domain.finding import Meaning
from alerting.domain.measure import Level, Unit
from alerting.domain.parameters import Amount, Band, Milestone
from alerting.domain.period import PeriodKind
from alerting.limits.published import Published
from alerting.wording.compared import against, apart, clearing
from alerting.wording.plain import with_minus

LIMITS, LINES = Published(), {"centre": 20.0, "lower": 10.0, "upper": 30.0}
BANDS = (Band(name="red", at_least=None, below=15.0), Band(name="green", at_least=15.0, below=None))
TOP_BAND = (Band(name="red", at_least=20.0, below=None), Band(name="green", at_least=None, below=20.0))
PLAN = (Milestone(date=date(2020, 8, 31), value=14.5), Milestone(date=date(2020, 12, 31), value=17.0))
FIVE, SURE = Amount(number=5.0, relative=True), Amount(number=95.0, relative=True)


@pytest.mark.parametrize(
    ("condition", "finding", "far", "phrase", "clears"),
    [
        (TargetMissed(at_least=Level(number=90.0)), {"value": 83.0, "target": 90.0}, "7 below", "7 below target 90", "at 90 or more"),
        (TargetMissed(at_most=Level(number=5.0)), {"value": 9.0, "target": 5.0}, "4 above", "4 above target 5", "at 5 or less"),
        (AboveUpperLimit(limits=LIMITS), {"value": 31.0, **LINES}, "1 above", "1 above upper limit 30", "at 30 or less"),
        (OutsideLimits(limits=LIMITS), {"value": 9.0, **LINES}, "1 below", "1 below lower limit 10", "at 10 to 30"),
        (OutsideRange(low=10.0, high=30.0), {"value": 31.0}, "1 above", "1 above highest accepted 30", "at 10 to 30"),
        (InBand(bands=BANDS), {"value": 14.0, "band": "red"}, "1 below", "red band, 1 below 15", "at 15 or more"),
        (InBand(bands=TOP_BAND), {"value": 22.0, "band": "red"}, "2 above", "red band, 2 above 20", "below 20"),
        (Variance(against="budget", over=FIVE), {"value": 33.0, "plan": 30.0, "side": "above"}, "3 above", "3 above budget 30", "within 5% of its budget"),
        (Change(versus="previous_period", rises_by=FIVE), {"value": 40.0, "previous": 32.0, "change": 25.0}, None, "up 25% on last month", "with a rise of less than 5%"),
        (Change(versus="previous_period", falls_by=Amount(number=0.0)), {"value": 40.0, "previous": 50.0, "change": -10.0}, None, "down 10 calls on last month", "without a fall"),
        (Change(versus="previous_period", rises_by=FIVE, significant=SURE), {"value": 40.0, "previous": 32.0, "change": 25.0}, None, "up 25% on last month", "with a rise of less than 5% or one that is not statistically significant"),
        (Change(versus="previous_period", rises_by=Amount(number=0.0), significant=SURE), {"value": 40.0, "previous": 32.0, "change": 25.0}, None, "up 8 calls on last month", "without a rise or with one that is not statistically significant"),
        (OutlierAmongAreas(), {"value": 31.0, **LINES}, "1 above", "1 above areas' upper limit 30", "at 10 to 30, where the other areas stay as they are"),
        (AllOf(parts=(TargetMissed(at_most=Level(number=5.0)), OutsideRange(high=8.0))), {"value": 9.0, "target": 5.0}, "4 above", "4 above target 5", "at 5 or less"),
        (AnyOf(parts=(TargetMissed(at_most=Level(number=5.0)), OutsideRange(low=4.0))), {"value": 9.0, "target": 5.0}, "4 above", "4 above target 5", "at 5 or less, if no other part of its rule finds an exception"),
        (AllOf(parts=(Not(part=TargetMissed(at_most=Level(number=10.0))), OutsideRange(high=8.0))), {"value": 9.0, "target": 10.0}, "1 below", "1 below target 10", None),
        (ReductionMissed(at_least=FIVE), {"value": 60.0, "change": -1.0, "last_year": 61.0}, None, "5% fall wanted", "with a fall of 5% or more"),
        (NearLimit(limits=LIMITS, points=2, out_of=3), {"value": 29.0, **LINES}, None, "close to upper limit 30", "at 26 or less"),
        (Trend(length=5), {"value": 25.0, "previous": 24.0, "side": "above"}, None, "up 4 months", "at 25 or less"),
        (Trend(length=2), {"value": 25.0, "previous": 24.0, "side": "above"}, None, "up on last month", None),
        (Run(of=LIMITS, length=8), {"value": 25.0, **LINES}, None, "8 months above average 20", "at 20 or less"),
        (AverageMoved(), {"value": 25.0, "centre": 24.0}, None, "average 24", "without another move of the average"),
        (Rank(worse_than=6), {"value": 25.0, "evidence": {"place": 7.0, "areas_compared": 8.0}}, None, "7th of 8", "in 6th place or better"),
        (Rank(worse_than=1), {"value": 25.0, "evidence": {"place": 2.0, "areas_compared": 8.0}}, None, "2nd of 8", "in 1st place"),
        (BelowTrajectory(milestones=PLAN), {"value": 14.0, "plan": 15.0, "side": "below"}, "1 below", "1 below straight line 15", "at the straight line or above: 16 in October 2020"),
        (AboveTrajectory(milestones=PLAN, tolerance=2.0), {"value": 19.0, "plan": 15.0, "side": "above"}, "4 above", "4 above straight line 15", "no more than 2 calls above the straight line: 15 in October 2020"),
        (WillMiss(at_least=Level(number=25.0), due=date(2021, 3, 31)), {"value": 14.0, "target": 25.0, "due": date(2021, 3, 31), "evidence": {"projected": 18.0, "projected_low": 17.0, "projected_high": 20.0}}, None, "heading for 18, target 25", "with a projection whose range reaches 25"),
        (WillMiss(at_least=Level(number=25.0), due=date(2020, 3, 31)), {"value": 14.0, "target": 25.0}, "11 below", "11 below target 25", "at 25 or more"),
    ],
)  # fmt: skip
def test_a_figure_stands_so_far_from_its_line_and_such_a_figure_ends_it(condition, finding, far, phrase, clears):
    facts = facts_of(a_measure(unit=Unit.COUNT, unit_name="calls"), **finding)
    line = condition.held_against(facts)

    assert [apart(facts, line), against(facts, line), condition.clears(facts)] == [far, phrase, clears]


def test_the_distance_is_that_of_the_printed_figures():
    facts = facts_of(a_measure(unit=Unit.PERCENT), value=83.04, target=90.0)

    assert "7 points below" == apart(facts, TargetMissed(at_least=Level(number=90.0)).held_against(facts))


def test_a_figure_on_its_line_is_at_no_distance_from_it():
    facts = facts_of(a_measure(unit=Unit.COUNT), value=90.0, target=90.0)

    assert "target 90" == against(facts, TargetMissed(at_least=Level(number=90.0)).held_against(facts))


def test_a_concern_clears_anything_else_ends_and_a_rule_may_want_several_periods():
    assert "Clears at 90% or more" == clearing(Meaning.CONCERN, "at 90% or more", 1, PeriodKind.MONTH)
    assert "Ends with 3 months in a row at 5 or less" == clearing(Meaning.CHANGE, "at 5 or less", 3, PeriodKind.MONTH)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("of -5 (-6%)", "of −5 (−6%)"),
        ("2020-09-14 and 5-6", "2020-09-14 and 5-6"),
        ("https://example.org/?a=-5", "https://example.org/?a=-5"),
        ("a - b", "a - b"),
    ],
)
def test_a_minus_is_no_hyphen(text, written):
    assert written == with_minus(text)
