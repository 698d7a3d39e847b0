"""A whole history at once has, to the last bit, the limits of each period judged by itself."""

from datetime import date

import numpy as np
import pytest
from samples.worlds import a_panel

from alerting.domain.block import Block
from alerting.domain.limits_method import LimitsMethod
from alerting.domain.panel import Panel
from alerting.domain.parameters import Baseline
from alerting.domain.period import Calendar
from alerting.limits.attribute_charts import CChart, PChart, UChart
from alerting.limits.previous_financial_year import PreviousFinancialYear
from alerting.limits.rebased_average import RebasedAverage
from alerting.limits.rolling import Rolling
from alerting.limits.xmr import Xmr

PERIODS, SERIES = 40, 60
FIGURES = {
    "normal": lambda random: random.normal(50, 10, (PERIODS, SERIES)),
    "heavy-tailed": lambda random: random.standard_cauchy((PERIODS, SERIES)) * 1e3,
    "small-counts": lambda random: random.poisson(2, (PERIODS, SERIES)).astype(np.float64),
    "constant-then-moved": lambda _random: np.repeat([5.0, 9.0], PERIODS // 2)[:, None] * np.ones(SERIES),
}
LINES = ("centre", "lower", "upper", "trial", "reason", "rebased_on", "since", "run_centre", "rebase_count")
BASELINES = {
    "all": Baseline(), "first": Baseline(first=9), "between-days": Baseline(since=date(2018, 9, 1), until=date(2019, 8, 31))
}  # fmt: skip
REBASED = tuple(Calendar().parse_exact(month) for month in ("2018-10", "2020-02"))
METHODS = {
    **{
        f"{kind.key}-{name}-{len(rebased)}-rebases": kind(baseline=baseline, rebase_on=rebased)
        for kind in (Xmr, PChart, UChart, CChart)
        for name, baseline in BASELINES.items()
        for rebased in ((), REBASED)
    },
    "xmr-unscreened": Xmr(screen=False, minimum_points=6),
    "rolling": Rolling(),
    "rolling-longer-than-the-history": Rolling(window=PERIODS + 5),
    "previous_financial_year": PreviousFinancialYear(),
    "rebased_average": RebasedAverage(baseline=6, run=4),
}


def a_history(figures: str, *, breaks: bool, exclusions: bool) -> Panel:
    random = np.random.default_rng(7)
    values = FIGURES[figures](random)
    values[random.random(values.shape) < 0.05] = np.nan
    values[:10, ::7], values[:, 5] = np.nan, np.nan
    denominators = random.integers(0, 400, values.shape).astype(np.float64)
    denominators[random.random(values.shape) < 0.05] = np.nan
    planes = {"numerator": random.poisson(9, values.shape).astype(np.float64), "denominator": denominators}
    extra: dict[str, object] = {}
    if breaks:
        extra["segments"] = np.cumsum(random.random(values.shape) < 0.04, axis=0).astype(np.int32)
    if exclusions:
        extra["excluded"] = random.random(values.shape) < 0.1
    return a_panel(*values.T, planes=planes, **extra)


def assert_same(method: LimitsMethod, whole: Block, part: Block, columns: slice | np.ndarray) -> None:
    found, expected = method.compute(part, {}), method.compute(whole, {})
    for name in LINES:
        own, all_ = getattr(found, name), getattr(expected, name)
        if all_ is None:
            assert own is None
            continue
        own = np.zeros(part.shape, dtype=all_.dtype) if own is None else own  # no reason at these rows
        np.testing.assert_array_equal(own, all_[part.start : part.stop, columns], err_msg=f"{name} at {part.start}")


@pytest.mark.sampled(8, each=False)
@pytest.mark.parametrize("exclusions", [False, True], ids=["all-count", "some-left-out"])
@pytest.mark.parametrize("breaks", [False, True], ids=["unbroken", "with-breaks"])
@pytest.mark.parametrize("figures", FIGURES)
@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_a_history_equals_each_period_by_itself(method, figures, breaks, exclusions):
    panel = a_history(figures, breaks=breaks, exclusions=exclusions)
    columns = slice(0, SERIES)
    whole = Block(panel, 0, PERIODS, columns)
    with np.errstate(all="ignore"):
        for row in range(0, PERIODS, 3):
            assert_same(method, whole, Block(panel, row, row + 1, columns), columns)
        some = np.arange(3, SERIES - 4, 4)
        assert_same(method, whole, Block(panel, 11, 29, some), some)
