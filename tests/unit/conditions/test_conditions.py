"""Each condition as a table: a series as the eye sees it, and a letter for each period's verdict.

n normal, E exception, d no data, h not enough history.
"""

from datetime import date

import numpy as np
import pytest
from samples.brought import of_conditions
from samples.worlds import _, a_block, a_measure, a_panel, floats, judged, reasons, rules_for, states

from alerting.conditions.above_upper_limit import AboveUpperLimit
from alerting.conditions.average_moved import AverageMoved
from alerting.conditions.below_lower_limit import BelowLowerLimit
from alerting.conditions.change import Change
from alerting.conditions.composition import AllOf, AnyOf, Not
from alerting.conditions.outside_limits import OutsideLimits
from alerting.conditions.outside_range import OutsideRange
from alerting.conditions.reduction_missed import ReductionMissed
from alerting.conditions.run import Run
from alerting.conditions.target_missed import TargetMissed
from alerting.conditions.trajectory import AboveTrajectory, BelowTrajectory
from alerting.conditions.trend import Trend
from alerting.conditions.variance import Variance
from alerting.domain.finding import Reason, State
from alerting.domain.measure import Aggregate, Covers, Level, Polarity, Unit
from alerting.domain.parameters import Amount, Band, Milestone
from alerting.domain.period import PeriodKind
from alerting.evaluation.engine import evaluate
from alerting.evaluation.findings import findings
from alerting.limits.fixed import Fixed
from alerting.limits.previous_financial_year import PreviousFinancialYear
from alerting.limits.published import Published
from alerting.limits.rebased_average import RebasedAverage

TWO_TO_FOUR = Fixed(lower=2.0, upper=4.0)
AT_LEAST_3 = TargetMissed(at_least=Level(number=3.0))
BANDS = (
    Band(name="red", at_least=None, below=15.0),
    Band(name="amber", at_least=15.0, below=20.0),
    Band(name="green", at_least=20.0, below=None),
)


VERDICTS = [
    pytest.param(verdicts, id=f"{key}-{verdicts.id}")
    for key, brought in of_conditions().items()
    for verdicts in brought.verdicts
]


@pytest.mark.parametrize("case", VERDICTS)
def test_verdicts(case):
    assert case.letters == states(case.condition, case.values)


@pytest.mark.parametrize(
    ("side", "values", "expected"),
    [
        pytest.param("above", [4, 4, 4, 4], "hhEE", id="three-above"),
        pytest.param("above", [4, 4, 3, 4], "hhnn", id="on-the-centre-ends-it"),
        pytest.param("above", [4, 2, 4, 4], "hnnn", id="the-other-side-ends-it"),
        pytest.param("above", [4, 4, 4, _, 4], "hhEdd", id="a-gap-leaves-it-open"),
        pytest.param("above", [4, 4, 4, _, 2], "hhEdn", id="unless-a-value-refutes-it"),
        pytest.param("below", [4, 4, 4], "nnn", id="above-is-not-below"),
        pytest.param("either", [2, 2, 2, 4, 4, 4], "hhEnnE", id="either-side"),
    ],
)
def test_runs(side, values, expected):
    assert expected == states(Run(side=side, length=3, of=Fixed(centre=3.0)), values)


def test_a_gap_is_named_as_the_reason():
    found = reasons(Run(side="above", length=3, of=Fixed(centre=3.0)), [4, 4, 4, _, 4])
    assert [Reason.MISSING, Reason.GAP] == found[-2:]


def test_a_run_is_counted_against_the_centre_before_it_moved_and_starts_again_after():
    limits = RebasedAverage(baseline=3, run=3)
    values = [10, 10, 10, 12, 12, 12, 12, 12]
    assert "hhhnnEnn" == states(AverageMoved(limits=limits), values)
    assert "hhhnnEnn" == states(Run(side="above", length=3, of=limits), values)
    moved = judged(AverageMoved(limits=limits), a_panel(values))[5]
    assert (10.0, 12.0, "2018-09") == (moved.previous_centre, moved.centre, str(moved.rebased_on))


def test_a_run_that_moves_the_centre_shows_the_new_one_and_speaks_of_the_old():
    limits = RebasedAverage(baseline=3, run=3)
    values = [10, 10, 10, 12, 12, 12]
    found, beside = (
        judged(one, a_panel(values))[5] for one in (Run(length=3, of=limits), OutsideLimits(limits=limits))
    )
    assert (beside.centre, beside.lower, beside.upper) == (found.centre, found.lower, found.upper) == (12.0, 12.0, 12.0)
    assert "all above the average of 10." in found.text


