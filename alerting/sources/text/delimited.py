"""Text with separated cells, as programs write it: which characters, line ends and separator, where the header stands.

Everything here is for files that are not plain; those are read without it.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice

from alerting.domain.source_columns import MOST_COLUMNS, Layout
from alerting.errors import SourceUnavailable
from alerting.sources.tables.layouts import TellsColumns, header_among, likeness

#: What stands between cells, the likeliest first.
SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
#: Rows in which the header is looked for: what stands above it are titles.
_HEADER_WITHIN = 20
#: A header longer than this is none.
LONGEST_HEADER_BYTES = 1024 * 1024
#: Stands after the last line; no text can hold it. Where it is not alone in its row, a quotation mark was left open.
_END = "\0"
#: Characters beyond ASCII that are no letters and stand in texts written on Windows.
_SIGNS = frozenset("£€°½¼¾²³·–—‘’“”…•§©®™±×÷ªº´ \N{NO-BREAK SPACE}")
#: Never letters of a text: the bytes that mark UTF-16.
_NO_LETTERS = frozenset("ÿþ")
_UTF_8_LETTER = re.compile(rb"[\xc3-\xf4][\x80-\xbf]")
_LONE_CR = re.compile(r"\r(?!\n)")
_NUMBER_BEGINS = re.compile(r'[-+(£$€"\s]*\.?\d')

csv.field_size_limit(2**31 - 1)  # a note may be long; what a file may hold is bounded by its size


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A file as text of one kind: line ends are line feeds, rows above the header are known."""

    text: str
    separator: str
    layout: Layout
    #: Rows and lines above the header.
    rows_above: int
    lines_above: int
    #: Where the first row begins in the text.
    begins: int
    #: How it was read, where that is not as a plain file.
    remarks: tuple[str, ...] = ()


def body_of(content: bytes, shown: str, layout: TellsColumns) -> Body:
    """Read a file's characters, find its separator and header.

    Args:
        layout: tells which columns a header has.

    Raises:
        SourceUnavailable: what it is, or where its header stands, is open to doubt.
    """
    text, remarks = text_of(content, shown)
    body = _with_header(text, shown, layout)
    if body.separator != ",":
        remarks.append(f"the columns are separated by {SEPARATORS[body.separator]}")
    if body.rows_above:
        remarks.append(f"the header stands in row {body.rows_above + 1}; what is above it is not read")
    return replace(body, remarks=tuple(remarks))


#: How files begin that are Excel's own: a zip archive of XML, and the older compound document.
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")


def text_of(content: bytes, shown: str) -> tuple[str, list[str]]:
    """Return a file's text with line feeds as line ends, and how it was read."""
    if content.startswith(_WORKBOOKS):
        raise SourceUnavailable(f"{shown}:1: is an Excel workbook or an archive; save its sheet as CSV UTF-8")
    text, remarks = _decoded(content, shown)
    bad = text.find("\0")
    if bad >= 0:
        row = text.count("\n", 0, bad) + 1
        more = "; it may be UTF-16: save it as CSV UTF-8" if text.count("\0") > len(text) // 3 else ""
        raise SourceUnavailable(f"{shown}:{row}: a NUL byte; the file is damaged or not CSV{more}")
    if "\r" in text:
        text, ended = _line_feeds(text)
        remarks += ended
    return text, remarks


def _decoded(content: bytes, shown: str) -> tuple[str, list[str]]:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return content.decode("utf-16"), ["the text is UTF-16"]
        except UnicodeDecodeError:
            raise SourceUnavailable(f"{shown}:1: is damaged UTF-16; save it as CSV UTF-8") from None
    content = content.removeprefix(codecs.BOM_UTF8)
    try:
        return content.decode("utf-8"), []
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        text = _windows(content)
        if text is None:
            raise SourceUnavailable(
                f"{shown}:{row}: byte 0x{content[error.start]:02x} is not UTF-8; save it as CSV UTF-8"
            ) from None
        first = next(character for character in text if ord(character) > 127)
        return text, [
            f'the text is Windows-1252 (Latin-1), not UTF-8: "{first}" in line {row} is the first such letter'
        ]


def _windows(content: bytes) -> str | None:
    """Read letters of Windows-1252; None where it is open to doubt: Mac line ends, letters of UTF-8 too, odd signs."""
    if b"\n" not in content or _UTF_8_LETTER.search(content):
        return None
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError:
        return None
    odd = {character for character in set(text) if ord(character) > 127 and not character.isalpha()}
    return text if odd <= _SIGNS and _NO_LETTERS.isdisjoint(text) else None


def _line_feeds(text: str) -> tuple[str, list[str]]:
    """Make each end of a line a line feed; a carriage return inside a line, where others end otherwise, is a space."""
    if "\n" not in text:
        return text.replace("\r", "\n"), ["the lines end in CR, as Excel saves them for Macintosh"]
    text = text.replace("\r\n", "\n")
    if "\r" not in text:
        return text, []
    ended = text.replace("\r", "\n")
    widths = {line.count(",") for line in ended.split("\n") if line.strip()}
    if len(widths) == 1 and widths != {0}:
        return ended, ["some lines end in CR, as Excel saves them for Macintosh"]
    return _LONE_CR.sub(" ", text), []


