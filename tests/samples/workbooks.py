"""Workbooks for tests: .xlsx as openpyxl writes it, .ods and .xlsb by hand as LibreOffice and Excel write them."""

import io
import struct
import zipfile
from datetime import date, datetime
from xml.sax.saxutils import escape

import openpyxl


def xlsx(rows, *, sheet="Data", merged=(), percent=(), hidden_rows=(), errors=(), more=None):
    """Return a workbook with one sheet.

    Args:
        rows: cells from A1 on; None is empty. A text that begins with = is a formula without a value.
        percent: names of cells that are shown as percents; `errors`: of those whose text is an error.
        more: does what else is to be done to the workbook.
    """
    book = openpyxl.Workbook()
    page = book.active
    page.title = sheet
    for row in rows:
        page.append(list(row))
    for name in errors:
        page[name].data_type = "e"
    for block in merged:
        page.merge_cells(block)
    for name in percent:
        page[name].number_format = "0%"
    for number in hidden_rows:
        page.row_dimensions[number].hidden = True
    if more is not None:
        more(book)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def repacked(content, **parts):
    """Return a workbook with some parts replaced; their names with __ for / and _x_ for a point."""
    named = {name.replace("__", "/").replace("_x_", "."): body for name, body in parts.items()}
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, named.pop(name, None) or old.read(name))
        for name, body in named.items():
            new.writestr(name, body)
    return target.getvalue()


_SPACES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
    for short, long in {"office": "office", "table": "table", "text": "text"}.items()
)


def ods_cell(value):
    """Return a cell of an .ods file; a text that begins with < is the cell itself."""
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, bool):
        text = str(value).lower()
        return f'<table:table-cell office:value-type="boolean" office:boolean-value="{text}"/>'
    if isinstance(value, (int, float)):
        return f'<table:table-cell office:value-type="float" office:value="{value!r}"/>'
    if isinstance(value, (date, datetime)):
        return f'<table:table-cell office:value-type="date" office:date-value="{value.isoformat()}"/>'
    if value.startswith("<"):
        return value
    return f'<table:table-cell office:value-type="string"><text:p>{escape(value)}</text:p></table:table-cell>'


def ods(rows, *, sheet="Data", more=""):
    """Return an .ods file with one sheet; `more`: what else stands in its table."""
    body = "".join(f"<table:table-row>{''.join(map(ods_cell, row))}</table:table-row>" for row in rows)
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_SPACES}'
        ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"><office:body>'
        f'<office:spreadsheet><table:table table:name="{sheet}">{body}{more}</table:table></office:spreadsheet>'
        "</office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry'
        f' manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
    )
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        new.writestr("mimetype", kind, zipfile.ZIP_STORED)
        new.writestr("META-INF/manifest.xml", manifest)
        new.writestr("content.xml", content)
    return target.getvalue()


def _record(kind, body=b""):
    first = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    length, size = b"", len(body)
    while True:
        length += bytes([size & 0x7F | (0x80 if size > 127 else 0)])
        size >>= 7
        if not size:
            return first + length + body


def _wide(text):
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _xlsb_cell(column, value):
    head = struct.pack("<II", column, 0)
    if isinstance(value, str) and value.startswith("#"):
        return _record(3, head + bytes([{"#DIV/0!": 0x07, "#N/A": 0x2A}[value]]))
    if isinstance(value, str):
        return _record(6, head + _wide(value))
    return _record(5, head + struct.pack("<d", value))


def xlsb(rows, *, sheet="Data", hidden_rows=(), far=None):
    """Return a binary workbook with one sheet; a text that begins with # is an error; `far`: row and column of one cell more."""
    data = b""
    for n, row in enumerate(rows):
        flags = 0x10 if n + 1 in hidden_rows else 0
        data += _record(0, struct.pack("<IIHBB", n, 0, 300, 0, flags) + b"\0" + struct.pack("<I", 0))
        data += b"".join(_xlsb_cell(at, value) for at, value in enumerate(row) if value is not None)
    if far is not None:
        data += _record(0, struct.pack("<IIHBBB", far[0], 0, 300, 0, 0, 0)) + _xlsb_cell(far[1], 1.0)
    width = max(map(len, rows))
    extent = _record(148, struct.pack("<IIII", 0, len(rows) - 1, 0, width - 1))
    page = _record(129) + extent + _record(145) + data + _record(146) + _record(130)
    head = _record(156, struct.pack("<II", 0, 1) + _wide("rId1") + _wide(sheet))
    book = _record(131) + _record(143) + head + _record(144) + _record(132)
    relations = (
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"'
        ' Target="worksheets/sheet1.bin"/></Relationships>'
    )
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        new.writestr("[Content_Types].xml", '<?xml version="1.0"?><Types/>')
        new.writestr("xl/workbook.bin", book)
        new.writestr("xl/_rels/workbook.bin.rels", relations)
        new.writestr("xl/worksheets/sheet1.bin", page)
    return target.getvalue()
