"""The database of the state: opened, checked, and worked on in transactions."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TypeVar

from sqlalchemy import Connection, func, select

from alerting.errors import AlertingError, UsageError
from alerting.store import postgresql, schema, sqlite
from alerting.store.dialects import engine_at, parsed, place_of, translate_errors
from alerting.store.high_water_mark import HighWaterMark
from alerting.store.tables import attempt, tick

T = TypeVar("T")

#: How long to wait before each further try of what the server has undone or was away for, in seconds.
_AGAIN_S = (0.1, 0.4, 1.0, 2.5, 5.0)
NEWEST = select(func.max(attempt.c.seq))
_TICKS = select(func.count()).select_from(tick)


class Database:
    """One database, and the mark beside it of how far deliveries had come."""

    def __init__(self, url: str) -> None:
        self.address = parsed(url)
        self.engine = engine_at(self.address)
        self.path = sqlite.file_of(self.address)
        #: Which file it was when it was first used.
        self._identity: sqlite.Identity | None = None
        self.mark = HighWaterMark.beside(self.path)
        self._checked = False

    def upgrade(self) -> None:
        """Bring the schema to this version, making the file and its folder where they are missing.

        Raises:
            UsageError: the place cannot be written to, the database was there and is gone, or is newer than this version.
            AlertingError: it is damaged.
        """
        path = self.path
        if path is not None:
            sqlite.refuse_network(self.address)
            if self.mark.is_there and not (path.exists() and path.stat().st_size):
                raise sqlite.lost(path)
            sqlite.ensure_file(path)
            self._check_file()
            sqlite.check_whole(path)
        is_known, _ = self.mark.is_there, self.mark.newest()  # before: the database is never behind it then
        with translate_errors(self.address), self.engine.connect() as connection:
            connection.execution_options(patient=True)
            with schema.rebuilding(connection), connection.begin():
                schema.upgrade(connection, place_of(self.address))
                newest, ticks = how_far(connection)
        self._checked = True
        if is_known:
            self.mark.compare(newest, ticks)
        elif path is not None:
            self.mark.set(newest)

    @contextmanager
    def begin(self, *, patient: bool) -> Iterator[Connection]:
        """Open a transaction that may write; commits on leaving, rolls back on an exception.

        Args:
            patient: where another one holds the database for long, as a large tick does, ask again, a few times.
        """
        with ExitStack() as stack:
            yield _again(lambda: stack.enter_context(self.transaction()), sqlite.passes if patient else None)

    def close(self) -> None:
        """Let go of it."""
        self.engine.dispose()
        self.mark.close()

    def done(self, work: Callable[[Connection], T], *, reading: bool = False, harmless_twice: bool = True) -> T:
        """Do *work* in a transaction of its own; again, a few times, where the server undid it or was away for a moment.

        Then nobody knows whether the commit was done: *work* must find out itself, or do no harm twice. Where it does, it is
        done again only if it was never begun, since another one held the database.
        """

        def passes(cause: BaseException | None) -> bool:
            return sqlite.passes(cause) or (harmless_twice and postgresql.passes(cause))

        return _again(lambda: self._done_once(work, reading=reading), passes)

    def _done_once(self, work: Callable[[Connection], T], *, reading: bool) -> T:
        with self.transaction(reading=reading) as connection:
            return work(connection)

    def _check_file(self) -> None:
        """Make sure that the file is the one it was: what is written to one that was taken away is lost."""
        if self.path is None:
            return
        found = sqlite.identity_of(self.path)
        if self._identity is not None and found != self._identity:
            raise sqlite.replaced(self.path)
        if found is None:
            if self.mark.is_there:
                raise sqlite.lost(self.path)
            raise UsageError(f"there is no state database {self.path}; run `alerting db upgrade`")
        self._identity = found

    @contextmanager
    def transaction(self, *, reading: bool = False) -> Iterator[Connection]:
        """Open a transaction; *reading*: nothing is written in it."""
        self._check_file()
        with translate_errors(self.address), self.engine.connect() as connection:
            connection.execution_options(reading=reading)
            with connection.begin():
                if not self._checked:
                    schema.check(connection, place_of(self.address))
                    self._checked = True
                yield connection


def _again(work: Callable[[], T], passes: Callable[[BaseException | None], bool] | None) -> T:
    """Do *work*; again, a few times, where what stopped it passes. None: nothing does."""
    for wait_s in _AGAIN_S if passes is not None else ():
        try:
            return work()
        except AlertingError as error:
            if passes is None or not passes(error.__cause__):
                raise
        time.sleep(wait_s * random.uniform(0.5, 1.0))  # noqa: S311  # two that met do not meet again
    return work()


def how_far(connection: Connection) -> tuple[int, int]:
    """Return the newest attempt, and how many ticks there were."""
    return connection.execute(NEWEST).scalar() or 0, connection.execute(_TICKS).scalar_one()
