"""The store on a SQL database."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy import bindparam, select, update

from alerting.domain.notify.notice import Attempt, Delivery
from alerting.store.database import Database
from alerting.store.deliveries import deliveries_found, deliveries_query
from alerting.store.queue import SqlQueue
from alerting.store.rows import Draw
from alerting.store.tables import attempt, delivery, picture
from alerting.store.transaction import SqlTransaction


class SqlStore:
    """Alerts, events, notices and deliveries in one database.

    Args:
        url: as SQLAlchemy writes it: `sqlite:////path/alerting.db`, `sqlite://` for one in memory, `postgresql+psycopg://…`.
        draw: draws a picture of which only the drawing was kept, because the process that was to draw it is gone.
    """

    def __init__(self, url: str, draw: Draw | None = None) -> None:
        self._database, self._draw = Database(url), draw
        self.queue = SqlQueue(self._database, draw)

    def upgrade(self) -> None:
        """Bring the schema to this version, making the file and its folder where they are missing.

        Raises:
            UsageError: the place cannot be written to, the database was there and is gone, or is newer than this version.
            AlertingError: it is damaged.
        """
        self._database.upgrade()

    @property
    def was_put_back(self) -> bool:
        """Whether it was put back to an earlier time, so that what it tells may have been told before."""
        return self._database.mark.is_put_back

    @contextmanager
    def begin(self, *, patient: bool = False) -> Iterator[SqlTransaction]:
        """Open a transaction that may write; commits on leaving, rolls back on an exception.

        Args:
            patient: where another one holds the database for long, as a large tick does, ask again, a few times.
        """
        with self._database.begin(patient=patient) as connection:
            yield SqlTransaction(connection)

    def deliveries(self, notice_id: str | None = None) -> list[Delivery]:
        """Return deliveries (of one notice), oldest first."""
        query = deliveries_query()
        if notice_id is not None:
            query = query.where(delivery.c.notice_id == notice_id)
        return self._database.done(lambda connection: deliveries_found(connection, query, self._draw), reading=True)

    def attempts(self, delivery_id: str) -> list[Attempt]:
        """Return the tries of a delivery, oldest first."""
        query = select(attempt).where(attempt.c.delivery_id == delivery_id).order_by(attempt.c.seq)
        found = self._database.done(lambda connection: connection.execute(query).mappings().all(), reading=True)
        return [Attempt(**{name: row[name] for name in _ATTEMPT}) for row in found]

    def save_pictures(self, drawn: Mapping[str, bytes]) -> None:
        """Put PNGs in the place of kept drawings, by their digests."""
        rows = [{"of": digest, "drawn": png} for digest, png in drawn.items()]
        if rows:
            self._database.done(lambda connection: connection.execute(_DRAWN, rows))

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()


_DRAWN = update(picture).where(picture.c.digest == bindparam("of")).values(png=bindparam("drawn"))
_ATTEMPT = ("delivery_id", "number", "at", "state", "reply")
