"""Comparing figures as the decimals that people printed: the one place that decides equal, above and below.

Figures are printed in decimals and computed in binary, so that 580 / 1000 x 100 is not 58 and 0.1 + 0.2 + 0.3 is not 0.6. Two
numbers are equal when they are apart by no more than `MARGIN`, 64 units in the last binary place, of the largest number that went
in. Two decimals of up to 14 digits that differ at all are further apart than that: a penny in £160bn is a difference.

Both sides stand in one unit: a change of N % as the value against base x (1 ± N / 100). What is compared counts for the margin
by itself; what it was made from, where that was larger (250,000.10 - 250,000.00 against 0.10), is handed over as `also`.
A ratio n / d may stand for itself: its margin is relative, and n x scale against target x d is the same question.

Arrays broadcast as in numpy. NaN is neither equal to, nor above, nor below anything.
"""

from typing import cast

import numpy as np

from alerting.domain.panel import Flags, Floats

#: Numbers apart by no more than this part of the largest that went in are equal.
MARGIN = 64 * 2.0**-53
#: So many digits a printed figure has at most, to be told from its neighbours by any margin here.
DIGITS = 14
#: Where less than one cell in so many is in question, looking at those alone is faster than at all.
_FEW = 16
_LARGEST = float(np.finfo(np.float64).max)

Numbers = Floats | float


def above(x: Floats, line: Numbers, *also: Numbers) -> Flags:
    """Return where *x* is more than *line*."""
    if _stands_still(x, line, *also):
        return x > raised(line, *also)
    found = x > line
    return _sure(found, x, line, also)


def below(x: Floats, line: Numbers, *also: Numbers) -> Flags:
    """Return where *x* is less than *line*."""
    if _stands_still(x, line, *also):
        return x < lowered(line, *also)
    found = x < line
    return _sure(found, x, line, also)


def at_least(x: Floats, line: Numbers, *also: Numbers) -> Flags:
    """Return where *x* is *line* or more."""
    return x >= lowered(line, *also)


def at_most(x: Floats, line: Numbers, *also: Numbers) -> Flags:
    """Return where *x* is *line* or less."""
    return x <= raised(line, *also)


def equal(x: Numbers, y: Numbers, *also: Numbers) -> Flags:
    """Return where *x* and *y* are one number."""
    with np.errstate(invalid="ignore"):  # infinity is equal to itself, though not apart from it by a number
        return (np.abs(np.subtract(x, y)) <= margin(x, y, *also)) | np.equal(x, y)


def raised(line: Numbers, *also: Numbers) -> Floats:
    """Return *line* with its margin added: what is more than this is above it."""
    return line + margin(line, *also)


def lowered(line: Numbers, *also: Numbers) -> Floats:
    """Return *line* with its margin taken off: what is less than this is below it."""
    return line - margin(line, *also)


def margin(*numbers: Numbers) -> Floats:
    """Return by how much numbers may differ that are equal, where these went in; one that is not known does not count."""
    largest = np.abs(numbers[0])
    for number in numbers[1:]:
        largest = np.fmax(largest, np.abs(number))
    return cast(Floats, np.fmin(largest * MARGIN, _LARGEST))  # a line that lies nowhere stays there


def settled(total: Floats, largest: Numbers) -> Floats:
    """Return what was computed from decimals as the decimal that it means, where one of 14 digits is no further than the margin.

    0.1 + 0.2 - 0.3 is 0, and 250,000.10 - 250,000.00 is 0.10.

    Args:
        total: of any shape.
        largest: the size of the largest number that went in, broadcastable to it.
    """
    with np.errstate(all="ignore"):
        places = DIGITS - 1 - np.floor(np.log10(np.fmax(np.abs(largest), np.abs(total))))
        step = 10.0 ** np.clip(places, 0, 22)  # powers of ten are exact up to the 22nd
        decimal = np.rint(total * step) / step
        meant = (np.abs(decimal - total) <= margin(largest, total)) & (places >= 0) & (places <= 22)
    return np.where(meant, decimal + 0.0, total)


def same(a: float, b: float, *also: float) -> bool:
    """Say whether two single numbers are one."""
    return a == b or abs(a - b) <= MARGIN * max(abs(number) for number in (a, b, *also))


def _stands_still(x: Floats, *lines: Numbers) -> bool:
    """Say whether the lines are one number, or one row for all rows of *x*: then their margin costs nothing."""
    return all(not isinstance(line, np.ndarray) or line.size * 2 <= x.size or _one_row(line) for line in lines)


def _one_row(line: Floats) -> bool:
    return line.ndim > 1 and len(line) > 1 and line.strides[0] == 0


def _sure(found: Flags, x: Floats, line: Numbers, also: tuple[Numbers, ...]) -> Flags:
    """Take out of the cells that lie on one side of the line those that lie on it."""
    places = np.flatnonzero(found) if found.size else found
    if not len(places):
        return found
    with np.errstate(over="ignore"):
        if len(places) * _FEW > found.size:
            found &= np.abs(x - line) > margin(line, *also)
            return found
        there = np.unravel_index(places, found.shape)
        own, held, *others = (np.broadcast_to(number, found.shape)[there] for number in (x, line, *also))
        found[there] = np.abs(own - held) > margin(held, *others)
    return found
