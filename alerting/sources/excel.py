"""Workbooks of Excel and OpenDocument: one table on one sheet, tidy or wide."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import ClassVar

from alerting.domain.coverage import EVERYTHING, Coverage
from alerting.domain.rule import Source
from alerting.domain.source_columns import MOST_COLUMNS, Layout, holds_words
from alerting.errors import SourceUnavailable
from alerting.ports import SourceTable
from alerting.sources.sheets.sheet_columns import NOT_AVAILABLE, columns_of, heading
from alerting.sources.sheets.sheet_marks import SheetMarks, cell_name, column_letters, column_number, named_blocks
from alerting.sources.sheets.workbooks import (
    MOST_CELLS,
    SheetFound,
    Value,
    fill_blocks,
    is_ended,
    lock_beside,
    sheet_of,
)
from alerting.sources.sheets.zip_parts import MOST_INFLATED_BYTES
from alerting.sources.tables.files import located, recognised
from alerting.sources.tables.layouts import TellsColumns, header_among, layout_for, likeness
from alerting.sources.tables.whole import whole
from alerting.sources.tables.wide import headings_of, melted

#: Larger files are refused: they are read whole, and a hundred thousand rows of sixty columns have 30 MB.
LARGEST_BYTES = 256 * 1024**2
#: Rows in which the header is looked for: what stands above it are titles.
HEADER_WITHIN = 20
WAYS = (
    ("files", "`.xlsx`, `.xlsm`, `.xlsb`, `.xls`, `.ods`; macros and links are never followed"),
    ("`sheet:`", "its name or its number, from 1; without it the first that is not hidden, and that is said"),
    ("`header:`", f"the number of its row on the sheet; without it the first of {HEADER_WITHIN} that has every column needed"),
    ("`range:`", "`A3:N200`, `A3:N` (to the last row) or `A:N`; a table that goes on below it is warned of"),
    ("merged cells", "of titles, headings and words hold in each row and column what stands in their first"),
    ("dates", "days; the time of day is left out"),
    ("numbers", "with fifteen digits, as the program works with: 0.1 + 0.2 is 0.3"),
    ("percents", "cells that are shown as percents hold what is shown: 0.83 shown as 83% is 83"),
    ("`#N/A`", "no figure, and that is said with the first cell; any other error (`#DIV/0!`) is refused"),
    ("formulas", "what was last worked out; one that never was is refused"),
    ("TRUE and FALSE", "words; refused as figures"),
    ("hidden rows, columns and sheets", "read, and that is said"),
    (".xls and .xlsb", "read like .xlsx, except that .xls does not tell errors and neither tells percents: that is said"),
    ("protected with a password", "refused"),
    ("while somebody has it open", "read as it was last saved, and that is said"),
    ("size", f"up to {LARGEST_BYTES // 1024**2} MiB, {MOST_INFLATED_BYTES // 1024**3} GiB unpacked and {MOST_CELLS:,} cells"),
)  # fmt: skip
#: What is said of the settings that all kinds of workbooks have.
SHEET = {"description": "the sheet's name, or its number from 1; without it the first one shown"}
HEADER = {"description": "the row of the headings; without it the first that has them"}
RANGE = {"description": "the cells that the table lies in, headings included: A3:N200, A3:N or A:N"}
_RANGE = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})?:\$?([A-Za-z]{1,3})\$?(\d{1,7})?")
_TOP_ROWS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an excel source takes."""

    excel: str = field(
        metadata={
            "description": "path of a workbook (.xlsx, .xlsm, .xlsb, .xls, .ods), relative to the rules folder or ALERTING_FIGURES",
            "path": True,
        }
    )
    sheet: str | int | None = field(default=None, metadata=SHEET)
    header: int | None = field(default=None, metadata=HEADER)
    range: str | None = field(default=None, metadata=RANGE)


