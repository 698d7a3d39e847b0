"""Which moving ranges are screened out, to the last digit."""

import pytest
from samples.worlds import a_panel

from alerting.domain.block import Block
from alerting.limits.kernels.moving_ranges import FEW_COLUMNS, LIMIT_FACTOR, SCREEN_FACTOR
from alerting.limits.xmr import Xmr

#: Seven ranges of an eighth and this one make a mean of which it is 3.267 times, exactly, in the arithmetic of doubles.
ON_THE_LINE = 0.603977392774139
STEPS = [0.0, 0.125] * 4


def after(widest):
    """The wide range last: it never was below the line."""
    return [*STEPS, 0.125 + widest]


def before(widest):
    """The wide range first: below the line as long as few others are there."""
    return [0.0, *[widest, widest - 0.125] * 4]


@pytest.mark.parametrize("width", [1, FEW_COLUMNS + 1], ids=["few-series", "many-series"])
@pytest.mark.parametrize("order", [before, after])
@pytest.mark.parametrize("start", [0, 8], ids=["in-a-history", "by-itself"])
@pytest.mark.parametrize(
    ("widest", "kept"),
    [
        pytest.param(ON_THE_LINE, False, id="3.267-times-the-mean"),
        pytest.param(0.6039773, True, id="a-little-less"),
        pytest.param(0.6039774, False, id="a-little-more"),
    ],
)
def test_a_range_of_so_many_times_the_mean_or_more_is_left_out(start, widest, kept, order, width):
    assert SCREEN_FACTOR * ((7 * 0.125 + ON_THE_LINE) / 8) == ON_THE_LINE
    panel = a_panel(*[order(widest)] * width)
    found = Xmr().compute(Block(panel, start, 9, slice(0, width)), {})
    mean = (7 * 0.125 + widest) / 8 if kept else 0.125
    assert pytest.approx(2 * LIMIT_FACTOR * mean, rel=1e-12) == found.upper[-1, -1] - found.lower[-1, -1]
