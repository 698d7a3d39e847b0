"""The alert budget: what opened and was sent, beside what chance alone would open."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from samples.rule_folders import written

from alerting.app.authoring.backtest import backtested
from alerting.domain.backtest import DaySpan
from alerting.opening import memory_store
from alerting.render.backtest.as_text import backtest_text
from alerting.settings import Settings
from alerting.wiring import engine_of

RULES = """\
topics: [{id: t, title: Topic, owner: head}]
areas:
  - {id: north, title: North, owner: commander}
  - {id: south, title: South, owner: head}
owners:
  - {id: head, name: Head, email: head@example.org, false_alarms: at most 1 per quarter}
  - {id: commander, name: Commander, email: commander@example.org}
  - {id: nobody, name: Nobody, email: nobody@example.org}
measures: [{id: m, title: Measure, topic: t, unit: number, better: lower, every: month, source: f.csv}]
rules:
  - {id: usual, title: Unusual, measures: m, when: {outside_limits: {limits: rolling}}}
  - {id: outlook, title: Outlook, measures: m, when: {will_miss: {at_most: 56, date: 2024-03-31}}}
  - {id: target, title: Above, measures: m, when: {target_missed: {at_most: 56}}, notify: [measure_owner]}
"""


@pytest.fixture
def found(tmp_path):
    chance = np.random.default_rng(5)
    rows = [
        f"m,{area},{2018 + (n + 3) // 12}-{(n + 3) % 12 + 1:02d},{50 + 5 * chance.standard_normal():.1f}"
        for area in ("north", "south")
        for n in range(60)
    ]
    written(tmp_path, {"rules.yaml": RULES, "f.csv": "\n".join(["measure,area,period,value", *rows]) + "\n"})
    engine = engine_of(tmp_path, Settings(state_dir=tmp_path / "state"))
    span = DaySpan(first=date(2021, 4, 1), last=date(2023, 4, 1))
    return backtested(engine.rules, engine.enquiries.read(), span, memory_store, engine.installation.message_defaults)


def test_what_is_expected_stands_beside_what_opened_and_was_sent(found):
    head, commander = found.budget
    opened = [alert for alert in found.opened if "commander" in alert.told]
    assert ("head", "commander") == (head.owner, commander.owner)
    assert pytest.approx(len(opened) / 24, rel=0.02) == commander.openings_per_month
    sent = [notice for notice in found.sent if notice.owner == "commander"]
    assert pytest.approx(len(sent) / 24, rel=0.02) == commander.notices_per_month
    assert commander.expected_by_chance_per_month == pytest.approx(0.075, abs=0.02)
    assert 0.03 < commander.error < 0.1


def test_an_owner_has_the_sum_of_all_that_they_are_told_of(found):
    head, commander = found.budget
    above = 2 * 0.115 * 0.885  # of two series a figure in nine lies 1.2 deviations above the level
    expected = commander.expected_by_chance_per_month + above
    assert pytest.approx(expected, rel=0.5) == head.expected_by_chance_per_month
    assert head.error > commander.error


def test_of_which_rules_nothing_is_known_is_counted_and_named(found, tmp_path):
    head, commander = found.budget
    assert [(3, ("outlook",)), (2, ("outlook",))] == [(one.rules, one.chance_unknown) for one in (head, commander)]
    rules = engine_of(tmp_path, Settings(state_dir=tmp_path / "state")).rules
    said = [line for line in backtest_text(found, rules).splitlines() if line.startswith("Commander: ")]
    assert 1 == len(said)
    assert "exceptions opened a month, chance alone would open 0.1, give or take 0.1; " in said[0]
    assert said[0].endswith('; chance not known for 1 of 2 rules: "outlook"')


def test_the_limit_is_that_of_a_month(found):
    assert [pytest.approx(1 / 3), None] == [one.limit for one in found.budget]


def test_of_rules_on_series_too_short_nothing_is_expected(found):
    from alerting.app.authoring.budget import budget_of

    assert [None] == [
        one.expected_by_chance_per_month for one in budget_of(replace(found, alerts=()), {}, _one_owner())
    ]


def _one_owner():
    from samples.worlds import a_measure, a_panel, rules_for

    from alerting.conditions.trend import Trend
    from alerting.domain.rule import Owner

    head = Owner(id="head", name="Head", false_alarms=(1.0, "month"))
    return replace(rules_for(a_panel([1.0]), Trend(), a_measure()), owners={"head": head})
