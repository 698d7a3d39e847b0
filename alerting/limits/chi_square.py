"""Points of the chi-square distribution without scipy, whose import takes longer than judging most folders."""

import math
from functools import cache

import numpy as np

#: Newton's steps at most; six are enough.
STEPS = 20
#: How near two steps are in the end, as a share.
NEAR = 1e-14


@cache
def upper_point(degrees: int, share: float) -> float:
    """Return what a chi-square of so many degrees of freedom (1 or more) exceeds with the probability *share* (below a half).

    Source:
        Start: Wilson & Hilferty (1931), PNAS 17(12), p. 687, with Chernoff's bound for the normal point. Then Newton's method on
        the tail, which for whole degrees of freedom is a finite sum: Abramowitz & Stegun (1964), Handbook of Mathematical
        Functions, 26.4.4 and 26.4.5.
    """
    spread = 2 / (9 * degrees)
    point = degrees * (1 - spread + math.sqrt(-2 * math.log(share) * spread)) ** 3
    for _ in range(STEPS):
        tail, density = _tail(degrees, point)
        step = math.log(tail / share) * tail / density  # on the logarithm: the tail falls nearly like one
        point += step
        if abs(step) <= NEAR * point:
            break
    return point


def _tail(degrees: int, point: float) -> tuple[float, float]:
    """Return the probability above a point, and the density at it."""
    half = point / 2
    whole = np.arange(degrees // 2) + (degrees % 2) / 2  # powers of the half: 0, 1, 2 … or ½, 1½, 2½ …
    logs = whole * math.log(half) - half - np.array([math.lgamma(power + 1) for power in whole.tolist()])
    beyond = math.fsum(np.exp(logs).tolist()) + (math.erfc(math.sqrt(half)) if degrees % 2 else 0.0)
    shape = degrees / 2
    return beyond, math.exp((shape - 1) * math.log(half) - half - math.lgamma(shape)) / 2
