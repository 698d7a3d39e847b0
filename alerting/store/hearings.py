"""What readers were told, and what they are yet to be told."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from operator import itemgetter

from sqlalchemy import and_, exists, func, select

from alerting.domain.alert import AlertEvent, SeriesKey
from alerting.domain.notify.hearing import Fate, SentNotice
from alerting.domain.notify.holding import HeldMessage
from alerting.domain.notify.notice import DeliveryState, NoticeKind
from alerting.domain.notify.planned import Suppressed, Waiting
from alerting.store import rows, tables
from alerting.store.chunks import chunks
from alerting.store.sending import IS_UNHEARD, WITH_NOTICES, Sending, fates_of
from alerting.store.tables import alert, alert_event, delivery, notice_event
from alerting.store.topic_store import TopicStore

#: Deliveries of notices of exceptions that wait, for whatever reason, and of which nobody can have heard.
_IS_HELD = and_(tables.notice.c.kind == NoticeKind.EXCEPTIONS, IS_UNHEARD)


class HearingRows(TopicStore):
    """The part of a transaction that knows what was heard."""

    def told(self, alerts: Sequence[str]) -> dict[str, tuple[SentNotice, ...]]:
        """Return, by alert id, who was told of the alert and when, oldest first; alerts nobody was told of are left out."""
        event, notice, told, tick = tables.alert_event, tables.notice, tables.notice_event, tables.tick
        joined = told.join(event, told.c.event_id == event.c.id).join(notice, told.c.notice_id == notice.c.id)
        joined = joined.join(tick, event.c.tick_id == tick.c.id)
        wanted = (
            tick.c.undone_at, event.c.alert_id, event.c.kind, event.c.state, event.c.severity, event.c.band, event.c.worst_severity,
            event.c.worst_band, event.c.headline, told.c.owners, told.c.notice_id, notice.c.owner, notice.c.at,
        )  # fmt: skip
        found: dict[str, list[SentNotice]] = {}
        for some in chunks(alerts):
            query = select(*wanted).select_from(joined).where(event.c.alert_id.in_(some))
            told_rows = self._connection.execute(query.order_by(notice.c.at, event.c.seq)).mappings().all()
            fates = fates_of(self._connection, {row["notice_id"] for row in told_rows})
            for row in told_rows:
                known = fates.get(row["notice_id"], Sending())
                if known.fate is not Fate.REPLACED:
                    found.setdefault(row["alert_id"], []).append(
                        rows.told_of(row, known.fate, known.accepted_at, known.failed_at)
                    )
        return {alert_id: tuple(several) for alert_id, several in found.items()}

    def held_back(self, alerts: Sequence[str]) -> dict[str, tuple[HeldMessage, ...]]:
        """Return, by alert id, what was held back from whom, why and when, oldest first."""
        event, held = tables.alert_event, tables.suppression
        joined = held.join(event, held.c.event_id == event.c.id)
        found: dict[str, list[HeldMessage]] = {}
        for some in chunks(alerts):
            query = select(event.c.alert_id, held.c.owner, held.c.reason, event.c.kind, held.c.at).select_from(joined)
            query = query.where(event.c.alert_id.in_(some)).order_by(held.c.seq)
            for alert_id, owner, reason, kind, at in self._connection.execute(query).all():
                message = HeldMessage(owner=owner, reason=reason, kind=kind, at=at)
                found.setdefault(alert_id, []).append(message)
        return {alert_id: tuple(several) for alert_id, several in found.items()}

    def save_suppressed(self, suppressed: Sequence[Suppressed], at: datetime) -> None:
        """Append what was not told, and why."""
        self._append(tables.suppression, [rows.suppression_row(one, at) for one in suppressed])

    def notices_since(self, owner: str, since: datetime) -> int:
        """Return how many notices of exceptions an owner was sent since an instant: those that were accepted."""
        notice, delivery = tables.notice, tables.delivery
        accepted = exists().where(
            delivery.c.notice_id == notice.c.id,
            delivery.c.state == DeliveryState.ACCEPTED,
            delivery.c.accepted_at >= since,
        )
        query = select(func.count()).where(notice.c.owner == owner, notice.c.kind == NoticeKind.EXCEPTIONS, accepted)
        return int(self._connection.execute(query).scalar_one())

    def owners_waiting(self) -> frozenset[str]:
        """Return the owners for whom a message waits; those messages stay as they are until the transaction ends."""
        query = select(tables.delivery.c.owner).select_from(WITH_NOTICES).where(_IS_HELD)
        query = query.with_for_update(of=tables.delivery)  # nobody hands over meanwhile what may be told otherwise
        return frozenset(self._connection.execute(query).scalars())

    def postponed_for(self, owners: Collection[str]) -> dict[str, Waiting]:
        """Return what owners are yet to be told: events with whom for, ids of deliveries, and until when those may wait."""
        delivery = tables.delivery
        query = (
            select(delivery.c.id, delivery.c.notice_id, delivery.c.owner, delivery.c.expires_at, delivery.c.put_off)
            .select_from(WITH_NOTICES)
            .where(_IS_HELD)
        )
        found: dict[str, Waiting] = {owner: ([], [], None) for owner in owners}
        readers: dict[str, str] = {}
        for row in self._connection.execute(query.order_by(delivery.c.seq)):
            if row.owner not in found:
                continue
            readers[row.notice_id] = row.owner
            events, ids, until = found[row.owner]
            # A mailbox that asks for another moment again and again is given up in the end, whatever comes on top.
            ends = [end for end in (until, row.expires_at if row.put_off else None) if end is not None]
            found[row.owner] = events, [*ids, row.id], min(ends, default=None)
        for _, notice_id, event, owners_told in sorted(self._told_in(readers), key=itemgetter(0)):
            reader = readers[notice_id]
            found[reader][0].append((event, tuple(owners_told or (reader,))))
        return found

    def waiting_for(self, owners: Collection[str]) -> tuple[frozenset[str], frozenset[SeriesKey]]:
        """Return of what owners are yet to be told only the ids of the deliveries, and the series that they tell of."""
        query = select(delivery.c.id, delivery.c.notice_id, delivery.c.owner).select_from(WITH_NOTICES).where(_IS_HELD)
        held = [row for row in self._connection.execute(query) if row.owner in owners]
        joined = notice_event.join(alert_event, notice_event.c.event_id == alert_event.c.id)
        joined = joined.join(alert, alert_event.c.alert_id == alert.c.id)
        told = select(alert.c.rule, alert.c.measure, alert.c.area).distinct().select_from(joined)
        series: set[SeriesKey] = set()
        for some in chunks(sorted({row.notice_id for row in held})):
            found = self._connection.execute(told.where(notice_event.c.notice_id.in_(some)))
            series.update(SeriesKey(rule=rule, measure=measure, area=area) for rule, measure, area in found)
        return frozenset(row.id for row in held), frozenset(series)

    def _told_in(self, notices: Collection[str]) -> Iterator[tuple[int, str, AlertEvent, list[str] | None]]:
        """Yield what notices tell: the event's number, the notice, the event as it is told, and the owners whom it is told for."""
        event, alert, told = tables.alert_event, tables.alert, tables.notice_event
        joined = told.join(event, told.c.event_id == event.c.id).join(alert, event.c.alert_id == alert.c.id)
        identity = (alert.c.rule, alert.c.measure, alert.c.area, alert.c.opened)
        query = select(*event.c, *identity, told.c.owners, told.c.says, told.c.notice_id).select_from(joined)
        for some in chunks(sorted(notices)):
            for row in self._connection.execute(query.where(told.c.notice_id.in_(some))).mappings():
                yield row["seq"], row["notice_id"], rows.event_of(row), row["owners"]

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
