"""Statements on the outbox: what may be tried, what is given back, what waits for longer."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, Select, Update, bindparam, exists, select, update

from alerting.domain.notify.notice import DeliveryState
from alerting.store.tables import delivery

#: Ends the waits after failures.
WOKEN = (
    update(delivery)
    .where(delivery.c.state == DeliveryState.PENDING, (delivery.c.attempts > 0) | (delivery.c.unknown > 0))
    .values(not_before=None)
)


def given_back(token: str) -> Update:
    """Give back what *token* claimed and did not begin to hand over."""
    mine = (delivery.c.token == token) & ~delivery.c.handing_over
    return update(delivery).where(mine).values(token=None, lease_until=None)


def claimable(now: datetime, limit: int, without: Sequence[str], only: str | None) -> Select[str]:
    """Select ids of deliveries that may be tried: due, unclaimed, and with nothing older on its way to the same address."""
    waits = delivery.c.not_before.is_not(None) & (delivery.c.not_before > now)
    older = delivery.alias()
    same = (older.c.owner == delivery.c.owner) & (older.c.channel == delivery.c.channel)
    in_front = exists().where(
        same,
        older.c.state == DeliveryState.PENDING,
        older.c.seq < delivery.c.seq,
        # What waits for its reader's sake lets others pass; what waits after a failure keeps the order.
        (older.c.attempts > 0) | older.c.not_before.is_(None) | (older.c.not_before <= now),
    )
    query = (
        select(delivery.c.id)
        .where(delivery.c.state == DeliveryState.PENDING, delivery.c.token.is_(None), ~waits, ~in_front)
        # What was never tried goes first: one message that is refused again and again holds up no other.
        .order_by(delivery.c.urgent.desc(), delivery.c.attempts > 0, delivery.c.seq)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    if only is not None:
        return query.where(delivery.c.channel == only)
    return query.where(delivery.c.channel.not_in(without)) if without else query


def wait_longer(connection: Connection, channel_id: str, seconds: float) -> None:
    """Move the end of what waits for a channel: it could not be told while the channel took nothing."""
    mine = (delivery.c.channel == channel_id) & (delivery.c.state == DeliveryState.PENDING)
    query = select(delivery.c.id, delivery.c.expires_at).where(mine, delivery.c.expires_at.is_not(None))
    later = [{"of": id_, "end": end + timedelta(seconds=seconds)} for id_, end in connection.execute(query).all()]
    if later:
        connection.execute(
            update(delivery).where(delivery.c.id == bindparam("of")).values(expires_at=bindparam("end")), later
        )
