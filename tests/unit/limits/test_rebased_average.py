"""Averages that move with a long run."""

from samples.brought import MethodCase, OfMethod

from alerting.domain.period import Calendar
from alerting.limits.rebased_average import RebasedAverage

MARCH = Calendar().parse_exact("2019-03")

BROUGHT = (
    OfMethod(
        key="rebased_average",
        cases=(
            MethodCase(id="rebased_average", make=lambda _: RebasedAverage(baseline=5, run=4, sigmas=1.5)),
            MethodCase(
                id="rebased_average-proposed",
                make=lambda _: RebasedAverage(baseline=4, run=3, mode="propose", rebase_on=(MARCH,)),
            ),
        ),
        worded=lambda drawn: RebasedAverage(baseline=5, run=drawn.random.choice([3, 5])),
    ),
)
