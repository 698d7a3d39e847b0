"""Every limits method and every condition, and a typical set of eight rules, against one pass over the matrix.

`./run pytest -m benchmark tests/benchmarks/test_methods.py -s` prints the figures; nothing here asserts a time.
"""

import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from benchmarks.test_judging import AS_OF, LIMITS, NINE, PERIODS, PLAN, a_rule, best, rule_set, world

from alerting.conditions.above_upper_limit import AboveUpperLimit
from alerting.conditions.average_moved import AverageMoved
from alerting.conditions.band import InBand
from alerting.conditions.below_lower_limit import BelowLowerLimit
from alerting.conditions.change import Change
from alerting.conditions.composition import AllOf, AnyOf, Not
from alerting.conditions.near_limit import NearLimit
from alerting.conditions.not_fresh import NotFresh
from alerting.conditions.outlier_among_areas import OutlierAmongAreas
from alerting.conditions.outside_limits import OutsideLimits
from alerting.conditions.outside_range import OutsideRange
from alerting.conditions.rank import Rank
from alerting.conditions.reduction_missed import ReductionMissed
from alerting.conditions.registry import conditions
from alerting.conditions.run import Run
from alerting.conditions.target_missed import TargetMissed
from alerting.conditions.trajectory import AboveTrajectory, BelowTrajectory
from alerting.conditions.trend import Trend
from alerting.conditions.variance import Variance
from alerting.conditions.will_miss import WillMiss
from alerting.domain.block import Block
from alerting.domain.measure import Level
from alerting.domain.panel import Panel
from alerting.domain.parameters import Amount, Band
from alerting.evaluation.engine import LATEST_COLUMNS, evaluate
from alerting.evaluation.histories import HISTORY_COLUMNS
from alerting.limits.attribute_charts import CChart, PChart, UChart
from alerting.limits.fixed import Fixed
from alerting.limits.funnel import Funnel
from alerting.limits.previous_financial_year import PreviousFinancialYear
from alerting.limits.published import Published
from alerting.limits.rare_events import GChart, TChart
from alerting.limits.rebased_average import RebasedAverage
from alerting.limits.registry import limits_methods
from alerting.limits.rolling import Rolling
from alerting.limits.seasonal import Seasonal
from alerting.limits.xmr import Xmr

METHODS = {
    "previous_financial_year": PreviousFinancialYear(), "rolling": Rolling(), "xmr": Xmr(), "xmr unscreened": Xmr(screen=False),
    "p prime": PChart(overdispersed="yes"), "additive funnel": Funnel(overdispersed="yes"), "g": GChart(), "t": TChart(),
    "p": PChart(), "u": UChart(), "c": CChart(), "rebased_average": RebasedAverage(), "seasonal": Seasonal(years=3),
    "funnel": Funnel(), "published": Published(), "fixed": Fixed(lower=20.0, upper=80.0, centre=50.0),
}  # fmt: skip
TEN_PERCENT = Amount(number=10, relative=True)
OUTSIDE, MISSED = OutsideLimits(limits=LIMITS), TargetMissed(at_least=Level(number=34.0))
CONDITIONS = {
    "above_upper_limit": AboveUpperLimit(limits=LIMITS), "below_lower_limit": BelowLowerLimit(limits=LIMITS),
    "outside_limits": OUTSIDE, "run": Run(of=LIMITS), "trend": Trend(), "target_missed": MISSED,
    "below_trajectory": BelowTrajectory(milestones=PLAN), "above_trajectory": AboveTrajectory(milestones=PLAN),
    "outside_range": OutsideRange(low=20.0, high=80.0), "average_moved": AverageMoved(),
    "change on last year": Change(versus="same_period_last_year", falls_by=TEN_PERCENT),
    "change, year to date": Change(versus="year_to_date", rises_by=TEN_PERCENT),
    "change, rolling 12 months": Change(versus="rolling_12_months", moves_by=TEN_PERCENT),
    "band": InBand(bands=(Band(name="low", at_least=None, below=30.0), Band(name="high", at_least=30.0, below=None))),
    "near_limit": NearLimit(limits=LIMITS), "not_fresh": NotFresh(), "rank": Rank(worse_than=6),
    "outlier_among_areas": OutlierAmongAreas(), "variance": Variance(under=TEN_PERCENT),
    "reduction_missed": ReductionMissed(at_least=TEN_PERCENT),
    "will_miss": WillMiss(at_least=Level(number=34.0), due=date(2020, 12, 31)),
    "all_of": AllOf(parts=(OUTSIDE, MISSED)), "any_of": AnyOf(parts=(OUTSIDE, MISSED)), "not": Not(part=MISSED),
}  # fmt: skip
EIGHT = (
    OUTSIDE, Run(of=LIMITS), Trend(), MISSED, BelowTrajectory(milestones=PLAN), OutsideRange(low=20.0, high=80.0),
    Change(versus="same_period_last_year", falls_by=TEN_PERCENT), AboveUpperLimit(limits=Xmr()),
)  # fmt: skip
SIZES = [1_000, 10_000, 100_000, 1_000_000]
#: Areas of one kind under one parent.
SIBLINGS = 50


PLANES = {"lower_limit": 20.0, "upper_limit": 80.0, "centre": 50.0, "plan": 50.0}


