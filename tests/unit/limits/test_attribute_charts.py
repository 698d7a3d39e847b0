"""Limits of shares, rates and counts."""

from samples.brought import MethodCase, OfMethod
from samples.gauge import BINOMIAL, NEVER_BELOW_ZERO, POISSON

from alerting.domain.parameters import Baseline
from alerting.domain.period import Calendar
from alerting.limits.attribute_charts import CChart, PChart, UChart

BROUGHT = (
    OfMethod(
        key="p",
        cases=(
            MethodCase(
                id="p", make=lambda _: PChart(sigmas=1.5), figures="percent", no_shift=BINOMIAL, no_scale=BINOMIAL
            ),
        ),
        worded=lambda _: PChart(sigmas=1.0),
        figures="percent",
    ),
    OfMethod(
        key="u",
        cases=(
            MethodCase(
                id="u",
                figures="rate",
                no_shift=POISSON,
                no_scale=POISSON,
                no_mirror=NEVER_BELOW_ZERO,
                make=lambda _: UChart(sigmas=1.5, rebase_on=(Calendar().parse_exact("2019-06"),)),
            ),
        ),
        worded=lambda _: UChart(sigmas=1.0),
        figures="rate",
    ),
    OfMethod(
        key="c",
        cases=(
            MethodCase(
                id="c",
                figures="count",
                no_shift=POISSON,
                no_scale=POISSON,
                no_mirror=NEVER_BELOW_ZERO,
                make=lambda _: CChart(sigmas=1.5, baseline=Baseline(first=9)),
            ),
        ),
        worded=lambda _: CChart(),
        figures="count",
    ),
)
