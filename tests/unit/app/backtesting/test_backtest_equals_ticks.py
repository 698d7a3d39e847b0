"""A backtest gives what ticking on every day from an empty state gives: the same messages, on the same days, in the same words."""

# ruff: noqa: E501 - YAML stands as people write it

from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest
from samples.day_by_day import in_order, sent_by, sent_day_by_day
from samples.random_folders import random_folder
from samples.rule_folders import written
from samples.sampling import first

from alerting.app.authoring.backtest import backtested
from alerting.app.authoring.backtesting.days_known import with_days
from alerting.app.authoring.backtesting.ticking import Ticking
from alerting.app.situation.situation import situation_of
from alerting.domain.backtest import Backtest, DaySpan
from alerting.domain.notify.notice import DeliveryState
from alerting.opening import memory_store
from alerting.settings import Settings
from alerting.wiring import engine_of

RULES = """
topics: [{id: contact, title: Contact, owner: head}]
areas:
  - {id: force, title: The force, owner: chief}
  - {id: north, title: North, parent: force, owner: commander}
  - {id: south, title: South, parent: force}
owners:
  - {id: chief, name: Chief Constable, email: chief@example.org, quiet_hours: {from: "06:00", until: "09:00"}}
  - {id: head, name: Head of Contact, email: head@example.org, mail_budget: 1 per week}
  - {id: commander, name: "Commander, North", email: north@example.org, deputy: head, away: [{from: 2020-05-10, until: 2020-05-20}], escalate: {after: 3 working days, to: chief}}
roles: {operator: chief, maintainer: head, fallback: chief}
measures:
  - {id: calls, title: Answered, topic: contact, unit: percent, better: higher, every: month, target: 90, source: s, expected: 10 days}
  - {id: visits, title: Visits, topic: contact, unit: count, better: lower, every: week, source: s, target: 50}
sources: {s: {csv: f.csv, owner: head}}
silences: [{id: s, match: {areas: [south]}, from: 2020-04-01, until: 2020-05-31, reason: Planned}]
rules:
  - {id: target, title: Too slow, measures: calls, when: {target_missed: {}}, severity: critical, notify: [area_owner, measure_owner], remind: weekly, inhibit: areas}
  - {id: band, title: Bands, measures: calls, when: {band: {bands: [{red: below 80}, {amber: 80 to 88}, {green: 88 or more}], exception_from: amber}}, remind: monthly}
  - {id: late, title: Late, measures: calls, when: {not_fresh: {grace: 3 days}}}
  - {id: many, title: Many, measures: visits, for: 2, when: {target_missed: {}}, until: 2020-06-10}
"""
ROWS = """\
measure,area,period,value,published
calls,force,2020-01,91,2020-02-08
calls,force,2020-02,85,2020-03-09
calls,force,2020-03,84,2020-04-08
calls,force,2020-03,92,2020-04-20
calls,force,2020-05,79,2020-06-20
calls,north,2020-01,89,2020-02-08
calls,north,2020-02,87,2020-03-09
calls,north,2020-03,78,2020-04-08
calls,north,2020-04,95,2020-05-12
calls,north,2020-05,86,2020-06-08
calls,north,2020-05,96,2020-06-18
calls,south,2020-02,70,2020-03-09
calls,south,2020-03,71,2020-04-08
calls,south,2020-04,72,2020-05-12
calls,south,2020-05,93,2020-06-08
visits,north,2020-W10,40,
visits,north,2020-W11,60,
visits,north,2020-W12,61,
visits,north,2020-W13,70,
visits,north,2020-W15,30,
visits,north,2020-W20,80,2020-05-22
visits,north,2020-W21,81,2020-05-29
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with reminders, escalations, silences, absences, quiet hours, a budget, revisions and figures without a day."""
    made = tmp_path_factory.mktemp("folder")
    written(made, {"rules.yaml": RULES, "f.csv": ROWS})
    return made


