"""Rows of any database's driver as columns: words as codes, numbers as numbers, a few thousand rows at a time."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from alerting.errors import SourceUnavailable

if TYPE_CHECKING:  # loaded where figures are read: checking a rules folder looks at every source and reads none
    import numpy as np
    import polars as pl

#: Rows that are objects of Python at one time.
ROWS_AT_ONCE = 2_000
#: A cell with more characters is no word and no figure.
LONGEST_CELL = 1_000_000


class Limits:
    """What one answer may be at most: rows, and bytes of what is kept of it."""

    def __init__(self, rows: int, size: int, shown: str) -> None:
        self.rows, self.size, self.shown = rows, size, shown

    def check(self, rows: int, size: int) -> None:
        """Refuse an answer that has grown too large; nothing is cut off.

        Raises:
            SourceUnavailable: it is.
        """
        fix = "let the query give fewer, or say that so many are meant: most_rows"
        if rows > self.rows:
            raise SourceUnavailable(f"{self.shown}: the query gives more than {self.rows:,} rows; {fix}")
        if size > self.size:
            raise SourceUnavailable(
                f"{self.shown}: the query gives more than {self.size / 1024**3:g} GiB; let it give fewer columns or rows"
            )

    def check_cell(self, row: int, length: int) -> None:
        """Refuse a cell that no figure has.

        Raises:
            SourceUnavailable: it is one.
        """
        if length > LONGEST_CELL:
            raise SourceUnavailable(
                f"{self.shown}: row {row + 2:,} has a cell of {length:,} characters; leave its column out of the query"
            )


def columns_of(
    chunks: Iterable[Sequence[Sequence[Any]]], names: Sequence[str], of_words: frozenset[int], limits: Limits
) -> "list[pl.Series]":
    """Return the columns of rows that come in chunks; what is no number stays text.

    Args:
        of_words: the places of columns that hold words.
    """
    readers: list[_Words | _Numbers] = [_Words(limits) if n in of_words else _Numbers() for n in range(len(names))]
    rows = 0
    for chunk in chunks:
        if not chunk:
            continue
        limits.check(rows + len(chunk), sum(reader.size for reader in readers))
        for reader, cells in zip(readers, zip(*chunk, strict=True), strict=True):
            reader.take(cells, rows)
        rows += len(chunk)
    return [reader.column(name) for reader, name in zip(readers, names, strict=True)]


class _Words:
    """A column of words: each different one is kept once."""

    def __init__(self, limits: Limits) -> None:
        self.size = 0
        self._limits = limits
        self._codes = _Codes()
        self._rows: list[np.ndarray] = []

    def take(self, cells: Sequence[Any], before: int) -> None:
        import numpy as np

        known = len(self._codes)
        try:
            codes = np.fromiter(map(self._codes.__getitem__, cells), np.int32, len(cells))
        except TypeError:  # lists and the like, which nothing can look up
            codes = np.fromiter((self._codes[str(cell)] for cell in cells), np.int32, len(cells))
        if len(self._codes) > known:
            new = list(self._codes)[known:]
            self.size += sum(64 + len(cell) for cell in new if isinstance(cell, str | bytes))
            self._limits.check_cell(
                before, max((len(cell) for cell in new if isinstance(cell, str | bytes)), default=0)
            )
        self._rows.append(codes)
        self.size += codes.nbytes

    def column(self, name: str) -> "pl.Series":
        import numpy as np
        import polars as pl

        words = pl.Series([word_of(cell) for cell in self._codes], dtype=pl.String).cast(pl.Categorical)
        codes = np.concatenate(self._rows) if self._rows else np.zeros(0, dtype=np.int32)
        return words.gather(codes).alias(name)


class _Codes(dict[Any, int]):
    """Gives each new word the next number."""

    def __missing__(self, word: Any) -> int:
        self[word] = number = len(self)
        return number


class _Numbers:
    """A column of numbers; text where one of its cells is none, or is one that cannot be held exactly enough."""

    def __init__(self) -> None:
        self.size = 0
        self._pieces: list[pl.Series] = []

    def take(self, cells: Sequence[Any], before: int) -> None:
        import numpy as np
        import polars as pl

        try:
            piece = pl.Series(cells, dtype=pl.Float64, strict=True)
        except (TypeError, OverflowError, ValueError, pl.exceptions.PolarsError):
            piece = pl.Series([text_of(cell) for cell in cells], dtype=pl.String)
        else:
            # Asked of numpy: polars plans each such question anew, thousands of times.
            if bool(np.isinf(piece.to_numpy()).any()):
                piece = pl.Series([text_of(cell) for cell in cells], dtype=pl.String)
        self._pieces.append(piece)
        self.size += int(piece.estimated_size())

    def column(self, name: str) -> "pl.Series":
        import polars as pl

        from alerting.sources.tables.typed_columns import numbers

        if not self._pieces:
            return pl.Series(name, [], dtype=pl.Float64)
        if any(piece.dtype == pl.String for piece in self._pieces):
            self._pieces = [
                piece.fill_nan(None).cast(pl.String) if piece.dtype != pl.String else piece for piece in self._pieces
            ]
        return numbers(pl.concat(self._pieces)).alias(name)


def word_of(cell: Any) -> str | None:
    """Return a word as it is written: days without a time, whole numbers without a point."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, Decimal) and cell.is_finite() and cell == cell.to_integral_value():
        return str(int(cell)) if abs(cell) < 10**15 else str(cell)
    return text_of(cell)


def text_of(cell: Any) -> str | None:
    """Return a cell as text, as it stands."""
    if cell is None or isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, date):  # an instant is one too
        return cell.isoformat()[:10]
    if isinstance(cell, bytes):
        return cell.decode("utf-8", "backslashreplace")
    if isinstance(cell, float):
        return None if cell != cell else repr(cell)
    try:
        return str(cell)
    except ValueError:  # more digits than Python writes
        return "a number of very many digits"


def chunks_of(fetch: Callable[[int], Sequence[Any]]) -> Iterable[Sequence[Any]]:
    """Yield the rows that a cursor gives, a few thousand at a time."""
    while rows := fetch(ROWS_AT_ONCE):
        yield rows
