"""A tick on the figures and rules of the last one judges nothing until a day may change what they say."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import partial
from random import Random

import pytest
from samples.broken import CLASSES, boom
from samples.lives import LONDON, Life
from samples.sampling import few, first

from alerting.app.alerts import actions, silences
from alerting.app.delivery import deliveries
from alerting.cli import main
from alerting.domain.notify.notice import DeliveryState
from alerting.domain.outbox import Deed
from alerting.errors import UsageError
from alerting.wiring import engine_of

DAY = "2020-06-03"
#: Parts of the rules that somebody edits, each with what it may be.
PARTS = {
    "id": ("r", "r, was: r2", "r2, was: r"),
    "rule": (
        "", ", remind: daily", ", for: 2, clear_after: 2", ", inhibit: areas, remind: daily", ", status: shadow, author: chief",
        ", severity: critical",
    ),
    "head": (
        "", ', quiet_hours: {from: "08:00", until: "12:00"}', ", mail_budget: 1 per day",
        ", escalate: {after: 1 working days, to: chief}", ", away: [{from: 2020-06-04, until: 2020-06-20}], deputy: chief",
    ),
    "north": (
        "", ", escalate: {after: 2 working days, to: chief}",
        ", deputy: deputy, away: [{from: 2020-06-01, until: 2020-07-21}]",
    ),
    "measure": (
        ", expected: 5 days", ", expected: 20 days", ", expected: 5 days, settles_after: 20 days",
        ", expected: 5 days, roll_up: true",
    ),
    "more": (
        "", "silences: [{id: s, match: {areas: [north]}, from: 2020-06-01, until: 2020-06-25, reason: Known}]",
        "holds: [{id: h, match: {measures: [m]}, from: 2020-05-01, until: 2020-05-31, reason: Wrong}]",
        "roles: {operator: duty, maintainer: duty, fallback: duty}",
    ),
}  # fmt: skip
MORE_RULES = (
    "  - {id: late, title: Late, measures: m, when: {not_fresh: {grace: 2 days}}, severity: info}\n"
    "  - {id: up, title: More, measures: m, when: {change: {versus: previous_period, rises_by: 30 %%}}, remind: weekly}\n"
)


def told_by(report):
    """What a report says, its messages as they read."""
    messages = [(one.id, one.owner, one.message.subject, one.message.text, one.not_before) for one in report.deliveries]
    return {**vars(replace(report, evaluation=None, as_left=None)), "deliveries": messages}


class Twins:
    """One folder with two states: in one a tick may go by the last one, in the other each judges all."""

    def __init__(self, folder, seed=0):
        self.random = Random(seed)
        self.lives = [Life(folder), Life(folder)]
        self.lives[1].state = folder / "other"
        self.lives[1].figures = self.lives[0].figures
        self.lives[1].parts = self.lives[0].parts
        self.lives[0].set(measure=", expected: 5 days", id="r")
        for life in self.lives:
            life.rules = (
                life.rules.replace("rules: [{id: r", "rules:\n  - {id: %(id)s").removesuffix("]\n") + "\n" + MORE_RULES
            )
        self.figures = self.lives[0].figures
        self.at = datetime.combine(date.fromisoformat(DAY), time(7), LONDON)
        self.spared = 0

    def tick(self):
        """Tick in both, and return whether the first judged nothing; what they say and leave is the same."""
        self.lives[0].write()
        said = []
        for life, full in zip(self.lives, (False, True), strict=True):
            with self.opened(life) as (engine, store):
                report = engine.tick(store, full=full)
            assert not full or report.evaluation is not None
            said.append(report)
        self.looked_at(said[0])
        assert told_by(said[1]) == told_by(said[0])
        assert self.left(1) == self.left(0)
        spared = said[0].evaluation is None
        self.spared += spared
        return spared

    def looked_at(self, report):
        """Look at what the first has done."""

    def opened(self, life):
        return life.opened(self.at.date().isoformat(), self.at.time())

    def left(self, twin):
        """All that a state holds."""
        with sqlite3.connect(self.lives[twin].state / "alerting.db") as database:
            tables = [name for (name,) in database.execute("select name from sqlite_master where type = 'table'")]
            return {name: database.execute(f"select * from {name}").fetchall() for name in tables}

    def both(self, do: Callable[..., object]):
        """Do something in both states, where it can be done."""
        for life in self.lives:
            with self.opened(life) as (engine, store), suppress(UsageError):
                do(engine, store)

    # What happens between ticks

    def passes(self, **much):
        self.at += timedelta(**much)

    def some_time(self):
        self.passes(**self.random.choice([{"minutes": 5}, {"hours": 3}, {"days": 1}, {"days": 1}, {"days": 6}]))

    def figure(self):
        months = ["2020-03", "2020-04", "2020-05", "2020-06", "2020-07"][: 3 + (self.at.month > 6)]
        cell = self.random.choice(["force", "north", "south"]), self.random.choice(months)
        if self.random.random() < 0.15:
            self.figures.pop(cell, None)
        else:
            self.figures[cell] = self.random.choice(["5", "8", "9", "11", "12", "14", "30", "n/a", "x"])

    def rules(self):
        part = self.random.choice(sorted(PARTS))
        self.lives[0].parts[part] = self.random.choice(PARTS[part])
        self.lives[0].write()

    def deed_on_an_alert(self):
        deed, lot, until = (
            self.random.choice(["take", "give", "say", "silence", "unsilence"]),
            self.random.random(),
            self.at.date(),
        )

        def do(engine, store):
            with store.begin() as state:
                standing = sorted(alert.id for alert in state.alerts.open())
            if not standing:
                return
            id_ = standing[int(lot * len(standing))]
            now, day, rules = engine.clock.now(), engine.installation.today(), engine.rules
            if deed == "take":
                actions.acknowledge(rules, store, id_, "chief", now, day, "Seen")
            elif deed == "give":
                actions.unacknowledge(rules, store, id_, "chief", now, day, None)
            elif deed == "say":
                actions.comment(rules, store, id_, "chief", now, "Known")
            elif deed == "silence":
                silences.silence(rules, store, id_, until + timedelta(days=2), "Known", "chief", now, day)
            else:
                silences.unsilence(rules, store, id_, "chief", now, day, None)

        self.both(do)

    def deliveries(self):
        lot, deed = self.random.random(), self.random.choice(["accept", "accept", "accept one", Deed.DROP, Deed.RETRY])

        def do(engine, store):
            now, pending = engine.clock.now(), [one for one in store.deliveries() if one.state is DeliveryState.PENDING]
            due = [one.id for one in pending if (one.not_before or now) <= now]
            with store.begin() as state:
                if deed == "accept":
                    state.outbox.accept(due, now)
                elif deed == "accept one":
                    state.outbox.accept(due[:1], now)
                elif there := sorted(one.id for one in store.deliveries()):
                    one = there[int(lot * len(there))]
                    deliveries.done(state.outbox, deed, [one], now, person=None, reason=None)

        self.both(do)

    def happens(self):
        """Let something happen, or nothing."""
        often = [self.some_time, self.some_time, self.figure, self.deliveries, self.deliveries, self.deed_on_an_alert]
        self.random.choice([*often, self.rules, partial(self.passes, seconds=1)])()


@pytest.fixture
def twins(tmp_path):
    """A day on which two areas are exceptional, and a tick that told it."""
    found = Twins(tmp_path)
    found.figures |= {
        ("force", "2020-04"): "8",
        ("force", "2020-05"): "12",
        ("north", "2020-05"): "9",
        ("south", "2020-05"): "30",
    }
    assert not found.tick()
    found.passes(hours=1)
    return found


def accept_all(engine, store):
    with store.begin() as state:
        state.outbox.accept([one.id for one in store.deliveries()], engine.clock.now())


@pytest.mark.parametrize("done", [accept_all, lambda *_: None], ids=["told", "waiting"])
def test_where_nothing_has_changed_nothing_is_judged(twins, done):
    twins.both(done)
    assert twins.tick()
    twins.passes(hours=1)
    assert twins.tick()


def test_what_was_old_when_it_was_first_seen_is_no_news_at_the_second_tick_either(tmp_path):
    twins = Twins(tmp_path)
    twins.figures |= {("force", "2019-12"): "12", ("north", "2020-05"): "9"}
    twins.tick()
    assert twins.tick()


# What must be seen


def figure_of_equal_length(twins):
    """One digit is another; size and times of the file are as they were."""
    path = twins.lives[0].folder / "figures/m.csv"
    before = path.stat()
    twins.figures["north", "2020-05"] = "8"
    twins.lives[0].write()
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size


def rule_edited(twins):
    twins.lives[0].set(rule=", remind: daily")


def program_changed(twins):
    twins.patch.setattr("alerting.rulefile.program.program", lambda: "another one")


def a_day_on_which_a_figure_falls_due(twins):
    twins.at = datetime.combine(date(2020, 6, 6), time(7), LONDON)


def damaged(twins):
    (twins.lives[0].state / "cache/tick.json").write_text(
        '{"of":[["alerting.app.tick.last_tick:KeptTick",{},1]]}', encoding="ascii"
    )


def nothing_kept(twins):
    (twins.lives[0].state / "cache/tick.json").unlink()


def silenced_while_it_waits(twins):
    def do(engine, store):
        with store.begin() as state:
            ids = [alert.id for alert in state.alerts.open()]
        now, day = engine.clock.now(), engine.installation.today()
        for id_ in ids:
            silences.silence(engine.rules, store, id_, day, "Known", "chief", now, day)

    twins.both(do)


@pytest.mark.sampled(2, each=False)
@pytest.mark.parametrize(
    "changes",
    [
        figure_of_equal_length,
        rule_edited,
        program_changed,
        a_day_on_which_a_figure_falls_due,
        damaged,
        nothing_kept,
        silenced_while_it_waits,
    ],
)  # fmt: skip
def test_whatever_might_change_what_is_told_is_judged(twins, monkeypatch, changes):
    twins.patch = monkeypatch
    changes(twins)
    first, _, last = twins.tick(), twins.tick(), twins.tick()
    assert (first, last) == (False, True)


def test_days_on_which_nothing_falls_due_judge_nothing(twins):
    """May is due by 5 June, and with its grace by the 7th; until July nothing else happens."""
    judged = []
    while twins.at.date() < date(2020, 7, 2):
        twins.passes(days=1)
        if not twins.tick():
            judged.append(f"{twins.at:%m-%d}")
    assert judged == ["06-06", "06-08", "07-01"]


def test_a_figure_that_comes_with_a_day_of_its_own_is_judged_on_that_day(tmp_path):
    twins = Twins(tmp_path)
    for life in twins.lives:
        life.rules = life.rules.replace("csv: figures/m.csv", "csv: figures/m.csv, columns: {published: known}")
        life.write = partial(written_with_days, life)
    twins.figures |= {("force", "2020-05"): "12,2020-06-04", ("north", "2020-05"): "12,"}
    twins.tick()
    assert twins.tick()
    twins.passes(days=1)
    assert not twins.tick()


def written_with_days(life):
    """Write rules and figures, of which each has a day behind it."""
    Life.write(life)
    path = life.folder / "figures/m.csv"
    path.write_text(path.read_text().replace("period,value", "period,value,known"))


def test_a_figure_of_a_time_to_come_is_looked_at_on_each_day_of_the_clock(twins):
    """As of the same day; which figures are not meant yet is said by today."""
    day = twins.at.date()
    for figures, spared in (({}, True), ({("south", "2020-07"): "8"}, False)):
        twins.figures |= figures
        twins.lives[0].write()
        with twins.opened(twins.lives[0]) as (engine, store):
            engine.tick(store, day)
        twins.passes(days=1)
        with twins.opened(twins.lives[0]) as (engine, store):
            assert (engine.tick(store, day).evaluation is None) is spared


def test_as_of_a_later_day_counts_the_days_between(twins):
    """On the same day of the clock: what is due by then is more."""
    with twins.opened(twins.lives[0]) as (engine, store):
        assert engine.tick(store).evaluation is None
        assert engine.tick(store, date(2020, 6, 5)).evaluation is None
        assert engine.tick(store, date(2020, 6, 6)).evaluation is not None
        assert engine.tick(store, date(2020, 6, 6)).evaluation is None


def test_figures_in_another_place_are_other_figures(twins, tmp_path):
    with twins.opened(twins.lives[0]) as (engine, store):
        assert engine.tick(store).evaluation is None
        elsewhere = replace(engine.settings, figures=tmp_path)
        moved = engine_of(twins.lives[0].folder, elsewhere, engine.clock)
        assert moved.tick(store).evaluation is not None


def test_what_another_process_judged_meanwhile_counts(twins, tmp_path):
    """Each keeps its own last tick beside its own folder; the newest in the state may be another's."""
    here = twins.lives[0]
    there = Life(tmp_path)
    there.rules, there.parts, there.figures = here.rules, here.parts, here.figures
    there.state, there.database = tmp_path / "there", f"sqlite:///{here.state / 'alerting.db'}"
    for life, spared in ((here, True), (there, False), (here, False), (here, True)):
        with twins.opened(life) as (engine, store):
            assert (engine.tick(store).evaluation is None) is spared


