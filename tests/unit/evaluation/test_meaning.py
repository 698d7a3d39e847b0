"""Side, meaning and assurance of findings: a concern, an improvement or a change, by what decided and never by words."""

from datetime import date

import numpy as np
import pytest
from samples.worlds import _, a_measure, a_panel, floats, judged

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
from alerting.domain.block import Block
from alerting.domain.finding import State
from alerting.domain.measure import Covers, Expected, Level, Polarity, Span, Unit
from alerting.domain.parameters import Amount, Band, Milestone
from alerting.domain.period import PeriodKind
from alerting.evaluation.assurance import assurances
from alerting.limits.fixed import Fixed
from alerting.limits.rebased_average import RebasedAverage
from alerting.limits.xmr import Xmr

LINES = Fixed(lower=2.0, upper=8.0, centre=5.0)
ANY, UNIT = Amount(number=0.0, relative=True), Amount(number=0.0)
FIVE = Level(number=5.0)
PLAN = (Milestone(date=date(2018, 4, 30), value=5.0), Milestone(date=date(2019, 12, 31), value=5.0))
RED_LOW = (Band(name="red", at_least=None, below=5.0), Band(name="green", at_least=5.0, below=None))
BOTH_BAD = (
    Band(name="red", at_least=8.0, below=None), Band(name="amber", at_least=None, below=2.0),
    Band(name="green", at_least=2.0, below=8.0),
)  # fmt: skip
BETTER = {"lower": Polarity.LOWER, "higher": Polarity.HIGHER, "neither": Polarity.NEITHER}


def newest(condition, figures, better="lower", **extra):
    measure = a_measure(better=BETTER[better], unit=Unit.NUMBER, **extra)
    planes = {name: np.full((len(figures), 1), 5.0) for name in ("plan", "average", "target")}
    return judged(condition, a_panel(figures, planes=planes), measure)[-1]


@pytest.mark.parametrize(
    ("condition", "figures", "side"),
    [
        (TargetMissed(at_least=FIVE), [4], "below"),
        (TargetMissed(at_most=FIVE), [6], "above"),
        (BelowTrajectory(milestones=PLAN), [4], "below"),
        (AboveTrajectory(milestones=PLAN), [6], "above"),
        (OutsideRange(low=2.0, high=8.0), [1], "below"),
        (OutsideRange(low=2.0, high=8.0), [9], "above"),
        (InBand(bands=RED_LOW), [4], "below"),
        (InBand(bands=RED_LOW[::-1]), [6], "above"),
        (InBand(bands=BOTH_BAD, exception_from="amber"), [9], "above"),
        (InBand(bands=BOTH_BAD, exception_from="amber"), [1], "below"),
        (ReductionMissed(at_least=Amount(number=50.0, relative=True), versus="previous_period"), [6, 5], "above"),
        (Variance(over=UNIT), [6], "above"),
        (Variance(under=UNIT), [4], "below"),
        (WillMiss(at_least=Level(number=9.0), due=date(2018, 4, 30)), [4], "below"),
        (WillMiss(at_most=FIVE, due=date(2018, 4, 30)), [6], "above"),
        (AnyOf(parts=(OutsideLimits(limits=LINES), TargetMissed(at_least=FIVE))), [4], "below"),
        (AllOf(parts=(TargetMissed(at_least=FIVE), Change(versus="previous_period", falls_by=ANY))), [6, 4], "below"),
    ],
    ids=lambda case: getattr(case, "key", str(case)),
)  # fmt: skip
@pytest.mark.parametrize("better", BETTER)
def test_what_is_missed_is_a_concern_whichever_way_is_better(condition, figures, side, better):
    found = newest(condition, figures, better)
    assert (found.state, found.side, found.meaning) == (State.EXCEPTION, side, "concern")


@pytest.mark.parametrize(
    ("condition", "figures", "side"),
    [
        (OutsideLimits(limits=LINES), [9], "above"),
        (OutsideLimits(limits=LINES), [1], "below"),
        (AboveUpperLimit(limits=LINES), [9], "above"),
        (BelowLowerLimit(limits=LINES), [1], "below"),
        (Run(of=LINES, length=2), [6, 6], "above"),
        (Run(of=LINES, length=2), [4, 4], "below"),
        (Trend(length=3), [1, 2, 3], "above"),
        (Trend(length=3), [3, 2, 1], "below"),
        (NearLimit(limits=LINES), [7.5, 6, 7.5], "above"),
        (NearLimit(limits=LINES), [2.5, 4, 2.5], "below"),
        (AverageMoved(limits=RebasedAverage(baseline=2, run=2)), [4, 6, 7, 7.5], "above"),
        (AverageMoved(limits=RebasedAverage(baseline=2, run=2)), [4, 6, 3, 2], "below"),
        (Change(versus="previous_period", moves_by=ANY), [5, 6], "above"),
        (Change(versus="previous_period", falls_by=ANY), [5, 4], "below"),
        (Variance(against="average", over=UNIT), [6], "above"),
        (Variance(against="average", under=UNIT), [4], "below"),
        (AnyOf(parts=(TargetMissed(at_least=Level(number=0.0)), OutsideLimits(limits=LINES))), [9], "above"),
        (AllOf(parts=(OutsideLimits(limits=LINES), OutsideRange(high=8.0))), [9], "above"),
        (Not(part=Not(part=OutsideLimits(limits=LINES))), [1], "below"),
    ],
    ids=lambda case: getattr(case, "key", str(case)),
)  # fmt: skip
def test_all_else_is_a_concern_or_an_improvement_by_its_side(condition, figures, side):
    worse = {"above": "lower", "below": "higher"}[side]
    for better in BETTER:
        found = newest(condition, figures, better)
        expected = "change" if better == "neither" else "concern" if better == worse else "improvement"
        assert (found.state, found.side, found.meaning) == (State.EXCEPTION, side, expected)


