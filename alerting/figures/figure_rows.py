"""In which row of which file the figures of one period stand."""

from collections.abc import Sequence
from datetime import date

import numpy as np

from alerting.domain.period import KINDS, Period
from alerting.figures.observations import Observations


class FigureRows:
    """Rows of files that hold one period's figures."""

    def __init__(self, read: Sequence[Observations], period: Period, as_of: date) -> None:
        kind, today = KINDS.index(period.kind), as_of.toordinal()
        self._read = [
            (
                source,
                np.flatnonzero(
                    (source.ordinal == period.ordinal) & (source.kind == kind) & (source.published <= today)
                ),
            )
            for source in read
        ]

    def of(self, measure: int, area: int) -> tuple[str, int]:
        """Return the file and the row of the figure that counts: the last of those published last."""
        found = ("", 0)
        for source, known in self._read:
            places = known[(source.measure[known] == measure) & (source.area[known] == area)]
            if len(places):
                newest = places[source.published[places] == source.published[places].max()][-1]
                found = source.where(int(newest))
        return found
