"""Changing one word of a rule file at its place: comments, quotes, line ends and all else stay as they are."""

import re
from difflib import unified_diff

from alerting.domain.place import Place

#: Where lines of a file end; rule files may have any of these, and keep theirs.
_LINE_END = re.compile(r"(\r\n|\r|\n)")


def with_word(text: str, place: Place, found: str, instead: str) -> str | None:
    """Return a file's text with another word at a place, in its quotes or without; None: it is not what stands there."""
    parts = _LINE_END.split(text)
    at, column = 2 * (place.line - 1), place.column - 1 + (place.line == 1 and text.startswith("\ufeff"))
    for quote in ("", '"', "'"):
        word = f"{quote}{found}{quote}"
        if parts[at].startswith(word, column):
            parts[at] = f"{parts[at][:column]}{quote}{instead}{quote}{parts[at][column + len(word) :]}"
            return "".join(parts)
    return None


def as_diff(before: str, after: str, name: str) -> str:
    """Return a change of a file as a unified diff, whatever its line ends."""
    old, new = (_LINE_END.sub("\n", text).removesuffix("\n").split("\n") for text in (before, after))
    return "\n".join(unified_diff(old, new, name, name, lineterm=""))
