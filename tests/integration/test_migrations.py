"""Every version of the tables is brought to every newer one with rows in every table, on both databases."""

import re
import zlib
from datetime import UTC, date, datetime

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import (
    Boolean,
    Date,
    DateTime,
    Double,
    Integer,
    LargeBinary,
    MetaData,
    create_engine,
    event,
    inspect,
    select,
    text,
)
from sqlalchemy.types import JSON

from alerting.store.sql import SqlStore
from alerting.store.tables import SCHEMA, metadata

AT, DAY = datetime(2020, 7, 2, 7, tzinfo=UTC), date(2020, 7, 2)
#: Values by column where no check says which words there are; of all others any value of the type will do.
VALUES = {
    "worst_severity": "warning", "reason": "silenced", "pictures": [["chart", "one"]], "troubles": ["late"], "owners": ["one"],
    "finding": None, "headers": {}, "also_told": {}, "counts": {"normal": 1}, "sizes": {"rows": 1}, "undone_at": None,
    "body": zlib.compress(b'{"text": "", "html": "", "headers": {}}'),
}  # fmt: skip
PERIODS = {"period", "opened", "resolved"}


def config(connection):
    found = Config()
    found.set_main_option("script_location", "alerting.store:migrations")
    found.set_main_option("path_separator", "os")
    found.attributes["connection"] = connection
    return found


REVISIONS = sorted(script.revision for script in ScriptDirectory.from_config(config(None)).walk_revisions())


def allowed_words(connection, table):
    """The first word that each check of a table allows its column."""
    checks = (check["sqltext"] for check in inspect(connection).get_check_constraints(table))
    found = (re.match(r"\W*(\w+).*?'(\w+)'", check, re.DOTALL) for check in checks)
    return {match[1]: match[2] for match in found if match is not None}


def a_value(column, words):
    """A value for a column as an older version wrote it; what refers to another table refers to its one row."""
    if column.name in words:
        return words[column.name]
    if column.name in VALUES:
        return VALUES[column.name]
    kinds = {
        Boolean: True, Integer: 1, Double: 88.0, DateTime: AT, Date: DAY, LargeBinary: b"rows", JSON: {"a": 1},
    }  # fmt: skip
    for kind, value in kinds.items():
        if isinstance(column.type, kind):
            return value
    return "2020-06" if column.name in PERIODS else "one"


def fill(connection):
    """Write a row into each table that there is."""
    there = MetaData()
    there.reflect(connection)
    for table in there.sorted_tables:
        if table.name != "alembic_version":
            words = allowed_words(connection, table.name)
            connection.execute(table.insert(), {column.name: a_value(column, words) for column in table.columns})
    return {table.name for table in there.sorted_tables} - {"alembic_version"}


def opened(url):
    engine = create_engine(url)
    if url.startswith("sqlite"):
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA foreign_keys=ON").close())
    return engine


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request, tmp_path):
    """The address of a database without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'a.db'}"
        return
    with request.getfixturevalue("postgres").database(empty=True) as url:
        yield url


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
        assert date(2020, 7, 2) == state.newest_tick().as_of
        assert ["one"] == [alert.id for alert in state.open_alerts()]
        assert "opened" in {one.event.kind.value for one in state.history("one")}
    assert 1 == len(store.deliveries())


def test_the_newest_migration_leads_to_the_tables_of_this_version():
    assert SCHEMA == REVISIONS[-1]
