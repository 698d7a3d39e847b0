"""Quasi-Poisson regression with a level for each season and a trend, for many columns at once; and quantiles of counts.

Seasons are cell means, so that each step of the iteration is a weighted regression on one slope, in closed form.
"""

from dataclasses import dataclass

import numpy as np

from alerting.domain.arrays import Flags, Floats, Index

#: When the iteration has arrived, as R's glm: relative change of the deviance; and how long it may take.
ARRIVED, MOST_STEPS = 1e-8, 60
#: No count is looked for beyond this.
LARGEST = 1e300
#: Linear predictors beyond this are rates of nothing, or past all counting.
FURTHEST = 300.0


@dataclass(frozen=True, eq=False)
class Seasons:
    """Rows in order of their season: which season each is of, when it was, and where each season's rows begin."""

    level: Index
    time: Floats
    begins: Index

    @classmethod
    def of(cls, level: Index, time: Floats) -> "Seasons":
        """Describe rows that are sorted by season; seasons are numbered from 0 without gaps."""
        return cls(level, time[:, None], np.flatnonzero(np.diff(level, prepend=-1)))

    def sums(self, x: Floats) -> Floats:
        """Return the sum over each season's rows, `[seasons x columns]`."""
        found: Floats = np.add.reduceat(x, self.begins, axis=0)
        return found


@dataclass(eq=False)
class Fit:
    """A fitted regression: `[seasons x columns]` intercepts, a slope per column, and what residuals need."""

    intercept: Floats
    slope: Floats
    mean: Floats
    #: Working weights of the last step, and how much each row decides its own fit.
    working: Floats
    leverage: Floats
    #: Weighted sum of squared times around their season's mean: what the slope rests on.
    time_squares: Floats
    #: Rows less parameters.
    freedom: Floats
    arrived: Flags

    def at(self, level: int, time: float) -> Floats:
        """Return the fitted logarithm of the mean in a season at a time."""
        found: Floats = self.intercept[level] + self.slope * time
        return found

    def dispersion(self, y: Floats) -> Floats:
        """Return Pearson's estimate of the dispersion."""
        found: Floats = down(self.working * ((y - self.mean) / self.mean) ** 2) / self.freedom
        return found

    def columns(self, places: Index, other: "Fit") -> None:
        """Take some columns over from another fit."""
        for name in ("intercept", "mean", "working", "leverage"):
            getattr(self, name)[:, places] = getattr(other, name)
        for name in ("slope", "time_squares", "freedom", "arrived"):
            getattr(self, name)[places] = getattr(other, name)


def down(x: Floats) -> Floats:
    """Return the sum over all rows: to the last digit the same for a column alone and among others."""
    found: Floats = np.add.reduceat(x, [0], axis=0)[0]
    return found


def fit(y: Floats, weights: Floats, seasons: Seasons, *, trend: bool) -> Fit:
    """Fit every column by iteratively reweighted least squares from the counts themselves; rows of weight 0 take no part."""
    width = y.shape[1]
    mean = y + 0.1
    eta, deviance = np.log(mean), np.full(width, np.inf)
    found = _nothing(y.shape, int(seasons.level[-1]) + 1)
    going = np.arange(width)
    for _ in range(MOST_STEPS):
        w, own_y = weights[:, going], y[:, going]
        step = _step(own_y, w, eta[:, going], mean[:, going], seasons, trend=trend)
        eta[:, going], mean[:, going] = step.eta, step.fit.mean
        found.columns(going, step.fit)
        new = _deviance(own_y, step.fit.mean, w)
        there = np.abs(new - deviance[going]) / (np.abs(new) + 0.1) < ARRIVED
        deviance[going] = new
        found.arrived[going] = there
        going = going[~there & np.isfinite(new)]
        if not len(going):
            break
    return found


@dataclass(frozen=True, eq=False)
class _Step:
    eta: Floats
    fit: Fit


