"""Comparing figures as the decimals that people printed: the one place that decides equal, above and below.

Figures are printed in decimals and computed in binary, so that 580 / 1000 x 100 is not 58 and 0.1 + 0.2 + 0.3 is not 0.6. Two
numbers are equal when they are apart by no more than `MARGIN`, 64 units in the last binary place, of the largest number that went
in. Two decimals of up to 14 digits that differ at all are further apart than that: a penny in £160bn is a difference.

Both sides stand in one unit: a change of N % as the value against base x (1 ± N / 100). What is compared counts for the margin
by itself; what it was made from, where that was larger (250,000.10 - 250,000.00 against 0.10), is handed over as `also`.
A ratio n / d may stand for itself: its margin is relative, and n x scale against target x d is the same question.

Arrays broadcast as in numpy. NaN is neither equal to, nor above, nor below anything.
"""

from collections.abc import Callable, Iterable
from functools import reduce
from math import floor, log10
from typing import cast

import numpy as np

from alerting.domain.arrays import Flags, Floats, Index

#: Numbers apart by no more than this part of the largest that went in are equal.
MARGIN = 64 * 2.0**-53
#: So many digits a printed figure has at most, to be told from its neighbours by any margin here.
DIGITS = 14
_LARGEST = float(np.finfo(np.float64).max)
#: Powers of ten are exact up to the 22nd.
_POWERS = 10.0 ** np.arange(23)
#: Of fewer cells each is looked at closely: sooner done than to find which.
_FEW = 2048

Numbers = Floats | float


def above(x: Floats, line: Numbers, *also: Numbers, largest: Callable[[], float] | None = None) -> Flags:
    """Return where *x* is more than *line*.

    Args:
        x: planes or rows of figures.
        line: broadcastable to it.
        also: what the line was made from, broadcastable to it.
        largest: says what size neither a line nor what it was made from exceeds, where it is known for less than asking each time.
    """
    single = None if also else _single(line, x)
    if single is not None:
        return x > single + _slack(single)
    if _stands_still(x, (line, *also)):
        return x > raised(line, *also)
    found = _clearly(x, line, largest)
    return _sure(x > line, x, line, also) if found is None else found


def below(x: Floats, line: Numbers, *also: Numbers, largest: Callable[[], float] | None = None) -> Flags:
    """Return where *x* is less than *line*; as `above`."""
    single = None if also else _single(line, x)
    if single is not None:
        return x < single - _slack(single)
    if _stands_still(x, (line, *also)):
        return x < lowered(line, *also)
    found = _clearly(line, x, largest)
    return _sure(x < line, x, line, also) if found is None else found


def at_least(x: Floats, line: Numbers, *also: Numbers) -> Flags:
    """Return where *x* is *line* or more."""
    return x >= lowered(line, *also)


def at_most(x: Floats, line: Numbers, *also: Numbers) -> Flags:
    """Return where *x* is *line* or less."""
    return x <= raised(line, *also)


def equal(x: Numbers, y: Numbers, *also: Numbers) -> Flags:
    """Return where *x* and *y* are one number."""
    with np.errstate(invalid="ignore", over="ignore"):  # infinity is equal to itself, though not apart by a number
        return (np.abs(np.subtract(x, y)) <= margin(x, y, *also)) | np.equal(x, y)


def raised(line: Numbers, *also: Numbers) -> Floats:
    """Return *line* with its margin added: what is more than this is above it."""
    if np.size(line) == 1 and not also:  # one number for all, as most targets are: not worth an array
        return cast(Floats, line + min(abs(cast(float, line)) * MARGIN, _LARGEST))
    return thin(line) + margin(line, *also)


def lowered(line: Numbers, *also: Numbers) -> Floats:
    """Return *line* with its margin taken off: what is less than this is below it."""
    if np.size(line) == 1 and not also:
        return cast(Floats, line - min(abs(cast(float, line)) * MARGIN, _LARGEST))
    return thin(line) - margin(line, *also)


def around(line: Numbers, *also: Numbers) -> tuple[Floats, Floats]:
    """Return *line* with its margin taken off, and with it added: between the two a number is on the line."""
    slack, own = margin(line, *also), thin(line)
    return own - slack, own + slack


def around_amounts(line: Floats) -> tuple[Floats, Floats]:
    """Return the same for numbers of which none lies below 0, in half the time."""
    return line * (1 - MARGIN), line * (1 + MARGIN)


def margin(line: Numbers, *also: Numbers) -> Floats:
    """Return by how much a number may differ from *line* that is equal to it; what is not known or finite does not count."""
    own, *others = (np.abs(thin(number)) for number in (line, *also))
    largest = reduce(np.fmax, others, own)
    if np.fmax.reduce(largest, axis=None, initial=0.0) < np.inf:
        return largest * MARGIN
    largest = reduce(np.fmax, (np.where(size < np.inf, size, 0.0) for size in others), own)
    return cast(Floats, np.minimum(largest * MARGIN, _LARGEST))  # a line that lies nowhere stays there


def ratio(top: Floats, bottom: Floats, scale: float = 1.0) -> Floats:
    """Return top / bottom on a scale, as the decimal that it is where it has an end: 0.58 / 1 x 100 is 58."""
    with np.errstate(all="ignore"):
        found = top * scale / bottom  # in this order 580 x 100 / 1000 is 58 at once
        found = np.where(np.isfinite(found), found, top / bottom * scale)
    return as_decimal(found, digits=DIGITS - 2)


