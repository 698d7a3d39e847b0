"""Judging where 1 % of series changed, against judging all, in one process and in processor time; nothing here asserts a time.

`./run pytest -m benchmark tests/benchmarks/test_keeping_speed.py -n 0 -s` prints the figures.
"""

import time
from dataclasses import replace

import numpy as np
import pytest
from benchmarks.test_judging import AS_OF, NINE, a_rule, rule_set, world

from alerting.app.situation.verdict_file import read_verdicts, write_verdicts
from alerting.conditions.outside_limits import OutsideLimits
from alerting.conditions.will_miss import WillMiss
from alerting.domain.measure import Level
from alerting.domain.period import Calendar
from alerting.evaluation.engine import evaluate
from alerting.evaluation.kept_verdicts import VerdictKeeper
from alerting.limits.seasonal import Seasonal
from alerting.limits.xmr import Xmr

YEAR_END = Calendar().parse_exact("2020-03").last_day
#: Names of rules, with how many series they watch.
CASES = {
    "nine simple rules": (NINE, 50_000),
    "xmr": ((OutsideLimits(limits=Xmr()),), 50_000),
    "seasonal": ((OutsideLimits(limits=Seasonal(years=2)),), 2_000),
    "will_miss": ((WillMiss(at_most=Level(number=60.0), due=YEAR_END),), 20_000),
}


def cpu(call, rounds=3):
    """The least processor time in seconds of some calls, and what the last one gave."""
    took = []
    for _ in range(rounds):
        start = time.process_time()
        found = call()
        took.append(time.process_time() - start)
    return min(took), found


def compared(name, rules, panel, folder):
    """Print what a pass costs that keeps, and one that finds 1 % changed, as shares of judging all."""
    other = panel.values.copy()
    other[-1, np.random.default_rng(2).random(panel.n_series) < 0.01] += 1
    revised = replace(panel, values=other, shown=other)

    def passed(panel, shelf):
        keeper = VerdictKeeper(shelf)
        found = evaluate(rules, {panel.kind: panel}, AS_OF, every_period=True, keeper=keeper)
        write_verdicts(folder, "", keeper.kept(found.verdicts))
        return found

    whole, _ = cpu(lambda: evaluate(rules, {panel.kind: panel}, AS_OF, every_period=True))
    first, _ = cpu(lambda: passed(panel, {}))
    again, _ = cpu(lambda: passed(panel, read_verdicts(folder, "")))
    kept = read_verdicts(folder, "")
    changed, found = cpu(lambda: passed(revised, kept))
    size = (folder / "verdicts.bin").stat().st_size
    print(
        f"\n{name}, {panel.n_series:,} series: judging all {whole * 1e3:.0f} ms; keeping {(first - whole) / whole:.0%} more;"
        f" nothing changed {again / whole:.1%} of it; 1 % changed {changed / whole:.1%};"
        f" {size / panel.values.nbytes:.2f} x the matrix on disk"
    )
    assert found.counts() == evaluate(rules, {panel.kind: revised}, AS_OF, every_period=True).counts()


@pytest.mark.parametrize("name", CASES)
def test_one_percent_changed_as_a_share_of_judging_all(name, tmp_path):
    conditions, series = CASES[name]
    panel = world(series)
    compared(name, rule_set(panel, [a_rule(n, condition) for n, condition in enumerate(conditions)]), panel, tmp_path)


def test_ten_thousand_rules_of_one_series_each(tmp_path):
    panel = world(10_000)
    rules = rule_set(panel, [a_rule(n, NINE[n % 9], f"a{n}") for n in range(10_000)])
    compared("10,000 rules", rules, panel, tmp_path)
