"""Connections that only read: how each database is opened, what it is asked for, and what is said where it refuses."""

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alerting.errors import SourceUnavailable
from alerting.secrecy import PRINTED, keep_secret
from alerting.sources.database.sql_rows import LONGEST_CELL
from alerting.sources.tables.files import located

if TYPE_CHECKING:  # loaded where figures are read: checking a rules folder looks at every source and reads none
    from sqlalchemy import URL, Connection, Engine

#: How long a connection may take to be made, in seconds.
CONNECT_S = 10
#: What people write for PostgreSQL and SQL Server, and what SQLAlchemy is asked for.
_MEANT = {"postgres": "postgresql", "mssql": "mssql+mssqlpython", "sqlserver": "mssql+mssqlpython"}
#: What installs the driver of a database.
_EXTRAS = {
    "postgresql": "alerting[postgresql]", "mssql+mssqlpython": "alerting[sqlserver]", "mssql+pymssql": "alerting[pymssql]",
}  # fmt: skip
#: How often SQLite asks whether it may go on: every so many steps of its machine.
_STEPS = 100_000
#: What a statement may do in SQLite that reads tables: nothing else is let through.
_ALLOWED = frozenset((sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE))
#: Functions of SQLite that reach out of the database, where they are built in.
_OUTSIDE = frozenset(("load_extension", "readfile", "writefile", "edit", "fts3_tokenizer"))


def address_of(written: str, shown: str) -> "URL":
    """Return the address of a database; its password is read by nobody from here on.

    Raises:
        SourceUnavailable: it is none.
    """
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    scheme, sep, rest = written.strip().partition("://")
    try:
        address = make_url(f"{_MEANT.get(scheme.lower(), scheme)}{sep}{rest}")
    except (ArgumentError, ValueError):
        raise SourceUnavailable(
            f"{shown}: what its connection names is no address of a database; begin it with postgresql://, mssql:// or"
            " sqlite:///, then user, password, host and database"
        ) from None
    secrets = [str(address.password)] if address.password is not None else []
    for name, value in address.query.items():
        said = [value] if isinstance(value, str) else list(value)
        secrets += [one for one in said if name.lower() not in PRINTED]
        secrets += [part.partition("=")[2].strip("{} ") for one in said for part in one.split(";") if _is_secret(part)]
    keep_secret(secrets)
    return address


def _is_secret(part: str) -> bool:
    return part.partition("=")[0].strip().lower() in {"pwd", "password"}


def printed(address: "URL") -> str:
    """Return an address as it may be printed: database, host and port."""
    backend = address.get_backend_name()
    port = f":{address.port}" if address.port else ""
    return f"{backend}://{address.host or ''}{port}/{address.database or ''}"


def file_of(address: "URL", folders: Sequence[Path]) -> Path | None:
    """Return the file of a SQLite database: as it stands, or below the folders; None of a server.

    Raises:
        SourceUnavailable: it is not there.
    """
    if address.get_backend_name() != "sqlite":
        return None
    name = str(address.database or "")
    if Path(name).is_absolute():
        if not Path(name).is_file():
            raise SourceUnavailable(f'no file "{name}"', is_missing=True)
        return Path(name)
    return located(name, folders)[0]