def test_a_database_that_was_put_back_is_judged_anew(twins):
    mark = twins.lives[0].state / "alerting.db.mark"
    mark.write_text(f"{9:020d}\n", encoding="ascii")
    with twins.opened(twins.lives[0]) as (engine, store):
        assert store.was_put_back
        assert engine.tick(store).evaluation is not None


def test_a_source_that_cannot_be_read_now_is_looked_for(twins):
    file = twins.lives[0].folder / "figures/m.csv"
    file.unlink()
    with twins.opened(twins.lives[0]) as (engine, store):
        assert [engine.tick(store).has_errors, engine.tick(store).evaluation is None] == [True, False]


def test_what_shrank_waits_and_is_judged_each_time(tmp_path):
    twins = Twins(tmp_path)
    twins.figures |= {("force", f"{year}-{month:02d}"): "8" for year in (2018, 2019) for month in range(1, 13)}
    twins.tick()
    for cell in list(twins.figures)[2:]:
        del twins.figures[cell]
    assert [twins.tick(), twins.tick()] == [False, False]
    twins.both(lambda engine, _: engine.accept())
    assert [twins.tick(), twins.tick()] == [False, True]


@pytest.mark.faults
def test_a_fault_of_the_program_is_met_each_time(twins, monkeypatch):
    twins.figures["north", "2020-05"] = "30"
    monkeypatch.setattr(CLASSES["target_missed"], "judge", boom)
    assert [twins.tick(), twins.tick()] == [False, False]


