"""Every limits method and the conditions on them against a slow second way to work them out, on dozens of series.

Tolerance: 1e-9 relative, for both add up in another order. States must be equal, but where a value lies within 1e-9 of a line.
"""

from math import isclose, isnan
from statistics import NormalDist

import numpy as np
import oracles
import pytest
from samples.condition_cases import SPANS, Case
from samples.histories import SHAPES, a_shape, found, rules_of
from samples.worlds import a_panel, floats

from alerting.conditions.average_moved import AverageMoved
from alerting.conditions.change import Change
from alerting.conditions.outside_limits import OutsideLimits
from alerting.conditions.run import Run
from alerting.conditions.trend import Trend
from alerting.domain.parameters import Amount, Baseline
from alerting.domain.period import Calendar
from alerting.limits.attribute_charts import CChart, PChart, UChart
from alerting.limits.fixed import Fixed
from alerting.limits.previous_financial_year import PreviousFinancialYear
from alerting.limits.rebased_average import RebasedAverage
from alerting.limits.rolling import Rolling
from alerting.limits.xmr import Xmr

PERIODS = 40
JULY_2019 = Calendar().parse_exact("2019-07")
LETTERS = {"normal": "n", "exception": "E", "no_data": "d", "not_enough_history": "h"}


def series(shape, seed, gaps):
    """One series, and the rows that are left out of its baselines: with *gaps* a tenth is missing, a tenth left out."""
    random = np.random.default_rng([seed, SHAPES.index(shape)])
    values = a_shape(shape, random, PERIODS)
    if gaps:
        values[random.random(PERIODS) < 0.1] = np.nan
    out = frozenset(np.flatnonzero(random.random(PERIODS) < 0.1).tolist()) if gaps else frozenset()
    return [None if isnan(x) else x for x in values.tolist()], out


#: By shape: six series, three of them with gaps.
SERIES = {shape: [series(shape, seed, gaps) for seed in (1, 2, 3) for gaps in (False, True)] for shape in SHAPES}
BY_SHAPE = pytest.mark.parametrize("shape", SHAPES)


def judged(conditions, many, kind="plain", tops=None, bottoms=None):
    """For each series and each condition by its name its findings, oldest first; None before the series' first figure."""
    planes = {}
    if tops is not None:
        planes = {"numerator": table(tops), "denominator": np.tile(floats(bottoms)[:, None], len(many))}
    excluded = np.array([[row in out for _, out in many] for row in range(PERIODS)])
    bounds = {"percent": {"ceiling": np.full(len(many), 100.0)}}.get(kind, {})
    minimum = -np.inf if kind == "plain" else 0.0
    panel = a_panel(*[figures for figures, _ in many], planes=planes, excluded=excluded, minimum=minimum, **bounds)
    cases = [Case(id=name, make=lambda _, c=condition: c, figures=kind) for name, condition in conditions.items()]
    cells = found(rules_of(cases, panel, kind), panel, every_period=True, text="none")
    months = [str(panel.period(row)) for row in range(PERIODS)]
    return [{name: [cells.get((name, area, month)) for month in months] for name in conditions} for area in panel.areas]


def table(many):
    return np.column_stack([floats(one) for one in many])


def same(findings, expected, figures, lines=None):
    """States are those expected; None where the series has not begun."""
    for row, (finding, letter) in enumerate(zip(findings, expected, strict=True)):
        if finding is None:
            assert figures[row] is None
            continue
        at = lines[row] if lines else None
        on_it = (
            at and figures[row] is not None and any(isclose(figures[row], y, rel_tol=1e-9, abs_tol=1e-9) for y in at)
        )
        assert on_it or letter == LETTERS[finding["state"]], (row, finding)


def is_near(expected, number):
    return number is not None and isclose(expected, number, rel_tol=1e-9, abs_tol=1e-9)


def same_lines(findings, lines):
    for row, (finding, at) in enumerate(zip(findings, lines, strict=True)):
        if finding is None:
            continue
        shown = [finding[name] for name in ("centre", "lower", "upper")]
        if at is None:
            assert [None, None, None] == shown, row
        else:
            assert all(map(is_near, at, shown)), row


