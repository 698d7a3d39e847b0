"""Which of a source's columns are ours: the same for every kind of source."""

from collections.abc import Sequence
from typing import Protocol

from alerting.domain.rule import Source
from alerting.domain.source_columns import Layout, layout_of
from alerting.domain.wide_columns import wide_layout_of


class TellsColumns(Protocol):
    """Tells which columns a header has."""

    def __call__(self, cells: Sequence[str], above: Sequence[str] = ()) -> Layout:
        """Return the layout of a header.

        Args:
            above: the cells of the row above it: of some wide tables the years stand there.
        """


def layout_for(source: Source) -> TellsColumns:
    """Return what tells a source's columns from their headings, by what its `columns`, `fixed`, `parts` and `wide` say."""

    def tell(cells: Sequence[str], above: Sequence[str] = ()) -> Layout:
        if source.wide is not None:
            return wide_layout_of(cells, above, source.columns, source.fixed, source.parts, source.wide)
        return layout_of(cells, source.columns, source.fixed, source.parts)

    return tell


def header_among(rows: Sequence[Sequence[str]], tell: TellsColumns) -> tuple[int, Layout] | None:
    """Return the place of the first row that has every column that is needed, and its layout; None where none has.

    Where more of a wide table's header stands in the row below (months under their years), that is the header.
    """
    for place, cells in enumerate(rows):
        found = tell(cells, rows[place - 1] if place else ())
        if found.trouble is not None:
            continue
        if found.spread and place + 1 < len(rows):
            below = tell(rows[place + 1], cells)
            if below.trouble is None and len(below.spread) > len(found.spread):
                return place + 1, below
        return place, found
    return None


def likeness(layout: Layout) -> tuple[int, int]:
    """Order rows by how like a header they are: our names in them, then cells."""
    return len(layout.needed), sum(map(bool, layout.headings))
