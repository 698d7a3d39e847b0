"""How much fits where: widths of words and lines of a sheet of paper, a little larger than they are."""

from collections.abc import Sequence

from alerting.wording.plain import number, shortened

#: Small letters on paper are eight points high.
_EM_MM = 8 * 25.4 / 72
#: Widths in parts of the letters' height, a little more than in Arial; others are as wide as high.
_NARROW, _SMALL, _FIGURE, _LARGE, _WIDE = 0.3, 0.55, 0.565, 0.73, 1.0
_IS_NARROW = frozenset(" ijlIft.,;:|!'()[]-/·")
_IS_WIDE = frozenset("mwMW@%+−–—")
_LATIN_ENDS = 0x250


def width_mm(text: str) -> float:
    """Return how wide a text is in eight points, at most, in millimetres."""
    return width_em(text) * _EM_MM


def width_em(text: str) -> float:
    """Return how wide a text is, at most, in heights of its letters."""
    return sum(_width(character) for character in text)


def _width(character: str) -> float:
    if character in _IS_NARROW:
        return _NARROW
    if character in _IS_WIDE or ord(character) >= _LATIN_ENDS:
        return _WIDE
    if character.isdigit():
        return _FIGURE
    return _LARGE if character.isupper() else _SMALL


def lines_of(text: str, room_mm: float) -> int:
    """Return how many lines a text takes at most; a word that fits into none is broken."""
    lines, used, space = 1, 0.0, width_mm(" ")
    for word in text.split():
        size = width_mm(word)
        if used and used + space + size > room_mm:
            lines, used = lines + 1, 0.0
        used += size + (space if used else 0.0)
        while used > room_mm:
            lines, used = lines + 1, used - room_mm
    return lines


def first_that_fit(lead: str, items: Sequence[str], room_mm: float, lines: int) -> str:
    """Write as many items behind a lead as go into so many lines, and how many more there are."""
    left = len(items)
    for count in range(left, 0, -1):
        more = f"; and {number(left - count)} more" if count < left else ""
        written = "; ".join(items[:count]) + more
        if lines_of(f"{lead} {written}", room_mm) <= lines:
            return written
    return _beginning(lead, items, room_mm, lines) if items else ""


def _beginning(lead: str, items: Sequence[str], room_mm: float, lines: int) -> str:
    """Write the beginning of the first item, where not even that fits."""
    more = f"; and {number(len(items) - 1)} more" if len(items) > 1 else ""
    length = len(items[0])
    while length > 1 and lines_of(f"{lead} {shortened(items[0], length)}{more}", room_mm) > lines:
        length -= max(length // 20, 1)
    return f"{shortened(items[0], length)}{more}"
