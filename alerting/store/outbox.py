"""The outbox as people see it: deliveries with their notices and alerts, and what is done about them."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import exists, func, insert, or_, select, update

from alerting.domain.alert import AlertState
from alerting.domain.notify.notice import Delivery, DeliveryState, Message, Notice, NoticeKind
from alerting.domain.outbox import OutboxEntry
from alerting.store import inbox_tables
from alerting.store.chunks import chunks
from alerting.store.dialects import upsert, write_rows
from alerting.store.rows import (
    delivery_of,
    delivery_row,
    enclosure_row,
    notice_row,
    payload_row,
    picture_row,
    reference_rows,
    told_rows,
)
from alerting.store.tables import alert, alert_event, attempt, delivery, notice, notice_event, payload, picture
from alerting.store.topic_store import TopicStore


class OutboxRows(TopicStore):
    """The part of a transaction that shows and mends deliveries."""

    def entries(self, states: Sequence[DeliveryState], like: str = "") -> list[OutboxEntry]:
        """Return deliveries in some states, oldest first; pictures are left out."""
        parts = (payload.c.subject, payload.c.body)
        tried = select(attempt.c.delivery_id, func.max(attempt.c.at).label("tried_at")).where(attempt.c.number > 0)
        tries = tried.group_by(attempt.c.delivery_id).subquery()
        joined = (
            delivery.join(payload, delivery.c.payload == payload.c.digest)
            .join(notice, delivery.c.notice_id == notice.c.id)
            .outerjoin(tries, tries.c.delivery_id == delivery.c.id)
        )
        query = (
            select(*delivery.c, *parts, notice.c.kind, notice.c.at.label("made_at"), tries.c.tried_at)
            .select_from(joined)
            .where(delivery.c.state.in_(states), delivery.c.id.startswith(like, autoescape=True))
            .order_by(delivery.c.seq)
        )
        rows = self._connection.execute(query).mappings().all()
        alerts = self._alerts({row["notice_id"] for row in rows})
        return [
            OutboxEntry(
                delivery=delivery_of({**row, "pictures": None}, {}),
                kind=row["kind"],
                made_at=row["made_at"],
                tried_at=row["tried_at"],
                alerts=tuple(alerts.get(row["notice_id"], ())),
                taken_up=row["token"] is not None,
                is_kept=row["body"] is not None,
            )
            for row in rows
        ]

    def save(self, notices: Sequence[Notice], deliveries: Sequence[Delivery]) -> None:
        """Append notices with their deliveries. Every event a notice tells must be saved too, now or before."""
        self._append(notice, [notice_row(one) for one in notices])
        self._append(notice_event, [row for one in notices for row in told_rows(one)])
        bodies = {one.id: one for one in self.keep_bodies([one for one in deliveries if one.kept_as is None])}
        shown = {drawn.id: drawn for one in deliveries for drawn in one.message.pictures}
        enclosed = {enclosure for one in deliveries for enclosure in one.message.enclosures}
        if shown or enclosed:
            rows = [*(picture_row(drawn) for drawn in shown.values()), *(enclosure_row(one) for one in enclosed)]
            write_rows(self._connection, picture, upsert(picture, self._connection, key="digest"), rows)
        self._append(delivery, [delivery_row(bodies.get(one.id, one)) for one in deliveries])
        self._append(inbox_tables.reference, [row for one in deliveries for row in reference_rows(one)])

    def keep_bodies(self, deliveries: Sequence[Delivery]) -> list[Delivery]:
        """Write messages down ahead of their notices; return the deliveries, ready to be saved with these, without HTML."""
        written = [payload_row(one.message) for one in deliveries]
        if not written:
            return []
        write_rows(self._connection, payload, upsert(payload, self._connection, key="digest"), written)
        return [
            replace(one, kept_as=row["digest"], message=replace(one.message, html=""))
            for one, row in zip(deliveries, written, strict=True)
        ]

    def outdated(self, notices: Collection[str]) -> set[str]:
        """Return ids of the notices of which all that they tell is over, or was told anew by a later message."""
        told, later = notice_event.alias(), notice_event.alias()
        then, now = alert_event.alias(), alert_event.alias()
        since = notice.alias()
        told_anew = (
            exists()
            .where(later.c.event_id == now.c.id, now.c.alert_id == then.c.alert_id)
            .where(since.c.id == later.c.notice_id, since.c.owner == notice.c.owner, since.c.at > notice.c.at)
            .where(delivery.c.notice_id == since.c.id, delivery.c.state != DeliveryState.CANCELLED)
        )
        is_over = (then.c.state == AlertState.OPEN) & (alert.c.state != AlertState.OPEN)
        joined = (
            told.join(notice, told.c.notice_id == notice.c.id)
            .join(then, told.c.event_id == then.c.id)
            .join(alert, then.c.alert_id == alert.c.id)
        )
        query = select(told.c.notice_id, or_(is_over, told_anew)).select_from(joined)
        found: dict[str, bool] = {}
        for some in chunks(sorted(notices)):
            for id_, is_old in self._connection.execute(query.where(told.c.notice_id.in_(some))):
                found[id_] = found.get(id_, True) and is_old
        return {id_ for id_, is_old in found.items() if is_old}

    def notices_of(self, since: datetime) -> set[str]:
        """Return ids of the notices that were made since an instant."""
        return set(self._connection.execute(select(notice.c.id).where(notice.c.at >= since)).scalars())

    def copies(self) -> dict[str, dict[str, bool]]:
        """Return, by delivery, what a message that waits and may have been taken tells: alert id -> whether it stands.

        They stay as they are until the transaction ends.
        """
        joined = (
            delivery.join(notice, delivery.c.notice_id == notice.c.id)
            .join(notice_event, notice_event.c.notice_id == notice.c.id)
            .join(alert_event, notice_event.c.event_id == alert_event.c.id)
        )
        waits = (delivery.c.state == DeliveryState.PENDING) & delivery.c.token.is_(None)
        query = (
            select(delivery.c.id, alert_event.c.alert_id, alert_event.c.state)
            .select_from(joined)
            .where(waits, delivery.c.unknown > 0, notice.c.kind == NoticeKind.EXCEPTIONS)
            .with_for_update(of=delivery)  # nobody hands over meanwhile what is about to be ended
        )
        found: dict[str, dict[str, bool]] = {}
        for id_, alert_id, state in self._connection.execute(query).all():
            found.setdefault(id_, {})[alert_id] = state == AlertState.OPEN
        return found

    def cancel(self, deliveries: Sequence[str], why: str, at: datetime) -> None:
        """End deliveries that were not tried yet: another message says what they would have.

        What has been taken up meanwhile, to be handed over, goes on its way.
        """
        ended = {"state": DeliveryState.CANCELLED, "last_reply": why}
        waits = (delivery.c.state == DeliveryState.PENDING) & delivery.c.token.is_(None)
        for some in chunks(deliveries):
            self._connection.execute(update(delivery).where(delivery.c.id.in_(some), waits).values(ended))
        tried = {"number": 0, "at": at, "state": DeliveryState.CANCELLED, "reply": why}
        self._append(attempt, [{"delivery_id": id_, **tried} for id_ in deliveries])

    def accept(self, deliveries: Sequence[str], at: datetime) -> None:
        """Note that a channel took deliveries."""
        taken = {"state": DeliveryState.ACCEPTED, "accepted_at": at}
        for some in chunks(deliveries):
            self._connection.execute(update(delivery).where(delivery.c.id.in_(some)).values(taken))

    def save_deed(self, changed: Delivery, at: datetime, why: str) -> None:
        """Write down how a delivery stands after somebody did something about it, and what."""
        stands = {
            "state": changed.state,
            "not_before": changed.not_before,
            "expires_at": changed.expires_at,
            "unknown": changed.unanswered_attempts,
            "put_off": changed.put_off,
            "last_reply": why,
            "redirected_to": changed.redirected_to,
        }
        self._connection.execute(update(delivery).where(delivery.c.id == changed.id).values(stands))
        row = {"delivery_id": changed.id, "number": 0, "at": at, "state": changed.state, "reply": why}
        self._connection.execute(insert(attempt), [row])

    def put_message(self, id_: str, message: Message) -> None:
        """Let a delivery send another message."""
        written = payload_row(message)
        write_rows(self._connection, payload, upsert(payload, self._connection, key="digest"), [written])
        self._connection.execute(update(delivery).where(delivery.c.id == id_).values(payload=written["digest"]))

    def has_notice(self, id_: str) -> bool:
        """Say whether a notice was made."""
        return self._connection.execute(select(notice.c.id).where(notice.c.id == id_)).first() is not None

    def _alerts(self, notices: Collection[str]) -> dict[str, list[str]]:
        """Return, by notice, the alerts that it tells of."""
        found: dict[str, list[str]] = {}
        joined = notice_event.join(alert_event, notice_event.c.event_id == alert_event.c.id)
        for some in chunks(sorted(notices)):
            of = notice_event.c.notice_id.in_(some)
            query = select(notice_event.c.notice_id, alert_event.c.alert_id).select_from(joined).where(of)
            for notice_id, alert_id in self._connection.execute(query.order_by(notice_event.c.position)):
                if alert_id not in found.setdefault(notice_id, []):
                    found[notice_id].append(alert_id)
        return found
