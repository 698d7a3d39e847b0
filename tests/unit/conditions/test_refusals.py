"""What a condition or its limits say beforehand of what cannot work, word for word; and what stands right beside it and works."""

# ruff: noqa: E501 - tables have a row a line

from datetime import date

import pytest
from samples.worlds import a_measure

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
from alerting.conditions.run import Run
from alerting.conditions.target_missed import TargetMissed
from alerting.conditions.trajectory import AboveTrajectory, BelowTrajectory
from alerting.conditions.trend import Trend
from alerting.conditions.variance import Variance
from alerting.conditions.will_miss import WillMiss
from alerting.domain.measure import Expected, Level, Polarity, Unit
from alerting.domain.parameters import Amount, Band, Baseline, Milestone
from alerting.domain.period import Calendar, PeriodKind
from alerting.limits.attribute_charts import CChart, PChart, UChart
from alerting.limits.fixed import Fixed
from alerting.limits.funnel import Funnel
from alerting.limits.previous_financial_year import PreviousFinancialYear
from alerting.limits.published import Published
from alerting.limits.rebased_average import RebasedAverage
from alerting.limits.rolling import Rolling
from alerting.limits.seasonal import Seasonal
from alerting.limits.xmr import Xmr

COUNT, PERCENT, RATE = a_measure(unit=Unit.COUNT), a_measure(unit=Unit.PERCENT), a_measure(unit=Unit.RATE)
NEITHER = a_measure(better=Polarity.NEITHER)
WITH_TARGET = a_measure(target=Level(number=1.0))
FIVE, FALL = Level(number=5.0), Amount(number=-1.0)
POINT, SHARE = Amount(number=1.0), Amount(number=1.0, relative=True)
APRIL, MAY = (Milestone(date=date(2018, month, 28), value=10.0) for month in (4, 5))
BANDS = (Band(name="red", at_least=None, below=1.0), Band(name="green", at_least=1.0, below=None))
CALENDAR = Calendar()
OF_A_QUARTER = CALENDAR.parse_exact("2018/19-Q2")
YEARS = "a financial year's figures have no spread within the year before; judge a finer period"
OTHER_WAY = "must not be negative; use the parameter for the other direction"


def significant(percent):
    return Change(versus="previous_period", rises_by=SHARE, significant=Amount(number=percent, relative=True))


