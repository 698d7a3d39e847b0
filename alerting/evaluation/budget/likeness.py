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
#: Steps of autocorrelations on Fisher's scale, which reach so far; and what they are smoothed by, of their deviation there.
STEP, FARTHEST, SMOOTHED = 0.05, 4.0, 0.25
#: On that scale the deviation is one divided by the root of so many figures fewer.
FITTED = 3


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
    places = _place(autocorrelation[known])
    for count in np.unique(fitted).tolist():
        own = fitted == count
        evidence[own] = _comes_out(count)[places[own]]
    before = np.full(len(LIKENESS), 1 / len(LIKENESS))
    for _ in range(ROUNDS):  # what all series show together: expectation and maximisation in turn
        weights = evidence * before
        weights /= weights.sum(axis=1, keepdims=True)
        before = (weights.sum(axis=0) + UNKNOWN / len(LIKENESS)) / (len(known) + UNKNOWN)
    weights = evidence * before
    found[known] = weights / weights.sum(axis=1, keepdims=True)
    return found


def _place(autocorrelation: Floats) -> Index:
    """Return the step in which an autocorrelation lies, on Fisher's scale, where its spread is much the same at 0 and at 0.9."""
    scaled = np.arctanh(np.clip(autocorrelation, -0.999, 0.999))
    found: Index = ((np.clip(scaled, -FARTHEST, FARTHEST) + FARTHEST) / STEP).astype(np.intp)
    return found


@lru_cache(maxsize=64)
def _comes_out(figures: int) -> Floats:
    """Return how often an autocorrelation comes out of so many figures, `[step x likeness]`: counted in worlds, and smoothed.

    It is lopsided for few figures that are much alike, so that mean and deviation of it would not do.
    """
    places = _place(worlds(MOST_FIGURES, 1, TRIED).cut(figures, TRIED).autocorrelations)
    steps = int(2 * FARTHEST / STEP) + 1
    wide = max(SMOOTHED / np.sqrt(max(figures - FITTED, 1)) / STEP, 1.0)
    apart = np.arange(steps)[:, None] - np.arange(steps)
    kernel = np.exp(-0.5 * (apart / wide) ** 2)
    counts = np.stack([np.bincount(line, minlength=steps) for line in places], axis=1)
    found: Floats = kernel / kernel.sum(axis=0) @ counts / TRIED + 1e-6
    return found