def test_no_word_of_a_rule_or_measure_decides():
    found = newest(OutsideLimits(limits=LINES), [9], "higher", title="Missed target", called="limit")
    assert found.meaning == "improvement"
    assert newest(OutsideRange(high=8.0, called="usual level"), [9], "higher").meaning == "concern"


@pytest.mark.parametrize(
    ("part", "figures", "side", "lower", "neither"),
    [
        (TargetMissed(at_most=FIVE), [4], "below", "improvement", "change"),
        (TargetMissed(at_most=FIVE), [5], None, "improvement", "change"),
        (TargetMissed(at_least=FIVE), [6], "above", "improvement", "change"),
        (BelowTrajectory(milestones=PLAN), [6], "above", "improvement", "change"),
        (InBand(bands=RED_LOW[::-1]), [4], None, "improvement", "change"),
        (AboveUpperLimit(limits=LINES), [5], "below", "improvement", "change"),
        (BelowLowerLimit(limits=LINES), [5], "above", "concern", "change"),
        (OutsideLimits(limits=LINES), [5], None, "change", "change"),
        (Change(versus="previous_period", rises_by=ANY), [5, 4], "below", "improvement", "change"),
    ],
    ids=lambda case: getattr(case, "key", str(case)),
)  # fmt: skip
def test_under_not_nothing_is_missed_and_the_value_says_its_side(part, figures, side, lower, neither):
    for better, expected in (("lower", lower), ("neither", neither)):
        found = newest(Not(part=part), figures, better)
        assert (found.state, found.side, found.meaning) == (State.EXCEPTION, side, expected)


@pytest.mark.parametrize(
    ("condition", "figures", "side"),
    [
        (TargetMissed(at_least=FIVE), [6], "above"),
        (TargetMissed(at_least=FIVE), [5], None),
        (TargetMissed(at_least=Level(number=0.3)), [0.1 + 0.2], None),
        (BelowTrajectory(milestones=PLAN), [6], "above"),
        (AboveUpperLimit(limits=LINES), [7], "below"),
        (OutsideLimits(limits=LINES), [7], None),
        (OutsideRange(low=2.0, high=8.0), [7], None),
        (InBand(bands=RED_LOW), [7], None),
        (Variance(over=UNIT), [4], "below"),
        (Change(versus="previous_period", rises_by=UNIT), [5, 5], None),
    ],
    ids=lambda case: getattr(case, "key", str(case)),
)
def test_what_is_normal_means_nothing_and_lies_where_it_lies(condition, figures, side):
    found = newest(condition, figures)
    assert (found.state, found.side, found.meaning) == (State.NORMAL, side, None)


def test_without_a_verdict_there_is_neither_side_nor_meaning():
    found = newest(TargetMissed(at_least=Level(column="nowhere")), [6])
    assert (found.state, found.side, found.meaning, found.assurance) == (State.NO_DATA, None, None, None)


def test_a_figure_that_has_not_come_is_no_concern():
    for condition in (NotFresh(), AnyOf(parts=(TargetMissed(at_least=FIVE), NotFresh()))):
        found = newest(condition, [6, _], expected=Expected(days=0))
        assert (found.state, found.side, found.meaning) == (State.EXCEPTION, None, None)


def test_a_place_and_a_funnel_go_by_the_measure():
    tops, bottoms = floats([60, 40, 40, 38, 22])[None, :], np.full((1, 5), 100.0)
    planes = {"numerator": tops, "denominator": bottoms}
    panel = a_panel(*tops.T.tolist(), siblings=np.zeros(5, dtype=np.intp), planes=planes)
    for better, funnel in (("higher", "improvement"), ("lower", "concern"), ("neither", "change")):
        measure = a_measure(better=BETTER[better], unit=Unit.PERCENT)
        found = judged(OutlierAmongAreas(), panel, measure)[-1]
        assert (found.side, found.meaning) == ("above", funnel)
    first_is_worst = judged(Rank(worse_than=4), panel, a_measure(better=Polarity.LOWER))[-1]
    assert (first_is_worst.side, first_is_worst.meaning) == ("above", "concern")


