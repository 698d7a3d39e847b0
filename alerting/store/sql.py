"""The store on a SQL database."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Connection, Select, bindparam, insert, select, update

from alerting.domain.notice import HANDING_OVER, Delivery, DeliveryState
from alerting.errors import UsageError
from alerting.store import schema
from alerting.store.engine import explained, file_of, made_file, opened, parsed, place_of
from alerting.store.rows import delivery_of
from alerting.store.tables import attempt, delivery, payload, picture
from alerting.store.transaction import SqlTransaction

#: Values in one IN (…), as in a transaction.
_CHUNK = 10_000


class SqlStore:
    """Alerts, events, notices and deliveries in one database.

    Args:
        url: as SQLAlchemy writes it: `sqlite:////path/alerting.db`, `sqlite://` for one in memory, `postgresql+psycopg://…`.
    """

    def __init__(self, url: str) -> None:
        self._address = parsed(url)
        self._engine = opened(self._address)
        self._checked = False

    def upgrade(self) -> None:
        """Bring the schema to this version, making the file and its folder where they are missing.

        Raises:
            UsageError: the place cannot be written to, or the database is newer than this version.
        """
        if (path := file_of(self._address)) is not None:
            made_file(path)
        with explained(self._address), self._engine.begin() as connection:
            schema.upgrade(connection, place_of(self._address))
        self._checked = True

    @contextmanager
    def begin(self) -> Iterator[SqlTransaction]:
        """Open a transaction that may write; commits on leaving, rolls back on an exception."""
        with self._transaction() as connection:
            yield SqlTransaction(connection)

    def pending_deliveries(self, limit: int = 1000, *, after: str | None = None) -> list[Delivery]:
        """Return deliveries still to be handed over, oldest first; only those later than the delivery *after*."""
        query = _deliveries().where(delivery.c.state == DeliveryState.PENDING).limit(limit)
        if after is not None:
            query = query.where(delivery.c.seq > select(delivery.c.seq).where(delivery.c.id == after).scalar_subquery())
        return self._found(query)

    def deliveries(self, notice_id: str | None = None) -> list[Delivery]:
        """Return deliveries (of one notice), oldest first."""
        query = _deliveries()
        return self._found(query if notice_id is None else query.where(delivery.c.notice_id == notice_id))

    def record_attempt(self, delivery: Delivery, at: datetime) -> None:
        """Save a delivery's new state, attempts and reply, and append the attempt to the history."""
        outcome = {"state": delivery.state, "attempts": delivery.attempts, "last_reply": delivery.last_reply}
        tried = {"number": delivery.attempts, "at": at, "state": delivery.state, "reply": delivery.last_reply}
        with self._transaction() as connection:
            connection.execute(_OUTCOME, {"of": delivery.id, **outcome})
            connection.execute(insert(attempt), {"delivery_id": delivery.id, **tried})

    def begin_handing_over(self, delivery: Delivery) -> None:
        """Note, for good, that a delivery is being handed over."""
        outcome = {"state": delivery.state, "attempts": delivery.attempts, "last_reply": HANDING_OVER}
        with self._transaction() as connection:
            connection.execute(_OUTCOME, {"of": delivery.id, **outcome})

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def _found(self, query: Select[*tuple[object, ...]]) -> list[Delivery]:
        with self._transaction(reading=True) as connection:
            rows = connection.execute(query).mappings().all()
            wanted = sorted({digest for row in rows for _, digest in row["pictures"] or ()})
            pngs: dict[str, bytes] = {}
            for first in range(0, len(wanted), _CHUNK):
                some = select(picture.c.digest, picture.c.png).where(
                    picture.c.digest.in_(wanted[first : first + _CHUNK])
                )
                pngs.update((digest, png) for digest, png in connection.execute(some))
            return [delivery_of(row, pngs) for row in rows]

    @contextmanager
    def _transaction(self, *, reading: bool = False) -> Iterator[Connection]:
        place = place_of(self._address)
        path = file_of(self._address)
        if path is not None and not path.exists():
            raise UsageError(f"there is no state database {place}; run `alerting db upgrade`")
        with explained(self._address), self._engine.connect() as connection:
            connection.execution_options(reading=reading)
            with connection.begin():
                if not self._checked:
                    schema.check(connection, place)
                    self._checked = True
                yield connection


_OUTCOME = (
    update(delivery)
    .where(delivery.c.id == bindparam("of"))
    # What was accepted or rejected stays so, whatever a second process reports of its own try.
    .where(delivery.c.state == DeliveryState.PENDING)
    .values(state=bindparam("state"), attempts=bindparam("attempts"), last_reply=bindparam("last_reply"))
)


def _deliveries() -> Select[*tuple[object, ...]]:
    parts = (payload.c.subject, payload.c.text, payload.c.html, payload.c.headers, payload.c.pictures)
    joined = delivery.join(payload, delivery.c.payload == payload.c.digest)
    return select(*delivery.c, *parts).select_from(joined).order_by(delivery.c.seq)
