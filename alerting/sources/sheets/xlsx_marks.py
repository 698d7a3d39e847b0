"""The marks of an .xlsx sheet, found in its XML by looking for what is rare in it."""

import re
from collections.abc import Iterator
from html import unescape

from alerting.sources.sheets.sheet_marks import At, SheetMarks, column_number
from alerting.sources.sheets.zip_parts import ZipParts

_P = rb"(?:\w+:)?"
_ATTRIBUTE = re.compile(rb"([\w:]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_SHEET = re.compile(rb"<" + _P + rb"sheet\s([^>]*)>")
_RELATION = re.compile(rb"<" + _P + rb"Relationship\s([^>]*)>")
_FORMAT = re.compile(rb"<" + _P + rb"numFmt\s([^>]*)>")
_STYLES = re.compile(rb"<" + _P + rb"cellXfs\b.*?</" + _P + rb"cellXfs>", re.DOTALL)
_STYLE = re.compile(rb"<" + _P + rb"xf\s([^>]*)>")
_ROW = re.compile(rb"<" + _P + rb"row\b([^>]*)>")
_COLUMN = re.compile(rb"<" + _P + rb"col\s([^>]*)>")
_ROW_NUMBER = re.compile(rb"<row r=\"(\d+)\"")
_PLACED = re.compile(rb"([A-Za-z]{1,3})(\d{1,7})")
_ROW_OR_CELL = re.compile(rb"<" + _P + rb"(row|c)\b([^>]*)>")
_TEXT = re.compile(rb"<" + _P + rb"v>([^<]*)</")
_FORMULA = re.compile(rb"<" + _P + rb"f\b[^>]*>([^<]*)</")
#: A formula with nothing behind it.
_NO_VALUE = re.compile(rb"(?:</P?f>|<P?f\b[^>]*/>)\s*(?:<P?v\s*/>|<P?v>\s*</P?v>)?\s*</P?c>".replace(b"P?", _P))
#: Excel's own formats that are percents.
_PERCENT_FORMATS = frozenset({9, 10})
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')


def xlsx_marks(parts: ZipParts, sheet: int) -> SheetMarks:
    """Return the marks of the sheet with a number, from 0."""
    name = _part_of(parts, sheet)
    text = parts.part(name)
    marks = SheetMarks(untold="" if text else "errors, what is hidden, and percents")
    marks.height, marks.width = _extent(text)
    for begin in _found(text, (b't="e"', b"t='e'")):
        cell, at = _cell_around(text, begin)
        if at is not None and (shown := _TEXT.search(cell)):
            marks.errors[at] = shown[1].decode(errors="replace")
    if b"<f" in text or b":f" in text:
        _formulas(text, marks)
    if percents := _percent_styles(parts.part("xl/styles.xml")):
        style = re.compile(rb"\ss=[\"'](?:" + b"|".join(b"%d" % one for one in percents) + rb")[\"']")
        for match in style.finditer(text):
            _, at = _cell_around(text, match.start())
            if at is not None:
                marks.percents.add(at)
    if b"hidden=" in text:
        _hidden(text, marks)
    return marks


def _part_of(parts: ZipParts, sheet: int) -> str:
    sheets = [_attributes(match[1]) for match in _SHEET.finditer(parts.part("xl/workbook.xml"))]
    if sheet >= len(sheets):
        return ""
    id_ = next((value for key, value in sheets[sheet].items() if key.endswith(":id")), "")
    return related_part(parts, "xl/_rels/workbook.xml.rels", id_)


def related_part(parts: ZipParts, relations: str, id_: str) -> str:
    """Return the name of the part that a relation of the workbook points at, nothing where there is none."""
    related = [_attributes(match[1]) for match in _RELATION.finditer(parts.part(relations))]
    target = next((one.get("Target", "") for one in related if one.get("Id") == id_), "")
    name = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return name if name in parts.names() else ""


def _attributes(text: bytes) -> dict[str, str]:
    return {
        name.decode(errors="replace"): unescape((one or other).decode(errors="replace"))
        for name, one, other in _ATTRIBUTE.findall(text)
    }


def _found(text: bytes, words: tuple[bytes, ...]) -> Iterator[int]:
    for word in words:
        at = text.find(word)
        while at >= 0:
            yield at
            at = text.find(word, at + 1)


def _cell_around(text: bytes, within: int) -> tuple[bytes, At | None]:
    """Return the cell around a place in the text, and where it stands; None where that is no cell."""
    begin = text.rfind(b"<", 0, within)
    tag = text[begin + 1 : text.find(b" ", begin)].rpartition(b":")[2]
    if tag != b"c":
        return b"", None
    end = text.find(b"c>", within)
    attributes = _attributes(text[begin : text.find(b">", begin)])
    placed = _PLACED.fullmatch(attributes.get("r", "").encode())
    return text[begin:end], (int(placed[2]) - 1, column_number(placed[1].decode())) if placed else None


def _formulas(text: bytes, marks: SheetMarks) -> None:
    """Note formulas without a value; an empty text that was worked out is one."""
    for match in _NO_VALUE.finditer(text):
        begin = max(text.rfind(b"<c ", 0, match.start()), text.rfind(b":c ", 0, match.start()))
        cell, at = _cell_around(text, begin + 3)
        if at is not None and _attributes(cell[: cell.find(b">")]).get("t", "n") == "n":
            formula = _FORMULA.search(cell)
            marks.formulas[at] = unescape(f"={formula[1].decode(errors='replace')}" if formula else "=…")


def _percent_styles(styles: bytes) -> list[int]:
    """Return the numbers of the styles that show a number as percent."""
    formats = {
        _whole(found.get("numFmtId"), -1)
        for found in map(_attributes, (match[1] for match in _FORMAT.finditer(styles)))
        if "%" in _QUOTED.sub("", found.get("formatCode", ""))
    }
    block = _STYLES.search(styles)
    ids = [_attributes(match[1]).get("numFmtId", "0") for match in _STYLE.finditer(block[0])] if block else []
    return [n for n, id_ in enumerate(ids) if _whole(id_, -1) in formats | _PERCENT_FORMATS]


def _hidden(text: bytes, marks: SheetMarks) -> None:
    row = -1
    for match in _ROW.finditer(text):
        own = match[1]
        row = _whole(_attributes(own).get("r"), row + 2) - 1 if b"hidden" in own or b"r=" not in own else row
        if b"hidden" in own and _attributes(own).get("hidden") in {"1", "true"}:
            marks.hidden_rows.append(row)
    for match in _COLUMN.finditer(text):
        found = _attributes(match[1])
        if found.get("hidden") in {"1", "true"}:
            marks.hidden_columns += range(
                _whole(found.get("min"), 1) - 1, min(_whole(found.get("max"), 1), marks.width)
            )


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() else otherwise


def _extent(text: bytes) -> tuple[int, int]:
    """Return how many rows and columns the cells reach over, at least: whoever reads the sheet makes room for all of them."""
    cells = text.count(b'<c r="')
    if text.count(b"<c ") + text.count(b"<c>") == cells and b":c " not in text:
        rows = max(text.count(b"<row "), max(map(int, _ROW_NUMBER.findall(text)), default=0))
        below = set(re.findall(rb'<c r="[A-Z]{1,3}(\d{%d,7})"' % min(len(str(rows)), 7), text))  # in the row of another
        rows = max(rows, max(map(int, below), default=0))
        for n_letters in (3, 2, 1):
            last = max(re.findall(rb'<c r="([A-Z]{%d})\d' % n_letters, text), default=None)
            if last is not None:
                return rows, column_number(last.decode()) + 1
        return rows, 0
    row = column = height = width = 0
    for match in _ROW_OR_CELL.finditer(text):
        placed = _attributes(match[2]).get("r")
        if match[1] == b"row":
            row, column = _whole(placed, row + 1), 0
            continue
        found = _PLACED.fullmatch(placed.encode()) if placed else None
        column = column_number(found[1].decode()) + 1 if found else column + 1
        height, width = max(height, int(found[2]) if found else row), max(width, column)
    return height, width
