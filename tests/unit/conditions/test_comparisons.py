"""Where a change is the published one, and where nothing stands in for one that cannot be."""

import numpy as np
import pytest
from samples.worlds import _, a_panel, floats, judged

from alerting.conditions.change import Change
from alerting.domain.finding import Reason
from alerting.domain.parameters import Amount

ANY_RISE = Amount(number=0.0, relative=True)


@pytest.mark.parametrize(
    ("values", "change", "reason"),
    [
        pytest.param([8, 10], 25.0, None, id="what-can-be-computed-is"),
        pytest.param([_, 10], 40.0, None, id="nothing-to-compare-with"),
        pytest.param([0, 10], None, Reason.ZERO_BASE, id="a-base-of-nothing-has-no-percentage-whoever-printed-one"),
    ],
)
def test_a_published_change_stands_in_for_what_is_missing_only(values, change, reason):
    panel = a_panel(values, planes={"change_previous_period": floats([_, 40])[:, None]})
    found = judged(Change(versus="previous_period", rises_by=ANY_RISE), panel)[-1]
    assert (change, reason) == (found.change, found.reason)


def test_a_published_change_across_a_break_is_not_taken():
    segments = np.array([[0], [1]], dtype=np.int32)
    panel = a_panel([_, 10], planes={"change_previous_period": floats([_, 40])[:, None]}, segments=segments)
    found = judged(Change(versus="previous_period", rises_by=ANY_RISE), panel)[-1]
    assert (None, Reason.NO_COMPARISON) == (found.change, found.reason)


@pytest.mark.parametrize("relative", [True, False])
def test_a_month_that_is_missing_this_year_is_why_nothing_is_compared_also_after_a_year_of_nothing(relative):
    values = [0.0] * 12 + [_, 3.0]
    condition = Change(versus="year_to_date", rises_by=Amount(number=1.0, relative=relative))
    assert Reason.NO_COMPARISON == judged(condition, a_panel(values))[-1].reason


def test_a_published_change_is_taken_right_behind_a_break_that_it_does_not_cross():
    segments = np.array([[0], [1], [1]], dtype=np.int32)
    panel = a_panel([1, _, 10], planes={"change_previous_period": floats([_, _, 40])[:, None]}, segments=segments)
    assert 40.0 == judged(Change(versus="previous_period", rises_by=ANY_RISE), panel)[-1].change
