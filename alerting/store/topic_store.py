"""What the parts of a transaction have in common."""

from typing import Any

from sqlalchemy import Connection, Table, insert

from alerting.store.dialects import write_rows


class TopicStore:
    """Reads and writes what belongs to one topic, inside a transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def _append(self, table: Table, new: list[dict[str, Any]]) -> None:
        if new:
            write_rows(self._connection, table, insert(table), new)
