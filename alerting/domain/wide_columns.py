"""Wide tables: periods, measures or areas stand side by side in the header, and which columns those are."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
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


@dataclass(frozen=True, slots=True)
class _Heading:
    """One column's heading: as it is named, what its own row says, and what stands over it, of two."""

    name: str
    own: str
    over: str = ""


def wide_layout_of(
    found: Sequence[str],
    above: Sequence[str],
    mapped: Mapping[str, str],
    fixed: Collection[str],
    parts: Mapping[str, Sequence[str]],
    wide: Sequence[Wide],
) -> Layout:
    """Tell which columns of a wide table are ours, and which stand side by side.

    Args:
        found: the header's cells.
        above: those of the row above it. Of one thing in the header, a year there stands over the months below and to its
            right; of two, the first of them does so.
        mapped: our name -> the file's, as the source's `columns` say.
        fixed: our names that the source gives for all rows.
        wide: what stands in the header; of two, the first stands over the second.
    """
    headings = _headings(found, above, wide)
    layout = layout_of([one.name for one in headings], mapped, fixed, parts, needs=())
    by_place = {place: name for name, place in layout.places.items()}
    ours = {name: place for name, place in layout.places.items() if _is_ours(name, wide, mapped)}
    counts = Counter(one.name for one in headings if one.name)
    spread, left_out = {}, []
    for place, one in enumerate(headings):
        if not one.name or by_place.get(place) in ours:
            continue
        if _is_spread(one, wide):
            spread[one.name] = place
        else:
            left_out.append(one.name)
    twice = [heading for heading in spread if counts[heading] > 1]
    trouble = _trouble(layout.headings, ours, spread, {*fixed, *parts}, wide)
    if trouble is None and twice:
        trouble = f'"{twice[0]}" stands twice in the header; rename one, or read a part of the table by its range'
    if trouble is None and layout.trouble is not None:
        trouble = layout.trouble
    two = {one.name: (one.over, one.own) for one in headings if one.name in spread} if len(wide) > 1 else {}
    return replace(
        layout,
        places={**ours, **spread},
        spread=spread,
        left_out=tuple(dict.fromkeys(left_out)),
        trouble=trouble,
        of_two=two,
        twice=tuple(name for name in layout.twice if name not in left_out),
    )


def _headings(found: Sequence[str], above: Sequence[str], wide: Sequence[Wide]) -> list[_Heading]:
    """Return the heading of each column; over two rows, what stands over a column stands there or further to the left."""
    if len(wide) == 1:
        texts = joined_headings(found, above) if wide[0] is Wide.PERIODS else [one_line(cell) for cell in found]
        return [_Heading(text, text) for text in texts]
    over, headings = "", []
    for place, cell in enumerate(found):
        own, higher = one_line(cell), one_line(above[place]) if place < len(above) else ""
        over = higher or over
        if not own or own == higher:  # a heading of both rows, merged or not
            headings.append(_Heading(own or higher, own or higher))
            over = "" if higher else over
        else:
            headings.append(_Heading(f"{over} {own}" if over else own, own, over))
    return headings


def _is_spread(one: _Heading, wide: Sequence[Wide]) -> bool:
    """Whether a column that is none of ours is one of those side by side."""
    texts = (one.own,) if len(wide) == 1 else (one.over, one.own)
    return all(text and (kind is not Wide.PERIODS or is_period(text)) for kind, text in zip(wide, texts, strict=True))


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


def _is_ours(name: str, wide: Sequence[Wide], mapped: Mapping[str, str]) -> bool:
    """Whether a column goes along with every figure of its row: words; beside periods also a target, plan or limits of them all."""
    if name == "value" or name in {one.column for one in wide}:
        return False
    return holds_words(name) or name in mapped or (tuple(wide) == (Wide.PERIODS,) and name in _OF_ALL_PERIODS)


def _trouble(
    headings: Sequence[str],
    ours: Collection[str],
    spread: Collection[str],
    fixed: Collection[str],
    wide: Sequence[Wide],
) -> str | None:
    in_header = {one.column for one in wide}
    missing = [name for name in REQUIRED if name not in in_header and name not in ours and name not in fixed]
    if missing:
        return no_column(missing[0], headings, missing[0])
    if spread:
        return None
    named = [heading for heading in headings if heading]
    has = f"it has {', '.join(named[:30]) or 'no names'}"
    if len(wide) == 1:
        return f"no {wide[0].value} in the header, which is said to hold them; {has}"
    return (
        f"no {wide[0].value} over {wide[1].value} in two rows of a header, which is said to hold them; {has}. What stands"
        " above is named first in `wide`; with `header:` name the lower row"
    )
