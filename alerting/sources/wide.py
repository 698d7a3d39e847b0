"""Wide tables made tidy: each figure becomes a row of its own, which knows the cell that it stands in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from alerting.domain.rule import Source
from alerting.domain.source_columns import Layout, RefusedRow
from alerting.domain.wide_columns import Wide
from alerting.domain.written_periods import misspelt_period
from alerting.ports import SourceTable

if TYPE_CHECKING:
    import polars as pl

#: Headings that are named in a remark; the rest is counted.
_MOST_NAMED = 8


def headings_of(layout: Layout, source: Source) -> tuple[str, ...]:
    """Return the names of the columns as ours, in the order in which a table of this layout gives them."""
    if source.wide is None:
        return tuple(layout.places)
    kept = [name for name in layout.places if name not in layout.spread]
    return (*kept, source.wide.column, "value")


def melted(table: SourceTable, source: Source) -> SourceTable:
    """Return a wide table with a row a figure: all of the first column that stands side by side, then all of the next.

    Columns that hold nothing at all say nothing and are left out: the months to come of a table that is laid out for the year.
    """
    wide, layout = source.wide, table.layout
    if wide is None or layout is None or not layout.spread:
        return table
    height = len(next(iter(table.columns.values()), ()))
    filled = [name for name in layout.spread if table.columns[name].null_count() < height]
    words = [name for name in filled if wide is not Wide.PERIODS and _is_words(table.columns[name], name, source)]
    spread = [name for name in filled if name not in words]
    kept = [name for name in layout.places if name not in layout.spread]
    where = _Where(table, height, tuple(spread), wide.column)
    as_read = {name: layout.places[name] for name in (*kept, *spread)}
    return replace(
        table,
        layout=replace(layout, places=as_read, spread={name: layout.spread[name] for name in spread}),
        columns=_columns(table, kept, spread, wide.column, height),
        line_of=where.line_of,
        place_of=None if table.place_of is None else where.place_of, row_of=where.row_of, column_of=where.column_of,
        refused=_refused(table.refused, len(spread), height),
        remarks=(*table.remarks, *_said(layout, words, spread, wide)),
        cautions=(*table.cautions, *misspelt(layout)),
    )  # fmt: skip


def _columns(
    table: SourceTable, kept: Sequence[str], spread: Sequence[str], column: str, height: int
) -> Mapping[str, "pl.Series"]:
    import polars as pl

    values = [table.columns[name] for name in spread]
    if len({one.dtype for one in values}) > 1:
        values = [one.cast(pl.String) for one in values]
    names = pl.Series(column, spread, dtype=pl.String).cast(pl.Categorical)
    codes = pl.repeat(0, height, dtype=pl.UInt32, eager=True)
    named = [names.gather(codes + n) for n in range(len(spread))]
    once = {name: table.columns[name] for name in kept}
    frame = {name: pl.concat([one] * len(spread)) if spread else one.clear() for name, one in once.items()}
    empty = pl.Series("value", [], dtype=pl.Float64)
    return {
        **frame,
        column: pl.concat(named) if named else names,
        "value": pl.concat(values) if values else empty,
    }


def _is_words(cells: "pl.Series", name: str, source: Source) -> bool:
    """Whether a column beside measures or areas holds words alone: a code, a region, a remark."""
    import polars as pl

    if cells.dtype.is_numeric() or name in source.names:
        return False
    texts = cells.cast(pl.String).drop_nulls()
    return not bool(texts.str.contains(r"^[^a-zA-Z]*\d").any()) and bool(texts.str.contains(r"[a-zA-Z]{3}").any())


def _refused(refused: Mapping[int, RefusedRow], n_columns: int, height: int) -> Mapping[int, RefusedRow]:
    return {n * height + row: why for row, why in refused.items() for n in range(n_columns)}


def _said(layout: Layout, words: Sequence[str], spread: Sequence[str], wide: Wide) -> list[str]:
    """Say what is read, and what stands beside it and is left out."""
    if spread:
        between = f'"{spread[0]}"' if len(spread) == 1 else f'"{spread[0]}" to "{spread[-1]}"'
        one, column = len(spread) == 1, "column" if len(spread) == 1 else "columns"
        said = [f"{len(spread):,} {column}, {between}, {'is' if one else 'are'} read as {wide.value}"]
    else:
        said = [f"no column of {wide.value} holds anything"]
    if layout.left_out:
        said.append(f"{_named(layout.left_out)}, being no {wide.column}")
    if words:
        said.append(f"{_named(words)}, holding words and no figures")
    return said


def _named(headings: Sequence[str]) -> str:
    named = ", ".join(f'"{heading}"' for heading in headings[:_MOST_NAMED])
    more = f" and {len(headings) - _MOST_NAMED:,} more" if len(headings) > _MOST_NAMED else ""
    return f"left out {'are' if len(headings) > 1 else 'is'} {named}{more}"


def misspelt(layout: Layout) -> list[str]:
    """Warn of headings that may have been meant as periods."""
    pairs = [(heading, misspelt_period(heading)) for heading in layout.left_out]
    return [
        f'"{heading}" in the header is no period and is left out; did you mean "{meant}"?'
        for heading, meant in pairs
        if meant
    ]


@dataclass(frozen=True, slots=True)
class _Where:
    """Where the figures of a melted table stand in the file; its rows are numbered column by column."""

    table: SourceTable
    height: int
    spread: tuple[str, ...]
    column: str

    def place_of(self, record: int) -> tuple[str, int]:
        assert self.table.place_of is not None
        return self.table.place_of(self._record(record))

    def line_of(self, record: int) -> int:
        return self.table.line_of(self._record(record))

    def row_of(self, record: int) -> int:
        return self.table.row_of(self._record(record))

    def column_of(self, row: int, name: str) -> tuple[int, str]:
        layout = self.table.layout
        assert layout is not None
        heading = self.spread[row // self.height] if name in {self.column, "value"} else name
        if self.table.column_of is not None:
            return self.table.column_of(row % self.height, heading)
        place = layout.places[heading]
        return place + 1, layout.headings[place]

    def _record(self, record: int) -> int:
        above = self.table.rows_above
        return (record - above) % self.height + above
