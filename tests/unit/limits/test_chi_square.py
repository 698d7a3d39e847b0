"""Points of the chi-square distribution against scipy's."""

import numpy as np
import pytest
from scipy.stats import chi2

from alerting.limits.chi_square import upper_point
from alerting.limits.overdispersion import BY_CHANCE, above_chance

DEGREES = [*range(1, 130), 364, 1000, 3650, 20_000]


@pytest.mark.parametrize("share", [0.001, 0.05, 1e-9])
def test_points_are_those_of_scipy(share):
    found = [upper_point(degrees, share) for degrees in DEGREES]

    assert found == pytest.approx([chi2.isf(share, degrees) for degrees in DEGREES], rel=1e-12)


def test_only_what_lies_above_the_point_is_beyond_chance():
    degrees = np.array([-1.0, 0, 1, 1, 11, 11, 59, 59])
    points = chi2.isf(BY_CHANCE, np.maximum(degrees, 1))
    apart = np.array([9.0, 9, -1, 1, -1, 1, -1, 1]) * 1e-9

    assert [False, False, False, True, False, True, False, True] == above_chance(points + apart, degrees).tolist()
