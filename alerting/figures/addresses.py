"""Rows of several frames numbered alike: rows that are equal in some columns have one number, whatever frame they stand in.

A table addressed by such numbers finds, marks and compares millions of rows without hashing or sorting them.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

Codes: TypeAlias = NDArray[np.signedinteger]
#: A table may have so many places for each row that is numbered.
_PLACES_A_ROW = 4
_FEW = 65_536
_INT16, _INT32 = int(np.iinfo(np.int16).max), int(np.iinfo(np.int32).max)


class FrameNumbers(NamedTuple):
    """For each frame the numbers of its rows, all of them below `size`."""

    frames: Sequence[Codes]
    size: int


def places_of(words: pl.Series, places: Mapping[str, int]) -> Codes:
    """Return the place of each word; -1 for those that have none."""
    column = words.cast(pl.Categorical)
    several = column.unique().drop_nulls()
    known, physical = several.cast(pl.String).to_list(), several.to_physical().to_numpy()
    size = int(physical.max(initial=0)) + 2  # the last one is for what is no word at all
    table = np.full(size, -1, dtype=_narrowest(len(places)))
    table[physical] = [places.get(word, -1) for word in known]
    codes = column.to_physical()
    if column.null_count():  # else it would be copied for nothing
        codes = codes.fill_null(size - 1)
    found: Codes = table[codes.to_numpy()]
    return found


def vocabulary(columns: Iterable[pl.Series], first: Iterable[str] = ()) -> dict[str, int]:
    """Give each word of some columns a place: those given *first*, in their order, then the others."""
    words = (word for column in columns for word in column.unique().drop_nulls().cast(pl.String).to_list())
    return {word: n for n, word in enumerate(dict.fromkeys((*first, *words)))}


def words_beside(one: pl.Series, other: pl.Series) -> dict[str, list[str]]:
    """Return, by each word of a column, the words of another that some row has beside it, each once."""
    first, second = vocabulary([one]), vocabulary([other])
    there = np.zeros((len(first), len(second)), dtype=bool)
    there[places_of(one, first), places_of(other, second)] = True
    names = np.array(list(second), dtype=object)
    return {word: names[beside].tolist() for word, beside in zip(first, there, strict=True)}


def numbered(*columns: Sequence[Codes]) -> FrameNumbers:
    """Number rows by what they have in some columns.

    Args:
        columns: of each, its values in each frame.
    """
    most = max(_PLACES_A_ROW * sum(len(frame) for frame in columns[0]), _FEW)
    first, *others = (_from_nought(column) for column in columns)
    found = first if first.size <= most else _ranked(first, most)
    for own in others:
        if found.size * own.size > most:  # numbers that no row has are left out, first where that is quick
            found, own = _ranked(found, most), _ranked(own, most)  # noqa: PLW2901
        found = _joined(found, own)
        if found.size > most:
            found = _sorted(found)
    return found


def _from_nought(column: Sequence[Codes]) -> FrameNumbers:
    """Number a column's values from its least on."""
    filled = [frame for frame in column if len(frame)]
    low = min((int(frame.min()) for frame in filled), default=0)
    high = max((int(frame.max()) for frame in filled), default=0)
    if low == 0 and len({frame.dtype for frame in column}) == 1:
        return FrameNumbers(column, high + 1)
    kind = _narrowest(high - low + 1)
    least = np.int64(low).astype(kind)  # what is cut off of both makes no difference
    return FrameNumbers([frame.astype(kind) - least for frame in column], high - low + 1)


def _narrowest(size: int) -> np.dtype[np.signedinteger]:
    """Return a type for numbers below *size*: there are millions of them, several times over."""
    return np.dtype(np.int16 if size <= _INT16 else np.int32 if size <= _INT32 else np.int64)


def _joined(one: FrameNumbers, other: FrameNumbers) -> FrameNumbers:
    """Tell rows apart by two numbers: there is room for every pair."""
    if 1 in (one.size, other.size):
        return one if other.size == 1 else other
    size = one.size * other.size
    kind = _narrowest(size)
    frames: list[Codes] = []
    for before, own in zip(one.frames, other.frames, strict=True):
        number = before.astype(kind)
        number *= other.size
        number += own
        frames.append(number)
    return FrameNumbers(frames, size)


def _ranked(found: FrameNumbers, most: int) -> FrameNumbers:
    """Leave out numbers that no row has."""
    if found.size > most:
        return _sorted(found)
    there = np.zeros(found.size, dtype=bool)
    for frame in found.frames:
        there[frame] = True
    rank = np.cumsum(there, dtype=np.int32) - np.int32(1)
    return FrameNumbers([rank[frame] for frame in found.frames], int(np.count_nonzero(there)))


def _sorted(found: FrameNumbers) -> FrameNumbers:
    """Number rows by the order of their numbers, where these lie too far apart for a table."""
    several = pl.concat([pl.Series(frame).unique() for frame in found.frames]).unique().sort().to_numpy()
    return FrameNumbers([np.searchsorted(several, frame).astype(np.int32) for frame in found.frames], len(several))
