"""What of a source's figures lies in the window that is read: the rest is what it was."""

from dataclasses import replace
from datetime import date

import numpy as np

from alerting.domain.period import KINDS, Period
from alerting.figures.observations import Observations


def within_window(read: Observations, since: date, starts: int) -> Observations:
    """Return the figures of periods that end on a day or later; of what lies before it nothing is said.

    One that began before is read and may be revised, and is not missed where it is not there.

    Args:
        starts: the month in which financial years start.
    """
    ends = [
        Period(KINDS[kind], ordinal, starts).last_day >= since for kind, ordinal in zip(*_periods(read), strict=True)
    ]
    first = max(since, read.covers.since or since)
    kept = np.array(ends, dtype=bool)[_codes(read)] if len(read.ordinal) else np.zeros(0, dtype=bool)
    found = read if kept.all() else read.with_rows(np.flatnonzero(kept))
    return replace(found, covers=replace(read.covers, since=first))


def _periods(read: Observations) -> tuple[list[int], list[int]]:
    pairs = np.unique(_keys(read))
    return (pairs % len(KINDS)).tolist(), (pairs // len(KINDS)).tolist()


def _codes(read: Observations) -> np.ndarray:
    _, codes = np.unique(_keys(read), return_inverse=True)
    return codes


def _keys(read: Observations) -> np.ndarray:
    return read.ordinal.astype(np.int64) * len(KINDS) + read.kind
