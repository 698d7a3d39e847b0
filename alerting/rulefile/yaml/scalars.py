"""What an unquoted word in a rule file is: YAML 1.2's core schema, narrowed so that nothing changes its meaning unseen.

`true` and `false` alone are booleans, so `no`, `on` and `Yes` stay text. Numbers are decimal; one with a leading zero
(`017`), in hexadecimal (`0x1F`) or octal (`0o17`) stays text, because codes and telephone numbers look like that.
`2020-09-14` is a day; `2020-09`, `2020/21-Q2` and `1:30` are text, read by whoever knows what they stand for.
"""

import math
import re
from datetime import date

Scalar = str | int | float | bool | date | None

_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NO_NUMBER = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
#: More digits than a float holds: a slip, or an attempt to keep the reader busy.
MOST_DIGITS = 40
#: First characters of words that need a look beyond the table of words.
_NUMBER_STARTS = frozenset("+-.0123456789")


class NotAFigure(ValueError):
    """An infinite, undefined or endless number."""


def resolved(word: str) -> Scalar:
    """Return what the unquoted *word* stands for.

    Raises:
        NotAFigure: `.inf`, `.nan`, or a number too large or too long to be a figure.
    """
    if word[:1] not in _NUMBER_STARTS:
        return _WORDS.get(word, word)
    if _INTEGER.fullmatch(word):
        if len(word) > MOST_DIGITS:
            raise NotAFigure(f"a number of {len(word)} digits is no figure")
        return int(word)
    if _DAY.fullmatch(word):
        try:
            return date.fromisoformat(word)
        except ValueError:
            return word  # no such day: whoever expects one says so
    if _NO_NUMBER.fullmatch(word):
        raise NotAFigure(f"`{word}` is no figure")
    if _DECIMAL.fullmatch(word):
        return _finite(word)
    return word


def _finite(word: str) -> float:
    number = float(word)
    if not math.isfinite(number):
        raise NotAFigure(f"`{word[:MOST_DIGITS]}` is too large for a figure")
    return number
