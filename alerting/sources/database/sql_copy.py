"""PostgreSQL's answer as it comes over the line, read into columns by the piece: no object of Python a row or cell is kept."""

import io
import re
import select
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from alerting.errors import SourceUnavailable
from alerting.sources.database.sql_rows import Limits

if TYPE_CHECKING:  # loaded where figures are read: checking a rules folder looks at every source and reads none
    import polars as pl

#: So much of an answer is read into columns at once.
PIECE_BYTES = 8 * 1024**2
#: A row with more bytes may hold a cell that no figure has.
_LONG_ROW = 1024**2
#: Types of the server whose cells are numbers: whole ones, fractions, numeric.
_NUMBERS = frozenset((20, 21, 23, 26, 700, 701, 1700))
#: Those that may be written with a fraction: a year in one of them has none.
_FRACTIONS = frozenset((700, 701, 1700))
_INSTANTS, _FLAG = frozenset((1114, 1184)), 16
#: As COPY writes what would end a cell or a row.
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_PLAIN = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
#: What to do about a query that takes too long.
TOO_LATE = "give it an index or a `:since`, or more `seconds`"
#: How long the line may be silent before it is looked at again, in seconds.
_LOOK_S = 1.0


def described(connection: Any, statement: str) -> tuple[list[str], list[int]]:
    """Return the names and types of the columns that a statement would give, by preparing it: several are refused there.

    Raises:
        psycopg.Error: the server refuses it.
        ValueError: it gives no rows.
    """
    line = connection.pgconn
    _expect(line.prepare(b"", statement.encode()), "COMMAND_OK")
    found = line.describe_prepared(b"")
    _expect(found, "COMMAND_OK")
    if not found.nfields:
        raise ValueError("the query gives no rows; write one that reads: select …, or with … select …")
    places = range(found.nfields)
    return [(found.fname(n) or b"").decode() for n in places], [found.ftype(n) for n in places]


def copied(
    connection: Any, statement: str, types: Sequence[int], of_words: frozenset[int], limits: Limits, until: float
) -> "list[pl.Series]":
    """Return the columns of the statement's answer.

    Args:
        statement: one that was prepared on its own.
        types: of its columns.
        of_words: the places of columns that hold words.
        until: the instant of the monotonic clock by which it must be there.

    Raises:
        SourceUnavailable: it is too large, or comes too late.
        psycopg.Error: the server refuses it, or the line broke.
    """
    import polars as pl

    reader = _Reader(types, of_words)
    line, rows, size = connection.pgconn, 0, 0
    frames: list[pl.DataFrame] = []
    line.send_query(f"COPY ({statement}\n) TO STDOUT (FORMAT text, NULL '')".encode())
    _expect(_result(line, limits, until), "COPY_OUT")
    for piece, count in _pieces(line, limits, until):
        rows, size = rows + count, size + len(piece)
        limits.check(rows, size)
        frames.append(reader.frame(piece))
    while (result := _result(line, limits, until)) is not None:
        _expect(result, "COMMAND_OK")  # what breaks off in the middle says so here
    return reader.columns(frames)


def _result(line: Any, limits: Limits, until: float) -> Any:
    while line.is_busy():
        _wait(line, limits, until)
    return line.get_result()


def _expect(result: Any, status: str) -> None:
    from psycopg import pq
    from psycopg.errors import error_from_result

    if result.status != pq.ExecStatus[status]:
        raise error_from_result(result, encoding="utf-8")


def _pieces(line: Any, limits: Limits, until: float) -> Iterator[tuple[bytearray, int]]:
    """Yield what comes, as whole rows, with how many they are."""
    piece, size, before, next_row = bytearray(), 0, 0, line.get_copy_data
    while True:
        length, row = next_row(1)
        if 0 < length < _LONG_ROW:  # millions of times: no more than this is done a row
            piece += row
            size += length
            if size < PIECE_BYTES:
                continue
        elif length == 0:
            _wait(line, limits, until)
            continue
        elif length > 0:
            limits.check_cell(before + piece.count(b"\n"), length)
            piece += row
        elif not piece:
            return
        _in_time(limits, until)
        count = piece.count(b"\n")
        yield piece, count
        if length < 0:
            return
        piece, size, before = bytearray(), 0, before + count