def test_a_run_longer_than_that_of_its_limits_never_reaches_across_the_move_before():
    """The centre moves with the 12.5 and with the third 14: only three lie above the centre between."""
    limits = RebasedAverage(baseline=3, run=3)
    values = [10, 10, 10, 12, 12, 12.5, 14, 14, 14, 14, 13]
    assert "hhhnnEnnEnn" == states(AverageMoved(limits=limits), values)
    assert "hhhnnEnnEnn" == states(Run(side="above", length=3, of=limits), values)
    assert "hhhnnnnnnnn" == states(Run(side="above", length=4, of=RebasedAverage(baseline=3, run=3)), values[:11])


def test_published_limits_without_any_are_no_limits():
    nothing = a_panel([1.0])
    assert [Reason.NO_LIMITS] == [one.reason for one in judged(AboveUpperLimit(limits=Published()), nothing)]


def test_a_target_before_its_due_day_is_normal_and_says_so():
    found = judged(TargetMissed(at_least=Level(number=80.0), due=date(2018, 6, 1)), a_panel([27.0, 27.0, 27.0]))
    assert ["normal", "normal", "exception"] == [one.state.word for one in found]
    assert ["2018-06-01", "2018-06-01", None] == [one.due for one in found]
    assert "due by 1 June 2018" in (found[0].text or "")


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        pytest.param(Level(dated=((date(2018, 5, 1), 3.0), (date(2018, 6, 1), 1.0))), [None, 3.0, 1.0], id="dated"),
        pytest.param(Level(by_area=(("default", Level(number=7.0)),)), [7.0, 7.0, 7.0], id="default-of-areas"),
        pytest.param(
            Level(by_area=(("a0", Level(number=5.0)), ("default", Level(number=7.0)))), [5.0] * 3, id="by-area"
        ),
        pytest.param(Level(column="goal"), [1.0, 2.0, None], id="column"),
        pytest.param(Level(column="absent"), [None] * 3, id="absent-column"),
    ],
)
def test_targets_may_be_dated_by_area_or_a_column(level, expected):
    panel = a_panel([2, 2, 2], planes={"goal": floats([1, 2, _])[:, None]})
    found = judged(TargetMissed(at_least=level), panel)
    assert expected == [one.target for one in found]
    assert [one.reason is Reason.NO_TARGET for one in found] == [value is None for value in expected]


def test_the_measures_own_target_and_side_serve():
    measure = a_measure(target=Level(number=3.0), better=Polarity.HIGHER)
    assert "nE" == states(TargetMissed(), [3, 2], measure=measure)
    assert "nE" == states(TargetMissed(), [3, 4], measure=a_measure(target=Level(number=3.0)))


PLAN = (Milestone(date=date(2018, 5, 31), value=10.0), Milestone(date=date(2018, 7, 31), value=20.0))


@pytest.mark.parametrize(
    ("condition", "values", "expected"),
    [
        pytest.param(BelowTrajectory(milestones=PLAN), [0, 9, 14, 20, 19], "nEEnE", id="below-a-line"),
        pytest.param(BelowTrajectory(milestones=PLAN, shape="step"), [0, 9, 10, 19], "nEnE", id="below-steps"),
        pytest.param(BelowTrajectory(milestones=PLAN, tolerance=1.0), [0, 9, 8.9, 18.9], "nnEE", id="tolerance"),
        pytest.param(AboveTrajectory(milestones=PLAN), [99, 10, 11], "nnn", id="above-before-the-plan"),
        pytest.param(AboveTrajectory(milestones=PLAN), [99, 10.5], "nE", id="above"),
    ],
)
def test_trajectories(condition, values, expected):
    assert expected == states(condition, values)


def rise(number, relative=True, versus="previous_period"):
    return Change(versus=versus, rises_by=Amount(number=number, relative=relative))


@pytest.mark.parametrize(
    ("condition", "values", "expected"),
    [
        pytest.param(rise(10), [100, 110, 120.9, _, 130], "dEndd", id="at-least-so-much"),
        pytest.param(rise(10, relative=False), [100, 110, 119], "dEn", id="in-the-unit"),
        pytest.param(rise(0), [5, 5, 6, 5], "dnEn", id="zero-means-any"),
        pytest.param(rise(10), [0, 5], "dd", id="base-zero"),
        pytest.param(rise(10), [-100, -80], "dE", id="relative-to-the-size-of-the-base"),
        pytest.param(
            Change(versus="previous_period", falls_by=Amount(number=10, relative=True)),
            [100, 90, 82],
            "dEn",
            id="falls",
        ),
        pytest.param(
            Change(versus="previous_period", moves_by=Amount(number=10, relative=True)),
            [100, 90, 99],
            "dEE",
            id="moves",
        ),
    ],
)
def test_changes_on_the_period_before(condition, values, expected):
    assert expected == states(condition, values)