def engine_of(address: "URL", file: Path | None, seconds: float, shown: str) -> "Engine":
    """Make an engine that reads only, where the database knows of that; connects to nothing yet.

    Raises:
        SourceUnavailable: its driver is not installed.
    """
    from sqlalchemy import create_engine
    from sqlalchemy.exc import ArgumentError, NoSuchModuleError
    from sqlalchemy.pool import NullPool

    options: dict[str, Any] = {"poolclass": NullPool}
    backend = address.get_backend_name()
    if file is not None:
        options["creator"] = lambda: _opened(file, time.monotonic() + seconds)
    elif backend == "postgresql":
        options["connect_args"] = _of_postgresql(address, seconds)
        options["execution_options"] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    elif backend == "mssql" and "ApplicationIntent" not in address.query and address.get_driver_name() != "pymssql":
        address = address.update_query_dict({"ApplicationIntent": "ReadOnly"})
    try:
        return create_engine(address, **options)
    except (ImportError, NoSuchModuleError) as error:
        wanted = _EXTRAS.get(address.drivername, _EXTRAS.get(backend))
        what = f"pip install '{wanted}'" if wanted else "the package that SQLAlchemy names for it"
        raise SourceUnavailable(
            f"{shown}: the driver for {address.drivername} is not installed; install it: {what}"
        ) from error
    except (ArgumentError, TypeError, ValueError) as error:
        raise SourceUnavailable(f"{shown}: its address cannot be used: {one_line_of(error)}") from error


def _of_postgresql(address: "URL", seconds: float) -> dict[str, Any]:
    ours = {
        "application_name": "alerting", "connect_timeout": str(CONNECT_S), "keepalives_idle": "10",
        "keepalives_interval": "3", "keepalives_count": "3", "client_encoding": "utf8",
        "options": f"-c statement_timeout={int(seconds * 1000)} -c lock_timeout={CONNECT_S * 1000} -c datestyle=ISO"
        " -c extra_float_digits=1 -c bytea_output=hex -c default_transaction_read_only=on",
    }  # fmt: skip
    return {name: value for name, value in ours.items() if name not in address.query}


def _opened(file: Path, until: float) -> sqlite3.Connection:
    """Open a database file so that nothing can be written, to it or to another."""
    connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=CONNECT_S)
    connection.execute("PRAGMA query_only=ON").close()
    connection.execute("PRAGMA trusted_schema=OFF").close()
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 4 * LONGEST_CELL)
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    connection.set_progress_handler(lambda: int(time.monotonic() > until), _STEPS)
    connection.isolation_level = None  # the driver begins nothing by itself
    return connection


def _let(action: int, _one: str | None, name: str | None, _database: str | None, _through: str | None) -> int:
    """Say whether a statement may do something; *name* is a function's, where it calls one."""
    if action not in _ALLOWED or (action == sqlite3.SQLITE_FUNCTION and str(name).lower() in _OUTSIDE):
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK


@contextmanager
def reading(engine: "Engine", shown: str, place: str, say: Callable[[BaseException], str]) -> "Iterator[Connection]":
    """Open a connection that is rolled back and closed whatever happens.

    Args:
        place: the address as it may be printed.
        say: what to say of what a driver raises, and what to do.

    Raises:
        SourceUnavailable: the database cannot be reached, refuses, or breaks off.
    """
    from sqlalchemy.exc import SQLAlchemyError

    drivers_own = getattr(engine.dialect.loaded_dbapi, "Error", SQLAlchemyError)
    connection = None
    try:
        connection = engine.connect()
        if isinstance(driver := connection.connection.driver_connection, sqlite3.Connection):
            driver.set_authorizer(_let)  # from here on: what makes a connection asks for more
        yield connection
        connection.rollback()
    except (SQLAlchemyError, drivers_own, OSError, UnicodeDecodeError) as error:
        what = "cannot be read" if connection is not None else f"cannot connect to {place}"
        raise SourceUnavailable(f"{shown}: {what}: {say(error)}") from error
    finally:
        if connection is not None:
            with suppress(SQLAlchemyError, drivers_own, OSError):
                connection.invalidate()  # never to be used again, whatever is still on its way
                connection.close()
        engine.dispose()


def one_line_of(error: BaseException) -> str:
    """Return what a driver says, without the statement and in one line."""
    said = str(getattr(error, "orig", None) or error)
    text = " ".join(said.split())
    return text if len(text) <= _LONGEST_WORDS else f"{text[:_LONGEST_WORDS]} …"


#: Characters of a driver's words that are said.
_LONGEST_WORDS = 400
