"""Ticks that judge what changed leave and tell what ticks do that judge all: over random lives with figures of years."""

import os
from datetime import date, datetime, time
from random import Random

import pytest
from integration.test_same_again import Twins
from samples.lives import LONDON
from samples.sampling import few, first

SLOW = """
  - {id: xmr, title: Unusual, measures: m, when: {outside_limits: {limits: {xmr: {}}}}, severity: info}
  - {id: level, title: New level, measures: m, when: {above_upper_limit: {limits: {rebased_average: {baseline: 6, run: 4}}}}}
  - {id: will, title: Will miss, measures: m, when: {will_miss: {at_most: 10, date: 2020-12-31}}, severity: info}
"""


class Histories(Twins):
    """Twins with conditions that look far back, and figures of two years."""

    def __init__(self, folder, seed):
        super().__init__(folder, seed)
        self.months = [f"{year}-{month:02d}" for year in (2018, 2019, 2020) for month in range(1, 13)][:29]
        for life in self.lives:
            life.rules = life.rules.rstrip("\n") + SLOW
        chance = Random(seed)
        self.figures |= {
            (area, month): str(chance.randint(6, 12)) for area in ("force", "north", "south") for month in self.months
        }
        self.at = datetime.combine(date(2020, 6, 10), time(7), LONDON)
        self.kept = self.watched = 0

    def figure(self):
        cell = self.random.choice(["force", "north", "south"]), self.random.choice(self.months[-6:])
        self.figures[cell] = self.random.choice(["5", "8", "9", "11", "14", "30", "n/a", "x"])

    def looked_at(self, report):
        if report.evaluation is not None and report.evaluation.keeper is not None:
            keeper = report.evaluation.keeper
            self.kept, self.watched = self.kept + keeper.watched - keeper.judged, self.watched + keeper.watched


@pytest.mark.parametrize("seed", first(1, range(100)))
def test_whatever_happens_state_and_messages_are_as_if_all_were_judged(tmp_path, seed):
    twins = Histories(tmp_path, seed)
    twins.tick()
    for _ in range(few(6, 30)):
        twins.happens()
        twins.figure()
        twins.tick()
        twins.passes(hours=2)
    assert 0 < twins.kept < twins.watched


def test_a_file_of_verdicts_that_is_gone_or_damaged_changes_nothing(tmp_path):
    twins = Histories(tmp_path, 1)
    twins.tick()
    kept = twins.lives[0].state / "cache/verdicts.bin"
    for harm in (kept.unlink, lambda: kept.write_bytes(kept.read_bytes()[:-3]), lambda: os.truncate(kept, 0)):
        harm()
        twins.figure()
        twins.tick()
        assert kept.stat().st_size > 100
