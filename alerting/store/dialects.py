"""All that differs between databases: how one is opened, and upserted into. Everything else is plain SQL."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from sqlalchemy import URL, Column, Connection, Engine, Table, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError

from alerting.errors import AlertingError, UsageError
from alerting.secrecy import HIDDEN, PRINTED
from alerting.store import postgresql, sqlite
from alerting.store.columns import EnumText, Instant, PeriodText
from alerting.store.sqlite import file_of

Row = dict[str, Any]

_BACKENDS = ("sqlite", "postgresql")
#: From so many rows on it pays to get them ready by ourselves.
_MANY = 20
#: In front of what a database says that could not be reached, before the reason.
_PROLOGUE = "connection failed: "


def parsed(url: str) -> URL:
    """Read a database address.

    Raises:
        UsageError: it is none, or of a database that is not served; it is not repeated, as it may hold a password.
    """
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):  # the latter where the port is no number
        raise UsageError(
            "ALERTING_DATABASE_URL is no database address; write it like sqlite:////var/lib/alerting/alerting.db"
            " or postgresql://user@host:5432/alerting"
        ) from None
    if address.get_backend_name() not in _BACKENDS:
        raise UsageError(
            f"ALERTING_DATABASE_URL: {address.get_backend_name()} is not served; use {' or '.join(_BACKENDS)}"
        )
    return address


def engine_at(address: URL) -> Engine:
    """Make the engine for *address*; connects to nothing yet.

    Raises:
        UsageError: its driver is not installed, or an option of it is none.
    """
    make = sqlite.engine_at if address.get_backend_name() == "sqlite" else postgresql.engine_at
    try:
        return make(address, json_serializer=_as_json, hide_parameters=True)
    except (ArgumentError, ValueError) as error:  # of a port or time that is no number
        raise UsageError(f"ALERTING_DATABASE_URL: {error}; mend what stands after the ?") from error


def place_of(address: URL) -> str:
    """Name the database for a reader, without its password, whatever that is called."""
    query = {name: value if name in PRINTED else HIDDEN for name, value in address.query.items()}
    return str(file_of(address) or address.set(query=query).render_as_string(hide_password=True))


@contextmanager
def translate_errors(address: URL) -> Iterator[None]:
    """Turn what the database refuses into one clear line; what is ours to mend passes."""
    try:
        yield
    except IntegrityError:
        raise
    except DBAPIError as error:
        advise = sqlite.advice if address.get_backend_name() == "sqlite" else postgresql.advice
        told = getattr(getattr(error.orig, "diag", None), "message_primary", None) or str(error.orig)
        reason = " ".join(told.removeprefix(_PROLOGUE).split())
        advice = advise(error, reason)
        if advice is None:
            raise
        raise AlertingError(
            f"the state database {place_of(address)} refuses: {reason}{'; ' if advice else ''}{advice}"
        ) from error


def upsert(table: Table, connection: Connection, *, key: str | Sequence[str], update: Sequence[str] = ()) -> Any:
    """Return an INSERT that, where a row with this *key* is there, updates the given columns; none: leaves it alone."""
    # The dialect in use is loaded, and the other one need not be.
    dialect = import_module(f"sqlalchemy.dialects.{connection.dialect.name}")
    statement = dialect.insert(table)
    keys = [key] if isinstance(key, str) else list(key)
    if not update:
        return statement.on_conflict_do_nothing(index_elements=keys)
    return statement.on_conflict_do_update(
        index_elements=keys, set_={name: statement.excluded[name] for name in update}
    )


def write_rows(connection: Connection, table: Table, statement: Any, new: Sequence[Row]) -> None:
    """Execute a statement of `insert` or `upsert` for many rows, all with the same columns.

    SQLite itself takes no longer for a row than SQLAlchemy to get it ready; so what is alike in all rows is worked out once.
    """
    if connection.dialect.name != "sqlite" or len(new) < _MANY:
        connection.execute(statement, new)
        return
    compiled = statement.compile(dialect=connection.dialect, column_keys=list(new[0]))
    columns = [_bound([row[name] for row in new], table.c[name], connection) for name in compiled.positiontup]
    connection.exec_driver_sql(str(compiled), list(zip(*columns, strict=True)))


def _bound(values: list[Any], column: Column[Any], connection: Connection) -> list[Any]:
    """Return a column's values as the driver takes them."""
    bind = column.type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
    if bind is None:
        return values
    if not isinstance(column.type, Instant | PeriodText | EnumText):
        return [bind(value) for value in values]
    known = {value: bind(value) for value in set(values)}  # few are different
    return [known[value] for value in values]


def _plain(value: Any) -> object:
    """Turn one number of numpy's into one of Python's."""
    if hasattr(value, "item"):
        return value.item()
    raise TypeError(f"{value!r} cannot be kept as JSON")


#: Made once: every event has its finding as JSON.
_as_json = json.JSONEncoder(ensure_ascii=False, allow_nan=False, default=_plain, separators=(",", ":")).encode