def test_why_there_is_no_change():
    assert [Reason.NO_COMPARISON, Reason.ZERO_BASE] == reasons(rise(10), [0, 5])


def test_changes_on_the_year_before_need_the_same_month():
    values = [100] * 12 + [110, 109, _, 120]
    found = states(rise(10, versus="same_period_last_year"), values)
    assert "d" * 12 + "EndE" == found


def test_a_year_to_date_starts_with_the_financial_year_and_needs_every_month():
    values = [10] * 12 + [12, 10, 11, _, 50]
    found = judged(rise(10, versus="year_to_date"), a_panel(values))
    assert [20.0, 10.0, 10.0, None, None] == [
        one.change if one.change is None else round(one.change, 9) for one in found[12:]
    ]
    assert "EEEdd" == states(rise(10, versus="year_to_date"), values)[12:]


def test_a_year_to_date_of_a_ratio_is_the_ratio_of_sums():
    top, bottom = floats([50] * 12 + [30, 10])[:, None], floats([100] * 12 + [100, 300])[:, None]
    panel = a_panel([50.0] * 12 + [30.0, 10 / 3], planes={"numerator": top, "denominator": bottom})
    measure = a_measure(unit=Unit.PERCENT)
    found = judged(rise(0, relative=False, versus="year_to_date"), panel, measure)
    assert (30 - 50, 10 - 50) == (found[12].change, found[13].change)


def test_twelve_months_are_held_against_the_twelve_before():
    values = [10] * 12 + [10] * 11 + [34]
    assert "d" * 23 + "E" == states(rise(20, versus="rolling_12_months"), values)
    assert "d" * 23 + "n" == states(rise(20.1, versus="rolling_12_months"), values)


def test_a_printed_span_is_compared_with_last_years_not_added_up():
    measure = a_measure(covers=Covers.YEAR_TO_DATE)
    found = judged(rise(10, versus="year_to_date"), a_panel([10, 20] + [0] * 10 + [11, 30]), measure)
    assert (10.0, 50.0) == (found[12].change, found[13].change)


def test_a_published_change_serves_where_none_can_be_computed_and_is_marked():
    panel = a_panel([5.0], planes={"change_year_to_date": floats([-9])[:, None]})
    condition = Change(versus="year_to_date", falls_by=Amount(number=0, relative=True))
    (found,) = judged(condition, panel)
    assert ("exception", -9.0, "as published") == (found.state.word, found.change, found.evidence["change"])
    assert "as published" in (found.text or "")


def test_significance_is_a_two_proportion_test():
    """p 50/100 against 60/100 has z = 1.421; 500/1000 against 600/1000 has z = 4.495 (pooled, two-sided)."""
    for scale, expected in ((1, "n"), (10, "E")):
        top = floats([50 * scale, 60 * scale])[:, None]
        bottom = floats([100 * scale] * 2)[:, None]
        panel = a_panel([50.0, 60.0], planes={"numerator": top, "denominator": bottom})
        condition = Change(
            versus="previous_period", rises_by=Amount(number=0), significant=Amount(number=95, relative=True)
        )
        found = judged(condition, panel, a_measure(unit=Unit.PERCENT))
        assert expected == {"exception": "E", "normal": "n"}[found[1].state.word]


@pytest.mark.parametrize("share", [0.0, 100.0])
@pytest.mark.parametrize("relative", [True, False])
def test_none_and_none_or_all_and_all_do_not_differ(share, relative):
    panel = a_panel(
        [share] * 2,
        planes={"numerator": floats([share, share * 2])[:, None], "denominator": floats([100, 200])[:, None]},
    )
    condition = Change(
        versus="previous_period",
        moves_by=Amount(number=0, relative=relative),
        significant=Amount(number=95, relative=True),
    )
    found = judged(condition, panel, a_measure(unit=Unit.PERCENT))[1]
    expected = (State.NO_DATA, Reason.ZERO_BASE) if relative and not share else (State.NORMAL, None)
    assert expected == (found.state, found.reason)


