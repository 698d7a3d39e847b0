"""HTML as its reader sees it in lines: blocks and breaks end lines, quoted blocks are marked as in plain text.

Nothing is fetched or run, links and pictures leave their words; read once from front to back, however broken it is.
"""

import html
import re
from dataclasses import dataclass, field

#: Characters of HTML that are read.
MOST_HTML = 262_144
#: A tag longer than this is not one.
_LONGEST_TAG = 4_000
#: Lines quoted deeper than this are marked no further.
_DEEPEST = 30
_BLOCKS = frozenset(
    (
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "caption",
        "center",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "tr",
        "ul",
    )
)
#: Blocks after which a line stays empty, as paragraphs have it.
_APART = frozenset(("blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "p", "table", "ul", "ol"))
_UNSEEN = frozenset(("head", "script", "style", "template", "title", "noscript", "xml"))
_NAME = re.compile(r"/?[a-zA-Z][a-zA-Z0-9:_-]*")
_CLOSED_QUOTES = re.compile(r"""=\s*(?:"[^"]*"|'[^']*')""")
_OPEN_QUOTE = re.compile(r"""=\s*(["'])""")
_ALT = re.compile(r"""\balt\s*=\s*(?:"([^"]*)"|'([^']*)')""")
#: An emoji that a program drew as a picture.
_EMOJI = re.compile(r"[^\x00-\x7f]{1,12}")
_SPACES = re.compile(r"[ \t\r\n\f]+")


@dataclass(slots=True)
class _Page:
    lines: list[str] = field(default_factory=list)
    line: list[str] = field(default_factory=list)
    depth: int = 0
    unseen: str = ""
    verbatim: bool = False
    alts: bool = False

    def end_line(self, *, apart: bool = False) -> None:
        text = "".join(self.line)
        shown = text.rstrip() if self.verbatim else _SPACES.sub(" ", text).strip(" ")
        self.line.clear()
        if shown:
            self.lines.append(self._marked(shown))
        if apart and self.lines and self.lines[-1].strip("> "):
            self.lines.append(self._marked(""))

    def break_line(self) -> None:
        if "".join(self.line).strip():
            self.end_line()
        else:
            self.line.clear()
            self.lines.append(self._marked(""))

    def write(self, text: str) -> None:
        if self.unseen:
            return
        if not self.verbatim:
            self.line.append(text)
            return
        first, *others = text.split("\n")
        self.line.append(first)
        for other in others:
            self.break_line()
            self.line.append(other)

    def _marked(self, text: str) -> str:
        marks = ">" * min(self.depth, _DEEPEST)
        return f"{marks} {text}".rstrip() if marks else text


def text_from_html(source: str, *, alts: bool = False) -> str:
    """Return the lines of a page.

    Args:
        alts: give the words that stand for pictures too, each in a line; else emoji alone.
    """
    page = _Page(alts=alts)
    for is_tag, text in _tokens(source[:MOST_HTML]):
        if is_tag:
            _take_tag(page, text)
        else:
            page.write(html.unescape(text))
    page.end_line()
    return "\n".join(page.lines).strip("\n")


def _take_tag(page: _Page, tag: str) -> None:
    found = _NAME.match(tag)
    if not found:
        return
    name = found.group().lower()
    closes, name = name.startswith("/"), name.removeprefix("/")
    if page.unseen or name in _UNSEEN:
        _hide(page, name, closes=closes, empty=tag.endswith("/"))
    elif name == "br":
        page.break_line()
    elif name in {"td", "th"}:
        page.write(" ")
    elif name == "img":
        _take_picture(page, tag)
    elif name in _BLOCKS:
        _take_block(page, name, closes=closes)


def _take_picture(page: _Page, tag: str) -> None:
    found = _ALT.search(tag)
    alt = html.unescape(found.group(1) or found.group(2) or "") if found else ""
    if page.alts:
        page.end_line()
        page.write(alt)
        page.end_line()
    elif _EMOJI.fullmatch(alt):
        page.write(alt)


def _hide(page: _Page, name: str, *, closes: bool, empty: bool) -> None:
    if closes and name in {page.unseen, "html", "body"}:
        page.unseen = ""
    elif name == "body" and page.unseen == "head":
        page.unseen = ""  # a head that nobody closed
    elif not page.unseen and not closes and not empty:
        page.unseen = name


def _take_block(page: _Page, name: str, *, closes: bool) -> None:
    page.end_line(apart=name in _APART)
    if name == "blockquote":
        page.depth = max(0, page.depth + (-1 if closes else 1))
    elif name == "pre":
        page.verbatim = not closes


def _tokens(source: str) -> list[tuple[bool, str]]:
    """Return (is a tag, its inside or a text) from front to back, each character looked at a bounded number of times."""
    found, place = [], 0
    comments_end = True
    while place < len(source):
        begin = source.find("<", place)
        if begin < 0:
            begin = len(source)
        if begin > place:
            found.append((False, source[place:begin]))
        if source.startswith("<!--", begin) and comments_end:
            end = source.find("-->", begin + 4)
            comments_end = end >= 0
            place = end + 3 if comments_end else begin + 4
            continue
        if begin == len(source):
            break
        end = _tag_end(source, begin)
        if end < 0 or source[begin + 1 : begin + 2] in {"", " ", "=", "<"} or source[begin + 1].isdigit():
            found.append((False, "<"))
            place = begin + 1
        else:
            found.append((True, source[begin + 1 : end]))
            place = end + 1
    return found


def _tag_end(source: str, begin: int) -> int:
    """Return the place of a tag's ">", which may stand in a quoted value too; -1 where there is none near."""
    end = source.find(">", begin, begin + _LONGEST_TAG)
    if end < 0:
        return end
    rest = _CLOSED_QUOTES.sub("", source[begin + 1 : end])
    if "<" in rest:
        return -1
    opened = _OPEN_QUOTE.search(rest)
    if not opened:
        return end
    closing = source.find(opened.group(1), end, begin + _LONGEST_TAG)
    later = source.find(">", closing, begin + _LONGEST_TAG) if closing >= 0 else -1
    return later if later >= 0 else end
