"""What is guarded against shrinking, as rows: the rules folder and each source by a subject of their own."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import ColumnElement, select

from alerting.domain.shrinking import Guarded
from alerting.store import tables
from alerting.store.dialects import upsert
from alerting.store.topic_store import TopicStore

#: The subject of the rules folder; a source's is its id behind the prefix.
RULES = "rules"
_SOURCE = "source:"


def subject_of(source: str | None) -> str:
    """Return the subject of a source; None: that of the rules folder."""
    return RULES if source is None else f"{_SOURCE}{source}"


def guard_row(guarded: Guarded) -> dict[str, Any]:
    """Return the row of what is known."""
    row = asdict(guarded)
    return row | {"subject": subject_of(row.pop("source"))}


def guarded_of(row: Mapping[Any, Any]) -> Guarded:
    """Return what a row says."""
    kept = dict(row)
    subject = kept.pop("subject")
    return Guarded(source=None if subject == RULES else subject.removeprefix(_SOURCE), **kept)


class GuardRows(TopicStore):
    """The part of a transaction that keeps what is guarded."""

    def of(self, source: str | None) -> Guarded | None:
        """Return what is known of a source, or of the rules folder, that is guarded against shrinking."""
        return next(iter(self._guarded(tables.guard.c.subject == subject_of(source))), None)

    def all(self) -> list[Guarded]:
        """Return all that are guarded: the rules folder first, then sources by id."""
        return self._guarded()

    def save(self, guarded: Guarded) -> None:
        """Insert or update by source."""
        kept = [column.name for column in tables.guard.c if not column.primary_key]
        statement = upsert(tables.guard, self._connection, key="subject", update=kept)
        self._connection.execute(statement, [guard_row(guarded)])

    def _guarded(self, *where: ColumnElement[bool]) -> list[Guarded]:
        query = select(tables.guard).where(*where).order_by(tables.guard.c.subject)
        return [guarded_of(row) for row in self._connection.execute(query).mappings()]
