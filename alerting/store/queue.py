"""The outbox as those see it who hand over: claimed, noted, given back; and how channels do."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, func, insert, select, update

from alerting.domain.channel_health import ChannelHealth
from alerting.domain.fault import Faults, Work
from alerting.domain.notify.notice import Delivery, DeliveryState
from alerting.domain.notify.shortened import without_pictures
from alerting.failpoints import reached
from alerting.store import sqlite
from alerting.store.claiming import WOKEN, claimable, given_back, wait_longer
from alerting.store.database import NEWEST, Database, how_far
from alerting.store.deliveries import deliveries_found, deliveries_query
from alerting.store.dialects import upsert
from alerting.store.refused import refused_before
from alerting.store.rows import Draw
from alerting.store.tables import attempt, channel, delivery

#: What is known of a hand-over whose process was gone before the answer came.
CUT_SHORT = "cut short while it was being handed over; the server may have taken the message"
#: What is known of a message that waits in a database put back in time.
PUT_BACK = "the state database was put back to an earlier time; the message may have been sent since"


class SqlQueue:
    """Deliveries on their way out; each call is a transaction of its own.

    Args:
        draw: draws a picture of which only the drawing was kept, because the process that was to draw it is gone.
    """

    def __init__(self, database: Database, draw: Draw | None) -> None:
        self._database, self._draw = database, draw

    def recover(self, now: datetime, *, exclusive: bool) -> int:
        """Free what a process that is gone had claimed; what it was handing over counts as possibly taken.

        So does all that waits in a database that was put back to an earlier time.
        """
        self._database.mark.newest()  # before: the database is never behind it then

        def freed(connection: Connection) -> int:
            gone = delivery.c.token.is_not(None) & (delivery.c.state == DeliveryState.PENDING)
            if not exclusive:
                gone &= delivery.c.lease_until < _shared_clock(connection, now)
            if self._database.mark.compare(*how_far(connection)):
                connection.execute(_PUT_BACK)
            count = select(func.count()).where(gone, delivery.c.handing_over)
            found = int(connection.execute(count).scalar_one())
            connection.execute(
                update(delivery)
                .where(gone, delivery.c.handing_over)
                .values(
                    unknown=delivery.c.unknown + 1,
                    attempts=delivery.c.attempts + 1,
                    last_reply=CUT_SHORT,
                    handing_over=False,
                )
            )
            connection.execute(update(delivery).where(gone).values(token=None, lease_until=None))
            return found

        return self._database.done(freed)

    def reset_backoff(self) -> None:
        """End the waits after failures: somebody asks. What waits for its reader's sake goes on waiting.

        So does what may have been taken more than once: each further try may make one more of it.
        """
        self._database.done(lambda connection: connection.execute(WOKEN.where(delivery.c.unknown <= 1)))

    def claim(
        self,
        token: str,
        now: datetime,
        lease: timedelta,
        limit: int,
        *,
        without: Sequence[str] = (),
        only: str | None = None,
    ) -> list[Delivery]:
        """Claim deliveries that may be tried now, urgent ones first, then the oldest; each owner's in order.

        Raises:
            AlertingError: among others, where the disk is so full that what happens to them might not be noted.
        """
        if self._database.path is not None:
            sqlite.check_space(self._database.path)
        tries = 0

        def claimed(connection: Connection) -> list[str]:
            nonlocal tries
            tries += 1
            if tries > 1:  # the line may have broken while the claim was being committed
                connection.execute(given_back(token))
            ids = list(connection.execute(claimable(now, limit, without, only)).scalars())
            reached("claim_pre")
            if ids:
                mine = {"token": token, "lease_until": _shared_clock(connection, now) + lease}
                connection.execute(update(delivery).where(delivery.c.id.in_(ids)).values(mine))
            return ids

        ids = self._database.done(claimed)
        reached("claim_post")
        if not ids:
            return []
        query = deliveries_query().where(delivery.c.id.in_(ids))
        read = self._database.done(lambda connection: deliveries_found(connection, query, self._draw), reading=True)
        found = {one.id: one for one in read}
        return [_with_its_pictures(found[id_]) for id_ in ids]

    def write(
        self,
        token: str,
        now: datetime,
        lease: timedelta,
        begun: Sequence[Delivery],
        tried: Sequence[tuple[Delivery, datetime]],
    ) -> set[str]:
        """Note for good, in one commit, which deliveries are being handed over and how others went."""
        attempts = [_attempt_row(one, at) for one, at in tried]
        tries = 0

        def written(connection: Connection) -> tuple[set[str], int]:
            nonlocal tries
            tries += 1
            until = _shared_clock(connection, now) + lease if begun else now
            ours = _fenced(connection, token, until, [one.id for one in begun]) if begun else set()
            # Where the line broke during the commit, what is there already says that it was done.
            new = attempts if tries == 1 else _missing(connection, attempts)
            if new:
                connection.execute(_OUTCOME, [{"of": one.id, "mine": token, **_outcome(one)} for one, _ in tried])
                connection.execute(_ATTEMPTED, new)
            return ours, connection.execute(NEWEST).scalar_one() if new else 0

        ours, newest = self._database.done(written)
        if newest:
            self._database.mark.set(newest)
        return ours

    def release(self, token: str, keep: Sequence[str] = ()) -> None:
        """Give back what was claimed and not tried, but for deliveries of which it is not known yet how they went."""
        kept = delivery.c.id.not_in(keep)
        self._database.done(lambda connection: connection.execute(given_back(token).where(kept)))

    def waits_for(self, channel_id: str) -> bool:
        """Say whether anything waits for a channel."""
        query = select(delivery.c.id).where(delivery.c.channel == channel_id, delivery.c.state == DeliveryState.PENDING)
        return self._database.done(
            lambda connection: connection.execute(query.limit(1)).first() is not None, reading=True
        )

    def known_refused(self, deliveries: Sequence[Delivery]) -> set[str]:
        """Return ids of those whose mailbox refused the newest message before, and of which somebody else heard then."""
        return self._database.done(
            lambda connection: {one.id for one in deliveries if refused_before(connection, one)}, reading=True
        )

    def waiting_deliveries(self, now: datetime) -> tuple[int, int]:
        """Return how many deliveries are yet to be handed over, and how many more wait for their reader's sake."""
        pending = delivery.c.state == DeliveryState.PENDING
        untried = delivery.c.not_before.is_not(None) & (delivery.c.not_before > now) & (delivery.c.attempts == 0)

        def counted(connection: Connection) -> tuple[int, int]:
            whole = int(connection.execute(select(func.count()).where(pending)).scalar_one())
            later = int(connection.execute(select(func.count()).where(pending, untried)).scalar_one())
            return whole - later, later

        return self._database.done(counted, reading=True)

    def channels(self) -> Mapping[str, ChannelHealth]:
        """Return the channels that failed before, by id."""
        found = self._database.done(
            lambda connection: connection.execute(select(channel)).mappings().all(), reading=True
        )
        return {row["id"]: ChannelHealth(**row) for row in found}

    def save_channel(self, health: ChannelHealth, *, waited: float = 0.0) -> None:
        """Remember how a channel does; messages that waited for it may wait so many seconds longer."""
        columns = {field.name: getattr(health, field.name) for field in fields(ChannelHealth)}

        def saved(connection: Connection) -> None:
            kept = [name for name in columns if name != "id"]
            connection.execute(upsert(channel, connection, key="id", update=kept), [columns])
            if waited > 0:
                wait_longer(connection, health.id, waited)
            if health.works:  # what waited by itself meanwhile may go now
                connection.execute(WOKEN.where(delivery.c.channel == health.id))

        self._database.done(saved, harmless_twice=False)  # waits that are made longer twice would be too long


