"""Each limits method against figures worked out by hand or by Python's statistics module."""

import statistics
from datetime import date

import numpy as np
import pytest
from samples.worlds import _, a_block, a_measure, a_panel, floats

from alerting.domain.block import Block
from alerting.domain.finding import Reason
from alerting.domain.measure import Unit
from alerting.domain.parameters import Baseline
from alerting.domain.period import Calendar, PeriodKind
from alerting.limits.attribute_charts import CChart, PChart, UChart
from alerting.limits.fixed import Fixed
from alerting.limits.previous_financial_year import PreviousFinancialYear
from alerting.limits.published import Published
from alerting.limits.rebased_average import RebasedAverage
from alerting.limits.rolling import Rolling
from alerting.limits.xmr import Xmr

YEAR = [12.0, 15.0, 11.0, 14.0, 13.0, 16.0, 12.0, 15.0, 14.0, 13.0, 12.0, 14.0]


def lines(method, panel, row=None):
    """(centre, lower, upper, reason) of the first series at one row."""
    block = a_block(panel, row)
    found = method.compute(block, {})
    reason = None if found.reason is None else Reason.from_code(int(found.reason[0, 0]))
    return (*(None if v != v else float(v) for v in (found.centre[0, 0], found.lower[0, 0], found.upper[0, 0])), reason)


def test_the_previous_financial_year_gives_mean_and_two_sample_deviations():
    mean, reach = statistics.mean(YEAR), 2 * statistics.stdev(YEAR)
    expected = pytest.approx((mean, mean - reach, mean + reach), rel=1e-12)
    assert expected == lines(PreviousFinancialYear(), a_panel([*YEAR, 99, 98]), 12)[:3]
    assert expected == lines(PreviousFinancialYear(), a_panel([*YEAR, 99, 98]), 13)[:3]


@pytest.mark.parametrize(("known", "reason"), [(8, None), (7, Reason.FEW_POINTS), (0, Reason.FEW_POINTS)])
def test_the_previous_financial_year_needs_two_thirds_of_its_months(known, reason):
    values = [*YEAR[:known], *[None] * (12 - known), 10.0]
    assert reason == lines(PreviousFinancialYear(), a_panel(values))[3]


def test_the_first_year_has_none_before_it():
    assert (None, None, None, Reason.FEW_POINTS) == lines(PreviousFinancialYear(), a_panel(YEAR))


def test_excluded_figures_stay_out_of_the_baseline():
    excluded = np.zeros((13, 1), dtype=bool)
    excluded[0] = True
    panel = a_panel([9999.0, *YEAR[1:], 1.0], excluded=excluded)
    assert pytest.approx(statistics.mean(YEAR[1:])) == lines(PreviousFinancialYear(), panel)[0]


def test_limits_stay_within_what_the_measure_can_be():
    panel = a_panel([1.0, 30.0] * 6 + [5.0], minimum=0.0)
    assert 0.0 == lines(PreviousFinancialYear(), panel)[1]


@pytest.mark.parametrize("figure", [0.1, 83.1, -7.3, 1e-300])
@pytest.mark.parametrize(
    "method",
    [PreviousFinancialYear(), RebasedAverage(baseline=11), Rolling(), Xmr(), Xmr(baseline=Baseline(first=11))],
    ids=str,
)
@pytest.mark.parametrize("missing", [(), (4, 9)], ids=["whole", "with-gaps"])
def test_the_same_figure_again_and_again_lies_on_its_own_centre(method, figure, missing):
    """Twelve times 0.1 adds up to less than 1.2; that no figure changed is not to look like a run below the average."""
    figures = [None if row in missing else figure for row in range(24)]
    assert (figure, figure, figure, None) == lines(method, a_panel(figures), 23)
    apart = [x if row != 2 or x is None else figure * 2 for row, x in enumerate(figures)]
    assert lines(method, a_panel(apart), 13)[0] != figure


def test_published_limits_have_their_midpoint_as_centre_unless_one_is_printed():
    planes = {"lower_limit": floats([10, _, 10])[:, None], "upper_limit": floats([20, 20, 20])[:, None]}
    panel = a_panel([1, 1, 1], planes=planes)
    assert [(15.0, 10.0, 20.0, None), (None, None, 20.0, None)] == [lines(Published(), panel, row) for row in (0, 1)]
    with_centre = a_panel([1, 1, 1], planes=planes | {"centre": floats([14, _, _])[:, None]})
    assert [14.0, 15.0] == [lines(Published(), with_centre, row)[0] for row in (0, 2)]


def test_fixed_limits_are_as_given():
    assert {"limits.lower": 1.0, "limits.upper": 3.0, "limits.centre": 2.0} == dict(
        Fixed(lower=1.0, upper=3.0).vectors()
    )


def test_a_rebased_average_learns_moves_and_says_from_where():
    values = [10.0, 12.0, 11.0, 13.0, 14.0, 13.0, 12.0, 9.0]
    method = RebasedAverage(baseline=3, run=3)
    assert [None, None, None, 11.0, 11.0] == [lines(method, a_panel(values), row)[0] for row in range(5)]
    moved = 40 / 3
    deviation = statistics.stdev([13.0, 14.0, 13.0])
    expected = pytest.approx((moved, moved - 2 * deviation, moved + 2 * deviation))
    assert expected == lines(method, a_panel(values), 5)[:3]
    found = method.compute(Block(a_panel(values), 0, 8, slice(0, 1)), {})
    assert [0, 0, 0, 1, 2, 0, 1, 2] == found.rebase_count[:, 0].tolist()
    assert 11.0 == found.previous_centre[5, 0]


