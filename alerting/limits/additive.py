"""How much areas differ beyond chance: additive random effects from winsorised standard scores."""

from dataclasses import dataclass

import numpy as np

from alerting.domain.arrays import Flags, Floats, Index
from alerting.limits.overdispersion import above_chance

#: One in so many areas at each end is set to the next one, so that outliers do not widen the limits meant to reveal them.
ONE_IN = 10


@dataclass(frozen=True, slots=True, eq=False)
class BetweenAreas:
    """Arrays `[groups]`: the variance between areas, the mean of their winsorised z², and whether chance alone gives less."""

    tau2: Floats
    phi: Floats
    beyond_chance: Flags


def between_areas(ratios: Floats, variances: Floats, centres: Floats, groups: Index, size: int) -> BetweenAreas:
    """Estimate how much areas differ, group by group.

    Args:
        ratios: one an area, on the scale of the figures.
        variances: what chance gives each area, on that scale squared.
        centres: each area's group's centre.
        groups: each area's group, 0 … *size* - 1.

    Source: Spiegelhalter, D. J. (2005), Handling over-dispersion of performance indicators, Quality and Safety in Health Care
    14(5), 347-351; DerSimonian and Laird (1986), Controlled Clinical Trials 7(3), 177-188.
    """
    some = variances > 0  # a centre at 0 or 1 leaves no area off it
    with np.errstate(all="ignore"):
        z = np.where(some, (ratios - centres) / np.sqrt(variances), 0.0)
        weights = np.where(some, 1 / variances, 0.0)
        count = np.bincount(groups, minlength=size).astype(np.float64)
        square = z * z
        phi = np.bincount(groups, weights=np.square(_winsorised(z, groups, size)), minlength=size) / count
        total = np.bincount(groups, weights=weights, minlength=size)
        squared = np.bincount(groups, weights=weights * weights, minlength=size)
        more = count * phi - count + 1
        tau2 = np.where(more > 0, more / (total - squared / total), 0.0)
    chi_square = np.bincount(groups, weights=square, minlength=size)
    return BetweenAreas(tau2, phi, above_chance(chi_square.astype(np.float64), count - 1))


def _winsorised(z: Floats, groups: Index, size: int) -> Floats:
    """Return the scores with the outermost tenth of each group, rounded down, at each end set to the next one."""
    count = np.bincount(groups, minlength=size)
    order = np.lexsort((z, groups))
    begins = np.cumsum(count) - count
    own = groups[order]
    least, most = begins + count // ONE_IN, begins + count - 1 - count // ONE_IN
    found = np.empty_like(z)
    found[order] = z[order][np.clip(np.arange(len(z)), least[own], most[own])]
    return found
