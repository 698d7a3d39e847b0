"""One atomic change of the state."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, and_, exists, func, insert, select, update

from alerting.domain.alert import Alert, AlertEvent, AlertState, EventKind
from alerting.domain.notify.hearing import Fate, Told
from alerting.domain.notify.holding import Held, HeldMessage
from alerting.domain.notify.notice import Delivery, DeliveryState, Notice, NoticeKind
from alerting.domain.notify.planned import Suppressed, Waiting
from alerting.domain.replicas import RulesInUse
from alerting.domain.rewound import Rewound
from alerting.domain.rule import Rule
from alerting.domain.shrinking import Guarded
from alerting.ports import Chapter, DigestRecord, TickRecord
from alerting.store import rows, tables
from alerting.store.chunks import chunks
from alerting.store.dialects import insert_or, write_rows
from alerting.store.guarding import guard_row, guarded_of, subject_of
from alerting.store.outbox import OutboxRows
from alerting.store.readings import ReadingRows
from alerting.store.rewind import rewind
from alerting.store.sending import IS_UNHEARD, WITH_NOTICES, Sending, SendingRows, fates_of
from alerting.store.shelf import ShelfRows
from alerting.store.silences import SilenceRows


class SqlTransaction(SilenceRows, OutboxRows, ReadingRows, ShelfRows, SendingRows):
    """Reads and writes inside one transaction; `SqlStore.begin` opens and ends it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def newest_tick(self) -> TickRecord | None:
        """Return the tick with the newest `as_of`; None before the first."""
        tick = tables.tick
        found = self._connection.execute(
            select(tick).where(tick.c.undone_at.is_(None)).order_by(tick.c.as_of.desc(), tick.c.at.desc()).limit(1)
        )
        row = found.mappings().first()
        return None if row is None else TickRecord(**row)

    def rules_in_use(self) -> list[RulesInUse]:
        """Return the places that have judged for this state."""
        found = self._connection.execute(select(tables.rules_in_use)).mappings()
        return [RulesInUse(**row) for row in found]

    def first_judged_by(self, version: str) -> datetime | None:
        """Return when a version of the rules was first judged by; None: never."""
        tick = tables.tick
        query = select(tick.c.at).where(tick.c.rules_version == version).order_by(tick.c.at).limit(1)
        return self._connection.execute(query).scalar()

    def save_rules_in_use(self, used: RulesInUse) -> None:
        """Remember by which rules a place judges."""
        kept = ("version", "since", "seen")
        row = {"place": used.place, **{name: getattr(used, name) for name in kept}}
        self._connection.execute(insert_or(tables.rules_in_use, self._connection, key="place", update=kept), [row])

    def open_alerts(self) -> list[Alert]:
        """Return every alert whose state is open, by rule, measure and area."""
        alert = tables.alert
        query = select(alert).where(alert.c.state == AlertState.OPEN)
        found = self._connection.execute(query.order_by(alert.c.rule, alert.c.measure, alert.c.area))
        return [rows.alert_of(row) for row in found.mappings()]

    def ticked(self, due_at: datetime) -> bool:
        """Whether there was a tick for this instant of the schedule."""
        query = select(tables.tick.c.id).where(tables.tick.c.due_at == due_at)
        return self._connection.execute(query).first() is not None

    def recent_alerts(self, since: datetime) -> list[Alert]:
        """Return every alert that is open or has changed since an instant."""
        alert = tables.alert
        query = select(alert).where((alert.c.state == AlertState.OPEN) | (alert.c.changed_at >= since))
        found = self._connection.execute(query.order_by(alert.c.rule, alert.c.measure, alert.c.area))
        return [rows.alert_of(row) for row in found.mappings()]

    def alert(self, id_: str) -> Alert | None:
        """Return the alert with this id."""
        row = self._connection.execute(select(tables.alert).where(tables.alert.c.id == id_)).mappings().first()
        return None if row is None else rows.alert_of(row)

    def told(self, alerts: Sequence[str]) -> dict[str, tuple[Told, ...]]:
        """Return, by alert id, who was told of the alert and when, oldest first; alerts nobody was told of are left out."""
        event, notice, told, tick = tables.alert_event, tables.notice, tables.notice_event, tables.tick
        joined = told.join(event, told.c.event_id == event.c.id).join(notice, told.c.notice_id == notice.c.id)
        joined = joined.join(tick, event.c.tick_id == tick.c.id)
        wanted = (
            tick.c.undone_at, event.c.alert_id, event.c.kind, event.c.state, event.c.severity, event.c.band, event.c.worst_severity,
            event.c.worst_band, event.c.headline, told.c.owners, told.c.notice_id, notice.c.owner, notice.c.at,
        )  # fmt: skip
        found: dict[str, list[Told]] = {}
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

    def watched(self) -> set[tuple[str, str]]:
        """Return the (rule, measure) pairs that were ever judged."""
        query = select(tables.watched.c.rule, tables.watched.c.measure)
        return {(rule, measure) for rule, measure in self._connection.execute(query).all()}

    def source_troubles(self) -> dict[str, tuple[str, ...]]:
        """Return, by source, what its owner was told is wrong with it; sources of which all was well are left out."""
        found = self._connection.execute(select(tables.source)).mappings()
        return {row["id"]: tuple(row["troubles"]) for row in found if row["troubles"]}

    def guarded(self, source: str | None) -> Guarded | None:
        """Return what is known of a source, or of the rules folder, that is guarded against shrinking."""
        return next(iter(self._guarded(tables.guard.c.subject == subject_of(source))), None)

    def all_guarded(self) -> list[Guarded]:
        """Return all that are guarded: the rules folder first, then sources by id."""
        return self._guarded()

    def _guarded(self, *where: ColumnElement[bool]) -> list[Guarded]:
        query = select(tables.guard).where(*where).order_by(tables.guard.c.subject)
        return [guarded_of(row) for row in self._connection.execute(query).mappings()]

    def save_guarded(self, guarded: Guarded) -> None:
        """Insert or update by source."""
        kept = [column.name for column in tables.guard.c if not column.primary_key]
        statement = insert_or(tables.guard, self._connection, key="subject", update=kept)
        self._connection.execute(statement, [guard_row(guarded)])

    def notices_since(self, owner: str, since: datetime) -> int:
        """Return how many notices of exceptions an owner was sent since an instant: those that were accepted."""
        notice, delivery = tables.notice, tables.delivery
        accepted = exists().where(
            delivery.c.notice_id == notice.c.id, delivery.c.state == DeliveryState.ACCEPTED,
            delivery.c.accepted_at >= since,
        )  # fmt: skip
        query = select(func.count()).where(notice.c.owner == owner, notice.c.kind == NoticeKind.EXCEPTIONS, accepted)
        return int(self._connection.execute(query).scalar_one())

    def owners_waiting(self) -> frozenset[str]:
        """Return the owners for whom a message waits; those messages stay as they are until the transaction ends."""
        query = select(tables.delivery.c.owner).select_from(WITH_NOTICES).where(_IS_HELD)
        query = query.with_for_update(of=tables.delivery)  # nobody hands over meanwhile what may be told otherwise
        return frozenset(self._connection.execute(query).scalars())

    def waiting(self, owners: Collection[str]) -> dict[str, Waiting]:
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

    def _told_in(self, notices: Collection[str]) -> Iterator[tuple[int, str, AlertEvent, list[str] | None]]:
        """Yield what notices tell: the event's number, the notice, the event as it is told, and the owners whom it is told for."""
        event, alert, told = tables.alert_event, tables.alert, tables.notice_event
        joined = told.join(event, told.c.event_id == event.c.id).join(alert, event.c.alert_id == alert.c.id)
        identity = (alert.c.rule, alert.c.measure, alert.c.area, alert.c.opened)
        query = select(*event.c, *identity, told.c.owners, told.c.says, told.c.notice_id).select_from(joined)
        for some in chunks(sorted(notices)):
            for row in self._connection.execute(query.where(told.c.notice_id.in_(some))).mappings():
                yield row["seq"], row["notice_id"], rows.event_of(row), row["owners"]

    def rewind(self, after: date, now: datetime) -> Rewound:
        """Undo the ticks of all days after one, with their events, alerts and what was read; what was sent stays sent."""
        return rewind(self._connection, after, now)

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
        write_rows(self._connection, tables.alert, statement, [rows.alert_row(alert) for alert in closing_first])

    def save_events(self, tick_id: str, events: Sequence[AlertEvent], rules: Sequence[Rule] = ()) -> None:
        """Append events, each with its finding and, where it is among *rules*, its rule's text."""
        by_id = {rule.id: rule for rule in rules}
        spoken = {event.alert.key.rule for event in events}
        texts = {id_: rows.rule_text_row(by_id[id_]) for id_ in spoken & by_id.keys()}
        if texts:
            once = {row["digest"]: row for row in texts.values()}
            self._connection.execute(insert_or(tables.rule_text, self._connection, key="digest"), list(once.values()))
        found = []
        for event in events:
            text = texts.get(event.alert.key.rule)
            found.append(rows.event_row(tick_id, event, None if text is None else text["digest"]))
        self._append(tables.alert_event, found)

    def save_notices(self, notices: Sequence[Notice], deliveries: Sequence[Delivery]) -> None:
        """Append notices with their deliveries. Every event a notice tells must be saved too, now or before."""
        self._append(tables.notice, [rows.notice_row(notice) for notice in notices])
        self._append(tables.notice_event, [row for notice in notices for row in rows.told_rows(notice)])
        bodies = {one.id: one for one in self.keep_bodies([one for one in deliveries if one.kept_as is None])}
        shown = {picture.id: picture for delivery in deliveries for picture in delivery.message.pictures}
        if shown:
            pictures = [rows.picture_row(picture) for picture in shown.values()]
            write_rows(
                self._connection, tables.picture, insert_or(tables.picture, self._connection, key="digest"), pictures
            )
        self._append(tables.delivery, [rows.delivery_row(bodies.get(one.id, one)) for one in deliveries])

    def save_suppressed(self, suppressed: Sequence[Suppressed], at: datetime) -> None:
        """Append what was not told, and why."""
        self._append(tables.suppression, [rows.suppression_row(one, at) for one in suppressed])

    def save_watched(self, pairs: Sequence[tuple[str, str]], at: datetime) -> None:
        """Remember (rule, measure) pairs as judged."""
        self._append(tables.watched, [{"rule": rule, "measure": measure, "since": at} for rule, measure in pairs])

    def save_source_troubles(self, source: str, troubles: Sequence[str], at: datetime) -> None:
        """Remember what a source's owner was told."""
        statement = insert_or(tables.source, self._connection, key="id", update=("troubles", "since"))
        self._connection.execute(statement, [{"id": source, "troubles": list(troubles), "since": at}])

    def cancel(self, deliveries: Sequence[str], why: str, at: datetime) -> None:
        """End deliveries that were not tried yet: another message says what they would have.

        What has been taken up meanwhile, to be handed over, goes on its way.
        """
        ended = {"state": DeliveryState.CANCELLED, "last_reply": why}
        delivery = tables.delivery
        waits = (delivery.c.state == DeliveryState.PENDING) & delivery.c.token.is_(None)
        for some in chunks(deliveries):
            self._connection.execute(update(delivery).where(delivery.c.id.in_(some), waits).values(ended))
        tried = {"number": 0, "at": at, "state": DeliveryState.CANCELLED, "reply": why}
        self._append(tables.attempt, [{"delivery_id": id_, **tried} for id_ in deliveries])

    def history(self, alert: str) -> list[Chapter]:
        """Return an alert's events with all that belongs to them, oldest first."""
        event, own = tables.alert_event, tables.alert
        identity = (own.c.rule, own.c.measure, own.c.area, own.c.opened)
        query = select(*event.c, *identity).join_from(event, own).where(event.c.alert_id == alert)
        found = self._connection.execute(query.order_by(event.c.at, event.c.seq)).mappings().all()
        told = self._told_by_event([row["id"] for row in found])
        return [
            Chapter(
                event=rows.event_of(row), tick=self._tick(row["tick_id"]), rule=self._rule_text(row["rule_text"]),
                told=tuple(told.get(row["id"], ())), suppressed=self._suppressed(row["id"]),
            )
            for row in found
        ]  # fmt: skip

    def _tick(self, id_: str) -> TickRecord:
        row = self._connection.execute(select(tables.tick).where(tables.tick.c.id == id_)).mappings().one()
        return TickRecord(**row)

    def _rule_text(self, digest: str | None) -> tuple[str, str, str] | None:
        table = tables.rule_text
        query = select(table.c.place, table.c.text, table.c.digest).where(table.c.digest == digest)
        row = self._connection.execute(query).first()
        return None if row is None else (row[0], row[1], row[2])

    def _suppressed(self, event_id: str) -> tuple[tuple[str, Held, str], ...]:
        table = tables.suppression
        query = select(table.c.owner, table.c.reason, table.c.by).where(table.c.event_id == event_id)
        return tuple((owner, reason, by) for owner, reason, by in self._connection.execute(query.order_by(table.c.seq)))

    def _told_by_event(self, events: Sequence[str]) -> dict[str, list[tuple[Told, tuple[Delivery, ...]]]]:
        event, notice, told = tables.alert_event, tables.notice, tables.notice_event
        joined = told.join(event, told.c.event_id == event.c.id).join(notice, told.c.notice_id == notice.c.id)
        wanted = (
            event.c.id, event.c.kind, event.c.state, event.c.severity, event.c.band, event.c.worst_severity, event.c.worst_band,
            event.c.headline, told.c.owners, told.c.notice_id, notice.c.owner, notice.c.at,
        )  # fmt: skip
        query = select(*wanted).select_from(joined).where(event.c.id.in_(events)).order_by(notice.c.at, told.c.position)
        found: dict[str, list[tuple[Told, tuple[Delivery, ...]]]] = {}
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

    def said(self) -> list[AlertEvent]:
        """Return acknowledgements and comments, oldest first."""
        return self._events(tables.alert_event.c.kind.in_([EventKind.ACKNOWLEDGED, EventKind.COMMENTED]))

    def events_between(self, since: datetime | None, until: datetime) -> list[AlertEvent]:
        """Return events with since < at <= until, oldest first."""
        event = tables.alert_event
        return self._events(event.c.at <= until, *([event.c.at > since] if since is not None else []))

    def _events(self, *where: ColumnElement[bool]) -> list[AlertEvent]:
        event, alert, tick = tables.alert_event, tables.alert, tables.tick
        identity = (alert.c.rule, alert.c.measure, alert.c.area, alert.c.opened)
        joined = event.join(alert, event.c.alert_id == alert.c.id).join(tick, event.c.tick_id == tick.c.id)
        query = select(*event.c, *identity).select_from(joined).where(tick.c.undone_at.is_(None), *where)
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
            write_rows(self._connection, table, insert(table), new)


#: Deliveries of notices of exceptions that wait, for whatever reason, and of which nobody can have heard.
_IS_HELD = and_(tables.notice.c.kind == NoticeKind.EXCEPTIONS, IS_UNHEARD)


def deliveries_query() -> Select[*tuple[object, ...]]:
    """Select deliveries with their messages, oldest first; pictures are looked up apart."""
    payload = tables.payload
    parts = (payload.c.subject, payload.c.body, payload.c.pictures)
    joined = tables.delivery.join(payload, tables.delivery.c.payload == payload.c.digest)
    return select(*tables.delivery.c, *parts).select_from(joined).order_by(tables.delivery.c.seq)
