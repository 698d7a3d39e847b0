"""The kinds of stable worlds that the alert budget is held against, and how often what happens lies within the printed error.

`cd tests; ../run python -m samples.chance_kinds` tries a thousand worlds of each and prints the table of `rules/BUDGET.md`: some
twenty minutes of processor.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from sys import argv

import numpy as np
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
from samples.chance_worlds import Kind, expected_of, happens, noise
from samples.worlds import a_measure

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
FIGURES, LIKENESSES, TIMES = (10, 24, 60), (0.0, 0.3, 0.6), (1, 2, 3)
#: Numbers of figures and likenesses, each with all of `for`, and of `clear_after` another: every pair of two of the four comes up.
SQUARE = [
    (figures, likeness, tuple((after, TIMES[(place + row + column) % 3]) for place, after in enumerate(TIMES)))
    for (row, figures), (column, likeness) in product(enumerate(FIGURES), enumerate(LIKENESSES))
]


def within(
    name: str, figures: int, likeness: float, afters: tuple[tuple[int, int], ...], worlds: int, futures: int
) -> Iterator[tuple[tuple[int, int], float]]:
    """Yield, for each (`for`, `clear_after`), in how many of all worlds what happens lies within the printed error.

    Each world is a folder of one series; what happens is the rate of so many futures of its own, a year each, by its true noise.
    """
    kind = replace(KINDS[name], figures=figures, likeness=likeness)
    chance = np.random.default_rng(figures + round(10 * likeness))
    past = noise(chance, likeness, (figures, worlds))
    for after, happened in zip(afters, happens(kind, past, chance, afters, futures), strict=True):
        own = replace(kind, opens=after[0], clears=after[1])
        expected, error = expected_of(own, past, together=False)
        yield after, float((np.abs(expected - happened) <= error).mean())


def table(names: list[str], worlds: int = 1000, futures: int = 60) -> None:
    """Print the share of all worlds, least and mean, of each kind."""
    found: dict[str, list[float]] = {name: [] for name in names}
    for figures, likeness, afters in SQUARE:
        for name in names:
            for after, share in within(name, figures, likeness, afters, worlds, futures):
                found[name].append(share)
                case = f"{figures} figures, likeness {likeness}, for {after[0]}, clear_after {after[1]}"
                print(f"{name:24} {case}: {share:.1%}", flush=True)
    for name, shares in found.items():
        print(f"| {name} | {len(shares)} | {min(shares):.1%} | {np.mean(shares):.1%} |", flush=True)


if __name__ == "__main__":
    table(argv[1:] or list(KINDS))
