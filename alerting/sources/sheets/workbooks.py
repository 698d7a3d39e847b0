"""Workbooks of spreadsheets: opened from their bytes with what is dangerous looked for first, and one sheet taken of them."""

import io
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from xml.parsers.expat import ExpatError

from alerting.errors import SourceUnavailable
from alerting.sources.sheets.ods_marks import ods_marks
from alerting.sources.sheets.sheet_marks import SheetMarks
from alerting.sources.sheets.xlsb_marks import xlsb_marks
from alerting.sources.sheets.xlsx_marks import xlsx_marks
from alerting.sources.sheets.zip_parts import ZipParts
from alerting.spelling import nearest

if TYPE_CHECKING:  # loaded where figures are read
    from python_calamine import CalamineSheet, CalamineWorkbook

#: What a cell holds; an empty one holds an empty text.
Value = int | float | str | bool | date | datetime | time | timedelta
#: A sheet is read whole, a place for every cell up to the last one: more are a mistake, or meant to fill the memory.
MOST_CELLS = 20_000_000
_ZIP, _COMPOUND = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: How the encrypted content of a workbook is called inside its file.
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
#: What the reader raises where a damaged file leads it astray: no Exception, and of no module that could be imported.
_PANIC = "PanicException"
#: The record that ends a zip archive, with the longest remark behind it.
_END_OF_ZIP, _LONGEST_END = b"PK\x05\x06", 22 + 65_535
_NO_WORKBOOK = "open it and save it as .xlsx, or where it is text with commas, read it with csv:"


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetFound:
    """One sheet of a workbook: its cells from A1 on, row by row, and what it says beside them."""

    name: str
    rows: list[list[Value]]
    marks: SheetMarks
    #: What is to be said of the choice, and of what was found.
    remarks: Sequence[str] = ()


def is_ended(content: bytes) -> bool:
    """Return whether a workbook has the end that is written last; of the older kind nobody can tell."""
    return not content.startswith(_ZIP) or _END_OF_ZIP in content[-_LONGEST_END:]


def lock_beside(path: Path) -> Path | None:
    """Return the mark that Excel or LibreOffice leaves beside a file that somebody has open."""
    marks = (path.with_name(f"~${path.name}"), path.with_name(f".~lock.{path.name}#"))
    return next((mark for mark in marks if mark.exists()), None)


def sheet_of(content: bytes, shown: str, wanted: str | int | None) -> SheetFound:
    """Read one sheet.

    Args:
        shown: the file's name for messages.
        wanted: the sheet's name or number, from 1; None: the first that is not hidden.

    Raises:
        SourceUnavailable: it is no workbook, is protected, has no such sheet, or is larger than any sheet of figures.
    """
    from python_calamine import CalamineError, PasswordError, load_workbook

    parts = _parts(content, shown)
    try:
        ods = {} if parts is None else ods_marks(parts.part("content.xml"))
    except ExpatError as error:
        raise SourceUnavailable(f"{shown}: is damaged inside ({error}); {_NO_WORKBOOK}") from error
    for name, marks in ods.items():  # all sheets are read as soon as the file is opened
        _check_extent(marks, f'{shown}: sheet "{name}"')
    try:
        with load_workbook(io.BytesIO(content)) as book:
            number, remarks = _chosen(book, wanted, shown)
            name = book.sheet_names[number]
            marks = ods[name] if name in ods else _marks(parts, number)
            _check_extent(marks, f'{shown}: sheet "{name}"')
            sheet = book.get_sheet_by_index(number)
            marks.merged += [(*begin, *end) for begin, end in sheet.merged_cell_ranges or ()]
            return SheetFound(name=name, rows=_rows(sheet), marks=marks, remarks=remarks)
    except PasswordError as error:
        raise SourceUnavailable(f"{shown}: is protected with a password; save it without one") from error
    except (CalamineError, OSError) as error:
        raise SourceUnavailable(f"{shown}: cannot be read as a workbook ({error}); {_NO_WORKBOOK}") from error
    except BaseException as error:
        if type(error).__name__ != _PANIC:
            raise
        raise SourceUnavailable(f"{shown}: is damaged inside; {_NO_WORKBOOK}") from error


