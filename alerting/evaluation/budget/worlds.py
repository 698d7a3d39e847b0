"""Worlds of noise: standard normal series in which each figure is like the one before by a known amount.

Each world has one past and several futures. What the futures have in common comes of the past: that is how far a rule's rate
differs from series to series though their noise is the same.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.random import PCG64, Generator

from alerting.domain.arrays import Floats
from alerting.evaluation.budget.noise import MOST_FIGURES, moments

#: How much a figure may be like the one before.
LIKENESS = (-0.3, -0.15, 0.0, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9)
#: The same worlds each time, so that the same rules and figures give the same budget.
SEED = 20_200_401
#: Of each world: enough that what they have in common shows.
FUTURES = 8


@dataclass(frozen=True, eq=False)
class Worlds:
    """Standard normal series `[periods x likeness x worlds]`: a past, and the futures that follow from it."""

    past: Floats
    #: `[future periods x likeness x worlds x FUTURES]`
    futures: Floats
    #: Of each along the second axis.
    likeness: tuple[float, ...] = LIKENESS

    @property
    def size(self) -> int:
        """Worlds of each likeness."""
        return int(self.past.shape[2])

    def cut(self, figures: int, size: int) -> "Worlds":
        """Return the first so many worlds with the last so many periods of their past."""
        return Worlds(self.past[-figures:, :, :size], self.futures[:, :, :size], self.likeness)

    def of(self, likeness: float) -> "Worlds":
        """Return those of one likeness."""
        place = self.likeness.index(likeness)
        return Worlds(self.past[:, place : place + 1], self.futures[:, place : place + 1], (likeness,))

    @cached_property
    def chances(self) -> Floats:
        """How likely a figure is no higher, `[past and future periods x likeness x worlds x FUTURES]`."""
        from scipy.special import ndtr

        past = np.repeat(self.past[..., None], self.futures.shape[-1], axis=-1)
        found: Floats = ndtr(np.concatenate([past, self.futures]))
        return found

    @cached_property
    def fitted(self) -> tuple[Floats, Floats]:
        """Mean and deviation of the past as they would be fitted, `[likeness x worlds]`."""
        mean, deviation, _ = self._moments
        return mean, deviation

    @cached_property
    def autocorrelations(self) -> Floats:
        """The past's autocorrelation as it would be fitted, `[likeness x worlds]`."""
        return self._moments[2]

    @cached_property
    def _moments(self) -> tuple[Floats, Floats, Floats]:
        past = self.past[-MOST_FIGURES:]
        whole = np.ones((len(past), 1), dtype=bool)
        shape = past.shape[1:]
        mean, deviation, likeness = moments(past.reshape(len(past), -1), np.repeat(whole, shape[0] * shape[1], axis=1))
        return mean.reshape(shape), deviation.reshape(shape), likeness.reshape(shape)


@lru_cache(maxsize=4)
def worlds(figures: int, periods: int, size: int, seed: int = SEED) -> Worlds:
    """Return worlds with so many past figures and future periods, always the same; of another seed others.

    The likenesses share their shocks, so that what differs between them is not chance.
    """
    chance = Generator(PCG64(seed))
    rho = np.array(LIKENESS)[:, None]
    fresh = np.sqrt(1 - rho**2)
    past = np.empty((figures, len(LIKENESS), size))
    past[0] = chance.standard_normal(size)
    for row in range(1, figures):
        past[row] = rho * past[row - 1] + fresh * chance.standard_normal(size)
    futures = np.empty((periods, len(LIKENESS), size, FUTURES))
    before = np.repeat(past[-1][:, :, None], FUTURES, axis=2)
    for row in range(periods):
        shocks = chance.standard_normal((1, size, FUTURES))
        before = futures[row] = rho[:, :, None] * before + fresh[:, :, None] * shocks
    return Worlds(past, futures)
