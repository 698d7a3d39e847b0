"""What a parameter is where a rule leaves it out: the contract's tables say so, and rules in use rest on it."""

import pytest
from samples.worlds import states
from scipy import stats

from alerting.conditions.average_moved import AverageMoved
from alerting.conditions.change import Change
from alerting.conditions.kernels.projection import student
from alerting.conditions.near_limit import NearLimit
from alerting.conditions.not_fresh import NotFresh
from alerting.conditions.outlier_among_areas import OutlierAmongAreas
from alerting.conditions.reduction_missed import ReductionMissed
from alerting.conditions.run import Run
from alerting.conditions.target_missed import TargetMissed
from alerting.conditions.trajectory import BelowTrajectory
from alerting.conditions.trend import Trend
from alerting.conditions.variance import Variance
from alerting.conditions.will_miss import WillMiss
from alerting.domain.parameters import Amount, Baseline, MinimumCases
from alerting.domain.period import PeriodKind
from alerting.limits.attribute_charts import CChart, PChart, UChart
from alerting.limits.fixed import Fixed
from alerting.limits.funnel import Funnel
from alerting.limits.previous_financial_year import PreviousFinancialYear
from alerting.limits.published import Published
from alerting.limits.rebased_average import RebasedAverage
from alerting.limits.rolling import Rolling
from alerting.limits.seasonal import Seasonal
from alerting.limits.xmr import Xmr

TEN = Amount(number=10.0)


@pytest.mark.parametrize(
    ("made", "holds"),
    [
        (Run(of=Published()), {"side": "either", "length": 8, "looks_back": 8}),
        (Trend(), {"direction": "either", "length": 7, "looks_back": 7}),
        (NearLimit(limits=Published()), {"points": 2, "out_of": 3, "looks_back": 3}),
        (NotFresh(), {"grace": 0, "looks_back": 1}),
        (TargetMissed(), {"at_least": None, "at_most": None, "due": None, "looks_back": 1}),
        (BelowTrajectory(milestones=()), {"shape": "linear", "tolerance": 0.0}),
        (ReductionMissed(at_least=TEN), {"versus": "same_period_last_year"}),
        (Variance(over=TEN), {"against": "plan", "under": None}),
        (WillMiss(), {"confidence": Amount(number=80.0, relative=True), "milestones": (), "due": None, "by_year": False}),
        (AverageMoved(), {"limits": RebasedAverage(run=8, sigmas=2.0, baseline=12, mode="auto"), "method": RebasedAverage()}),
        (OutlierAmongAreas(), {"limits": Funnel(sigmas=3.0), "method": Funnel()}),
        (RebasedAverage(), {"run": 8, "sigmas": 2.0, "baseline": 12, "mode": "auto", "rebase_on": ()}),
        (PreviousFinancialYear(), {"sigmas": 2.0, "minimum_points": None}),
        (Xmr(), {"sigmas": 3.0, "baseline": Baseline(), "rebase_on": (), "screen": True, "minimum_points": 2}),
        (Rolling(), {"window": 12, "sigmas": 2.0}),
        (PChart(), {"sigmas": 3.0, "baseline": Baseline(), "rebase_on": ()}),
        (UChart(), {"sigmas": 3.0, "baseline": Baseline(), "rebase_on": ()}),
        (CChart(), {"sigmas": 3.0, "baseline": Baseline(), "rebase_on": ()}),
        (Funnel(), {"sigmas": 3.0}),
        (Fixed(), {"lower": None, "upper": None, "centre": None}),
        (
            Seasonal(),
            {
                "years": 5, "half_width": None, "leave_out": None, "reweight_above": 2.58,
                "confidence": Amount(number=99.5, relative=True), "minimum_cases": MinimumCases(count=5.0, periods=4),
            },
        ),
    ],
    ids=lambda case: getattr(case, "key", ""),
)  # fmt: skip
def test_what_a_rule_leaves_out_is_what_the_contract_says(made, holds):
    assert {name: getattr(made, name) for name in holds} == holds


@pytest.mark.parametrize(
    ("change", "direction"), [({"rises_by": TEN}, 1), ({"falls_by": TEN}, -1), ({"moves_by": TEN}, 0)], ids=str
)
def test_a_change_has_one_direction_or_both(change, direction):
    made = Change(versus="previous_period", **change)
    assert (made.direction, made.amount) == (direction, TEN)


@pytest.mark.parametrize(("kind", "length"), [(PeriodKind.DAY, 365), (PeriodKind.WEEK, 52), (PeriodKind.QUARTER, 4)])
def test_twelve_months_are_so_many_periods(kind, length):
    condition = Change(versus="rolling_12_months", rises_by=Amount(number=1.0))
    assert states(condition, [1.0] * (2 * length - 1) + [3.0], kind=kind) == "d" * (2 * length - 1) + "E"


@pytest.mark.parametrize("confidence", [0.5, 0.8, 0.9, 0.975, 0.995])
@pytest.mark.parametrize("freedom", [1, 2, 5, 29, 30, 31, 32, 60, 120])
def test_quantiles_of_student_are_those_of_scipy(confidence, freedom):
    assert student(confidence, freedom) == pytest.approx(float(stats.t.ppf(confidence, freedom)), rel=1.2e-7, abs=1e-12)
