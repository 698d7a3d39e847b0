"""Distributions are those of scipy.stats, which takes longer to load than budgets to be made."""

import subprocess
import sys

import numpy as np
import pytest
from scipy import stats

from alerting.evaluation.budget.draws import RATES, Draw
from alerting.evaluation.budget.expected import FITTED, SURE, sure
from alerting.limits.kernels.window_chance import chance_of_window

RATE = np.array([0.3, 4.0, 18.0])
POINTS = (np.arange(RATES) + 0.5) / RATES


@pytest.mark.parametrize(
    ("draw", "expected"),
    [
        pytest.param({}, lambda n: stats.poisson.cdf(n, RATE[:, None]), id="counts"),
        pytest.param({"times": 1.5}, lambda n: stats.nbinom.cdf(n, RATE[:, None] / 0.5, 1 / 1.5), id="too-many-counts"),
        pytest.param({"out_of": 20.0}, lambda n: stats.binom.cdf(n, 20, RATE[:, None] / 20), id="shares"),
    ],
)
def test_so_likely_are_at_most_so_many_cases(draw, expected):
    found = Draw(mean=0, deviation=1, cases=4.0, **draw)._steps(RATE)

    assert np.allclose(found, np.minimum(expected(np.arange(found.shape[1])), 1 - 1e-12), rtol=0, atol=1e-12)


def test_rates_that_the_fit_leaves_possible_are_of_equal_chance():
    counts = Draw(mean=0, deviation=1, cases=4.0, seen=90.0)._rates(0.0)
    shares = Draw(mean=0, deviation=1, cases=4.0, seen=90.0, out_of=20.0)._rates(0.0)

    assert np.allclose(np.sort(counts), stats.gamma.ppf(POINTS, 90.5) / 90 * 4)
    assert np.allclose(np.sort(shares), stats.beta.ppf(POINTS, 90.5, 360.5) * 20)


def test_errors_are_printed_as_wide_as_student_s_distribution_asks():
    figures = np.array([4, 60, 9, 9])

    assert np.allclose(sure(figures), stats.t.ppf(SURE, figures - FITTED))


def test_one_figure_lies_outside_a_window_as_often_as_student_s_distribution_says():
    found = chance_of_window(12, 2.5, sides=2)

    assert found.outside == pytest.approx(2 * stats.t.sf(2.5 / np.sqrt(13 / 12), 11))


def test_a_budget_does_not_load_scipy_stats():
    program = (
        "import sys; from alerting.evaluation.budget.draws import Draw; from alerting.evaluation.budget.worlds import worlds;"
        " Draw(mean=4, deviation=2, cases=4.0, seen=90.0).figures(worlds(12, 3, 24), 12); print('scipy.stats' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert said.stdout == "False\n"