def _wait(line: Any, limits: Limits, until: float) -> None:
    """Wait for more to come."""
    _in_time(limits, until)
    if select.select([line.socket], [], [], _LOOK_S)[0]:
        line.consume_input()


def _in_time(limits: Limits, until: float) -> None:
    if time.monotonic() > until:
        raise SourceUnavailable(f"{limits.shown}: the query took longer than its time; {TOO_LATE}")


class _Reader:
    """Reads pieces of an answer, each into a frame."""

    def __init__(self, types: Sequence[int], of_words: frozenset[int]) -> None:
        self._types, self._of_words = types, of_words

    def frame(self, piece: bytearray) -> "pl.DataFrame":
        import polars as pl

        kinds = [self._kind(place) for place in range(len(self._types))]
        if b"\\" in piece:  # a cell with a line break, a tab or a backslash; or such a name
            return self._escaped(piece)
        try:
            found = self._read(piece, kinds)
        except pl.exceptions.PolarsError:
            return self._escaped(piece)
        numbers = [column for column in found.iter_columns() if column.dtype == pl.Float64]
        return self._escaped(piece) if any(bool(column.is_infinite().any()) for column in numbers) else found

    def columns(self, frames: "list[pl.DataFrame]") -> "list[pl.Series]":
        """Return all pieces as one, each column as the readers of figures take it."""
        import polars as pl

        from alerting.sources.tables.typed_columns import numbers

        found = []
        for place in range(len(self._types)):
            pieces = [frame.to_series(place) for frame in frames]
            kind = self._kind(place)
            if any(piece.dtype == pl.String for piece in pieces) and kind != pl.String:
                pieces = [piece if piece.dtype == pl.String else piece.cast(pl.String) for piece in pieces]
            whole = pl.concat(pieces, rechunk=True) if pieces else pl.Series([], dtype=kind)
            found.append(self._word(place, whole) if place in self._of_words else numbers(whole))
        return found

    def _kind(self, place: int) -> Any:
        import polars as pl

        if place in self._of_words:
            return pl.Categorical()
        return pl.Float64() if self._types[place] in _NUMBERS else pl.String()

    def _read(self, piece: bytes | bytearray, kinds: Sequence[Any]) -> "pl.DataFrame":
        import polars as pl

        schema = {str(place): kind for place, kind in enumerate(kinds)}
        return pl.read_csv(
            io.BytesIO(piece), has_header=False, separator="\t", quote_char=None, schema=schema
        )  # fmt: skip

    def _escaped(self, piece: bytearray) -> "pl.DataFrame":
        """Read a piece cell by cell: some are escaped, or numbers that cannot be held."""
        import polars as pl

        frame = self._read(piece, [pl.String()] * len(self._types))
        columns = []
        for place, column in enumerate(frame.iter_columns()):
            texts = [None if cell is None else _unescaped(cell) for cell in column.to_list()]
            read = pl.Series(column.name, texts, dtype=pl.String)
            if place in self._of_words:
                read = read.cast(pl.Categorical)
            elif self._types[place] in _NUMBERS:
                read = _where_plain(read)
            columns.append(read)
        return pl.DataFrame(columns)

    def _word(self, place: int, column: "pl.Series") -> "pl.Series":
        """Return words as categories: days without a time, whole numbers without a point, flags as words."""
        import polars as pl

        kind = self._types[place]
        if kind in _INSTANTS:
            return column.cast(pl.String).str.slice(0, 10).cast(pl.Categorical)
        if kind == _FLAG:
            return column.cast(pl.String).replace({"t": "true", "f": "false"}).cast(pl.Categorical)
        if kind in _FRACTIONS:
            return column.cast(pl.String).str.replace(r"\.0+$", "").cast(pl.Categorical)
        return column.cast(pl.Categorical)


def _where_plain(column: "pl.Series") -> "pl.Series":
    """Return a column of numbers' texts as numbers, where each can be held; NaN is none."""
    import polars as pl

    texts = column.replace({"NaN": None})
    read = texts.cast(pl.Float64, strict=False)
    held = read.null_count() == texts.null_count() and bool(read.is_finite().all())
    return read if held else texts


def _unescaped(cell: str) -> str:
    return _ESCAPED.sub(lambda found: _PLAIN.get(found[1], found[1]), cell) if "\\" in cell else cell
