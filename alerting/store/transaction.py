"""One atomic change of the state."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, insert, select

from alerting.domain.alert import Alert, AlertEvent, AlertState, SeriesKey
from alerting.domain.notice import Delivery, Notice
from alerting.ports import DigestRecord, TickRecord
from alerting.store import rows, tables
from alerting.store.engine import insert_or

#: Values in one IN (…); databases stop at 32,766 and 65,535.
_CHUNK = 10_000


class SqlTransaction:
    """Reads and writes inside one transaction; `SqlStore.begin` opens and ends it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def newest_tick(self) -> TickRecord | None:
        """Return the tick with the newest `as_of`; None before the first."""
        tick = tables.tick
        found = self._connection.execute(select(tick).order_by(tick.c.as_of.desc(), tick.c.at.desc()).limit(1))
        row = found.mappings().first()
        return None if row is None else TickRecord(**row)

    def open_alerts(self) -> list[Alert]:
        """Return every alert whose state is open, by rule, measure and area."""
        alert = tables.alert
        query = select(alert).where(alert.c.state == AlertState.OPEN)
        found = self._connection.execute(query.order_by(alert.c.rule, alert.c.measure, alert.c.area))
        return [rows.alert_of(row) for row in found.mappings()]

    def known_series(self, rules: Iterable[str]) -> set[SeriesKey]:
        """Return the series that have ever had an alert under the given rules."""
        alert, wanted = tables.alert, sorted(set(rules))
        found: set[SeriesKey] = set()
        for first in range(0, len(wanted), _CHUNK):
            some = alert.c.rule.in_(wanted[first : first + _CHUNK])
            query = select(alert.c.rule, alert.c.measure, alert.c.area).where(some).distinct()
            keys = self._connection.execute(query).all()
            found.update(SeriesKey(rule=rule, measure=measure, area=area) for rule, measure, area in keys)
        return found

    def told_owners(self, alerts: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Return, by alert id, the owners who were told of the alert, the first told first."""
        event, told, notice = tables.alert_event, tables.notice_event, tables.notice
        joined = told.join(event, told.c.event_id == event.c.id).join(notice, told.c.notice_id == notice.c.id)
        found: dict[str, dict[str, None]] = {}
        for first in range(0, len(alerts), _CHUNK):
            some = event.c.alert_id.in_(alerts[first : first + _CHUNK])
            query = select(event.c.alert_id, notice.c.owner).select_from(joined).where(some).order_by(event.c.seq)
            for alert_id, owner in self._connection.execute(query).all():
                found.setdefault(alert_id, {})[owner] = None
        return {alert_id: tuple(owners) for alert_id, owners in found.items()}

    def save_tick(self, tick: TickRecord) -> None:
        """Record a pass; its id is new."""
        self._append(tables.tick, [rows.tick_row(tick)])

    def save_alerts(self, alerts: Sequence[Alert]) -> None:
        """Insert or update by alert id."""
        if not alerts:
            return
        kept = [column.name for column in tables.alert.c if not column.primary_key]
        statement = insert_or(tables.alert, self._connection, key="id", update=kept)
        # What closes goes first: a series that closes and opens again in one tick has one open alert at every moment.
        closing_first = sorted(alerts, key=lambda alert: alert.state is AlertState.OPEN)
        self._connection.execute(statement, [rows.alert_row(alert) for alert in closing_first])

    def save_events(self, tick_id: str, events: Sequence[AlertEvent]) -> None:
        """Append events, each with its finding."""
        self._append(tables.alert_event, [rows.event_row(tick_id, event) for event in events])

    def save_notices(self, notices: Sequence[Notice], deliveries: Sequence[Delivery]) -> None:
        """Append notices with their deliveries. Every event a notice tells must be saved too, now or before."""
        self._append(tables.notice, [rows.notice_row(notice) for notice in notices])
        self._append(tables.notice_event, [row for notice in notices for row in rows.told_rows(notice)])
        payloads = [rows.payload_row(delivery.message) for delivery in deliveries]
        shown = {picture.id: picture for delivery in deliveries for picture in delivery.message.pictures}
        if shown:
            pictures = [rows.picture_row(picture) for picture in shown.values()]
            self._connection.execute(insert_or(tables.picture, self._connection, key="digest"), pictures)
        if payloads:
            self._connection.execute(insert_or(tables.payload, self._connection, key="digest"), payloads)
        pairs = zip(deliveries, payloads, strict=True)
        self._append(tables.delivery, [rows.delivery_row(delivery, row["digest"]) for delivery, row in pairs])

    def events_between(self, since: datetime | None, until: datetime) -> list[AlertEvent]:
        """Return events with since < at <= until, oldest first."""
        event, alert = tables.alert_event, tables.alert
        identity = (alert.c.rule, alert.c.measure, alert.c.area, alert.c.opened)
        query = select(*event.c, *identity).join_from(event, alert).where(event.c.at <= until)
        if since is not None:
            query = query.where(event.c.at > since)
        found = self._connection.execute(query.order_by(event.c.at, event.c.seq)).mappings()
        return [rows.event_of(row) for row in found]

    def digest_made(self, digest: str, owner: str, window: str) -> bool:
        """Whether this owner's digest for this window was made."""
        table = tables.digest
        query = select(table.c.until).where(table.c.digest == digest, table.c.owner == owner, table.c.window == window)
        return self._connection.execute(query).first() is not None

    def newest_digest(self, digest: str, owner: str) -> DigestRecord | None:
        """Return the owner's last digest record of this digest."""
        table = tables.digest
        query = select(table).where(table.c.digest == digest, table.c.owner == owner)
        row = self._connection.execute(query.order_by(table.c.until.desc()).limit(1)).mappings().first()
        return None if row is None else DigestRecord(**row)

    def save_digest(self, record: DigestRecord) -> None:
        """Record a digest."""
        self._append(tables.digest, [rows.digest_row(record)])

    def _append(self, table: Table, new: list[dict[str, Any]]) -> None:
        if new:
            self._connection.execute(insert(table), new)
