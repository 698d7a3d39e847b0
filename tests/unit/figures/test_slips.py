"""Slips are found by what figures were before: tenfold, repeated and swapped ones; what merely varies is none."""

from random import Random

import numpy as np
import pytest

from alerting.figures.doubts import Figures
from alerting.figures.slips import repeated, swapped, tenfold

PAST = [47, 52, 44, 58, 50, 49, 53, 46, 55, 51]
NAN = float("nan")


def figures(*series, denominators=None, segments=None, accepted=(), measures=None, since=0):
    values = np.array(series, dtype=float).T
    flags = np.zeros(values.shape, dtype=bool)
    for at in accepted:
        flags[at] = True
    return Figures(
        values=values,
        denominators=None if denominators is None else np.array(denominators, dtype=float).T,
        segments=None if segments is None else np.array(segments, dtype=np.int32).T,
        accepted=flags,
        measure_of=np.array(measures or [0] * values.shape[1], dtype=np.int32),
        since=since,
    )


def found(doubtful):
    flags, words = doubtful
    return {(row, column): words(row, column) for row, column in np.argwhere(flags).tolist()}


def number(value):
    return f"{value:g}"


@pytest.mark.parametrize(
    ("slip", "meant"),
    [(520, "52"), (530.5, "53.05"), (5.1, "51"), (5, "50"), (5200, "52"), (0.52, "52"), (52000, "52"), (0.052, "52")],
)
def test_a_figure_ten_a_hundred_or_a_thousand_times_too_large_or_small_is_named_with_what_is_meant(slip, meant):
    said = found(tenfold(figures([*PAST, slip, 50]), number))
    assert said == {(10, 0): f"{slip:g} looks like {meant}, as 46 to 55 is usual"}


@pytest.mark.parametrize("other", [150, 160, 17, 260, 0, -500, NAN, 50, 52 * 10000])
def test_a_figure_that_no_power_of_ten_explains_is_none(other):
    assert found(tenfold(figures([*PAST, other, 50]), number)) == {}


@pytest.mark.parametrize(("past", "slip"), [([4, 9, 6, 7, 5, 10, 8, 6, 7, 5], 1), ([2, 3, 1, 6, 4, 3, 2, 5, 3, 1], 19)])
def test_counts_so_small_that_chance_may_do_it_are_none(past, slip):
    assert found(tenfold(figures([*past, slip]), number)) == {}


WIDE = [90, 500, 310, 120, 450, 80, 260, 390, 150, 220]


@pytest.mark.parametrize(("other", "said"), [(1200, False), (1349, False), (1400, True), (31, False), (29, True)])
def test_where_figures_vary_much_a_tenfold_one_lies_three_times_as_far_as_any(other, said):
    assert bool(found(tenfold(figures([*WIDE, other]), number))) is said


def test_seven_periods_are_no_past():
    assert found(tenfold(figures([*PAST[:7], 520]), number)) == {}
    assert found(tenfold(figures([*PAST[:8], 520]), number)) != {}


def test_what_was_before_a_break_is_no_past():
    broken = [0] * 10 + [1]
    assert found(tenfold(figures([*PAST, 520], segments=[broken]), number)) == {}


def test_all_that_follow_a_slip_are_held_against_what_was_before_it():
    assert set(found(tenfold(figures([*PAST, 520, 510, 49, 500]), number))) == {(10, 0), (11, 0), (13, 0)}


@pytest.mark.parametrize(("accepted", "held"), [([10], []), ([11], [10]), ([12], [10, 11]), ([], [10, 11, 12])])
def test_what_is_like_the_last_figure_that_was_believed_needs_no_one_to_accept_it(accepted, held):
    said = found(tenfold(figures([*PAST, 520, 510, 500], accepted=[(row, 0) for row in accepted]), number))
    assert said.keys() == {(row, 0) for row in held}


def test_a_slip_over_a_gap_is_found():
    assert set(found(tenfold(figures([*PAST, NAN, NAN, 520]), number))) == {(12, 0)}


def test_nothing_before_the_first_row_looked_at_is_named():
    assert found(tenfold(figures([*PAST, 520, 50], since=11), number)) == {}


def areas(n, periods=24, seed=1):
    draw = Random(seed)
    return [[round(draw.gauss(100 * (place + 1), 5)) for _ in range(periods)] for place in range(n)]


def test_a_period_of_which_every_figure_is_that_of_the_one_before_is_named():
    series = [[*one, one[-1]] for one in areas(4)]
    said = found(repeated(figures(*series), lambda row: f"row {row}"))
    assert said == dict.fromkeys([(24, n) for n in range(4)], "every figure is that of row 23")


