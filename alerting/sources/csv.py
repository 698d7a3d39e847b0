"""Tidy CSV files: read whole, every cell as text or as the number it plainly is, nothing guessed."""

import codecs
import csv as csv_module
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from alerting.domain.coverage import EVERYTHING, Coverage
from alerting.domain.rule import Source
from alerting.domain.source_columns import MOST_COLUMNS, RefusedRow
from alerting.errors import SourceUnavailable
from alerting.ports import SourceTable
from alerting.sources.tables.files import first_lines, located, recognised
from alerting.sources.tables.layouts import TellsColumns, layout_for
from alerting.sources.tables.whole import QUIET_S, WholeFile, whole
from alerting.sources.tables.wide import headings_of, melted
from alerting.sources.text.delimited import LONGEST_HEADER_BYTES, SEPARATORS, body_of, rows_of, text_of
from alerting.sources.text.delimited_frame import Frame, frame_of_body, numbers_where_plain, words_as_categories
from alerting.sources.text.split_numbers import FIX, GROUP_ALONE, numbers_meet, split_rows

if TYPE_CHECKING:  # loaded where figures are read: checking a rules folder looks at every source and reads none
    import polars as pl

#: Larger files are refused: they are more likely a mistake than a month's figures.
LARGEST_BYTES = 4 * 1024**3
#: So much of a file is looked through at once.
_PIECE_BYTES = 16 * 1024**2
#: For the page on figures: what a file may be like, and how it is read.
WAYS = (
    ("characters", "UTF-8, with or without a byte order mark; UTF-16 with one"),
    ("Latin-1", "Windows-1252, where every character is one that people write in it; that is said"),
    ("ends of lines", "as Windows, Unix and old Macintosh programs write them; CR alone is said"),
    ("separators", f"commas; {', '.join(list(SEPARATORS.values())[1:])} where the header has them, and that is said"),
    (
        "decimals",
        "a point; between semicolons a comma too, where all figures agree (83,5 and 1.234,5), and that is said",
    ),
    ("`decimal: comma`", "in the source, or `decimal: point`: decides where figures do not, and between commas"),
    ("thousands", 'commas in threes, which want quotation marks between commas: `"1,090"`'),
    (
        "quotation marks",
        'around cells with commas or line breaks; inside them a mark stands twice: `"the ""late"" ones"`',
    ),
    ("notes of several lines", "read, where the lines are no rows of their own"),
    ("header", "the first row, of the first 20, that has every column that is needed"),
    ("headings", "line breaks and runs of spaces are one space; of two alike, neither is read"),
    ("empty columns, empty rows", "left out"),
    ("rows with cells too few", "what is not there is empty"),
    (
        "rows with cells too many",
        "empty ones are nothing, words the rest of a note; with a number among them it is refused",
    ),
    (
        "while it is written",
        f"waited for, also where the last line has no end, until untouched for {QUIET_S:g} seconds; better rename one",
    ),
    ("size", f"up to {LARGEST_BYTES // 1024**3} GiB and {MOST_COLUMNS:,} columns"),
)
#: What is said of a file whose last line may be half of one.
CUT = "its last line has no end: if it was cut off there, load it again whole"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a csv source takes."""

    csv: str = field(
        metadata={"description": "path of the file, relative to the rules folder or ALERTING_FIGURES", "path": True}
    )


class CsvSource:
    """Reads `{csv: path}` sources."""

    kind: ClassVar[str] = "csv"
    ways: ClassVar[Sequence[tuple[str, str]]] = WAYS
    Settings = Settings

    def read(self, source: Source, folders: Sequence[Path], wanted: Coverage = EVERYTHING) -> SourceTable:
        """Read all of the file; ragged rows are kept with what they have, so that only their own cells are refused."""
        path, shown = located(str(source.settings["csv"]), folders)
        found = self._content(path, shown)
        table = self.table_of(found.content, source, shown, path.read_bytes)
        remarks = (*table.remarks, CUT) if found.cut else table.remarks
        return replace(table, remarks=remarks, paths=[path], content=partial(recognised, path, found.content))

    def table_of(self, content: bytes, source: Source, shown: str, again: Callable[[], bytes]) -> SourceTable:
        """Return the table that some bytes are, wherever they come from.

        Args:
            shown: what they are called in messages.
            again: gives them once more, where a message needs the line of a row; may raise OSError.

        Raises:
            SourceUnavailable: they are none.
        """
        layout = layout_for(source)
        read = None if source.decimal else self._plain(content, layout)
        if read is None:
            read = frame_of_body(body_of(content, shown, layout), shown, source.decimal)
        return melted(self._table(source, shown, read, again), source)

    def content(self, source: Source, folders: Sequence[Path]) -> str:
        """Return a digest of the file's bytes, with where it lies."""
        path, _ = located(str(source.settings["csv"]), folders)
        return recognised(path)

    def top(self, source: Source, folders: Sequence[Path]) -> Sequence[str]:
        """Return the first lines as they stand."""
        return first_lines(str(source.settings["csv"]), folders)

    def headings(self, source: Source, folders: Sequence[Path]) -> tuple[str, ...]:
        """Return the names of the file's columns as ours, where its header can be told; else none."""
        path, shown = located(str(source.settings["csv"]), folders)
        with path.open("rb") as file:
            top = file.read(LONGEST_HEADER_BYTES)
        body = body_of(top[: top.rfind(b"\n") + 1] or top, shown, layout_for(source))
        return headings_of(body.layout, source)

    def _table(self, source: Source, shown: str, read: Frame, again: Callable[[], bytes]) -> SourceTable:
        layout, frame = read.layout, read.frame
        refused = {row: _long(found, n, len(layout.headings)) for row, (found, n) in read.too_long.items()}
        if read.separator == ",":
            split = split_rows(frame, layout, source.missing)
            refused |= {row: RefusedRow(found=found, fix=FIX) for row, found in split.items()}
        return SourceTable(
            source=source.id,
            file=shown,
            layout=layout,
            remarks=read.remarks,
            refused=refused,
            rows_above=read.rows_above,
            header_line=read.header_line,
            columns={name: frame.to_series(place) for name, place in layout.places.items()},
            line_of=_Lines(again, shown, read.separator),
        )

    def _plain(self, content: bytes, layout: TellsColumns) -> Frame | None:
        """Read a file without oddities straight from its bytes; None where it needs to be looked at more closely."""
        import polars as pl

        try:
            names = self._plain_header(content)
            found = layout(names)
            if not names or found.trouble or not all(found.headings) or len(set(names)) < len(names):
                return None
            if numbers_meet(found) and GROUP_ALONE.search(content):  # told from a number by its text alone
                return None
            if not _is_utf_8(content):  # the reader below looks at numbers alone
                return None
            lines = _lines_in(content) if b'"' in content else None
            # Of categories the reader looks at no quotation mark: it would take off whatever stands first and last.
            word: Any = pl.Categorical() if lines is None else pl.String()
            schema: dict[str, Any] = {
                name: word if place in found.words else pl.Float64() for place, name in enumerate(names)
            }
            frame = self._read(content, schema)
        except (ValueError, csv_module.Error, pl.exceptions.PolarsError):
            return None
        if frame is None or (lines is not None and lines != frame.height + 1):
            return None  # a cell goes on over a line's end: a note of several lines, or a quotation mark left open
        return Frame(frame=words_as_categories(frame, found), layout=found)

    def _plain_header(self, content: bytes) -> list[str]:
        """Return the cells of the first line; none where it is not plain."""
        if b"\0" in content:
            return []
        end = content.find(b"\n", 0, LONGEST_HEADER_BYTES)
        header = content[: end if end >= 0 else LONGEST_HEADER_BYTES].removeprefix(_BYTE_ORDER_MARK).removesuffix(b"\r")
        if not header.strip() or b"\r" in header or header.count(b'"') % 2:
            return []
        return next(csv_module.reader([header.decode()]), [])

    def _read(self, content: bytes, schema: dict[str, Any]) -> "pl.DataFrame | None":
        """Read words as categories and all else as numbers; where a column is none, leave it as text."""
        import polars as pl

        try:
            frame = pl.read_csv(content, schema_overrides=schema, infer_schema=False, missing_columns="raise")
        except pl.exceptions.PolarsError:
            texts = {name: pl.String() if kind == pl.Float64 else kind for name, kind in schema.items()}
            frame = pl.read_csv(content, schema_overrides=texts, infer_schema=False, missing_columns="raise")
            return numbers_where_plain(frame, [name for name, kind in schema.items() if kind == pl.Float64])
        finite = all(bool(column.is_finite().all()) for column in frame.iter_columns() if column.dtype.is_numeric())
        return frame if finite else None

    def _content(self, path: Path, shown: str) -> WholeFile:
        found = whole(path, shown, LARGEST_BYTES)
        if not found.content or found.content.isspace():
            raise SourceUnavailable(f"{shown}: the file is empty; it needs a header row and figures")
        return found


