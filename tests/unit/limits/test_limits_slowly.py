"""Limits of series with gaps, exclusions, breaks and re-bases, against a reading of the words figure by figure.

The second way knows nothing of arrays: it picks the figures that the words name, and works with Python's statistics.
"""

from dataclasses import replace
from datetime import date
from math import isnan, nan, sqrt
from statistics import mean, stdev

import numpy as np
import pytest
from samples.worlds import a_measure, a_panel

from alerting.domain.block import Block
from alerting.domain.finding import Reason
from alerting.domain.measure import Unit
from alerting.domain.parameters import Baseline
from alerting.domain.period import Calendar
from alerting.limits import rolling
from alerting.limits.attribute_charts import AttributeChart, CChart, PChart, UChart
from alerting.limits.previous_financial_year import PreviousFinancialYear
from alerting.limits.rolling import Rolling
from alerting.limits.xmr import Xmr

ROWS, COLUMNS = 28, 6
MONTH = Calendar().parse_exact
REBASED = (MONTH("2018-12"), MONTH("2019-09"))
DATED = Baseline(since=date(2018, 7, 1), until=date(2019, 6, 30))
PERCENT = a_measure(unit=Unit.PERCENT)
METHODS = [
    Xmr(), Xmr(screen=False, sigmas=2.0), Xmr(rebase_on=REBASED), Xmr(baseline=Baseline(first=5), minimum_points=4),
    Xmr(baseline=Baseline(first=4), rebase_on=REBASED), Xmr(baseline=DATED), Xmr(rebase_on=(MONTH("2018-04"),)),
    Rolling(window=2), Rolling(window=5, sigmas=1.5), Rolling(window=12), Rolling(window=ROWS + 2),
    PreviousFinancialYear(), PreviousFinancialYear(minimum_points=2, sigmas=1.0), PreviousFinancialYear(minimum_points=10),
    CChart(), CChart(rebase_on=REBASED), CChart(baseline=Baseline(first=5)),
    PChart().bind(PERCENT), PChart(rebase_on=REBASED, sigmas=2.0).bind(PERCENT), PChart(baseline=DATED).bind(PERCENT),
    UChart().bind(PERCENT), UChart(baseline=Baseline(first=5), rebase_on=REBASED).bind(PERCENT),
]  # fmt: skip


def a_random_panel(seed, *, gaps, exclusions, breaks):
    random = np.random.default_rng(seed)
    bottom = random.integers(1, 30, (ROWS, COLUMNS)).astype(float)
    top = np.floor(bottom * random.random((ROWS, COLUMNS)))
    values = top / bottom * 100
    if gaps:
        values[random.random((ROWS, COLUMNS)) < 0.25] = nan
        values[:, 1] = nan
        values[:20, 2] = nan
        top[random.random((ROWS, COLUMNS)) < 0.1] = nan
        bottom[random.random((ROWS, COLUMNS)) < 0.1] = 0.0
    excluded = random.random((ROWS, COLUMNS)) < 0.15 if exclusions else None
    segments = np.cumsum(random.random((ROWS, COLUMNS)) < 0.07, axis=0).astype(np.int32) if breaks else None
    if segments is not None:
        segments[:, 3] = 0
    return a_panel(
        *values.T.tolist(), excluded=excluded, segments=segments, planes={"numerator": top, "denominator": bottom}
    )


def begins(panel, row, column, restarts=()):
    """The row with which a baseline of a row begins: after the last break, or with the last re-base."""
    first = max([0, *(panel.row(period) for period in restarts if panel.row(period) <= row)])
    while panel.segments is not None and panel.segments[first, column] != panel.segments[row, column]:
        first += 1
    return first


def reason(method, panel, row, column):
    """Why a row would have no limits: no numerator and denominator, figures of its baseline that are excluded, or too few."""
    parts = [panel.planes[name][row, column] for name in ("numerator", "denominator")]
    if isinstance(method, PChart | UChart) and (isnan(sum(parts)) or parts[1] <= 0):
        return Reason.NO_LIMITS.code
    if panel.excluded is None:
        return Reason.FEW_POINTS.code
    every = replace(panel, excluded=None)
    anywhen = replace(method, baseline=Baseline()) if hasattr(method, "baseline") else method
    anywhen = replace(anywhen, rebase_on=()) if hasattr(anywhen, "rebase_on") else anywhen
    excluded = any(panel.excluded[at, column] for at in baseline(anywhen, every, row, column))
    return (Reason.EXCLUDED if excluded else Reason.FEW_POINTS).code