# Assurance

STEADY = [50, 52, 49, 51, 50, 52, 48, 51, 50, 49, 51, 50, 52, 50]  # natural range about 46 to 56


@pytest.mark.parametrize(
    ("condition", "better", "expected"),
    [
        (TargetMissed(at_least=Level(number=40.0)), "higher", "passes"),
        (TargetMissed(at_least=Level(number=51.0)), "higher", "hit_and_miss"),
        (TargetMissed(at_least=Level(number=60.0)), "higher", "fails"),
        (TargetMissed(at_most=Level(number=60.0)), "higher", "passes"),
        (TargetMissed(at_most=Level(number=40.0)), "lower", "fails"),
        (OutsideLimits(limits=LINES), "higher", None),
    ],
)  # fmt: skip
def test_assurance_says_where_the_natural_range_lies_of_the_target(condition, better, expected):
    assert newest(condition, STEADY, better).assurance == expected


def test_the_measures_own_target_serves_every_rule():
    rule = OutsideLimits(limits=LINES)
    assert newest(rule, STEADY, "higher", target=Level(number=40.0)).assurance == "passes"
    assert newest(rule, STEADY, "lower", target=Level(number=40.0)).assurance == "fails"
    assert newest(rule, STEADY, "neither", target=Level(number=40.0)).assurance is None
    assert newest(rule, STEADY, "higher", target=Level(number=40.0), covers=Covers.YEAR_TO_DATE).assurance is None
    year = Span(count=12, kind=PeriodKind.MONTH)
    assert newest(rule, STEADY, "higher", target=Level(number=40.0), rolling=year).assurance is None


def assured(figures, target=40.0, **extra):
    found = judged(TargetMissed(at_least=Level(number=target)), a_panel(figures, **extra), a_measure())
    return found[-1].assurance


def test_assurance_needs_twelve_steady_figures_after_the_last_break():
    assert assured(STEADY[:11]) is None
    assert assured(STEADY[:12]) == "passes"
    assert assured([*STEADY, 70]) is None  # outside its own limits
    assert assured([*STEADY[:6], _, *STEADY[:6]]) == "passes"  # a gap takes no part
    broken = (np.arange(14) >= 3).astype(np.int32)[:, None]
    assert assured(STEADY, segments=broken) is None
    assert assured([*STEADY, *STEADY], segments=(np.arange(28) >= 3).astype(np.int32)[:, None]) == "passes"
    excluded = np.zeros((14, 1), dtype=bool)
    excluded[2:5] = True
    assert assured(STEADY, excluded=excluded) is None


def test_assurance_looks_at_the_last_twenty_four_figures():
    assert assured([500] * 30 + STEADY + STEADY[:10]) == "passes"
    assert assured([500] * 30 + STEADY + STEADY[:9]) is None


@pytest.mark.parametrize("seed", range(20))
def test_assurance_agrees_with_limits_made_of_those_figures_alone(seed):
    """The range is that of xmr limits with their defaults, on a panel of nothing but the last figures."""
    chance = np.random.default_rng(seed)
    figures = chance.normal(50, 3, 40).round(1)
    figures[chance.random(40) < 0.1] = np.nan
    figures[-1] = 50.0
    panel = a_panel(figures.tolist())
    places = np.flatnonzero(figures == figures)[-24:]
    alone = a_panel(figures[places[0] :].tolist())
    row = alone.n_periods - 1
    lines = Xmr().compute(Block(alone, row, row + 1, slice(0, 1)), {})
    for target in (30.0, 45.0, 50.0, 55.0, 70.0):
        block = Block(panel, 39, 40, slice(0, 1))
        (found,) = assurances(block, np.array([target]), high_is_good=np.array([1.0]))
        low, high, own = lines.lower[0, 0], lines.upper[0, 0], figures[places]
        if own.min() < low or own.max() > high:
            assert found is None
        else:
            assert found.word == ("passes" if low >= target else "fails" if high < target else "hit_and_miss")


# Streaks


def test_a_streak_is_of_one_side():
    found = judged(OutsideLimits(limits=LINES), a_panel([9, 9, 1, 1, 9, _, 9, 5, 9]))
    assert [one.consecutive for one in found] == [1, 2, 1, 2, 1, None, 1, 0, 1]
    assert found[2].text is not None
    assert "running" not in found[2].text
    assert "second month running" in str(found[3].text)


def test_figures_that_all_lie_in_an_exclusion_promise_nothing():
    everything = np.ones((14, 1), dtype=bool)
    assert assured(STEADY, excluded=everything) is None

    two = a_panel(STEADY, STEADY, excluded=np.column_stack([everything, ~everything]))
    found = assurances(Block(two, 13, 14, slice(0, 2)), np.full(2, 40.0), high_is_good=np.ones(2))
    assert [one and one.word.value for one in found] == [None, "passes"]