def _step(y: Floats, weights: Floats, eta: Floats, mean: Floats, seasons: Seasons, *, trend: bool) -> _Step:
    """Do one weighted regression of the working response on seasons and time."""
    level, time = seasons.level, seasons.time
    working = weights * mean
    response = eta + (y - mean) / mean
    totals = seasons.sums(working)
    share = np.where(totals > 0, 1 / totals, 0.0)  # of a season without a figure nothing is asked
    average = seasons.sums(working * response) * share
    if trend:
        average_time = seasons.sums(working * time) * share
        apart = time - average_time[level]
        squares = down(working * apart * apart)
        slope = down(working * apart * (response - average[level])) / squares
        slope = np.where(squares > 0, slope, 0.0)
        intercept = average - slope * average_time
        leverage = working * (share[level] + np.where(squares > 0, apart * apart / squares, 0.0))
    else:
        squares, slope, intercept = np.zeros(y.shape[1]), np.zeros(y.shape[1]), average
        leverage = working * share[level]
    eta = np.clip(intercept[level] + slope * time, -FURTHEST, FURTHEST)
    freedom = (weights > 0).sum(axis=0) - (totals > 0).sum(axis=0) - (squares > 0)
    arrived = np.zeros(y.shape[1], dtype=bool)
    return _Step(
        eta, Fit(intercept, slope, np.exp(eta), working, leverage, squares, freedom.astype(np.float64), arrived)
    )


def _nothing(shape: tuple[int, int], seasons: int) -> Fit:
    """Return a fit of nothing, to be filled column by column."""
    rows, columns = shape
    by_row = [np.full((rows, columns), np.nan) for _ in range(3)]
    by_column = [np.full(columns, np.nan) for _ in range(3)]
    return Fit(
        intercept=np.full((seasons, columns), np.nan),
        slope=by_column[0],
        mean=by_row[0],
        working=by_row[1],
        leverage=by_row[2],
        time_squares=by_column[1],
        freedom=by_column[2],
        arrived=np.zeros(columns, dtype=bool),
    )


def _deviance(y: Floats, mean: Floats, weights: Floats) -> Floats:
    surplus = np.where(y > 0, y * np.log(np.where(y > 0, y, 1.0) / mean), 0.0)
    found: Floats = down(2 * weights * (surplus - (y - mean)))
    return found


def count_quantile(chance: float, mean: Floats, dispersion: Floats) -> Floats:
    """Return the smallest count that is reached with at least *chance*: Poisson, or negative binomial where dispersed.

    The negative binomial has the mean and *dispersion* times that as its variance. NaN where the mean is not finite.
    """
    mean = np.where(np.isfinite(mean), mean, np.nan)
    low = np.full(mean.shape, -1.0)
    high = np.ceil(np.nan_to_num(mean) + 10 * np.sqrt(np.nan_to_num(mean * dispersion)) + 10)
    while (short := (_reached(high, mean, dispersion) < chance) & (high < LARGEST)).any():
        high = np.where(short, high * 2, high)
    while True:
        middle = np.floor(low + (high - low) / 2)
        if not ((middle > low) & (middle < high)).any():  # neighbours, as counts or as the nearest numbers there are
            break
        enough = ~(_reached(middle, mean, dispersion) < chance)
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return np.where(mean == mean, high, np.nan)


def _reached(count: Floats, mean: Floats, dispersion: Floats) -> Floats:
    """Return the chance of *count* or fewer; NaN where the mean is not known."""
    from scipy.special import betainc, gammaincc  # only rules on seasonal limits wait for it

    spread = dispersion > 1
    with np.errstate(all="ignore"):
        size = mean / np.where(spread, dispersion - 1, 1.0)
        dispersed = betainc(size, count + 1, 1 / np.maximum(dispersion, 1.0))
        plain = gammaincc(count + 1, mean)
    found: Floats = np.where(mean <= 0, 1.0, np.where(spread, dispersed, plain))
    return np.where(count < 0, 0.0, found)
