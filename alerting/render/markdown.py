"""Markdown that holds what others wrote, safely: no mention, link or heading of theirs, and never more than so many bytes."""

import re
from collections.abc import Iterable, Iterator
from html import escape

from alerting.wording.plain import cleaned, counted

#: Stands between characters that would mean something to GitHub or GitLab, and is not seen.
_BREAK = "\N{ZERO WIDTH SPACE}"
#: What is made a mention, a reference, a picture or a link of, also where nothing is marked up.
_LIVE = re.compile(r"(?i)@|#|&|!(?=\d)|~(?=\w)|%(?=\w)|:(?=//)|:(?=\w+:)|www(?=\.)|mailto(?=:)|GH(?=-\d)")
#: What is read as the name of a commit.
_COMMIT = re.compile(r"(?i)\b(?=[a-f]*\d)([0-9a-f]{4})(?=[0-9a-f]{3,36}\b)")
#: What Markdown and HTML read as more than text, wherever it stands.
_MARKS = {
    **{mark: f"\\{mark}" for mark in "\\`*_{}[]()#+.!|~=^$-"}, "&": "&amp;", "<": "&lt;", ">": "&gt;",
}  # fmt: skip
_MARKS_BY_CHARACTER = str.maketrans(_MARKS)
_FENCE = re.compile(r"`{3,}")
#: The last that is said of something cut.
_CUT = "…"
#: A line of more bytes than this is cut: it would leave no room for others.
_LONGEST_LINE = 1_500


def inline(text: str) -> str:
    """Return words of others as they may stand in a line of Markdown: they read as they are and do nothing."""
    return _still(text).translate(_MARKS_BY_CHARACTER)


def in_html(text: str) -> str:
    """Return words of others as they may stand between tags, where nothing is marked up."""
    return escape(_still(text), quote=False)


def _still(text: str) -> str:
    """Return text in one line, of which no mention, reference or link is made."""
    plain = _COMMIT.sub(lambda found: f"{found[0]}{_BREAK}", " ".join(cleaned(text).split()))
    return _LIVE.sub(lambda found: f"{found[0]}{_BREAK}", plain)


def block(text: str, most_bytes: int) -> str:
    """Return text in a block that nothing in it can end, cut to so many bytes."""
    kept = within(cleaned(text), most_bytes)
    longest = max((len(match) for match in _FENCE.findall(kept)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}text\n{kept}\n{fence}"


def within(text: str, most_bytes: int) -> str:
    """Cut text to so many bytes, at the end of a character."""
    raw = text.encode()
    if len(raw) <= most_bytes:
        return text
    return raw[: most_bytes - len(_CUT.encode())].decode(errors="ignore") + _CUT


def lines_within(lines: Iterable[str], most_bytes: int, noun: str) -> Iterator[str]:
    """Yield lines as long as there is room for them, each cut where it is very long; then how many are left out.

    Args:
        most_bytes: of all of them with their ends, what is said of those left out aside.
    """
    room, left_out = most_bytes, 0
    for whole in lines:
        line = within(whole, _LONGEST_LINE)
        size = len(line.encode()) + 1
        if left_out or size > room:
            left_out += 1
        else:
            room -= size
            yield line
    if left_out:
        yield f"- … and {counted(left_out, f'more {noun}')}, left out here for want of room"