def _with_header(text: str, shown: str, layout: TellsColumns) -> Body:
    """Find the first row that has every column that is needed; else say what the likeliest header lacks."""
    tried: list[Body] = []
    for separator in SEPARATORS:
        tops = [] if separator not in text[:LONGEST_HEADER_BYTES] else _first_rows(text, separator, shown)
        for begin, _, cells in tops:
            if len(cells) > MOST_COLUMNS:
                message = f"{len(cells):,} columns; a table of figures has no more than {MOST_COLUMNS:,}. Is it CSV?"
                raise SourceUnavailable(f"{shown}:{begin}: {message}")
        header = header_among([cells for _, _, cells in tops], layout)
        bodies = [
            Body(
                text=text, separator=separator, layout=layout(cells), rows_above=row, lines_above=begin - 1,
                begins=_line_begins(text, end + 1),
            )
            for row, (begin, end, cells) in enumerate(tops) if header is None or row == header[0]
        ]  # fmt: skip
        if header is not None:
            return replace(bodies[0], layout=header[1])
        tried += bodies
    if not tried:
        raise SourceUnavailable(_no_table(text, shown, layout))
    best = max(tried, key=_likeness)
    between = "" if best.separator == "," else f" (separated by {SEPARATORS[best.separator]})"
    raise SourceUnavailable(f"{shown}:{best.lines_above + 1}: {best.layout.trouble}{between}")


def _no_table(text: str, shown: str, layout: TellsColumns) -> str:
    """Say of a text without separators that its one column is not enough."""
    end = text.find("\n")
    first = text if end < 0 else text[:end]
    if len(first) > LONGEST_HEADER_BYTES // 4:
        return f"{shown}:1: the first line has {len(first):,} characters; is it CSV?"
    return f"{shown}:1: {layout([first]).trouble}"


def _likeness(body: Body) -> tuple[int, int, int, int]:
    """Order rows by how like a header they are: our names in them, then cells; then the topmost."""
    return (*likeness(body.layout), -body.rows_above)


def _first_rows(text: str, separator: str, shown: str) -> Sequence[tuple[int, int, list[str]]]:
    """Return the first rows that are not empty, as (first line, last line, cells)."""
    end = text.find("\n", LONGEST_HEADER_BYTES)
    if text.find("\n", 0, LONGEST_HEADER_BYTES) < 0 and len(text) > LONGEST_HEADER_BYTES:
        raise SourceUnavailable(f"{shown}:1: the first line has over {LONGEST_HEADER_BYTES:,} characters; is it CSV?")
    top = text if end < 0 else text[:end]
    return list(islice(rows_of(top, separator), _HEADER_WITHIN))


def rows_of(text: str, separator: str) -> Iterator[tuple[int, int, list[str]]]:
    """Yield each row as (first line, last line, cells), lines from 1; the last may reach to the end of the text."""
    reader = csv.reader(chain(io.StringIO(text, newline="\n"), [_END]), delimiter=separator)
    begin = 1
    for cells in reader:
        if cells != [_END]:
            yield begin, reader.line_num, cells
        begin = reader.line_num + 1


def _line_begins(text: str, line: int) -> int:
    """Return the place in the text at which a line (from 1) begins."""
    place = 0
    for _ in range(line - 1):
        found = text.find("\n", place)
        if found < 0:
            return len(text)
        place = found + 1
    return place


def check_quotes(body: Body, shown: str) -> int:
    """Refuse a file in which a quotation mark that was left open takes rows along; return how many rows it has.

    A cell may go on over several lines, as a note with line breaks does. Where such a line has a row's cells, it is more
    likely a row that an open quotation mark has swallowed.

    Raises:
        SourceUnavailable: with the line on which the cell begins.
    """
    lines: list[str] = []
    n = 0
    for begin, end, cells in rows_of(body.text, body.separator):
        n += 1
        if cells and cells[-1].endswith(_END):
            fix = "close it, or write two where one is meant"
            raise SourceUnavailable(f"{shown}:{begin}: a quotation mark in this row is never closed; {fix}")
        if end > begin:
            lines = lines or body.text.split("\n")
            swallowed = next((line for line in range(begin, end) if _like_a_row(lines[line], body)), None)
            if swallowed is not None:
                raise SourceUnavailable(
                    f"{shown}:{begin}: a quotation mark in this row is left open, so that line {swallowed + 1} would be"
                    " part of its cell; close it, or write two where one is meant"
                )
    return n


def _like_a_row(line: str, body: Body) -> bool:
    """Return whether a line has a period and a number where a row has them."""
    places = body.layout.places
    cells = line.split(body.separator)
    if len(cells) <= max(body.layout.needed, default=0):
        return False
    period = cells[places["period"]] if "period" in places else "0"
    values = [cells[places[name]] for name in ("value", "numerator") if places.get(name, len(cells)) < len(cells)]
    numbers = any(_NUMBER_BEGINS.match(value) for value in values) or all(not value.strip() for value in values)
    return any(c.isdigit() for c in period) and numbers
