"""The contract's limits and conditions once more, slowly: plain Python on one list, by the words of the contract alone.

A list holds one figure a month from April 2018 on, None where it is missing; `out` names rows left out of every baseline.
Each limits method gives (centre, lower, upper) for every row, or None; each condition a letter: n normal, E exception,
d no data, h not enough history.
"""

import itertools
from collections.abc import Callable, Collection, Sequence
from math import fsum, sqrt

Figures = Sequence[float | None]
Lines = list[tuple[float, float, float] | None]
NOTHING: frozenset[int] = frozenset()


def mean(figures: Collection[float]) -> float:
    return fsum(figures) / len(figures)


def deviation(figures: Collection[float]) -> float:
    middle = mean(figures)
    return sqrt(fsum((x - middle) ** 2 for x in figures) / (len(figures) - 1))


def around(centre: float, reach: float) -> tuple[float, float, float]:
    return centre, centre - reach, centre + reach


def baseline(figures: Figures, stop: int, out: Collection[int]) -> list[float | None]:
    return [None if row in out else figures[row] for row in range(stop)]


def known(figures: Figures) -> list[float]:
    return [x for x in figures if x is not None]


def xmr(
    figures: Figures, *, sigmas: float = 3, first: int | None = None, screen: bool = True, least: int = 2,
    anew: int = 0, out: Collection[int] = NOTHING,
) -> Lines:  # fmt: skip
    """*first*: only so many figures; *anew*: the row with which a new baseline begins."""
    lines: Lines = []
    for row in range(len(figures)):
        used = baseline(figures, row + 1, out)[anew if row >= anew else 0 :]
        if first is not None:
            places = [n for n, x in enumerate(used) if x is not None][:first]
            used = [x if n in places else None for n, x in enumerate(used)]
        ranges = [abs(b - a) for a, b in itertools.pairwise(used) if a is not None and b is not None]
        if not ranges or len(known(used)) < least:
            lines.append(None)
            continue
        typical = mean(ranges)
        kept = [r for r in ranges if r < 3.267 * typical]
        if screen and any(kept):
            typical = mean(kept)
        lines.append(around(mean(known(used)), 2.66 * sigmas / 3 * typical))
    return lines


def rolling(figures: Figures, *, window: int = 12, sigmas: float = 2, out: Collection[int] = NOTHING) -> Lines:
    lines: Lines = []
    for row in range(len(figures)):
        used = known(baseline(figures, row, out)[max(row - window, 0) :])
        lines.append(around(mean(used), sigmas * deviation(used)) if len(used) >= 2 else None)
    return lines


def previous_financial_year(
    figures: Figures, *, sigmas: float = 2, least: int = 8, out: Collection[int] = NOTHING
) -> Lines:
    lines: Lines = []
    for row in range(len(figures)):
        april = row // 12 * 12
        used = known(baseline(figures, april, out)[max(april - 12, 0) :])
        lines.append(around(mean(used), sigmas * deviation(used)) if len(used) >= least else None)
    return lines


def rebased_average(
    figures: Figures, *, run: int = 8, sigmas: float = 2, first: int = 12, out: Collection[int] = NOTHING
) -> tuple[Lines, list[int], list[int]]:
    """Lines as shown, the rows in which the centre moves, and how many figures of a run there are after each row."""
    lines: Lines = []
    moves, counts = [], []
    learned: list[float] = []
    running: list[float] = []
    centre, reach = 0.0, 0.0
    for row, x in enumerate(figures):
        if len(learned) < first:
            lines.append(None)
            counts.append(0)
            if x is not None and row not in out:
                learned.append(x)
                if len(learned) == first:
                    centre, reach = mean(learned), sigmas * deviation(learned)
            continue
        if x is None or (row not in out and x == centre):
            running = []
        elif row not in out:
            running = [*running, x] if running and (running[-1] > centre) == (x > centre) else [x]
        if len(running) == run:
            centre, reach, running = mean(running), sigmas * deviation(running), []
            moves.append(row)
        lines.append(around(centre, reach))
        counts.append(len(running))
    return lines, moves, counts


def p(tops: Figures, bottoms: Sequence[float], *, sigmas: float = 3, out: Collection[int] = NOTHING) -> Lines:
    return shares(tops, bottoms, lambda share, n: sqrt(share * (1 - share) / n), sigmas, 100, 100, out)


def u(tops: Figures, bottoms: Sequence[float], *, sigmas: float = 3, out: Collection[int] = NOTHING) -> Lines:
    return shares(tops, bottoms, lambda rate, n: sqrt(rate / n), sigmas, 1000, None, out)


