"""Loads of sources, as rows."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import and_, delete, func, select

from alerting.domain.loads import LoadStanding
from alerting.store.dialects import upsert
from alerting.store.load_tables import loaded_post, source_load
from alerting.store.topic_store import TopicStore

#: Of those that have no name, the last one is kept.
_NAMELESS = ""


class LoadRows(TopicStore):
    """The part of a transaction that keeps loads."""

    def post(self, source: str, at: datetime, load: str | None) -> bool:
        """Write down that a load was posted; False: one of this name was before, and nothing changes."""
        row = {"source": source, "load": load or _NAMELESS, "posted_at": at}
        update = () if load else ("posted_at",)
        statement = upsert(loaded_post, self._connection, key=("source", "load"), update=update)
        return self._connection.execute(statement.returning(loaded_post.c.source), row).first() is not None

    def posted(self, source: str) -> datetime | None:
        """Return when a load of a source was last posted; None: none ever was."""
        newest = select(func.max(loaded_post.c.posted_at)).where(loaded_post.c.source == source)
        return self._connection.execute(newest).scalar()

    def posts(self, source: str) -> list[tuple[datetime, str | None]]:
        """Return when loads of a source were posted, with the name of each; oldest first."""
        posted = select(loaded_post.c.posted_at, loaded_post.c.load).where(loaded_post.c.source == source)
        found = self._connection.execute(posted.order_by(loaded_post.c.posted_at, loaded_post.c.load))
        return [(at, load or None) for at, load in found]

    def forget_posts(self, before: datetime) -> int:
        """Take out what was posted before an instant, but the newest of each source; return how much that was."""
        later = loaded_post.alias()
        newest = select(func.max(later.c.posted_at)).where(later.c.source == loaded_post.c.source).scalar_subquery()
        old = and_(loaded_post.c.posted_at < before, loaded_post.c.posted_at < newest)
        return self._connection.execute(delete(loaded_post).where(old)).rowcount

    def standing(self, source: str) -> LoadStanding | None:
        """Return how the loads of a source stand; None: nobody has looked yet."""
        found = self._connection.execute(select(source_load).where(source_load.c.source == source)).mappings().first()
        return None if found is None else LoadStanding(**found)

    def save(self, standing: LoadStanding) -> None:
        """Insert or update by source."""
        kept = [column.name for column in source_load.c if not column.primary_key]
        statement = upsert(source_load, self._connection, key="source", update=kept)
        self._connection.execute(statement, [asdict(standing)])