@pytest.fixture(scope="module")
def spring(folder: Path) -> tuple[Backtest, list, list]:
    """What was found over some months, and what ticking on every day of them sent and did."""
    return _both(folder, DaySpan(first=date(2020, 3, 1), last=date(2020, 7, 15)))


def _both(folder: Path, span: DaySpan) -> tuple[Backtest, list, list]:
    engine = engine_of(folder, Settings(state_dir=folder / "state"))
    reading, defaults = engine.enquiries.read(), engine.installation.message_defaults
    found = backtested(engine.rules, reading, span, memory_store, defaults)
    dated = with_days(engine.enquiries.read(), engine.rules)
    return found, *sent_day_by_day(engine.rules, dated, span, defaults)


def test_a_backtest_sends_what_ticking_on_every_day_sends(spring):
    found, sent, _ = spring

    assert len(sent) > 30
    assert {event for one in sent for event, _ in one.events} >= {
        "opened",
        "resolved",
        "reminded",
        "escalated",
        "corrected",
        "worsened",
        "withdrawn",
    }
    assert in_order(sent_by(found)) == in_order(sent)


def test_days_on_which_nothing_can_happen_are_left_out(spring):
    found, _, _ = spring

    assert found.n_ticks < 137 / 1.3


def test_alerts_open_and_end_on_the_days_on_which_ticks_find_that(spring):
    found, _, happened = spring

    opened = {(str(one.opened_on), "opened", one.id) for one in found.alerts}
    ended = {(str(one.ended_on), one.end.value, one.id) for one in found.alerts if one.end and one.ended_on}
    assert opened <= set(happened)
    assert ended <= set(happened)
    assert {id_ for _, kind, id_ in happened if kind == "opened"} == {one.id for one in found.alerts}


def test_a_whole_message_has_the_subject_under_which_it_was_counted(spring):
    found, _, _ = spring

    assert [one.write().subject for one in found.notices] == [one.subject for one in found.notices]


def test_what_waits_is_looked_at_by_each_tick_and_what_stands_only_where_something_may_be_due(folder):
    """A message that waits may have to say something else on another day, though nothing has become of its alerts."""
    engine = engine_of(folder, Settings(state_dir=folder / "state"))
    dated, span = (
        with_days(engine.enquiries.read(), engine.rules),
        DaySpan(first=date(2020, 3, 1), last=date(2020, 7, 15)),
    )
    waits, left_alone = False, 0
    with closing(memory_store()) as store:
        last = situation_of(engine.rules, dated, span.last)
        for ticked in Ticking(engine.rules, dated, store, engine.installation.message_defaults, last).over(span):
            assert not waits or ticked.decided.outstanding.waiting or ticked.went_out
            with store.begin() as state:
                waits = bool(state.outbox.entries([DeliveryState.PENDING]))
            left_alone += bool(ticked.decided.outcome.open_alerts) and not ticked.decided.heard.told

    assert left_alone > 3


def test_what_the_first_tick_finds_stood_already(folder):
    found, sent, _ = _both(folder, DaySpan(first=date(2020, 4, 9), last=date(2020, 4, 30)))

    assert {one.id for one in found.alerts if one.stood} == {
        one.id for one in found.alerts if one.opened_on == date(2020, 4, 9)
    }
    assert {one.at for one in found.notices if one.stood} == {date(2020, 4, 9)}
    assert in_order(sent_by(found)) == in_order(sent)


@pytest.mark.parametrize("seed", first(2, range(40)))
def test_on_random_folders_it_sends_what_ticking_on_every_day_sends(tmp_path, seed):
    """Whatever conditions, limits, holds, silences and escalations there are: what is left out never told anything."""
    folder = random_folder(Random(seed), tmp_path)
    assert folder is not None

    found, sent, happened = _both(tmp_path, DaySpan(first=folder.as_of - timedelta(days=45), last=folder.as_of))

    assert in_order(sent_by(found)) == in_order(sent)
    assert {id_ for _, kind, id_ in happened if kind == "opened"} >= {one.id for one in found.alerts}
