"""Every version of the tables is brought to this one with rows in every table; on PostgreSQL each run tries some of them."""

import sqlite3
from contextlib import closing
from datetime import date

import pytest
from alembic import command
from samples.old_databases import REVISIONS, config, fill
from samples.quick_state import made_once
from sqlalchemy import MetaData, create_engine, event, select, text

from alerting.store import schema
from alerting.store.sql import SqlStore
from alerting.store.tables import SCHEMA, metadata


@pytest.fixture(autouse=True)
def _states_are_made_quickly():
    """Here by the migrations, each time."""


def opened(url):
    engine = create_engine(url)
    if url.startswith("sqlite"):
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA foreign_keys=ON").close())
    return engine


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.sampled(4, each=False))])
def empty_url(request, tmp_path):
    """The address of a database without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'a.db'}"
        return
    with request.getfixturevalue("postgres").database(empty=True) as url:
        yield url


def test_what_stood_in_sentences_is_read_out_of_them_once(request, empty_url):
    engine, store = opened(empty_url), SqlStore(empty_url)
    request.addfinalizer(engine.dispose)
    request.addfinalizer(store.close)
    with engine.begin() as connection:
        command.upgrade(config(connection), "0011")
    with engine.begin() as connection:
        fill(connection)
        reason = "It has jumped to the other side: above in June, below in July."
        connection.execute(text("UPDATE alert_event SET kind = 'worsened', reason = :it"), {"it": reason})
        reply = "250 ok (redirected to trial@example.org)"
        connection.execute(text("UPDATE delivery SET state = 'accepted', last_reply = :it"), {"it": reply})

    store.upgrade()

    with store.begin() as state:
        assert [True] == [one.event.has_turned for one in state.alerts.history("one")]
    assert ["trial@example.org"] == [one.redirected_to for one in store.deliveries()]


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_filled_database_of_each_version_is_brought_to_this_one(request, empty_url, revision):
    engine, store = opened(empty_url), SqlStore(empty_url)
    request.addfinalizer(engine.dispose)
    request.addfinalizer(store.close)
    with engine.begin() as connection:
        command.upgrade(config(connection), revision)
    with engine.begin() as connection:
        filled = fill(connection)

    store.upgrade()

    with engine.connect() as connection:
        there = MetaData()
        there.reflect(connection)
        assert SCHEMA == connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        for table in filled:
            assert 1 == len(connection.execute(select(there.tables[table])).all()), table
        assert {name: {c.name for c in table.c} for name, table in metadata.tables.items()} == {
            name: {c.name for c in table.c} for name, table in there.tables.items() if name != "alembic_version"
        }
        if empty_url.startswith("sqlite"):
            assert [] == connection.execute(text("PRAGMA foreign_key_check")).all()
    # What it has is read, and more can be written.
    with store.begin() as state:
        assert date(2020, 7, 2) == state.ticks.newest().as_of
        assert ["one"] == [alert.id for alert in state.alerts.open()]
        assert "opened" in {one.event.kind.value for one in state.alerts.history("one")}
    assert 1 == len(store.deliveries())


def test_the_newest_migration_leads_to_the_tables_of_this_version():
    assert SCHEMA == REVISIONS[-1]


def test_tables_that_are_made_once_for_all_tests_are_those_of_the_migrations(tmp_path, monkeypatch):
    def made(name):
        store = SqlStore(f"sqlite:///{tmp_path / name}.db")
        store.upgrade()
        store.close()
        with closing(sqlite3.connect(tmp_path / f"{name}.db")) as connection:
            text = "\n".join(connection.iterdump())
        return sorted(line.strip(", ") for line in text.splitlines())  # migrations do not keep an order of constraints

    migrated = made("migrated")
    monkeypatch.setattr(schema, "upgrade", made_once(schema.upgrade))

    assert [migrated, migrated] == [made("first"), made("second")]
    assert len(migrated) > len(metadata.tables)
