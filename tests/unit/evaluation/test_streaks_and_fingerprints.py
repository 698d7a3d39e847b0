"""What is worked out for many series at once is what each gives by itself."""

import hashlib

import numpy as np
import pytest
from samples.worlds import a_measure, a_panel, rules_for

from alerting.app.tick.fingerprints import Fingerprints
from alerting.conditions.above_upper_limit import AboveUpperLimit
from alerting.conditions.outside_limits import OutsideLimits
from alerting.domain.panel import Panel
from alerting.evaluation.block_verdicts import BlockVerdicts
from alerting.evaluation.engine import evaluate
from alerting.evaluation.findings import findings
from alerting.limits.fixed import Fixed

PERIODS, SERIES = 40, 30


def a_chance_panel(seed: int) -> Panel:
    """Series with gaps at their beginning, in the middle and nowhere, and a second column of figures."""
    chance = np.random.default_rng(seed)
    values = chance.integers(0, 4, (PERIODS, SERIES)).astype(np.float64)
    values[chance.random((PERIODS, SERIES)) < 0.05] = np.nan
    values[:10, ::3] = np.nan
    values[:, ::5] = np.nan_to_num(values[:, ::5], nan=1.0)
    plan = np.where(chance.random((PERIODS, SERIES)) < 0.5, np.nan, 2.0)
    return a_panel(*values.T.tolist(), planes={"plan": plan})


def fingerprint(panel: Panel, column: int, stop: int) -> str:
    """The same by the definition: of each column of figures its name, which periods are known, and the figures."""
    digest = hashlib.blake2b(digest_size=8)
    for name, plane in (("", panel.shown), ("plan", panel.planes["plan"])):
        figures = [
            (row + panel.first, value) for row, value in enumerate(plane[:stop, column].tolist()) if value == value
        ]
        digest.update(name.encode())
        digest.update(np.array([ordinal for ordinal, _ in figures], dtype=np.intp).tobytes())
        digest.update(np.array([value for _, value in figures], dtype=np.float64).tobytes())
    return digest.hexdigest()


@pytest.mark.parametrize("seed", range(5))
def test_a_fingerprint_is_of_the_figures_up_to_a_period_and_their_periods(seed: int) -> None:
    panel = a_chance_panel(seed)
    prints = Fingerprints(panel, np.arange(1, SERIES, 2))
    for column in range(1, SERIES, 2):
        for row in (0, 12, PERIODS - 1, 12):
            assert prints.until(column, panel.period(row)) == fingerprint(panel, column, row + 1)


def a_history(panel: Panel) -> BlockVerdicts:
    rules = rules_for(panel, AboveUpperLimit(limits=Fixed(upper=1.0)), a_measure())
    evaluation = evaluate(rules, {panel.kind: panel}, panel.last_days[-1], every_period=True)
    (verdicts,) = evaluation.verdicts
    return verdicts


@pytest.mark.parametrize("seed", range(5))
def test_counting_back_from_some_cells_gives_what_counting_a_whole_history_gives(seed: int) -> None:
    verdicts = a_history(a_chance_panel(seed))
    some = np.arange(0, SERIES, 2)
    for row in range(len(verdicts.state)):
        assert verdicts.consecutive_at(row, some).tolist() == verdicts.consecutive[row, some].tolist()
    assert verdicts.consecutive.max() > 3


@pytest.mark.parametrize("seed", range(5))
def test_streaks_of_one_side_are_the_same_counted_along_back_and_for_the_newest_period(seed: int) -> None:
    panel = a_chance_panel(seed)
    rules = rules_for(panel, OutsideLimits(limits=Fixed(lower=1.0, upper=2.0)), a_measure())
    on = panel.period(PERIODS).first_day
    history = evaluate(rules, {panel.kind: panel}, on, every_period=True)
    (verdicts,) = history.verdicts
    some = np.arange(SERIES)
    for row in range(len(verdicts.state)):
        assert verdicts.consecutive_at(row, some).tolist() == verdicts.consecutive[row, some].tolist()
    values = np.where(panel.values < 1, -1, np.where(panel.values > 2, 1, 0))
    newest = {
        (one.finding.area): one.finding for one in findings(evaluate(rules, {panel.kind: panel}, on), text="none")
    }
    for n, area in enumerate(panel.areas):
        rows = np.flatnonzero(panel.values[:, n] == panel.values[:, n])
        side, count = values[rows[-1], n], 0
        while side and count <= rows[-1] and values[rows[-1] - count, n] == side:
            count += 1
        assert newest[area].consecutive == count
