"""Wide tables: periods, measures or areas stand side by side in the header, and which columns those are."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from enum import Enum

from alerting.domain.source_columns import (
    REQUIRED,
    Layout,
    holds_words,
    is_period,
    layout_of,
    no_column,
    one_line,
)
from alerting.domain.written_periods import year_over_months

#: Numbers that may well be the same for all periods of a row; parts and changes belong to one figure.
_OF_ALL_PERIODS = ("target", "plan", "lower_limit", "upper_limit", "centre")


class Wide(Enum):
    """What stands in the header."""

    PERIODS = "periods"
    MEASURES = "measures"
    AREAS = "areas"

    @property
    def column(self) -> str:
        """Our column that the headings are the cells of."""
        return {Wide.PERIODS: "period", Wide.MEASURES: "measure", Wide.AREAS: "area"}[self]


def wide_layout_of(
    found: Sequence[str],
    above: Sequence[str],
    mapped: Mapping[str, str],
    fixed: Collection[str],
    parts: Mapping[str, Sequence[str]],
    wide: Wide,
) -> Layout:
    """Tell which columns of a wide table are ours, and which stand side by side.

    Args:
        found: the header's cells.
        above: those of the row above: a year there stands over the months below and to its right.
        mapped: our name -> the file's, as the source's `columns` say.
        fixed: our names that the source gives for all rows.
        parts: our names that several of the file's columns make.
    """
    headings = joined_headings(found, above) if wide is Wide.PERIODS else tuple(one_line(cell) for cell in found)
    layout = layout_of(headings, mapped, fixed, parts, needs=())
    by_place = {place: name for name, place in layout.places.items()}
    ours = {name: place for name, place in layout.places.items() if _is_ours(name, wide, mapped)}
    counts = Counter(heading for heading in headings if heading)
    spread, left_out = {}, []
    for place, heading in enumerate(headings):
        if not heading or by_place.get(place) in ours:
            continue
        if wide is not Wide.PERIODS or is_period(heading):
            spread[heading] = place
        else:
            left_out.append(heading)
    twice = [heading for heading in spread if counts[heading] > 1]
    trouble = _trouble(headings, ours, spread, {*fixed, *parts}, wide)
    if trouble is None and twice:
        trouble = f'"{twice[0]}" stands twice in the header; rename one, or read a part of the table by its range'
    if trouble is None and layout.trouble is not None:
        trouble = layout.trouble
    return replace(
        layout, places={**ours, **spread}, spread=spread, left_out=tuple(dict.fromkeys(left_out)), trouble=trouble,
        twice=tuple(name for name in layout.twice if name not in left_out),
    )  # fmt: skip


def joined_headings(found: Sequence[str], above: Sequence[str]) -> tuple[str, ...]:
    """Return the headings in full: over months stands their year, or further to the left; over nothing a heading of both rows."""
    year, headings = "", []
    for place, cell in enumerate(found):
        heading, over = one_line(cell), one_line(above[place]) if place < len(above) else ""
        if over:
            year = year_over_months(over)
            heading = heading or ("" if year else over)
        if heading and year and not is_period(heading):
            both = (f"{heading} {year}", f"{year} {heading}")
            heading = next((text for text in both if is_period(text)), heading)
        headings.append(heading)
    return tuple(headings)


def _is_ours(name: str, wide: Wide, mapped: Mapping[str, str]) -> bool:
    """Whether a column goes along with every figure of its row: words; beside periods also a target, plan or limits of them all."""
    if name in {wide.column, "value"}:
        return False
    return holds_words(name) or name in mapped or (wide is Wide.PERIODS and name in _OF_ALL_PERIODS)


def _trouble(
    headings: Sequence[str], ours: Collection[str], spread: Collection[str], fixed: Collection[str], wide: Wide
) -> str | None:
    missing = [name for name in REQUIRED if name != wide.column and name not in ours and name not in fixed]
    if missing:
        return no_column(missing[0], headings, missing[0])
    if spread:
        return None
    named = [heading for heading in headings if heading]
    return f"no {wide.value} in the header, which is said to hold them; it has {', '.join(named[:30]) or 'no names'}"
