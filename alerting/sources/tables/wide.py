"""Wide tables made tidy: each figure becomes a row of its own, which knows the cell that it stands in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from alerting.domain.rule import Source
from alerting.domain.source_columns import Layout, RefusedRow, is_period
from alerting.domain.wide_columns import Wide
from alerting.domain.written_periods import misspelt_period
from alerting.ports import SourceTable

if TYPE_CHECKING:
    import polars as pl

#: Whole numbers below it have digits of their own.
_EXACT = 1e15
#: Headings that are named in a remark; the rest is counted.
_MOST_NAMED = 8


def headings_of(layout: Layout, source: Source) -> tuple[str, ...]:
    """Return the names of the columns as ours, in the order in which a table of this layout gives them."""
    if not source.wide:
        return tuple(layout.places)
    kept = [name for name in layout.places if name not in layout.spread]
    return (*kept, *(wide.column for wide in source.wide), "value")


def melted(table: SourceTable, source: Source) -> SourceTable:
    """Return a wide table with a row a figure: all of the first column that stands side by side, then all of the next.

    Columns that hold nothing at all say nothing and are left out: the months to come of a table that is laid out for the year.
    Where periods stand down the side, so are rows of none: a total, remarks at the foot.
    """
    wide, layout = source.wide, table.layout
    if not wide or layout is None or not layout.spread:
        return table
    height = len(next(iter(table.columns.values()), ()))
    filled = [name for name in layout.spread if table.columns[name].null_count() < height]
    words = [name for name in filled if Wide.PERIODS not in wide and _is_words(table.columns[name], name, source)]
    spread = [name for name in filled if name not in words]
    kept = [name for name in layout.places if name not in layout.spread]
    rows, others = _rows_of_periods(table, spread)
    cells = {
        name: table.columns[name] if rows is None else table.columns[name].gather(rows) for name in (*kept, *spread)
    }
    where = _Where(
        table, height if rows is None else len(rows), rows, tuple(spread), frozenset(one.column for one in wide)
    )
    labels = _labels(layout, spread, wide)
    as_read = {name: layout.places[name] for name in (*kept, *spread)}
    return replace(
        table,
        layout=replace(layout, places=as_read, spread={name: layout.spread[name] for name in spread}),
        columns=_columns(cells, kept, spread, labels),
        line_of=where.line_of,
        place_of=None if table.place_of is None else where.place_of,
        row_of=where.row_of,
        column_of=where.column_of,
        refused=_refused(table.refused, len(spread), rows, height),
        remarks=(*table.remarks, *_said(layout, words, spread, wide), *_said_of_rows(table, others)),
        cautions=(*table.cautions, *misspelt(layout)),
    )


def _rows_of_periods(table: SourceTable, spread: Sequence[str]) -> tuple[Sequence[int] | None, Sequence[int]]:
    """Return the rows that are of a period, None where all are; and those with figures that are of none.

    A cell without a digit is no period. One that is empty beside figures is a mistake of that row, and stays.
    """
    import polars as pl

    periods = table.columns.get("period")
    if periods is None or not spread:
        return None, ()
    texts = periods.cast(pl.String).fill_null("").str.strip_chars()
    cells = pl.DataFrame([table.columns[name] for name in spread])
    figures = cells.select(pl.any_horizontal(pl.all().is_not_null())).to_series()
    bare = [text for text in texts.filter(~figures).unique().to_list() if not is_period(text)]
    left_out = (~texts.str.contains(r"\d") & (texts != "")) | (~figures & texts.is_in(bare))
    if not left_out.any():
        return None, ()
    return (~left_out).arg_true().to_list(), (left_out & figures).arg_true().to_list()


def _said_of_rows(table: SourceTable, rows: Sequence[int]) -> list[str]:
    if not rows:
        return []
    named = f'row {table.row_of(rows[0] + table.rows_above)}, "{table.columns["period"][rows[0]]}"'
    more = f" and {len(rows) - 1:,} more" if len(rows) > 1 else ""
    return [f"left out {'are' if more else 'is'} {named}{more}, being no period"]


def _labels(layout: Layout, spread: Sequence[str], wide: Sequence[Wide]) -> dict[str, list[str]]:
    """Return, by our column, what the header says of each column that stands side by side."""
    texts = [layout.of_two.get(name, (name,)) for name in spread]
    return {one.column: [text[n] for text in texts] for n, one in enumerate(wide)}


def _columns(
    cells: Mapping[str, "pl.Series"], kept: Sequence[str], spread: Sequence[str], labels: Mapping[str, Sequence[str]]
) -> Mapping[str, "pl.Series"]:
    import polars as pl

    values = [cells[name] for name in spread]
    if len({one.dtype for one in values}) > 1:
        values = [_as_text(one) for one in values]
    frame = {name: pl.concat([cells[name]] * len(spread)) if spread else cells[name].clear() for name in kept}
    empty = pl.Series("value", [], dtype=pl.Float64)
    heights = [len(one) for one in values]
    named = {column: _repeated(column, texts, heights) for column, texts in labels.items()}
    return {**frame, **named, "value": pl.concat(values) if values else empty}


def _repeated(column: str, texts: Sequence[str], heights: Sequence[int]) -> "pl.Series":
    """Return each text as often as its column has rows, as categories."""
    import polars as pl

    names = pl.Series(column, texts, dtype=pl.String).cast(pl.Categorical)
    named = [names.gather(pl.repeat(n, height, dtype=pl.UInt32, eager=True)) for n, height in enumerate(heights)]
    return pl.concat(named) if named else names


def _as_text(cells: "pl.Series") -> "pl.Series":
    """Return numbers as they are written: whole ones without a point."""
    import polars as pl

    whole = cells.dtype.is_float() and bool(((cells % 1) == 0).all()) and bool((cells.abs() < _EXACT).all())
    return (cells.cast(pl.Int64) if whole else cells).cast(pl.String)


def _is_words(cells: "pl.Series", name: str, source: Source) -> bool:
    """Whether a column beside measures or areas holds words alone: a code, a region, a remark."""
    import polars as pl

    if cells.dtype.is_numeric() or name in source.names:
        return False
    texts = cells.cast(pl.String).drop_nulls()
    return not bool(texts.str.contains(r"^[^a-zA-Z]*\d").any()) and bool(texts.str.contains(r"[a-zA-Z]{3}").any())


def _refused(
    refused: Mapping[int, RefusedRow], n_columns: int, rows: Sequence[int] | None, height: int
) -> Mapping[int, RefusedRow]:
    """Return the refused rows as rows of the melted table."""
    places = {row: n for n, row in enumerate(range(height) if rows is None else rows)} if refused else {}
    return {
        n * len(places) + places[row]: why for row, why in refused.items() if row in places for n in range(n_columns)
    }


def _said(layout: Layout, words: Sequence[str], spread: Sequence[str], wide: Sequence[Wide]) -> list[str]:
    """Say what is read, and what stands beside it and is left out."""
    things, thing = " over ".join(one.value for one in wide), " over a ".join(one.column for one in wide)
    if spread:
        between = f'"{spread[0]}"' if len(spread) == 1 else f'"{spread[0]}" to "{spread[-1]}"'
        one, column = len(spread) == 1, "column" if len(spread) == 1 else "columns"
        said = [f"{len(spread):,} {column}, {between}, {'is' if one else 'are'} read as {things}"]
    else:
        said = [f"no column of {things} holds anything"]
    if layout.left_out:
        said.append(f"{_named(layout.left_out)}, being no {thing}")
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
    #: Rows of the table that are melted, and which those are, where not all of them.
    height: int
    rows: Sequence[int] | None
    spread: tuple[str, ...]
    #: What the header gives: our columns.
    in_header: frozenset[str]

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
        heading = self.spread[row // self.height] if name == "value" or name in self.in_header else name
        if self.table.column_of is not None:
            return self.table.column_of(self._row(row), heading)
        place = layout.places[heading]
        return place + 1, layout.headings[place]

    def _record(self, record: int) -> int:
        above = self.table.rows_above
        return self._row(record - above) + above

    def _row(self, row: int) -> int:
        within = row % max(self.height, 1)
        return within if self.rows is None else self.rows[within]