_ATTEMPTED = insert(attempt)
#: What a try changes of a delivery.
_OUTCOMES = ("state", "attempts", "put_off", "last_reply", "not_before", "accepted_at", "redirected_to")
_PUT_BACK = (
    update(delivery)
    .where(delivery.c.state == DeliveryState.PENDING, delivery.c.unknown == 0)
    .values(unknown=1, last_reply=PUT_BACK)
)
_OURS = (
    delivery.c.id.in_(bindparam("of", expanding=True)),
    delivery.c.token == bindparam("mine"),
    delivery.c.state == DeliveryState.PENDING,
)
_FENCE = update(delivery).where(*_OURS).values(handing_over=True, lease_until=bindparam("until"))
_FENCED = select(delivery.c.id).where(*_OURS)
_OUTCOME = (
    update(delivery)
    .where(delivery.c.id == bindparam("of"), delivery.c.token == bindparam("mine"))
    # What was accepted or rejected stays so, whatever a second process reports of its own try.
    .where(delivery.c.state == DeliveryState.PENDING)
    .values(
        token=None,
        lease_until=None,
        handing_over=False,
        **{name: bindparam(name) for name in ("unknown", *_OUTCOMES)},
    )
)


def _with_its_pictures(one: Delivery) -> Delivery:
    """Draw what is yet to be drawn; a message whose pictures cannot be drawn goes with their words, which hold every fact."""
    work = Work(sort="picture of message", id=one.id, done="drawn")
    drawn = Faults().attempt(work, lambda: [len(picture.png) for picture in one.message.pictures])
    return one if drawn is not None else replace(one, message=without_pictures(one.message))


def _shared_clock(connection: Connection, now: datetime) -> datetime:
    """Return the instant by which leases are judged: those who share a server go by its clock, whatever their own shows."""
    if connection.dialect.name != "postgresql":
        return now
    shared: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
    return shared


def _fenced(connection: Connection, token: str, until: datetime, ids: Sequence[str]) -> set[str]:
    """Note that deliveries are being handed over, as far as they are claimed by *token*; return those."""
    found = connection.execute(_FENCE, {"of": ids, "mine": token, "until": until}).rowcount
    if found == len(ids):
        return set(ids)
    return set(connection.execute(_FENCED, {"of": ids, "mine": token}).scalars())


def _outcome(one: Delivery) -> dict[str, object]:
    return {"unknown": one.unanswered_attempts} | {name: getattr(one, name) for name in _OUTCOMES}


def _attempt_row(one: Delivery, at: datetime) -> dict[str, object]:
    return {"delivery_id": one.id, "number": one.attempts, "at": at, "state": one.state, "reply": one.last_reply}


def _missing(connection: Connection, attempts: Sequence[dict[str, object]]) -> list[dict[str, object]]:
    """Return those of *attempts* that are not in the database."""
    query = select(attempt.c.delivery_id, attempt.c.number, attempt.c.at)
    of = attempt.c.delivery_id.in_([row["delivery_id"] for row in attempts])
    there = {(id_, number, at) for id_, number, at in connection.execute(query.where(of)).all()}
    return [row for row in attempts if (row["delivery_id"], row["number"], row["at"]) not in there]
