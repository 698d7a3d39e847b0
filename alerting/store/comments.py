"""What people said of topics and measures, as rows and back."""

from sqlalchemy import insert, select

from alerting.domain.comment import Comment
from alerting.store import tables
from alerting.store.topic_store import TopicStore

_COLUMNS = ("about", "subject", "period", "person", "at", "words")


class CommentRows(TopicStore):
    """The part of a transaction that keeps comments on topics and measures."""

    def made(self) -> list[Comment]:
        """Return all, oldest first."""
        table = tables.comment
        found = self._connection.execute(select(table).order_by(table.c.at, table.c.seq)).mappings()
        return [Comment(**{name: row[name] for name in _COLUMNS}) for row in found]

    def save(self, comment: Comment) -> None:
        """Add one."""
        row = {name: getattr(comment, name) for name in _COLUMNS}
        self._connection.execute(insert(tables.comment), [row])