def as_decimal(total: Floats, largest: Numbers = 0.0, *, digits: int = DIGITS) -> Floats:
    """Return what was computed from decimals as the decimal that it means, where one of so many digits is within the margin.

    0.1 + 0.2 - 0.3 is 0, and 250,000.10 - 250,000.00 is 0.10.

    Args:
        total: of any shape.
        largest: the size of the largest number that went in, broadcastable to it.
        digits: that the largest number has; fewer for quotients and means, most of which are no decimals.
    """
    with np.errstate(all="ignore"):
        if (np.rint(total) == total).all():  # sums of counts, mostly: a whole number means itself
            return total + 0.0
        size = np.fmax(np.abs(largest), np.abs(total))
        places = digits - 1 - np.floor(np.log10(size))
        known = np.fmax(np.fmin(places, len(_POWERS) - 1), 0)
        step = _POWERS.take(known.astype(np.intp))
        decimal = np.rint(total * step) / step
        meant = (np.abs(decimal - total) <= size * MARGIN) & (places == known)
    return np.where(meant, decimal + 0.0, total)


def largest_of(*numbers: Numbers) -> float:
    """Return the size that none of some numbers exceeds."""
    found = 0.0
    for number in map(thin, numbers):
        highest, lowest = (join.reduce(number, axis=None, initial=0.0) for join in (np.fmax, np.fmin))
        found = max(found, float(highest), -float(lowest))
    return found


def same(a: float, b: float, *also: float) -> bool:
    """Say whether two single numbers are one."""
    if a == b:
        return True
    largest = max(map(abs, (a, b, *also))) if also else max(abs(a), abs(b))  # asked by the ten thousand
    return abs(a - b) <= MARGIN * largest


def meant(x: float, *also: float) -> float:
    """Return the decimal of up to 14 digits, or 15, that a single number is equal to; the number itself where there is none."""
    largest = max(map(abs, (x, *also)))
    if not 0 < largest < _LARGEST or x == 0:
        return x
    places = DIGITS - 1 - floor(log10(largest))
    for digits in (places, places + 1):
        decimal = round(x, digits)
        if abs(decimal - x) <= MARGIN * largest:
            return decimal + 0.0
    return x


def _stands_still(x: Floats, lines: Iterable[Numbers]) -> bool:
    """Say whether the lines are one number, or one row for all rows of *x*: then their margin costs nothing."""
    most = x.size // 2
    for line in lines:
        if isinstance(line, np.ndarray) and line.size > most and np.size(thin(line)) > most:
            return False
    return most > 0


def _single(line: Numbers, x: Floats) -> float | None:
    """Return the one number that a line is for all cells, as most targets are: not worth an array. None: it is not."""
    if x.size == 1 or (isinstance(line, np.ndarray) and (line.size != 1 or line.ndim > x.ndim)):
        return None
    return float(line.item() if isinstance(line, np.ndarray) else line)


def _slack(line: float) -> float:
    """Return the margin of a single number."""
    return min(abs(line) * MARGIN, _LARGEST)


def thin(line: Numbers) -> Numbers:
    """Return a line's one row where it is the same in all rows."""
    if isinstance(line, np.ndarray) and line.ndim > 1 and line.strides[0] == 0 and len(line) > 1:
        return line[:1]
    return line


def _clearly(more: Numbers, less: Numbers, largest: Callable[[], float] | None) -> Flags | None:
    """Return where one number is more than another; None where any is by a margin or less, or where this way does not pay.

    All cells are held against the largest margin of any. To look for those found, of many, where they lie by chance, takes longer
    than going over all once more.
    """
    slack = np.inf if largest is None or np.size(more) <= _FEW else largest() * MARGIN
    if slack == np.inf:
        return None
    with np.errstate(over="ignore", invalid="ignore"):
        apart = np.subtract(more, less)
    found: Flags = apart > slack
    return found if np.count_nonzero(found) == np.count_nonzero(apart > 0) else None


def _sure(found: Flags, x: Floats, line: Numbers, also: tuple[Numbers, ...]) -> Flags:
    """Take out of the cells that lie on one side of the line those that lie on it."""
    if found.size <= _FEW:
        with np.errstate(over="ignore", invalid="ignore"):
            found &= np.abs(x - line) > margin(line, *also)
        return found
    (places,) = found.ravel().nonzero()  # few as a rule
    if len(places):
        with np.errstate(over="ignore"):
            own, held, *others = (_picked(number, found.shape, places) for number in (x, line, *also))
            apart = np.abs(own - held) > margin(held, *others)
        if not apart.all():
            found.flat[places[~apart]] = False  # in whatever order the cells lie: a ravelled copy would be lost
    return found


def _picked(number: Numbers, shape: tuple[int, ...], places: Index) -> Floats:
    """Return a plane, a row or a number at places of a shape."""
    if isinstance(number, np.ndarray) and number.shape == shape and number.flags.c_contiguous:
        return number.ravel().take(places)  # a plane as it lies, not copied
    return cast(Floats, np.broadcast_to(number, shape).take(places))
