"""Batches of figures that were folded into one record: the same rows in the same order, each as new as it was."""

from collections.abc import Sequence
from datetime import datetime

import polars as pl

from alerting.domain.kept_readings import Batch, ReadingRecord
from alerting.figures.memory import packed, series_in, unpacked


def batches_in(record: ReadingRecord) -> list[tuple[datetime, pl.DataFrame]]:
    """Return what a record holds, batch by batch with the instant at which it was read, as each was packed."""
    frame = unpacked(record.rows)
    if not record.folded:
        return [(record.at, frame)]
    found, begins = [], 0
    for batch in record.folded:
        found.append((batch.at, frame.slice(begins, batch.height).select(batch.columns)))
        begins += batch.height
    return found


def frames_in(records: Sequence[ReadingRecord]) -> list[pl.DataFrame]:
    """Return what several records hold, batch by batch."""
    return [frame for record in records for _, frame in batches_in(record)]


def series_of(record: ReadingRecord) -> dict[str, list[str]]:
    """Return, by measure, the areas that a record has a row of."""
    return series_in(record.rows, sum(batch.height for batch in record.folded) if record.folded else None)


def folded(records: Sequence[ReadingRecord]) -> ReadingRecord:
    """Return one record of several of a source's, oldest first; what each batch held can be told from it."""
    batches: list[Batch] = []
    frames: list[pl.DataFrame] = []
    for record in records:
        whole = record.folded or (None,)
        for known, (at, frame) in zip(whole, batches_in(record), strict=True):
            frames.append(frame)
            batches.append(
                known
                or Batch(
                    at=at,
                    digest=record.digest,
                    vanished=record.vanished,
                    height=frame.height,
                    columns=tuple(frame.columns),
                )
            )
    rows = packed(pl.concat(frames, how="diagonal", rechunk=True))
    return ReadingRecord(
        source=records[0].source,
        at=batches[-1].at,
        digest=batches[-1].digest,
        vanished=batches[-1].vanished,
        rows=rows,
        folded=tuple(batches),
    )
