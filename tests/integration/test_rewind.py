"""Ticks for days to come, and undoing ticks: the state goes back, what was sent stays sent, nobody is told twice."""

import asyncio
import json
from datetime import UTC, date, datetime, time, timedelta

import pytest
from samples.services import HEAD, JUNE, THURSDAY
from samples.worlds import CALLS, FixedClock, a_folder
from sqlalchemy import create_engine, text

from alerting.app.alerts.explain import as_json, explain
from alerting.cli import main
from alerting.demo.sink import MailSink, parts_of
from alerting.errors import UsageError
from alerting.opening import SystemClock, open_store
from alerting.settings import Secret, Settings
from alerting.wiring import engine_of

JULY = "answered,force,2020-07,87,2020-08-04\nanswered,north,2020-07,82,2020-08-04\n"
AUGUST = "answered,force,2020-08,95,2020-09-04\nanswered,south,2020-08,71,2020-09-04\n"
FIRST, SECOND, THIRD = date(2020, 7, 2), date(2020, 8, 4), date(2020, 9, 4)
TO_COME = date(2021, 7, 2)
#: What a tick writes, less the ledger's own words and the messages.
STATE = ("alert", "alert_event", "notice", "notice_event", "reading", "watched", "suppression", "tick")


class State:
    """One state in a database, worked on from day to day."""

    def __init__(self, tmp_path, url, sink):
        self.folder = a_folder(tmp_path / "rules", {"r.yaml": CALLS, "figures/calls.csv": HEAD + JUNE + JULY + AUGUST})
        self.settings = Settings(
            state_dir=tmp_path / "state", database_url=Secret(url), smtp_url=Secret(sink.url), mail_from="a@example.org"
        )  # fmt: skip
        self.settings.make_state_dir()
        self.sink, self.store = sink, open_store(self.settings)

    def engine(self, on):
        return engine_of(self.folder, self.settings, FixedClock(datetime.combine(on, time(7), UTC)))

    def tick(self, on, as_of=None, *, deliver=True):
        """Tick, hand over, and return who got what."""
        before = len(self.sink.kept)
        engine = self.engine(on)
        engine.tick(self.store, as_of)
        if deliver:
            asyncio.run(engine.deliver(self.store))
        return sorted(parts_of(path)[:2] for path in self.sink.kept[before:])

    def rewind(self, after, on):
        with self.store.begin() as state:
            return state.ticks.rewind(after, datetime.combine(on, time(9), UTC))

    def rows(self, *tables):
        engine = create_engine(self.store._database.address)
        with engine.connect() as connection:
            found = {t: sorted(map(repr, connection.execute(text(f"SELECT * FROM {t}")).all())) for t in tables}
        engine.dispose()
        return found


@pytest.fixture
def state(tmp_path, database_url):
    with MailSink(tmp_path / "mails") as sink:
        state = State(tmp_path, database_url, sink)
        yield state
        state.store.close()


def test_a_tick_for_a_day_to_come_stops_all_others_with_words_that_name_the_way_back(state):
    state.tick(FIRST)
    state.tick(FIRST, TO_COME)

    with pytest.raises(UsageError) as refused:
        state.tick(SECOND)
    assert (
        "the newest tick is of 2021-07-02, and today is 2020-08-04: nothing is judged until that day. Where the clock is right"
        " now, undo what was done for days to come with `alerting db rewind 2020-08-04 --yes`; else set it"
    ) == str(refused.value)

    state.rewind(FIRST, FIRST)
    state.tick(SECOND)


def test_what_was_not_sent_is_as_if_it_had_never_been(state):
    state.tick(FIRST)
    before = state.rows(*STATE, "delivery", "attempt")
    state.tick(FIRST, TO_COME, deliver=False)

    found = state.rewind(FIRST, FIRST)

    assert (1, TO_COME, 0, 0) == (found.ticks, found.newest, found.sent, found.acts)
    assert found.unsent > 0
    after = state.rows(*STATE, "delivery", "attempt")
    assert before == after | {"alert": before["alert"]}
    # How an alert stands is taken from its newest event; the fingerprint of its figures is made again.
    assert len(before["alert"]) == len(after["alert"])


def test_nobody_is_told_twice_of_what_was_sent_and_it_is_marked(state):
    state.tick(FIRST)
    sent = state.tick(FIRST, TO_COME)
    assert [] != sent

    found = state.rewind(FIRST, FIRST)

    assert len(sent) == found.sent
    assert (0, 1) == (found.unsent, found.alerts)
    with state.store.begin() as begun:
        assert FIRST == begun.ticks.newest().as_of
        assert {"north", "force"} == {alert.key.area for alert in begun.alerts.open()}
    assert [] == state.tick(SECOND)
    assert [] == [mail for mail in state.tick(THIRD) if mail in sent]
    with state.store.begin() as begun:
        south = next(alert for alert in begun.alerts.open() if alert.key.area == "south")
    told = as_json(explain(state.engine(THIRD).rules, state.store, south.id, THIRD))["events"]
    assert ["opened", "opened"] == [event["event"] for event in told]
    assert {None, "2020-07-02T09:00:00+00:00"} == {event["undone"] for event in told}
    assert [["told_before"]] == [
        [one["reason"] for one in event["suppressed"]] for event in told if not event["undone"]
    ]


def test_what_was_sent_of_sources_counts_too(state):
    state.tick(FIRST)
    (state.folder / "figures/calls.csv").unlink()
    sent = state.tick(FIRST, TO_COME)
    assert [] != [subject for _, subject in sent if "figures/calls.csv" in subject]

    assert len(sent) == state.rewind(FIRST, FIRST).sent


