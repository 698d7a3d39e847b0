"""What two printed decimals say exactly is what is compared, whatever binary arithmetic made of them."""

import numpy as np
import pytest

from alerting.domain import exact

NAN, INF = float("nan"), float("inf")
#: Computed, printed: one number each.
ONE_NUMBER = [
    (580 / 1000 * 100, 58.0),
    (0.1 + 0.2 + 0.3, 0.6),
    (12.0 * 1.1, 13.2),
    (3.0 * 1.1, 3.3),
    (sum([83.2] * 8) / 8, 83.2),
    (-0.1 - 0.2, -0.3),
]
#: Apart by the last printed digit, up to 14 of them.
NEIGHBOURS = [
    (160_000_000_000.01, 160_000_000_000.00),
    (9.9999999999999, 10.0),
    (89.96, 90.0),
    (-0.29999999999999, -0.3),
    (1e-300, 0.0),
]


@pytest.fixture(params=[1, 3, 400], ids=["one cell", "few cells", "many cells"])
def planes(request):
    """Make two numbers planes of the same shape, among cells that are far apart."""

    def made(x, line):
        values, lines = np.full((2, request.param), 1.0), np.full((2, request.param), 2.0)
        values[1, -1], lines[1, -1] = x, line
        return values, lines

    return made


@pytest.mark.parametrize(("x", "line"), ONE_NUMBER)
def test_what_binary_arithmetic_alone_parts_is_equal(planes, x, line):
    for one, other in ((x, line), (line, x)):
        assert not exact.above(*planes(one, other))[1, -1]
        assert not exact.below(*planes(one, other))[1, -1]
        assert exact.at_least(*planes(one, other))[1, -1]
        assert exact.at_most(*planes(one, other))[1, -1]
        assert exact.equal(*planes(one, other))[1, -1]
        assert not exact.above(planes(one, other)[0], other)[1, -1]
        assert exact.same(one, other)


@pytest.mark.parametrize(("more", "less"), [*NEIGHBOURS, *((-b, -a) for a, b in NEIGHBOURS if b)])
def test_what_is_apart_by_a_last_printed_digit_is_not_equal(planes, more, less):
    more, less = max(more, less), min(more, less)
    assert exact.above(*planes(more, less))[1, -1]
    assert exact.above(planes(more, less)[0], less)[1, -1]
    assert not exact.below(*planes(more, less))[1, -1]
    assert exact.below(*planes(less, more))[1, -1]
    assert exact.below(planes(less, more)[0], more)[1, -1]
    assert not exact.at_least(*planes(less, more))[1, -1]
    assert not exact.at_most(*planes(more, less))[1, -1]
    assert not exact.equal(*planes(more, less))[1, -1]
    assert not exact.same(more, less)


def test_what_a_number_was_made_from_counts_for_the_margin():
    apart = 250_000.10 - 250_000.00
    assert exact.below(np.array([[0.1]]), apart)[0, 0]
    assert not exact.below(np.array([[0.1]]), apart, 250_000.10)[0, 0]
    assert exact.equal(np.array([[0.1]]), apart, 250_000.10)[0, 0]
    assert exact.same(0.1, apart, 250_000.10)


def test_nothing_is_beyond_what_is_not_known_and_everything_is_beyond_an_end_that_lies_nowhere(planes):
    assert not exact.above(*planes(5.0, NAN))[1, -1]
    assert not exact.at_least(*planes(NAN, 5.0))[1, -1]
    assert not exact.equal(*planes(NAN, NAN))[1, -1]
    assert exact.equal(*planes(INF, INF))[1, -1]
    assert exact.above(*planes(5.0, -INF))[1, -1]
    assert exact.below(*planes(5.0, INF))[1, -1]
    assert exact.below(planes(5.0, INF)[0], INF)[1, -1]
    assert not exact.above(*planes(5.0, INF))[1, -1]
    assert exact.above(*planes(1.7e308, -1.7e308))[1, -1]


def test_one_row_of_lines_is_the_line_of_every_row():
    values = np.array([[58.0, 57.9], [580 / 1000 * 100, 58.1]])
    line = np.broadcast_to(np.array([[58.0, 58.0]]), values.shape)
    assert exact.below(values, line).tolist() == [[False, True], [False, False]]


def test_a_total_is_the_decimal_that_its_parts_mean():
    totals = np.array([0.1 + 0.2 - 0.3, 250_000.10 - 250_000.00, 0.1 + 0.2 + 0.3, 200 / 3, NAN, 1e300])
    largest = np.array([0.3, 250_000.10, 0.3, 200.0, 1.0, 1e300])
    found = exact.settled(totals, largest)
    assert found[:3].tolist() == [0.0, 0.1, 0.6]
    assert found[3] == pytest.approx(200 / 3, rel=1e-14)
    assert np.isnan(found[4])
    assert found[5] == 1e300


def test_a_total_keeps_a_digit_that_its_parts_print():
    assert exact.settled(np.array([160_000_000_000.01]), 160_000_000_000.01).tolist() == [160_000_000_000.01]


@pytest.mark.parametrize("order", ["C", "F"])
def test_numbers_on_their_line_are_on_it_however_the_cells_lie_in_memory(order):
    plan = np.asarray(np.array([[172.07, 158.1], [492.9, 2.15]]), order=order)
    values = np.asarray(np.array([[172.77, 158.8], [493.6, 2.86]]), order=order)
    assert exact.above(values, plan + 0.7, plan).tolist() == [[False, False], [False, True]]
    assert exact.below(plan, values - 0.7, values).tolist() == [[False, False], [False, True]]
