"""Limits that allow for overdispersion, against a reading of the words figure by figure, one series at a time.

The second way knows nothing of arrays: it picks the figures that the words name, and works with Python's own arithmetic.
"""

from dataclasses import replace
from itertools import pairwise
from math import isnan, nan, sqrt

import numpy as np
import pytest
from samples.worlds import a_measure, a_panel
from scipy.stats import chi2

from alerting.domain.block import Block
from alerting.domain.finding import Reason
from alerting.domain.measure import Unit
from alerting.domain.parameters import Baseline
from alerting.limits.attribute_charts import PChart, UChart
from alerting.limits.funnel import Funnel
from alerting.limits.overdispersion import FEW_COLUMNS

ROWS, COLUMNS = 30, 6
PERCENT, RATE = a_measure(unit=Unit.PERCENT), a_measure(unit=Unit.RATE, per=1000)


def a_random_panel(seed, *, spread, scale, gaps=False, exclusions=False, breaks=False, **extra):
    random = np.random.default_rng(seed)
    bottom = random.integers(200, 900, (ROWS, COLUMNS)).astype(float)
    top = np.round(bottom * np.clip(random.normal(0.4, spread, (ROWS, COLUMNS)), 0, 1))
    top[:, 4], top[:, 5] = 0.0, bottom[:, 5]
    values = top / bottom * scale
    if gaps:
        values[random.random((ROWS, COLUMNS)) < 0.2] = nan
        values[::2, 1] = nan
        top[random.random((ROWS, COLUMNS)) < 0.05] = nan
        bottom[random.random((ROWS, COLUMNS)) < 0.05] = 0.0
    excluded = random.random((ROWS, COLUMNS)) < 0.1 if exclusions else None
    segments = np.cumsum(random.random((ROWS, COLUMNS)) < 0.03, axis=0).astype(np.int32) if breaks else None
    planes = {"numerator": top, "denominator": bottom}
    return a_panel(*values.T.tolist(), excluded=excluded, segments=segments, planes=planes, **extra)


def cases_before(panel, column, row, first):
    """The baseline's (row, numerator, denominator), one by one."""
    found = []
    for r in range(row + 1):
        top, bottom = (float(panel.planes[name][r, column]) for name in ("numerator", "denominator"))
        here = panel.segments is None or panel.segments[r, column] == panel.segments[row, column]
        excluded = panel.excluded is not None and panel.excluded[r, column]
        if here and not excluded and not isnan(panel.values[r, column]) and (first is None or len(found) < first):
            found.append((r, top, bottom))
    return [(r, top, bottom) for r, top, bottom in found if not isnan(top) and bottom > 0]


def own_deviation(method, centre, bottom):
    return sqrt(max(centre * (1 - centre) if isinstance(method, PChart) else centre, 0.0) / bottom)


def slowly(method, panel, column, row):
    """(centre, lower, upper), or None."""
    cases = cases_before(panel, column, row, method.baseline.first)
    bottom_here = float(panel.planes["denominator"][row, column])
    if not cases or not bottom_here > 0:
        return None
    centre = sum(top for _, top, _ in cases) / sum(bottom for _, _, bottom in cases)
    z = {r: 0.0 for r, _, _ in cases}
    if own_deviation(method, centre, 1) > 0:
        z = {r: (top / bottom - centre) / own_deviation(method, centre, bottom) for r, top, bottom in cases}
    factor = 1.0
    chi_square, degrees = sum(x * x for x in z.values()), len(cases) - 1
    if method.overdispersed == "yes" or (degrees and chi_square > chi2.ppf(0.999, degrees)):
        ranges = [abs(z[b] - z[a]) for a, b in pairwise(sorted(z)) if b == a + 1]
        if len(cases) < 12 or not ranges:
            return None
        factor = max(1.0, sum(ranges) / len(ranges) / 1.128)
    reach = method.sigmas * factor * own_deviation(method, centre, bottom_here)
    return centre * method.scale, (centre - reach) * method.scale, (centre + reach) * method.scale