def baseline(method, panel, row, column):
    """The rows whose figures make the limits of a row, as the words say."""
    begin = begins(panel, row, column, getattr(method, "rebase_on", ()))
    rows = range(begin, row + 1)
    if isinstance(method, Rolling):
        rows = range(max(begin, row - method.window), row)
    if isinstance(method, PreviousFinancialYear):
        year = panel.period(row).first_day.year - (panel.period(row).first_day.month < 4)
        months = [MONTH(f"{year - (month > 3)}-{month:02d}") for month in (4, 5, 6, 7, 8, 9, 10, 11, 12)]
        months += [MONTH(f"{year}-{month:02d}") for month in (1, 2, 3)]
        rows = sorted({panel.row(month) for month in months} & set(rows))
    rows = [at for at in rows if not isnan(panel.values[at, column])]
    rows = [at for at in rows if panel.excluded is None or not panel.excluded[at, column]]
    wanted = getattr(method, "baseline", Baseline())
    rows = [at for at in rows if wanted.holds(panel.period(at).last_day)]
    return rows[: wanted.first]


def with_both(panel, rows, column):
    top, bottom = panel.planes["numerator"], panel.planes["denominator"]
    return [at for at in rows if not isnan(top[at, column]) and bottom[at, column] > 0]


def mean_range(method, panel, rows, column):
    ranges = [abs(panel.values[at, column] - panel.values[at - 1, column]) for at in rows if at - 1 in rows]
    if ranges and method.screen:
        kept = [one for one in ranges if one < 3.267 * mean(ranges)]
        ranges = kept if kept and mean(kept) > 0 else ranges
    return mean(ranges) if ranges else nan


def of_denominators(method, panel, rows, row, column):
    rows, n = with_both(panel, rows, column), panel.planes["denominator"][row, column]
    if not rows:
        return nan, nan
    centre = sum(panel.planes["numerator"][rows, column]) / sum(panel.planes["denominator"][rows, column])
    if isnan(n) or n <= 0:
        return 100 * centre, nan
    variance = centre * (1 - centre) if isinstance(method, PChart) else centre
    return 100 * centre, 100 * method.sigmas * sqrt(variance / n)


def slowly(method, panel, row, column):
    """Centre and reach of one figure's limits; NaN for none."""
    rows = baseline(method, panel, row, column)
    figures = [panel.values[at, column] for at in rows]
    if isinstance(method, CChart):
        return (mean(figures), method.sigmas * sqrt(mean(figures))) if figures else (nan, nan)
    if isinstance(method, PChart | UChart):
        return of_denominators(method, panel, rows, row, column)
    if isinstance(method, Xmr):
        reach = 2.66 * method.sigmas / 3 * mean_range(method, panel, rows, column)
        return (nan, nan) if len(figures) < method.minimum_points or isnan(reach) else (mean(figures), reach)
    least = (method.minimum_points or 8) if isinstance(method, PreviousFinancialYear) else 2
    return (mean(figures), method.sigmas * stdev(figures)) if len(figures) >= least else (nan, nan)


