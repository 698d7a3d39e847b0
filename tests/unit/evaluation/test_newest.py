"""The newest counting row of each series, against looking at every row."""

from datetime import date, timedelta
from types import SimpleNamespace

import numpy as np
import pytest

from alerting.evaluation.newest import _newest_rows


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("until", [None, date(2020, 1, 1), date(2020, 1, 4), date(2020, 2, 1)])
def test_the_newest_row_that_counts_is_found_for_each_series(seed, until):
    chance = np.random.default_rng(seed)
    rows, columns = 8, 30
    counts = None if seed == 0 else chance.random((rows, columns)) < seed / 5
    days = [date(2019, 12, 31) + timedelta(days=n) for n in range(rows + 2)]
    block = SimpleNamespace(panel=SimpleNamespace(last_days=days), start=1, stop=rows + 1)
    verdicts = SimpleNamespace(state=np.zeros((rows, columns), np.int8), counts=counts, block=block)
    expected = [
        max(
            (n for n in range(rows) if (counts is None or counts[n, c]) and (until is None or days[n + 1] <= until)),
            default=-1,
        )
        for c in range(columns)
    ]
    assert expected == _newest_rows(verdicts, until).tolist()