def test_nothing_is_compared_across_a_break():
    segments = np.array([[0], [0], [1], [1]], dtype=np.int32)
    assert "dEdE" == states(rise(10), [100, 120, 150, 180], segments=segments)
    assert "hhhh" == states(Trend(length=3), [1, 2, 3, 4], segments=segments)
    published = {"change_year_to_date": floats([1, 1, 1, 1])[:, None]}
    crossing = rise(0, versus="year_to_date")
    assert "EEdd" == states(crossing, [1, 1, 1, 1], segments=segments, planes=published)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param([100, 75], "dn", id="exactly-met"),
        pytest.param([100, 76], "dE", id="short-of-it"),
        pytest.param([100, 101], "dE", id="a-rise"),
    ],
)
def test_reductions(values, expected):
    condition = ReductionMissed(at_least=Amount(number=25, relative=True), versus="previous_period")
    assert expected == states(condition, values)


@pytest.mark.parametrize(
    ("condition", "plan", "expected"),
    [
        pytest.param(Variance(over=Amount(number=1, relative=True)), 100, "n", id="exactly-on-the-edge"),
        pytest.param(Variance(over=Amount(number=0.9, relative=True)), 100, "E", id="over"),
        pytest.param(Variance(under=Amount(number=0, relative=False)), 102, "E", id="under"),
        pytest.param(Variance(under=Amount(number=1, relative=False)), 102, "n", id="exactly-on-the-lower-edge"),
        pytest.param(Variance(over=Amount(number=1, relative=True)), 0, "d", id="nothing-to-be-relative-to"),
        pytest.param(Variance(over=Amount(number=1, relative=False)), 0, "E", id="a-plan-of-nothing-in-the-unit"),
        pytest.param(Variance(over=Amount(number=1, relative=True)), _, "d", id="no-plan"),
        pytest.param(Variance(over=Amount(number=1, relative=True)), -101, "E", id="a-negative-plan"),
    ],
)
def test_variances(condition, plan, expected):
    assert expected == states(condition, [101], planes={"plan": floats([plan])[:, None]})


@pytest.mark.parametrize(("plan", "reason"), [(0, Reason.ZERO_BASE), (_, Reason.NO_PLAN), (100, None)])
def test_why_there_is_no_variance(plan, reason):
    relative = Variance(over=Amount(number=5, relative=True))
    assert [reason] == reasons(relative, [101], planes={"plan": floats([plan])[:, None]})


def test_a_variance_of_percentages_is_in_percent_too_where_the_rule_is_about_that():
    planes = {"plan": floats([50])[:, None]}
    said = [
        judged(
            Variance(over=Amount(number=1, relative=relative)),
            a_panel([60], planes=planes),
            a_measure(unit=Unit.PERCENT),
        )[0].text
        for relative in (True, False)
    ]
    assert ["10 points, or 20%, over the plan of 50%" in said[0], "10 points over the plan of 50%" in said[1]] == [
        True,
        True,
    ]


def test_a_reduction_of_percentages_is_one_of_their_mean_and_of_printed_spans_one_on_last_years():
    condition = ReductionMissed(at_least=Amount(number=12), versus="year_to_date")
    values = [50] * 12 + [40, 30]
    found = judged(condition, a_panel(values), a_measure(unit=Unit.PERCENT, aggregate=Aggregate.MEAN))[-2:]
    assert [(-10.0, State.EXCEPTION), (-15.0, State.NORMAL)] == [(one.change, one.state) for one in found]
    found = judged(condition, a_panel(values), a_measure(unit=Unit.COUNT, covers=Covers.YEAR_TO_DATE))[-2:]
    assert [(-10.0, State.EXCEPTION), (-20.0, State.NORMAL)] == [(one.change, one.state) for one in found]
    assert -30.0 == judged(condition, a_panel(values), a_measure(unit=Unit.COUNT))[-1].change


E, N = OutsideRange(high=0.0), OutsideRange(low=0.0)  # on the value 1: exception, normal
D = Variance(over=Amount(number=1))  # no data: there is no plan
H = Run(length=3, of=Fixed(centre=0.0))  # not enough history


@pytest.mark.parametrize(
    ("parts", "any_of", "all_of"),
    [
        ((E, N), "E", "n"), ((E, E), "E", "E"), ((N, N), "n", "n"), ((E, D), "E", "d"), ((N, D), "d", "n"),
        ((H, N), "h", "n"), ((H, E), "E", "h"), ((D, H), "d", "d"), ((H, D), "d", "d"), ((H, H), "h", "h"),
    ],
)  # fmt: skip
def test_composition_is_three_valued(parts, any_of, all_of):
    assert any_of == states(AnyOf(parts=parts), [1])
    assert all_of == states(AllOf(parts=parts), [1])


