"""Slips of whoever fills a source in, found by what figures were before: tenfold, repeated, and swapped ones.

What is found is doubtful, not wrong: a figure may well be ten times what it was. Each needs a past of `LEAST` periods, on its own
side of breaks. Figures that are doubted are no past of those after them.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from alerting.domain.arrays import Flags, Floats
from alerting.figures.doubts import PAST, Cell, Doubtful, Doubts, Figures, still_doubted

#: How many of the periods that a figure is held against must have one.
LEAST = 8
#: A tenfold figure lies at least so far beyond what is usual; divided by its power of ten, it lies that little beyond at most.
_FAR, _NEAR = 3.0, 1.25
#: A figure this little apart from the one before it is neither tenfold nor swapped.
_STILL = 0.05
#: Squared distances, in spreads: of a figure that does not fit, at least; of one that does, at most; and what fits better by
#: less than this in all is no exchange.
_UNFIT, _FITS, _GAIN = 9.0, 6.25, 40.0
#: So many that have changed places may have one among them that is odd anywhere.
_ONE_IN = 4
#: By so much better must a figure fit elsewhere, lest those that are alike be thought to have changed places.
_STAYS = 3.0
#: The least spread, as a part of the usual figure; the greatest squared distance that counts.
_LEAST_SPREAD, _MOST_APART = 0.02, 400.0
#: How seldom chance alone repeats a whole period, by how often figures were repeated before.
_SELDOM = 1e-4
#: How far whole numbers lie from usual at least, in standard deviations of a count (2 sqrt x has a deviation of one): 1 after
#: 5 to 10 may well be chance.
_BEYOND_CHANCE = 6.0
#: Standard deviations in a median absolute deviation (of normal figures).
_PER_MAD = 1.4826

_Places = NDArray[np.intp]


def tenfold(figures: Figures, number: Callable[[float], str], before: Doubts | None = None) -> Doubtful:
    """Find figures that are far from usual, and would be usual 10, 100 or 1,000 times as large or small.

    What is usual is the range of the past without its largest and its least: one odd figure in it changes nothing.

    Args:
        before: what was found on an earlier day.
    """
    said: dict[Cell, str] = {}

    def judge(believed: Floats, rows: _Places, columns: _Places) -> Iterable[Cell]:
        x, past = believed[rows, columns], _past(believed, figures.segments, rows, columns)
        (low, high), found = _usual(past), np.zeros(len(x), dtype=bool)
        sure = (x > 0) & (high > 0) & (~_whole(past, x) | _beyond_chance(x, low, high))
        with np.errstate(all="ignore"):
            for power in (10.0, 100.0, 1000.0):
                for meant, far in ((x / power, x >= _FAR * high), (x * power, x * _FAR <= low)):
                    fits = far & sure & (meant * _NEAR >= low) & (meant <= _NEAR * high)
                    for n in np.flatnonzero(fits & ~found).tolist():
                        said[int(rows[n]), int(columns[n])] = (
                            f"{number(x[n])} looks like {number(float(f'{meant[n]:.12g}'))},"
                            f" as {number(low[n])} to {number(high[n])} is usual"
                        )
                    found |= fits
        return zip(rows[found].tolist(), columns[found].tolist(), strict=True)

    return _in_turn(figures, judge, said, before), lambda row, column: said[row, column]


def repeated(figures: Figures, period: Callable[[int], str]) -> Doubtful:
    """Find periods of a measure of which every figure is that of the period before, though figures seldom stay the same.

    How seldom is counted in the series' own past; where all of them stayed the same before, nothing is doubted.
    """
    values, fails = figures.values, np.zeros(figures.values.shape, dtype=bool)
    there = ~np.isnan(values)
    before = np.vstack([np.zeros((1, values.shape[1]), dtype=bool), there[1:] & there[:-1]])
    same = before.copy()
    for plane in (values, *([] if figures.denominators is None else [figures.denominators])):
        same[1:] &= (plane[1:] == plane[:-1]) | (np.isnan(plane[1:]) & np.isnan(plane[:-1]))
    starts = np.flatnonzero(np.diff(figures.measure_of, prepend=-1))
    if not len(starts):
        return fails, lambda *_: ""
    whole: Flags = np.logical_and.reduceat(same | ~there, starts, axis=1) & np.logical_or.reduceat(
        there, starts, axis=1
    )
    sizes = np.diff(np.append(starts, values.shape[1]))
    for row, n in np.argwhere(whole).tolist():
        if row < figures.since:
            continue
        own = slice(int(starts[n]), int(starts[n] + sizes[n]))
        earlier = slice(max(row - PAST, 0), row)
        if whole[earlier, n].any() or before[earlier, own].any(axis=1).sum() < LEAST:
            continue
        chances = (same[earlier, own].sum(axis=0) + 1) / (before[earlier, own].sum(axis=0) + 2)
        if np.prod(chances[there[row, own]]) <= _SELDOM:
            fails[row, own] = there[row, own] & ~figures.accepted[row, own]

    return fails, lambda row, _: f"every figure is that of {period(row - 1)}"


def swapped(
    figures: Figures, number: Callable[[float], str], area: Callable[[int], str], before: Doubts | None = None
) -> Doubtful:
    """Find figures of several areas that do not fit them, and fit all of them once they have changed places.

    Where more than two have, all of the measure's figures of that period are doubted.

    Args:
        before: what was found on an earlier day.
    """
    said: dict[Cell, str] = {}
    planes = [figures.values, *([] if figures.denominators is None else [figures.denominators])]

    def judge(believed: Floats, rows: _Places, columns: _Places) -> Iterable[Cell]:
        for (row, measure), unfit in Counter(_unfit(figures, planes, believed, rows, columns)).items():
            if unfit < 2:
                continue
            own = np.flatnonzero((figures.measure_of == measure) & ~np.isnan(believed[row]) & ~figures.accepted[row])
            moved, found = _exchanged(_costs(figures, planes, believed, row, own)), dict[Cell, str]()
            for mine, its in moved:
                at, other = (row, int(own[mine])), int(own[its])
                found[at] = f"{number(figures.values[at])} looks like the figure of {area(other)}"
            if len(moved) > 2:  # a column that slid: what still fits by chance is another's too
                for column in own.tolist():
                    found.setdefault(
                        (row, column), f"{number(figures.values[row, column])} stands among figures of other areas"
                    )
            said.update(found)
            yield from found

    return _in_turn(figures, judge, said, before), lambda row, column: said[row, column]


def _unfit(
    figures: Figures, planes: Sequence[Floats], believed: Floats, rows: _Places, columns: _Places
) -> Iterator[tuple[int, int]]:
    """Yield the row and the measure of each figure that is far from usual, or whose denominator is."""
    apart = np.zeros(len(rows))
    for plane in planes:
        middle, spread = _middle_and_spread(_past(_where_believed(plane, believed), figures.segments, rows, columns))
        with np.errstate(all="ignore"):
            apart = np.fmax(apart, ((plane[rows, columns] - middle) / spread) ** 2)
    unfit = (apart >= _UNFIT) & ~np.isnan(believed[rows, columns])
    yield from zip(rows[unfit].tolist(), figures.measure_of[columns[unfit]].tolist(), strict=True)


def _costs(figures: Figures, planes: Sequence[Floats], believed: Floats, row: int, own: _Places) -> Floats:
    """Return how badly the figure of each series would stand in the place of each, `[places x figures]`."""
    total = np.zeros((len(own), len(own)))
    for plane in planes:
        past = _past(_where_believed(plane, believed), figures.segments, np.full(len(own), row), own)
        middle, spread = _middle_and_spread(past)
        with np.errstate(all="ignore"):
            apart = ((plane[row, own][None, :] - middle[:, None]) / spread[:, None]) ** 2
        total += np.minimum(np.nan_to_num(apart, nan=0.0), _MOST_APART)
    return total


def _where_believed(plane: Floats, believed: Floats) -> Floats:
    return np.where(np.isnan(believed), np.nan, plane)


def _exchanged(costs: Floats) -> list[tuple[int, int]]:
    """Return which place's figure looks like that of which other, as far as those in the round fit in their new places.

    The figure at the first place is the second one's.
    """
    from scipy.optimize import linear_sum_assignment  # only figures that do not fit wait for it

    best = linear_sum_assignment(costs + _STAYS * (1 - np.eye(len(costs))))[1].tolist()
    found, seen = list[tuple[int, int]](), set[int]()
    for start in range(len(best)):
        ring, place = list[int](), start
        while place not in seen:
            seen.add(place)
            ring.append(place)
            place = best[place]
        now, then = sum(costs[n, n] for n in ring), sum(costs[n, best[n]] for n in ring)
        odd = sum(costs[n, best[n]] > _FITS for n in ring)
        if len(ring) > 1 and now - then >= _GAIN and odd <= len(ring) // _ONE_IN:
            found += [(best[n], n) for n in ring]
    return found


def _in_turn(
    figures: Figures,
    judge: Callable[[Floats, _Places, _Places], Iterable[Cell]],
    said: dict[Cell, str],
    before: Doubts | None,
) -> Flags:
    """Judge what differs from the last figure that was believed, oldest first: what is doubted is no past of what comes after.

    Args:
        said: takes what was said of cells that stay doubted.
    """
    values = figures.values
    fails, fresh = still_doubted(figures, before, said)
    begin = max(figures.since, int(fresh.min(initial=len(values))))
    if np.isnan(values[begin:]).all():
        return fails
    believed = np.where(fails, np.nan, values)
    rows, columns = _moved(figures, begin)
    keep = ~figures.accepted[rows, columns] & (rows >= fresh[columns])
    rows, columns = rows[keep], columns[keep]
    found = list(judge(believed, rows, columns)) if len(rows) else []
    if not found and not fails.any():
        return fails
    doubted = np.zeros(values.shape[1], dtype=bool)
    candidates = np.zeros(values.shape, dtype=bool)
    candidates[rows, columns] = True
    for row in range(figures.since if fails.any() else min(found)[0], len(values)):
        there = ~np.isnan(values[row])
        here = np.flatnonzero((candidates[row] | doubted) & (row >= fresh) & ~figures.accepted[row] & there)
        doubted = (doubted & ~there) | fails[row]
        if len(here):
            held = [column for _, column in judge(believed, np.full(len(here), row), here)]
            fails[row, held] = doubted[held] = True
            believed[row, held] = np.nan
    return fails


def _moved(figures: Figures, begin: int) -> tuple[_Places, _Places]:
    """Return the cells from a row on whose figure, or denominator, is another than the one known before."""
    first = max(begin - PAST, 0)
    moved = np.zeros((len(figures.values) - first, figures.values.shape[1]), dtype=bool)
    for plane in (figures.values, *([] if figures.denominators is None else [figures.denominators])):
        part = plane[first:]
        at = np.where(np.isnan(part), 0, np.arange(len(part))[:, None])
        known = np.take_along_axis(part, np.maximum.accumulate(at, axis=0), axis=0) if len(part) else part
        with np.errstate(invalid="ignore"):
            moved[1:] |= np.abs(part[1:] - known[:-1]) > _STILL * np.abs(known[:-1])
    rows, columns = np.nonzero((moved & ~np.isnan(figures.values[first:]))[begin - first :])
    return rows + begin, columns


def _past(values: Floats, segments: NDArray[np.int32] | None, rows: _Places, columns: _Places) -> Floats:
    """Return the figures before each of some cells, `[cells x PAST]`; NaN beyond breaks, and where there is none."""
    at = rows[:, None] - np.arange(PAST, 0, -1)[None, :]
    inside, at = at >= 0, np.maximum(at, 0)
    if segments is not None:
        inside &= segments[at, columns[:, None]] == segments[rows, columns][:, None]
    return np.where(inside, values[at, columns[:, None]], np.nan)


def _usual(past: Floats) -> tuple[Floats, Floats]:
    """Return the least and the greatest of each past, without one on either side; NaN where it is too short."""
    enough = (~np.isnan(past)).sum(axis=1) >= LEAST
    low, high = np.partition(past, 1, axis=1)[:, 1], -np.partition(-past, 1, axis=1)[:, 1]
    return np.where(enough, low, np.nan), np.where(enough, high, np.nan)


def _whole(past: Floats, x: Floats) -> Flags:
    """Return where all figures are whole numbers, as counts are."""
    with np.errstate(invalid="ignore"):
        odd = (past != np.rint(past)) & ~np.isnan(past)
    whole: Flags = ~odd.any(axis=1) & (x == np.rint(x))
    return whole


def _beyond_chance(x: Floats, low: Floats, high: Floats) -> Flags:
    with np.errstate(invalid="ignore"):
        far: Flags = 2 * np.abs(np.sqrt(x) - np.sqrt((low + high) / 2)) >= _BEYOND_CHANCE
    return far


def _middle_and_spread(past: Floats) -> tuple[Floats, Floats]:
    """Return the median of each past, and how far its figures lie from it, as a standard deviation; NaN where it is too short."""
    count = (~np.isnan(past)).sum(axis=1)
    middle = _median(past, count)
    spread = _PER_MAD * _median(np.abs(past - middle[:, None]), count)
    least = np.where(_whole(past, np.rint(middle)), np.sqrt(np.abs(middle)), 0.0)
    spread = np.fmax(np.fmax(spread, least), _LEAST_SPREAD * np.abs(middle))
    return np.where(count >= LEAST, middle, np.nan), spread


def _median(past: Floats, count: NDArray[np.intp]) -> Floats:
    ordered, each = np.sort(past, axis=1), np.arange(len(past))
    found: Floats = (
        ordered[each, np.maximum(count - 1, 0) // 2] + ordered[each, np.minimum(count // 2, past.shape[1] - 1)]
    ) / 2
    return found