def test_a_gap_ends_the_count_of_a_rebased_average():
    found = RebasedAverage(baseline=2, run=3).compute(Block(a_panel([1, 3, 5, 5, None, 5, 5]), 0, 7, slice(0, 1)), {})
    assert [0, 0, 1, 2, 0, 1, 2] == found.rebase_count[:, 0].tolist()


def test_a_proposed_move_waits_for_its_confirmation():
    values = [1.0, 3.0, 5.0, 5.0, 5.0, 5.0]
    row = Calendar().parse_exact("2018-08")  # the third of the run
    proposed = RebasedAverage(baseline=2, run=3, mode="propose")
    confirmed = RebasedAverage(baseline=2, run=3, mode="propose", rebase_on=(row,))
    assert [2.0, 2.0] == [lines(proposed, a_panel(values), at)[0] for at in (4, 5)]
    assert [5.0, 5.0] == [lines(confirmed, a_panel(values), at)[0] for at in (4, 5)]


def test_moving_ranges_count_neighbouring_periods_only():
    """Ranges 2 and 1; the step over the gap is none: mean 3.25, 2.66 x 1.5 = 3.99."""
    panel = a_panel([1.0, 3.0, None, 4.0, 5.0])
    assert pytest.approx((3.25, 3.25 - 3.99, 3.25 + 3.99)) == lines(Xmr(), panel)[:3]


def test_a_wild_range_is_screened_out_once():
    values = [10.0, 11.0, 10.0, 11.0, 10.0, 11.0, 10.0, 11.0, 50.0]
    mean = statistics.mean(values)
    assert pytest.approx(mean + 2.66) == lines(Xmr(), a_panel(values))[2]
    wide = mean + 2.66 * (7 * 1 + 39) / 8
    assert pytest.approx(wide) == lines(Xmr(screen=False), a_panel(values))[2]


def test_screening_never_leaves_limits_without_width():
    _centre, lower, upper, _reason = lines(Xmr(), a_panel([5.0] * 9 + [9.0]))
    assert pytest.approx(2 * 2.66 * 4 / 9) == upper - lower


@pytest.mark.parametrize(
    ("baseline", "centre"),
    [
        pytest.param(Baseline(), 3.5, id="all"),
        pytest.param(Baseline(first=2), 1.5, id="the-first-two"),
        pytest.param(Baseline(since=date(2018, 5, 31), until=date(2018, 7, 31)), 3.0, id="by-days"),
    ],
)
def test_the_baseline_can_be_chosen(baseline, centre):
    assert centre == lines(Xmr(baseline=baseline), a_panel([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]))[0]


def test_a_new_baseline_begins_where_it_is_set_anew():
    method = Xmr(rebase_on=(Calendar().parse_exact("2018-07"),))
    assert [2.0, 11.0] == [lines(method, a_panel([1.0, 2.0, 3.0, 10.0, 11.0, 12.0]), row)[0] for row in (2, 5)]


def test_limits_of_fewer_than_twelve_figures_are_trial_limits():
    found = Xmr().compute(Block(a_panel(YEAR), 0, 12, slice(0, 1)), {})
    assert [1.0, 0.0] == found.trial[[10, 11], 0].tolist()


def test_a_rolling_window_ends_before_the_judged_period():
    expected = statistics.mean(YEAR[:3]), statistics.stdev(YEAR[:3])
    found = lines(Rolling(window=3, sigmas=1.0), a_panel([*YEAR[:3], 99.0]))
    assert pytest.approx((expected[0], expected[0] - expected[1], expected[0] + expected[1])) == found[:3]


def ratio_panel(tops, bottoms, scale):
    top, bottom = floats(tops)[:, None], floats(bottoms)[:, None]
    return a_panel((top / bottom * scale)[:, 0].tolist(), planes={"numerator": top, "denominator": bottom}, minimum=0.0)


def test_p_limits_vary_with_the_denominator():
    """p = 30/300 = 0.1; sigma of the last = sqrt(0.09/100) = 0.03."""
    method = PChart().bind(a_measure(unit=Unit.PERCENT))
    panel = ratio_panel([8, 12, 10], [100, 100, 100], 100)
    assert pytest.approx((10.0, 1.0, 19.0)) == lines(method, panel)[:3]


def test_u_limits_are_poissons():
    """u = 30/10 = 3; sigma of the last = sqrt(3/4)."""
    method = UChart().bind(a_measure(unit=Unit.NUMBER))
    reach = 3 * (3 / 4) ** 0.5
    panel = ratio_panel([9, 9, 12], [3, 3, 4], 1)
    assert pytest.approx((3.0, 3 - reach, 3 + reach)) == lines(method, panel)[:3]


def test_c_limits_are_mean_and_root():
    assert pytest.approx((9.0, 0.0, 18.0)) == lines(CChart(), a_panel([8, 10, 9], minimum=0.0))[:3]


def test_charts_refuse_what_they_are_not_for():
    for method, unit in ((PChart(), Unit.COUNT), (CChart(), Unit.PERCENT), (UChart(), Unit.COUNT)):
        assert method.problems(a_measure(unit=unit), PeriodKind.MONTH)


@pytest.mark.parametrize(("points", "fits"), [(1, False), (2, True), (12, True), (13, False)])
def test_a_year_cannot_have_more_figures_than_it_has_months(points, fits):
    found = PreviousFinancialYear(minimum_points=points).problems(a_measure(), PeriodKind.MONTH)
    assert (found == []) is fits
