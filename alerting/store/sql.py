"""The store on a SQL database."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from datetime import datetime, timedelta

from sqlalchemy import Connection, Select, bindparam, exists, func, insert, select, update

from alerting.domain.notice import Delivery, DeliveryState
from alerting.errors import UsageError
from alerting.failpoints import reached
from alerting.ports import Attempt, ChannelState
from alerting.store import schema
from alerting.store.engine import explained, file_of, insert_or, made_file, opened, parsed, place_of
from alerting.store.rows import delivery_of
from alerting.store.tables import attempt, channel, delivery, picture
from alerting.store.transaction import SqlTransaction, deliveries_query

#: Values in one IN (…), as in a transaction.
_CHUNK = 10_000
#: What is known of a hand-over whose process was gone before the answer came.
CUT_SHORT = "cut short while it was being handed over; the server may have taken the message"


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

    def deliveries(self, notice_id: str | None = None) -> list[Delivery]:
        """Return deliveries (of one notice), oldest first."""
        query = deliveries_query()
        return self._found(query if notice_id is None else query.where(delivery.c.notice_id == notice_id))

    def recover(self, now: datetime, *, alone: bool) -> int:
        """Free what a process that is gone had claimed; what it was handing over counts as possibly taken."""
        gone = delivery.c.token.is_not(None) & (delivery.c.state == DeliveryState.PENDING)
        if not alone:
            gone &= delivery.c.lease_until < now
        with self._transaction() as connection:
            count = select(func.count()).where(gone, delivery.c.handing_over)
            found = int(connection.execute(count).scalar_one())
            connection.execute(
                update(delivery)
                .where(gone, delivery.c.handing_over)
                .values(
                    unknown=delivery.c.unknown + 1, attempts=delivery.c.attempts + 1, last_reply=CUT_SHORT,
                    handing_over=False,
                )
            )  # fmt: skip
            connection.execute(update(delivery).where(gone).values(token=None, lease_until=None))
        return found

    def wake(self) -> None:
        """End the waits after failures: somebody asks. What waits for its reader's sake goes on waiting."""
        tried = (delivery.c.state == DeliveryState.PENDING) & ((delivery.c.attempts > 0) | (delivery.c.unknown > 0))
        with self._transaction() as connection:
            connection.execute(update(delivery).where(tried).values(not_before=None))

    def claim(
        self, token: str, now: datetime, until: datetime, limit: int, *, without: Sequence[str] = ()
    ) -> list[Delivery]:
        """Claim deliveries that may be tried now, urgent ones first, then the oldest; each owner's in order."""
        with self._transaction() as connection:
            ids = list(connection.execute(_claimable(now, limit, without)).scalars())
            reached("claim_pre")
            if ids:
                mine = {"token": token, "lease_until": until}
                connection.execute(update(delivery).where(delivery.c.id.in_(ids)).values(mine))
        reached("claim_post")
        if not ids:
            return []
        found = {one.id: one for one in self._found(deliveries_query().where(delivery.c.id.in_(ids)))}
        return [found[id_] for id_ in ids]

    def write_outbox(
        self, token: str, until: datetime, begun: Sequence[Delivery], tried: Sequence[tuple[Delivery, datetime]]
    ) -> set[str]:
        """Note for good, in one commit, which deliveries are being handed over and how others went."""
        ours = set()
        with self._transaction() as connection:
            for one in begun:
                fenced = connection.execute(_FENCE, {"of": one.id, "mine": token, "until": until})
                if fenced.rowcount == 1:
                    ours.add(one.id)
            if tried:
                connection.execute(_OUTCOME, [{"of": one.id, "mine": token, **_outcome(one)} for one, _ in tried])
                connection.execute(insert(attempt), [_attempt_row(one, at) for one, at in tried])
        return ours

    def release(self, token: str) -> None:
        """Give back what was claimed and not tried."""
        with self._transaction() as connection:
            mine = (delivery.c.token == token) & ~delivery.c.handing_over
            connection.execute(update(delivery).where(mine).values(token=None, lease_until=None))

    def waiting_deliveries(self, now: datetime) -> tuple[int, int]:
        """Return how many deliveries are yet to be handed over, and how many more wait for their reader's sake."""
        pending = delivery.c.state == DeliveryState.PENDING
        untried = delivery.c.not_before.is_not(None) & (delivery.c.not_before > now) & (delivery.c.attempts == 0)
        with self._transaction(reading=True) as connection:
            whole = int(connection.execute(select(func.count()).where(pending)).scalar_one())
            later = int(connection.execute(select(func.count()).where(pending, untried)).scalar_one())
        return whole - later, later

    def channels(self) -> Mapping[str, ChannelState]:
        """Return the channels that failed before, by id."""
        with self._transaction(reading=True) as connection:
            found = connection.execute(select(channel)).mappings().all()
        return {row["id"]: ChannelState(**row) for row in found}

    def save_channel(self, state: ChannelState, *, waited: float = 0.0) -> None:
        """Remember how a channel does; messages that waited for it may wait so many seconds longer."""
        columns = {field.name: getattr(state, field.name) for field in fields(ChannelState)}
        with self._transaction() as connection:
            kept = [name for name in columns if name != "id"]
            connection.execute(insert_or(channel, connection, key="id", update=kept), [columns])
            if waited > 0:
                _wait_longer(connection, state.id, waited)

    def attempts(self, delivery_id: str) -> list[Attempt]:
        """Return the tries of a delivery, oldest first."""
        query = select(attempt).where(attempt.c.delivery_id == delivery_id).order_by(attempt.c.seq)
        with self._transaction(reading=True) as connection:
            found = connection.execute(query).mappings().all()
        return [
            Attempt(**{name: row[name] for name in ("delivery_id", "number", "at", "state", "reply")}) for row in found
        ]

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


