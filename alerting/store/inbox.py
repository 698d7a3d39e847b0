"""Mails that came, and addresses that are doubted, as rows and back."""

from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update

from alerting.domain.inbox import Doubt, InboxEntry, Sent
from alerting.domain.notify.notice import DeliveryState
from alerting.ports.mailbox import MailFolder, MailUid
from alerting.store import inbox_tables as own
from alerting.store import tables
from alerting.store.rows import delivery_of
from alerting.store.topic_store import TopicStore

_ENTRY = tuple(field.name for field in fields(InboxEntry))
_DOUBT = tuple(field.name for field in fields(Doubt))


class InboxRows(TopicStore):
    """The part of a transaction that keeps mails that came."""

    def sent(self, reference: str) -> Sent | None:
        """Return the message that a token's reference leads to."""
        delivery, payload, notice = tables.delivery, tables.payload, tables.notice
        joined = (
            own.reference.join(delivery, own.reference.c.delivery_id == delivery.c.id)
            .join(payload, delivery.c.payload == payload.c.digest)
            .join(notice, delivery.c.notice_id == notice.c.id)
        )
        columns = (*delivery.c, payload.c.subject, payload.c.body, payload.c.pictures, notice.c.kind)
        query = select(*columns).select_from(joined).where(own.reference.c.reference == reference)
        row = self._connection.execute(query).mappings().first()
        if row is None:
            return None
        told, event = tables.notice_event, tables.alert_event
        of = told.join(event, told.c.event_id == event.c.id)
        alerts = select(event.c.alert_id).select_from(of).where(told.c.notice_id == row["notice_id"])
        found = self._connection.execute(alerts.order_by(told.c.position)).scalars()
        return Sent(
            delivery=delivery_of(row, {}),
            kind=row["kind"],
            alerts=tuple(dict.fromkeys(found)),
            has_pictures=bool(row["pictures"]),
        )

    def known(self, mailbox: str, validity: int) -> dict[int, MailFolder]:
        """Return the UIDs of a folder that were taken in, each with where its mail belongs."""
        table = own.inbox_place
        query = select(table.c.uid, table.c.shelf).where(table.c.mailbox == mailbox, table.c.validity == validity)
        return {row.uid: row.shelf for row in self._connection.execute(query)}

    def same(self, key: str, token: str) -> InboxEntry | None:
        """Return what was made of the same mail before."""
        table = own.inbox
        query = select(table).where(table.c.key == key, table.c.token == token)
        row = self._connection.execute(query).mappings().first()
        return None if row is None else _entry_of(row)

    def add(self, entry: InboxEntry) -> None:
        """Append a mail."""
        self._connection.execute(insert(own.inbox), [_entry_row(entry)])

    def place(self, mailbox: str, place: MailUid, entry: str, shelf: MailFolder) -> None:
        """Note that the mail at a place was taken in."""
        row = {"mailbox": mailbox, "validity": place.validity, "uid": place.uid, "entry": entry, "shelf": shelf}
        self._connection.execute(insert(own.inbox_place), [row])

    def change(self, entry: InboxEntry) -> None:
        """Write down what became of a mail since."""
        self._connection.execute(update(own.inbox).where(own.inbox.c.id == entry.id).values(_entry_row(entry)))

    def entries(self, like: str = "") -> list[InboxEntry]:
        """Return mails, oldest first; *like*: the beginning of their id."""
        query = select(own.inbox).where(own.inbox.c.id.startswith(like, autoescape=True))
        return [_entry_of(row) for row in self._connection.execute(query.order_by(own.inbox.c.seq)).mappings()]

    def first_told(self) -> datetime | None:
        """Return when the first message of all was made; None: none was."""
        return self._connection.execute(select(func.min(tables.notice.c.at))).scalar_one_or_none()


class DoubtRows(TopicStore):
    """The part of a transaction that keeps addresses that are doubted."""

    def standing(self) -> list[Doubt]:
        """Return the addresses that are doubted, oldest first."""
        query = select(own.doubt).where(own.doubt.c.over_at.is_(None)).order_by(own.doubt.c.seq)
        return [Doubt(**{name: row[name] for name in _DOUBT}) for row in self._connection.execute(query).mappings()]

    def doubt(self, doubt: Doubt) -> None:
        """Doubt an address, or note the newest message that came back from a doubted one."""
        table, row = own.doubt, {name: getattr(doubt, name) for name in _DOUBT}
        newest = {name: row[name] for name in ("delivery", "at", "words")}
        stands = (table.c.address == doubt.address) & table.c.over_at.is_(None)
        if not self._connection.execute(update(table).where(stands).values(newest)).rowcount:
            self._connection.execute(insert(table), [row])

    def believe(self, address: str, at: datetime, why: str) -> None:
        """End the doubt about an address."""
        stands = (own.doubt.c.address == address.casefold()) & own.doubt.c.over_at.is_(None)
        self._connection.execute(update(own.doubt).where(stands).values(over_at=at, over_why=why))

    def arrived(self, address: str, since: datetime, until: datetime) -> bool:
        """Say whether a message went to an address after *since*, up to *until*, and did not come back."""
        table, inbox = tables.delivery, own.inbox
        returned = select(inbox.c.delivery).where(inbox.c.delivery.is_not(None), inbox.c.standing == "returned")
        query = select(table.c.id).where(
            func.lower(table.c.address) == address,
            table.c.state == DeliveryState.ACCEPTED,
            table.c.accepted_at > since,
            table.c.accepted_at <= until,
            table.c.id.not_in(returned),
        )
        return self._connection.execute(query.limit(1)).first() is not None


def _entry_row(entry: InboxEntry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in _ENTRY} | {"items": list(entry.items)}


def _entry_of(row: Any) -> InboxEntry:
    return InboxEntry(**{name: row[name] for name in _ENTRY if name != "items"}, items=tuple(row["items"]))
