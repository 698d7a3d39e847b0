"""Tidy CSV files: read whole, every cell as text, nothing guessed."""

import csv as csv_module
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from alerting.domain.rule import Source
from alerting.errors import SourceUnavailable
from alerting.ports import SourceTable

if TYPE_CHECKING:  # loaded where figures are read: checking a rules folder looks at every source and reads none
    import polars as pl

#: Larger files are refused: they are more likely a mistake than a month's figures.
LARGEST_BYTES = 4 * 1024**3
#: Our columns that hold words; every other column holds numbers.
WORDS = ("measure", "area", "period", "published", "provisional", "note")
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
    Settings = Settings

    def read(self, source: Source, folders: Sequence[Path]) -> SourceTable:
        """Read the file; ragged rows are kept with what they have, so that only their own cells are refused."""
        path, shown = self._locate(source, folders)
        words = {source.columns.get(name, name) for name in WORDS}
        frame = self._mapped(path, shown, words)
        if frame is None:
            frame = self._frame(self._content(path, shown), shown, words)
        frame = frame.rename({name: name.strip() for name in frame.columns if name != name.strip()})
        theirs = {column: ours for ours, column in source.columns.items()}
        missing = [column for column in source.columns.values() if column not in frame.columns]
        if missing:
            raise SourceUnavailable(f'{shown}: no column "{missing[0]}"; the header has {", ".join(frame.columns)}')
        columns = {theirs.get(name, name): frame[name] for name in frame.columns}
        return SourceTable(source=source.id, file=shown, columns=columns, line_of=_Lines(path))

    def _locate(self, source: Source, folders: Sequence[Path]) -> tuple[Path, str]:
        name = str(source.settings["csv"])
        for folder in folders:
            path = folder / name
            if path.is_file():
                if not path.resolve().is_relative_to(folder.resolve()):
                    raise SourceUnavailable(f"{path}: lies outside {folder}; figures are read from inside it only")
                return path, str(path)
        looked = " and ".join(str(folder) for folder in folders)
        raise SourceUnavailable(f'{source.where or source.id}: no file "{name}" in {looked}')

    def _mapped(self, path: Path, shown: str, words: set[str]) -> "pl.DataFrame | None":
        """Read a file without oddities straight from its pages; None where it needs to be looked at more closely."""
        import polars as pl

        try:
            with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as pages:
                odd = pages[:3] == _BYTE_ORDER_MARK or len(pages) > LARGEST_BYTES or pages.find(b"\0") >= 0
                header = b"" if odd else pages.readline()
                odd = odd or not header.strip()
                schema = {} if odd else self._schema(header.decode(), shown, words)
            return (
                None if odd else pl.read_csv(path, schema_overrides=schema, infer_schema=False, missing_columns="raise")
            )
        except (OSError, ValueError, pl.exceptions.PolarsError):
            return None

    def _schema(self, header: str, shown: str, words: set[str]) -> dict[str, Any]:
        """Check the header; return words as categories and all else as numbers."""
        import polars as pl

        names = next(csv_module.reader(io.StringIO(header)), [])
        self._check_header([name.strip() for name in names], shown)
        return {name: pl.Categorical() if name.strip() in words else pl.Float64() for name in names}

    def _content(self, path: Path, shown: str) -> bytes:
        try:
            if path.stat().st_size > LARGEST_BYTES:
                raise SourceUnavailable(f"{shown}: larger than {LARGEST_BYTES // 1024**3} GiB")
            content = path.read_bytes()
        except OSError as error:
            raise SourceUnavailable(f"{shown}: cannot be read: {error.strerror}") from error
        if not content or content.isspace():
            raise SourceUnavailable(f"{shown}: the file is empty; it needs a header row and figures")
        if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise SourceUnavailable(f"{shown}: is UTF-16; save it as CSV UTF-8")
        return content.removeprefix(_BYTE_ORDER_MARK)

    def _frame(self, content: bytes, shown: str, words: set[str]) -> "pl.DataFrame":
        """Read words as categories and all else as numbers; where that stumbles, as text; where that does, row by row."""
        import polars as pl

        self._check_text(content, shown)
        schema = self._schema(content[: content.find(b"\n") % (len(content) + 1)].decode(), shown, words)
        try:
            return pl.read_csv(content, schema_overrides=schema, infer_schema=False, missing_columns="raise")
        except (pl.exceptions.PolarsError, UnicodeDecodeError):
            return self._as_text(content, words)

    def _as_text(self, content: bytes, words: set[str]) -> "pl.DataFrame":
        import polars as pl

        try:
            return pl.read_csv(content, infer_schema=False)
        except (pl.exceptions.PolarsError, UnicodeDecodeError):
            return self._row_by_row(content, words)

    def _check_text(self, content: bytes, shown: str) -> None:
        if content.isascii():
            bad = content.find(b"\0")
        else:
            try:
                content.decode("utf-8")
                bad = content.find(b"\0")
            except UnicodeDecodeError as error:
                row = content.count(b"\n", 0, error.start) + 1
                found = content[error.start]
                raise SourceUnavailable(
                    f"{shown}:{row}: byte 0x{found:02x} is not UTF-8; save it as CSV UTF-8"
                ) from None
        if bad >= 0:
            row = content.count(b"\n", 0, bad) + 1
            raise SourceUnavailable(f"{shown}:{row}: a NUL byte; the file is damaged or not CSV")

    def _check_header(self, names: list[str], shown: str) -> None:
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise SourceUnavailable(f'{shown}:1: column "{twice[0]}" stands twice in the header')
        if len(names) == 1 and (";" in names[0] or "\t" in names[0]):
            found = "semicolons" if ";" in names[0] else "tabs"
            raise SourceUnavailable(f"{shown}:1: columns are separated by {found}; save it with commas")

    def _row_by_row(self, content: bytes, words: set[str]) -> "pl.DataFrame":
        """Read ragged rows: what is not there is empty; with a number too many none can be trusted, so that each says so.

        Words too many are the rest of a note with a comma in it, and touch no number.
        """
        import polars as pl

        rows = list(csv_module.reader(io.StringIO(content.decode(), newline="")))
        names = [name.strip() for name in rows[0]]
        numbers = [place for place, name in enumerate(names) if name not in words]
        for cells in rows[1:]:
            if any(cell.strip()[:1].isdigit() for cell in cells[len(names) :]):
                for place in numbers:
                    cells[place] = f"{','.join(cells[place:])}: {len(cells)} cells for {len(names)} columns"
        columns: Mapping[str, list[str]] = {
            name: [cells[place] if place < len(cells) else "" for cells in rows[1:]] for place, name in enumerate(names)
        }
        return pl.DataFrame(columns, schema=dict.fromkeys(names, pl.String))


class _Lines:
    """On which line each row of a file begins; looked up only where a problem names one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._begins: Sequence[int] | None = None

    def __call__(self, row: int) -> int:
        """Return the line of a row; 1 is the header's."""
        if self._begins is None:
            self._begins = self._read()
        return self._begins[row + 1] if row + 1 < len(self._begins) else row + 2

    def _read(self) -> Sequence[int]:
        content = self._path.read_bytes()
        if b'"' not in content:  # no cell can hold a line break
            return range(1, content.count(b"\n") + 2)
        reader = csv_module.reader(io.StringIO(content.decode("utf-8", "replace"), newline=""))
        begins, begin = [], 1
        for _ in reader:
            begins.append(begin)
            begin = reader.line_num + 1
        return begins
