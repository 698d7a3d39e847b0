"""Plain text: cleaning what came in as data, counting in words, wrapping lines."""

import re
import textwrap
import unicodedata
from collections.abc import Sequence

from alerting.domain.titles import joined

#: Columns of the text part: mail clients and terminals show 80, and a quotation mark or two must still fit.
WIDTH = 76
#: Characters that turn the direction of what follows; from data they can make a line read as something else.
_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_HALF_PAIR = re.compile("[\ud800-\udfff]")
_ZERO_WIDTH_JOINER = "\u200d"
#: A letter with more marks than this is noise that would run over its neighbours.
_MOST_MARKS = 8


def cleaned(text: str) -> str:
    """Return *text* without direction controls, other controls as spaces, halves of characters as a mark."""
    text = _DIRECTION.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _HALF_PAIR.sub("\N{REPLACEMENT CHARACTER}", _CONTROL.sub(" ", text))


def one_line(text: str) -> str:
    """Return *text* as one line fit for a header: no control characters, no encoded words, single spaces."""
    line = " ".join(cleaned(text).split())
    # Some versions of the mail library decode "=?utf-8?q?…?=" in a header's value, line ends included.
    return line.replace("=?", "= ?").replace("?=", "? =")


def graphemes(text: str) -> list[str]:
    """Split *text* into what a reader sees as single characters: letters with their marks, joined emoji, flags."""
    clusters: list[str] = []
    for character in text:
        previous = clusters[-1] if clusters else ""
        if previous and _extends(previous, character):
            if len(previous) <= _MOST_MARKS or not unicodedata.category(character).startswith("M"):
                clusters[-1] = previous + character
        else:
            clusters.append(character)
    return clusters


def _extends(previous: str, character: str) -> bool:
    if character == _ZERO_WIDTH_JOINER or previous.endswith(_ZERO_WIDTH_JOINER):
        return True
    if unicodedata.category(character).startswith("M") or "\U0001f3fb" <= character <= "\U0001f3ff":
        return True
    flag = "\U0001f1e6" <= character <= "\U0001f1ff"
    return flag and len(previous) == 1 and "\U0001f1e6" <= previous <= "\U0001f1ff"


def shortened(text: str, length: int) -> str:
    """Cut *text* to *length* graphemes at most, at a word's end where one is near, with an ellipsis."""
    clusters = graphemes(text)
    if len(clusters) <= length:
        return "".join(clusters)
    kept = "".join(clusters[: length - 1])
    head, space, _ = kept.rpartition(" ")
    if space and len(head) > 0.7 * len(kept):
        kept = head
    return kept.rstrip(" ,;:.") + "…"


def number(count: int) -> str:
    """Write a count: 1,204."""
    return f"{count:,}"


def counted(count: int, noun: str, plural: str | None = None) -> str:
    """Write a count with its noun: "1 exception", "1,204 series"."""
    return f"{number(count)} {noun if count == 1 else plural or noun + 's'}"


def listed(words: Sequence[str]) -> str:
    """Join words as a sentence does: "a", "a and b", "a, b and c"."""
    return joined(words)


def sentence(text: str) -> str:
    """Return a phrase as a sentence: capital first, a stop at the end."""
    text = text.strip()
    if not text:
        return text
    return text[0].upper() + text[1:] + ("" if text.endswith((".", "!", "?", "…")) else ".")


def capitalised(text: str) -> str:
    """Return a phrase as it begins a line: its first letter large."""
    return text[:1].upper() + text[1:]


def wrapped(text: str, first: str = "", rest: str | None = None) -> str:
    """Wrap *text* to `WIDTH` columns, each paragraph by itself; long words such as addresses stay whole."""
    rest = " " * len(first) if rest is None else rest
    lines: list[str] = []
    for paragraph in cleaned(text).split("\n"):
        lines += textwrap.wrap(
            paragraph,
            WIDTH,
            initial_indent=rest if lines else first,
            subsequent_indent=rest,
            break_long_words=False,
            break_on_hyphens=False,
        )
    return "\n".join(lines)


def fact(text: str, label: str) -> str:
    """Wrap *text* behind a label in a column of its own."""
    return wrapped(text, f"{label + ':':<11}")


def tidied(text: str) -> str:
    """Return a text part as it is sent: no trailing spaces, never more than one empty line, one line end at the end."""
    lines = "\n".join(line.rstrip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip("\n") + "\n"


def begins_with(title: str, other: str) -> bool:
    """Say whether a title begins with another, in whatever letters."""
    return title.casefold().startswith(other.casefold())


#: A hyphen that stands for a minus: before a figure, at the start or behind a blank or a bracket; in no address.
_MINUS = re.compile(r"(?<![^\s(])-(?=\d)")


def with_minus(text: str) -> str:
    """Write a true minus before figures: no line is broken behind it, as one may be behind a hyphen.

    Money comes with one already, before its sign (`NumberStyle`).
    """
    return _MINUS.sub("\N{MINUS SIGN}", text)