def test_what_opens_again_after_it_ended_is_told_again(state):
    state.tick(FIRST)
    state.tick(FIRST, TO_COME)
    state.rewind(FIRST, FIRST)
    state.tick(THIRD)
    with (state.folder / "figures/calls.csv").open("a") as file:
        file.write("answered,south,2020-09,97,2020-10-02\nanswered,south,2020-10,70,2020-11-03\n")

    ended, again = state.tick(date(2020, 10, 5)), state.tick(date(2020, 11, 5))

    assert ["south@example.org"] == [to for to, subject in ended if "South" in subject]
    assert ["south@example.org"] == [to for to, subject in again if "South" in subject]


def test_ticks_of_the_past_can_be_undone_too_and_what_is_the_same_is_not_told_again(state):
    state.tick(FIRST)
    sent = state.tick(SECOND) + state.tick(THIRD)
    assert [] != sent

    found = state.rewind(FIRST, date(2020, 9, 5))

    assert 2 == found.ticks
    assert [] == [mail for mail in state.tick(date(2020, 9, 6)) if "South" in mail[1]]


def test_figures_that_were_too_many_by_mistake_are_not_missed_once_that_is_undone(state):
    state.tick(FIRST)
    right = (state.folder / "figures/calls.csv").read_text(encoding="utf-8")
    twice = "".join(
        f"answered,force,20{year}-{month:02},97,2020-08-03\n" for year in (17, 18) for month in range(1, 13)
    )
    (state.folder / "figures/calls.csv").write_text(right + twice, encoding="utf-8")
    state.tick(SECOND)

    state.rewind(FIRST, SECOND)
    (state.folder / "figures/calls.csv").write_text(right, encoding="utf-8")
    state.tick(SECOND + timedelta(days=1))
    with state.store.begin() as begun:
        assert {None} == {one.refused for one in begun.guards.all() if one.source is not None}


def test_nothing_to_undo_changes_nothing(state):
    state.tick(FIRST)
    before = state.rows(*STATE)

    assert None is state.rewind(FIRST, FIRST).newest
    assert before == state.rows(*STATE)


def test_a_service_goes_on_after_a_rewind(world):
    world.start(THURSDAY).ring(THURSDAY + timedelta(seconds=3))
    world.service.engine.tick(world.store, date(2021, 7, 2))
    friday = THURSDAY + timedelta(days=1, seconds=3)
    assert "tick.failed" in world.ring(friday)
    (failed,) = [entry for entry in world.captured.entries if entry["event"] == "tick.failed"]
    assert "alerting db rewind 2020-07-03 --yes" in failed["error"]

    with world.store.begin() as state:
        state.ticks.rewind(date(2020, 7, 3), friday)

    assert "tick.done" in world.ring(friday + timedelta(minutes=2))


def test_a_service_that_ticked_by_a_clock_that_was_ahead_goes_on_once_that_is_undone(world):
    """It does not wait for the day that the clock once showed."""
    month, minute = timedelta(days=30), timedelta(minutes=1)
    world.start(THURSDAY).ring(THURSDAY + timedelta(seconds=3))
    world.set_ahead = month
    ahead = [event for n in range(15) for event in world.ring(THURSDAY + month + n * minute)]
    assert ["clock.doubted", "clock.believed", "tick.done", "digest.skipped"] == ahead
    world.set_ahead = timedelta()
    assert ["clock.doubted"] == world.ring(THURSDAY + 20 * minute)

    with world.store.begin() as state:
        state.ticks.rewind(date(2020, 7, 3), world.clock.at)

    back = [event for n in range(21, 40) for event in world.ring(THURSDAY + n * minute)]
    assert "clock.believed" in back
    assert "tick.done" in world.ring(THURSDAY + timedelta(days=1, minutes=1))
    assert "digest.made" in world.ring(THURSDAY + timedelta(days=4, hours=3))


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A rules folder, and the settings of a state; it is half an hour into Friday in London, and still Thursday in UTC."""
    monkeypatch.setattr(SystemClock, "now", lambda _: datetime(2020, 7, 2, 23, 30, tzinfo=UTC))
    monkeypatch.setenv("ALERTING_STATE_DIR", str(tmp_path / "state"))
    return str(a_folder(tmp_path / "rules", {"r.yaml": CALLS, "figures/calls.csv": HEAD + JUNE}))


def test_a_day_to_come_asks_first(here, capsys):
    to_come = "2021-08-07"

    assert 2 == main(["run", here, "--as-of", to_come])
    assert f"alerting: --as-of {to_come} is a day to come" in capsys.readouterr().err
    assert 2 == main(["digest", here, "--as-of", to_come])
    assert "add --yes" in capsys.readouterr().err
    assert 0 == main(["run", here, "--as-of", to_come, "--dry-run"])
    capsys.readouterr()


def test_rewind_says_first_what_it_would_undo(here, capsys):
    today, to_come = "2020-07-03", "2021-08-07"
    main(["run", here, "--as-of", to_come, "--yes"])
    capsys.readouterr()

    assert 1 == main(["db", "rewind", today])
    asked = capsys.readouterr().out
    assert f"Would undo: 1 tick after {today}, the newest of {to_come}; " in asked
    assert "Nothing was changed; add --yes to do it." in asked
    assert 0 == main(["db", "rewind", today, "--yes"])
    assert "Undone: 1 tick after" in capsys.readouterr().out
    assert 0 == main(["db", "rewind", today])
    assert "There is no tick after" in capsys.readouterr().out
    assert 1 == main(["run", here, "--format", "json"])
    assert today == json.loads(capsys.readouterr().out)["tick"]["as_of"]
