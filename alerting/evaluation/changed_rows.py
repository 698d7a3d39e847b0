"""From which period on anything differs between two days, series by series, that a verdict or an alert may depend on."""

import numpy as np

from alerting.domain.arrays import Index
from alerting.domain.block import columns_at
from alerting.domain.panel import Panel
from alerting.evaluation.block_verdicts import BlockVerdicts

_LAYERS = (
    "values", "shown", "reasons", "segments", "excluded", "held", "without_level", "few_cases", "days", "loads",
)  # fmt: skip


def first_changed(before: Panel, now: Panel) -> Index | None:
    """Return for each column the first row that differs, of the rows that both have; None where they cannot be compared.

    A column of which none does has the number of rows that both have.
    """
    if before.first != now.first or before.columns != now.columns or before.areas != now.areas:
        return None
    if before.planes.keys() != now.planes.keys() or len(before.breaks) != len(now.breaks):
        return None
    breaks = zip(before.breaks, now.breaks, strict=True)
    if any(one[0] != other[0] or not np.array_equal(one[1], other[1]) for one, other in breaks):
        return None
    bounds = ((before.floor, now.floor), (before.ceiling, now.ceiling))
    if not all(np.array_equal(one, other) for one, other in bounds):
        return None
    found: Index = np.full(now.n_series, min(before.n_periods, now.n_periods), dtype=np.intp)
    for one, other in _layers(before, now):
        note_difference(found, one, other)
    return found


def first_changed_verdicts(before: BlockVerdicts, now: BlockVerdicts, figures: Index) -> Index:
    """Return for each column of a block the first of its rows that differs: in figures, or in what was found of them.

    A column of which none does has the number of rows that both have.

    Args:
        before: the same group's, on the same columns, from the same row on.
        figures: as `first_changed` returns it, of the panels that both were judged on.
    """
    n_rows = min(len(before.state), len(now.state))
    columns = columns_at(now.block, np.arange(now.state.shape[1]))
    found: Index = np.clip(figures[columns] - now.block.start, 0, n_rows)
    note_difference(found, before.state, now.state)
    note_difference(found, before.counts, now.counts)
    sides = [np.broadcast_to(np.asarray(one.side, dtype=np.int8), one.state.shape) for one in (before, now)]
    if not (isinstance(before.side, int) and before.side == now.side):
        note_difference(found, *sides)
    return found


def _layers(before: Panel, now: Panel) -> "list[tuple[np.ndarray | None, np.ndarray | None]]":
    own = [(getattr(before, name), getattr(now, name)) for name in _LAYERS]
    return [*own, *((before.planes[name], now.planes[name]) for name in now.planes)]


def note_difference(found: Index, one: np.ndarray | None, other: np.ndarray | None) -> None:
    """Write down for each column the first row in which two layers differ, where it comes before what is found already.

    A layer that is not there has nothing marked; one that has no columns is of all of them.
    """
    some = one if one is not None else other
    rows = int(found.max(initial=0))
    if some is None or one is other or not rows:
        return
    nothing = np.zeros_like(some[:rows])
    first, second = (nothing if layer is None else layer[:rows] for layer in (one, other))
    differs = first != second
    if first.dtype.kind == "f":
        differs &= (first == first) | (second == second)
    if differs.ndim == 1:
        found[:] = np.minimum(found, int(differs.argmax()) if differs.any() else rows)
        return
    places = np.flatnonzero(differs.any(axis=0))
    found[places] = np.minimum(found[places], differs[:, places].argmax(axis=0))
