"""Which of a source's columns are ours: the same for every kind of source."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from alerting.domain.rule import Source
from alerting.domain.source_columns import Layout, layout_of
from alerting.domain.wide_columns import wide_layout_of
from alerting.sources.sheets.sheet_marks import column_letters, column_number

#: How the rules name a column that has no heading: by the letter that it has on a sheet.
_BY_LETTER = re.compile(r"column ([A-Z]{1,3})", re.IGNORECASE)
_FIRST_COLUMN = re.compile(r"\$?([A-Z]{1,3})", re.IGNORECASE)
#: A figure is no heading; a year may be one.
_FIGURE = re.compile(r"(?!(?:19|20)\d\d$)[-+(]?[£$€]?[\d.,]+\s?[%)]?")


class TellsColumns(Protocol):
    """Tells which columns a header has."""

    def __call__(self, cells: Sequence[str], above: Sequence[str] = ()) -> Layout:
        """Return the layout of a header.

        Args:
            above: the cells of the row above it: of some wide tables the years stand there.
        """


def layout_for(source: Source) -> TellsColumns:
    """Return what tells a source's columns from their headings, by what its `columns`, `fixed`, `parts` and `wide` say."""
    left = _first_column(source)
    lettered = _lettered(source, left)

    def tell(cells: Sequence[str], above: Sequence[str] = ()) -> Layout:
        named = _named(cells, lettered)
        if source.wide:
            found = wide_layout_of(named, above, source.columns, source.fixed, source.parts, source.wide)
        else:
            found = layout_of(named, source.columns, source.fixed, source.parts)
        return found if found.trouble is None else _with_letter(found, left)

    return tell


def _first_column(source: Source) -> int:
    """Return the place, on its sheet, of the first column that is read."""
    match = _FIRST_COLUMN.match(str(source.settings.get("range") or "A"))
    return column_number(match[1]) if match else 0


def _lettered(source: Source, left: int) -> Mapping[int, str]:
    """Return the places of columns that the rules name by their letters -> the name as it stands in the rules."""
    names = (*source.columns.values(), *(name for parts in source.parts.values() for name in parts))
    found = [(name, match) for name in names if (match := _BY_LETTER.fullmatch(" ".join(name.split())))]
    return {column_number(match[1]) - left: name for name, match in found}


def _named(cells: Sequence[str], lettered: Mapping[int, str]) -> Sequence[str]:
    """Return the headings; an empty one is what the rules call it."""
    if not lettered:
        return cells
    return [lettered.get(place, cell) if not cell.strip() else cell for place, cell in enumerate(cells)]


def _with_letter(layout: Layout, left: int) -> Layout:
    """Say how a column without a heading, left of others, can be named."""
    last = max((place for place, heading in enumerate(layout.headings) if heading), default=0)
    empty = next((place for place, heading in enumerate(layout.headings[:last]) if not heading), None)
    if empty is None:
        return layout
    letter = f'"column {column_letters(left + empty)}"'
    return replace(layout, trouble=f"{layout.trouble}; a column without a heading is called by its letter: {letter}")


def header_among(rows: Sequence[Sequence[str]], tell: TellsColumns) -> tuple[int, Layout] | None:
    """Return the place of the first row that has every column that is needed, and its layout; None where none has.

    Where more of a wide table's header stands in the row below (months under their years), that is the header.
    """
    for place, cells in enumerate(rows):
        found = tell(cells, rows[place - 1] if place else ())
        if found.trouble is not None:
            continue
        if found.spread and not found.of_two and place + 1 < len(rows):
            below = tell(rows[place + 1], cells)
            if below.trouble is None and len(below.spread) > len(found.spread):
                return place + 1, below
        return place, found
    return None


def likeness(layout: Layout) -> tuple[int, int, int]:
    """Order rows by how like a header they are: our names in them, then cells that are no figures, then cells."""
    named = [heading for heading in layout.headings if heading]
    return len(layout.needed), sum(_FIGURE.fullmatch(heading) is None for heading in named), len(named)
