"""Digests as rows, and those that wait unread."""

from sqlalchemy import select

from alerting.domain.notify.notice import NoticeKind
from alerting.ports.digests import DigestRecord
from alerting.store import rows, tables
from alerting.store.sending import IS_UNHEARD, WITH_NOTICES
from alerting.store.tables import delivery, notice
from alerting.store.topic_store import TopicStore


class DigestRows(TopicStore):
    """The part of a transaction that keeps digests."""

    def was_made(self, digest: str, owner: str, window: str) -> bool:
        """Whether this owner's digest for this window was made."""
        table = tables.digest
        query = select(table.c.until).where(table.c.digest == digest, table.c.owner == owner, table.c.window == window)
        return self._connection.execute(query).first() is not None

    def newest(self, digest: str, owner: str) -> DigestRecord | None:
        """Return the owner's last digest record of this digest."""
        table = tables.digest
        query = select(table).where(table.c.digest == digest, table.c.owner == owner)
        row = self._connection.execute(query.order_by(table.c.until.desc()).limit(1)).mappings().first()
        return None if row is None else DigestRecord(**row)

    def records(self, digest: str, owner: str) -> list[DigestRecord]:
        """Return an owner's records of a digest, newest first."""
        table = tables.digest
        query = select(table).where(table.c.digest == digest, table.c.owner == owner).order_by(table.c.until.desc())
        return [DigestRecord(**row) for row in self._connection.execute(query).mappings()]

    def save(self, record: DigestRecord) -> None:
        """Record a digest."""
        self._append(tables.digest, [rows.digest_row(record)])

    def unsent(self, owner: str) -> dict[str, list[str]]:
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
