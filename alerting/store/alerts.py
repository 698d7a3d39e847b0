"""Alerts and what happened to them, as rows and back."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select

from alerting.domain.alert import Alert, AlertEvent, AlertState, EventKind
from alerting.domain.notify.hearing import SentNotice
from alerting.domain.notify.holding import SuppressionReason
from alerting.domain.notify.notice import Delivery
from alerting.domain.rule import Rule
from alerting.ports.alerts import AuditEntry
from alerting.ports.ticks import TickRecord
from alerting.store import rows, tables
from alerting.store.deliveries import deliveries_query
from alerting.store.dialects import upsert, write_rows
from alerting.store.sending import Sending, fates_of
from alerting.store.topic_store import TopicStore


class AlertRows(TopicStore):
    """The part of a transaction that keeps alerts and their events."""

    def open(self) -> list[Alert]:
        """Return every alert whose state is open, by rule, measure and area."""
        alert = tables.alert
        query = select(alert).where(alert.c.state == AlertState.OPEN)
        found = self._connection.execute(query.order_by(alert.c.rule, alert.c.measure, alert.c.area))
        return [rows.alert_of(row) for row in found.mappings()]

    def recent(self, since: datetime) -> list[Alert]:
        """Return every alert that is open or has changed since an instant."""
        alert = tables.alert
        query = select(alert).where((alert.c.state == AlertState.OPEN) | (alert.c.changed_at >= since))
        found = self._connection.execute(query.order_by(alert.c.rule, alert.c.measure, alert.c.area))
        return [rows.alert_of(row) for row in found.mappings()]

    def get(self, id_: str) -> Alert | None:
        """Return the alert with this id."""
        row = self._connection.execute(select(tables.alert).where(tables.alert.c.id == id_)).mappings().first()
        return None if row is None else rows.alert_of(row)

    def save(self, alerts: Sequence[Alert]) -> None:
        """Insert or update by alert id."""
        if not alerts:
            return
        kept = [column.name for column in tables.alert.c if not column.primary_key]
        statement = upsert(tables.alert, self._connection, key="id", update=kept)
        # What closes goes first: a series that closes and opens again in one tick has one open alert at every moment.
        closing_first = sorted(alerts, key=lambda alert: alert.state is AlertState.OPEN)
        write_rows(self._connection, tables.alert, statement, [rows.alert_row(alert) for alert in closing_first])

    def save_events(self, tick_id: str, events: Sequence[AlertEvent], rules: Sequence[Rule] = ()) -> None:
        """Append events, each with its finding and, where it is among *rules*, its rule's text."""
        by_id = {rule.id: rule for rule in rules}
        spoken = {event.alert.key.rule for event in events}
        texts = {id_: rows.rule_text_row(by_id[id_]) for id_ in spoken & by_id.keys()}
        if texts:
            once = {row["digest"]: row for row in texts.values()}
            self._connection.execute(upsert(tables.rule_text, self._connection, key="digest"), list(once.values()))
        found = []
        for event in events:
            text = texts.get(event.alert.key.rule)
            found.append(rows.event_row(tick_id, event, None if text is None else text["digest"]))
        self._append(tables.alert_event, found)

    def events_between(self, since: datetime | None, until: datetime) -> list[AlertEvent]:
        """Return events with since < at <= until, oldest first."""
        event = tables.alert_event
        return self._events(event.c.at <= until, *([event.c.at > since] if since is not None else []))

    def acknowledgements_and_comments(self) -> list[AlertEvent]:
        """Return acknowledgements and comments, oldest first."""
        return self._events(tables.alert_event.c.kind.in_([EventKind.ACKNOWLEDGED, EventKind.COMMENTED]))

    def history(self, alert: str) -> list[AuditEntry]:
        """Return an alert's events with all that belongs to them, oldest first."""
        event, own = tables.alert_event, tables.alert
        identity = (own.c.rule, own.c.measure, own.c.area, own.c.opened)
        query = select(*event.c, *identity).join_from(event, own).where(event.c.alert_id == alert)
        found = self._connection.execute(query.order_by(event.c.at, event.c.seq)).mappings().all()
        told = self._told_by_event([row["id"] for row in found])
        return [
            AuditEntry(
                event=rows.event_of(row),
                tick=self._tick(row["tick_id"]),
                rule=self._rule_text(row["rule_text"]),
                told=tuple(told.get(row["id"], ())),
                suppressed=self._suppressed(row["id"]),
            )
            for row in found
        ]

    def _events(self, *where: ColumnElement[bool]) -> list[AlertEvent]:
        event, alert, tick = tables.alert_event, tables.alert, tables.tick
        identity = (alert.c.rule, alert.c.measure, alert.c.area, alert.c.opened)
        joined = event.join(alert, event.c.alert_id == alert.c.id).join(tick, event.c.tick_id == tick.c.id)
        query = select(*event.c, *identity).select_from(joined).where(tick.c.undone_at.is_(None), *where)
        found = self._connection.execute(query.order_by(event.c.at, event.c.seq)).mappings()
        return [rows.event_of(row) for row in found]

    def _tick(self, id_: str) -> TickRecord:
        row = self._connection.execute(select(tables.tick).where(tables.tick.c.id == id_)).mappings().one()
        return TickRecord(**row)

    def _rule_text(self, digest: str | None) -> tuple[str, str, str] | None:
        table = tables.rule_text
        query = select(table.c.place, table.c.text, table.c.digest).where(table.c.digest == digest)
        row = self._connection.execute(query).first()
        return None if row is None else (row[0], row[1], row[2])

    def _suppressed(self, event_id: str) -> tuple[tuple[str, SuppressionReason, str], ...]:
        table = tables.suppression
        query = select(table.c.owner, table.c.reason, table.c.by).where(table.c.event_id == event_id)
        return tuple((owner, reason, by) for owner, reason, by in self._connection.execute(query.order_by(table.c.seq)))

    def _told_by_event(self, events: Sequence[str]) -> dict[str, list[tuple[SentNotice, tuple[Delivery, ...]]]]:
        event, notice, told = tables.alert_event, tables.notice, tables.notice_event
        joined = told.join(event, told.c.event_id == event.c.id).join(notice, told.c.notice_id == notice.c.id)
        wanted = (
            event.c.id,
            event.c.kind,
            event.c.state,
            event.c.severity,
            event.c.band,
            event.c.worst_severity,
            event.c.worst_band,
            event.c.headline,
            told.c.owners,
            told.c.notice_id,
            notice.c.owner,
            notice.c.at,
        )
        query = select(*wanted).select_from(joined).where(event.c.id.in_(events)).order_by(notice.c.at, told.c.position)
        found: dict[str, list[tuple[SentNotice, tuple[Delivery, ...]]]] = {}
        told_rows = self._connection.execute(query).mappings().all()
        fates = fates_of(self._connection, {row["notice_id"] for row in told_rows})
        for row in told_rows:
            deliveries = self._connection.execute(
                deliveries_query().where(tables.delivery.c.notice_id == row["notice_id"])
            )
            sent = tuple(rows.delivery_of(one, {}) for one in deliveries.mappings())
            known = fates.get(row["notice_id"], Sending())
            told_ = rows.told_of(row, known.fate, known.accepted_at, known.failed_at)
            found.setdefault(row["id"], []).append((told_, sent))
        return found