SHAPES = [
    pytest.param({}, id="whole series"),
    pytest.param({"gaps": True}, id="gaps"),
    pytest.param({"exclusions": True}, id="exclusions"),
    pytest.param({"breaks": True}, id="breaks"),
    pytest.param({"gaps": True, "exclusions": True, "breaks": True}, id="all of them"),
]
METHODS = [
    PChart(overdispersed="yes").bind(PERCENT), PChart(overdispersed="auto").bind(PERCENT),
    PChart(overdispersed="auto", sigmas=2.0, baseline=Baseline(first=15)).bind(PERCENT),
    UChart(overdispersed="yes", baseline=Baseline(first=20)).bind(RATE), UChart(overdispersed="auto").bind(RATE),
]  # fmt: skip


@pytest.mark.sampled(4)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("spread", [0.001, 0.03, 0.2])
@pytest.mark.parametrize("method", METHODS, ids=lambda m: f"{m.key} {m.overdispersed} {m.baseline.first or ''}")
def test_prime_limits_are_what_the_words_give(method, spread, shape):
    panel = a_random_panel(7, spread=spread, scale=method.scale, **shape)
    history = method.compute(Block(panel, 0, ROWS, slice(0, COLUMNS)), {})
    expected = [[slowly(method, panel, c, r) for c in range(COLUMNS)] for r in range(ROWS)]
    nothing = (nan, nan, nan)
    centre, lower, upper = np.array([[cell or nothing for cell in row] for row in expected]).transpose(2, 0, 1)
    judged = ~np.isnan(upper)
    assert history.centre[judged] == pytest.approx(centre[judged], rel=1e-12)
    assert history.lower == pytest.approx(np.maximum(lower, 0.0), rel=1e-9, abs=1e-9, nan_ok=True)
    assert history.upper == pytest.approx(upper, rel=1e-9, abs=1e-9, nan_ok=True)
    reasons = np.zeros((ROWS, COLUMNS), dtype=np.int8) if history.reason is None else history.reason
    assert np.array_equal(reasons != 0, ~judged)
    lacking = np.isnan(panel.planes["numerator"]) | ~(panel.planes["denominator"] > 0)
    assert np.array_equal(reasons == Reason.NO_LIMITS.code, ~judged & lacking)
    others = {Reason.FEW_POINTS.code} | ({Reason.EXCLUDED.code} if panel.excluded is not None else set())
    assert set(reasons[~judged & ~lacking].tolist()) <= others


@pytest.mark.parametrize("method", METHODS, ids=lambda m: f"{m.key} {m.overdispersed} {m.baseline.first or ''}")
def test_a_row_of_a_prime_chart_depends_on_no_later_row_and_on_no_other_series(method):
    panel = a_random_panel(3, spread=0.05, scale=method.scale, gaps=True, exclusions=True, breaks=True)
    whole = method.compute(Block(panel, 0, ROWS, slice(0, COLUMNS)), {})
    alone = [
        [float(method.compute(Block(panel, r, r + 1, slice(c, c + 1)), {}).upper[0, 0]) for c in range(COLUMNS)]
        for r in range(ROWS)
    ]
    assert np.array_equal(np.array(alone), whole.upper, equal_nan=True)


def test_many_series_are_judged_as_each_alone():
    """Above so many columns sums go row by row; the last digit must not know."""
    method, width = METHODS[0], FEW_COLUMNS + 2
    panel = a_random_panel(5, spread=0.05, scale=100.0)
    columns = np.arange(width) % COLUMNS
    wide = a_panel(
        *panel.values[:, columns].T.tolist(), planes={name: x[:, columns] for name, x in panel.planes.items()}
    )
    found = method.compute(Block(wide, ROWS - 1, ROWS, slice(0, width)), {}).upper[0]
    one = method.compute(Block(panel, ROWS - 1, ROWS, slice(0, COLUMNS)), {}).upper[0]
    assert np.array_equal(found, one[columns], equal_nan=True)


def funnel_slowly(pairs, *, proportion, sigmas, overdispersed):
    """[(lower, upper)] of each area, unscaled; None for too few areas. By the contract's formula, area by area."""
    centre = sum(top for top, _ in pairs) / sum(bottom for _, bottom in pairs)
    variances = [(centre * (1 - centre) if proportion else centre) / bottom for _, bottom in pairs]
    z = [(top / bottom - centre) / sqrt(v) for (top, bottom), v in zip(pairs, variances, strict=True)]
    areas = len(pairs)
    between = 0.0
    if overdispersed == "yes" or sum(x * x for x in z) > chi2.ppf(0.999, areas - 1):
        if areas < 10:
            return None
        tenth, ranked = areas // 10, sorted(z)
        kept = [ranked[tenth]] * tenth + ranked[tenth : areas - tenth] + [ranked[areas - tenth - 1]] * tenth
        phi = sum(x * x for x in kept) / areas
        weights = [1 / v for v in variances]
        total = sum(weights)
        between = max(0.0, (areas * phi - areas + 1) / (total - sum(w * w for w in weights) / total))
    reach = [sigmas * sqrt(v + between) for v in variances]
    return [(centre - r, centre + r) for r in reach]


