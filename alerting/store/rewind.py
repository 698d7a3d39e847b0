"""Undoing ticks: the state goes back to how it stood, what was sent stays sent and is marked."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, exists, func, insert, not_, or_, select, update

from alerting.domain.alert import AlertState, EventKind
from alerting.domain.notify.notice import DeliveryState, NoticeKind
from alerting.domain.rewound import Rewound
from alerting.store.chunks import chunks
from alerting.store.guarding import subject_of
from alerting.store.inbox_tables import reference
from alerting.store.load_tables import source_load
from alerting.store.readings import take_back
from alerting.store.tables import (
    alert,
    alert_event,
    attempt,
    delivery,
    digest,
    guard,
    notice,
    notice_event,
    rules_in_use,
    suppression,
    tick,
    watched,
)

#: What is said of a message that is not sent any more.
UNDONE = "the tick that it tells of was undone"
#: What an alert has in common with each of its events: how it stood then.
_STANDING = (
    "state", "severity", "period", "value", "consecutive", "opened_at", "changed_at", "resolved", "band", "worst_severity",
    "worst_band",
)  # fmt: skip
#: Messages that a tick makes of what is no alert's: they tell how sources and the engine are, whatever was undone.
_OF_NO_ALERT = (NoticeKind.SOURCE_TROUBLE, NoticeKind.ENGINE)
_IS_SENT = or_(delivery.c.state.in_((DeliveryState.ACCEPTED, DeliveryState.HELD)), delivery.c.unknown > 0)
_ACTS = (EventKind.ACKNOWLEDGED, EventKind.COMMENTED)


def rewind(connection: Connection, after: date, now: datetime) -> Rewound:
    """Undo the ticks of all days after one, with their events, alerts and what was read."""
    going = and_(tick.c.as_of > after, tick.c.undone_at.is_(None))
    newest, first, count = connection.execute(
        select(func.max(tick.c.as_of), func.min(tick.c.at), func.count()).where(going)
    ).one()
    if not count:
        return Rewound(after=after)
    theirs = alert_event.c.tick_id.in_(select(tick.c.id).where(going))
    events = _count(connection, select(func.count()).where(theirs))
    acts = _count(connection, select(func.count()).where(theirs, alert_event.c.kind.in_(_ACTS)))
    touched = list(connection.execute(select(alert_event.c.alert_id).where(theirs).distinct()).scalars())
    sent, unsent = _take_back_messages(connection, select(alert_event.c.id).where(theirs), now)
    others = and_(notice.c.kind.in_(_OF_NO_ALERT), notice.c.at.in_(select(tick.c.at).where(going)))
    of_others = delivery.c.notice_id.in_(select(notice.c.id).where(others))
    sent += _count(connection, select(func.count()).where(of_others, _IS_SENT))
    connection.execute(delete(suppression).where(suppression.c.event_id.in_(select(alert_event.c.id).where(theirs))))
    connection.execute(delete(alert_event).where(theirs, not_(_is_told())))
    connection.execute(update(tick).where(going, _has_events()).values(undone_at=now, due_at=None))
    connection.execute(delete(tick).where(going))
    alerts = _restore_alerts(connection, touched, first, now)
    readings, sources = take_back(connection, first)
    _forget_sizes(connection, first, sources)
    connection.execute(delete(watched).where(watched.c.since >= first))
    connection.execute(delete(rules_in_use).where(rules_in_use.c.seen >= first))  # places are met anew
    connection.execute(delete(digest).where(digest.c.until > now))
    return Rewound(
        after=after,
        newest=newest,
        ticks=count,
        events=events,
        acts=acts,
        alerts=alerts,
        readings=readings,
        sent=sent,
        unsent=unsent,
    )


def _forget_sizes(connection: Connection, first: datetime, sources: Iterable[str]) -> None:
    """Forget how large sources that were read since were, how their loads stood, and what waits since: before may be fewer."""
    theirs = guard.c.subject.in_([subject_of(source) for source in sources])
    connection.execute(delete(guard).where(theirs))
    connection.execute(delete(source_load).where(source_load.c.source.in_(list(sources))))
    connection.execute(update(guard).where(guard.c.since >= first).values(since=None, refused=None))


def _count(connection: Connection, query: Select[*tuple[int]]) -> int:
    return connection.execute(query).scalar_one()


def _is_told() -> ColumnElement[bool]:
    return exists().where(notice_event.c.event_id == alert_event.c.id)


def _has_events() -> ColumnElement[bool]:
    return exists().where(alert_event.c.tick_id == tick.c.id)


def _take_back_messages(connection: Connection, events: Select[*tuple[str]], now: datetime) -> tuple[int, int]:
    """Take back what was not sent; return how many messages were (or may have been), and how many are not sent any more."""
    of_them = select(notice_event.c.notice_id).where(notice_event.c.event_id.in_(events))
    notices = list(connection.execute(of_them.distinct()).scalars())
    counts = [_take_back(connection, some, now) for some in chunks(notices)]
    return sum(sent for sent, _ in counts), sum(unsent for _, unsent in counts)


def _take_back(connection: Connection, notices: Sequence[str], now: datetime) -> tuple[int, int]:
    """Do that for some notices."""
    mine = delivery.c.notice_id.in_(notices)
    tried = exists().where(attempt.c.delivery_id == delivery.c.id)
    waits = and_(delivery.c.state == DeliveryState.PENDING, delivery.c.unknown == 0, not_(delivery.c.handing_over))
    unsent = list(connection.execute(select(delivery.c.id).where(mine, waits)).scalars())
    sent = _count(connection, select(func.count()).where(mine, _IS_SENT))
    kept = set(connection.execute(select(delivery.c.notice_id).where(mine, or_(not_(waits), tried))).scalars())
    gone = [id_ for id_ in notices if id_ not in kept]
    theirs = select(delivery.c.id).where(delivery.c.notice_id.in_(gone))
    connection.execute(delete(reference).where(reference.c.delivery_id.in_(theirs)))
    for table, column in (
        (delivery, delivery.c.notice_id),
        (notice_event, notice_event.c.notice_id),
        (notice, notice.c.id),
    ):
        connection.execute(delete(table).where(column.in_(gone)))
    cancelled = list(connection.execute(select(delivery.c.id).where(mine, waits)).scalars())
    ended = {"state": DeliveryState.CANCELLED, "last_reply": UNDONE, "token": None, "lease_until": None}
    connection.execute(update(delivery).where(delivery.c.id.in_(cancelled)).values(ended))
    if cancelled:
        how = {"number": 0, "at": now, "state": DeliveryState.CANCELLED, "reply": UNDONE}
        connection.execute(insert(attempt), [{"delivery_id": id_, **how} for id_ in cancelled])
    return sent, len(unsent)


def _restore_alerts(connection: Connection, touched: Sequence[str], first: datetime, now: datetime) -> int:
    """Let alerts stand as after their newest event that is left; return how many opened only by what was undone."""
    of_alert = alert_event.c.alert_id == alert.c.id
    is_left = exists().where(of_alert, alert_event.c.tick_id == tick.c.id, tick.c.undone_at.is_(None))
    none = {"acknowledged_by": None, "acknowledged_at": None, "acknowledged_until": None, "figures": None}
    theirs: list[ColumnElement[bool]] = [alert.c.id.in_(some) for some in chunks(touched)]
    count = 0
    for some in theirs:
        new = and_(some, not_(is_left))
        count += _count(connection, select(func.count()).where(new))
        connection.execute(delete(alert).where(new, not_(exists().where(of_alert))))
        connection.execute(update(alert).where(new).values(state=AlertState.WITHDRAWN, changed_at=now, **none))
    kept = select(alert_event.c.alert_id, *(alert_event.c[name] for name in _STANDING))
    kept = kept.join(tick, alert_event.c.tick_id == tick.c.id).where(tick.c.undone_at.is_(None))
    newest: dict[str, dict[str, object]] = {}
    # An open alert moves on from period to period without an event.
    for some in (*theirs, alert.c.state == AlertState.OPEN):
        of_some = alert_event.c.alert_id.in_(select(alert.c.id).where(some, is_left))
        rows = connection.execute(kept.where(of_some).order_by(alert_event.c.at, alert_event.c.seq))
        newest |= {row["alert_id"]: {name: row[name] for name in _STANDING} for row in rows.mappings()}
    # One series has one open alert: what ends goes first.
    for id_, values in sorted(newest.items(), key=lambda pair: pair[1]["state"] is AlertState.OPEN):
        connection.execute(update(alert).where(alert.c.id == id_).values(**values, figures=None))
    connection.execute(
        update(alert)
        .where(alert.c.acknowledged_at >= first)
        .values(acknowledged_by=None, acknowledged_at=None, acknowledged_until=None)
    )
    return count
