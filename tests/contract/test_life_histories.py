"""Random histories of figures (missing, late, revised, vanishing, coming again) against a model in plain Python.

`LIFE_HISTORIES=20000` in the environment runs so many instead of the few hundred of every day.
"""

import os
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from hypothesis.strategies import integers, sampled_from
from samples.worlds import a_measure, a_panel, rules_for

from alerting.app.tick.reconcile import reconcile
from alerting.conditions.target_missed import TargetMissed
from alerting.domain.alert import EventKind
from alerting.domain.measure import Level
from alerting.evaluation.engine import evaluate

HISTORIES = int(os.environ.get("LIFE_HISTORIES", "250"))
LIMIT = 10
#: A figure that was never there; one that was known and cannot be read today.
MISSING, GONE = None, "gone"
VALUES = sampled_from([5, 8, 12, 20, MISSING])


def plain_fold(values, open_after, clear_after):
    """What is open after all figures in order: (opened, last exceptional) or None, and the index that ended the last one."""
    bad = good = 0
    is_open, opened, last = False, None, None
    started = False
    for n, value in enumerate(values):
        started = started or value is not MISSING
        if not started:
            continue
        known = isinstance(value, int)
        bad = bad + 1 if known and value > LIMIT else 0
        good = good + 1 if known and value <= LIMIT else 0
        if not is_open and bad >= open_after:
            is_open, opened = True, n
        elif is_open and good >= clear_after:
            is_open = False
        if is_open and known and value > LIMIT:
            last = n
    return (opened, last) if is_open else None


class Life(RuleBasedStateMachine):
    """One series under one rule: the world changes its figures, ticks come, and what is told must follow from both."""

    @initialize(open_after=integers(1, 3), clear_after=integers(1, 3), first=integers(1, 6))
    def begin(self, open_after, clear_after, first):
        """Set the rule's patience, and some figures of before."""
        self.open_after, self.clear_after = open_after, clear_after
        self.figures = [5] * first
        self.alerts = {}
        self.at = datetime(2020, 1, 1, tzinfo=UTC)
        self.told = []
        self.clean = True
        self.tick()

    @rule(value=VALUES)
    def next_period(self, value):
        """A period ends; its figure comes, or does not."""
        self.figures.append(value)

    @rule(place=integers(0, 40), value=VALUES)
    def revise(self, place, value):
        """A figure comes late, is revised, or is taken back by its source as missing."""
        if self.figures[place % len(self.figures)] is not MISSING and value is MISSING:
            value = GONE
        self.figures[place % len(self.figures)] = value

    @rule(back=integers(1, 4))
    def vanish(self, back):
        """A figure of lately cannot be read any more."""
        place = max(len(self.figures) - back, 0)
        if isinstance(self.figures[place], int):
            self.figures[place] = GONE

    @rule()
    def tick(self):
        """The engine looks."""
        self.at += timedelta(days=1)
        kinds = self.ticked()
        assert self.ticked() == [], f"a second tick told something after {kinds}"

    def ticked(self):
        known = [value if isinstance(value, int) else None for value in self.figures]
        panel = a_panel(known)
        rules = rules_for(panel, TargetMissed(at_most=Level(number=LIMIT)), a_measure())
        rules = self.with_patience(rules)
        as_of = date.fromordinal(panel.period(panel.n_periods).first_day.toordinal())
        evaluation = evaluate(rules, {panel.kind: panel}, as_of, every_period=True)
        outcome = reconcile(evaluation, list(self.alerts.values()), self.at)
        for alert in outcome.alerts:
            self.alerts[alert.id] = alert
        self.events = [(event.kind, event.alert) for event in outcome.events]
        self.told += self.events
        self.panel = panel
        for kind, alert in self.events:
            self.has_evidence(kind, alert)
        return [kind.value for kind, _ in self.events]

    def has_evidence(self, kind, alert):
        """Nothing opens, ends or is corrected but by figures that are there."""
        opened = self.panel.row(alert.opened)
        if kind is EventKind.OPENED:
            run = self.figures[opened - self.open_after + 1 : opened + 1]
            assert len(run) == self.open_after
            assert all(isinstance(value, int) and value > LIMIT for value in run)
        elif kind is EventKind.RESOLVED:
            ended = self.panel.row(alert.resolved)
            run = self.figures[ended - self.clear_after + 1 : ended + 1]
            assert ended >= opened
            assert all(isinstance(value, int) and value <= LIMIT for value in run)
        elif kind is EventKind.CORRECTED and not alert.is_open:
            assert isinstance(self.figures[opened], int)

    def with_patience(self, rules):
        from dataclasses import replace

        (only,) = rules.rules
        return replace(rules, rules=(replace(only, open_after=self.open_after, clear_after=self.clear_after),))

    @invariant()
    def one_open_alert_at_most(self):
        """However it went, a series has one open alert or none."""
        if hasattr(self, "alerts"):
            assert sum(alert.is_open for alert in self.alerts.values()) <= 1

    @rule()
    def check(self):
        """Where no figure is gone, what stands is what all figures in order give, however the ticks fell."""
        self.tick()
        if GONE in self.figures:
            self.what_is_gone_ends_nothing_but_later_normal_figures_do()
            return
        expected = plain_fold(self.figures, self.open_after, self.clear_after)
        found = next((alert for alert in self.alerts.values() if alert.is_open), None)
        if expected is None:
            # A gap at an opening's own place may leave it standing until it is refuted: absence ends nothing.
            assert found is None or self.is_undecided(found)
            return
        assert found is not None
        assert (self.panel.row(found.opened), self.panel.row(found.period)) == expected
        corrected = {alert.id for kind, alert in self.told if kind is EventKind.CORRECTED}
        assert found.id in corrected or found.id.endswith(str(found.opened)), "another alert than was told"

    def what_is_gone_ends_nothing_but_later_normal_figures_do(self):
        standing = next((alert for alert in self.alerts.values() if alert.is_open), None)
        if standing is None or plain_fold(self.figures, self.open_after, self.clear_after) is not None:
            return
        count = 0
        for value in self.figures[self.panel.row(standing.opened) + 1 :]:
            count = count + 1 if isinstance(value, int) and value <= LIMIT else 0
            assert count < self.clear_after, "it stands though later figures were normal for long enough"

    def is_undecided(self, alert):
        row = self.panel.row(alert.opened)
        return not isinstance(self.figures[row], int)

    def teardown(self):
        """Events of each alert make sense in order: opened first, nothing after an end but a correction or an opening."""
        stands = {}
        for kind, alert in getattr(self, "told", []):
            before = stands.get(alert.id)
            if kind is EventKind.OPENED:
                assert not before
            elif kind in (EventKind.WORSENED, EventKind.RESOLVED):
                assert before
            else:
                assert alert.id in stands
            stands[alert.id] = alert.is_open


@pytest.mark.timeout(120 + HISTORIES)
def test_what_is_told_follows_from_the_figures_in_any_history():
    found = settings(
        max_examples=HISTORIES, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck),
        derandomize="LIFE_HISTORIES" not in os.environ,
    )  # fmt: skip
    run_state_machine_as_test(Life, settings=found)


def test_the_model_counts_as_the_contract_says():
    assert plain_fold([5, 12, 12, MISSING, 12, 8], 2, 1) is None
    assert plain_fold([5, 12, 12, MISSING, 12, 8], 2, 2) == (2, 4)
    assert plain_fold([5, 12, MISSING, 12], 2, 1) is None
    assert np.isnan(a_panel([MISSING, 1]).values[0, 0])
