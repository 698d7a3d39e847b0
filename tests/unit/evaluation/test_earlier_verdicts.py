"""A day's verdicts made of an earlier day's are those of judging every row anew, also where figures came late or were revised."""

from datetime import date, timedelta
from pathlib import Path
from random import Random

import numpy as np
import pytest
from samples.random_folders import random_folder
from samples.rule_folders import BASE, RULES, written
from samples.sampling import first

from alerting.app.authoring.backtesting.days_known import with_days
from alerting.app.situation.situation import Situation, situation_of
from alerting.domain.finding import State
from alerting.evaluation.earlier_verdicts import EarlierVerdicts
from alerting.settings import Settings
from alerting.wiring import engine_of

FIGURES = """\
measure,area,period,value,published
calls,north,2020-02,92,2020-03-10
calls,north,2020-03,85,2020-04-10
calls,north,2020-04,86,2020-05-10
calls,south,2020-03,80,2020-05-20
calls,north,2020-03,95,2020-05-25
calls,north,2020-05,95,2020-06-10
"""


def said(situation: Situation) -> list[tuple[object, ...]]:
    """What a situation finds: states and reasons, which cells count, and on which side exceptions lie."""
    found = []
    for one in situation.evaluation.verdicts:
        side = np.where(one.state == State.EXCEPTION, one.side, 0)
        counts = None if one.counts is None else one.counts.tolist()
        found.append((one.state.tolist(), one.reason.tolist(), counts, side.tolist()))
    return found


def _differing(folder: Path, days: list[date]) -> list[date]:
    engine = engine_of(folder, Settings(state_dir=folder / "state"))
    reading = with_days(engine.enquiries.read(), engine.rules)
    before, found = situation_of(engine.rules, reading, days[0]), []
    for day in days[1:]:
        before = situation_of(engine.rules, reading, day, after=before)
        if said(before) != said(situation_of(engine.rules, reading, day)):
            found.append(day)
    return found


def test_figures_that_come_late_or_are_revised_are_judged(tmp_path):
    written(tmp_path, {"base.yaml": BASE, "rules.yaml": RULES, "figures/calls.csv": FIGURES})

    assert _differing(tmp_path, [date(2020, 3, 1) + timedelta(days=n) for n in range(0, 120, 5)]) == []


def _differing_from_later(folder: Path, days: list[date]) -> list[date]:
    engine = engine_of(folder, Settings(state_dir=folder / "state"))
    reading = with_days(engine.enquiries.read(), engine.rules)
    last, before, found = situation_of(engine.rules, reading, days[-1]), None, []
    later = EarlierVerdicts(last.evaluation.verdicts)
    for day in days[:-1]:
        before = situation_of(engine.rules, reading, day, after=before, beside=later)
        if said(before) != said(situation_of(engine.rules, reading, day)):
            found.append(day)
    return found


def test_what_holds_on_a_later_day_held_before_as_far_as_figures_were_known(tmp_path):
    written(tmp_path, {"base.yaml": BASE, "rules.yaml": RULES, "figures/calls.csv": FIGURES})

    assert _differing_from_later(tmp_path, [date(2020, 3, 1) + timedelta(days=n) for n in range(0, 120, 5)]) == []


@pytest.mark.parametrize("seed", first(2, range(20)))
def test_on_random_folders_what_holds_on_a_later_day_held_before(tmp_path, seed):
    folder = random_folder(Random(seed), tmp_path)
    assert folder is not None

    assert _differing_from_later(tmp_path, [folder.as_of - timedelta(days=n) for n in range(40, -1, -8)]) == []


def test_series_whose_figures_are_as_they_were_are_not_judged_again_because_of_others(tmp_path):
    written(tmp_path, {"base.yaml": BASE, "rules.yaml": RULES, "figures/calls.csv": FIGURES})
    engine = engine_of(tmp_path, Settings(state_dir=tmp_path / "state"))
    reading = with_days(engine.enquiries.read(), engine.rules)
    last = situation_of(engine.rules, reading, date(2020, 7, 1)).evaluation.verdicts
    panels = situation_of(engine.rules, reading, date(2020, 5, 21)).panels  # one figure is another one four days later
    earlier, group = EarlierVerdicts(last), last[0].group
    held = earlier.rows_before(group, panels.by_kind[group.kind], last[0].block.start)

    assert held is not None
    assert held.n_rows == 1


def test_rows_before_the_first_that_changed_are_not_judged_again(tmp_path):
    written(tmp_path, {"base.yaml": BASE, "rules.yaml": RULES, "figures/calls.csv": FIGURES})
    engine = engine_of(tmp_path, Settings(state_dir=tmp_path / "state"))
    reading = engine.enquiries.read()
    known = {}
    for before, day in ((date(2020, 5, 26), date(2020, 6, 15)), (date(2020, 5, 15), date(2020, 5, 26))):
        earlier = EarlierVerdicts(situation_of(engine.rules, reading, before).evaluation.verdicts)
        (verdicts,) = situation_of(engine.rules, reading, day).evaluation.verdicts
        rows = earlier.rows_before(verdicts.group, verdicts.rows.panel, verdicts.block.start)
        known[day] = None if rows is None else str(verdicts.block.panel.period(verdicts.block.start + rows.n_rows))

    # May's figure is new; before that one of South's came late, and one of North's was revised.
    assert known == {date(2020, 6, 15): "2020-05", date(2020, 5, 26): "2020-03"}


@pytest.mark.parametrize("seed", first(3, range(60)))
def test_on_random_folders_they_are_the_same(tmp_path, seed):
    folder = random_folder(Random(seed), tmp_path / "rules")
    assert folder is not None

    assert _differing(tmp_path / "rules", [folder.as_of - timedelta(days=n) for n in range(170, -1, -17)]) == []
