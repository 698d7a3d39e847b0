"""The marks of the sheets of an .ods file, found cell by cell in its XML."""

import re
from collections.abc import Mapping
from html import unescape
from xml.parsers import expat

from alerting.sources.sheets.sheet_marks import SheetMarks

_TOKEN = re.compile(rb"<(/?)table:(table|table-row|table-cell|covered-table-cell|table-column)(\s[^>]*?)?(/?)>")
_ATTRIBUTE = re.compile(rb"([\w-]+:[\w-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_PARAGRAPH = re.compile(rb"<text:p[^>]*>(.*?)</text:p>", re.DOTALL)
_MARKUP = re.compile(rb"<[^>]*>")
#: More rows or columns than any sheet has; and how many alike ones are noted one by one.
_MOST, _MOST_NOTED = 10_000_000, 1_000
#: What a text is that LibreOffice shows in place of a value.
_ERROR = re.compile(r"#[A-Z0-9/!?]+|Err:\d+|#NAME\?|#N/A")


def ods_marks(content: bytes) -> Mapping[str, SheetMarks]:
    """Return the marks of each sheet by its name.

    Raises:
        ExpatError: it is no whole XML; whoever reads its cells might look for its end for ever.
    """
    _check_whole(content)
    reader = _Reader(content)
    found: dict[str, SheetMarks] = {}
    depth = 0
    for match in _TOKEN.finditer(content):
        closes, what, bare = match[1] == b"/", match[2], match[4] == b"/"
        if what == b"table":
            depth += 0 if bare else -1 if closes else 1
            if depth == 1 and not closes:
                reader.begin()
                found[_attributes(match[3]).get("table:name", "")] = reader.marks
        elif depth == 1:
            reader.take(what, closes=closes, attributes=match[3] or b"", ends_at=match.end(), bare=bare)
    return found


def _check_whole(content: bytes) -> None:
    parser = expat.ParserCreate()

    def refuse(*_: object) -> None:
        raise expat.ExpatError("it declares entities")

    parser.EntityDeclHandler = refuse
    if content:
        parser.Parse(content, True)  # noqa: FBT003 - it takes no names


def _attributes(text: bytes | None) -> dict[str, str]:
    return {
        name.decode(errors="replace"): unescape((one or other).decode(errors="replace"))
        for name, one, other in _ATTRIBUTE.findall(text or b"")
    }


class _Reader:
    """Follows the rows and cells of one sheet after another."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self.begin()

    def begin(self) -> None:
        """Begin with another sheet."""
        self.marks = SheetMarks()
        self._row = self._column = self._columns_seen = 0
        self._repeated, self._is_filled, self._is_hidden = 1, False, False

    def take(self, what: bytes, *, closes: bool, attributes: bytes, ends_at: int, bare: bool) -> None:
        """Take a tag."""
        if what == b"table-row":
            if closes or bare:
                self._end_row()
            if not closes and not bare:
                own = _attributes(attributes)
                self._repeated, self._column, self._is_filled = _count(own, "rows"), 0, False
                self._is_hidden = own.get("table:visibility") in {"collapse", "filter"}
            if bare:
                self._row += _count(_attributes(attributes), "rows") - 1
        elif closes:
            return
        elif what == b"table-column":
            own = _attributes(attributes)
            if own.get("table:visibility") == "collapse":
                self.marks.hidden_columns += range(
                    self._columns_seen, self._columns_seen + min(_count(own, "columns"), _MOST_NOTED)
                )
            self._columns_seen += _count(own, "columns")
        else:
            self._cell(attributes, ends_at, bare=bare)

    def _end_row(self) -> None:
        if self._is_filled:
            self.marks.height = max(self.marks.height, self._row + self._repeated)
            if self._is_hidden:
                self.marks.hidden_rows += range(self._row, self._row + min(self._repeated, _MOST_NOTED))
        self._row += self._repeated
        self._repeated, self._is_filled, self._is_hidden = 1, False, False

    def _cell(self, attributes: bytes, ends_at: int, *, bare: bool) -> None:
        at = (self._row, self._column)
        if not attributes:
            self._column += 1
            return
        own = _attributes(attributes) if b"=" in attributes else {}
        self._column += _count(own, "columns")
        kind = own.get("office:value-type")
        formula = own.get("table:formula")
        if kind is None and formula is None and bare:
            return
        self._is_filled = True
        self.marks.width = max(self.marks.width, self._column)
        spanned = _count(own, "rows", "spanned"), _count(own, "columns", "spanned")
        if spanned != (1, 1):
            self.marks.merged.append((*at, at[0] + spanned[0] - 1, at[1] + spanned[1] - 1))
        if kind == "percentage":
            repeats = _count(own, "columns")
            rows = range(at[0], at[0] + min(self._repeated, _MOST_NOTED))
            self.marks.percents |= {(row, at[1] + n) for row in rows for n in range(min(repeats, _MOST_NOTED))}
        elif formula is not None and (kind is None or own.get("calcext:value-type") == "error"):
            text = self._text(ends_at) if not bare else ""
            if _ERROR.fullmatch(text):
                self.marks.errors[at] = text
            elif kind is None and not text:
                self.marks.formulas[at] = formula.partition(":")[2] or formula

    def _text(self, begin: int) -> str:
        end = self._content.find(b"</table:table-cell>", begin)
        paragraph = _PARAGRAPH.search(self._content, begin, end)
        return unescape(_MARKUP.sub(b"", paragraph[1]).decode(errors="replace")) if paragraph else ""


def _count(attributes: Mapping[str, str], what: str, how: str = "repeated") -> int:
    text = attributes.get(f"table:number-{what}-{how}", "1")
    return min(int(text), _MOST) if text.isascii() and text.isdigit() else 1
