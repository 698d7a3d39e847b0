"""All that differs between databases: how one is opened, locked and upserted into. Everything else is plain SQL."""

import json
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DatabaseError, DataError, IntegrityError, NoSuchModuleError, ProgrammingError
from sqlalchemy.pool import StaticPool

from alerting.errors import AlertingError, UsageError

#: How long a writer waits for another one before it gives up.
_BUSY_TIMEOUT_MS = 10_000
_BACKENDS = ("sqlite", "postgresql")


def parsed(url: str) -> URL:
    """Read a database address.

    Raises:
        UsageError: it is none, or of a database that is not served; it is not repeated, as it may hold a password.
    """
    try:
        address = make_url(url)
    except ArgumentError:
        raise UsageError(
            "ALERTING_DATABASE_URL is no database address; write it like sqlite:////var/lib/alerting/alerting.db"
        ) from None
    if address.get_backend_name() not in _BACKENDS:
        raise UsageError(
            f"ALERTING_DATABASE_URL: {address.get_backend_name()} is not served; use {' or '.join(_BACKENDS)}"
        )
    return address


def opened(address: URL) -> Engine:
    """Make the engine for *address*; connects to nothing yet."""
    if address.get_backend_name() == "sqlite":
        return _opened_sqlite(address)
    try:
        return create_engine(address, json_serializer=_as_json, pool_pre_ping=True, hide_parameters=True)
    except (ModuleNotFoundError, NoSuchModuleError) as error:
        raise UsageError(f"the driver for {address.drivername} is not installed: {error}") from error


def _opened_sqlite(address: URL) -> Engine:
    engine = create_engine(
        address,
        json_serializer=_as_json,
        hide_parameters=True,
        # One connection for a database in memory: a second one would see an empty database of its own.
        **({"poolclass": StaticPool, "connect_args": {"check_same_thread": False}} if file_of(address) is None else {}),
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself; `_begin_sqlite` does
    for pragma in (
        f"busy_timeout={_BUSY_TIMEOUT_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",  # a committed notice survives a power cut
        "foreign_keys=ON",
        "trusted_schema=OFF",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later can lose its place to another writer without waiting; so every
    # writer takes the lock at once.
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def file_of(address: URL) -> Path | None:
    """Return the file of a SQLite database; None for one in memory and for servers."""
    if address.get_backend_name() != "sqlite" or address.database in (None, "", ":memory:"):
        return None
    return Path(str(address.database))


def place_of(address: URL) -> str:
    """Name the database for a reader, without its password."""
    return str(file_of(address) or address.render_as_string(hide_password=True))


def made_file(path: Path) -> None:
    """Make the file and its folder where they are missing, readable by this user only.

    Raises:
        UsageError: that is not allowed, or the folder's name is taken by something else.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UsageError(
            f"the state database {path} cannot be opened: {reason};"
            " set ALERTING_STATE_DIR or ALERTING_DATABASE_URL to a place that this user may write to"
        ) from error


@contextmanager
def explained(address: URL) -> Iterator[None]:
    """Turn what the database refuses into one clear line; what is ours to mend passes."""
    try:
        yield
    except (DataError, IntegrityError, ProgrammingError):
        raise
    except DatabaseError as error:
        place, reason = place_of(address), str(error.orig)
        if "locked" in reason:
            waited = _BUSY_TIMEOUT_MS // 1000
            raise AlertingError(
                f"the state database {place} is locked by another process for more than {waited} s; try again later"
            ) from error
        raise AlertingError(f"the state database {place} refuses: {reason}") from error


def insert_or(table: Table, connection: Connection, *, key: str, update: Sequence[str] = ()) -> Any:
    """Return an INSERT that, where a row with this *key* is there, updates the given columns; none: leaves it alone."""
    dialects: dict[str, Callable[[Table], Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
    statement = dialects[connection.dialect.name](table)
    if not update:
        return statement.on_conflict_do_nothing(index_elements=[key])
    return statement.on_conflict_do_update(
        index_elements=[key], set_={name: statement.excluded[name] for name in update}
    )


def _as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, default=_plain, separators=(",", ":"))


def _plain(value: Any) -> object:
    """Turn one number of numpy's into one of Python's."""
    if hasattr(value, "item"):
        return value.item()
    raise TypeError(f"{value!r} cannot be kept as JSON")
