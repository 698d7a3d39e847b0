"""How likely each likeness of neighbouring figures is, series by series, by the autocorrelation that came out.

An autocorrelation of 0.6 comes out of ten figures as anything from -0.2 to 0.6. So none is taken for true: each series has a weight
for every likeness that worlds are made of. What the other series show is known beforehand, as far as there are some.
"""

from functools import lru_cache

import numpy as np

from alerting.domain.arrays import Floats, Index
from alerting.evaluation.budget.noise import FEWEST_FIGURES, MOST_FIGURES
from alerting.evaluation.budget.worlds import LIKENESS, worlds

#: Worlds by which it is known what comes out of a likeness.
TRIED = 2000
#: For how many series nothing known beforehand counts.
UNKNOWN = 4.0
ROUNDS = 40


def likeness_weights(figures: Index, autocorrelation: Floats) -> Floats:
    """Return `[series x likeness]` weights that add up to 1; NaN where no autocorrelation is known.

    Args:
        figures: how many each autocorrelation was fitted to.
        autocorrelation: as it came out.
    """
    found = np.full((len(figures), len(LIKENESS)), np.nan)
    known = np.flatnonzero(np.isfinite(autocorrelation))
    if not len(known):
        return found
    evidence = np.empty((len(known), len(LIKENESS)))
    fitted = np.clip(figures[known], FEWEST_FIGURES, MOST_FIGURES)
    for count in np.unique(fitted).tolist():
        own = fitted == count
        mean, deviation = _comes_out(count)
        apart = (autocorrelation[known[own], None] - mean) / deviation
        evidence[own] = np.exp(-0.5 * apart**2) / deviation + 1e-12
    before = np.full(len(LIKENESS), 1 / len(LIKENESS))
    for _ in range(ROUNDS):  # what all series show together: expectation and maximisation in turn
        weights = evidence * before
        weights /= weights.sum(axis=1, keepdims=True)
        before = (weights.sum(axis=0) + UNKNOWN / len(LIKENESS)) / (len(known) + UNKNOWN)
    weights = evidence * before
    found[known] = weights / weights.sum(axis=1, keepdims=True)
    return found


@lru_cache(maxsize=64)
def _comes_out(figures: int) -> tuple[Floats, Floats]:
    """Return mean and deviation of the autocorrelation that comes out of so many figures, by likeness."""
    found = worlds(MOST_FIGURES, 1, TRIED).cut(figures, TRIED).autocorrelations
    return found.mean(axis=1), found.std(axis=1)
