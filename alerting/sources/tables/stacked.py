"""Tables of several files as one: the rows of each below those of the one before, each known by its own file and row."""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from alerting.domain.coverage import EVERYTHING, Coverage
from alerting.domain.source_columns import Layout, RefusedRow
from alerting.ports import SourceTable

if TYPE_CHECKING:
    import polars as pl


def stacked(tables: Sequence[SourceTable], shown: str) -> SourceTable:
    """Return several tables as one, later ones replacing figures of those before.

    Args:
        tables: in order; at least one. Columns that one has not are empty there.
        shown: what all of them are called in messages.
    """
    heights = [_height(table) for table in tables]
    begins = [sum(heights[:n]) for n in range(len(heights))]
    names = list(dict.fromkeys(name for table in tables for name in table.columns))
    return SourceTable(
        source=tables[0].source,
        file=shown,
        columns={name: _column(name, tables, heights) for name in names},
        place_of=_places(tables, begins),
        column_of=_columns_at(tables, begins),
        files=[(table.file, height) for table, height in zip(tables, heights, strict=True)],
        paths=[path for table in tables for path in table.paths],
        later_files_win=True,
        layout=_layout(names, tables),
        remarks=[f"{table.file}: {remark}" for table in tables for remark in table.remarks],
        cautions=[f"{table.file}: {caution}" for table in tables for caution in table.cautions],
        covers=_covered(tables),
        refused=_refused(tables, begins),
        content=_contents(tables),
    )


def _places(tables: Sequence[SourceTable], begins: Sequence[int]) -> Callable[[int], tuple[str, int]]:
    """Return what names the file of a row, and the row's place in it."""

    def place_of(row: int) -> tuple[str, int]:
        n = bisect_right(begins, row) - 1
        record = row - begins[n] + tables[n].rows_above
        return tables[n].file, tables[n].row_of(record) - 2  # whoever asks counts from below a header

    return place_of


def _columns_at(tables: Sequence[SourceTable], begins: Sequence[int]) -> Callable[[int, str], tuple[int, str]] | None:
    """Return what names the column of a cell in its own file; None where all stand below the heading of their column."""
    if all(table.column_of is None for table in tables):
        return None

    def column_of(row: int, name: str) -> tuple[int, str]:
        n = bisect_right(begins, row) - 1
        table = tables[n]
        if table.column_of is not None and name in table.columns:
            return table.column_of(row - begins[n], name)
        place = table.layout.places.get(name, 0) if table.layout is not None else list(table.columns).index(name)
        return place + 1, name

    return column_of


def _height(table: SourceTable) -> int:
    return len(next(iter(table.columns.values()), ()))


def _column(name: str, tables: Sequence[SourceTable], heights: Sequence[int]) -> "pl.Series":
    """Return a column of all tables: numbers where all have numbers, categories where one has, else text."""
    import polars as pl

    own = [table.columns.get(name) for table in tables]
    kinds = {column.dtype for column in own if column is not None}
    kind = kinds.pop() if len(kinds) == 1 else pl.String()
    between = pl.String() if kind == pl.Categorical else kind
    parts = [
        pl.repeat(None, height, eager=True, dtype=between) if column is None else column.cast(between)
        for column, height in zip(own, heights, strict=True)
    ]
    return pl.concat(parts).cast(kind)


def _layout(names: Sequence[str], tables: Sequence[SourceTable]) -> Layout | None:
    """Return the headings of all tables, one behind the other; None where one goes by our names."""
    headings: dict[str, str] = {}
    hidden: dict[str, int] = {}
    alike: dict[str, None] = {}
    twice: dict[str, None] = {}
    for table in tables:
        if table.layout is None:
            return None
        own = table.layout
        for name, place in own.places.items():
            headings.setdefault(name, own.headings[place])
        alike |= dict.fromkeys(name for name, place in own.places.items() if place in own.alike)
        twice |= dict.fromkeys(own.twice)
        hidden |= dict.fromkeys(own.hidden, 0)
    places = {name: n for n, name in enumerate(names)}
    shown = (*(headings.get(name, name) for name in names), *hidden)  # of a wide table two stand below no heading
    return Layout(
        headings=shown,
        places=places,
        hidden={name: len(names) + n for n, name in enumerate(hidden)},
        alike=tuple(places[name] for name in alike),
        twice=tuple(twice),
    )


def _covered(tables: Sequence[SourceTable]) -> Coverage:
    """Return what all tables together are everything of: what each of them is."""
    several = {table.covers for table in tables}
    if several == {EVERYTHING}:
        return EVERYTHING
    measures = [covers.measures for covers in several if covers.measures is not None]
    areas = [covers.areas for covers in several if covers.areas is not None]
    since = [covers.since for covers in several if covers.since is not None]
    return Coverage(
        measures=frozenset.intersection(*measures) if measures else None,
        areas=frozenset.intersection(*areas) if areas else None,
        since=max(since, default=None),
    )


def _refused(tables: Sequence[SourceTable], begins: Sequence[int]) -> Mapping[int, RefusedRow]:
    return {begin + row: why for table, begin in zip(tables, begins, strict=True) for row, why in table.refused.items()}


def _contents(tables: Sequence[SourceTable]) -> Callable[[], str] | None:
    contents = [table.content for table in tables]
    return None if None in contents else lambda: "\n".join(content() for content in contents if content is not None)
