"""Trends and runs over series with gaps and breaks, against a reading of the words value by value; all periods and each alone."""

from itertools import pairwise
from math import isnan, nan

import numpy as np
import pytest
from samples.worlds import a_measure, a_panel, rules_for

from alerting.conditions.run import Run
from alerting.conditions.trend import Trend
from alerting.domain.finding import Reason, State
from alerting.evaluation.engine import evaluate
from alerting.evaluation.findings import findings
from alerting.limits.fixed import Fixed
from alerting.limits.published import Published

ROWS, COLUMNS = 18, 8
CONDITIONS = [
    Trend(length=2), Trend(length=3), Trend(length=4, direction="rising"), Trend(length=3, direction="falling"),
    Trend(length=ROWS + 1), Run(of=Fixed(centre=3.0), length=2), Run(of=Published(), length=3),
    Run(of=Published(), length=4, side="above"), Run(of=Fixed(centre=3.0), length=3, side="below"),
    Run(of=Fixed(centre=3.0), length=ROWS + 1),
]  # fmt: skip
NORMAL, EXCEPTIONAL = (State.NORMAL, None), (State.EXCEPTION, None)
GAP, FEW = (State.NO_DATA, Reason.GAP), (State.NOT_ENOUGH_HISTORY, Reason.FEW_POINTS)


def a_random_panel(seed, *, gaps, breaks):
    """Series that mostly rise, mostly fall, and go to and fro, so that there is something to find."""
    random = np.random.default_rng(seed)
    drift = np.linspace(-0.6, 0.6, COLUMNS)
    values = np.round(3 + np.cumsum(drift + random.normal(0, 0.7, (ROWS, COLUMNS)), axis=0) - 9 * drift)
    centre = np.full((ROWS, COLUMNS), 3.0)
    if gaps:
        values[random.random((ROWS, COLUMNS)) < 0.2] = nan
        values[:5, 0] = nan
        centre[random.random((ROWS, COLUMNS)) < 0.1] = nan
    segments = np.cumsum(random.random((ROWS, COLUMNS)) < 0.12, axis=0).astype(np.int32) if breaks else None
    return a_panel(*values.T.tolist(), segments=segments, planes={"centre": centre})


def refuted(condition, values, centre):
    """Whether what is there cannot be a trend, or a run, whatever stood in the gaps."""
    if isinstance(condition, Trend):
        ways = {"rising": [1], "falling": [-1], "either": [1, -1]}[condition.direction]
        pairs = list(pairwise(values))
        return not any(all(way * (after - before) > 0 for before, after in pairs) for way in ways)
    ways = {"above": [1], "below": [-1], "either": [1, -1]}[condition.side]
    return not any(all(way * (value - centre) > 0 for value in values) for way in ways)


def slowly(condition, panel, row, column):
    values, first = panel.values[:, column], row - condition.length + 1
    if isnan(values[row]):
        return State.NO_DATA, Reason.MISSING
    centre = 3.0
    if isinstance(condition, Run) and isinstance(condition.of, Published):
        centre = panel.planes["centre"][row, column]
        if isnan(centre):
            return State.NO_DATA, Reason.NO_LIMITS

    def same_side(at):
        return panel.segments is None or panel.segments[at, column] == panel.segments[row, column]

    there = [values[at] for at in range(max(first, 0), row + 1) if same_side(at) and not isnan(values[at])]
    if refuted(condition, there, centre):
        return NORMAL
    if len(there) == condition.length:
        return EXCEPTIONAL
    begun = first >= 0 and same_side(first) and not np.isnan(values[: first + 1]).all()
    return GAP if begun else FEW


@pytest.mark.sampled(4)
@pytest.mark.parametrize(
    "condition", CONDITIONS, ids=lambda condition: f"{condition.key}-{CONDITIONS.index(condition)}"
)
@pytest.mark.parametrize(
    ("gaps", "breaks"),
    [(False, False), (True, False), (False, True), (True, True)],
    ids=["plain", "gaps", "breaks", "with breaks and gaps"],
)  # fmt: skip
def test_what_looks_back_finds_what_the_words_say(condition, gaps, breaks):
    panel = a_random_panel(3, gaps=gaps, breaks=breaks)
    rules = rules_for(panel, condition, a_measure())
    places = {str(panel.period(row)): row for row in range(ROWS)}
    whole = evaluate(rules, {panel.kind: panel}, panel.period(ROWS).first_day, every_period=True)
    made = [one.finding for one in findings(whole)]
    for row in range(ROWS):
        latest = evaluate(rules, {panel.kind: panel}, panel.period(row + 1).first_day)
        made += [one.finding for one in findings(latest)]
    assert len(made) > ROWS * COLUMNS
    for finding in made:
        expected = slowly(condition, panel, places[str(finding.period)], int(finding.area[1:]))
        assert (finding.state, finding.reason) == expected, (finding.area, finding.period)
