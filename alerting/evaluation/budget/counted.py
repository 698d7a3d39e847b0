"""Series that are counted cases: how they vary beside what chance alone gives."""

from dataclasses import dataclass

import numpy as np

from alerting.domain.arrays import Flags, Floats, Index
from alerting.domain.combining import PARTS
from alerting.domain.measure import Unit
from alerting.domain.panel import Panel
from alerting.evaluation.budget.draws import MANY_CASES, Draw
from alerting.evaluation.budget.noise import MOST_DAYS, MOST_FIGURES
from alerting.evaluation.groups import Group

#: Denominators whose middle one stands for those to come.
NEWEST = 12
#: What comes of chance alone so seldom says that counts vary more, or less, than chance gives.
SURELY = 0.01


@dataclass(frozen=True, kw_only=True, eq=False)
class Counted:
    """Which series are counted cases, and how they vary: per place among a group's columns, NaN where they are not."""

    cases: Floats
    out_of: Floats
    times: Floats
    seen: Floats
    per_case: Floats
    whole: bool

    @classmethod
    def made(cls, top: Floats, bottom: Floats, *, shares: bool, scale: Floats | None, rare: bool = False) -> "Counted":
        """Hold cases against what chance makes of the rate they have together; rare ones are taken to come by chance."""
        taken = np.isfinite(top) & (bottom > 0)
        with np.errstate(all="ignore"):
            count = taken.sum(axis=0)
            seen, asked = np.where(taken, top, 0.0).sum(axis=0), np.where(taken, bottom, 0.0).sum(axis=0)
            rate = seen / asked
            spread = np.where(taken, bottom * rate * (1 - rate if shares else 1.0), 1.0)
            chi = np.where(taken, (top - bottom * rate) ** 2 / spread, 0.0).sum(axis=0)
            times = chi / (count - 1)
            more, less = (np.zeros((2, len(rate)), dtype=bool)) if rare else vary(chi, count - 1)
            newest = _medians(np.where(taken, bottom, np.nan)[-NEWEST:])
            cases = rate * newest
            able = (
                (seen > 0)
                & (count > 1)
                & ~less
                & ~(shares & (rate >= 1))
                & ((scale is not None) | (cases < MANY_CASES))
            )
            able &= ~(more & np.full(len(rate), shares))
            times = np.where(more, np.maximum(times, 1.0), 1.0)
        out = {
            "cases": cases,
            "out_of": newest if shares else np.full(len(rate), np.nan),
            "times": times,
            "seen": seen,
            "per_case": np.ones(len(rate)) if scale is None else scale / newest,
        }
        return cls(**{name: np.where(able, line, np.nan) for name, line in out.items()}, whole=scale is None)

    def deviation(self) -> Floats:
        """How far figures lie from their level, by the rate; NaN where they are not counted."""
        share = np.where(np.isnan(self.out_of), 0.0, self.cases / self.out_of)
        with np.errstate(all="ignore"):
            found: Floats = np.sqrt(self.cases * (1 - share) * self.times) * self.per_case
        return found

    def parts(self) -> list[Floats]:
        """Return what must be alike."""
        return [np.log(one) for one in (self.cases, self.out_of, self.times)]

    def draw(self, place: int, mean: float, deviation: float) -> Draw:
        """Return how a series varies."""
        if np.isnan(self.cases[place]):
            return Draw(mean=mean, deviation=deviation, whole=self.whole)
        out_of = float(self.out_of[place])
        return Draw(
            mean=mean,
            deviation=deviation,
            cases=float(self.cases[place]),
            out_of=None if np.isnan(out_of) else out_of,
            times=float(self.times[place]),
            seen=float(self.seen[place]),
            per_case=float(self.per_case[place]),
        )


def vary(chi: Floats, free: Index) -> tuple[Flags, Flags]:
    """Say which counts vary more than chance gives, and which less, by their sum of squares and its degrees of freedom.

    Of a hundred series one varies so much by chance. So where all together do not vary more than chance gives, one must stand out
    among as many as there are.
    """
    from scipy.special import chdtr, chdtrc

    taken = free > 0
    together = np.array([free[taken].sum()]), np.array([chi[taken].sum()])
    found = []
    for tail in (chdtrc, chdtr):
        seldom = SURELY if tail(*together)[0] < SURELY else SURELY / max(int(taken.sum()), 1)
        found.append(taken & (tail(np.maximum(free, 1), chi) < seldom))
    return found[0], found[1]


def _medians(lines: Floats) -> Floats:
    """Return the median of each column; NaN where nothing stands in one."""
    found, filled = np.full(lines.shape[1], np.nan), ~np.isnan(lines).all(axis=0)
    found[filled] = np.nanmedian(lines[:, filled], axis=0)
    return found


def counted_cases(group: Group, panel: Panel, columns: Index) -> Counted:
    """Look at how the figures of a group's series vary: as shares or rates for limits of such, else as counts."""
    methods = [part.condition.method for part in group.condition.plain_parts()]
    method = next((one for one in methods if one is not None), None)
    rare = group.view is not None
    rows = slice(max(panel.n_periods - (MOST_DAYS if rare else MOST_FIGURES), 0), None)
    if method is not None and method.by_denominator and panel.planes.keys() >= set(PARTS):
        top, bottom = (panel.planes[name][rows][:, columns] for name in PARTS)
        scale = np.repeat([member.measure.ratio_scale for member in group.members], group.lengths).astype(np.float64)
        return Counted.made(top, bottom, shares=method.of_shares, scale=scale)
    values = panel.values[rows][:, columns]
    if rare or (group.members[0].measure.unit is Unit.COUNT and panel.days is None):
        return Counted.made(values, np.where(values == values, 1.0, np.nan), shares=False, scale=None, rare=rare)
    nothing = np.full(len(columns), np.nan)
    return Counted(cases=nothing, out_of=nothing, times=nothing, seen=nothing, per_case=nothing, whole=False)
