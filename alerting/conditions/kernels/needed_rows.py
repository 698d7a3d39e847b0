"""Which periods' figures a change needs beside the judged one, and which of them are of no use to it."""

import numpy as np

from alerting.conditions.kernels.comparison import TWELVE_MONTHS, Basis, year_to_date_rows
from alerting.domain.arrays import Floats, Index
from alerting.domain.block import Block
from alerting.domain.combining import PARTS
from alerting.domain.finding import Reason
from alerting.domain.measure import Aggregate
from alerting.domain.panel import Panel

_SMALL = Reason.SMALL_NUMBERS.code


def unusable(panel: Panel, at: int, column: int, versus: str, basis: Basis) -> Index:
    """Return the rows, in order, that a change needs beside the judged one and cannot use."""
    spans = rows_needed(Block(panel, at, at + 1, slice(column, column + 1)), versus, basis)
    rows = np.concatenate([np.arange(first, last + 1) for first, last in spans] or [np.zeros(0, dtype=np.intp)])
    unknown = np.isnan(_at(panel.values, rows, column))
    if basis.spans:  # that a period has few cases does not stop a span
        if panel.reasons is not None:
            unknown &= np.where(rows < 0, 0, panel.reasons[np.maximum(rows, 0), column]) != _SMALL
        if basis.recipe.how is Aggregate.RATIO:
            for name in PARTS:
                plane = panel.planes.get(name)
                unknown |= np.isnan(_at(plane, rows, column)) if plane is not None else True
    return rows[unknown]


def _at(plane: Floats, rows: Index, column: int) -> Floats:
    """Return one column of a plane at some rows; NaN before the first."""
    return np.where(rows < 0, np.nan, plane[np.maximum(rows, 0), column])


def rows_needed(block: Block, versus: str, basis: Basis) -> list[tuple[int, int]]:
    """Return first and last of the rows that the first judged row's change needs beside it, negative before the panel's first."""
    row, panel = block.start, block.panel
    if not basis.spans:
        period = panel.period(row)
        then = period - 1 if versus == "previous_period" else period.same_period_last_year
        return [] if then is None else [(panel.row(then), panel.row(then))]
    if versus == "rolling_12_months":
        length = TWELVE_MONTHS[block.panel.kind]
        spans = [(row - 2 * length + 1, row - length), (row - length + 1, row)]
    else:
        within = year_to_date_rows(block, row)
        first = int(panel.year_start_rows[row])
        start = panel.period(first).same_period_last_year
        before = first if start is None else panel.row(start)
        spans = [within[1], within[0]] if within else [(before, before + row - first), (first, row)]
    return [(last, last) for _, last in spans] if basis.recipe.how is Aggregate.LAST else spans
