"""In stable worlds the printed expectation lies within its printed error of what really happens, for nine worlds of ten."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from samples.chance_worlds import Kind, expected_of, happens, noise
from samples.sampling import few, one_in
from samples.worlds import a_measure
from scipy.stats import binom, norm, poisson

from alerting.conditions.above_upper_limit import AboveUpperLimit
from alerting.conditions.near_limit import NearLimit
from alerting.conditions.outside_limits import OutsideLimits
from alerting.conditions.run import Run
from alerting.conditions.target_missed import TargetMissed
from alerting.conditions.trend import Trend
from alerting.domain.measure import Level, Unit
from alerting.domain.parameters import Baseline
from alerting.limits.attribute_charts import CChart, PChart, UChart
from alerting.limits.fixed import Fixed
from alerting.limits.previous_financial_year import PreviousFinancialYear
from alerting.limits.rebased_average import RebasedAverage
from alerting.limits.rolling import Rolling
from alerting.limits.xmr import Xmr

PERCENT, RATE, COUNT = a_measure(unit=Unit.PERCENT), a_measure(unit=Unit.RATE, per=1000), a_measure(unit=Unit.COUNT)
#: Every method, each condition that looks along a series, a line that somebody gave, and counts, shares and rates.
KINDS = {
    "rolling": Kind(condition=OutsideLimits(limits=Rolling())),
    "rolling-above": Kind(condition=AboveUpperLimit(limits=Rolling(window=6))),
    "previous-financial-year": Kind(condition=OutsideLimits(limits=PreviousFinancialYear())),
    "xmr": Kind(condition=OutsideLimits(limits=Xmr())),
    "xmr-of-the-first-ten": Kind(condition=OutsideLimits(limits=Xmr(baseline=Baseline(first=10)))),
    "rebased-average": Kind(condition=OutsideLimits(limits=RebasedAverage(baseline=8))),
    "run": Kind(condition=Run(of=Xmr(), length=5)),
    "near-limit": Kind(condition=NearLimit(limits=Xmr())),
    "trend": Kind(condition=Trend(direction="either", length=4)),
    "fixed": Kind(condition=OutsideLimits(limits=Fixed(lower=40.0, upper=60.0))),
    "target": Kind(condition=TargetMissed(at_least=Level(number=44.0))),
    "c": Kind(
        condition=OutsideLimits(limits=CChart(sigmas=2.0).bind(COUNT)), measure=COUNT, minimum=0.0,
        made=lambda z: poisson.ppf(norm.cdf(z), 5),
    ),
    "p": Kind(
        condition=OutsideLimits(limits=PChart(sigmas=2.0).bind(PERCENT)), measure=PERCENT, minimum=0.0,
        made=lambda z: binom.ppf(norm.cdf(z), 80, 0.2) / 80 * 100,
        planes=lambda v: {"numerator": np.round(v * 0.8), "denominator": np.full(v.shape, 80.0)},
    ),
    "u": Kind(
        condition=OutsideLimits(limits=UChart(sigmas=2.0).bind(RATE)), measure=RATE, minimum=0.0,
        made=lambda z: poisson.ppf(norm.cdf(z), 6) / 200 * 1000,
        planes=lambda v: {"numerator": np.round(v * 0.2), "denominator": np.full(v.shape, 200.0)},
    ),
}  # fmt: skip
CASES = [
    pytest.param(*case, id=f"{case[0]}-{case[1]}-figures-{case[2]}-for-{case[3][0]}-{case[3][1]}")
    for case in product(KINDS, (10, 24, 60), (0.0, 0.3, 0.6), ((1, 1), (2, 1), (2, 2)))
]


@pytest.mark.timeout(1200)
@pytest.mark.parametrize(("name", "figures", "likeness", "after"), one_in(61, CASES))
def test_what_happens_lies_within_the_printed_error(name, figures, likeness, after):
    """Each world is a folder of one series; what happens is the rate of a hundred futures of its own, by its true noise."""
    opens, clears = after
    kind = replace(KINDS[name], figures=figures, likeness=likeness, opens=opens, clears=clears)
    chance = np.random.default_rng(figures + round(10 * likeness) + opens + clears)
    past = noise(chance, likeness, (figures, few(40, 1000)))
    expected, error = expected_of(kind, past, together=False)
    within = np.abs(expected - happens(kind, past, chance, few(25, 100))) <= error
    print(f"{name:24} {figures} figures, likeness {likeness}, for {opens}, clear {clears}: {within.mean():.1%}")
    assert within.mean() >= few(0.8, 0.9)
