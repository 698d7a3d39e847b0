"""Same rule and same figures, same finding: whatever else stands in the folder, and however many periods are asked for."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

import numpy as np
import pytest
from samples import sampling
from samples.word_worlds import BESIDE, Tried, a_condition, all_tried, drawn, in_every_run, rules_of, that_fit

from alerting.conditions.composition import AllOf, AnyOf, Not
from alerting.conditions.not_fresh import NotFresh
from alerting.conditions.trend import Trend
from alerting.domain.condition import Condition
from alerting.domain.measure import Measure, Polarity
from alerting.domain.panel import Panel
from alerting.domain.parameters import Days
from alerting.domain.rule import RuleSet
from alerting.domain.severity import Severity, SeverityBySide
from alerting.evaluation.as_json import finding_json
from alerting.evaluation.engine import evaluate
from alerting.evaluation.findings import findings

SAMPLE = in_every_run()
WORLDS = [
    pytest.param(tried, id=tried.id, marks=pytest.mark.sampled if tried in SAMPLE else pytest.mark.exhaustive)
    for tried in all_tried()
]
BY_SIDE = SeverityBySide(worse=Severity.CRITICAL, better=Severity.INFO)
Key = tuple[str, str, str]


def a_rule_condition(random: Random, measure: Measure, panel: Panel, tried: Tried) -> Condition:
    """The condition that is tried or another, or some of them with lateness among them, composed in some depth."""

    def plain() -> Condition:
        key, method = random.choice([(tried.key, tried.method), (random.choice(BESIDE), None)])
        for _ in range(20):
            made = a_condition(drawn(random, measure, panel, method), key)
            if made is not None:
                return made
        return Trend(length=2)

    def late() -> Condition:
        return random.choice([NotFresh(), NotFresh(grace=Days(random.choice([1, 20, 50])))])

    shapes: list[Any] = [
        plain, plain, late,
        lambda: Not(part=plain()),
        lambda: AnyOf(parts=(plain(), plain())),
        lambda: AllOf(parts=(plain(), Not(part=plain()))),
        lambda: AnyOf(parts=(late(), plain())),
        lambda: AnyOf(parts=(plain(), Not(part=late()))),
        lambda: AllOf(parts=(plain(), late())),
        lambda: Not(part=AnyOf(parts=(late(), plain()))),
    ]  # fmt: skip
    made: Condition = random.choice(shapes)()
    return made


def a_world(tried: Tried) -> tuple[RuleSet, Panel, date]:
    random = Random(f"alone {tried.id}")
    measure, panel, condition = that_fit(random, tried)
    values = panel.values.copy()
    for column in range(values.shape[1]):  # some series begin late, and some have not come for a while
        values[: random.choice([0, 0, 3, 8]), column] = np.nan
        if rows := random.choice([0, 0, 1, 3]):
            values[-rows:, column] = np.nan
    panel = replace(
        panel, values=values, shown=np.where(values == values, values, np.where(_marked(panel), panel.shown, np.nan))
    )
    one = rules_of(random, measure, panel, condition)
    rules = tuple(
        replace(
            one.rules[0], id=f"r{n}", when=a_rule_condition(random, measure, panel, tried),
            severity=random.choice([Severity.WARNING, BY_SIDE]),
        )
        for n in range(sampling.few(3, 6))
    )  # fmt: skip
    on = panel.period(panel.n_periods).first_day + timedelta(days=random.choice([0, 3, 10, 40]))
    return replace(one, rules=rules), panel, on


def _marked(panel: Panel) -> np.ndarray:
    return np.zeros(panel.values.shape, dtype=bool) if panel.reasons is None else panel.reasons != 0


def found(rules: RuleSet, panel: Panel, on: date, *, every_period: bool) -> Iterator[tuple[Key, dict[str, Any]]]:
    """Each finding by rule, area and period, in the order of the periods."""
    evaluation = evaluate(rules, {panel.kind: panel}, on, every_period=every_period)
    for one in findings(evaluation, text="all"):
        if one.finding.measure == "m":
            yield (one.finding.rule, one.finding.area, str(one.finding.period)), finding_json(one.finding)


def among_others(rules: RuleSet, panel: Panel, tried: Tried) -> tuple[RuleSet, Panel]:
    """The same folder with another measure before and after, that has figures for longer, and more rules on all of them."""
    random = Random(f"others {tried.id}")
    rows, columns, longer = *panel.values.shape, random.choice([1, 5, 13])
    others = (
        replace(rules.measures["m"], id="before"),
        replace(rules.measures["m"], id="after", better=Polarity.NEITHER),
    )
    chance = np.random.default_rng(random.randrange(2**32))

    def wide(plane: np.ndarray, filler: float) -> np.ndarray:
        found = np.full((rows + longer, columns + 4), filler).astype(plane.dtype)
        found[longer:, 2 : columns + 2] = plane
        return found

    values = wide(panel.values, np.nan)
    strange = chance.normal(50, 20, (rows + longer, 2)).round(1), chance.normal(5, 3, (rows + longer, 2)).round(0)
    values[:, :2], values[:, -2:] = strange
    shown = wide(panel.shown, np.nan)
    shown[:, :2], shown[:, -2:] = strange
    pad = (-np.inf, np.inf)
    more = replace(
        panel, first=panel.first - longer, values=values, shown=shown,
        planes={name: wide(plane, 3.0) for name, plane in panel.planes.items()},
        columns={"before": slice(0, 2), "m": slice(2, columns + 2), "after": slice(columns + 2, columns + 4)},
        areas=("force", "a0", *panel.areas, "a1", "a2"),
        reasons=None if panel.reasons is None else wide(panel.reasons, 0),
        provisional=None if panel.provisional is None else wide(panel.provisional, 0),
        siblings=np.array([7, 7, *(panel.siblings if panel.siblings is not None else range(columns)), 9, 9]),
        floor=np.concatenate([[pad[0]] * 2, panel.floor, [pad[0]] * 2]),
        ceiling=np.concatenate([[pad[1]] * 2, panel.ceiling, [pad[1]] * 2]),
    )  # fmt: skip
    for name in more.planes:  # columns of the source do not reach before the series either
        more.planes[name][:longer, 2 : columns + 2] = np.nan
    measures = {"before": others[0], "m": rules.measures["m"], "after": others[1]}
    unrelated = tuple(
        replace(rules.rules[n], id=f"x{n}", measures=random.choice([("before",), ("m",), ("before", "after")]))
        for n in range(3)
    )
    both = tuple(replace(rule, measures=random.choice([("m",), ("m", "after")])) for rule in rules.rules)
    return replace(rules, measures=measures, rules=(*unrelated[:2], *both, *unrelated[2:])), more


@pytest.mark.sampled(3, each=False)
@pytest.mark.parametrize("tried", WORLDS)
def test_the_newest_finding_is_the_last_of_every_period(tried: Tried) -> None:
    rules, panel, on = a_world(tried)
    last: dict[tuple[str, str], dict[str, Any]] = {}
    for (rule, area, _), finding in found(rules, panel, on, every_period=True):
        last[rule, area] = finding
    newest = {key[:2]: finding for key, finding in found(rules, panel, on, every_period=False)}
    assert newest == last


@pytest.mark.sampled(3, each=False)
@pytest.mark.parametrize("tried", WORLDS)
@pytest.mark.parametrize("every_period", [True, False], ids=["every-period", "newest"])
def test_what_else_stands_in_the_folder_changes_no_finding(tried: Tried, *, every_period: bool) -> None:
    rules, panel, on = a_world(tried)
    alone = dict(found(rules, panel, on, every_period=every_period))
    together = dict(found(*among_others(rules, panel, tried), on, every_period=every_period))
    own = {key: finding for key, finding in together.items() if key[0].startswith("r")}
    assert own == alone
    assert alone
