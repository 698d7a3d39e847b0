"""What owners of sources were told is wrong with these, as rows."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from alerting.store import tables
from alerting.store.dialects import upsert
from alerting.store.topic_store import TopicStore


class TroubleRows(TopicStore):
    """The part of a transaction that keeps troubles of sources."""

    def by_source(self) -> dict[str, tuple[str, ...]]:
        """Return, by source, what its owner was told is wrong with it; sources of which all was well are left out."""
        found = self._connection.execute(select(tables.source)).mappings()
        return {row["id"]: tuple(row["troubles"]) for row in found if row["troubles"]}

    def save(self, source: str, troubles: Sequence[str], at: datetime) -> None:
        """Remember what a source's owner was told."""
        statement = upsert(tables.source, self._connection, key="id", update=("troubles", "since"))
        self._connection.execute(statement, [{"id": source, "troubles": list(troubles), "since": at}])