class ExcelSource:
    """Reads `{excel: path}` sources."""

    kind: ClassVar[str] = "excel"
    suffixes: ClassVar[Sequence[str]] = ("xlsx", "xlsm", "xlsb", "xls")
    ways: ClassVar[Sequence[tuple[str, str]]] = WAYS
    Settings: ClassVar[type] = Settings

    def read(self, source: Source, folders: Sequence[Path], wanted: Coverage = EVERYTHING) -> SourceTable:
        """Read all of the table."""
        path, shown = self._located(source, folders)
        content = whole(path, shown, LARGEST_BYTES, is_ended).content
        sheet = self._opened(content, path, shown, source)
        part = _part(sheet, shown, source)
        said = ["somebody has it open: what is read is what was last saved"] if lock_beside(path) else []
        table = SourceTable(
            source=source.id, file=shown, paths=[path], layout=part.layout, part=f"sheet {sheet.name}",
            columns=columns_of(part.body, part.layout, sheet.marks, below=part.header + 1, left=part.left),
            column_of=partial(_column_of, part.layout, part.left),
            rows_above=part.header, header_line=part.header + 1,
            remarks=(*said, *sheet.remarks, *_remarks(part, sheet.marks)), cautions=part.cautions,
            content=partial(recognised, path, content),
        )  # fmt: skip
        return melted(table, source)

    def content(self, source: Source, folders: Sequence[Path]) -> str:
        """Return a digest of the file's bytes, with where it lies."""
        path, _ = self._located(source, folders)
        return recognised(path)

    def headings(self, source: Source, folders: Sequence[Path]) -> tuple[str, ...]:
        """Return the names of the table's columns as ours."""
        path, shown = self._located(source, folders)
        content = whole(path, shown, LARGEST_BYTES, is_ended).content
        part = _part(self._opened(content, path, shown, source), shown, source)
        return headings_of(part.layout, source)

    def top(self, source: Source, folders: Sequence[Path]) -> Sequence[str]:
        """Return the first rows of the sheet, cells apart by bars; none where it cannot be opened."""
        try:
            path, shown = self._located(source, folders)
            content = whole(path, shown, LARGEST_BYTES, is_ended).content
            rows = self._opened(content, path, shown, source).rows[:_TOP_ROWS]
        except (OSError, SourceUnavailable):
            return ()
        return [" | ".join(heading(cell) for cell in row)[:160] for row in rows]

    def _located(self, source: Source, folders: Sequence[Path]) -> tuple[Path, str]:
        path, shown = located(str(source.settings[self.kind]), folders)
        if path.name.startswith(("~$", ".~lock.")):
            raise SourceUnavailable(f"{shown}: only says who has the workbook open; name the workbook itself")
        return path, shown

    def _opened(self, content: bytes, path: Path, shown: str, source: Source) -> SheetFound:
        try:
            return sheet_of(content, shown, source.settings.get("sheet"))
        except SourceUnavailable as error:
            if lock_beside(path) is None:
                raise
            raise SourceUnavailable(f"{error} (somebody has it open: it may be half saved)") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """The part of a sheet that is read: where its header stands (from 0), what it says, and the rows below it."""

    header: int
    left: int
    layout: Layout
    body: list[list[Value]]
    #: Whether nobody says where the header stands, and how many rows stand above it.
    is_found: bool
    titles: int
    cautions: Sequence[str] = ()


def _part(sheet: SheetFound, shown: str, source: Source) -> _Part:
    """Cut out the range, find the header, and take what lies below."""
    rows, where = sheet.rows, f"{shown}: sheet {sheet.name}"
    top, left, bottom, right = _range(source.settings.get("range"), where)
    height = max((n + 1 for n, row in enumerate(rows) if any(cell != "" for cell in row)), default=0)
    width = max(map(len, rows), default=0)
    bottom, right = min(bottom, height), min(right, width)
    if top >= bottom or left >= right:
        raise SourceUnavailable(f"{where} has no cells {'there' if source.settings.get('range') else 'with anything'}")
    if right - left > MOST_COLUMNS:
        raise SourceUnavailable(f"{where} has {right - left:,} columns; no more than {MOST_COLUMNS:,} are read")
    given = source.settings.get("header")
    if given is not None and not top < given <= bottom:
        raise SourceUnavailable(
            f"{where}: the header is to stand in row {given}, and rows {top + 1} to {bottom} are read"
        )
    last = min(bottom, top + HEADER_WITHIN if given is None else given)
    titles = [list(row) for row in rows[:last]]
    fill_blocks(titles, sheet.marks)
    at = f"{shown}:{{}}: sheet {sheet.name}"
    place, layout = _header([row[left:right] for row in titles[top:]], given, layout_for(source), at, top)
    words = [left + place for name, place in layout.places.items() if holds_words(name)]
    fill_blocks(rows, sheet.marks, words)
    body = [row[left:right] for row in rows[top + place + 1 : bottom]]
    cautions = []
    if bottom < height and any(cell != "" for cell in rows[bottom][left:right]):
        cautions.append(
            f"the range ends at row {bottom}, and row {bottom + 1} below it is filled: is the table longer now?"
        )
    return _Part(
        header=top + place, left=left, layout=layout, body=body, is_found=given is None, titles=place, cautions=cautions
    )  # fmt: skip


