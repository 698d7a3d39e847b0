"""Figures that people let through the checks, as rows and back."""

from sqlalchemy import insert, select

from alerting.domain.accepted_figure import AcceptedFigure
from alerting.store import said_tables
from alerting.store.topic_store import TopicStore

_COLUMNS = ("measure", "area", "period", "value", "person", "at", "reason")


class AcceptedRows(TopicStore):
    """The part of a transaction that keeps figures that were accepted."""

    def every(self) -> list[AcceptedFigure]:
        """Return all, oldest first."""
        table = said_tables.accepted_figure
        found = self._connection.execute(select(table).order_by(table.c.seq)).mappings()
        return [AcceptedFigure(**{name: row[name] for name in _COLUMNS}) for row in found]

    def save(self, accepted: AcceptedFigure) -> None:
        """Add one."""
        row = {name: getattr(accepted, name) for name in _COLUMNS}
        self._connection.execute(insert(said_tables.accepted_figure), [row])
