"""What is known of mailboxes that refuse: somebody else hears of one once."""

from sqlalchemy import Connection, select

from alerting.domain.notify.notice import Delivery, DeliveryState, NoticeKind
from alerting.store.tables import alert_event, delivery, notice, notice_event

#: What a channel decided on a message.
_FINISHED = (DeliveryState.ACCEPTED, DeliveryState.REJECTED)
#: Kinds of which each message matters, so that somebody hears of each.
_ALWAYS_TOLD = (NoticeKind.ENGINE, NoticeKind.SOURCE_TROUBLE)


def refused_before(connection: Connection, one: Delivery) -> bool:
    """Say whether a delivery's mailbox refused the newest message before, and all that it tells was in such a message."""
    newest = (
        select(delivery.c.state)
        .where(delivery.c.channel == one.channel, delivery.c.address == one.address, delivery.c.id != one.id)
        .where(delivery.c.state.in_(_FINISHED))
        .order_by(delivery.c.seq.desc())
        .limit(1)
    )
    if connection.execute(newest).scalar() is not DeliveryState.REJECTED:
        return False
    kind = connection.execute(select(notice.c.kind).where(notice.c.id == one.notice_id)).scalar()
    if kind in _ALWAYS_TOLD:
        return False
    told = notice_event.join(alert_event, notice_event.c.event_id == alert_event.c.id)
    alerts = select(alert_event.c.alert_id).distinct().select_from(told)
    of_it = set(connection.execute(alerts.where(notice_event.c.notice_id == one.notice_id)).scalars())
    refused = told.join(delivery, delivery.c.notice_id == notice_event.c.notice_id)
    before = (
        select(alert_event.c.alert_id)
        .distinct()
        .select_from(refused)
        .where(delivery.c.address == one.address, delivery.c.state == DeliveryState.REJECTED)
        .where(alert_event.c.alert_id.in_(of_it))
    )
    return of_it <= set(connection.execute(before).scalars())
