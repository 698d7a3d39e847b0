"""A query to a database: PostgreSQL, SQL Server, SQLite, or what else SQLAlchemy speaks to."""

import sqlite3
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, NoReturn, TypeVar

from alerting.domain.coverage import EVERYTHING, Coverage
from alerting.domain.rule import Source
from alerting.domain.source_columns import Layout
from alerting.errors import SourceUnavailable
from alerting.ports import SourceTable
from alerting.sources.database.sql_connections import address_of, engine_of, file_of, one_line_of, printed, reading
from alerting.sources.database.sql_copy import TOO_LATE, copied, described
from alerting.sources.database.sql_query import SINCE, UNTIL, Query, query_of
from alerting.sources.database.sql_rows import Limits, chunks_of, columns_of
from alerting.sources.tables.files import recognised
from alerting.sources.tables.layouts import layout_for
from alerting.sources.tables.whole import STEP_NS
from alerting.sources.tables.wide import melted

if TYPE_CHECKING:  # loaded where figures are read: checking a rules folder looks at every source and reads none
    import polars as pl
    from sqlalchemy import Connection, Engine, TextClause

#: What a query may take and give where the source does not say otherwise.
SECONDS, MOST_ROWS, LARGEST_BYTES = 300.0, 20_000_000, 4 * 1024**3
#: What `:since` is where everything is wanted: databases know of no earlier day that all of them can write.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(9999, 12, 31)
#: Databases in which a transaction that reads must be asked for.
_READ_ONLY = {
    "mysql": "SET TRANSACTION READ ONLY",
    "mariadb": "SET TRANSACTION READ ONLY",
    "oracle": "SET TRANSACTION READ ONLY",
}
#: A role that reads everything and may do nothing else: what a superuser is for the time of a query.
_LESSER_ROLE = "SET LOCAL ROLE pg_read_all_data"
_IS_SUPERUSER = "SELECT current_setting('is_superuser') = 'on'"
_GRANT = "sign in as a role that may only read, and may read these tables"
#: What to do about what PostgreSQL refuses, by its code.
_ADVICE = {
    "25006": "the query may only read", "42501": _GRANT, "28P01": "look at user and password in its connection",
    "28000": "look at user and password in its connection", "3D000": "look at the database in its connection",
    "42P01": "look at the names of tables in the query", "42703": "look at the names of columns in the query",
    "42601": "write one statement that reads: select …, or with … select …", "57014": TOO_LATE,
    "55P03": "somebody holds its tables; the next tick tries again",
}  # fmt: skip
WAYS = (
    ("databases", "PostgreSQL, SQL Server, SQLite; others that SQLAlchemy has a driver for"),
    ("`connection`", "names the variable, or the secret file, that holds the address: `postgresql://reader:password@host/name`"),
    ("`query`", "one statement that reads; in a transaction that only reads where the database has one"),
    ("`:since`, `:until`", "in the query: the first day that is wanted, a month before the `window`, and the day of the reading"),
    ("columns", "those of the query, by their names: `select code as measure, …`"),
    ("dates and times", "days; the time of day is left out"),
    ("numbers", "of any type; NULL and NaN are no figure, what is too large for a number is refused"),
    ("no row", "the source's trouble, where everything was asked for"),
    (
        "limits",
        f"{SECONDS:g} seconds and {MOST_ROWS:,} rows (`seconds`, `most_rows`); of more nothing is taken",
    ),
    ("a file of SQLite", "opened to be read alone; relative paths below the rules folder or ALERTING_FIGURES"),
)  # fmt: skip
_Found = TypeVar("_Found")
#: Queries of databases that cannot be stopped, and that go on after their time, by source.
_running: dict[str, threading.Thread] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sql:
    """What stands under `sql:`."""

    connection: str = field(
        metadata={"description": "the variable or secret file that holds the database's address", "secret": True}
    )
    query: str = field(metadata={"description": "one statement that reads, with `:since` and `:until` if it wants them",
                                 "lines": True})  # fmt: skip
    seconds: float = field(default=SECONDS, metadata={"description": "how long it may take", "positive": True})
    most_rows: int = field(default=MOST_ROWS, metadata={"description": "how many rows it may give"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a sql source takes."""

    sql: Sql = field(metadata={"description": "a connection and a query"})


class SqlSource:
    """Reads `{sql: {connection: NAME, query: select …}}` sources."""

    kind: ClassVar[str] = "sql"
    ways: ClassVar[Sequence[tuple[str, str]]] = WAYS
    Settings = Settings

    def read(self, source: Source, folders: Sequence[Path], wanted: Coverage = EVERYTHING) -> SourceTable:
        """Run the query, and say what it covers: where it asks for days since one, what lies after that."""
        asked = _Asked.of(source, wanted)
        address = address_of(source.secrets.get("connection", ""), source.id)
        file = file_of(address, folders)
        mark = None if file is None else _mark(file)
        engine = engine_of(address, file, asked.limits_s, source.id)
        remarks: list[str] = []
        with reading(engine, source.id, printed(address), _said) as connection:
            if _is_psycopg(engine):
                names, columns = _read_postgresql(connection, asked, layout_for(source), remarks)
            else:
                names, columns = _read_any(connection, asked, layout_for(source))
        layout = layout_for(source)(names)
        if not len(columns[0]) and asked.since is None:
            raise SourceUnavailable(
                f"{source.id}: the query gives no row; look whether its tables are filled, and at its conditions"
            )
        table = {name: columns[place] for name, place in layout.places.items()}
        untouched = file is not None and mark is not None and mark == _mark(file)
        read = SourceTable(
            source=source.id, file=source.id, layout=layout, columns=table, remarks=remarks,
            covers=Coverage(since=asked.since, until=asked.until),
            content=partial(_content, file, asked) if untouched and file is not None else None,
        )  # fmt: skip
        return melted(read, source)

    def content(self, source: Source, folders: Sequence[Path]) -> str:
        """Return a digest of a database's file; of a server nobody can tell without asking for the figures."""
        asked = _Asked.of(source, EVERYTHING)
        file = file_of(address_of(source.secrets.get("connection", ""), source.id), folders)
        if file is None or _mark(file) is None:
            raise SourceUnavailable(f"{source.id}: whether a database holds what it held cannot be told")
        return _content(file, asked)

    def top(self, source: Source, folders: Sequence[Path]) -> Sequence[str]:
        """Return nothing: a query has no lines."""
        return ()

    def headings(self, source: Source, folders: Sequence[Path]) -> tuple[str, ...]:
        """Return nothing: checking rules asks no database."""
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What a source is asked for. `since` and `until`: None where its query has no place for them."""

    query: Query
    since: date | None
    until: date | None
    days: Mapping[str, date]
    limits: Limits
    limits_s: float

    @classmethod
    def of(cls, source: Source, wanted: Coverage) -> "_Asked":
        from sqlalchemy import text

        keys = source.settings["sql"]
        seconds, rows = float(keys.get("seconds", SECONDS)), int(keys.get("most_rows", MOST_ROWS))
        try:
            query = query_of(str(keys["query"]))
        except ValueError as error:
            raise SourceUnavailable(f"{source.id}: {error}") from None
        names = set(text(query.text).compile().params)
        if unknown := sorted(names - {SINCE, UNTIL}):
            raise SourceUnavailable(
                f"{source.id}: the query names :{unknown[0]}; only :since and :until are given"
                f" (write \\:{unknown[0]} for a colon that is meant)"
            )
        return cls(
            query=query, since=wanted.since if SINCE in names else None, until=wanted.until if UNTIL in names else None,
            days={SINCE: _month_before(wanted.since), UNTIL: wanted.until or LAST_DAY},
            limits=Limits(rows, LARGEST_BYTES, source.id), limits_s=seconds,
        )  # fmt: skip

    @property
    def statement(self) -> "TextClause":
        """The statement, with its days."""
        from sqlalchemy import Date, bindparam, text

        found = text(self.query.text)
        names = [name for name in (SINCE, UNTIL) if name in found.compile().params]
        return found.bindparams(*(bindparam(name, self.days[name], type_=Date()) for name in names))


def _month_before(since: date | None) -> date:
    """Return the first day of the month before: `2020-04` as text comes before `2020-04-01`, and is wanted all the same."""
    if since is None:
        return FIRST_DAY
    year, month = divmod(since.year * 12 + since.month - 2, 12)
    return date(year, month + 1, 1)


def _is_psycopg(engine: "Engine") -> bool:
    return engine.dialect.name == "postgresql" and engine.dialect.driver == "psycopg"


def _read_postgresql(
    connection: "Connection", asked: _Asked, layout: Callable[[Sequence[str]], Layout], remarks: list[str]
) -> "tuple[list[str], list[pl.Series]]":
    """Read by COPY, after the statement was prepared on its own: what is several, or none that reads, is refused there."""
    from sqlalchemy.dialects import postgresql

    until = time.monotonic() + asked.limits_s
    if connection.exec_driver_sql(_IS_SUPERUSER).scalar():
        connection.exec_driver_sql(_LESSER_ROLE)
        remarks.append("its connection signs in as a superuser; give it a role that may only read")
    dialect = postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call]
    text = str(asked.statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
    driver = connection.connection.driver_connection
    try:
        names, types = described(driver, text)
    except ValueError as error:
        raise SourceUnavailable(f"{asked.limits.shown}: {error}") from None
    of_words = _of_words(names, layout, asked)
    return names, copied(driver, text, types, of_words, asked.limits, until)


def _read_any(
    connection: "Connection", asked: _Asked, layout: Callable[[Sequence[str]], Layout]
) -> "tuple[list[str], list[pl.Series]]":
    """Read rows as the driver gives them; where it cannot be stopped, it is left behind when its time is over."""
    backend = connection.dialect.name
    if backend != "sqlite" and backend not in _READ_ONLY and (word := asked.query.writing_word) is not None:
        raise SourceUnavailable(
            f"{asked.limits.shown}: the query has the word {word}; it may only read (a column of that name: in quotation marks)"
        )

    def rows() -> "tuple[list[str], list[pl.Series]]":
        if backend in _READ_ONLY:
            connection.exec_driver_sql(_READ_ONLY[backend])
        found = connection.execution_options(stream_results=True).execute(asked.statement)
        if not found.returns_rows:
            raise SourceUnavailable(f"{asked.limits.shown}: the query gives no rows; write one that reads: select …")
        names = list(found.keys())
        of_words = _of_words(names, layout, asked)
        # The driver's own rows: wrapping each takes as long as reading it.
        return names, columns_of(chunks_of(found.cursor.fetchmany), names, of_words, asked.limits)

    return rows() if backend == "sqlite" else _within(rows, asked)


def _of_words(names: Sequence[str], layout: Callable[[Sequence[str]], Layout], asked: _Asked) -> frozenset[int]:
    """Return the places of columns that hold words.

    Raises:
        SourceUnavailable: one is missing, or stands twice.
    """
    found = layout(names)
    if found.trouble is not None:
        raise SourceUnavailable(
            f"{asked.limits.shown}: the query has {found.trouble.replace('the header has', 'it has')}"
        )
    return found.words


def _within(work: Callable[[], _Found], asked: _Asked) -> _Found:
    """Do something in a thread, and leave it behind where it is not done in time: one at most for each source.

    Raises:
        SourceUnavailable: it is not done in time, or one before it still is not.
    """
    shown, done = asked.limits.shown, list[Callable[[], _Found]]()
    if shown in _running and _running[shown].is_alive():
        raise SourceUnavailable(f"{shown}: a query of before still runs, after its time; end it in the database")

    def run() -> None:
        try:
            found = work()
        except BaseException as error:  # noqa: BLE001  # it is raised where it is waited for
            done.append(partial(_raise, error))
        else:
            done.append(lambda: found)

    thread = _running[shown] = threading.Thread(target=run, name=f"sql {shown}", daemon=True)
    thread.start()
    thread.join(asked.limits_s)
    if not done:
        raise SourceUnavailable(f"{shown}: the query took longer than its {asked.limits_s:g} seconds; {TOO_LATE}")
    return done[0]()


def _raise(error: BaseException) -> NoReturn:
    raise error


def _said(error: BaseException) -> str:
    """Return what a driver says, and what to do about it."""
    said, own = one_line_of(error), getattr(error, "orig", None) or error
    if isinstance(own, UnicodeDecodeError):
        return "names or texts in it are not UTF-8; if it is damaged, put a sound one there"
    if isinstance(own, sqlite3.Error):
        fix = _of_sqlite(own)
    else:
        code = str(getattr(own, "sqlstate", "") or "")
        fix = _ADVICE.get(code, "mend the query" if code.startswith(("22", "42")) else "the next tick tries again")
    return f"{said}; {fix}"


def _of_sqlite(error: sqlite3.Error) -> str:
    name, said = str(getattr(error, "sqlite_errorname", "")), str(error)
    if name == "SQLITE_INTERRUPT":
        return f"it took longer than its time; {TOO_LATE}"
    if name in {"SQLITE_AUTH", "SQLITE_READONLY"} or "not authorized" in said:
        return "the query may only read tables"
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return "somebody writes to it; the next tick tries again"
    if name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
        return "its file is no sound database; put a good one there"
    if name == "SQLITE_TOOBIG":
        return "a cell is too large; leave its column out of the query"
    return "look at the names in the query" if "no such" in said else "mend the query"


def _mark(file: Path) -> tuple[tuple[int, int, int], ...] | None:
    """Return size, time and identity of a database's file and of its log; None where one is too fresh for its time to tell."""
    found = []
    for path in (file, file.with_name(f"{file.name}-wal")):
        if path.exists():
            status = path.stat()
            if abs(time.time_ns() - status.st_mtime_ns) < STEP_NS:
                return None
            found.append((status.st_size, status.st_mtime_ns, status.st_ino))
    return tuple(found)


def _content(file: Path, asked: _Asked) -> str:
    log = file.with_name(f"{file.name}-wal")
    parts = [recognised(path) for path in (file, log) if path.exists()]
    return "\n".join((*parts, asked.query.text))