@pytest.mark.parametrize(
    ("condition", "measure", "refusals"),
    [
        (TargetMissed(at_least=FIVE, at_most=FIVE), COUNT, ["target_missed takes at_least or at_most, not both; for a range use outside_range"]),
        (TargetMissed(), COUNT, ['measure "m" has no target; give it one, or write at_least or at_most here']),
        (TargetMissed(), a_measure(target=FIVE, better=Polarity.NEITHER), ['measure "m" says better: neither, so its target has no side; write at_least or at_most']),
        (TargetMissed(), WITH_TARGET, []),
        (TargetMissed(at_least=FIVE), NEITHER, []),
        (TargetMissed(at_most=FIVE), NEITHER, []),
        (OutsideRange(), COUNT, ["outside_range needs from, to or both"]),
        (OutsideRange(low=2.0, high=1.5), COUNT, ["from 2 is above to 1.5"]),
        (OutsideRange(low=2.0, high=2.0), COUNT, []),
        (OutsideRange(low=2.0), COUNT, []),
        (OutsideRange(high=2.0), COUNT, []),
        (InBand(bands=BANDS, exception_from="amber"), COUNT, ['exception_from: no band "amber"; there are red, green']),
        (InBand(bands=BANDS, exception_from="green"), COUNT, []),
        (InBand(bands=BANDS), COUNT, []),
        (Trend(length=1), COUNT, ["a trend needs a length of 2 or more"]),
        (Trend(length=2), COUNT, []),
        (Run(length=1, of=Published()), COUNT, ["a run needs a length of 2 or more"]),
        (Run(length=2, of=Published()), COUNT, []),
        (BelowTrajectory(milestones=()), COUNT, ["a trajectory needs at least one milestone"]),
        (BelowTrajectory(milestones=(MAY, APRIL)), COUNT, ["milestones must be in date order, each day once"]),
        (AboveTrajectory(milestones=(APRIL, APRIL)), COUNT, ["milestones must be in date order, each day once"]),
        (AboveTrajectory(milestones=(), tolerance=-0.5), COUNT, ["a trajectory needs at least one milestone", "tolerance must not be negative"]),
        (AboveTrajectory(milestones=(APRIL, MAY), tolerance=0.0), COUNT, []),
        (Change(versus="previous_period"), COUNT, ["change takes exactly one of rises_by, falls_by, moves_by"]),
        (Change(versus="previous_period", rises_by=POINT, falls_by=POINT), COUNT, ["change takes exactly one of rises_by, falls_by, moves_by"]),
        (Change(versus="previous_period", falls_by=FALL), COUNT, [f"falls_by {OTHER_WAY}"]),
        (Change(versus="previous_period", rises_by=FALL), COUNT, [f"rises_by {OTHER_WAY}"]),
        (Change(versus="previous_period", moves_by=Amount(number=0.0)), COUNT, []),
        (significant(95), COUNT, ["significant compares two proportions; it is for percents with numerator and denominator"]),
        (significant(50), PERCENT, ["significant is a confidence between 50 % and 100 %"]),
        (significant(100), PERCENT, ["significant is a confidence between 50 % and 100 %"]),
        (significant(51), PERCENT, []),
        (ReductionMissed(at_least=FALL), COUNT, [f"at_least {OTHER_WAY}"]),
        (ReductionMissed(at_least=Amount(number=0.0)), COUNT, []),
        (Variance(), COUNT, ["variance needs over, under or both"]),
        (Variance(over=POINT, under=SHARE), COUNT, ["over and under must both be percents or both be in the measure's unit"]),
        (Variance(over=FALL, under=FALL), COUNT, [f"over {OTHER_WAY}", f"under {OTHER_WAY}"]),
        (Variance(over=POINT, under=Amount(number=2.0)), COUNT, []),
        (Rank(worse_than=0), NEITHER, ["worse_than is a place; write 1 or more", 'measure "m" says better: neither, so that no place is worse']),
        (Rank(worse_than=1), COUNT, []),
        (NotFresh(), COUNT, ['measure "m" does not say when its figures are due; give it expected: 5 days']),
        (NotFresh(), a_measure(expected=Expected(days=0)), []),
        (OutlierAmongAreas(limits=Xmr()), PERCENT, ["outlier_among_areas needs funnel limits, not xmr; for an area's own past use outside_limits"]),
        (OutlierAmongAreas(), PERCENT, []),
        (AverageMoved(limits=Fixed(centre=1.0)), COUNT, ["average_moved needs rebased_average limits, not fixed"]),
        (NearLimit(limits=Published(), points=4), COUNT, ["points: 4 out_of: 3 cannot be; write 1 <= points <= out_of"]),
        (NearLimit(limits=Published(), points=0), COUNT, ["points: 0 out_of: 3 cannot be; write 1 <= points <= out_of"]),
        (NearLimit(limits=Published(), points=1, out_of=1), COUNT, []),
        (WillMiss(at_least=FIVE, at_most=FIVE), COUNT, ["will_miss takes one of at_least, at_most and milestones"]),
        (WillMiss(at_least=FIVE, milestones=(APRIL, MAY)), COUNT, ["will_miss takes one of at_least, at_most and milestones"]),
        (WillMiss(due=MAY.date), COUNT, ['measure "m" has no target; give it one, or write at_least, at_most or milestones here']),
        (WillMiss(due=MAY.date), a_measure(target=FIVE, better=Polarity.NEITHER), ['measure "m" says better: neither, so no side misses; write at_least or at_most']),
        (WillMiss(milestones=(APRIL, MAY)), NEITHER, ['measure "m" says better: neither, so no side misses; write at_least or at_most']),
        (WillMiss(at_most=FIVE, due=MAY.date), NEITHER, []),
        (WillMiss(at_least=FIVE), COUNT, ["will_miss needs a date: the day by which it is to be reached"]),
        (WillMiss(milestones=(MAY, APRIL), confidence=Amount(number=49.0)), COUNT, ["milestones must be in date order, each day once", "confidence lies from 50 % to below 100 %"]),
        (WillMiss(milestones=(APRIL, MAY), due=date(2018, 4, 27)), COUNT, ["the date, 2018-04-27, lies before the first milestone"]),
        (WillMiss(milestones=(APRIL, MAY), due=APRIL.date), COUNT, []),
        (WillMiss(milestones=(APRIL, MAY), due=APRIL.date), a_measure(target=Level(dated=((MAY.date, 5.0),))), []),
        (WillMiss(at_least=Level(dated=((MAY.date, 5.0),)), due=APRIL.date), COUNT, ["nothing is to be reached by 2018-04-28: the first value holds from 2018-05-28"]),
        (WillMiss(at_least=Level(dated=((MAY.date, 5.0),)), due=MAY.date), COUNT, []),
        (WillMiss(due=APRIL.date), a_measure(target=Level(dated=((MAY.date, 5.0),))), ["nothing is to be reached by 2018-04-28: the first value holds from 2018-05-28"]),
        (WillMiss(at_least=FIVE, due=MAY.date, confidence=Amount(number=100.0)), COUNT, ["confidence lies from 50 % to below 100 %"]),
        (WillMiss(at_least=FIVE, due=MAY.date, confidence=Amount(number=50.0)), COUNT, []),
        (AllOf(parts=()), COUNT, ["all_of needs at least one condition"]),
        (AnyOf(parts=()), COUNT, ["any_of needs at least one condition"]),
        (AnyOf(parts=(Trend(length=1), TargetMissed())), COUNT, ["a trend needs a length of 2 or more", 'measure "m" has no target; give it one, or write at_least or at_most here']),
        (Not(part=TargetMissed()), COUNT, ['measure "m" has no target; give it one, or write at_least or at_most here']),
        (Not(part=TargetMissed()), WITH_TARGET, []),
    ],
    ids=lambda case: getattr(case, "key", ""),
)  # fmt: skip
def test_a_condition_says_what_cannot_work(condition, measure, refusals):
    assert condition.problems(measure, PeriodKind.MONTH) == refusals


