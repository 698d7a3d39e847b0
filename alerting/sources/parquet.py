"""Parquet: one file, all that a pattern matches, or partitions like `year=2020/`; also what `alerting figures export` writes."""

import io
from bisect import bisect_right
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import unquote

from alerting.domain.coverage import EVERYTHING, Coverage
from alerting.domain.exported_figures import EXPORT_FORM, EXPORT_KEY, REFUSED, WITHHELD
from alerting.domain.rule import Source
from alerting.domain.source_columns import Layout
from alerting.errors import SourceUnavailable
from alerting.ports import SourceTable
from alerting.sources.tables.files import matching, recognised
from alerting.sources.tables.layouts import layout_for
from alerting.sources.tables.parquet_pages import pages_of
from alerting.sources.tables.typed_columns import numbers, words
from alerting.sources.tables.whole import whole
from alerting.sources.tables.wide import headings_of, melted

if TYPE_CHECKING:  # loaded where figures are read: checking a rules folder looks at every source and reads none
    import polars as pl

#: Larger files are refused: they are read whole.
LARGEST_BYTES = 4 * 1024**3
#: A few bytes may stand for any number of rows that are alike; more than these in one file are refused before they are made.
MOST_ROWS = 200_000_000
#: All of its pages together, unpacked: what a hundred million figures have, several times over.
MOST_UNPACKED_BYTES = 32 * 1024**3
#: What a Parquet file begins and ends with.
MAGIC = b"PAR1"
#: What stands in a column of numbers for what an export marks as withheld, or as refused when it was read.
_WITHHELD_CELL, _REFUSED_CELL = "[c]", "refused when it was read"
_LOAD_AGAIN = "load it again whole; better write it beside and rename it when it is done"
WAYS = (
    ("files", "one, or all that a pattern matches, in the order of their names: `figures/lake/**/*.parquet`"),
    ("partitions", "folders like `year=2020` are columns"),
    (
        "columns",
        "those of one file need not be those of the next; lists, structures and bytes are left out, and that is said",
    ),
    ("dates and times", "days; the time of day is left out"),
    ("numbers", "of any width; NaN is no figure, infinity is refused"),
    (
        "an export",
        "of `alerting figures export`, with the days, revisions and marks; other sources' measures in it are left out",
    ),
    ("while it is written", "waited for, until it is whole; better rename one"),
    ("size", f"up to {LARGEST_BYTES // 1024**3} GiB and {MOST_ROWS:,} rows a file"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a parquet source takes."""

    parquet: str = field(
        metadata={
            "description": "path of a file, or a pattern like `figures/lake/**/*.parquet`, relative to the rules folder or"
            " ALERTING_FIGURES",
            "path": True,
        }
    )


class ParquetSource:
    """Reads `{parquet: path or pattern}` sources."""

    kind: ClassVar[str] = "parquet"
    ways: ClassVar[Sequence[tuple[str, str]]] = WAYS
    Settings = Settings

    def read(self, source: Source, folders: Sequence[Path], wanted: Coverage = EVERYTHING) -> SourceTable:
        """Read all files; of an export, the wanted measures alone."""
        import polars as pl

        pattern = str(source.settings["parquet"])
        files = matching(pattern, folders)
        pieces = [_piece(path, shown, layout_for(source), source, wanted) for path, shown in files]
        shown = files[0][1] if len(files) == 1 else pattern
        frame = pl.concat([piece.frame for piece in pieces], how="diagonal_relaxed", rechunk=True)
        layout = layout_for(source)(frame.columns)
        if layout.trouble is not None:
            raise SourceUnavailable(f"{shown}:1: {layout.trouble}")
        left_out = sorted({name for piece in pieces for name in piece.left_out})
        remarks = [f'column "{name}" holds lists, structures or bytes and is left out' for name in left_out]
        measures = wanted.measures if all(piece.is_export for piece in pieces) else None
        table = SourceTable(
            source=source.id,
            file=shown,
            layout=layout,
            remarks=remarks,
            covers=Coverage(measures=measures),
            columns={name: frame.to_series(place) for name, place in layout.places.items()},
            place_of=None if len(files) == 1 else _places(pieces),
            files=[(piece.shown, piece.frame.height) for piece in pieces],
            paths=[path for path, _ in files],
            content=lambda: "\n".join(piece.digest for piece in pieces),
        )
        return melted(table, source)

    def content(self, source: Source, folders: Sequence[Path]) -> str:
        """Return a digest of the bytes of all files, with where each lies."""
        return "\n".join(recognised(path) for path, _ in matching(str(source.settings["parquet"]), folders))

    def top(self, source: Source, folders: Sequence[Path]) -> Sequence[str]:
        """Return nothing: a Parquet file has no lines."""
        return ()

    def headings(self, source: Source, folders: Sequence[Path]) -> tuple[str, ...]:
        """Return the names of the columns of all files as ours, in the order in which they are read."""
        import polars as pl

        names: dict[str, None] = {}
        for path, shown in matching(str(source.settings["parquet"]), folders):
            try:
                schema = pl.read_parquet_schema(path)
            except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
                raise _no_parquet(shown) from error
            names |= dict.fromkeys(name for name, kind in schema.items() if _is_read(name, kind))
            names |= dict.fromkeys(_partitions(path, names))
        return headings_of(layout_for(source)(list(names)), source)


@dataclass(frozen=True, slots=True)
class _Piece:
    """One file: its rows as text and numbers, its columns that are no figures, and whether it was exported."""

    shown: str
    frame: "pl.DataFrame"
    left_out: Sequence[str]
    is_export: bool
    digest: str


def _piece(
    path: Path, shown: str, layout: Callable[[Sequence[str]], Layout], source: Source, wanted: Coverage
) -> _Piece:
    import polars as pl

    content = _content(path, shown)
    try:
        schema = pl.read_parquet_schema(io.BytesIO(content))
        form = pl.read_parquet_metadata(io.BytesIO(content)).get(EXPORT_KEY)
        is_export = form is not None
        if form not in {None, EXPORT_FORM}:
            raise SourceUnavailable(
                f"{shown}: was exported by a newer version, in form {form}; export it in form {EXPORT_FORM}"
            )
        lazy = pl.scan_parquet(io.BytesIO(content))
        if (rows := lazy.select(pl.len()).collect().item()) > MOST_ROWS:
            raise SourceUnavailable(
                f"{shown}: {rows:,} rows; no more than {MOST_ROWS:,} are read: give fewer, in several files"
            )
        if is_export and wanted.measures is not None:
            own = [name for name, id_ in source.names.items() if id_ in wanted.measures]
            lazy = lazy.filter(pl.col("measure").cast(pl.String).is_in([*wanted.measures, *own]))
        names = [name for name, kind in schema.items() if _is_read(name, kind)]
        frame = lazy.select(names).collect()
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:  # its reader panics at some damage
        raise _no_parquet(shown) from error
    frame = frame.with_columns(pl.lit(text).alias(name) for name, text in _partitions(path, names).items())
    of_words = layout(frame.columns).words
    read = [
        words(column) if place in of_words else numbers(column) for place, column in enumerate(frame.iter_columns())
    ]
    if is_export:
        read = _marked(read, frame)
    left_out = [name for name in schema if name not in names]
    return _Piece(shown, pl.DataFrame(read), left_out, is_export, recognised(path, content))


def _content(path: Path, shown: str) -> bytes:
    found = whole(path, shown, LARGEST_BYTES, _is_ended)
    if found.content[:4] != MAGIC or not _is_ended(found.content):
        raise _no_parquet(shown)
    pages = pages_of(found.content)
    if pages.unpacked_bytes > MOST_UNPACKED_BYTES:
        raise SourceUnavailable(
            f"{shown}: would unpack to more than {MOST_UNPACKED_BYTES // 1024**3} GiB; give less in one file"
        )
    if not pages.agree:
        raise _no_parquet(shown)
    return found.content


def _is_ended(content: bytes) -> bool:
    """Return whether the file has the end that is written last."""
    return len(content) >= 12 and content[-4:] == MAGIC


def _no_parquet(shown: str) -> SourceUnavailable:
    return SourceUnavailable(f"{shown}: is no whole Parquet file; {_LOAD_AGAIN}")


def _is_read(name: str, kind: "pl.DataType") -> bool:
    """Whether a column can be a figure, or words about one."""
    import polars as pl

    return bool(name) and not kind.is_nested() and kind != pl.Binary


def _partitions(path: Path, taken: Collection[str]) -> dict[str, str]:
    """Return what the folders of a path say of all its rows: `year=2020`; a column of the file itself is preferred."""
    found = {}
    for part in path.parent.parts:
        name, is_one, text = part.partition("=")
        if is_one and name and name not in taken:
            found[unquote(name)] = unquote(text)
    return found


def _marked(read: "list[pl.Series]", frame: "pl.DataFrame") -> "list[pl.Series]":
    """Write into the figures of an export what stands beside them: withheld, or refused when they were read."""
    import polars as pl

    marks = {WITHHELD: _WITHHELD_CELL, REFUSED: _REFUSED_CELL}
    kept = [column for column in read if column.name not in marks]
    for name, cell in marks.items():
        if name not in frame.columns or not bool(frame[name].any()):
            continue
        place = next(n for n, column in enumerate(kept) if column.name == "value")
        texts = kept[place].to_list()
        marked = frame[name].fill_null(value=False).to_list()
        written = [cell if mark else _exactly(text) for mark, text in zip(marked, texts, strict=True)]
        kept[place] = pl.Series("value", written, dtype=pl.String)
    return kept


def _exactly(number: float | str | None) -> str | None:
    return number if isinstance(number, str) or number is None else repr(number)


def _places(pieces: Sequence[_Piece]) -> Callable[[int], tuple[str, int]]:
    """Return what names the file of a row, and the row's place in it."""
    begins = [0]
    for piece in pieces:
        begins.append(begins[-1] + piece.frame.height)

    def place_of(row: int) -> tuple[str, int]:
        piece = bisect_right(begins, row) - 1
        return pieces[piece].shown, row - begins[piece]

    return place_of
