"""Figures that stand in several files of one source, of which the last one counts."""

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from alerting.domain.arrays import Flags
from alerting.domain.place import Place
from alerting.domain.problem import Problem, ProblemSeverity
from alerting.ports import SourceTable


def in_later_files(table: SourceTable, figure: Sequence[NDArray[np.signedinteger]], rows: Flags) -> Flags:
    """Return which of some rows give a figure that a later file of the table gives as well.

    Args:
        figure: what makes one figure, column by column: measure, area, kind, period, day of publication.
        rows: those that are figures at all.
    """
    superseded = np.zeros(len(rows), dtype=bool)
    if not table.later_files_win or len(table.files) < 2:
        return superseded
    places = np.flatnonzero(rows)
    files = np.repeat(np.arange(len(table.files), dtype=np.int32), [height for _, height in table.files])[places]
    frame = pl.DataFrame({str(n): column[places] for n, column in enumerate(figure)} | {"file": files})
    last = frame.select(pl.col("file").max().over([str(n) for n in range(len(figure))])).to_series().to_numpy()
    superseded[places[files < last]] = True
    return superseded


def said_of_superseded(table: SourceTable, superseded: Flags) -> Iterator[Problem]:
    """Say how many rows a later file has replaced."""
    if n := int(superseded.sum()):
        rows = f"{n:,} rows give figures" if n > 1 else "1 row gives a figure"
        message = f"{rows} that a later file gives as well; the later one counts"
        where = Place(file=table.file, line=1, column=1)
        yield Problem(
            place=where, code="read-as", severity=ProblemSeverity.NOTE, message=message, fix=None, source=table.source
        )
