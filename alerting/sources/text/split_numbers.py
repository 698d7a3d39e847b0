"""Numbers that a thousands comma without quotation marks has split over two cells: the row cannot be trusted.

`m,force,2020-06,1,090,` is 1 with a note "090" to a program and 1,090 to who wrote it.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from alerting.domain.source_columns import MISSING, NUMBERS, SUPPRESSED, WORDS, Layout

if TYPE_CHECKING:
    import polars as pl

_HEAD = r"^\s*[-+(]?\s*[£$€]?\s*\d{1,3}\s*$"
_GROUP = r"^\d{3}(\.\d+)?\s*[%)]?\s*$"
_GROUP_OF_ZERO = r"^0\d{2}(\.\d+)?\s*[%)]?\s*$"
_head, _group = re.compile(_HEAD), re.compile(_GROUP)
_NUMBER_OR_NOTHING = re.compile(r"\s*([-+(]?[£$€]?\.?\d.*|[^a-zA-Z]*)$")
_NUMBER_BEGINS = re.compile(r"\s*[-+(]?[£$€]?\.?\d")
#: In a file as it stands: a group of three digits that begins with 0, which is no number of its own.
GROUP_ALONE = re.compile(rb",0\d\d(?:\.\d+)?(?:[,\r\n]|\Z)")
FIX = "write the number without the comma, or in quotation marks"


def split_rows(frame: "pl.DataFrame", layout: Layout, missing: Collection[str]) -> dict[int, str]:
    """Return the rows with as many cells as the header in which a number looks split -> its cells.

    Args:
        frame: a column a heading, in the file's order; numbers or texts.
        missing: what else the source writes where it withholds a figure.
    """
    found: dict[int, str] = {}
    for left, right in _neighbours(layout):
        for row in _split(frame, left, right, layout, missing):
            found.setdefault(row, f"{_text(frame, left, row)},{_text(frame, right, row)}")
    return found


def numbers_meet(layout: Layout) -> bool:
    """Return whether a column of numbers stands right behind another; words behind a number are looked at as texts."""
    words = layout.words
    return any(right not in words for _, right in _neighbours(layout))


def _neighbours(layout: Layout) -> Iterator[tuple[int, int]]:
    words = layout.words
    begin = min((place for place in layout.places.values() if place not in words), default=0)
    unread = {place for place, heading in enumerate(layout.headings) if not heading}
    for left in range(begin, len(layout.headings) - 1):
        if left not in words and left not in unread:
            yield left, left + 1


def _split(frame: "pl.DataFrame", left: int, right: int, layout: Layout, missing: Collection[str]) -> Sequence[int]:
    """Return the rows in which the left cell is a number's head and the right one a group of three digits without a place."""
    import polars as pl

    after = frame.to_series(right)
    if after.dtype.is_numeric():
        return _lone_numerators(frame, left, right, layout)
    name = next((ours for ours, place in layout.places.items() if place == right), layout.headings[right])
    texts = after.unique().cast(pl.String)
    is_figures = name in NUMBERS or (name not in WORDS and name and _mostly_numbers(texts, missing))
    group = _GROUP_OF_ZERO if is_figures else _GROUP
    groups = texts.filter(texts.str.contains(group))
    rows: Sequence[int] = []
    if len(groups):
        before = frame.to_series(left)
        heads = (
            _whole_below_thousand(before) if before.dtype.is_numeric() else before.cast(pl.String).str.contains(_HEAD)
        )
        rows = (heads & after.cast(pl.String).is_in(groups.implode())).fill_null(value=False).arg_true().to_list()
    return rows


def _mostly_numbers(texts: "pl.Series", missing: Collection[str]) -> bool:
    """Return whether a further column of texts is one of numbers with some other cells in it; marks are cells like empty ones."""
    plain = texts.drop_nulls().str.strip_chars()
    filled = plain.filter(~plain.is_in(list(missing)) & ~plain.str.to_lowercase().is_in([*MISSING, *SUPPRESSED]))
    return 2 * int(filled.str.contains(r"\d").sum()) > len(filled)


def _whole_below_thousand(column: "pl.Series") -> "pl.Series":
    return (column.abs() < 1000) & (column == column.floor())


def _lone_numerators(frame: "pl.DataFrame", left: int, right: int, layout: Layout) -> Sequence[int]:
    """Return the rows with value and numerator, but no denominator: what is a numerator without one?"""
    places = layout.places
    if (places.get("value"), places.get("numerator")) != (left, right) or "denominator" not in places:
        return ()
    value, numerator = frame.to_series(left), frame.to_series(right)
    denominator = frame.to_series(places["denominator"])
    if not value.dtype.is_numeric() or value.null_count() == len(value) or numerator.null_count() == len(numerator):
        return ()
    alone = value.is_not_null() & numerator.is_not_null() & denominator.is_null()
    split = alone & _whole_below_thousand(value) & (numerator >= 0) & (numerator < 1000)
    rows: list[int] = split.fill_null(value=False).arg_true().to_list()
    return rows


def _text(frame: "pl.DataFrame", place: int, row: int) -> str:
    cell = frame.to_series(place)[row]
    if isinstance(cell, float):
        return f"{cell:.0f}" if cell == int(cell) else f"{cell:.15g}"
    return "" if cell is None else str(cell)


def too_long(cells: Sequence[str], width: int, layout: Layout) -> str | None:
    """Return what makes a row with more cells than the header worthless; None where it is but words too many."""
    words = layout.words
    numbers = [place for place in range(width) if place not in words and layout.headings[place]]
    first = min(numbers, default=0)
    for n in range(first, len(cells) - 1):
        if n not in words and _head.match(cells[n]) and _group.match(cells[n + 1]):
            joined = (*cells[:n], cells[n] + cells[n + 1], *cells[n + 2 :])
            if all(_NUMBER_OR_NOTHING.match(joined[place]) for place in numbers if n < place < len(joined)):
                return f"{cells[n]},{cells[n + 1]}"
    if any(_NUMBER_BEGINS.match(cell) for cell in cells[width:]):
        return ",".join(cells[first:])
    return None