def shares(
    tops: Figures, bottoms: Sequence[float], width: Callable[[float, float], float], sigmas: float, scale: float,
    most: float | None, out: Collection[int],
) -> Lines:  # fmt: skip
    lines: Lines = []
    for row in range(len(tops)):
        pairs = zip(baseline(tops, row + 1, out), bottoms, strict=False)
        used = [(t, b) for t, b in pairs if t is not None]
        if not used:
            lines.append(None)
            continue
        centre = fsum(t for t, _ in used) / fsum(b for _, b in used)
        reach = sigmas * width(centre, bottoms[row])
        upper = (centre + reach) * scale
        lines.append((centre * scale, max((centre - reach) * scale, 0), upper if most is None else min(upper, most)))
    return lines


def c(counts: Figures, *, sigmas: float = 3, first: int | None = None, out: Collection[int] = NOTHING) -> Lines:
    lines: Lines = []
    for row in range(len(counts)):
        used = known(baseline(counts, row + 1, out))[:first]
        lines.append((m := mean(used), max(m - sigmas * sqrt(m), 0), m + sigmas * sqrt(m)) if used else None)
    return lines


def outside(figures: Figures, lines: Lines) -> str:
    letters = []
    for x, at in zip(figures, lines, strict=True):
        letters.append("d" if x is None else "h" if at is None else "E" if x > at[2] or x < at[1] else "n")
    return "".join(letters)


def run(figures: Figures, centres: Figures, length: int, side: str = "either") -> str:
    """*centres*: the centre of each judged row, None where there is none."""
    letters = []
    for row, (x, centre) in enumerate(zip(figures, centres, strict=True)):
        if x is None:
            letters.append("d")
        elif centre is None:
            letters.append("h")
        else:
            here = figures[max(row - length + 1, 0) : row + 1]
            ways = {"above": [1], "below": [-1], "either": [1, -1]}[side]
            stands = any(all((y - centre) * way > 0 for y in here if y is not None) for way in ways)
            letters.append(_complete(figures, row, length) if stands else "n")
    return "".join(letters)


def trend(figures: Figures, length: int, direction: str = "either") -> str:
    letters = []
    for row, x in enumerate(figures):
        here = known(figures[max(row - length + 1, 0) : row + 1])
        ways = {"rising": [1], "falling": [-1], "either": [1, -1]}[direction]
        stands = any(all((b - a) * way > 0 for a, b in itertools.pairwise(here)) for way in ways)
        letters.append("d" if x is None else _complete(figures, row, length) if stands else "n")
    return "".join(letters)


def _complete(figures: Figures, row: int, length: int) -> str:
    """Nothing refutes the run: an exception if all of it is there, open at a gap, too early before the first figure."""
    came = next(n for n, x in enumerate(figures) if x is not None)
    if row - length + 1 < came:
        return "h"
    return "d" if None in figures[row - length + 1 : row + 1] else "E"


def spans_of(row: int, versus: str) -> tuple[tuple[int, int], tuple[int, int]]:
    """First and last rows of what is compared and of what it is compared with."""
    return {
        "previous_period": ((row, row), (row - 1, row - 1)),
        "same_period_last_year": ((row, row), (row - 12, row - 12)),
        "year_to_date": ((row // 12 * 12, row), (row // 12 * 12 - 12, row - 12)),
        "rolling_12_months": ((row - 11, row), (row - 23, row - 12)),
    }[versus]


def z_score(tops: Figures, bottoms: Sequence[float], row: int, versus: str) -> float | None:
    """How many standard errors two shares lie apart, pooled; 0 where both are none or all, None without two."""
    now, then = spans_of(row, versus)
    if then[0] < 0 or None in tops[now[0] : now[1] + 1] or None in tops[then[0] : then[1] + 1]:
        return None
    (n1, d1), (n0, d0) = (
        (fsum(known(tops[a : b + 1])), fsum(bottoms[a : b + 1])) for a, b in (now, then)
    )  # fmt: skip
    pooled = (n1 + n0) / (d1 + d0)
    return (n1 / d1 - n0 / d0) / sqrt(pooled * (1 - pooled) * (1 / d1 + 1 / d0)) if 0 < pooled < 1 else 0.0


def change(figures: Figures, versus: str, *, relative: bool) -> list[float | str | None]:
    """The change on an earlier span of a measure that adds up; None without one, "zero" where a percentage has no base."""
    found: list[float | str | None] = []
    for row in range(len(figures)):
        spans = spans_of(row, versus)
        if spans[1][0] < 0:
            found.append(None)
            continue
        now, then = (figures[a : b + 1] for a, b in spans)
        if None in now or None in then:
            found.append(None)
            continue
        new, old = fsum(known(now)), fsum(known(then))
        found.append(new - old if not relative else "zero" if old == 0 else (new - old) / abs(old) * 100)
    return found
