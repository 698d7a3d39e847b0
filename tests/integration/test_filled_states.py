"""States that the program filled when its tables were of an older version: nothing of them is lost, and all goes on."""

import json
import sqlite3
from contextlib import closing
from datetime import date

import pytest
from samples.filled_state import ALERT, FOLDER, NARROWER, a_life, put_back, rows_of
from samples.outages import Relay
from sqlalchemy import create_engine

from alerting.app.alerts.actions import list_alerts
from alerting.app.alerts.explain import as_json, explain
from alerting.app.alerts.silences import list_silences
from alerting.domain.alert import AlertState, EventKind
from alerting.domain.notify.notice import DeliveryState, NoticeKind
from alerting.store.columns import word_of
from alerting.store.sql import SqlStore
from alerting.store.tables import SCHEMA

VERSIONS = sorted(path.name.partition(".")[0] for path in FOLDER.iterdir())
#: Those between the oldest and the newest are the exhaustive run's; that each is brought up to date is tried with the migrations.
SOME = [pytest.param(one, marks=[pytest.mark.exhaustive] if one in VERSIONS[1:-1] else []) for one in VERSIONS]
NEXT_DAY = "2020-08-25"


@pytest.fixture(params=SOME)
def version(request):
    return request.param


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.sampled(2, each=False))])
def url(request, version, tmp_path):
    """The address of a database with the state as it was."""
    if request.param == "sqlite":
        found = f"sqlite:///{tmp_path / 'a.db'}"
        put_back(version, found)
        yield found
        return
    with request.getfixturevalue("postgres").database(empty=True) as found:
        put_back(version, found)
        yield found


@pytest.fixture
def life(url, tmp_path):
    """The same rules, figures and people, the morning after."""
    found = a_life(tmp_path)
    found.figures |= {("force", "2020-07"): "40", ("north", "2020-07"): "9"}
    found.database = url
    found.set(rule=NARROWER)
    found.write()
    return found


def rows(url):
    engine = create_engine(url)
    with engine.connect() as connection:
        found = rows_of(connection)
    engine.dispose()
    return found


def as_text(row):
    return json.dumps(row, default=repr, sort_keys=True)


def test_a_snapshot_holds_all_that_a_state_can(version, tmp_path):
    path = tmp_path / "a.db"
    put_back(version, f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as connection:
        words = lambda column, table: {word for (word,) in connection.execute(f"SELECT {column} FROM {table}")}  # noqa: E731
        assert set(map(word_of, AlertState)) == words("state", "alert")
        assert set(map(word_of, DeliveryState)) == words("state", "delivery")
        assert set(map(word_of, EventKind)) == words("kind", "alert_event")
        assert set(map(word_of, NoticeKind)) == words("kind", "notice")
    assert [] == [table for table, found in rows(f"sqlite:///{path}").items() if not found]


def test_the_newest_snapshot_has_something_in_every_column(tmp_path):
    url = f"sqlite:///{tmp_path / 'a.db'}"
    put_back(VERSIONS[-1], url)

    empty = {
        (name, column)
        for name, found in rows(url).items()
        for column in found[0]
        if all(row[column] is None for row in found)
    }
    assert set() == empty


def test_no_row_is_lost_and_none_changed(url):
    before = rows(url)

    store = SqlStore(url)
    store.upgrade()
    store.close()

    after = rows(url)
    for table, was in before.items():
        columns = was[0].keys()
        now = [{name: row[name] for name in columns} for row in after[table]]
        assert sorted(map(as_text, was)) == sorted(map(as_text, now)), table


def test_what_was_done_is_listed_and_explained(life):
    with life.opened(NEXT_DAY) as (engine, store):
        day = date.fromisoformat(NEXT_DAY)
        listed = list_alerts(engine.rules, store, day, engine.clock.now(), ended=True, owner=None)
        silent = [one.as_json()["id"] for one in list_silences(engine.rules, store, day, ended=True)]
        story = as_json(explain(engine.rules, store, ALERT, day))
        every = [as_json(explain(engine.rules, store, one.alert.id, day)) for one in listed]

    assert ["r/m/north", "r/m/north#2"] == sorted(silent)
    assert {ALERT, "r/m/north/2020-05"} <= {one.alert.id for one in listed}
    assert set(EventKind) - {EventKind.WITHDRAWN} == {one["event"] for one in story["events"]}
    assert len(listed) == len(every)


def test_its_figures_are_known_as_they_were_on_a_day(life):
    with life.opened(NEXT_DAY) as (engine, _):
        known = [engine.enquiries.as_known(date(2020, 7, day)).observations[0].columns["value"] for day in (3, 6)]

    assert [False, True] == [15.0 in values for values in known]


def test_its_digest_is_written(life):
    assert "Crimes: 40" in life.digest(NEXT_DAY)


def test_what_waited_goes_out_and_the_next_day_is_told(life):
    with life.opened(NEXT_DAY) as (engine, store):
        engine.take_over(store)  # this is another place, by slightly other rules
    with Relay(lambda: None) as relay:
        life.smtp = relay.url
        life.tick(NEXT_DAY, "2020-07 9")
    assert ["chief", "data", "duty", "head"] == sorted({one.recipient for one in relay.taken})
    assert ["data"] == [one.recipient for one in relay.taken if one.is_marked]
    assert ("head", "resolved", "force") in life.told()


def test_the_version_of_today_has_a_snapshot_or_an_older_one_that_leads_to_it():
    assert VERSIONS[0] == "0009" <= VERSIONS[-1] <= SCHEMA
