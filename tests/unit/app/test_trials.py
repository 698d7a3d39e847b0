"""Rule tests go the short way: they begin where something may happen, judge once and give messages no words unless asked to."""

from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from samples.sampling import few

from alerting.app.authoring.run_rule_tests import Checked
from alerting.app.authoring.trial import MORNING, Trial
from alerting.app.tick.report import TickReport
from alerting.app.tick.tick import run_tick
from alerting.app.tick.times import TickTimes
from alerting.opening import memory_store
from alerting.rulefile.rule_tests import load_rule_tests, rule_tests_in
from alerting.wiring import engine_of

SHIPPED = Path(__file__).parents[3] / "rules"
QUIET_AT_FIRST = """\
tests:
  - name: a long quiet time, then a miss
    rules: [calls-999-target, calls-999-sharp-fall]
    figures:
      - {measure: calls-999-answered-10s, area: west-mercia, from: 2018-04, values: (95 94)*8 93 88 87 95 94}
    expect: []
  - name: a revision, and a figure that comes late
    rules: [calls-999-target]
    figures:
      - {measure: calls-999-answered-10s, area: west-mercia, from: 2020-04, values: 95 94 93 88}
      - {measure: calls-999-answered-10s, area: west-mercia, from: 2020-05, values: 85, published: 2020-08-20}
    expect: []
"""


class EveryTick(Trial):
    """One whole tick on each day, as the service does it."""

    @property
    def eventful_days(self):
        return self.days

    def _ticked(self, day) -> TickReport:
        at = datetime.combine(day, MORNING, ZoneInfo(self.rules.schedule.timezone))
        report = run_tick(self.rules, self.reading, self.store, day, TickTimes(at=at, now=at), self.defaults)
        if due := [one.id for one in report.deliveries if one.not_before is None]:
            with self.store.begin() as state:
                state.outbox.accept(due, at)
        return report


@pytest.mark.sampled
def test_the_short_way_finds_what_whole_ticks_find():
    own = engine_of(SHIPPED).installation
    shipped, _ = load_rule_tests(SHIPPED, own.rules, "rules")
    made, problems = rule_tests_in(QUIET_AT_FIRST, "made", own.rules)
    assert [] == problems
    for test in [*made, *few(shipped[:1], shipped)]:
        found = []
        for kind in (Trial, EveryTick):
            with closing(memory_store()) as store:
                trial = kind(test, own.rules, store=store, defaults=own.message_defaults)
                failures = [(one.place, one.message) for one in Checked(trial).failures()]
                found.append((failures, [replace(one, words=(), mails=()) for one in trial.happened]))
        assert found[0] == found[1], test.name
        assert test not in made or found[0][1]


def test_the_first_tick_is_the_last_on_which_nothing_has_happened():
    rules = engine_of(SHIPPED).installation.rules
    (quiet, late), _ = rule_tests_in(QUIET_AT_FIRST, "made", rules)
    with closing(memory_store()) as store:
        trial = Trial(quiet, rules, store=store, defaults=None)
        began = trial.days.index(trial.eventful_days[0])
        assert len(trial.days) - 6 <= began < len(trial.days) - 4  # the fall opens at the fourth last figure
        revised = Trial(late, rules, store=store, defaults=None)
        assert revised.eventful_days == revised.days