@pytest.mark.sampled(4)
@pytest.mark.parametrize("overdispersed", ["yes", "auto"])
@pytest.mark.parametrize("measure", [PERCENT, RATE], ids=["shares", "rates"])
@pytest.mark.parametrize("spread", [0.0, 0.01, 0.1])
@pytest.mark.parametrize("areas", [3, 9, 10, 19, 20, 57])
def test_an_additive_funnel_is_what_the_words_give(areas, spread, measure, overdispersed):
    random = np.random.default_rng(areas)
    bottom = random.integers(100, 4000, areas).astype(float)
    top = random.binomial(bottom.astype(int), np.clip(random.normal(0.3, spread, areas), 0.01, 0.99)).astype(float)
    method = Funnel(overdispersed=overdispersed, sigmas=2.5).bind(measure)
    planes = {"numerator": top[None, :], "denominator": bottom[None, :]}
    panel = a_panel(
        *(top / bottom * method.scale)[:, None].tolist(), siblings=np.zeros(areas, dtype=np.intp), planes=planes
    )
    found = method.compute(Block(panel, 0, 1, slice(0, areas)), {})
    pairs = list(zip(top.tolist(), bottom.tolist(), strict=True))
    wanted = funnel_slowly(pairs, proportion=measure is PERCENT, sigmas=2.5, overdispersed=overdispersed)
    if wanted is None:
        assert (found.reason == Reason.FEW_AREAS.code).all()
        return
    lower, upper = np.array(wanted).T * method.scale
    assert found.upper[0] == pytest.approx(upper, rel=1e-9)
    assert found.lower[0] == pytest.approx(np.maximum(lower, 0), rel=1e-9)


def test_groups_of_siblings_are_winsorised_each_by_itself():
    """Two forces' areas in one panel, given in any order: each force's funnel is the one it has alone."""
    random = np.random.default_rng(11)
    bottom = random.integers(100, 4000, 32).astype(float)
    top = np.round(bottom * np.clip(random.normal(0.3, 0.05, 32), 0.01, 0.99))
    groups = random.permutation([0] * 21 + [1] * 11).astype(np.intp)
    method = Funnel(overdispersed="yes").bind(PERCENT)

    def upper(columns):
        planes = {"numerator": top[None, columns], "denominator": bottom[None, columns]}
        values = (top / bottom * 100)[columns][:, None].tolist()
        panel = a_panel(*values, siblings=groups[columns], planes=planes)
        return method.compute(Block(panel, 0, 1, slice(0, len(columns))), {}).upper[0]

    together = upper(np.arange(32))
    for group in (0, 1):
        own = np.flatnonzero(groups == group)
        assert together[own] == pytest.approx(upper(own), rel=1e-12)


def test_areas_that_all_have_nothing_lie_on_a_funnel_without_width():
    planes = {"numerator": np.zeros((1, 12)), "denominator": np.full((1, 12), 50.0)}
    panel = a_panel(*[[0.0]] * 12, siblings=np.zeros(12, dtype=np.intp), planes=planes)
    found = Funnel(overdispersed="auto").bind(PERCENT).compute(Block(panel, 0, 1, slice(0, 12)), {})
    assert (found.lower == 0).all()
    assert (found.upper == 0).all()


def test_plain_limits_stay_what_they_were():
    """A method that is not asked to look at overdispersion gives what it gave, to the last digit."""
    panel = a_random_panel(2, spread=0.001, scale=100.0)
    block = Block(panel, 0, ROWS, slice(0, 4))
    plain, auto = (PChart(overdispersed=how).bind(PERCENT).compute(block, {}) for how in ("no", "auto"))
    assert np.array_equal(plain.upper, auto.upper)
    assert replace(PChart(), overdispersed="no") == PChart()
