"""The fold: states over periods become alerts that open, go on and clear, with `for` and `clear_after`, for all series at once.

The state is what all figures in order give, so that a tick, a catch-up, a revision and a backtest are one call; who ticks day
after day may keep a `Walk` and take it up where nothing before has changed.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alerting.domain.finding import State

Rows = NDArray[np.intp]
_EXCEPTION, _NORMAL = int(State.EXCEPTION), int(State.NORMAL)


@dataclass(frozen=True, slots=True, eq=False)
class Folded:
    """Where each series stands after its last period; rows are -1 where there is none.

    `opened`: the period that opened the alert that is open (the one that filled `for`).
    `began`: the first exceptional period of that alert's first run, so that "since when" is true.
    `last`: its newest exceptional period. `cleared`: the period that cleared the last alert, `cleared_opened` its opening.
    """

    is_open: NDArray[np.bool_]
    opened: Rows
    began: Rows
    last: Rows
    cleared: Rows
    cleared_opened: Rows


def fold(
    states: NDArray[np.int8],
    counts: NDArray[np.bool_],
    open_after: NDArray[np.intp],
    clear_after: NDArray[np.intp],
    sides: NDArray[np.int8] | None = None,
) -> Folded:
    """Walk through time, one array step a period.

    Args:
        states: `[periods x series]` verdicts as `State` codes.
        counts: which of them count; the others are skipped (before a series' first figure).
        open_after: exceptional periods in a row that open, per series (>= 1).
        clear_after: normal periods in a row that clear, per series (>= 1).
        sides: `[periods x series]` on which side an exceptional cell lies of what it is held against: what opens an alert are
            exceptional periods of one side. None: all lie on one.

    A period without a verdict ends both counts and changes nothing else.
    """
    n = states.shape[1]
    some = np.flatnonzero(((states == _EXCEPTION) & counts).any(axis=0))
    if 2 * len(some) > n:
        return Walk(open_after, clear_after).to(len(states), states, counts, sides).folded
    # Most series were never exceptional: nothing opens in them, whatever else they hold.
    own_sides = None if sides is None else sides[:, some]
    walked = Walk(open_after[some], clear_after[some])
    found = walked.to(len(states), states[:, some], counts[:, some], own_sides).folded
    whole = Folded(np.zeros(n, dtype=bool), *(np.full(n, -1, dtype=np.intp) for _ in range(5)))
    for name in Folded.__slots__:
        getattr(whole, name)[some] = getattr(found, name)
    return whole


class _Standing:
    """What is open after each step of a walk through time, with the counts behind it."""

    COUNTS = ("is_open", "bad", "good", "side_before")

    def __init__(self, n: int, open_after: NDArray[np.intp], clear_after: NDArray[np.intp]) -> None:
        self.open_after, self.clear_after = open_after, clear_after
        self.is_open = np.zeros(n, dtype=bool)
        self.bad, self.good = np.zeros(n, dtype=np.intp), np.zeros(n, dtype=np.intp)
        self.side_before = np.zeros(n, dtype=np.int8)

    def step(
        self, state: NDArray[np.int8], counted: NDArray[np.bool_], side: NDArray[np.int8] | None
    ) -> tuple[Rows, Rows]:
        """Take one period; return the series that open with it, and those that clear."""
        exceptional = (state == _EXCEPTION) & counted
        normal = (state == _NORMAL) & counted
        if side is not None:
            np.putmask(self.bad, exceptional & (side != self.side_before), 0)
            np.copyto(self.side_before, side, where=exceptional)
        self.bad += exceptional
        np.putmask(self.bad, counted & ~exceptional, 0)
        self.good += normal
        np.putmask(self.good, counted & ~normal, 0)
        opens = np.flatnonzero(exceptional & ~self.is_open & (self.bad >= self.open_after))
        self.is_open[opens] = True
        clears = np.flatnonzero(normal & self.is_open & (self.good >= self.clear_after))
        self.is_open[clears] = False
        return opens, clears


def opening_rows(
    states: NDArray[np.int8],
    counts: NDArray[np.bool_],
    open_after: NDArray[np.intp],
    clear_after: NDArray[np.intp],
    sides: NDArray[np.int8] | None = None,
) -> NDArray[np.bool_]:
    """Return `[periods x series]` where an alert opens; arguments as for `fold`, whose walk it is."""
    found = np.zeros(states.shape, dtype=bool)
    some = np.flatnonzero(((states == _EXCEPTION) & counts).any(axis=0))
    standing = _Standing(len(some), open_after[some], clear_after[some])
    for row, (state, counted) in enumerate(zip(states, counts, strict=True)):
        opens, _ = standing.step(state[some], counted[some], None if sides is None else sides[row, some])
        found[row, some[opens]] = True
    return found


class Walk:
    """A walk through time that can be taken up where it was left, for series whose earlier periods are as they were.

    Args:
        open_after: as for `fold`; so are `clear_after`, and the arguments of `to`.
    """

    def __init__(self, open_after: NDArray[np.intp], clear_after: NDArray[np.intp]) -> None:
        """Begin before the first period."""
        n = len(open_after)
        #: How many periods have been taken.
        self.n_rows = 0
        self.standing = _Standing(n, open_after, clear_after)
        #: As `Folded` has them, one below the other.
        self.rows = np.full((5, n), -1, dtype=np.intp)

    def to(
        self, n_rows: int, states: NDArray[np.int8], counts: NDArray[np.bool_], sides: NDArray[np.int8] | None = None
    ) -> "Walk":
        """Take the periods up to so many of all, and return itself."""
        standing = self.standing
        opened, began, last, cleared, cleared_opened = self.rows
        for row in range(self.n_rows, n_rows):
            state, counted = states[row], counts[row]
            exceptional = (state == _EXCEPTION) & counted
            opens, clears = standing.step(state, counted, None if sides is None else sides[row])
            if len(opens):
                opened[opens], began[opens] = row, row - standing.bad[opens] + 1
            np.putmask(last, exceptional & standing.is_open, row)
            if len(clears):
                cleared[clears], cleared_opened[clears] = row, opened[clears]
        self.n_rows = max(self.n_rows, n_rows)
        return self

    def copy(self) -> "Walk":
        """Return one that goes on from here by itself."""
        other = Walk(self.standing.open_after, self.standing.clear_after)
        other.n_rows, other.rows = self.n_rows, self.rows.copy()
        for name in _Standing.COUNTS:
            setattr(other.standing, name, getattr(self.standing, name).copy())
        return other

    def put(self, columns: Rows, other: "Walk") -> None:
        """Let some series stand as they do in a walk of these alone that has come as far."""
        self.rows[:, columns] = other.rows
        for name in _Standing.COUNTS:
            getattr(self.standing, name)[columns] = getattr(other.standing, name)

    @property
    def folded(self) -> Folded:
        """Where each series stands after the last period taken."""
        return Folded(self.standing.is_open, *self.rows)


def open_rows(
    states: NDArray[np.int8],
    counts: NDArray[np.bool_],
    open_after: int,
    clear_after: int,
    sides: NDArray[np.int8] | None = None,
) -> NDArray[np.bool_]:
    """Return for one series at which periods it was open, from `[periods]` verdicts; as `fold` counts."""
    found = np.zeros(len(states), dtype=bool)
    bad = good = side = 0
    is_open = False
    codes, exception, within = states.tolist(), int(State.EXCEPTION), int(State.NORMAL)
    for row in np.flatnonzero(counts).tolist():
        exceptional, normal = codes[row] == exception, codes[row] == within
        if sides is not None and exceptional and sides[row] != side:
            bad, side = 0, int(sides[row])
        bad = bad + 1 if exceptional else 0
        good = good + 1 if normal else 0
        is_open = bad >= open_after if not is_open else good < clear_after
        found[row] = is_open
    return found
