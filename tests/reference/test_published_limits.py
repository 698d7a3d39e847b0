"""Limits against what others published."""

import statistics
from itertools import pairwise

import pytest
from samples.worlds import a_block, a_panel

from alerting.domain.period import PeriodKind
from alerting.limits.previous_financial_year import PreviousFinancialYear
from alerting.limits.xmr import Xmr

#: West Mercia Police, Performance Report Q2 2020/21: anti-social behaviour by quarter of 2019/20; the first is not printed.
ASB_2019_20 = (11_337, 8_330, 8_902)
UPPER, LOWER = 12_433, 6_997


def test_the_forces_own_asb_limits_are_the_year_befores_mean_and_two_deviations():
    """Limits 6,997 to 12,433 are printed as whole numbers; the unprinted first quarter is what makes their midpoint the mean."""
    first = 4 * (UPPER + LOWER) / 2 - sum(ASB_2019_20)
    assert 10_291 == first
    panel = a_panel([first, *ASB_2019_20, 19_157.0, 13_004.0], kind=PeriodKind.QUARTER)
    found = PreviousFinancialYear().compute(a_block(panel), {})
    assert (LOWER, UPPER) == (round(found.lower[0, 0]), round(found.upper[0, 0]))
    assert 13_004 > found.upper[0, 0]


def test_individuals_limits_are_those_of_the_engineering_statistics_handbook():
    """NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2, flow rates: 50.81, range 1.8778, limits 45.8159 and 55.8041.

    The handbook uses 3/1.128 where the charts of the field use 2.66 rounded; hence the tolerance.
    """
    flow = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]
    panel = a_panel(flow)
    found = Xmr(screen=False).compute(a_block(panel), {})
    assert pytest.approx(50.81, abs=0.005) == found.centre[0, 0]
    ranges = [abs(b - a) for a, b in pairwise(flow)]
    assert pytest.approx(1.8778, abs=0.0001) == statistics.mean(ranges)
    assert pytest.approx((45.8159, 55.8041), abs=0.001) == (found.lower[0, 0], found.upper[0, 0])
