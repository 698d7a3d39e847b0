"""Runs and re-bases that meet, shares of nothing beside others, and what limits say that they rest on."""

import numpy as np
import pytest
from samples.worlds import _, a_block, a_measure, a_panel, floats, judged, states

from alerting.conditions.outside_limits import OutsideLimits
from alerting.conditions.run import Run
from alerting.domain.measure import Unit
from alerting.limits.attribute_charts import PChart, UChart
from alerting.limits.rebased_average import RebasedAverage
from alerting.limits.rolling import Rolling


def test_the_last_value_of_a_run_that_moved_the_average_is_no_part_of_the_next_run():
    """The centre moves to 13 with the 14, which lies above it; two more above are two, not three."""
    condition = Run(side="above", length=3, of=RebasedAverage(baseline=3, run=3))
    assert "hhhnnEnnE" == states(condition, [10, 10, 10, 12, 13, 14, 15, 15, 15])


def test_a_run_begins_again_with_the_value_after_the_move():
    """The centre moves from 10 to 13 in the seventh month, and three above that follow."""
    condition = Run(side="above", length=3, of=RebasedAverage(baseline=3, run=4))
    assert "hhhnnEEnnE" == states(condition, [10, 10, 10, 13, 13, 13, 13, 14, 14, 14])


@pytest.mark.parametrize(("chart", "unit"), [(PChart(), Unit.PERCENT), (UChart(), Unit.NUMBER)])
def test_a_share_of_nothing_is_no_part_of_the_centre(chart, unit):
    tops, bottoms = floats([2, 9, 3])[:, None], floats([10, 0, 10])[:, None]
    planes = {"numerator": tops, "denominator": bottoms}
    panel = a_panel([20.0, 99.0, 30.0], planes=planes)
    method = chart.bind(a_measure(unit=unit))
    assert pytest.approx(method.scale * 5 / 20) == method.compute(a_block(panel), {}).centre[0, 0]


@pytest.mark.parametrize(
    ("values", "names"),
    [
        pytest.param([1, 2, 3, 4, 5], ("2018-05", "2018-07", 3), id="three-before"),
        pytest.param([1, 2, _, 4, 5], ("2018-05", "2018-07", 2), id="one-missing"),
        pytest.param([1, 2, 5], ("2018-04", "2018-05", 2), id="a-young-series"),
    ],
)
def test_a_window_names_the_figures_that_it_rests_on(values, names):
    limits = judged(OutsideLimits(limits=Rolling(window=3)), a_panel(values))[-1].evidence["limits"]
    assert names == (limits["from"], limits["to"], limits["points"])


def test_a_share_of_nothing_is_no_figure_that_limits_rest_on():
    planes = {"numerator": floats([2, 0, 3, 2])[:, None], "denominator": floats([10, 0, 10, 10])[:, None]}
    panel = a_panel([20.0, 0.0, 30.0, 20.0], planes=planes, ceiling=np.array([100.0]))
    found = judged(OutsideLimits(limits=PChart()), panel, a_measure(unit=Unit.PERCENT))[-1].evidence["limits"]
    assert (3, ["2018-05"]) == (found["points"], found["left_out"])
