"""The marks of the sheets of an .ods file, found cell by cell in its XML."""

import re
from collections.abc import Mapping
from html import unescape

from alerting.sources.sheet_marks import SheetMarks

_TOKEN = re.compile(rb"<(/?)table:(table|table-row|table-cell|covered-table-cell|table-column)(\s[^>]*?)?(/?)>")
_ATTRIBUTE = re.compile(rb"([\w-]+:[\w-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_PARAGRAPH = re.compile(rb"<text:p[^>]*>(.*?)</text:p>", re.DOTALL)
_MARKUP = re.compile(rb"<[^>]*>")
#: What a text is that LibreOffice shows in place of a value.
_ERROR = re.compile(r"#[A-Z0-9/!?]+|Err:\d+|#NAME\?|#N/A")


def ods_marks(content: bytes) -> Mapping[str, SheetMarks]:
    """Return the marks of each sheet by its name."""
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


def _attributes(text: bytes | None) -> dict[str, str]:
    return {name.decode(): unescape((one or other).decode()) for name, one, other in _ATTRIBUTE.findall(text or b"")}


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
                    self._columns_seen, self._columns_seen + min(_count(own, "columns"), 99)
                )
            self._columns_seen += _count(own, "columns")
        else:
            self._cell(attributes, ends_at, bare=bare)

    def _end_row(self) -> None:
        if self._is_filled:
            self.marks.height = max(self.marks.height, self._row + self._repeated)
            if self._is_hidden:
                self.marks.hidden_rows += range(self._row, self._row + self._repeated)
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
        spanned = int(own.get("table:number-rows-spanned", 1)), int(own.get("table:number-columns-spanned", 1))
        if spanned != (1, 1):
            self.marks.merged.append((*at, at[0] + spanned[0] - 1, at[1] + spanned[1] - 1))
        if kind == "percentage":
            repeats = _count(own, "columns")
            rows = range(at[0], at[0] + min(self._repeated, 1000))
            self.marks.percents |= {(row, at[1] + n) for row in rows for n in range(min(repeats, 1000))}
        elif formula is not None and (kind is None or own.get("calcext:value-type") == "error"):
            text = self._text(ends_at) if not bare else ""
            if _ERROR.fullmatch(text):
                self.marks.errors[at] = text
            elif kind is None and not text:
                self.marks.formulas[at] = formula.partition(":")[2] or formula

    def _text(self, begin: int) -> str:
        end = self._content.find(b"</table:table-cell>", begin)
        paragraph = _PARAGRAPH.search(self._content, begin, end)
        return unescape(_MARKUP.sub(b"", paragraph[1]).decode()) if paragraph else ""


def _count(attributes: Mapping[str, str], what: str) -> int:
    text = attributes.get(f"table:number-{what}-repeated", "1")
    return int(text) if text.isdigit() else 1
