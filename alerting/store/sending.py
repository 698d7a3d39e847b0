"""What became of notices: what channels accepted, what waits, what was refused."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, and_, exists, select

from alerting.domain.notify.hearing import Fate
from alerting.domain.notify.notice import DeliveryState
from alerting.store.chunks import chunks
from alerting.store.tables import delivery, notice

WITH_NOTICES = delivery.join(notice, delivery.c.notice_id == notice.c.id)
_SIBLING = delivery.alias()
IS_UNHEARD = and_(
    delivery.c.state == DeliveryState.PENDING,
    delivery.c.unknown == 0,
    delivery.c.token.is_(None),
    ~exists().where(
        _SIBLING.c.notice_id == delivery.c.notice_id,
        (_SIBLING.c.state == DeliveryState.ACCEPTED) | (_SIBLING.c.unknown > 0),
    ),
)


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
        delivery.c.notice_id,
        delivery.c.address,
        delivery.c.state,
        delivery.c.unknown,
        delivery.c.accepted_at,
        delivery.c.token,
    )
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
