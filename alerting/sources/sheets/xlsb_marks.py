"""The marks of an .xlsb sheet, found record by record: its parts are binary."""

import struct
from collections.abc import Iterator

from alerting.sources.sheets.sheet_marks import SheetMarks
from alerting.sources.sheets.xlsx_marks import related_part
from alerting.sources.sheets.zip_parts import ZipParts

#: Types of records: the head of a row, cells (blank to formula), an error as a value or of a formula, a sheet of a workbook.
_ROW, _CELLS, _ERRORS, _SHEET = 0, range(1, 12), (3, 11), 156
_ERROR_TEXTS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
}  # fmt: skip
#: Where the flag of a hidden row stands in its head, after row, style and height.
_HIDDEN_AT, _HIDDEN_BIT = 11, 0x10


def xlsb_marks(parts: ZipParts, sheet: int) -> SheetMarks:
    """Return the marks of the sheet with a number, from 0: errors and hidden rows; percents cannot be told here."""
    marks = SheetMarks(untold="formulas that were never worked out, and percents (0.83 is 0.83)")
    row = 0
    for kind, body in _records(parts.part(_part_of(parts, sheet))):
        if kind == _ROW and len(body) >= 4:
            (row,) = struct.unpack_from("<I", body)
            if len(body) > _HIDDEN_AT and body[_HIDDEN_AT] & _HIDDEN_BIT:
                marks.hidden_rows.append(row)
        elif kind in _CELLS and len(body) >= 8:
            (column,) = struct.unpack_from("<I", body)
            marks.height, marks.width = max(marks.height, row + 1), max(marks.width, column + 1)
            if kind in _ERRORS and len(body) > 8:
                marks.errors[row, column] = _ERROR_TEXTS.get(body[8], "#ERROR!")
    return marks


def _part_of(parts: ZipParts, sheet: int) -> str:
    """Return the name of the part that holds a sheet: the workbook names a relation, and that the part."""
    heads = [body for kind, body in _records(parts.part("xl/workbook.bin")) if kind == _SHEET and len(body) >= 12]
    if sheet >= len(heads):
        return ""
    (length,) = struct.unpack_from("<I", heads[sheet], 8)
    id_ = heads[sheet][12 : 12 + 2 * length].decode("utf-16-le", "replace")
    return related_part(parts, "xl/_rels/workbook.bin.rels", id_)


def _records(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield each record's type and body; both type and length are of one to four bytes, seven bits each."""
    at, end = 0, len(content)
    while at < end:
        kind = content[at]
        at += 1
        if kind & 0x80 and at < end:
            kind = (kind & 0x7F) | (content[at] & 0x7F) << 7
            at += 1
        length = shift = 0
        while at < end and shift < 28:
            byte = content[at]
            at += 1
            length |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                break
        yield kind, content[at : at + length]
        at += length
