"""Rows that give one figure again: told apart by the dates and words in them that are no figure themselves."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from alerting.figures.observations import Ints


def variants(
    figure: Sequence[NDArray[np.signedinteger]], moment: NDArray[np.int64] | None, words: Sequence[pl.Series]
) -> Ints | None:
    """Number the rows of figures that are given more than once, equal where nothing tells them apart; 0 elsewhere.

    Args:
        figure: what makes one figure, column by column: measure, area, kind, period, day of publication.
        moment: the date that stood for the period, 0 where its name did, which is equal to any date.
        words: columns that hold no figure.

    Returns:
        None where no row is told apart from another.
    """
    if moment is None and not words:
        return None
    keys = pl.DataFrame({str(n): column for n, column in enumerate(figure)})
    again = np.flatnonzero(keys.is_duplicated().to_numpy())
    if not len(again):
        return None
    group = _numbered(keys[again])
    apart = {f"words {n}": column.gather(again).cast(pl.String).fill_null("") for n, column in enumerate(words)}
    if moment is not None:
        latest = np.zeros(int(group.max()) + 1, dtype=np.int64)
        np.maximum.at(latest, group, moment[again])
        apart["moment"] = pl.Series(np.where(moment[again] == 0, latest[group], moment[again]))
    numbers = _numbered(pl.DataFrame({"group": group} | apart))
    if numbers.max() == group.max():  # as many kinds of rows as figures
        return None
    found = np.zeros(keys.height, dtype=np.int32)
    found[again] = numbers + 1
    return found


def _numbered(rows: pl.DataFrame) -> Ints:
    """Number different rows from 0 in order of appearance."""
    known = rows.unique(maintain_order=True).with_row_index("number")
    numbers: Ints = (
        rows.join(known, on=rows.columns, how="left", maintain_order="left")["number"].cast(pl.Int32).to_numpy()
    )
    return numbers
