"""Seasonal limits against a second way to work them out: one series, a design matrix, least squares, straight from the papers.

Farrington et al. (1996), JRSS A 159(3), 547-563 (regression, Anscombe residuals, reweighting, trend) and Noufaily et al. (2013),
Statistics in Medicine 32(7), 1206-1222 (ten seasons, residuals above 2.58, negative binomial); in what they leave open as in
R's package surveillance: the windows, the order in which seasons are filled, the test of the trend, the minimum of cases.
"""

from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest
from samples.worlds import a_block, a_panel
from scipy import stats

from alerting.domain.parameters import Amount, MinimumCases
from alerting.domain.period import Calendar, PeriodKind
from alerting.limits.seasonal import Seasonal

P = 10


def rows_and_seasons(panel, at, years, width, left_out):
    """The past rows with their seasons 1 … 10, walking back window by window."""
    if panel.kind is PeriodKind.MONTH:
        marks = [at - 12 * n for n in range(years + 1)]
    else:
        day = panel.period(at).first_day
        marks = [at]
        for n in range(1, years + 1):
            wanted = date(day.year - n, day.month, day.day)
            mondays = [wanted + timedelta(days=d) for d in range(-3, 4)]
            marks.append(at - (day - next(d for d in mondays if d.weekday() == 0)).days // 7)
    season = {}
    for now, before in pairwise(marks):
        for row in range(before - width, before + width + 1):
            season[row] = P
        free = list(range(before + width + 1, now - width))
        longer = len(free) % (P - 1)
        place = 0
        for number in range(1, P):
            for _ in range(len(free) // (P - 1) + (number <= longer)):
                season[free[place]] = number
                place += 1
    return {row: number for row, number in sorted(season.items()) if row < at - left_out}


def glm(design, y, weights):
    """A Poisson regression with a log link, by least squares on the whole design; singular directions are dropped."""
    mu = y + 0.1
    eta, deviance = np.log(mu), np.inf
    for _ in range(60):
        root = np.sqrt(weights * mu)
        z = eta + (y - mu) / mu
        scale = np.linalg.norm(root[:, None] * design, axis=0)
        beta = np.linalg.lstsq(root[:, None] * design / scale, root * z, rcond=1e-12)[0] / scale
        working = weights * mu
        eta = design @ beta
        mu = np.exp(eta)
        new = 2 * np.sum(weights * (np.where(y > 0, y * np.log(np.where(y > 0, y, 1) / mu), 0) - (y - mu)))
        if abs(new - deviance) / (abs(new) + 0.1) < 1e-8:
            break
        deviance = new
    inverse = np.linalg.pinv((design * working[:, None]).T @ design, hermitian=True)
    leverage = working * np.einsum("ij,jk,ik->i", design, inverse, design)
    freedom = len(y) - design.shape[1]
    return beta, mu, working, leverage, inverse, freedom


def robust(design, y):
    beta, mu, working, leverage, _inverse, freedom = glm(design, y, np.ones(len(y)))
    phi = max(np.sum(working * ((y - mu) / mu) ** 2) / freedom, 1)
    residual = 1.5 * (y ** (2 / 3) * mu ** (-1 / 6) - mu**0.5) / np.sqrt(phi * (1 - leverage))
    weights = np.where(residual > 2.58, np.maximum(residual, 1.0) ** -2.0, 1.0)
    weights *= len(y) / weights.sum()
    beta, mu, working, _leverage, inverse, freedom = glm(design, y, weights)
    return beta, mu, weights, inverse, freedom, max(np.sum(working * ((y - mu) / mu) ** 2) / freedom, 1)


def farrington(panel, column, at, years=5, width=None, left_out=None, confidence=0.995):
    weekly = panel.kind is PeriodKind.WEEK
    seasons = rows_and_seasons(panel, at, years, width or (3 if weekly else 1), left_out or (26 if weekly else 6))
    values = panel.values[:, column]
    rows = [row for row in seasons if not np.isnan(values[row])]
    y = values[rows]
    dummies = np.array([[float(seasons[row] == number) for number in range(1, P + 1)] for row in rows])
    dummies = dummies[:, dummies.any(axis=0)]
    time = np.array(rows, dtype=float) - at
    beta, mu, weights, inverse, freedom, phi = robust(np.column_stack([dummies, time]), y)
    spread = np.sum(weights * ((y - mu) / mu) ** 2) / freedom
    chance = 2 * stats.t.sf(abs(beta[-1]) / np.sqrt(spread * inverse[-1, -1]), freedom)
    here = np.exp(beta[-2])  # time 0, the tenth season
    if not (chance < 0.05 and here <= y.max() and years >= 3):
        beta, _mu, _weights, _inverse, _freedom, phi = robust(dummies, y)
        here = np.exp(beta[-1])
    counts = stats.poisson(here) if phi <= 1 else stats.nbinom(here / (phi - 1), 1 / phi)
    return here, counts.ppf(confidence)


def series(shape, periods, cycle, random):
    at = np.arange(periods)
    level = np.full(periods, 25.0)
    if shape == "trending":
        level = 15 + 40 * at / periods
    elif shape == "seasonal":
        level = 25 + 15 * np.sin(2 * np.pi * at / cycle)
    elif shape == "shifted":
        level = np.where(at > periods * 0.6, 40.0, 20.0)
    elif shape == "small":
        level = np.full(periods, 1.5)
    elif shape == "dispersed":
        return random.negative_binomial(4, 4 / (4 + 25), periods).astype(float)
    values = random.poisson(level).astype(float)
    if shape == "outliers":
        values[random.integers(0, periods, 6)] += 80
    if shape == "gaps":
        values[random.integers(cycle // 3, periods - 1, periods // 20)] = np.nan
    if shape == "constant":
        values[:] = 12
    return values


SHAPES = ("stable", "trending", "seasonal", "shifted", "small", "dispersed", "outliers", "gaps", "constant")
ALWAYS = MinimumCases(count=0)


@pytest.mark.parametrize("kind", [PeriodKind.WEEK, PeriodKind.MONTH])
@pytest.mark.parametrize("shape", SHAPES)
def test_limits_are_those_of_the_papers(kind, shape):
    random = np.random.default_rng([ord(letter) for letter in shape])
    periods, cycle = (330, 52) if kind is PeriodKind.WEEK else (96, 12)
    panel = a_panel(*(series(shape, periods, cycle, random) for _ in range(5)), kind=kind, minimum=0.0)
    lines = Seasonal(minimum_cases=ALWAYS).compute(a_block(panel), {})
    for column in range(5):
        centre, upper = farrington(panel, column, periods - 1)
        assert lines.centre[0, column] == pytest.approx(centre, rel=1e-6)
        assert lines.upper[0, column] == upper


@pytest.mark.parametrize(
    ("years", "width", "left_out", "confidence"), [(3, 2, 10, 99.0), (6, 4, 30, 97.5), (2, 3, 26, 95.0)]
)
def test_its_parameters_are_those_of_the_papers(years, width, left_out, confidence):
    random = np.random.default_rng(years)
    panel = a_panel(*(series("trending", 400, 52, random) for _ in range(4)), kind=PeriodKind.WEEK, minimum=0.0)
    method = Seasonal(
        years=years, half_width=width, leave_out=left_out, minimum_cases=ALWAYS,
        confidence=Amount(number=confidence, relative=True),
    )  # fmt: skip
    lines = method.compute(a_block(panel), {})
    for column in range(4):
        centre, upper = farrington(panel, column, 399, years, width, left_out, confidence / 100)
        assert (lines.centre[0, column], lines.upper[0, column]) == (pytest.approx(centre, rel=1e-6), upper)


def test_an_outbreak_a_year_ago_hides_none_today():
    random = np.random.default_rng(7)
    calm = random.poisson(10, 330).astype(float)
    wild = calm.copy()
    wild[330 - 1 - 53 : 330 - 1 - 50] += 60
    panel = a_panel(calm, wild, kind=PeriodKind.WEEK, minimum=0.0)
    lines = Seasonal(minimum_cases=ALWAYS).compute(a_block(panel), {})
    assert lines.upper[0, 1] < 2 * lines.upper[0, 0]


def test_weeks_of_years_before_begin_nearest_to_the_same_day():
    calendar = Calendar()
    panel = a_panel([1.0] * 600, kind=PeriodKind.WEEK, first=calendar.parse_exact("2010-W01").ordinal)
    block = a_block(panel)
    row = panel.row(calendar.parse_exact("2020-W53"))
    then = [str(panel.period(Seasonal()._years_before(block, row, n))) for n in (1, 2, 5)]
    assert then == ["2020-W01", "2019-W01", "2015-W53"]
