"""What sources held when they were read, as rows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update

from alerting.domain.kept_readings import Batch, KeptRecord, ReadingRecord
from alerting.store.tables import reading
from alerting.store.topic_store import TopicStore

_KEPT = ("source", "at", "digest", "vanished", "rows")


class ReadingRows(TopicStore):
    """The part of a transaction that keeps readings. A folded record's `at` is its first batch's, all else its last's."""

    def of(self, source: str, until: datetime | None = None) -> list[ReadingRecord]:
        """Return what was new in a source at each reading (up to an instant), oldest first."""
        query = select(reading).where(reading.c.source == source)
        if until is not None:
            query = query.where(reading.c.at <= until)
        found = self._connection.execute(query.order_by(reading.c.at, reading.c.seq)).mappings()
        known = (_record_of(row).by(until) for row in found)
        return [record for record in known if record is not None]

    def save(self, record: ReadingRecord) -> None:
        """Append what was new in a source."""
        self._connection.execute(insert(reading), [{name: getattr(record, name) for name in _KEPT}])

    def records(self) -> list[KeptRecord]:
        """Return all records, by source, oldest first; nobody changes them until the transaction ends."""
        query = select(reading.c.seq, reading.c.source, func.length(reading.c.rows)).with_for_update()
        found = self._connection.execute(query.order_by(reading.c.source, reading.c.at, reading.c.seq))
        return [KeptRecord(*row) for row in found]

    def record(self, number: int) -> ReadingRecord:
        """Return a record."""
        return _record_of(self._connection.execute(select(reading).where(reading.c.seq == number)).mappings().one())

    def fold(self, numbers: Sequence[int], record: ReadingRecord) -> None:
        """Put one record in the place of several that follow one another."""
        first, *others = numbers
        self._connection.execute(delete(reading).where(reading.c.seq.in_(others)))
        values = {name: getattr(record, name) for name in _KEPT} | {"at": record.folded[0].at}
        values |= {"folded": _written(record.folded)}
        self._connection.execute(update(reading).where(reading.c.seq == first).values(values))


def take_back(connection: Connection, first: datetime) -> tuple[int, set[str]]:
    """Take back what was read from an instant on; return how many readings that were, and of which sources.

    Of a folded record the rows stay until it is folded again: they are of no batch any more.
    """
    count, sources = 0, set[str]()
    records = select(reading.c.seq, reading.c.source, reading.c.at, reading.c.folded).with_for_update()
    for number, source, at, written in connection.execute(records).all():
        batches = _read(written or [])
        left = [batch for batch in batches if batch.at < first]
        gone = len(batches) - len(left) if batches else int(at >= first)
        count, sources = count + gone, sources | ({source} if gone else set())
        if gone and left:
            values = {"digest": left[-1].digest, "vanished": left[-1].vanished, "folded": _written(left)}
            connection.execute(update(reading).where(reading.c.seq == number).values(values))
    connection.execute(delete(reading).where(reading.c.at >= first))
    return count, sources


def _record_of(row: RowMapping) -> ReadingRecord:
    plain = {name: row[name] for name in _KEPT}
    if row["folded"] is None:
        return ReadingRecord(**plain)
    batches = _read(row["folded"])
    return ReadingRecord(**plain | {"at": batches[-1].at}, folded=batches)


def _written(batches: Sequence[Batch]) -> list[list[Any]]:
    return [[one.at.isoformat(), one.digest, one.vanished, one.height, list(one.columns)] for one in batches]


def _read(written: list[list[Any]]) -> tuple[Batch, ...]:
    return tuple(
        Batch(at=datetime.fromisoformat(at), digest=digest, vanished=vanished, height=height, columns=tuple(columns))
        for at, digest, vanished, height, columns in written
    )