METHODS = {
    "xmr": (Xmr(), oracles.xmr, {}),
    "xmr-two-sigma-unscreened": (Xmr(sigmas=2.0, screen=False), oracles.xmr, {"sigmas": 2, "screen": False}),
    "xmr-first-twelve": (Xmr(baseline=Baseline(first=12)), oracles.xmr, {"first": 12}),
    "xmr-six-at-least": (Xmr(minimum_points=6), oracles.xmr, {"least": 6}),
    "xmr-anew": (Xmr(rebase_on=(JULY_2019,)), oracles.xmr, {"anew": 15}),
    "xmr-anew-first-five": (
        Xmr(rebase_on=(JULY_2019,), baseline=Baseline(first=5)), oracles.xmr, {"anew": 15, "first": 5}),
    "rolling": (Rolling(), oracles.rolling, {}),
    "rolling-five-of-three-sigma": (Rolling(window=5, sigmas=3.0), oracles.rolling, {"window": 5, "sigmas": 3}),
    "previous-financial-year": (PreviousFinancialYear(), oracles.previous_financial_year, {}),
    "previous-financial-year-of-eleven": (
        PreviousFinancialYear(minimum_points=11, sigmas=1.0), oracles.previous_financial_year, {"least": 11, "sigmas": 1}),
}  # fmt: skip


@pytest.mark.sampled(4)
@BY_SHAPE
@pytest.mark.parametrize("name", METHODS)
def test_limits_and_runs_are_those_of_the_oracle(name, shape):
    method, oracle, how = METHODS[name]
    conditions = {"outside": OutsideLimits(limits=method), "run": Run(of=method, length=5)}
    for (figures, out), findings in zip(SERIES[shape], judged(conditions, SERIES[shape]), strict=True):
        lines = oracle(figures, out=out, **how)
        same_lines(findings["outside"], lines)
        same(findings["outside"], oracles.outside(figures, lines), figures, lines)
        centres = [at and at[0] for at in lines]
        same(findings["run"], oracles.run(figures, centres, 5), figures, on_centre(figures, lines, 5))


def on_centre(figures, lines, length):
    """Lines that hold the judged value where any value of the run lies on the centre but for the last digit."""
    found = []
    for row, at in enumerate(lines):
        here = [x for x in figures[max(row - length + 1, 0) : row + 1] if x is not None]
        tied = at and any(x != at[0] and isclose(x, at[0], rel_tol=1e-12, abs_tol=1e-12) for x in here)
        found.append((figures[row],) if tied and figures[row] is not None else None)
    return found


@pytest.mark.sampled(3, each=False)
@BY_SHAPE
def test_an_average_is_rebased_where_the_oracle_rebases_it(shape):
    method = RebasedAverage(run=4, baseline=6)
    conditions = {"moved": AverageMoved(limits=method), "outside": OutsideLimits(limits=method)}
    for (figures, out), findings in zip(SERIES[shape], judged(conditions, SERIES[shape]), strict=True):
        lines, moves, counts = oracles.rebased_average(figures, run=4, first=6, out=out)
        same_lines(findings["moved"], lines)
        same(findings["outside"], oracles.outside(figures, lines), figures, lines)
        assert moves == [row for row, one in enumerate(findings["moved"]) if one and one["state"] == "exception"]
        assert counts == [0 if one is None else one["rebase_count"] for one in findings["moved"]]


#: Denominators, one a row.
BOTTOMS = [float(7 + row * 13 % 29) for row in range(PERIODS)]


def counted(figures):
    """As many as about a quarter of the denominators."""
    return [None if x is None else min(abs(round(x * b / 40)), b) for x, b in zip(figures, BOTTOMS, strict=True)]


@BY_SHAPE
@pytest.mark.parametrize(
    ("kind", "method", "oracle", "scale"),
    [
        pytest.param("percent", PChart(sigmas=2.0), oracles.p, 100, id="p"),
        pytest.param("rate", UChart(sigmas=2.0), oracles.u, 1000, id="u"),
    ],
)
def test_limits_of_shares_and_rates_are_those_of_the_oracle(kind, method, oracle, scale, shape):
    tops = [counted(figures) for figures, _ in SERIES[shape]]
    shares = [[None if t is None else t / b * scale for t, b in zip(top, BOTTOMS, strict=True)] for top in tops]
    many = [(share, out) for share, (_, out) in zip(shares, SERIES[shape], strict=True)]
    findings = judged({"outside": OutsideLimits(limits=method)}, many, kind, tops, BOTTOMS)
    for (share, out), top, found_ in zip(many, tops, findings, strict=True):
        lines = oracle(top, BOTTOMS, sigmas=2, out=out)
        same_lines(found_["outside"], lines)
        same(found_["outside"], oracles.outside(share, lines), share, lines)


