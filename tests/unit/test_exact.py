"""What two printed decimals say exactly is what is compared, whatever binary arithmetic made of them."""

from functools import reduce

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
    found = exact.as_decimal(totals, largest)
    assert found[:3].tolist() == [0.0, 0.1, 0.6]
    assert found[3] == pytest.approx(200 / 3, rel=1e-14)
    assert np.isnan(found[4])
    assert found[5] == 1e300


def test_a_total_keeps_a_digit_that_its_parts_print():
    assert exact.as_decimal(np.array([160_000_000_000.01]), 160_000_000_000.01).tolist() == [160_000_000_000.01]


@pytest.mark.parametrize("order", ["C", "F"])
def test_numbers_on_their_line_are_on_it_however_the_cells_lie_in_memory(order):
    plan = np.asarray(np.array([[172.07, 158.1], [492.9, 2.15]]), order=order)
    values = np.asarray(np.array([[172.77, 158.8], [493.6, 2.86]]), order=order)
    assert exact.above(values, plan + 0.7, plan).tolist() == [[False, False], [False, True]]
    assert exact.below(plan, values - 0.7, values).tolist() == [[False, False], [False, True]]


def plainly_beyond(x, line, also, way, *, still):
    """Return where *x* is above (way 1) or below (-1) the line, with the margin worked out for every cell."""
    size, *others = (np.abs(np.broadcast_to(number, x.shape)) for number in (line, *also))
    largest = reduce(np.fmax, (np.where(other < INF, other, 0.0) for other in others), size)
    slack = np.minimum(largest * exact.MARGIN, np.finfo(np.float64).max)
    if still:
        return way * x > way * (line + way * slack)
    return (way * x > way * line) & (np.abs(x - line) > slack)


def plainly_settled(total, largest, digits):
    size = np.fmax(np.abs(largest), np.abs(total))
    places = digits - 1 - np.floor(np.log10(size))
    step = 10.0 ** np.clip(places, 0, 22)
    decimal = np.rint(total * step) / step
    return np.where((np.abs(decimal - total) <= size * exact.MARGIN) & (places >= 0) & (places <= 22), decimal, total)


#: Neither known nor finite, or at an end of what a number can be.
ODD = [NAN, INF, -INF, 0.0, 5e-324, 1.7e308, -1.7e308, 1e-300, 1e15]


def made_numbers(random, shape):
    """Draw printed decimals, or figures of any size; one in twenty is odd in half of them."""
    size = 10.0 ** random.integers(-5, 12)
    made = random.normal(1, 1, shape) * size
    if random.random() < 0.5:
        made = np.round(made, int(random.integers(0, 4)))
    if random.random() < 0.5:
        odd = random.random(shape) < 0.05
        made[odd] = random.choice(ODD, int(odd.sum()))
    return made


def made_near(random, x):
    """Draw lines of which a third are the figures themselves, a third lie within two margins of them."""
    apart = x * (1 + random.integers(-128, 129, x.shape) * 2.0**-53)
    return np.choose(random.integers(0, 3, x.shape), (x, apart, made_numbers(random, x.shape)))


@pytest.mark.parametrize("shape", [(1, 3), (1, 900), (1, 9_000), (12, 900)])
@pytest.mark.parametrize("others", [0, 1, 2])
def test_the_ways_that_are_short_for_most_cells_find_what_looking_at_each_finds(shape, others):
    random = np.random.default_rng(others)
    with np.errstate(all="ignore"):
        for n in range(48):
            x = made_numbers(random, shape)
            lines = [made_near(random, x) for _ in range(1 + others)]
            if n % 4 == 0:
                lines = [made_numbers(random, shape) for _ in lines]  # with luck none is near
            still = n % 3 == 0 and len(x) > 1
            if still:
                lines = [np.broadcast_to(line[:1], shape) for line in lines]
            line, *also = lines
            for way, beyond in ((1, exact.above), (-1, exact.below)):
                wanted = plainly_beyond(x, line, also, way, still=still)
                assert np.array_equal(beyond(x, line, *also), wanted)
                assert np.array_equal(beyond(x, line, *also, largest=lambda: exact.largest_of(*lines)), wanted)  # noqa: B023


def test_totals_are_settled_as_by_powers_of_ten_that_are_worked_out():
    random = np.random.default_rng(1)
    with np.errstate(all="ignore"):
        for digits in (12, 14):
            for _ in range(60):
                largest = made_numbers(random, (3, 900))
                total = made_near(random, largest)
                wanted = plainly_settled(total, largest, digits)
                assert np.array_equal(exact.as_decimal(total, largest, digits=digits), wanted, equal_nan=True)
