"""What series are judged by, in 128 bits each: equal ones get equal verdicts from one condition."""

import hashlib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alerting.domain.arrays import Flags
from alerting.domain.panel import Panel

#: `[2 x series]`: two halves of a digest each.
Digests = NDArray[np.uint64]
#: Odd numbers without a pattern, one for each half (splitmix64 and Murmur's third version).
_FACTORS = np.array([0xBF58476D1CE4E5B9, 0xFF51AFD7ED558CCD], dtype=np.uint64)
_SHIFT = np.uint64(32)
#: Series whose digests are made at once, so that they stay near the processor.
_AT_ONCE = 16384


def digests_of(panel: Panel) -> Digests:
    """Return a digest of each series: of all that a condition may look at, in every row.

    What is only told beside a finding (whether a figure is provisional, a source's note on it) is left out. A plane in which
    nothing is marked of a series counts as one that is not there, so that marks of others change nothing.
    """
    found = np.empty((2, panel.n_series), dtype=np.uint64)
    for begin in range(0, panel.n_series, _AT_ONCE):
        columns = slice(begin, min(begin + _AT_ONCE, panel.n_series))
        own = (*panel.values[:, columns], panel.floor[columns], panel.ceiling[columns])
        digests = _mixed(own, columns.stop - columns.start)
        for name, rows, marked in _parts(panel, columns):
            concerned = np.flatnonzero(marked)
            if len(concerned):
                before = digests[:, concerned]
                digests[:, concerned] = _mixed(
                    (*before, np.full(1, number_of(name)), *rows[:, concerned]), len(concerned)
                )
        found[:, columns] = digests
    return found


def with_marks(digests: Digests, *marks: NDArray[np.generic]) -> Digests:
    """Return digests with some more numbers of each series taken in."""
    return _mixed(chain(digests, (np.asarray(mark) for mark in marks)), digests.shape[1])


def among_siblings(digests: Digests, panel: Panel) -> Digests:
    """Return digests of each series with its siblings: where one of these changes, so do those of all of them."""
    if panel.siblings is None:
        return digests
    order = np.argsort(panel.siblings, kind="stable")
    groups = panel.siblings[order]
    edges = [0, *(np.flatnonzero(np.diff(groups)) + 1).tolist(), len(groups)]
    found = digests.copy()
    for begin, end in pairwise(edges):
        together = order[begin:end]
        whole = hashlib.blake2b(np.ascontiguousarray(digests[:, together]).tobytes(), digest_size=16).digest()
        found[:, together] ^= np.frombuffer(whole, dtype=np.uint64)[:, None]
    return found


def _parts(panel: Panel, columns: slice) -> Iterator[tuple[str, NDArray[np.generic], Flags]]:
    """Yield what else counts of some series: its name, its rows, and of which series it says anything."""
    if panel.shown is not panel.values:
        shown, values = panel.shown[:, columns], panel.values[:, columns]
        yield "shown", shown, (shown.view(np.int64) != values.view(np.int64)).any(axis=0)
    for name, plane in sorted(panel.planes.items()):
        numbers = plane[:, columns]
        yield f"plane {name}", numbers, (numbers == numbers).any(axis=0)
    marks: dict[str, NDArray[Any] | None] = {
        "reasons": panel.reasons,
        "held": panel.held,
        "left out": panel.excluded,
        "without level": panel.without_level,
        "few cases": panel.few_cases,
        "loads": panel.loads,
        "segments": panel.segments,
    }
    for name, flags in marks.items():
        if flags is not None:
            own = flags[:, columns]
            yield name, own, np.asarray(own.any(axis=0), dtype=np.bool_)
    for begins, concerned in panel.breaks:
        broken = np.zeros(panel.n_series, dtype=bool)
        broken[concerned] = True
        yield f"break {begins}", broken[None, columns], broken[columns]
    if panel.days is not None:
        yield (
            f"days {panel.days.tobytes().hex()}",
            panel.floor[None, columns],
            np.ones(columns.stop - columns.start, dtype=bool),
        )


@lru_cache(maxsize=1 << 20)
def number_of(text: str) -> np.uint64:
    """Return a number that stands for a text."""
    return np.uint64(int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little"))


def _mixed(rows: Iterable[NDArray[np.generic]], width: int) -> Digests:
    """Return two numbers a column that depend on each bit of each row."""
    halves = [np.full(width, factor, dtype=np.uint64) for factor in _FACTORS]
    room = np.empty(width, dtype=np.uint64)
    for row in rows:
        bits = np.ascontiguousarray(row).view(np.uint64) if row.dtype.itemsize == 8 else row.astype(np.uint64)
        for half, factor in zip(halves, _FACTORS, strict=True):
            np.bitwise_xor(half, bits, out=half)
            np.multiply(half, factor, out=half)
            np.right_shift(half, _SHIFT, out=room)
            np.bitwise_xor(half, room, out=half)
    return np.stack(halves)
