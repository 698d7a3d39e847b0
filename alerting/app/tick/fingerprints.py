"""Fingerprints of figures: another one later means that figures were revised."""

import hashlib

import numpy as np

from alerting.domain.arrays import Index
from alerting.domain.panel import Panel
from alerting.domain.period import Period


class Fingerprints:
    """Fingerprints of some of a panel's series; series by series they would be gathered from far apart in memory.

    Args:
        columns: of the panel, those that may be asked for.
    """

    def __init__(self, panel: Panel, columns: Index) -> None:
        self._panel = panel
        self._places = {column: place for place, column in enumerate(columns.tolist())}
        self._ordinals = np.arange(panel.n_periods) + panel.first
        planes = (("", panel.shown), *sorted(panel.planes.items()))
        #: (name, a row of figures a series, which of them are known, series without a gap).
        self._figures = []
        for name, plane in planes:
            values = np.ascontiguousarray(plane[:, columns].T)
            known = values == values
            self._figures.append((name.encode(), values, known, known.all(axis=1).tolist()))
        self._made: dict[tuple[int, int], str] = {}

    def until(self, column: int, period: Period) -> str:
        """Return a fingerprint of a series' figures up to a period: of all columns, whatever row they stand in."""
        stop = self._panel.row(period) + 1
        if (column, stop) not in self._made:
            self._made[column, stop] = self._digest(self._places[column], stop)
        return self._made[column, stop]

    def _digest(self, place: int, stop: int) -> str:
        digest = hashlib.blake2b(digest_size=8)
        for name, values, known, is_whole in self._figures:
            figures, ordinals = values[place, :stop], self._ordinals[:stop]
            if not is_whole[place]:
                there = known[place, :stop]
                figures, ordinals = figures[there], ordinals[there]
            digest.update(name)
            digest.update(ordinals.tobytes())
            digest.update(figures.tobytes())
        return digest.hexdigest()
