"""Where series are heading: damped trend with seasonal means, an interval, and a record of its own past error.

A projection made at a period is a function of the figures up to it and of nothing else:

- Seasonal means come from the full years since the first figure: the month effects of a least-squares fit of month and straight
  line. Each season must be there twice, and the figures must outnumber the seasons by `MINIMUM`; until then,
  and for yearly figures, there are none. They are worked out anew when another year is full.
- What is left is smoothed with a damped linear trend (Gardner & McKenzie 1985), once for each of `GRID`'s parameters from the
  first figure on, starting from the least-squares line through the first `MINIMUM` figures. The parameters with the
  smallest sum of squared one-step errors so far are taken. A coarse grid, because series of some dozens of figures do not tell
  finer ones apart, because a search for an optimum takes other paths on other machines, and because a grid is a few array
  operations for all series at once. An undamped trend is among them from `STEADY` figures on: without it a steady rise is
  projected too low, so that in simulations with trend and season 0.1 to 3 % lay below an interval of 80 % a year ahead and 27
  to 43 % above, for 20 % each. What runs out of a measure's range is kept within it.
- A missing figure leaves no error: the level goes on along its damped trend.
- The variance of the one-step errors grows with the horizon as that of the damped-trend model does; a season's mean adds
  its own. Quantiles are Student's, since few figures leave the variance uncertain: one degree of freedom is lost for each of
  the two starting values, of the three parameters, and of the seasons but one.

Sources:
    Gardner & McKenzie (1985), Forecasting trends in time series, Management Science 31(10), 1237-1246.
    Hyndman, Koehler, Ord & Snyder (2008), Forecasting with Exponential Smoothing, table 6.2 (class 1: variances).
    Hyndman & Athanasopoulos (2021), Forecasting: Principles and Practice, 3rd ed., sections 5.10 (rolling origin), 8.2, 8.6, 8.7.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from math import cos, pi, sin, sqrt, tan
from statistics import NormalDist

import numpy as np

from alerting.domain.arrays import Codes, Flags, Floats, Index
from alerting.domain.period import PeriodKind
from alerting.limits.base import row_sum

#: Figures without which nothing is projected.
MINIMUM = 8
#: Figures without which a steady trend, that is not damped, is not told from one that comes to an end.
STEADY = 24
#: How fast the level follows the figures; how fast the trend follows the level; how much of the trend goes on each period.
ALPHAS, TREND_SHARE, DAMPINGS = (0.1, 0.3, 0.5, 0.8), 0.1, (0.8, 0.9, 0.98, 1.0)
#: alpha, beta, phi: the calmest first, which wins where several do equally well; the undamped last.
GRID = tuple((alpha, alpha * TREND_SHARE, phi) for alpha, phi in product(ALPHAS, DAMPINGS[:-1])) + tuple(
    (alpha, alpha * TREND_SHARE, DAMPINGS[-1]) for alpha in ALPHAS
)
_DAMPED = slice(0, len(GRID) - len(ALPHAS))
_ALPHA, _BETA, _PHI = (np.array(column)[:, None] for column in zip(*GRID, strict=True))
#: Two starting values and three parameters.
_FITTED = 5
#: Columns smoothed at once: the states of all of the grid stay in the processor's cache.
_PIECE = 1024


@dataclass(frozen=True, slots=True)
class Season:
    """After how many periods a season comes again, and after how many its means are worked out anew."""

    cycle: int
    year: int


#: Days have their weekday for a season, and four weeks for a year: a year of days is too long to wait.
SEASONS = {
    PeriodKind.DAY: Season(7, 28),
    PeriodKind.WEEK: Season(52, 52),
    PeriodKind.MONTH: Season(12, 12),
    PeriodKind.QUARTER: Season(4, 4),
    PeriodKind.YEAR: Season(1, 1),
}


@dataclass(eq=False)
class Projections:
    """What is projected for one period, as seen from each judged row `[rows x columns]`; NaN where nothing is.

    `low` is passed, and `high` is not, with the confidence asked for, each by itself. `error` is the mean distance of earlier
    projections over as many periods from what came; NaN where none has come due.
    """

    centre: Floats
    low: Floats
    high: Floats
    error: Floats
    #: Where there are figures enough.
    enough: Flags

    @classmethod
    def none(cls, shape: tuple[int, int]) -> "Projections":
        """Return nothing, to be filled."""
        centre, low, high, error = np.full((4, *shape), np.nan)
        return cls(centre, low, high, error, np.zeros(shape, dtype=bool))

    def fill(self, rows: slice, columns: Index, found: "Projections", own: Flags | None = None) -> None:
        """Take what was found for some rows and columns, where it is their *own* (None: everywhere)."""
        for name in ("centre", "low", "high", "error", "enough"):
            plane, other = getattr(self, name), getattr(found, name)
            plane[rows, columns] = other if own is None else np.where(own, other, plane[rows, columns])


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """The row to project (it may lie beyond the figures), the seasons, and the chance with which each end holds."""

    row: int
    season: Season
    #: One-sided, between 0.5 and 1.
    confidence: float


def project(values: Floats, first: int, asked: Question, floor: Floats, ceiling: Floats) -> Projections:
    """Project every column from each of the rows *first* … as if the rows after it were not there.

    Args:
        values: `[rows x columns]` from the panel's first row on; NaN is a gap.
        floor: lowest possible value per column, -inf where there is none; *ceiling* likewise.
    """
    with np.errstate(all="ignore"):  # figures near the largest numbers overflow: then nothing is projected
        return _projected(values, first, asked, (floor, ceiling))


def _projected(values: Floats, first: int, asked: Question, bounds: tuple[Floats, Floats]) -> Projections:
    """Take columns that begin at the same row together, some at a time."""
    found = Projections.none((len(values) - first, values.shape[1]))
    known = values == values
    begins = np.where(known.any(axis=0), known.argmax(axis=0), len(values))
    for begin in np.unique(begins[begins < len(values)]).tolist():
        alike = np.flatnonzero(begins == begin)
        rows = slice(max(begin - first, 0), None)
        for start in range(0, len(alike), _PIECE):
            columns = alike[start : start + _PIECE]
            series = _Series(values[begin:, columns], asked.season, bounds[0][columns], bounds[1][columns])
            found.fill(rows, columns, series.projections(max(first - begin, 0), asked.row - begin, asked.confidence))
    return found


class _Series:
    """Some columns from their common first figure on, smoothed; ages count periods from that figure."""

    def __init__(self, values: Floats, season: Season, floor: Floats, ceiling: Floats) -> None:
        self.season, self.floor, self.ceiling = season, floor, ceiling
        self.base = values[0]
        self.values = values - self.base  # figures of one size leave exact zeros, wherever they lie
        self.known = self.values == self.values
        self.counts = self.known.cumsum(axis=0)
        self.level, self.slope = np.zeros(values.shape), np.zeros(values.shape)
        self.squares = np.zeros(values.shape)
        #: Which parameters of the grid were taken.
        self.picked: Codes = np.zeros(values.shape, dtype=np.int8)
        #: For each age, the seasonal means in force.
        self.seasonal: list[_Seasonal] = []
        for stop, seasonal in self._years():
            self._smooth(len(self.seasonal), stop, seasonal)
            self.seasonal += [seasonal] * (stop - len(self.seasonal))

    def _years(self) -> Iterator[tuple[int, "_Seasonal"]]:
        """Yield the seasonal means with the age until which they are in force."""
        ages, (cycle, year) = len(self.values), (self.season.cycle, self.season.year)
        whole = 1 if cycle > 1 else ages
        yield min(ages, max((whole + 1) * year - 1, 1)), _Seasonal.none(self.values, cycle)
        while (whole := whole + 1) * year - 1 < ages:
            yield min(ages, (whole + 1) * year - 1), _Seasonal.of(self.values[: whole * year], cycle)

    def _smooth(self, since: int, stop: int, seasonal: "_Seasonal") -> None:
        """Smooth from the first figure on, and keep the best of the grid for ages *since* … stop-1."""
        cycle = self.season.cycle
        values = self.values[:stop] - np.stack([seasonal.means[age % cycle] for age in range(stop)])
        level, slope = (np.repeat(part[None], len(GRID), axis=0) for part in _first_line(values, self.counts[:stop]))
        squares = np.zeros_like(level)
        for age in range(stop):
            slope *= _PHI
            level += slope
            error = values[age] - level
            if not self.known[age].all():
                error[:, ~self.known[age]] = 0.0
            level += _ALPHA * error
            slope += _BETA * error
            squares += error * error
            if age >= since:
                self._keep(age, level, slope, squares)

    def _keep(self, age: int, level: Floats, slope: Floats, squares: Floats) -> None:
        picked = np.where(self.counts[age] < STEADY, squares[_DAMPED].argmin(axis=0), squares.argmin(axis=0))
        at = (picked, np.arange(len(picked)))
        self.level[age], self.slope[age], self.squares[age], self.picked[age] = (
            level[at],
            slope[at],
            squares[at],
            picked,
        )

    def projections(self, first: int, due: int, confidence: float) -> Projections:
        """Project age *due* from ages *first* … on; what is due has no projection any more."""
        ages, width = self.values.shape
        found = Projections.none((ages - first, width))
        found.enough[:] = self.counts[first:] >= MINIMUM
        for age in range(first, min(ages, due)):
            ahead, enough = due - age, found.enough[age - first]
            if not enough.any():
                continue
            centre = self._ahead(age, age + 1, ahead)[0]
            reach = self._reach(age, ahead, confidence)
            sure = enough & np.isfinite(centre) & np.isfinite(reach)
            for plane, end in ((found.centre, 0.0), (found.low, -reach), (found.high, reach)):
                plane[age - first] = np.where(sure, self._possible(centre + end), np.nan)
            found.error[age - first] = np.where(sure, self._past_error(age, ahead), np.nan)
        return found

    def _ahead(self, first: int, stop: int, periods: int) -> Floats:
        """Return what was projected so many periods ahead at each of some ages."""
        way = _ways(periods)[0][self.picked[first:stop]]
        found: Floats = self.base + (self.level[first:stop] + way * self.slope[first:stop])
        for age in range(first, stop):
            found[age - first] += self.seasonal[age].means[(age + periods) % self.season.cycle]
        return found

    def _possible(self, line: Floats) -> Floats:
        clipped: Floats = np.minimum(np.maximum(line, self.floor), self.ceiling)
        return clipped

    def _reach(self, age: int, periods: int, confidence: float) -> Floats:
        """Return how far the ends lie from the projection, before they are clipped."""
        seasonal = self.seasonal[age]
        wider = _ways(periods)[1][self.picked[age]] + seasonal.variances[(age + periods) % self.season.cycle]
        freedom = np.maximum(self.counts[age] - _FITTED - (self.season.cycle - 1) * seasonal.there, 1)
        quantiles = np.array([0.0] + [student(confidence, n) for n in range(1, int(freedom.max()) + 1)])
        reach: Floats = quantiles[freedom] * np.sqrt(self.squares[age] / freedom * wider)
        return reach

    def _past_error(self, age: int, periods: int) -> Floats:
        """Return how far projections over as many periods were off on average, of those that have come due by *age*.

        Where a season is known, only projections that knew it count.
        """
        stop = max(age - periods + 1, 0)
        off = np.abs(self._possible(self._ahead(0, stop, periods)) - (self.base + self.values[periods : age + 1]))
        made = self.known[periods : age + 1] & (self.counts[:stop] >= MINIMUM)
        if self.seasonal[age].there.any():  # what was projected before the season could be learnt says nothing of now
            learnt = [self.seasonal[then].there for then in range(stop)]
            made &= np.array(learnt, dtype=np.int8).reshape(made.shape) >= self.seasonal[age].there
        error: Floats = row_sum(np.where(made, off, 0.0)) / row_sum(made)
        return error


@dataclass(frozen=True, slots=True, eq=False)
class _Seasonal:
    """Effects `[cycle x columns]`, with their variances as shares of one figure's; zeros where there are none."""

    means: Floats
    variances: Floats
    #: 1 where a column has seasonal means.
    there: Codes

    @classmethod
    def none(cls, values: Floats, cycle: int) -> "_Seasonal":
        nothing = np.zeros((cycle, values.shape[1]))
        return cls(nothing, nothing, np.zeros(values.shape[1], dtype=np.int8))

    @classmethod
    def of(cls, values: Floats, cycle: int) -> "_Seasonal":
        """Fit season and straight line to whole years by least squares; figures that are missing take no part."""
        known = (values == values).astype(np.float64)
        filled = np.where(known > 0, values, 0.0)
        ages = np.arange(len(values), dtype=np.float64)[:, None]
        n = np.stack([row_sum(known[season::cycle]) for season in range(cycle)])
        when = np.stack([row_sum((known * ages)[season::cycle]) for season in range(cycle)]) / n
        mean = np.stack([row_sum(filled[season::cycle]) for season in range(cycle)]) / n
        apart = known * (ages - np.tile(when, (len(values) // cycle, 1)))
        slope = row_sum(apart * (filled - np.tile(mean, (len(values) // cycle, 1)))) / row_sum(apart * apart)
        means = mean - slope * when
        there = (n >= 2).all(axis=0) & (row_sum(n) >= cycle - 1 + MINIMUM) & np.isfinite(means).all(axis=0)
        return cls(np.where(there, means, 0.0), np.where(there, 1 / n, 0.0), there.astype(np.int8))


def _first_line(values: Floats, counts: Floats) -> tuple[Floats, Floats]:
    """Return where the line through the first figures of each column stands a period before them, and its slope."""
    taken = (values == values) & (counts <= MINIMUM)
    rows = np.flatnonzero(taken.any(axis=1))
    stop = int(rows[-1]) + 1
    n = row_sum(taken[:stop])
    ages = np.arange(stop, dtype=np.float64)[:, None]
    figures = np.where(taken[:stop], values[:stop], 0.0)
    when, mean = row_sum(taken[:stop] * ages) / n, row_sum(figures) / n
    apart = taken[:stop] * (ages - when)
    slope = row_sum(apart * (figures - mean)) / np.maximum(row_sum(apart * apart), 1.0)
    return mean - slope * (when + 1), slope


@lru_cache(maxsize=4096)
def _ways(periods: int) -> tuple[Floats, Floats]:
    """Return, for each of the grid, the slope's share in a projection and the variance's growth, so many periods ahead."""
    way, wider = np.zeros(len(GRID)), np.ones(len(GRID))
    step = np.ones(len(GRID))
    for ahead in range(periods):
        if ahead:
            wider = wider + (_ALPHA[:, 0] + _BETA[:, 0] * way) ** 2
        step = step * _PHI[:, 0]
        way = way + step
    return way, wider


@lru_cache(maxsize=4096)
def student(chance: float, freedom: int) -> float:
    """Return the value that Student's t with whole degrees of freedom stays below with *chance* (0.5 up to 1).

    Source: Abramowitz & Stegun (1964), 26.7.3 and 26.7.4 (the distribution, solved by halving), 26.7.5 (from 30 on).
    """
    z = NormalDist().inv_cdf(chance)
    if freedom > 30:
        z2 = z * z
        first, second = z * (z2 + 1) / 4, z * ((5 * z2 + 16) * z2 + 3) / 96
        third = z * (((3 * z2 + 19) * z2 + 17) * z2 - 15) / 384
        fourth = z * ((((79 * z2 + 776) * z2 + 1482) * z2 - 1920) * z2 - 945) / 92160
        return z + (first + (second + (third + fourth / freedom) / freedom) / freedom) / freedom
    low, high = 0.0, pi / 2
    for _ in range(64):
        middle = (low + high) / 2
        low, high = (middle, high) if _within(middle, freedom) < 2 * chance - 1 else (low, middle)
    return sqrt(freedom) * tan(low)


def _within(angle: float, freedom: int) -> float:
    """Return the chance that t lies within ± sqrt(freedom) x tan(angle)."""
    odd = freedom % 2
    term = total = cos(angle) if odd else 1.0
    for n in range(2 + odd, freedom - 1, 2):
        term *= cos(angle) ** 2 * (n - 1) / n
        total += term
    if not odd:
        return sin(angle) * total
    return 2 / pi * (angle + (sin(angle) * total if freedom > 1 else 0.0))