PLANS, POINTS = Reason.NO_PLAN, Reason.FEW_POINTS


@pytest.mark.parametrize(
    ("parts", "any_of", "all_of"),
    [
        ((E, D), None, PLANS), ((N, D), PLANS, None), ((H, N), POINTS, None), ((H, E), None, POINTS),
        ((D, H), PLANS, PLANS), ((H, D), PLANS, PLANS), ((H, H), POINTS, POINTS), ((N, H, D), PLANS, None),
    ],
)  # fmt: skip
def test_a_composition_has_the_reason_of_the_part_that_leaves_it_open(parts, any_of, all_of):
    assert [any_of] == reasons(AnyOf(parts=parts), [1])
    assert [all_of] == reasons(AllOf(parts=parts), [1])
    assert [any_of] == reasons(Not(part=AnyOf(parts=parts)), [1])


MISSED = TargetMissed(at_most=Level(number=0.5))


@pytest.mark.parametrize(
    ("condition", "says"),
    [
        (AnyOf(parts=(N, MISSED)), "0.5 above the target of 0.5"),
        (AnyOf(parts=(AllOf(parts=(N, N)), N, MISSED)), "0.5 above the target of 0.5"),
        (AnyOf(parts=(AllOf(parts=(E, MISSED)), E)), "1 above the highest accepted value of 0"),
        (AnyOf(parts=(N, AnyOf(parts=(N, MISSED)), E)), "0.5 above the target of 0.5"),
        (AnyOf(parts=(N, Not(part=AnyOf(parts=(N, N))), MISSED)), "not below the lowest accepted value of 0"),
        (AllOf(parts=(Not(part=AnyOf(parts=(N, N))), MISSED, E)), "not below the lowest accepted value of 0"),
    ],
)
def test_the_words_are_those_of_the_part_that_decided_however_deep_it_lies(condition, says):
    (found,) = judged(condition, a_panel([1.0]))
    assert (State.EXCEPTION, True) == (found.state, says in found.text), found.text


def test_the_parts_of_a_composition_take_from_the_measure_what_they_need():
    measure = a_measure(target=Level(number=3.0), better=Polarity.HIGHER)
    for condition in (AnyOf(parts=(TargetMissed(),)), AllOf(parts=(TargetMissed(), TargetMissed()))):
        assert "nE" == states(condition, [3, 2], measure=measure)
    assert "En" == states(Not(part=TargetMissed()), [3, 2], measure=measure)
    assert "En" == states(Not(part=AnyOf(parts=(TargetMissed(),))), [3, 2], measure=measure)


def test_a_composition_has_the_numbers_of_all_its_parts():
    condition = AnyOf(parts=(OutsideRange(low=0.0, high=5.0), AnyOf(parts=(MISSED, OutsideRange(low=1.0)))))
    block = a_block(a_panel([1.0]))
    planes = condition.judge(block, {name: np.array(v) for name, v in _numbers(condition).items()}).planes
    assert ["lower", "upper", "target"] == list(planes)
    assert 3 == len(planes)


def _numbers(condition):
    return {name: value.number if isinstance(value, Level) else value for name, value in condition.vectors().items()}


def test_figures_too_large_for_their_limits_have_none_beside_those_that_are_too_few():
    panel = a_panel([1e308, 1.1e308] * 6 + [1.0], [_] * 12 + [1.0], [1.0, 2.0] * 6 + [1.0])
    rules = rules_for(panel, BelowLowerLimit(limits=PreviousFinancialYear()), a_measure())
    made = findings(evaluate(rules, {panel.kind: panel}, date(2019, 5, 1)))
    assert [Reason.NO_LIMITS, Reason.FEW_POINTS, None] == [one.finding.reason for one in made]


@pytest.mark.parametrize(("part", "expected"), [(E, "n"), (N, "E"), (D, "d"), (H, "h")])
def test_not_swaps_verdicts_only(part, expected):
    assert expected == states(Not(part=part), [1])


def test_a_compositions_numbers_and_words_come_from_the_part_that_decided():
    condition = AnyOf(parts=(TargetMissed(at_least=Level(number=0.0)), TargetMissed(at_least=Level(number=5.0))))
    (found,) = judged(condition, a_panel([3.0]))
    assert 5.0 == found.target
    assert "below the target of 5" in (found.text or "")