def _parts(content: bytes, shown: str) -> ZipParts | None:
    if content.startswith(_ZIP):
        parts = ZipParts(content, shown)
        if b"encryption-data" in parts.part("META-INF/manifest.xml"):
            raise SourceUnavailable(f"{shown}: is protected with a password; save it without one")
        return parts
    if content.startswith(_COMPOUND):
        if _ENCRYPTED in content:
            raise SourceUnavailable(f"{shown}: is protected with a password; save it without one")
        return None
    begins = content[:20].decode("utf-8", "replace")
    what = "is empty" if not content.strip() else f'is no workbook of Excel or OpenDocument: it begins with "{begins}"'
    raise SourceUnavailable(f"{shown}: {what}; {_NO_WORKBOOK}")


def _marks(parts: ZipParts | None, number: int) -> SheetMarks:
    if parts is None:
        return SheetMarks(untold="errors, what is hidden, and percents (0.83 is 0.83)")
    return xlsb_marks(parts, number) if "xl/workbook.bin" in parts.names() else xlsx_marks(parts, number)


def _check_extent(marks: SheetMarks, sheet: str) -> None:
    if marks.height * marks.width > MOST_CELLS:
        size = f"reaches over {marks.height:,} rows and {marks.width:,} columns"
        raise SourceUnavailable(f"{sheet} {size}; no more than {MOST_CELLS:,} cells are read: delete what is far away")


def _rows(sheet: "CalamineSheet") -> list[list[Value]]:
    rows: list[list[Value]] = sheet.to_python(skip_empty_area=False)
    return rows


def _chosen(book: "CalamineWorkbook", wanted: str | int | None, shown: str) -> tuple[int, list[str]]:
    """Return the number of the sheet that is meant, from 0, and what is to be said of it."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    names = book.sheet_names
    hidden = {n for n, one in enumerate(book.sheets_metadata) if one.visible != SheetVisibleEnum.Visible}
    tables = [n for n, one in enumerate(book.sheets_metadata) if one.typ == SheetTypeEnum.WorkSheet]
    if not tables:
        raise SourceUnavailable(f"{shown}: has no sheet with cells")
    if wanted is None:
        number = next((n for n in tables if n not in hidden), tables[0])
        more = len(tables) - 1
        said = [f'sheet "{names[number]}" is read, the first of {more + 1}; another is named by sheet:'] if more else []
    else:
        number, said = _named(names, wanted, shown), []
    if number in hidden:
        said.append(f'sheet "{names[number]}" is hidden, and is read')
    return number, said


def _named(names: Sequence[str], wanted: str | int, shown: str) -> int:
    if str(wanted) in names:
        return names.index(str(wanted))
    alike = [n for n, name in enumerate(names) if name.strip().casefold() == str(wanted).strip().casefold()]
    if len(alike) == 1:
        return alike[0]
    if isinstance(wanted, int) and 1 <= wanted <= len(names):
        return wanted - 1
    near = nearest(str(wanted), names)
    meant = f'; did you mean "{near}"?' if near else ""
    listed = ", ".join(f'"{name}"' for name in names[:20])
    raise SourceUnavailable(f"{shown}: has no sheet {_quoted(wanted)}; there {_are(names)} {listed}{meant}")


def _quoted(wanted: str | int) -> str:
    return f'"{wanted}"' if isinstance(wanted, str) else f"number {wanted}"


def _are(names: Sequence[str]) -> str:
    return "are" if len(names) > 1 else "is"


def fill_blocks(rows: list[list[Value]], marks: SheetMarks, columns: Collection[int] | None = None) -> None:
    """Write into all cells of a merged block what stands in its first.

    Args:
        columns: those in which it holds for all rows; None: all, as of titles and headings.
    """
    for top, left, bottom, right in marks.merged:
        if top >= len(rows) or left >= len(rows[top]):
            continue
        value = rows[top][left]
        for row in rows[top : bottom + 1]:
            for column in range(left, min(right + 1, len(row))):
                if row[column] == "" and (columns is None or column in columns):
                    row[column] = value
