"""Columns that come with types of their own, as the readers of figures take them: words as categories, numbers as numbers."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # loaded where figures are read: checking a rules folder looks at every source and reads none
    import polars as pl


def words(column: "pl.Series") -> "pl.Series":
    """Return words as categories; days without their time, whole numbers as they are written."""
    import polars as pl

    if column.dtype in {pl.Datetime, pl.Date}:
        column = column.cast(pl.Date).dt.strftime("%Y-%m-%d")
    elif column.dtype.is_float() and bool(((column % 1) == 0).all()):
        column = column.cast(pl.Int64)  # years, which a missing one has made fractions
    return column.cast(pl.String).cast(pl.Categorical)


def numbers(column: "pl.Series") -> "pl.Series":
    """Return numbers as numbers, NaN as none; what else is there as text, so that it is refused cell by cell."""
    import polars as pl

    if not column.dtype.is_numeric() or column.dtype == pl.Boolean:
        return column if column.dtype == pl.String else column.cast(pl.String)
    found = column.cast(pl.Float64).fill_nan(None)
    return found.cast(pl.String) if bool(found.is_infinite().any()) else found