def test_one_figure_that_differs_is_enough():
    series = [[*one, one[-1]] for one in areas(4)]
    series[2][-1] += 1
    assert found(repeated(figures(*series), str)) == {}


def test_denominators_that_differ_say_that_nothing_is_repeated():
    series = [[*one, one[-1]] for one in areas(4)]
    parts = [[1000 + n for n in range(25)]] * 4
    assert found(repeated(figures(*series, denominators=parts), str)) == {}
    parts = [[1000 + min(n, 23) for n in range(25)]] * 4
    assert found(repeated(figures(*series, denominators=parts), str)) != {}


@pytest.mark.parametrize("n", [1, 2])
def test_few_areas_may_well_have_the_same_figures_again(n):
    assert found(repeated(figures(*[[*one, one[-1]] for one in areas(n)]), str)) == {}


def test_where_figures_often_stay_the_same_nothing_is_doubted():
    quarterly = [[value for value in one for _ in range(3)] for one in areas(30)]
    assert found(repeated(figures(*quarterly, since=9), str)) == {}
    assert found(repeated(figures(*[[0] * 20] * 12), str)) == {}


def test_measures_are_looked_at_one_by_one():
    series = [[*one, one[-1]] for one in areas(4)] + areas(4, 25, seed=2)
    assert {column for _, column in found(repeated(figures(*series, measures=[0] * 4 + [1] * 4), str))} == {0, 1, 2, 3}


def test_two_areas_that_have_each_other_s_figure_are_named_with_the_other():
    series = areas(4, 13)
    series[1][-1], series[3][-1] = series[3][-1], series[1][-1]
    said = found(swapped(figures(*series), number, lambda column: f"area {column}"))
    assert set(said) == {(12, 1), (12, 3)}
    assert "looks like the figure of area 3" in said[12, 1]
    assert "looks like the figure of area 1" in said[12, 3]


def test_figures_that_slid_down_a_row_are_named_as_far_as_they_fit_nowhere():
    series = areas(5, 13)
    last = [one[-1] for one in series]
    for n, one in enumerate(series):
        one[-1] = last[n - 1]
    said = found(swapped(figures(*series), number, lambda column: f"area {column}"))
    assert {at: text.split("of ")[-1] for at, text in said.items()} == {
        (12, n): f"area {(n - 1) % 5}" for n in range(5)
    }


def test_where_more_than_two_have_changed_places_all_of_the_period_are_doubted():
    series = [*areas(4, 13), *areas(1, 13, seed=9)]
    series[0][-1], series[2][-1], series[3][-1] = series[2][-1], series[3][-1], series[0][-1]
    said = found(swapped(figures(*series), number, str))
    assert said.keys() == {(12, n) for n in range(5)}
    assert said[12, 1] == f"{series[1][-1]} stands among figures of other areas"


def test_shares_are_told_by_their_denominators_where_their_levels_are_alike():
    shares = [[80, 82, 79, 81, 80, 83, 78, 80, 81, 80, 82, 79, 81] for _ in range(3)]
    parts = [[(n + 1) * 400] * 13 for n in range(3)]
    assert found(swapped(figures(*shares, denominators=parts), number, str)) == {}
    parts[0][-1], parts[2][-1] = parts[2][-1], parts[0][-1]
    assert set(found(swapped(figures(*shares, denominators=parts), number, str))) == {(12, 0), (12, 2)}


def test_areas_of_one_size_cannot_be_told_apart_and_nothing_is_named():
    series = [one[:] for one in areas(1, 13) * 2]
    assert found(swapped(figures(*series), number, str)) == {}


def test_two_that_are_odd_and_fit_nowhere_else_are_none():
    series = areas(4, 13)
    series[1][-1], series[3][-1] = 900, 20
    assert found(swapped(figures(*series), number, str)) == {}


def test_a_clean_past_of_chance_alone_is_never_doubted():
    """Counts of many sizes, ten areas, 200 periods each: nothing at all is named."""
    draw = Random(7)
    for mean in (1, 3, 8, 20, 60, 400):
        levels = [mean * (0.5 + n / 5) for n in range(10)]
        series = [[max(0, round(draw.gauss(level, level**0.5))) for _ in range(200)] for level in levels]
        for doubtful in (
            tenfold(figures(*series), number),
            repeated(figures(*series), str),
            swapped(figures(*series), number, str),
        ):
            assert found(doubtful) == {}
