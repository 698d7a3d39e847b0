"""What chance does against the mean and spread of figures before: worked out, and counted in figures that are nothing but noise."""

import numpy as np
import pytest

from alerting.conditions.above_upper_limit import AboveUpperLimit
from alerting.conditions.below_lower_limit import BelowLowerLimit
from alerting.conditions.outside_limits import OutsideLimits
from alerting.conditions.trend import Trend
from alerting.domain.period import PeriodKind
from alerting.limits.kernels.window_chance import chance_of_window, chance_of_year
from alerting.limits.previous_financial_year import PreviousFinancialYear
from alerting.limits.rolling import Rolling
from alerting.limits.xmr import Xmr


def moved(outside):
    """How often one lies outside, and how often right after one that does not."""
    return outside.mean(), (outside[1:] & ~outside[:-1]).mean()


def test_two_deviations_of_the_twelve_before_are_left_by_8_09_percent():
    """Student's t of 11 degrees at 2 / sqrt(1 + 1/12)."""
    assert pytest.approx(0.08094, abs=5e-6) == chance_of_window(12, 2.0, sides=2).outside
    assert pytest.approx(0.08094, abs=5e-6) == chance_of_year(12, 2.0, sides=2).outside


def test_of_these_6_97_percent_come_after_a_normal_one_while_the_limits_hold():
    within = 12 / 11 * (chance_of_year(12, 2.0, sides=2).opens - 0.08094 * (1 - 0.08094) / 12)
    assert pytest.approx(0.0697, abs=1e-4) == within


@pytest.mark.parametrize("sides", [1, 2])
@pytest.mark.parametrize(("window", "sigmas"), [(12, 2.0), (4, 1.5), (2, 2.0)])
def test_what_is_worked_out_of_a_window_is_what_is_counted(window, sigmas, sides):
    noise = np.random.default_rng(3).standard_normal((60, 20_000))
    windows = [noise[row : row + window] for row in range(len(noise) - window)]
    apart = np.stack([(noise[row + window] - one.mean(0)) / one.std(0, ddof=1) for row, one in enumerate(windows)])
    outside, opens = moved(apart > sigmas if sides == 1 else np.abs(apart) > sigmas)
    found = chance_of_window(window, sigmas, sides=sides)
    assert (pytest.approx(outside, abs=0.0012), pytest.approx(opens, abs=0.0012)) == (found.outside, found.opens)


@pytest.mark.parametrize("sides", [1, 2])
@pytest.mark.parametrize(("figures", "sigmas"), [(12, 2.0), (4, 2.0)])
def test_what_is_worked_out_of_a_year_is_what_is_counted(figures, sigmas, sides):
    years = np.random.default_rng(4).standard_normal((9, figures, 40_000))
    apart = (years[1:] - years[:-1].mean(1, keepdims=True)) / years[:-1].std(1, ddof=1, keepdims=True)
    apart = apart.reshape(-1, years.shape[2])
    outside, opens = moved(apart > sigmas if sides == 1 else np.abs(apart) > sigmas)
    found = chance_of_year(figures, sigmas, sides=sides)
    assert pytest.approx(outside, abs=0.001) == found.outside
    assert pytest.approx(opens, rel=0.01 if figures == 12 else 0.04) == found.opens


@pytest.mark.parametrize(("direction", "length"), [("rising", 3), ("either", 3), ("either", 5)])
def test_what_is_worked_out_of_a_trend_is_what_is_counted(direction, length):
    rises = np.diff(np.random.default_rng(5).standard_normal((60, 40_000)), axis=0)
    steps = [rises[row : row + length - 1] for row in range(len(rises) - length + 2)]
    up, down = (np.stack([one.all(0) for one in ways]) for ways in ([s > 0 for s in steps], [s < 0 for s in steps]))
    outside, opens = moved(up | down if direction == "either" else up)
    found = Trend(direction=direction, length=length).chances[PeriodKind.MONTH]
    assert (pytest.approx(outside, abs=0.001), pytest.approx(opens, abs=0.001)) == (found.outside, found.opens)


def test_a_condition_knows_its_chance_by_its_limits_and_by_its_sides():
    both, above, below = (one(limits=Rolling()) for one in (OutsideLimits, AboveUpperLimit, BelowLowerLimit))
    assert both.chances[PeriodKind.MONTH] == chance_of_window(12, 2.0, sides=2)
    assert above.chances[PeriodKind.WEEK] == below.chances[PeriodKind.WEEK] == chance_of_window(12, 2.0, sides=1)
    year = OutsideLimits(limits=PreviousFinancialYear())
    assert [12, 4] == [(year.chances[kind].figures + 1) // 2 for kind in (PeriodKind.MONTH, PeriodKind.QUARTER)]


@pytest.mark.parametrize(
    ("condition", "kind"),
    [
        pytest.param(OutsideLimits(limits=Xmr()), PeriodKind.MONTH, id="limits-of-moving-ranges"),
        pytest.param(OutsideLimits(limits=PreviousFinancialYear()), PeriodKind.WEEK, id="years-of-52-or-53-weeks"),
        pytest.param(Trend(direction="either", length=2), PeriodKind.MONTH, id="one-rise-or-fall-is-always"),
    ],
)
def test_where_nothing_is_worked_out_none_is_given(condition, kind):
    assert kind not in condition.chances