def with_parts(panel: Panel) -> Panel:
    """The panel with the columns that some methods need, and with areas that are siblings."""
    random = np.random.default_rng(2)
    denominators = random.integers(50, 400, panel.values.shape).astype(np.float64)
    same = {name: np.broadcast_to(np.float64(value), panel.values.shape) for name, value in PLANES.items()}
    planes = {"numerator": np.floor(denominators * 0.3), "denominator": denominators, **same}
    return replace(panel, planes=planes, siblings=np.arange(panel.n_series) // SIBLINGS)


def rounds_for(series: int) -> int:
    return 5 if series <= 10_000 else 2 if series <= 100_000 else 1


def test_no_method_and_no_condition_is_left_out():
    assert limits_methods().keys() == {method.key for method in METHODS.values()}
    assert conditions().keys() == {condition.key for condition in CONDITIONS.values()}


@pytest.mark.parametrize("series", SIZES)
@pytest.mark.timeout(900)
def test_each_limits_method_as_a_multiple_of_one_pass(series):
    panel = with_parts(world(series))
    one_pass = best(panel.values.sum)
    for name, method in METHODS.items():
        known = {}
        for which, first, width in (("latest", PERIODS - 1, LATEST_COLUMNS), ("every period", 0, HISTORY_COLUMNS)):
            if first == 0 and series > 10_000:
                continue

            judged = panel if method.view is None else method.view.panel(panel, slice(0, series))

            def compute(first=first, width=width, method=method, judged=judged):
                places = (slice(at, min(at + width, series)) for at in range(0, series, width))
                numbers = {key: np.array(float(number)) for key, number in method.vectors().items()}
                lines = (method.compute(Block(judged, first, PERIODS, place), numbers) for place in places)
                return sum(int(np.count_nonzero(one.centre[-1] == one.centre[-1])) for one in lines)

            taken = best(compute, rounds_for(series))
            known[which] = compute()
            print(f"\n{series:,} series, {which}, {name}: {taken / one_pass:.1f} x X.sum()", end="")
        assert all(0.99 * series <= count <= series for count in known.values()), (name, known)


@pytest.mark.parametrize("series", SIZES)
@pytest.mark.timeout(900)
def test_each_condition_and_a_typical_set_as_a_multiple_of_one_pass(series):
    panel = with_parts(world(series))
    one_pass = best(panel.values.sum)
    for name, several in {**{name: (one,) for name, one in CONDITIONS.items()}, "eight rules": EIGHT}.items():
        rules = rule_set(panel, [a_rule(n, condition) for n, condition in enumerate(several)])
        for every_period in (False, True)[: 1 if series > 10_000 else 2]:

            def judge(rules=rules, every_period=every_period):
                return evaluate(rules, {panel.kind: panel}, AS_OF, every_period=every_period)

            taken = best(judge, rounds_for(series))
            which = "every period" if every_period else "latest"
            print(f"\n{series:,} series, {which}, {name}: {taken / one_pass:.1f} x X.sum()", end="")
            found = sum(judge().counts().values())
            periods = PERIODS - 1 if every_period else 1  # a series may begin or end with gaps
            assert len(several) * series * periods <= found <= len(several) * series * (periods + every_period)


def test_a_history_against_replaying_the_latest_period():
    panel = world(10_000)
    rules = rule_set(panel, [a_rule(n, condition) for n, condition in enumerate(NINE)])
    one_pass = best(panel.values.sum)
    at_once = best(lambda: evaluate(rules, {panel.kind: panel}, AS_OF, every_period=True), 5)
    latest = best(lambda: evaluate(rules, {panel.kind: panel}, AS_OF), 9)
    replayed = latest * PERIODS
    print(
        f"\n10,000 series, nine rules: {at_once / one_pass:.0f} x X.sum(), replayed {replayed / one_pass:.0f} x: "
        f"1/{replayed / at_once:.1f} of replaying"
    )
    found = evaluate(rules, {panel.kind: panel}, AS_OF, every_period=True).counts()
    assert 9 * 10_000 * (PERIODS - 1) <= sum(found.values()) <= 9 * 10_000 * PERIODS


#: The peak is the kernel's own of this process, started anew once the matrix stands: what getrusage says includes the parent's.
ALONE = """
import re, sys
from pathlib import Path
from benchmarks.test_judging import AS_OF, a_rule, best, rule_set, world
from benchmarks.test_methods import EIGHT
from alerting.evaluation.engine import evaluate
series, every = int(sys.argv[1]), sys.argv[2] == "every period"
panel = world(series)
rules = rule_set(panel, [a_rule(n, condition) for n, condition in enumerate(EIGHT)])
def mebibytes(what): return int(re.search(what + r":\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024
Path("/proc/self/clear_refs").write_text("5")
before, one_pass = mebibytes("VmRSS"), best(panel.values.sum, 5)
taken = best(lambda: evaluate(rules, {panel.kind: panel}, AS_OF, every_period=every), 2)
count = sum(evaluate(rules, {panel.kind: panel}, AS_OF, every_period=every).counts().values())
matrix = panel.values.nbytes / 2**20
print(count, f"{taken / one_pass:.1f} x X.sum(), peak {mebibytes('VmHWM') - before:.0f} MiB above a matrix of {matrix:.0f}")
"""


@pytest.mark.parametrize(
    ("series", "which"),
    [(1_000, "latest"), (10_000, "latest"), (100_000, "latest"), (1_000_000, "latest"), (10_000, "every period")],
)
@pytest.mark.timeout(900)
def test_peak_memory_of_a_typical_set_in_a_process_of_its_own(series, which):
    command = [sys.executable, "-c", ALONE, str(series), which]
    tests = str(Path(__file__).parents[1])
    done = subprocess.run(command, check=True, capture_output=True, text=True, env={"PYTHONPATH": tests}, cwd=tests)
    count, figures = done.stdout.split(maxsplit=1)
    print(f"\n{series:,} series, eight rules, {which}: {figures.strip()}")
    periods = (1, 1) if which == "latest" else (PERIODS - 1, PERIODS)
    assert 8 * series * periods[0] <= int(count) <= 8 * series * periods[1]
