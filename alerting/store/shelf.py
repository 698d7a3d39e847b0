"""Bodies and pictures of messages: taken out when they are old, and how much room everything takes."""

from datetime import datetime

from sqlalchemy import Table, delete, exists, func, literal, select, text, update

from alerting.domain.notify.notice import DeliveryState
from alerting.domain.retention import Pruned, Sizes
from alerting.store.chunks import chunks
from alerting.store.tables import alert_event, attempt, delivery, metadata, notice, payload, picture, reading, tick
from alerting.store.topic_store import TopicStore

#: Deliveries in these states may be sent yet.
_ON_THE_WAY = (DeliveryState.PENDING, DeliveryState.HELD)
#: What is kept, in words (readings: what was new in a source each time); what is large in it.
_PARTS: tuple[tuple[str, Table, str | None], ...] = (
    ("messages", payload, "body"), ("pictures", picture, "png"), ("readings", reading, "rows"),
    ("events", alert_event, "finding"), ("deliveries", delivery, None), ("tries", attempt, None), ("ticks", tick, None),
)  # fmt: skip


class ShelfRows(TopicStore):
    """The part of a transaction that looks after bodies and pictures."""

    def prune(self, before: datetime) -> Pruned:
        """Take out bodies and pictures of messages that were made before an instant and are not on their way any more.

        Subjects stay, and with them who was told what and when. A picture stays as long as a body shows it.
        """
        of = delivery.join(notice, delivery.c.notice_id == notice.c.id)
        wanted = (notice.c.at >= before) | delivery.c.state.in_(_ON_THE_WAY)
        needed = exists().select_from(of).where(delivery.c.payload == payload.c.digest, wanted)
        old = update(payload).where(payload.c.body.is_not(None), ~needed).values(body=None, pictures=None)
        messages = self._connection.execute(old).rowcount
        shown: set[str] = set()
        for pictures in self._connection.execute(select(payload.c.pictures)).scalars():
            shown.update(digest for _, digest in pictures or ())
        unseen = [
            digest for digest in self._connection.execute(select(picture.c.digest)).scalars() if digest not in shown
        ]
        for some in chunks(unseen):
            self._connection.execute(delete(picture).where(picture.c.digest.in_(some)))
        return Pruned(messages=messages, pictures=len(unseen))

    def sizes(self) -> Sizes:
        """Return how large the database is: as a whole, and by what is kept."""
        parts = {}
        for words, table, large in _PARTS:
            length = func.length(table.c[large]) if large else literal(0)
            query = select(func.count(), func.coalesce(func.sum(length), 0)).select_from(table)
            rows, bytes_ = self._connection.execute(query).one()
            parts[words] = (int(rows), int(bytes_))
        return Sizes(whole=self._whole(), parts=parts)

    def _whole(self) -> int | None:
        if self._connection.dialect.name == "sqlite":
            pages, size = (
                self._connection.execute(text(f"PRAGMA {name}")).scalar_one() for name in ("page_count", "page_size")
            )
            return int(pages) * int(size)
        if self._connection.dialect.name == "postgresql":
            tables = [table.name for table in metadata.sorted_tables]
            query = text("SELECT sum(pg_total_relation_size(to_regclass(name))) FROM unnest(:tables) AS name")
            return int(self._connection.execute(query, {"tables": tables}).scalar_one() or 0)
        return None
