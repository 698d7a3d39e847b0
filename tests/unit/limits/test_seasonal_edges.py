"""Seasonal limits at their edges: where they begin, what is too few to tell anybody of, and which past is looked at."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from samples.worlds import a_panel

from alerting.domain.block import Block
from alerting.domain.finding import Reason
from alerting.domain.period import Calendar, PeriodKind
from alerting.limits.rebased_average import RebasedAverage
from alerting.limits.seasonal import Seasonal

YEARS = 6 * 12
SEASON = [20 + (month % 12) * 2 for month in range(YEARS)]
#: The last four months of a series: fewer than five cases, five, and fewer with many right before and after.
FEW, ENOUGH, FEW_BETWEEN = [1, 1, 1, 1], [1, 1, 1, 2], [0, 2, 1, 1]


def lines(method, panel, row):
    block = Block(panel, row, row + 1, slice(0, panel.n_series))
    return method.compute(block, {})


def test_fewer_than_five_cases_in_four_months_are_never_outside_five_may_be():
    """Each area by itself, and neither the month before the four nor the one after the judged one counts."""
    row = YEARS - 2
    panel = a_panel(
        *[SEASON[: row - 3] + tail + [90] for tail in (FEW, ENOUGH)], [*SEASON[: row - 5], 40, 40, *FEW_BETWEEN, 90]
    )
    found = lines(Seasonal(), panel, row)
    assert [True, False, True] == np.isposinf(found.upper[0]).tolist()
    assert [True, False, True] == np.isneginf(found.lower[0]).tolist()
    assert np.isfinite(found.centre).all()


@pytest.mark.parametrize("minimum", [-np.inf, 0.0])
def test_what_is_too_few_stays_so_where_counts_cannot_be_negative(minimum):
    panel = a_panel(SEASON[: YEARS - 4] + FEW, minimum=minimum)
    found = lines(Seasonal(), panel, YEARS - 1)
    assert (-np.inf, np.inf, None) == (found.lower[0, 0], found.upper[0, 0], found.reason)


def test_limits_lie_around_what_is_expected():
    found = lines(Seasonal(), a_panel(SEASON), YEARS - 1)
    assert 0 < found.lower[0, 0] < found.centre[0, 0] < found.upper[0, 0] < 2 * found.centre[0, 0]


@pytest.mark.parametrize(
    ("method", "first"),
    [
        (Seasonal(), 61),
        (Seasonal(years=2, half_width=0), 24),
        (Seasonal(years=3), 37),
        (Seasonal(years=3, leave_out=0), 37),
    ],
    ids=["five years", "two", "three", "nothing left out"],
)
def test_they_begin_where_the_years_and_the_half_width_reach_back_to_the_first_figure(method, first):
    panel = a_panel(SEASON)
    there = [not np.isnan(lines(method, panel, row).centre[0, 0]) for row in range(YEARS)]
    assert first == there.index(True)
    assert all(there[first:])
    assert Reason.FEW_POINTS.code == lines(method, panel, first - 1).reason[0, 0]
    assert lines(method, panel, first).reason is None


def test_a_break_among_the_years_leaves_too_few_one_before_them_does_not():
    begins = np.array([[0] * 3, [0] * 3, [0, 1, 1]])
    segments = np.vstack([np.repeat(begins[:1], 8, axis=0), np.repeat(begins[2:], YEARS - 8, axis=0)]).astype(np.int32)
    segments[:, 2] = np.arange(YEARS) >= 40
    found = lines(Seasonal(), a_panel(SEASON, SEASON, SEASON, segments=segments), YEARS - 1)
    assert [False, False, True] == np.isnan(found.centre[0]).tolist()


def test_the_same_week_of_a_year_before_29_february_is_that_of_the_first_of_march():
    calendar = Calendar()
    judged = calendar.containing(date(2016, 2, 29), PeriodKind.WEEK)
    weeks = 6 * 53
    panel = replace(a_panel([5] * weeks, kind=PeriodKind.WEEK), first=judged.ordinal - weeks + 1)
    found = Seasonal()._years_before(Block(panel, weeks - 1, weeks, slice(0, 1)), weeks - 1, 1)
    assert date(2015, 3, 2) == panel.period(found).first_day


def test_the_run_that_moved_an_average_has_as_many_members_as_the_run_wants_excluded_and_missing_figures_aside():
    values = [10, 10, 10, 14, 90, 14, 14, 13, None, 15]
    excluded = np.array([[value == 90] for value in values])
    panel = a_panel(values, excluded=excluded)
    found = RebasedAverage(baseline=3, run=3).members(Block(panel, 9, 10, slice(0, 1)))
    assert [3, 5, 6] == np.flatnonzero(found.taken[:, 0]).tolist()
