"""What chance does against the mean and spread of figures before, exactly, where figures are independent and normal."""

from functools import lru_cache

import numpy as np

from alerting.domain.answers import Chance

#: Points at which means, figures and spreads are taken; twice as many change nothing in the fifth decimal.
MEANS, FIGURES, SPREADS = 12, 241, 40
REACH = 9.0


@lru_cache(maxsize=64)
def chance_of_year(figures: int, sigmas: float, *, sides: int) -> Chance:
    """Return the same of limits that come from so many figures, and then hold for as many.

    Given the limits figures are independent: one lies outside right after one that does not as often as both together allow. That
    is off only where a year begins, with limits of its own.
    """
    from scipy.special import ndtr

    mean, of_mean = _means(figures)
    squares, of_squares = _squares(figures)
    reach = sigmas * np.sqrt(squares / (figures - 1))
    above, below = ndtr(-(mean[:, None] + reach)), ndtr(mean[:, None] - reach)
    outside = above + below if sides == 2 else above
    weight = of_mean[:, None] * of_squares
    share = float((weight * outside).sum())
    within = float((weight * outside * (1 - outside)).sum())
    opens = ((figures - 1) * within + share * (1 - share)) / figures
    return Chance(outside=share, opens=opens, figures=2 * figures - 1)


def _means(figures: int) -> tuple[np.ndarray, np.ndarray]:
    """Return where the mean of so many standard normal figures may lie, and how likely that is."""
    at, weight = np.polynomial.hermite_e.hermegauss(MEANS)
    return at / np.sqrt(figures), weight / weight.sum()


def _squares(figures: int) -> tuple[np.ndarray, np.ndarray]:
    """Return what the sum of their squared distances from it may be, and how likely that is."""
    from scipy.special import roots_genlaguerre

    if figures < 2:
        return np.zeros(1), np.ones(1)
    at, weight = roots_genlaguerre(SPREADS, (figures - 1) / 2 - 1)
    return 2 * at, weight / weight.sum()


@lru_cache(maxsize=64)
def chance_of_window(window: int, sigmas: float, *, sides: int) -> Chance:
    """Return how often a figure lies more than so many sample deviations from the mean of the *window* figures before.

    Args:
        sides: 1 where one side is looked at, 2 where both are.
    """
    from scipy.special import stdtr

    outside = sides * float(stdtr(window - 1, -sigmas / np.sqrt(1 + 1 / window)))
    return Chance(outside=outside, opens=outside - _twice(window, sigmas, sides), figures=window + 1)


def _twice(window: int, sigmas: float, sides: int) -> float:
    """Return how often two figures in a row lie outside.

    Their windows share all figures but one each: by the mean and the spread of those that they share, and the earlier of the two
    figures, what is left of either is the chance of one more normal figure.
    """
    from scipy.special import ndtr

    shared = window - 1
    mean, of_mean = (one[:, None, None] for one in _means(shared))
    figure = np.linspace(0 if sides == 1 else -REACH, REACH, FIGURES)[None, :, None]  # from the mean of those shared
    of_figure = np.exp(-((figure + mean) ** 2) / 2) / np.sqrt(2 * np.pi) * (figure[0, 1, 0] - figure[0, 0, 0])
    if sides == 1:
        of_figure[:, 0] /= 2
    squares, of_squares = (one[None, None, :] for one in _squares(shared))
    low, high = _first_outside(window, sigmas, figure, squares)
    before = ndtr(high + mean) - ndtr(low + mean)
    deviation = np.sqrt((squares + figure**2 * shared / window) / shared)
    after = ndtr(-(mean + figure / window + sigmas * deviation))
    if sides == 2:
        after = after + ndtr(mean + figure / window - sigmas * deviation)
    return float((of_mean * of_figure * of_squares * before * after).sum())


def _first_outside(
    window: int, sigmas: float, figure: np.ndarray, squares: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return between which oldest figures of its window a figure lies outside, all from the mean of those shared; equal: none."""
    a = 1 / window**2 - sigmas**2 / window
    b = -2 * figure / window
    c = figure**2 - sigmas**2 * squares / (window - 1)
    root = np.sqrt(np.maximum(b**2 - 4 * a * c, 0.0))
    return (-b + root) / (2 * a), (-b - root) / (2 * a)
