"""Rules whose numbers are written in different ways are judged in one call, and each finds what it finds alone."""

from dataclasses import replace
from datetime import date
from itertools import permutations

import numpy as np
import pytest
from samples.worlds import a_measure, a_panel, rules_for

from alerting.conditions.composition import AllOf, AnyOf, Not
from alerting.conditions.target_missed import TargetMissed
from alerting.conditions.trajectory import AboveTrajectory
from alerting.conditions.will_miss import WillMiss
from alerting.domain.condition import Condition
from alerting.domain.finding import Finding
from alerting.domain.measure import Level
from alerting.domain.panel import Panel
from alerting.domain.parameters import Milestone
from alerting.evaluation.engine import evaluate
from alerting.evaluation.findings import findings

DATED = Level(dated=((date(2018, 4, 1), 4.0), (date(2018, 7, 1), 6.0)))
LEVELS = {
    "number": Level(number=5.0),
    "another-number": Level(number=3.0),
    "dated": DATED,
    "by-area": Level(by_area=(("default", Level(number=7.0)), ("a1", DATED))),
    "column": Level(column="goal"),
    "no-such-column": Level(column="nowhere"),
}
PLAN = (Milestone(date=date(2018, 4, 30), value=2.0), Milestone(date=date(2018, 12, 31), value=8.0))
FORMS = {
    "at_least": lambda level: TargetMissed(at_least=level),
    "at_most": lambda level: TargetMissed(at_most=level),
    "not": lambda level: Not(part=TargetMissed(at_least=level)),
    "any_of": lambda level: AnyOf(parts=(TargetMissed(at_least=level), AboveTrajectory(milestones=PLAN))),
    "all_of": lambda level: AllOf(parts=(AboveTrajectory(milestones=PLAN), TargetMissed(at_most=level))),
    "will_miss": lambda level: WillMiss(at_most=level, due=date(2019, 1, 31)),
}


def a_world() -> Panel:
    values = np.random.default_rng(3).integers(1, 10, (12, 3)).astype(np.float64)
    goal = np.random.default_rng(4).integers(1, 10, (12, 3)).astype(np.float64)
    return a_panel(*values.T.tolist(), planes={"goal": goal})


def found_by(panel: Panel, conditions: list[Condition], *, every_period: bool) -> list[list[Finding]]:
    """Findings of each condition, judged in one pass: each watches a measure of its own with the panel's figures."""
    times, wide = len(conditions), panel.n_series
    ids = [f"m{n}" for n in range(times)]
    tiled = a_panel(
        *np.tile(panel.values, times).T.tolist(),
        planes={name: np.tile(plane, times) for name, plane in panel.planes.items()},
        columns={id_: slice(n * wide, (n + 1) * wide) for n, id_ in enumerate(ids)},
        areas=panel.areas * times,
    )
    one = rules_for(panel, conditions[0], a_measure())
    rules = replace(
        one,
        measures={id_: a_measure(id=id_) for id_ in ids},
        rules=tuple(
            replace(one.rules[0], id=f"r{n}", measures=(f"m{n}",), when=when) for n, when in enumerate(conditions)
        ),
    )
    on = panel.period(panel.n_periods).first_day
    made = findings(evaluate(rules, {panel.kind: tiled}, on, every_period=every_period), text="all")
    own = [[one.finding for one in made if one.finding.rule == f"r{n}"] for n in range(times)]
    return [[replace(finding, rule="r", measure="m") for finding in some] for some in own]


@pytest.mark.sampled(8)
@pytest.mark.parametrize("every_period", [False, True], ids=["newest", "every-period"])
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("pair", list(permutations(LEVELS, 2)), ids="-".join)
def test_levels_written_in_two_ways_find_what_each_finds_alone(
    pair: tuple[str, str], form: str, *, every_period: bool
) -> None:
    panel = a_world()
    conditions = [FORMS[form](LEVELS[name]) for name in pair]
    together = found_by(panel, conditions, every_period=every_period)
    for n, condition in enumerate(conditions):
        (alone,) = found_by(panel, [condition], every_period=every_period)
        assert together[n] == alone
        assert len(alone) == (36 if every_period else 3)


def test_a_dated_and_a_plain_target_each_hold() -> None:
    panel = a_panel([5.0, 5.0, 5.0, 5.0, 5.0])
    dated, plain = found_by(
        panel, [TargetMissed(at_least=DATED), TargetMissed(at_least=Level(number=4.5))], every_period=True
    )
    assert [(one.target, one.state.word) for one in dated] == [(4.0, "normal")] * 3 + [(6.0, "exception")] * 2
    assert [(one.target, one.state.word) for one in plain] == [(4.5, "normal")] * 5


def test_a_column_that_holds_for_areas_without_a_level_of_their_own_is_each_area_s() -> None:
    goals = np.array([[5.0, 3.0, 9.0]])
    panel = a_panel([4.0], [4.0], [4.0], planes={"goal": goals})
    level = Level(by_area=(("default", Level(column="goal")), ("a1", Level(number=2.0))))
    (found,) = found_by(panel, [TargetMissed(at_least=level)], every_period=True)
    assert [(one.area, one.target, one.state.word) for one in found] == [
        ("a0", 5.0, "exception"), ("a1", 2.0, "normal"), ("a2", 9.0, "exception")
    ]  # fmt: skip
