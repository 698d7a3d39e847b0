"""The first line of a reply as an order: ok, not mine or false alarm, with the items it is about, and nothing else."""

import re
import unicodedata
from dataclasses import dataclass

from alerting.replies import phrases
from alerting.replies.incoming import Act

#: A longer line says more than ok.
_LONGEST = 200
#: Signs of assent beside an ok, besides punctuation.
_ASSENT = frozenset("👍👌✅✔☑🙏🙂😊😀😃☺👏\ufe0f\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff")
_QUESTION = frozenset("?？؟¿;⁇⁈")
_DOTTED_OK = re.compile(r"\bo\.\s?k\b\.?")
#: "2.5" and "2/5" may be items or one figure: no order.
_FIGURE = re.compile(r"\d[./:]\d|\d\s*%")
_PIECE = re.compile(r"\d+\s*[-–—]\s*\d+|\d+|[^\W\d_]+(?:['’][^\W\d_]+)*|\S")
_NUMBER = r"\d+(?:-\d+)?"
_NUMBERS = rf"{_NUMBER}(?: (?:(?:and|und|et|ac?) )?{_NUMBER})*"
_ACKNOWLEDGE = frozenset(("ok", "okay", "acknowledge", "acknowledged", "noted"))
_WORD = rf"(?P<word>not mine|false alarms?|{'|'.join(sorted(_ACKNOWLEDGE))})"
#: What asks for more than to take it on.
_ACTS = {"not mine": Act.NOT_MINE, "false alarm": Act.FALSE_ALARM, "false alarms": Act.FALSE_ALARM}
_THANKS = rf"(?:{phrases.THANKS.pattern})"
_ORDER = re.compile(
    rf"(?:{_THANKS} )?(?P<before>{_NUMBERS} )?{_WORD}(?P<after> {_NUMBERS})?(?: {_THANKS})?"
)  # all of it has been put into small letters


@dataclass(frozen=True, slots=True)
class Order:
    """What a first line asks for.

    Args:
        act: ACKNOWLEDGE, NOT_MINE or FALSE_ALARM.
        items: as (first, last) for each number or range named; empty for all.
    """

    act: Act
    items: tuple[tuple[int, int], ...]

    def numbers(self, most: int) -> tuple[int, ...] | None:
        """Return the items, each once and in order; None where one of them is none of 1 to *most*."""
        if not all(1 <= first <= last <= most for first, last in self.items):
            return None
        return tuple(sorted({number for first, last in self.items for number in range(first, last + 1)}))


def order_of(line: str) -> Order | None:
    """Return the order that a line is; None where it is anything else, a question too."""
    marked = phrases.MARKING_BEFORE.fullmatch(line.strip()[:_LONGEST])
    text = unicodedata.normalize("NFKC", marked.group("rest") if marked else line.strip()).casefold()
    if len(text) > _LONGEST or _QUESTION.intersection(text) or _FIGURE.search(text):
        return None
    pieces = _PIECE.findall(_DOTTED_OK.sub("ok ", text))
    if not all(_counts(piece) or _means_nothing(piece) for piece in pieces):
        return None
    plain = " ".join(re.sub(r"\s*[-–—]\s*", "-", piece) for piece in pieces if _counts(piece))
    found = _ORDER.fullmatch(plain)
    if not found or (found["before"] and found["after"]):
        return None
    return Order(_ACTS.get(found["word"], Act.ACKNOWLEDGE), _items(found["before"] or found["after"] or ""))


def _items(numbers: str) -> tuple[tuple[int, int], ...]:
    found = []
    for number in re.findall(_NUMBER, numbers):
        first, _, last = number.partition("-")
        found.append((int(first[:9]), int((last or first)[:9])))
    return tuple(found)


def _counts(piece: str) -> bool:
    return piece[0].isalnum()


def _means_nothing(piece: str) -> bool:
    return piece in _ASSENT or unicodedata.category(piece)[0] == "P"