@BY_SHAPE
def test_limits_of_counts_are_those_of_the_oracle(shape):
    many = [([None if x is None else abs(float(round(x))) for x in figures], out) for figures, out in SERIES[shape]]
    methods = {"all": (CChart(), None), "first ten": (CChart(baseline=Baseline(first=10)), 10)}
    conditions = {name: OutsideLimits(limits=method) for name, (method, _) in methods.items()}
    for (counts, out), findings in zip(many, judged(conditions, many, "count"), strict=True):
        for name, (_, first) in methods.items():
            lines = oracles.c(counts, first=first, out=out)
            same_lines(findings[name], lines)
            same(findings[name], oracles.outside(counts, lines), counts, lines)


RUNS = [(side, length) for side in ("above", "below", "either") for length in (2, 4, 7)]
TRENDS = [(way, length) for way in ("rising", "falling", "either") for length in (2, 4, 7)]


@pytest.mark.sampled(3, each=False)
@BY_SHAPE
def test_runs_and_trends_are_those_of_the_oracle(shape):
    runs = {f"run {side} {n}": Run(of=Fixed(centre=10.0), side=side, length=n) for side, n in RUNS}
    trends = {f"trend {way} {n}": Trend(direction=way, length=n) for way, n in TRENDS}
    for (figures, _), findings in zip(SERIES[shape], judged(runs | trends, SERIES[shape]), strict=True):
        for side, length in RUNS:
            same(findings[f"run {side} {length}"], oracles.run(figures, [10.0] * PERIODS, length, side), figures)
        for way, length in TRENDS:
            same(findings[f"trend {way} {length}"], oracles.trend(figures, length, way), figures)


@pytest.mark.sampled(3, each=False)
@BY_SHAPE
@pytest.mark.parametrize("relative", [True, False])
def test_changes_are_those_of_the_oracle(relative, shape):
    amount = Amount(number=5.0, relative=relative)
    conditions = {span: Change(versus=span, moves_by=amount) for span in SPANS}
    for (figures, _), findings in zip(SERIES[shape], judged(conditions, SERIES[shape]), strict=True):
        for span in SPANS:
            changes = oracles.change(figures, span, relative=relative)
            for x, finding, moved in zip(figures, findings[span], changes, strict=True):
                if x is not None:
                    same_change(finding, moved)


def same_change(finding, moved):
    if not isinstance(moved, float):
        assert ("zero_base" if moved == "zero" else "no_comparison") == finding["reason"], finding
        return
    assert is_near(moved, finding["change"])
    at_it = isclose(abs(moved), 5, rel_tol=1e-9)
    assert at_it or ("exception" if abs(moved) >= 5 else "normal") == finding["state"], finding


@pytest.mark.sampled(3, each=False)
@BY_SHAPE
@pytest.mark.parametrize("confidence", [80.0, 95.0])
def test_changes_of_shares_are_significant_where_the_oracle_says_so(confidence, shape):
    tops = [counted(figures) for figures, _ in SERIES[shape]]
    shares = [[None if t is None else t / b * 100 for t, b in zip(top, BOTTOMS, strict=True)] for top in tops]
    many = [(share, out) for share, (_, out) in zip(shares, SERIES[shape], strict=True)]
    asked = {"moves_by": Amount(number=0.0), "significant": Amount(number=confidence, relative=True)}
    conditions = {span: Change(versus=span, **asked) for span in SPANS}
    reached = NormalDist().inv_cdf((1 + confidence / 100) / 2)
    for top, findings in zip(tops, judged(conditions, many, "percent", tops, BOTTOMS), strict=True):
        for span in SPANS:
            for row, finding in enumerate(findings[span]):
                z = None if top[row] is None else oracles.z_score(top, BOTTOMS, row, span)
                expected = "no_data" if z is None else "exception" if abs(z) >= reached else "normal"
                assert finding is None or expected == finding["state"], (row, finding)