@pytest.mark.parametrize(
    ("condition", "measure", "says"),
    [
        pytest.param(TargetMissed(), a_measure(), "has no target", id="no-target"),
        pytest.param(
            TargetMissed(), a_measure(target=Level(number=1.0), better=Polarity.NEITHER), "no side", id="no-side"
        ),
        pytest.param(OutsideRange(low=2.0, high=1.0), a_measure(), "above", id="empty-range"),
        pytest.param(Run(length=1, of=Fixed(centre=1.0)), a_measure(), "2 or more", id="run-of-one"),
        pytest.param(BelowTrajectory(milestones=PLAN[::-1]), a_measure(), "date order", id="plan-out-of-order"),
        pytest.param(Change(versus="previous_period"), a_measure(), "exactly one", id="no-amount"),
        pytest.param(Variance(), a_measure(), "over, under or both", id="no-side-of-the-plan"),
        pytest.param(AllOf(parts=()), a_measure(), "at least one", id="nothing-to-compose"),
        pytest.param(AverageMoved(limits=Fixed(centre=1.0)), a_measure(), "rebased_average", id="nothing-moves"),
        pytest.param(AboveUpperLimit(limits=Fixed(lower=3.0, upper=1.0)), a_measure(), "above", id="limits-crossed"),
    ],
)
def test_what_cannot_work_is_said_beforehand(condition, measure, says):
    assert any(says in problem for problem in condition.problems(measure, PeriodKind.MONTH))


def test_a_year_to_date_of_weeks_compares_as_many_weeks_of_each_year():
    weeks = [50] * (52 * 4)
    moved = Change(versus="year_to_date", moves_by=Amount(number=1, relative=True))
    measure = a_measure(every=PeriodKind.WEEK, unit=Unit.COUNT)
    found = judged(moved, a_panel(weeks, kind=PeriodKind.WEEK), measure)
    assert {one.state for one in found} <= {State.NORMAL, State.NO_DATA}
    assert {one.change for one in found if one.state is State.NORMAL} == {0.0}


@pytest.mark.parametrize(
    ("of", "share", "says"),
    [
        pytest.param(
            100, 62.0, "up 12 points on April 2018 (50%), not statistically significant (p = 0.09).", id="chance"
        ),
        pytest.param(100, 64.0, "up 14 points on April 2018 (50%), statistically significant (p = 0.046).", id="just"),
        pytest.param(
            1000, 60.0, "up 10 points on April 2018 (50%), statistically significant (p < 0.001).", id="surely"
        ),
    ],
)
def test_significance_is_said_both_ways(of, share, says):
    """Two-sided p of the pooled test by hand: z = 1.708, 1.998 and 4.495."""
    tested = Change(versus="previous_period", rises_by=Amount(number=5), significant=Amount(number=95, relative=True))
    top, bottom = floats([of * 0.5, of * share / 100])[:, None], floats([of, of])[:, None]
    panel = a_panel([50.0, share], planes={"numerator": top, "denominator": bottom})
    newest = judged(tested, panel, a_measure(unit=Unit.PERCENT))[-1]
    assert newest.text.endswith(says)
    assert (newest.state is State.EXCEPTION) == ("not statistically" not in says)


def test_significance_is_for_percents_only():
    tested = Change(versus="previous_period", moves_by=Amount(number=0), significant=Amount(number=95, relative=True))
    assert tested.problems(a_measure(unit=Unit.PERCENT), PeriodKind.MONTH) == []
    (problem,) = tested.problems(a_measure(unit=Unit.COUNT), PeriodKind.MONTH)
    assert "percents with numerator and denominator" in problem


@pytest.mark.parametrize(
    ("tolerance", "value", "says"),
    [
        pytest.param(
            2.0, 7.9, "7.9 in May 2018, 2.1 below the 10 planned by then, more than the 2 allowed", id="beyond"
        ),
        pytest.param(2.0, 8.4, "8.4 in May 2018, 1.6 below the 10 planned by then, within the 2 allowed", id="within"),
    ],
)
def test_a_tolerance_is_told_with_enough_digits(tolerance, value, says):
    plan = (Milestone(date=date(2018, 4, 30), value=10.0), Milestone(date=date(2018, 5, 31), value=10.0))
    newest = judged(
        BelowTrajectory(milestones=plan, tolerance=tolerance), a_panel([10, value]), a_measure(unit=Unit.COUNT)
    )[-1]
    assert says in newest.text
