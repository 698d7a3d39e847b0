"""What two sets of rules judge alike on the same panels is judged once, and each says what it would have said by itself."""

from dataclasses import replace
from datetime import date
from random import Random

import numpy as np
import pytest
from samples.random_folders import random_folder
from samples.rule_folders import BASE, RULES, written
from samples.sampling import first

from alerting.app.situation.situation import situation_of
from alerting.domain.finding import State
from alerting.domain.rule import RuleSet
from alerting.settings import Settings
from alerting.wiring import engine_of

DAY = date(2020, 7, 1)
FIGURES = """\
measure,area,period,value
calls,north,2020-03,85
calls,north,2020-04,86
calls,south,2020-03,80
calls,force,2020-03,83
calls,north,2020-05,95
"""
MORE = f"""\
{RULES}
  - {{id: trend, title: Falling, measures: calls, when: {{trend: {{direction: falling}}}}}}
  - {{id: of-some, title: Too slow in some, measures: calls, areas: [force, south], when: {{target_missed: {{}}}}}}
  - {{id: stricter, title: Far too slow, measures: calls, when: {{outside_range: {{from: 82}}}}}}
"""


@pytest.fixture
def engine(tmp_path):
    written(tmp_path, {"base.yaml": BASE, "rules.yaml": MORE, "figures/calls.csv": FIGURES})
    return engine_of(tmp_path, Settings(state_dir=tmp_path / "state"))


def _with(rules, *changed):
    return replace(rules, rules=changed, version="other")


def _said(situation):
    """Return by rule and series all that is found, so that the order of rules does not matter."""
    found = {}
    for one in situation.evaluation.verdicts:
        side = np.where(one.state == State.EXCEPTION, one.side, 0)
        members = one.members_at(np.arange(one.state.shape[1]))
        for place, member in enumerate(members):
            key = (situation.evaluation.rules.rules[member.rule].id, member.measure.id, one.column(place))
            columns = (one.state, one.reason, side, *(() if one.counts is None else (one.counts,)))
            found[key] = [column[:, place].tolist() for column in columns]
    return found


def _both(reading, rules, others, day):
    alongside = situation_of(rules, reading, day)
    return alongside, situation_of(others, reading, day, alongside=alongside), situation_of(others, reading, day)


def test_a_rule_that_stands_elsewhere_among_others_is_not_judged_again(engine):
    target, trend, of_some, stricter = engine.rules.rules
    several = trend, replace(stricter, id="new"), target, of_some
    reading, others = engine.enquiries.read(), _with(engine.rules, *several)

    alongside, shared, alone = _both(reading, engine.rules, others, DAY)

    assert _said(shared) == _said(alone)
    assert {"new", "trend", "calls-target", "of-some"} == {rule for rule, _, _ in _said(shared)}
    judged = {
        shared.evaluation.rules.rules[member.rule].id
        for one in shared.evaluation.verdicts
        for member in one.group.members
        if not any(np.shares_memory(one.state, other.state) for other in alongside.evaluation.verdicts)
    }
    assert judged == set()


def test_a_rule_with_another_number_or_other_areas_is_judged(engine):
    target, trend, of_some, stricter = engine.rules.rules
    looser = replace(stricter, when=replace(stricter.when, low=79.0))
    everywhere = replace(of_some, areas=None)

    alongside, shared, alone = _both(
        engine.enquiries.read(), engine.rules, _with(engine.rules, target, trend, everywhere, looser), DAY
    )

    assert _said(shared) == _said(alone)
    assert _said(shared)["stricter", "calls", 2] != _said(alongside)["stricter", "calls", 2]


def test_a_rule_for_some_areas_and_one_for_all_of_them_are_apart(engine):
    of_some = _with(engine.rules, engine.rules.rules[2])
    everywhere = _with(engine.rules, replace(engine.rules.rules[2], areas=None))

    for one, other in ((of_some, everywhere), (everywhere, of_some)):
        _, shared, alone = _both(engine.enquiries.read(), one, other, DAY)
        assert _said(shared) == _said(alone)


@pytest.mark.parametrize("seed", first(3, range(36)))
def test_on_random_folders_each_set_of_rules_says_what_it_would_by_itself(tmp_path, seed):
    random = Random(seed)
    folder = random_folder(random, tmp_path)
    assert folder is not None
    engine = engine_of(tmp_path, Settings(state_dir=tmp_path / "state"))
    several = [rule for rule in engine.rules.rules if random.random() < 0.8]
    random.shuffle(several)
    others: RuleSet = _with(
        engine.rules, *(replace(rule, areas=None) if n == 1 else rule for n, rule in enumerate(several))
    )

    _, shared, alone = _both(engine.enquiries.read(), engine.rules, others, folder.as_of)

    assert _said(shared) == _said(alone)
