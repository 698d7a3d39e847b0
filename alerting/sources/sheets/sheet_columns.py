"""The cells of a sheet as columns: words as they are written, numbers as numbers, what cannot be a figure as the text it is."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from alerting.domain.arrays import Floats
from alerting.domain.source_columns import Layout, holds_words
from alerting.sources.sheets.sheet_marks import SheetMarks
from alerting.sources.sheets.workbooks import Value

if TYPE_CHECKING:
    import polars as pl

#: Spreadsheets work with fifteen digits; behind them stand traces of binary fractions: 0.30000000000000004.
DIGITS = 15
#: So many places after the point are tried at once, for all cells of a column.
_MOST_PLACES = 6
#: An error that says that there is no figure; all others say that something is wrong.
NOT_AVAILABLE = "#N/A"


def columns_of(
    rows: Sequence[Sequence[Value]], layout: Layout, marks: SheetMarks, *, below: int, left: int
) -> Mapping[str, "pl.Series"]:
    """Return our columns of the rows below a header.

    Args:
        rows: all cells that are read, from the header's row on, from the first column on.
        below: the number of the first row below the header on the sheet, from 0; `left`: that of the first column.
    """
    by_column: dict[int, dict[int, str]] = {}
    for texts in (marks.errors, marks.formulas):
        for (row, column), text in texts.items():
            if row >= below:
                by_column.setdefault(column - left, {})[row - below] = "" if text == NOT_AVAILABLE else text
    percents: dict[int, list[int]] = {}
    for row, column in marks.percents:
        if row >= below:
            percents.setdefault(column - left, []).append(row - below)
    found = {}
    for name, place in layout.places.items():
        cells: list[Value] = [row[place] for row in rows]
        for row, text in by_column.get(place, {}).items():
            if row < len(cells):
                cells[row] = text
        if holds_words(name):
            found[name] = _words(cells)
        else:
            shown = [row for row in percents.get(place, ()) if row < len(cells)]
            found[name] = _numbers(cells, shown)
    return found


def heading(cell: Value) -> str:
    """Return what a cell of the header says."""
    return text_of(cell) or ""


def text_of(cell: Value) -> str | None:
    """Return a cell as it is written: a day without its time, a whole number without its point; None where it is empty."""
    if isinstance(cell, str):
        return cell or None
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, (int, float)):
        return f"{cell:.{DIGITS}g}" if abs(cell) >= 10**DIGITS or cell != int(cell) else str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    return _hours(cell)


def _hours(length: timedelta) -> str:
    seconds = round(length.total_seconds())
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def _words(cells: Sequence[Value]) -> "pl.Series":
    import polars as pl

    return pl.Series([text_of(cell) for cell in cells], dtype=pl.String).cast(pl.Categorical)


def _numbers(cells: list[Value], percents: Sequence[int]) -> "pl.Series":
    """Return numbers where the cells hold nothing else, else what each holds as a text."""
    import polars as pl

    shown = [row for row in percents if isinstance(cells[row], float)]
    kinds = set(map(type, cells)) - {int, float}
    if not shown and (not kinds or (kinds == {str} and not any(isinstance(cell, str) and cell for cell in cells))):
        numbers = np.array([np.nan if cell == "" else cell for cell in cells], dtype=np.float64)
        return pl.Series(as_shown(numbers)).fill_nan(None)
    texts = [text_of(cell) for cell in cells]
    for row in shown:
        texts[row] = f"{Decimal(texts[row] or 0).scaleb(2):f}%"
    return pl.Series(texts, dtype=pl.String)


def as_shown(numbers: Floats) -> Floats:
    """Return numbers with the fifteen digits that a spreadsheet has."""
    rest = np.isfinite(numbers)
    for places in range(_MOST_PLACES + 1):
        if not rest.any():
            return numbers
        with np.errstate(over="ignore", invalid="ignore"):
            printed = np.rint(numbers * 10.0**places) / 10.0**places
        rest &= printed != numbers  # the nearest number to one of few decimals is that number
    found = numbers.copy()
    found[rest] = [float(f"{number:.{DIGITS}g}") for number in numbers[rest].tolist()]
    return found
