"""A state on SQLite in a test: what is the same for all of them is worked out once in a process."""

import sqlite3
from collections.abc import Callable
from functools import cache, wraps

from sqlalchemy import Connection, Engine, create_engine, inspect

Upgrade = Callable[[Connection, str], None]
Prepare = Callable[[sqlite3.Connection, object], None]
_made: list[str] = []


def made_once(upgrade: Upgrade) -> Upgrade:
    """Return what stands in for the *upgrade* of the store's schema.

    Tables of an empty SQLite database are made by the migrations once, and by what they came to from then on.
    """

    def upgraded(connection: Connection, place: str) -> None:
        if connection.dialect.name != "sqlite" or inspect(connection).get_table_names():
            return upgrade(connection, place)
        if _made:
            for statement in _made:
                connection.exec_driver_sql(statement)
            return None
        upgrade(connection, place)
        driver = connection.connection.driver_connection
        assert driver is not None
        _made.extend(line for line in driver.iterdump() if line not in ("BEGIN TRANSACTION;", "COMMIT;"))
        return None

    return upgraded


@cache
def _first() -> Engine:
    """An engine that has connected, so that its dialect knows what it speaks to."""
    engine = create_engine("sqlite://")
    engine.connect().close()
    engine.dispose()
    return engine


def engine_with_compiled_statements(address: object, **settings: object) -> Engine:
    """Stand in for `create_engine` on SQLite: statements are compiled once in a process, not once for each engine."""
    engine = create_engine(address, **settings)  # type: ignore[call-overload]
    engine.dialect, engine._compiled_cache = _first().dialect, _first()._compiled_cache
    return engine  # type: ignore[no-any-return]


def without_waiting_for_the_disk(prepare: Prepare) -> Prepare:
    """Return what stands in for the preparing of a connection: what is committed outlives the process, but no power cut."""

    @wraps(prepare)
    def prepared(connection: sqlite3.Connection, record: object) -> None:
        prepare(connection, record)
        connection.execute("PRAGMA synchronous=OFF").close()

    return prepared