def _long(found: str, cells: int, columns: int) -> RefusedRow:
    return RefusedRow(found=f"{found}: {cells} cells for {columns} columns", fix=FIX)


def _is_utf_8(content: bytes) -> bool:
    """Return whether the bytes are UTF-8, without a copy of them all; plain ASCII is told at once."""
    if content.isascii():
        return True
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for at in range(0, len(content), _PIECE_BYTES):
            decoder.decode(content[at : at + _PIECE_BYTES])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _lines_in(content: bytes) -> int:
    """Count lines, the last one also where nothing ends it."""
    return content.count(b"\n") + (content[-1:] != b"\n")


class _Lines:
    """On which line each row of a file begins; looked up only where a problem names one."""

    def __init__(self, again: Callable[[], bytes], shown: str, separator: str) -> None:
        self._again, self._shown, self._separator = again, shown, separator
        self._begins: Sequence[int] | None = None

    def __call__(self, row: int) -> int:
        """Return the line of a row, 0 being the one below a header in the first row."""
        if self._begins is None:
            self._begins = self._read()
        return self._begins[row + 1] if row + 1 < len(self._begins) else row + 2

    def _read(self) -> Sequence[int]:
        try:
            content = self._again()
        except OSError:  # gone since it was read: rows are counted as lines
            return ()
        if b'"' not in content:  # no cell can hold a line break
            return ()
        text, _ = text_of(content, self._shown)
        return [begin for begin, _, _ in rows_of(text, self._separator)]