def _header(
    titles: Sequence[Sequence[Value]], given: int | None, tell: TellsColumns, where: str, top: int
) -> tuple[int, Layout]:
    """Return the place of the header among the first rows, and what it says.

    Args:
        given: the number of its row on the sheet, which is the last of these rows; `top`: that of the first, from 0.
    """
    rows = [[heading(cell) for cell in row] for row in titles]
    found = None if given is not None else header_among(rows, tell)
    if found is not None:
        return found
    best = len(rows) - 1 if given is not None else max(range(len(rows)), key=lambda n: (*likeness(tell(rows[n])), -n))
    layout = tell(rows[best], rows[best - 1] if best else ())
    if layout.trouble is not None:
        raise SourceUnavailable(f"{where.format(top + best + 1)}: {layout.trouble}")
    return best, layout


def _range(written: str | None, where: str) -> tuple[int, int, int, int]:
    """Return the first row and column, and the row and column behind the last ones, from 0."""
    if written is None:
        return 0, 0, MOST_CELLS, MOST_CELLS
    match = _RANGE.fullmatch(written.strip())
    if match is None:
        raise SourceUnavailable(f'{where}: "{written}" is no range of cells; write A3:N200, A3:N or A:N')
    left, top, right, bottom = match.groups()
    return (
        int(top or 1) - 1, column_number(left),
        int(bottom) if bottom else MOST_CELLS, column_number(right) + 1,
    )  # fmt: skip


def _column_of(layout: Layout, left: int, _row: int, name: str) -> tuple[int, str]:
    number = left + layout.places[name]
    return number + 1, column_letters(number)


def _remarks(part: _Part, marks: SheetMarks) -> list[str]:
    """Say how the sheet was read, where that is not as it looks."""
    first, last = part.header + 1, part.header + len(part.body)
    read = {part.left + place for place in part.layout.places.values()}
    said = []
    if part.is_found and part.titles:
        said.append(f"the header stands in row {part.header + 1}; what is above it is not read")
    inside = [
        at for at, text in marks.errors.items() if text == NOT_AVAILABLE and first <= at[0] <= last and at[1] in read
    ]
    if inside:
        also = f" and {len(inside) - 1:,} more" if len(inside) > 1 else ""
        said.append(f"#N/A in {cell_name(min(inside))}{also} is read as no figure")
    formulas = [at for at in marks.formulas if first <= at[0] <= last and at[1] in read]
    if formulas:
        said.append(
            f"the formula in {cell_name(min(formulas))} was never worked out"
            f"{f', nor were {len(formulas) - 1:,} more' if len(formulas) > 1 else ''}: open it in Excel or LibreOffice and save it"
        )
    percents = [at for at in marks.percents if first <= at[0] <= last and at[1] in read]
    if percents:
        column = column_letters(min(percents, key=lambda at: (at[1], at[0]))[1])
        said.append(f"cells shown as percents, as in column {column}, are read as shown: 0.83 as 83%")
    hidden = [row for row in marks.hidden_rows if first <= row <= last]
    if hidden:
        said.append(
            f"{named_blocks(hidden, 'row')}, which {'are' if len(hidden) > 1 else 'is'} hidden, are read too".replace(
                "is hidden, are", "is hidden, is"
            )
        )
    columns = sorted(read & set(marks.hidden_columns))
    if columns:
        said.append(f"{named_blocks(columns, 'column')}, hidden, {'are' if len(columns) > 1 else 'is'} read too")
    if marks.untold:
        said.append(f"in a workbook of this kind nobody can tell {marks.untold}: save it as .xlsx")
    return said
