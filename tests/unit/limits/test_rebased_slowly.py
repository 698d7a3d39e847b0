"""An average that is re-based, with gaps, exclusions, breaks and proposals, against going through one series at a time."""

from math import isnan, nan
from statistics import mean, stdev

import numpy as np
import pytest
from samples.worlds import a_measure, a_panel, floats, judged, states

from alerting.conditions.run import Run
from alerting.domain.block import Block
from alerting.domain.measure import Unit
from alerting.domain.period import Calendar
from alerting.limits.attribute_charts import PChart
from alerting.limits.rebased_average import RebasedAverage

ROWS, COLUMNS = 36, 8
MONTH = Calendar().parse_exact
METHODS = [
    RebasedAverage(baseline=3, run=3), RebasedAverage(baseline=5, run=2, sigmas=1.0), RebasedAverage(baseline=2, run=5, sigmas=3.0),
    RebasedAverage(baseline=3, run=3, mode="propose"),
    RebasedAverage(baseline=3, run=2, mode="propose", rebase_on=tuple(map(MONTH, ("2018-09", "2019-02", "2019-03", "2020-01")))),
]  # fmt: skip
KEPT = ("centre", "lower", "upper", "rebased_on", "previous_centre", "rebase_count", "moved", "run_centre")


def a_random_panel(*, hard):
    """Series whose level moves now and then."""
    random = np.random.default_rng(8)
    level = np.cumsum((random.random((ROWS, COLUMNS)) < 0.12) * random.normal(0, 4, (ROWS, COLUMNS)), axis=0)
    values = np.round(10 + level + random.normal(0, 1, (ROWS, COLUMNS)))
    if not hard:
        return a_panel(*values.T.tolist())
    values[random.random((ROWS, COLUMNS)) < 0.06] = nan
    segments = np.cumsum(random.random((ROWS, COLUMNS)) < 0.05, axis=0).astype(np.int32)
    segments[:, :3] = 0
    return a_panel(*values.T.tolist(), segments=segments, excluded=random.random((ROWS, COLUMNS)) < 0.08)


def slowly(method, panel, column):
    """What holds at each row of one series, by the names of the lines."""
    confirmed = {panel.row(period) for period in method.rebase_on}
    centre = spread = before = moved_on = nan
    own, side, count, found = [], 0, 0, []
    for row, x in enumerate(panel.values[:, column].tolist()):
        if row and panel.segments is not None and panel.segments[row, column] != panel.segments[row - 1, column]:
            centre = spread = before = moved_on = nan
            own, side, count = [], 0, 0
        held_against, moved = centre, 0.0
        excluded = panel.excluded is not None and bool(panel.excluded[row, column])
        taken = not isnan(x) and not excluded
        own += [x] * taken
        if isnan(held_against):
            if taken and len(own) == method.baseline:
                centre, spread = mean(own), stdev(own)
        else:
            if isnan(x) or (taken and x == centre):
                side = count = 0
            elif taken:
                now = 1 if x > centre else -1
                side, count = now, count + 1 if now == side else 1
            moved = float(count >= method.run)
            if moved and (method.mode == "auto" or row in confirmed):
                before, moved_on = centre, row
                centre, spread = mean(own[-method.run :]), stdev(own[-method.run :])
                side = count = 0
        shown = nan if isnan(held_against) else centre
        reach = method.sigmas * spread
        found.append((shown, shown - reach, shown + reach, moved_on, before, count, moved, held_against))
    return np.array(found)


@pytest.mark.parametrize("method", METHODS, ids=range(len(METHODS)))
@pytest.mark.parametrize("hard", [False, True], ids=["plain", "all of it"])
def test_an_average_moves_as_the_words_say(method, hard):
    panel = a_random_panel(hard=hard)
    expected = np.stack([slowly(method, panel, column) for column in range(1, COLUMNS)], axis=1)
    assert np.nansum(expected[..., 6]) > 0
    for start, stop in ((0, ROWS), (0, 1), (method.baseline, method.baseline + 1), (14, 22), (ROWS - 1, ROWS)):
        lines = method.compute(Block(panel, start, stop, slice(1, COLUMNS)), {})
        for place, name in enumerate(KEPT):
            np.testing.assert_allclose(getattr(lines, name), expected[start:stop, :, place], rtol=1e-9, err_msg=name)


def test_nothing_of_before_a_break_makes_a_run_behind_it():
    segments = np.array([[0]] * 6 + [[1]] * 8, dtype=np.int32)
    condition = Run(side="above", length=3, of=RebasedAverage(baseline=3, run=3))
    values = [10, 10, 10, 13, 13, 13, 10, 10, 10, 13, 13, 13, 14, 14]
    assert states(condition, values, segments=segments) == "hhhnnEhhhnnEnn"


def test_a_runs_limits_take_from_the_measure_what_they_need():
    top, bottom = floats([30, 30, 50, 50])[:, None], np.full((4, 1), 100.0)
    panel = a_panel([30, 30, 50, 50], planes={"numerator": top, "denominator": bottom})
    found = judged(Run(of=PChart(), length=2), panel, a_measure(unit=Unit.PERCENT))
    assert [one.centre for one in found] == pytest.approx([30.0, 30.0, 110 / 3, 40.0])
    assert [one.state.word for one in found] == ["normal", "normal", "normal", "exception"]