_FENCE = (
    update(delivery)
    .where(delivery.c.id == bindparam("of"), delivery.c.token == bindparam("mine"))
    .where(delivery.c.state == DeliveryState.PENDING)
    .values(handing_over=True, lease_until=bindparam("until"))
)
_OUTCOME = (
    update(delivery)
    .where(delivery.c.id == bindparam("of"), delivery.c.token == bindparam("mine"))
    # What was accepted or rejected stays so, whatever a second process reports of its own try.
    .where(delivery.c.state == DeliveryState.PENDING)
    .values(
        token=None, lease_until=None, handing_over=False,
        **{name: bindparam(name) for name in ("state", "attempts", "last_reply", "unknown", "not_before")},
    )
)  # fmt: skip


def _outcome(one: Delivery) -> dict[str, object]:
    return {
        "state": one.state, "attempts": one.attempts, "last_reply": one.last_reply, "unknown": one.unknown,
        "not_before": one.not_before,
    }  # fmt: skip


def _attempt_row(one: Delivery, at: datetime) -> dict[str, object]:
    return {"delivery_id": one.id, "number": one.attempts, "at": at, "state": one.state, "reply": one.last_reply}


def _claimable(now: datetime, limit: int, without: Sequence[str]) -> Select[str]:
    """Select ids of deliveries that may be tried: due, unclaimed, and with nothing older on its way to the same address."""
    waits = delivery.c.not_before.is_not(None) & (delivery.c.not_before > now)
    older = delivery.alias()
    same = (older.c.owner == delivery.c.owner) & (older.c.channel == delivery.c.channel)
    in_front = exists().where(
        same, older.c.state == DeliveryState.PENDING, older.c.seq < delivery.c.seq,
        # What waits for its reader's sake lets others pass; what waits after a failure keeps the order.
        (older.c.attempts > 0) | older.c.not_before.is_(None) | (older.c.not_before <= now),
    )  # fmt: skip
    query = (
        select(delivery.c.id)
        .where(delivery.c.state == DeliveryState.PENDING, delivery.c.token.is_(None), ~waits, ~in_front)
        .order_by(delivery.c.urgent.desc(), delivery.c.seq)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return query.where(delivery.c.channel.not_in(without)) if without else query


def _wait_longer(connection: Connection, channel_id: str, seconds: float) -> None:
    """Move the end of what waits for a channel: it could not be told while the channel took nothing."""
    mine = (delivery.c.channel == channel_id) & (delivery.c.state == DeliveryState.PENDING)
    query = select(delivery.c.id, delivery.c.expires_at).where(mine, delivery.c.expires_at.is_not(None))
    later = [{"of": id_, "end": end + timedelta(seconds=seconds)} for id_, end in connection.execute(query).all()]
    if later:
        connection.execute(
            update(delivery).where(delivery.c.id == bindparam("of")).values(expires_at=bindparam("end")), later
        )