def test_a_copy_of_what_is_over_is_taken_back_where_nothing_else_has_changed(twins):
    """A message is on its way while what it tells ends; then nobody knows whether it was taken."""
    on_the_way = (
        "update delivery set token = 'x', lease_until = '2030-01-01 00:00:00', handing_over = 1 where owner = 'head'"
    )
    unknown = "update delivery set token = null, lease_until = null, handing_over = 0, unknown = 1 where owner = 'head'"
    changed(twins, on_the_way)
    twins.figures["force", "2020-05"] = "8"
    twins.tick()
    changed(twins, unknown)
    assert [twins.tick(), twins.tick()] == [False, True]


def changed(twins, statement):
    for life in twins.lives:
        with sqlite3.connect(life.state / "alerting.db") as database:
            assert database.execute(statement).rowcount


def test_the_hour_in_which_an_end_is_forgotten_is_judged(twins):
    twins.figures["force", "2020-05"] = "8"
    twins.tick()
    twins.passes(days=400, minutes=-1)
    assert [twins.tick(), twins.tick()] == [False, True]
    twins.passes(minutes=2)
    assert [twins.tick(), twins.tick()] == [False, True]


def test_whoever_asks_for_all_gets_it(twins, capsys, monkeypatch):
    """The text of a tick that judged nothing is that of one that did."""
    monkeypatch.setenv("ALERTING_STATE_DIR", str(twins.lives[0].state))
    folder, day = str(twins.lives[0].folder), twins.at.date().isoformat()
    said = []
    for option in ([], [], ["--full"]):
        main(["run", folder, "--as-of", day, "--yes", *option])
        said.append(capsys.readouterr().out)
    assert said[1] == said[2]


@pytest.mark.parametrize("seed", first(1, range(200)))
def test_whatever_happens_state_and_messages_are_as_if_all_were_judged(tmp_path, seed):
    twins = Twins(tmp_path, seed)
    for _ in range(25):
        twins.figure()
    twins.tick()
    for _ in range(few(10, 30)):
        twins.happens()
        twins.tick()
        twins.passes(minutes=1)
        twins.tick()
    assert twins.spared
