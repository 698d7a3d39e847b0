"""From standard normal worlds to figures: what a series' own noise makes of them, as numbers or as counted cases."""

from dataclasses import dataclass

import numpy as np
from numpy.random import PCG64, Generator

from alerting.domain.arrays import Floats, Index
from alerting.evaluation.budget.worlds import Worlds

#: Rates that the figures leave possible are taken at so many points of equal chance.
RATES = 24
#: From so many expected cases on counts are as good as normal.
MANY_CASES = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """How the figures of one series vary: normal around its mean; or, where `cases` is given, as counted cases.

    `cases`: expected cases a period. `out_of`: for shares, of how many each period (else None: there is no most).
    `times`: how many times the variance of chance alone they have, 1 or more. `seen`: cases in all the figures of the fit.
    `per_case`: what a case is worth in the figure's unit.
    """

    mean: float
    deviation: float
    cases: float | None = None
    out_of: float | None = None
    times: float = 1.0
    seen: float = 0.0
    per_case: float = 1.0
    whole: bool = False

    def figures(self, worlds: Worlds, past_periods: int) -> Floats:
        """Return `[periods x likeness x worlds x futures]` figures: the last periods of the past before each of its futures."""
        past = np.repeat(worlds.past[-past_periods:, ..., None], worlds.futures.shape[-1], axis=-1)
        standard = np.concatenate([past, worlds.futures])
        if self.cases is None:
            return self._normal(standard, worlds)
        return self._counted(standard, worlds) * self.per_case

    def _normal(self, standard: Floats, worlds: Worlds) -> Floats:
        """Stretch each world so that its past has the very mean and deviation that were fitted.

        So its true level and spread are as far from the fitted ones as chance may have put them.
        """
        mean, deviation = (one[None, ..., None] for one in worlds.fitted)
        found = self.mean + self.deviation * (standard - mean) / deviation
        return np.round(found) if self.whole else found

    def _counted(self, standard: Floats, worlds: Worlds) -> Floats:
        """Turn each world into cases, by the rates that the fit leaves possible."""
        chance = worlds.chances[-len(standard) :]
        found = np.empty_like(standard)
        for place, likeness in enumerate(worlds.likeness):
            rates = self._rates(likeness)
            which = np.arange(standard.shape[2]) % len(rates)
            if self.cases is not None and self.cases > MANY_CASES:
                found[:, place] = self._many(standard[:, place], rates[which][:, None])
            else:
                found[:, place] = self._few(chance[:, place], rates, which[:, None])
        return found

    def _rates(self, likeness: float) -> Floats:
        """Return expected cases a period that are possible, of equal chance each: figures that are alike tell less."""
        from scipy.special import betaincinv, gammaincinv  # `scipy.stats` takes longer to load

        assert self.cases is not None
        chance = (np.arange(RATES) + 0.5) / RATES
        chance = chance[Generator(PCG64(RATES)).permutation(RATES)]
        seen = self.seen / self.times * (1 - likeness) / (1 + likeness)
        if self.out_of is None:
            found: Floats = gammaincinv(seen + 0.5, chance) / max(seen, 0.5) * self.cases
            return found
        asked = seen * self.out_of / self.cases
        shares: Floats = betaincinv(seen + 0.5, asked - seen + 0.5, chance)
        return shares * self.out_of

    def _many(self, standard: Floats, rates: Floats) -> Floats:
        """Many cases are as good as normal."""
        found: Floats = np.sqrt(rates * self.times)
        if self.out_of is not None:
            found *= np.sqrt(1 - rates / self.out_of)
        return np.maximum(np.round(rates + found * standard), 0.0)

    def _few(self, chance: Floats, rates: Floats, which: Index) -> Floats:
        """Look up how many cases there are at each chance, in one table of all rates, one after the other."""
        steps = self._steps(rates)
        table = (steps + np.arange(len(rates))[:, None]).ravel()
        found: Floats = (np.searchsorted(table, chance + which) - which * steps.shape[1]).astype(np.float64)
        return found

    def _steps(self, rates: Floats) -> Floats:
        """Return the chance of at most 0, 1, 2 … cases, `[rates x cases]`, always less than 1."""
        from scipy.special import bdtr, betainc, pdtr

        highest = float(rates.max())
        cases = np.arange(int(highest + 12 * np.sqrt(highest * self.times) + 12))
        if self.out_of is not None:
            most = round(self.out_of)
            found: Floats = bdtr(np.minimum(cases, most), most, np.minimum(rates[:, None] / self.out_of, 1.0))
        elif self.times > 1:
            found = betainc(rates[:, None] / (self.times - 1), cases + 1.0, 1 / self.times)  # negative binomial
        else:
            found = pdtr(cases, rates[:, None])
        return np.minimum(found, 1 - 1e-12)
