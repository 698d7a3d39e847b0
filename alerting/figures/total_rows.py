"""Rows that are of no period because they are the sum of all: at the foot of a report, or at its head."""

import re
from collections.abc import Iterator, Mapping

import numpy as np
import polars as pl

from alerting.domain.arrays import Flags, Index
from alerting.domain.place import Place
from alerting.domain.problem import Problem, ProblemSeverity
from alerting.domain.rule import Source
from alerting.domain.source_columns import MISSING, NUMBERS, SUPPRESSED, WORDS, whose_part
from alerting.figures.given_columns import as_it_stands
from alerting.figures.header import column_at
from alerting.ports import SourceTable

_TOTAL = r"^(?:(?:grand|overall|sub|\d{4}(?:[/-]\d{2,4})?)[ -]?)?totals?$"
_total = re.compile(_TOTAL)
#: Columns of words that name nothing.
_NO_NAMES = frozenset(WORDS) - {"measure", "area"}


def may_be_of_total(period: str) -> bool:
    """Return whether a cell of periods is empty, or says that it is the total of them."""
    text = _plain(period)
    return not text or _total.match(text) is not None


def totals_among(table: SourceTable, source: Source | None, period: str, rows: Index) -> Flags:
    """Return which rows with such a cell are totals: they say so, or name nothing at all.

    A row that names something and has no period is a mistake of that row.
    """
    if _plain(period):
        return np.ones(len(rows), dtype=bool)
    says_so, is_named = np.zeros(len(rows), dtype=bool), np.zeros(len(rows), dtype=bool)
    for name, texts in _names(table, source).items():
        cells = texts.gather(rows).cast(pl.String).fill_null("").str.strip_chars().str.to_lowercase()
        says_so |= cells.str.contains(_TOTAL).to_numpy()
        own = name in ("measure", "area") or whose_part(name) in ("measure", "area")
        is_named |= (cells != "" if own else _is_name(cells)).to_numpy()
    return says_so | ~is_named


def _names(table: SourceTable, source: Source | None) -> Mapping[str, pl.Series]:
    """Return the columns of the table in which a row may name something, as the file itself has them."""
    in_header = {one.column for one in source.wide} if source is not None else set()
    return {
        name: series
        for name, series in table.columns.items()
        if name not in _NO_NAMES
        and name not in NUMBERS
        and name not in in_header
        and (whose_part(name) or name) not in _NO_NAMES
        and not (series.dtype.is_numeric() and name not in ("measure", "area"))
    }


def _is_name(cells: pl.Series) -> pl.Series:
    return cells.str.contains(r"\p{L}") & ~cells.is_in([*MISSING, *SUPPRESSED])


def _plain(period: str) -> str:
    return " ".join(as_it_stands(period).split()).lower()


def said_of_totals(table: SourceTable, rows: Index, names: list[str]) -> Iterator[Problem]:
    """Say which rows are left out, each row of the file once."""
    if not len(rows):
        return
    first = int(rows[0])
    places = [_place(table, int(row) + table.rows_above) for row in rows]
    file, record = places[0]
    more = len({(name, table.row_of(one)) for name, one in places}) - 1
    also = f" and {more:,} more" if more else ""
    number, _ = column_at(table, first, "period", names)
    where = Place(file=file, line=table.line_of(record), column=number)
    message = f"left out {'are' if more else 'is'} row {table.row_of(record)}{also}, a total without a period"
    yield Problem(
        place=where, code="read-as", severity=ProblemSeverity.NOTE, message=message, fix=None, source=table.source
    )


def _place(table: SourceTable, record: int) -> tuple[str, int]:
    return (table.file, record) if table.place_of is None else table.place_of(record)