@pytest.mark.sampled(4)
@pytest.mark.parametrize("method", METHODS, ids=lambda method: f"{method.key}-{METHODS.index(method)}")
@pytest.mark.parametrize(
    ("gaps", "exclusions", "breaks"),
    [(False, False, False), (True, False, False), (False, True, False), (False, False, True), (True, True, True)],
    ids=["plain", "gaps", "exclusions", "breaks", "all of it"],
)
def test_limits_are_what_the_words_say(method, gaps, exclusions, breaks):
    panel = a_random_panel(5, gaps=gaps, exclusions=exclusions, breaks=breaks)
    expected = np.array([[slowly(method, panel, row, column) for column in range(COLUMNS)] for row in range(ROWS)])
    centre, reach = expected[..., 0], expected[..., 1]
    for start, stop in ((0, ROWS), (0, 1), (11, 13), (12, 13), (13, 14), (14, 20), (20, 27), (ROWS - 1, ROWS)):
        lines = method.compute(Block(panel, start, stop, slice(0, COLUMNS)), {})
        rows = slice(start, stop)
        np.testing.assert_allclose(lines.centre, centre[rows], rtol=1e-9, atol=1e-9)
        lower = np.maximum(centre - reach, 0.0) if isinstance(method, AttributeChart) else centre - reach
        np.testing.assert_allclose(lines.lower, lower[rows], rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(lines.upper, (centre + reach)[rows], rtol=1e-9, atol=1e-9)
        reasons = [[reason(method, panel, row, column) for column in range(COLUMNS)] for row in range(start, stop)]
        reasons = np.where(np.isnan(reach[rows]), reasons, 0)
        np.testing.assert_array_equal(reasons, 0 if lines.reason is None else lines.reason)
        if isinstance(method, Xmr):
            counts = [[len(baseline(method, panel, row, column)) for column in range(COLUMNS)] for row in range(ROWS)]
            trial = np.where(np.isnan(centre), nan, np.array(counts) < 12)[rows]
            np.testing.assert_array_equal(trial, lines.trial)


@pytest.mark.parametrize("method", METHODS, ids=lambda method: f"{method.key}-{METHODS.index(method)}")
@pytest.mark.parametrize("hard", [False, True], ids=["plain", "all of it"])
def test_the_members_of_limits_are_the_figures_that_make_them(method, hard):
    panel = a_random_panel(6, gaps=hard, exclusions=hard, breaks=hard)
    for row in (0, 1, 8, 12, 13, 20, ROWS - 1):
        found = method.members(Block(panel, row, row + 1, slice(1, COLUMNS)))
        for column in range(1, COLUMNS):
            rows = baseline(method, panel, row, column)
            if isinstance(method, PChart | UChart):
                rows = with_both(panel, rows, column)
            assert np.flatnonzero(found.taken[:, column - 1]).tolist() == rows
            if isinstance(method, Xmr):
                expected = pytest.approx(mean_range(method, panel, rows, column), nan_ok=True)
                assert found.mean_moving_range[column - 1] == expected


def test_a_range_that_was_kept_is_screened_out_when_the_mean_has_fallen_and_the_other_way_round():
    """Wherever the judged rows begin: what was kept by then must be known."""
    restless, calm = [0.0, 3.0] * 3, [3.0, 3.1] * 8
    series = [restless + calm, calm + restless * 3, calm + [3.1 + n for n in range(9)], [0, 1, 0, 5] + [5.5, 5.0] * 9]
    length = min(len(one) for one in series)
    panel = a_panel(*[one[:length] for one in series])
    method = Xmr()
    expected = np.array([[slowly(method, panel, row, column)[1] for column in range(4)] for row in range(length)])
    for start in range(length):
        lines = method.compute(Block(panel, start, length, slice(0, 4)), {})
        np.testing.assert_allclose(lines.upper - lines.centre, expected[start:], rtol=1e-9)


@pytest.mark.parametrize("piece", [1, 2 * ROWS, 3 * ROWS])
def test_windows_are_the_same_in_pieces(monkeypatch, piece):
    panel = a_random_panel(5, gaps=True, exclusions=True, breaks=True)
    block, method = Block(panel, 4, ROWS, slice(0, COLUMNS)), Rolling(window=5)
    whole = method.compute(block, {})
    monkeypatch.setattr(rolling, "PIECE", piece)
    np.testing.assert_array_equal(method.compute(block, {}).upper, whole.upper)


@pytest.mark.parametrize("missing", ["numerator", "denominator"])
@pytest.mark.parametrize("method", [PChart().bind(PERCENT), UChart().bind(PERCENT)], ids=["p", "u"])
def test_percentages_alone_have_no_limits_of_numerators_and_denominators(method, missing):
    panel = a_random_panel(7, gaps=False, exclusions=False, breaks=False)
    alone = replace(panel, planes={name: plane for name, plane in panel.planes.items() if name != missing})
    block = Block(alone, 20, 22, slice(0, COLUMNS))
    lines = method.compute(block, {})
    assert np.isnan([lines.centre, lines.lower, lines.upper]).all()
    assert (lines.reason == Reason.NO_LIMITS.code).all()
    assert not method.members(Block(alone, 20, 21, slice(0, COLUMNS))).taken.any()
