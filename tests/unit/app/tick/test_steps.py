"""Each step of a tick by itself, on values alone: no state, no source, no channel."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import polars as pl
import pytest
from samples.alerts import CHIEF, NORTH, the_rules
from samples.rule_folders import written

from alerting.app.naming import Naming
from alerting.app.notices.compose import MessageDefaults
from alerting.app.notices.queued import queued
from alerting.app.situation.situation import situation_of
from alerting.app.tick.compose import compose, compose_of_the_engine
from alerting.app.tick.flood import flood_warning
from alerting.app.tick.hold_back import FOLDED, hold_back
from alerting.app.tick.plan import plan, speaking
from alerting.app.tick.recall import Heard, Outstanding
from alerting.app.tick.reconcile import reconcile
from alerting.app.tick.report import report_of
from alerting.app.tick.save import first_judged
from alerting.app.tick.times import Tick, TickTimes, tick_id
from alerting.domain.alert import AlertState, EventKind
from alerting.domain.measure import Aggregate, Level
from alerting.domain.notify.notice import NoticeKind
from alerting.domain.period import PeriodKind
from alerting.domain.rule import QuietHours, Roles, Schedule, Source
from alerting.figures.observations import Reading
from alerting.figures.tidy import observations_in
from alerting.ports import SourceTable
from alerting.settings import Settings
from alerting.wiring import engine_of

DAY = date(2020, 10, 15)
AT = datetime(2020, 10, 15, 7, tzinfo=UTC)
LETTERHEAD = MessageDefaults(domain="example.org", zone=UTC)


def rules_of(**owner: object):
    """One measure with a target of 90, from a source that its chief answers for."""
    north = replace(NORTH, **owner)
    rules = the_rules(owners=(CHIEF, north))
    measure = replace(rules.measures["m"], source="s", target=Level(number=90.0))
    return replace(
        rules, measures={"m": measure}, sources={"s": Source(id="s", kind="csv", settings={}, owner="chief")},
        schedule=Schedule(timezone="UTC"), roles=Roles(operator="chief"),
    )  # fmt: skip


def read(rules, *values: float) -> Reading:
    """The figures of as many months up to September 2020."""
    months = [f"2020-{9 - n:02}" for n in reversed(range(len(values)))]
    columns = {
        "measure": ["m"] * len(values),
        "area": ["a0"] * len(values),
        "period": months,
        "value": map(str, values),
    }
    series = {name: pl.Series(name, list(cells), dtype=pl.String) for name, cells in columns.items()}
    observations, problems = observations_in(SourceTable(source="s", file="figures.csv", columns=series), rules)
    return Reading(observations=(observations,), problems=tuple(problems))


def the_tick(rules, at: datetime = AT) -> Tick:
    times = TickTimes(at=at, now=at)
    return Tick(rules=rules, as_of=at.date(), times=times, naming=Naming(at.date(), at, tick_id(at.date(), at)))


@pytest.fixture
def rules():
    return rules_of()


@pytest.fixture
def situation(rules):
    return situation_of(rules, read(rules, 80, 85, 120), DAY)


def planned_on(rules, situation, heard=None, at=AT):
    outcome, tick = reconcile(situation.evaluation, (), at), the_tick(rules, at)
    heard = heard or Heard()
    return tick, outcome, plan(tick, outcome, heard), speaking(outcome.findings, heard.told)


def test_a_situation_has_the_figures_and_what_the_rules_say_of_them(situation):
    assert {"exception": 1, "normal": 2} == {name: n for name, n in situation.evaluation.counts().items() if n}
    assert () == situation.problems


def test_what_is_exceptional_and_was_not_told_opens(situation):
    (event,) = reconcile(situation.evaluation, (), AT).events

    assert (EventKind.OPENED, "r/m/a0/2020-09", 120.0) == (event.kind, event.alert.id, event.alert.value)


def test_what_was_told_and_stands_as_it_was_told_says_nothing(situation):
    before = reconcile(situation.evaluation, (), AT)

    later = reconcile(situation.evaluation, before.alerts, AT + timedelta(days=1), rules_changed=False)

    assert ((), ()) == (later.events, later.alerts)
    assert before.open_alerts.keys() == later.open_alerts.keys()


def test_what_was_told_on_a_figure_that_is_another_one_now_is_corrected(rules, situation):
    before = reconcile(situation.evaluation, (), AT)
    normal = situation_of(rules, read(rules, 80, 85, 70), DAY)

    (event,) = reconcile(normal.evaluation, before.alerts, AT + timedelta(days=1), rules_changed=False).events

    assert (EventKind.CORRECTED, AlertState.RESOLVED) == (event.kind, event.alert.state)


def test_a_plan_tells_whoever_answers(rules, situation):
    _, _, planned, _ = planned_on(rules, situation)

    (telling,) = planned.notifications.planned
    assert ("north", EventKind.OPENED) == (telling.person, telling.event.kind)
    assert planned.happened == planned.events


def test_what_is_told_goes_out_at_once(rules, situation):
    tick, outcome, planned, speak = planned_on(rules, situation)

    held = hold_back(tick, planned, outcome.open_alerts, speak, Heard())

    (one,) = held.outgoing
    assert ("north", None, None, None) == (one.notice.owner, one.notice.summary, one.not_before, one.until)
    assert () == held.cancelled


def test_quiet_hours_hold_a_notice_back_until_they_are_over():
    rules = rules_of(quiet_hours=QuietHours(since=time(22), until=time(8)))
    tick, outcome, planned, speak = planned_on(rules, situation_of(rules, read(rules, 80, 120), DAY))

    (one,) = hold_back(tick, planned, outcome.open_alerts, speak, Heard()).outgoing

    assert (AT.replace(hour=8), "Held back over your quiet hours.") == (one.not_before, one.notice.summary)


def test_a_budget_that_is_used_up_holds_a_notice_back():
    rules = rules_of(mail_budget=(1, "day"))
    tick, outcome, planned, speak = planned_on(rules, situation_of(rules, read(rules, 80, 120), DAY))

    (one,) = hold_back(
        tick, planned, outcome.open_alerts, speak, Heard(), budget_used=lambda owner, _: int(owner == "north")
    ).outgoing

    assert datetime(2020, 10, 16, tzinfo=UTC) == one.not_before


def test_what_waits_is_folded_into_what_goes_out(rules, situation):
    tick, outcome, planned, speak = planned_on(rules, situation)
    (event,) = planned.happened
    other = replace(
        event, alert=replace(event.alert, key=replace(event.alert.key, rule="other"), state=AlertState.RESOLVED)
    )
    heard_of = replace(other, kind=EventKind.CORRECTED)
    waits = Outstanding(waiting={"north": ([(heard_of, ("north",))], ["d1"], AT + timedelta(hours=3))})

    held = hold_back(tick, planned, outcome.open_alerts, speak, Heard(), waits)

    (one,) = held.outgoing
    assert (FOLDED, AT + timedelta(hours=3)) == (one.notice.summary, one.until)
    assert [("d1",)] == [cancelled.deliveries for cancelled in held.cancelled]


def test_copies_of_what_is_over_are_not_sent(rules, situation):
    tick, _, planned, speak = planned_on(rules, situation)

    held = hold_back(tick, planned, {}, speak, Heard(), Outstanding(copies={"d1": {"r/m/a0/2020-08": True}}))

    assert [("d1",)] == [cancelled.deliveries for cancelled in held.cancelled]


def test_what_opens_for_the_first_time_is_no_flood(rules, situation):
    outcome = reconcile(situation.evaluation, (), AT)
    none_allowed = replace(rules, schedule=Schedule(timezone="UTC", flood=0))
    evaluation = replace(situation.evaluation, rules=none_allowed)

    assert flood_warning(evaluation, outcome, watched=frozenset()) is None
    before = {"m": {"a0"}}
    warning = flood_warning(evaluation, outcome, frozenset({("r", "m")}), lambda _: before)
    assert "1 exceptions opened at once, in 1 of 1 series." == warning.split(" The ")[0]


FEW = """
topics: [{id: t, title: Topic, owner: head}]
areas: [AREAS]
owners: [{id: head, name: Head, email: head@example.org}]
schedule: {timezone: UTC, flood: 1}
roles: {operator: head, maintainer: head, fallback: head}
measures: [{id: m, title: M, topic: t, owner: head, unit: count, better: lower, every: month, target: 5, source: s}]
sources: {s: {csv: f.csv}}
rules: [{id: r, title: R, measures: m, notify: measure_owner, when: {target_missed: {}}}]
"""


@pytest.mark.parametrize(("missed", "asked"), [("abc", ["s"]), ("ab", [])])
def test_what_had_been_read_before_is_asked_only_where_more_than_a_fifth_of_the_series_opened(tmp_path, missed, asked):
    """It takes a look through all that was ever read."""
    areas = "abcdefghijkl"
    named = ", ".join(f"{{id: {area}, title: {area}}}" for area in areas)
    figures = "".join(f"m,{area},2020-09,{9 if area in missed else 1}\n" for area in areas)
    written(tmp_path, {"rules.yaml": FEW.replace("AREAS", named), "f.csv": f"measure,area,period,value\n{figures}"})
    engine = engine_of(tmp_path, Settings(state_dir=tmp_path / "state"))
    evaluation = situation_of(engine.rules, engine.enquiries.read(), DAY).evaluation
    questions = []

    def read_before(source):
        questions.append(source)
        return {"m": set(areas)}

    warning = flood_warning(evaluation, reconcile(evaluation, (), AT), {("r", "m")}, read_before)

    assert questions == asked
    assert (warning is not None) is bool(asked)


def test_a_series_judged_by_the_month_and_by_the_quarter_is_one_of_those_that_are_counted(rules):
    by_quarter = replace(rules.rules[0], id="q", every=PeriodKind.QUARTER)
    summed = replace(rules.measures["m"], aggregate=Aggregate.SUM)
    both = replace(
        rules, rules=(*rules.rules, by_quarter), measures={"m": summed}, schedule=Schedule(timezone="UTC", flood=0)
    )
    situation = situation_of(both, read(both, 80, 85, 120), DAY)
    outcome = reconcile(situation.evaluation, (), AT)

    warning = flood_warning(situation.evaluation, outcome, {("r", "m"), ("q", "m")}, lambda _: {"m": {"a0"}})

    assert {PeriodKind.MONTH, PeriodKind.QUARTER} == situation.evaluation.panels.keys()
    assert "of 1 series." in warning.split(" The ")[0]


def test_what_goes_out_is_in_words_on_every_channel(rules, situation):
    tick, outcome, planned, speak = planned_on(rules, situation)
    held = hold_back(tick, planned, outcome.open_alerts, speak, Heard())

    (one,) = compose(tick, situation.evaluation, outcome, held.outgoing, LETTERHEAD)

    (delivery,) = one.deliveries
    assert ("north@example.org", AT + timedelta(hours=24)) == (delivery.address, delivery.expires_at)
    assert "target 90" in delivery.message.subject


def test_who_answers_for_a_source_hears_what_is_wrong_with_it_once(rules):
    situation = situation_of(rules, read(rules, 80, 120), DAY)
    unread = replace(situation, reading=replace(situation.reading, failed={"s": "it is gone"}))
    outcome, tick = reconcile(situation.evaluation, (), AT), the_tick(rules)

    told = compose_of_the_engine(tick, unread, outcome, {}, None, LETTERHEAD)
    again = compose_of_the_engine(tick, unread, outcome, dict(told.troubles), None, LETTERHEAD)

    assert [("chief", NoticeKind.SOURCE_TROUBLE)] == [(one.notice.owner, one.notice.kind) for one in told.composed]
    assert () == again.composed


def test_bodies_are_kept_in_order_and_portions(rules, situation):
    tick, outcome, planned, speak = planned_on(rules, situation)
    held = hold_back(tick, planned, outcome.open_alerts, speak, Heard())
    (one,) = compose(tick, situation.evaluation, outcome, held.outgoing, LETTERHEAD)
    many = [replace(one, deliveries=(replace(one.deliveries[0], id=str(n)),)) for n in range(70)]
    portions = []

    def keep(deliveries):
        portions.append(len(deliveries))
        return [replace(delivery, kept_as="k") for delivery in deliveries]

    slim = queued(iter(many), keep)

    assert [32, 32, 6] == portions
    assert [(str(n), "k") for n in range(70)] == [(d.id, d.kept_as) for one in slim for d in one.deliveries]
    assert tuple(many) == queued(iter(many), None)


def test_a_report_counts_what_happened_and_who_is_told(rules, situation):
    tick, outcome, planned, speak = planned_on(rules, situation)
    held = hold_back(tick, planned, outcome.open_alerts, speak, Heard())
    composed = queued(compose(tick, situation.evaluation, outcome, held.outgoing, LETTERHEAD), None)

    report = report_of(situation, planned, composed, ())

    assert ({"opened": 1}, 1, (), False) == (
        dict(report.happened), len(report.deliveries), report.untold, report.has_errors,
    )  # fmt: skip


def test_nobody_to_tell_is_reported():
    rules = replace(rules_of(), owners={})
    situation = situation_of(rules, read(rules, 80, 120), DAY)
    _, _, planned, _ = planned_on(rules, situation)

    report = report_of(situation, planned, (), ())

    assert ["r/m/a0/2020-09"] == [event.alert.id for event in report.untold]


def test_pairs_that_were_judged_before_are_not_written_down_again(situation):
    assert [("r", "m")] == first_judged(situation.evaluation, frozenset())
    assert [] == first_judged(situation.evaluation, frozenset({("r", "m")}))


def test_the_same_series_of_ticks_needs_no_state(rules):
    """A look back: what would have been told on each of three days, from figures alone."""
    known, told = (), []
    for month, values in ((7, (80,)), (8, (80, 120)), (9, (80, 120, 70))):
        at = AT.replace(month=month + 1)
        figures = read(rules, *values) if month == 9 else read(rules, *values, *[80] * (9 - month))
        situation = situation_of(rules, figures, at.date())
        outcome = reconcile(situation.evaluation, known, at, rules_changed=False)
        known = outcome.alerts or known
        planned = plan(the_tick(rules, at), outcome, Heard())
        told.append([event.kind.value for event in planned.happened])

    assert [[], ["opened"], ["resolved"]] == told
