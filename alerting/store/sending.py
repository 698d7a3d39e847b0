"""What became of notices: what channels accepted, what waits, what was refused."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, and_, exists, select, update

from alerting.domain.alert import SeriesKey
from alerting.domain.notify.hearing import Fate
from alerting.domain.notify.notice import DeliveryState, NoticeKind
from alerting.ports import DigestRecord
from alerting.store.chunks import chunks
from alerting.store.tables import alert, alert_event, delivery, digest, notice, notice_event

WITH_NOTICES = delivery.join(notice, delivery.c.notice_id == notice.c.id)
_SIBLING = delivery.alias()
IS_UNHEARD = and_(
    delivery.c.state == DeliveryState.PENDING, delivery.c.unknown == 0, delivery.c.token.is_(None),
    ~exists().where(
        _SIBLING.c.notice_id == delivery.c.notice_id,
        (_SIBLING.c.state == DeliveryState.ACCEPTED) | (_SIBLING.c.unknown > 0),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """What became of one notice; one without deliveries counts as told."""

    fate: Fate = Fate.TOLD
    accepted_at: datetime | None = None
    failed_at: str | None = None


def fates_of(connection: Connection, notices: Collection[str]) -> dict[str, Sending]:
    """Return what became of notices by all their deliveries."""
    found: dict[str, list[RowMapping]] = {}
    columns = (
        delivery.c.notice_id, delivery.c.address, delivery.c.state, delivery.c.unknown, delivery.c.accepted_at, delivery.c.token,
    )  # fmt: skip
    for some in chunks(sorted(notices)):
        query = select(*columns).where(delivery.c.notice_id.in_(some))
        for row in connection.execute(query).mappings():
            found.setdefault(row["notice_id"], []).append(row)
    return {id_: _sending(several) for id_, several in found.items()}


def _sending(rows: Sequence[RowMapping]) -> Sending:
    accepted = [row for row in rows if row["state"] is DeliveryState.ACCEPTED]
    if accepted:
        return Sending(accepted_at=min((row["accepted_at"] for row in accepted if row["accepted_at"]), default=None))
    standing = [row for row in rows if row["state"] is not DeliveryState.CANCELLED]
    if not standing:  # a copy that is not sent takes back nothing of what may have been taken
        return Sending(fate=Fate.POSSIBLE if any(row["unknown"] > 0 for row in rows) else Fate.REPLACED)
    if any(row["state"] is DeliveryState.HELD or (_waits(row) and _may_arrive(row)) for row in standing):
        return Sending(fate=Fate.POSSIBLE)
    if any(_waits(row) for row in standing):
        return Sending(fate=Fate.WAITING)
    return Sending(fate=Fate.FAILED, failed_at=standing[-1]["address"])


def _waits(row: RowMapping) -> bool:
    return row["state"] is DeliveryState.PENDING


def _may_arrive(row: RowMapping) -> bool:
    """Whether a message that waits may have arrived, or is being handed over: it cannot be taken back any more."""
    return row["unknown"] > 0 or row["token"] is not None


class SendingRows:
    """The part of a transaction that knows what was accepted and what waits unheard."""

    _connection: Connection

    def accept(self, deliveries: Sequence[str], at: datetime) -> None:
        """Note that a channel took deliveries."""
        taken = {"state": DeliveryState.ACCEPTED, "accepted_at": at}
        for some in chunks(deliveries):
            self._connection.execute(update(delivery).where(delivery.c.id.in_(some)).values(taken))

    def first_messages(self, owner: str, series: Sequence[SeriesKey]) -> dict[SeriesKey, str]:
        """Return the ids of the messages that first told an owner of series, over all their alerts; an undone tick's too."""
        joined = alert.join(alert_event, alert_event.c.alert_id == alert.c.id)
        joined = joined.join(notice_event, notice_event.c.event_id == alert_event.c.id)
        joined = joined.join(delivery, delivery.c.notice_id == notice_event.c.notice_id)
        arrived = (delivery.c.state == DeliveryState.ACCEPTED) | (delivery.c.unknown > 0)
        columns = (alert.c.rule, alert.c.measure, alert.c.area)
        query = select(*columns, delivery.c.message_id).select_from(joined).where(delivery.c.owner == owner, arrived)
        for column in columns:  # more than is asked for, but found by the index of alerts, all at once
            query = query.where(column.in_({getattr(key, column.name) for key in series}))
        found: dict[SeriesKey, str] = {}
        for rule, measure, area, message_id in self._connection.execute(query.order_by(delivery.c.seq)).all():
            found.setdefault(SeriesKey(rule=rule, measure=measure, area=area), message_id)
        return {key: found[key] for key in series if key in found}

    def unsent_digests(self, owner: str) -> dict[str, list[str]]:
        """Return, by notice, the deliveries of an owner's digests that wait and of which nobody can have heard.

        They stay as they are until the transaction ends.
        """
        query = (
            select(delivery.c.notice_id, delivery.c.id)
            .select_from(WITH_NOTICES)
            .where(notice.c.kind == NoticeKind.DIGEST, delivery.c.owner == owner, IS_UNHEARD)
            .with_for_update(of=delivery)  # nobody hands over meanwhile what is about to be replaced
        )
        found: dict[str, list[str]] = {}
        for notice_id, id_ in self._connection.execute(query).all():
            found.setdefault(notice_id, []).append(id_)
        return found

    def digests(self, named: str, owner: str) -> list[DigestRecord]:
        """Return an owner's records of a digest, newest first."""
        query = select(digest).where(digest.c.digest == named, digest.c.owner == owner).order_by(digest.c.until.desc())
        return [DigestRecord(**row) for row in self._connection.execute(query).mappings()]
