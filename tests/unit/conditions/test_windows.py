"""What a window of values holds, against going through it value by value."""

from math import inf, isnan, nan

import numpy as np
import pytest
from samples.worlds import a_panel

from alerting.conditions.kernels import windows
from alerting.conditions.kernels.windows import Windows
from alerting.domain.block import Block

ROWS, COLUMNS = 14, 7


def a_random_panel(seed, *, breaks):
    random = np.random.default_rng(seed)
    values = random.integers(0, 5, (ROWS, COLUMNS)).astype(float)
    values[random.random((ROWS, COLUMNS)) < 0.3] = nan
    segments = np.cumsum(random.random((ROWS, COLUMNS)) < 0.15, axis=0).astype(np.int32) if breaks else None
    return a_panel(*values.T.tolist(), segments=segments)


def slowly(panel, row, column, length):
    """Lowest, highest, and whether a value is missing, of the values of one window on the judged row's side of a break."""
    values, segments = panel.values[:, column], panel.segments
    reach = range(row - length + 1, row + 1)
    own = [at for at in reach if at >= 0 and (segments is None or segments[at, column] == segments[row, column])]
    known = [values[at] for at in own if not isnan(values[at])]
    return min(known, default=nan), max(known, default=nan), len(known) < length


@pytest.mark.parametrize("breaks", [False, True], ids=["whole", "with breaks"])
@pytest.mark.parametrize("length", [2, 3, 4, 5, 8, ROWS, ROWS + 3])
@pytest.mark.parametrize("piece", [1, 3 * ROWS, 10_000], ids=["a column", "some columns", "all columns"])
def test_a_window_is_what_going_through_it_finds(monkeypatch, breaks, length, piece):
    monkeypatch.setattr(windows, "PIECE", piece)
    panel = a_random_panel(length, breaks=breaks)
    for start, stop in ((0, ROWS), (0, 1), (1, 2), (ROWS - 1, ROWS), (4, 9), (length - 1, length + 1), (length, ROWS)):
        if not start < stop <= ROWS:
            continue
        block = Block(panel, start, stop, slice(1, COLUMNS))
        found = np.full((3, stop - start, COLUMNS - 1), inf)
        for place, own in Windows.of(block, length):
            found[0][:, place], found[1][:, place], found[2][:, place] = own.lowest(), own.highest(), own.gaps()
        expected = [[slowly(panel, row, column, length) for column in range(1, COLUMNS)] for row in range(start, stop)]
        np.testing.assert_array_equal(found, np.moveaxis(np.array(expected, dtype=float), 2, 0))