@pytest.mark.parametrize(
    ("limits", "measure", "every", "refusals"),
    [
        (Fixed(), COUNT, PeriodKind.MONTH, ["fixed limits need `lower`, `upper` or `centre`"]),
        (Fixed(lower=2.0, upper=1.5), COUNT, PeriodKind.MONTH, ["the lower limit 2 is above the upper limit 1.5"]),
        (Fixed(lower=2.0, upper=2.0), COUNT, PeriodKind.MONTH, []),
        (Fixed(lower=2.0), COUNT, PeriodKind.MONTH, []),
        (Fixed(upper=2.0), COUNT, PeriodKind.MONTH, []),
        (Fixed(centre=2.0), COUNT, PeriodKind.MONTH, []),
        (PreviousFinancialYear(), COUNT, PeriodKind.YEAR, [YEARS]),
        (PreviousFinancialYear(minimum_points=1), COUNT, PeriodKind.QUARTER, ["minimum_points is 1; a year has 4 quarters, and a spread needs 2 of them"]),
        (PreviousFinancialYear(minimum_points=13), COUNT, PeriodKind.MONTH, ["minimum_points is 13; a year has 12 months, and a spread needs 2 of them"]),
        (PreviousFinancialYear(minimum_points=54), COUNT, PeriodKind.WEEK, ["minimum_points is 54; a year has 53 weeks, and a spread needs 2 of them"]),
        (PreviousFinancialYear(minimum_points=367), COUNT, PeriodKind.DAY, ["minimum_points is 367; a year has 366 days, and a spread needs 2 of them"]),
        (PreviousFinancialYear(minimum_points=366), COUNT, PeriodKind.DAY, []),
        (PreviousFinancialYear(minimum_points=53), COUNT, PeriodKind.WEEK, []),
        (PreviousFinancialYear(minimum_points=2), COUNT, PeriodKind.QUARTER, []),
        (PreviousFinancialYear(), COUNT, PeriodKind.DAY, []),
        (RebasedAverage(run=1, baseline=1), COUNT, PeriodKind.MONTH, ["a run of 1 has no spread; write 2 or more", "a baseline of 1 has no spread; write 2 or more"]),
        (RebasedAverage(run=2, baseline=2), COUNT, PeriodKind.MONTH, []),
        (RebasedAverage(mode="propose", rebase_on=(OF_A_QUARTER,)), COUNT, PeriodKind.MONTH, ["rebase_on: 2018/19-Q2 is no month"]),
        (RebasedAverage(mode="propose", rebase_on=(OF_A_QUARTER,)), COUNT, PeriodKind.QUARTER, []),
        (RebasedAverage(rebase_on=(OF_A_QUARTER,)), COUNT, PeriodKind.QUARTER, ["rebase_on needs `mode: propose`; auto moves the centre by itself"]),
        (Xmr(rebase_on=(OF_A_QUARTER,), minimum_points=1), COUNT, PeriodKind.MONTH, ["rebase_on: 2018/19-Q2 is no month", "minimum_points must be 2 or more: one figure has no moving range"]),
        (Xmr(rebase_on=(OF_A_QUARTER,), baseline=Baseline(first=2)), COUNT, PeriodKind.QUARTER, []),
        (Rolling(window=1), COUNT, PeriodKind.MONTH, ["a window needs 2 periods or more"]),
        (Rolling(window=2), COUNT, PeriodKind.MONTH, []),
        (PChart(), RATE, PeriodKind.MONTH, ["p limits are for percents with numerator and denominator"]),
        (PChart(), PERCENT, PeriodKind.MONTH, []),
        (UChart(), COUNT, PeriodKind.MONTH, ["u limits are for rates with numerator and denominator"]),
        (UChart(), RATE, PeriodKind.MONTH, []),
        (UChart(), PERCENT, PeriodKind.MONTH, []),
        (CChart(), RATE, PeriodKind.MONTH, ["c limits are for counts"]),
        (CChart(), COUNT, PeriodKind.MONTH, []),
        (Funnel(), COUNT, PeriodKind.MONTH, ["funnel limits are for percents and rates with a denominator"]),
        (Funnel(), RATE, PeriodKind.MONTH, []),
        (Funnel(), a_measure(unit=Unit.NUMBER), PeriodKind.MONTH, []),
        (Seasonal(), RATE, PeriodKind.DAY, ["seasonal limits are for counts", "seasonal limits are for weeks and months"]),
        (Seasonal(half_width=2), COUNT, PeriodKind.MONTH, ["half_width: 2 leaves no 9 seasons beside the window"]),
        (Seasonal(half_width=-1), COUNT, PeriodKind.MONTH, ["half_width: -1 leaves no 9 seasons beside the window"]),
        (Seasonal(half_width=1, leave_out=12), COUNT, PeriodKind.MONTH, ["leave_out: 12 must lie from 0 to below a year"]),
        (Seasonal(half_width=0, leave_out=-1), COUNT, PeriodKind.MONTH, ["leave_out: -1 must lie from 0 to below a year"]),
        (Seasonal(half_width=21, leave_out=51), COUNT, PeriodKind.WEEK, []),
        (Seasonal(half_width=22, leave_out=52), COUNT, PeriodKind.WEEK, ["half_width: 22 leaves no 9 seasons beside the window", "leave_out: 52 must lie from 0 to below a year"]),
        (Seasonal(years=0, confidence=SHARE), COUNT, PeriodKind.MONTH, ["years must be 1 or more", "confidence lies above 50 % and below 100 %"]),
        (Seasonal(years=1, leave_out=0, confidence=Amount(number=50.5, relative=True)), COUNT, PeriodKind.MONTH, []),
        (Seasonal(confidence=Amount(number=50.0, relative=True)), COUNT, PeriodKind.MONTH, ["confidence lies above 50 % and below 100 %"]),
        (Seasonal(confidence=Amount(number=100.0, relative=True)), COUNT, PeriodKind.MONTH, ["confidence lies above 50 % and below 100 %"]),
    ],
    ids=lambda case: getattr(case, "key", ""),
)  # fmt: skip
def test_limits_say_what_cannot_work_under_every_condition_that_takes_them(limits, measure, every, refusals):
    assert limits.problems(measure, every) == refusals
    asked = [AboveUpperLimit(limits=limits), BelowLowerLimit(limits=limits), OutsideLimits(limits=limits)]
    asked += [Run(of=limits), NearLimit(limits=limits), Not(part=OutsideLimits(limits=limits))]
    asked += [AnyOf(parts=(OutsideLimits(limits=limits),))]
    if isinstance(limits, RebasedAverage):
        asked.append(AverageMoved(limits=limits))
    if isinstance(limits, Funnel):
        asked.append(OutlierAmongAreas(limits=limits))
    assert [condition.problems(measure, every) for condition in asked] == [refusals] * len(asked)
