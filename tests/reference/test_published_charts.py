"""Control charts as published, with source and tolerance.

Figures are those of the handbook and of R's qcc (orangejuice, circuit, pcmanufact, dyedcloth: Montgomery's) and NHSRplotthedots.
Against printed limits the tolerance is half a unit of the last digit; where none are quoted they are worked out from the formula.
"""

from math import pi, sqrt

import pytest
from samples.worlds import a_block, a_measure, a_panel, floats

from alerting.domain.measure import Unit
from alerting.domain.parameters import Baseline
from alerting.limits.attribute_charts import CChart, PChart, UChart
from alerting.limits.kernels.moving_ranges import LIMIT_FACTOR, SCREEN_FACTOR
from alerting.limits.xmr import Xmr

#: Montgomery, Introduction to Statistical Quality Control: nonconforming cans of frozen orange juice in samples of 50. The
#: NIST/SEMATECH e-Handbook, 6.3.3.2, has the same figures as shares of chips on 30 wafers.
CANS = [12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7, 13, 9, 6]
#: Montgomery: nonconformities in 26 samples of 100 printed circuit boards.
BOARDS = [21, 24, 16, 12, 15, 5, 28, 20, 31, 25, 20, 24, 16, 19, 10, 17, 13, 22, 18, 39, 30, 24, 16, 19, 17, 15]
#: NIST/SEMATECH e-Handbook, 6.3.3.1: defects on 25 wafers.
WAFERS = [16, 14, 28, 16, 12, 20, 10, 12, 10, 17, 19, 17, 14, 16, 15, 13, 14, 16, 11, 20, 11, 19, 16, 31, 13]
#: Montgomery: nonconformities in 20 samples of 5 personal computers; and in ten rolls of dyed cloth, by 50 square metres.
COMPUTERS = [10, 12, 8, 14, 10, 16, 11, 7, 10, 15, 9, 5, 7, 11, 12, 6, 8, 10, 7, 5]
CLOTH = [14, 12, 20, 11, 7, 10, 21, 16, 19, 23]
ROLLS = [10, 8, 13, 10, 9.5, 10, 12, 10.5, 12, 12.5]


def lines(method, panel, row=None):
    found = method.compute(a_block(panel, row), {})
    return tuple(float(line[0, 0]) for line in (found.centre, found.lower, found.upper))


def ratios(tops, bottoms, scale):
    planes = {"numerator": floats(tops)[:, None], "denominator": floats(bottoms)[:, None]}
    return a_panel([t / b * scale for t, b in zip(tops, bottoms, strict=True)], planes=planes, minimum=0.0)


def test_a_p_chart_is_the_handbooks_and_montgomerys():
    """Both print 0.2313 with limits 0.0524 and 0.4102 (the handbook's from rounded steps: 0.4103); samples 15 and 23 lie above."""
    panel = ratios(CANS, [50] * 30, 100)
    centre, lower, upper = lines(PChart().bind(a_measure(unit=Unit.PERCENT)), panel)
    assert pytest.approx(23.13, abs=0.005) == centre
    assert pytest.approx((5.24, 41.02), abs=0.005) == (lower, upper)
    assert [15, 23] == [n for n, x in enumerate(panel.values[:, 0], 1) if x > upper]


def test_a_c_chart_is_the_handbooks():
    """NIST 6.3.3.1 prints 16, 4 and 28, exactly; wafer 24 is out, wafer 3 on the line is not."""
    centre, lower, upper = lines(CChart(), a_panel([float(n) for n in WAFERS], minimum=0.0))
    assert (16.0, 4.0, 28.0) == (centre, lower, upper)
    assert [24] == [n for n, count in enumerate(WAFERS, 1) if count > upper]


def test_a_c_chart_is_montgomerys():
    """516 / 26 = 19.85 and its root, three times; qcc says with Montgomery that samples 6 and 20 are out."""
    found = lines(CChart(), a_panel([float(n) for n in BOARDS], minimum=0.0))
    assert pytest.approx((516 / 26, 516 / 26 - 3 * sqrt(516 / 26), 516 / 26 + 3 * sqrt(516 / 26)), rel=1e-12) == found
    assert pytest.approx((19.85, 6.48, 33.21), abs=0.005) == found
    assert [6, 20] == [n for n, count in enumerate(BOARDS, 1) if not found[1] <= count <= found[2]]


def test_a_u_chart_of_equal_samples_is_montgomerys():
    """193 nonconformities in 100 computers: 1.93, and 3 x sqrt(1.93 / 5) to either side (0.07, 3.79); none is out."""
    panel = ratios(COMPUTERS, [5] * 20, 1)
    found = lines(UChart().bind(a_measure(unit=Unit.NUMBER)), panel)
    assert pytest.approx((1.93, 0.07, 3.79), abs=0.005) == found
    assert all(found[1] <= x <= found[2] for x in panel.values[:, 0])


@pytest.mark.parametrize("row", range(10))
def test_a_u_chart_of_rolls_of_any_size_has_limits_of_its_own_for_each(row):
    """153 nonconformities in 107.5 units; the baseline is all ten rolls, so the last roll's is asked with each roll's size."""
    size = ROLLS[row]
    sizes = [*ROLLS[:row], *ROLLS[row + 1 :], size]
    counts = [*CLOTH[:row], *CLOTH[row + 1 :], CLOTH[row]]
    mean = 153 / 107.5
    found = lines(UChart().bind(a_measure(unit=Unit.NUMBER)), ratios(counts, sizes, 1))
    assert pytest.approx((mean, mean - 3 * sqrt(mean / size), mean + 3 * sqrt(mean / size)), rel=1e-12) == found


#: NHSRplotthedots, vignette "Deviations from Excel defaults": one outlying point in eighteen.
OUTLYING = [1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]


@pytest.mark.parametrize(
    ("screen", "lower", "upper"),
    [
        pytest.param(True, -0.72, 4.60, id="outlying-ranges-screened-as-Nelson-says"),
        pytest.param(False, -3.06, 6.95, id="all-ranges-as-Making-Data-Counts-Excel-tools"),
    ],
)
def test_screening_is_making_data_counts(screen, lower, upper):
    """The vignette's captions: mean 1.94, limits -0.72 and 4.6 with screening, -3.06 and 6.95 without."""
    found = lines(Xmr(screen=screen), a_panel([float(n) for n in OUTLYING]))
    assert pytest.approx((1.94, lower, upper), abs=0.005) == found


def test_a_baseline_of_all_eighteen_is_the_first_eighteen():
    panel = a_panel([float(n) for n in [*OUTLYING, 50, 60]])
    assert lines(Xmr(), panel, 17) == lines(Xmr(baseline=Baseline(first=18)), panel, 19)


def test_the_constants_are_those_of_moving_ranges_of_two():
    """Montgomery's table for samples of 2: d2 = 1.128, d3 = 0.853, D4 = 3.267; Nelson (1982) uses 2.66 = 3 / d2 and D4.

    Worked out here: the range of two normal figures has mean 2 / sqrt(pi) and deviation sqrt(2 - 4 / pi).
    """
    d2, d3 = 2 / sqrt(pi), sqrt(2 - 4 / pi)
    assert pytest.approx((1.128, 0.853), abs=0.0005) == (d2, d3)
    assert pytest.approx(3 / d2, abs=0.005) == LIMIT_FACTOR
    assert LIMIT_FACTOR == round(3 / 1.128, 2)
    assert pytest.approx(1 + 3 * d3 / d2, abs=0.001) == SCREEN_FACTOR
