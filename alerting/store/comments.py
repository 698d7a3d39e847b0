"""What people said of topics and measures, as rows and back."""

from datetime import datetime

from sqlalchemy import insert, select, update

from alerting.domain.comment import Comment
from alerting.store import said_tables
from alerting.store.topic_store import TopicStore

_COLUMNS = ("about", "subject", "period", "person", "at", "words", "withdrawn_at", "withdrawn_by")


class CommentRows(TopicStore):
    """The part of a transaction that keeps comments on topics and measures."""

    def made(self) -> list[Comment]:
        """Return those that stand, oldest first."""
        return [one for one in self.every() if one.stands]

    def every(self) -> list[Comment]:
        """Return all, those too that were taken back, oldest first."""
        table = said_tables.comment
        found = self._connection.execute(select(table).order_by(table.c.at, table.c.seq)).mappings()
        return [Comment(number=row["seq"], **{name: row[name] for name in _COLUMNS}) for row in found]

    def save(self, comment: Comment) -> None:
        """Add one; it gets its number."""
        row = {name: getattr(comment, name) for name in _COLUMNS}
        self._connection.execute(insert(said_tables.comment), [row])

    def withdraw(self, number: int, person: str, at: datetime) -> None:
        """Take one back that stands: it is kept, and no longer among those made."""
        table = said_tables.comment
        standing = (table.c.seq == number) & table.c.withdrawn_at.is_(None)
        self._connection.execute(update(table).where(standing).values(withdrawn_at=at, withdrawn_by=person))
