"""The ledger of ticks, and of the places that make them, as rows."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import select

from alerting.domain.replicas import RulesInUse
from alerting.domain.rewound import Rewound
from alerting.ports.ticks import TickRecord
from alerting.store import rows, tables
from alerting.store.dialects import upsert
from alerting.store.rewind import rewind
from alerting.store.topic_store import TopicStore


class TickRows(TopicStore):
    """The part of a transaction that keeps ticks."""

    def newest(self) -> TickRecord | None:
        """Return the tick with the newest `as_of`; None before the first."""
        tick = tables.tick
        found = self._connection.execute(
            select(tick).where(tick.c.undone_at.is_(None)).order_by(tick.c.as_of.desc(), tick.c.at.desc()).limit(1)
        )
        row = found.mappings().first()
        return None if row is None else TickRecord(**row)

    def was_done(self, due_at: datetime) -> bool:
        """Whether there was a tick for this instant of the schedule."""
        query = select(tables.tick.c.id).where(tables.tick.c.due_at == due_at)
        return self._connection.execute(query).first() is not None

    def save(self, tick: TickRecord) -> None:
        """Record a pass; its id is new."""
        self._append(tables.tick, [rows.tick_row(tick)])

    def rewind(self, after: date, now: datetime) -> Rewound:
        """Undo the ticks of all days after one, with their events, alerts and what was read; what was sent stays sent."""
        return rewind(self._connection, after, now)

    def watched(self) -> set[tuple[str, str]]:
        """Return the (rule, measure) pairs that were ever judged."""
        query = select(tables.watched.c.rule, tables.watched.c.measure)
        return {(rule, measure) for rule, measure in self._connection.execute(query).all()}

    def watched_since(self) -> Mapping[str, datetime]:
        """Return since when each rule is judged, by id: since the first of its measures was."""
        table = tables.watched
        query = select(table.c.rule, table.c.since).order_by(table.c.since.desc())
        rows_ = self._connection.execute(query)  # newest first, so that the oldest of each rule counts
        return {row.rule: row.since for row in rows_}

    def save_watched(self, pairs: Sequence[tuple[str, str]], at: datetime) -> None:
        """Remember (rule, measure) pairs as judged."""
        self._append(tables.watched, [{"rule": rule, "measure": measure, "since": at} for rule, measure in pairs])


class ReplicaRows(TopicStore):
    """The part of a transaction that keeps the places that judge for this state."""

    def rules_in_use(self) -> list[RulesInUse]:
        """Return the places that have judged for this state."""
        found = self._connection.execute(select(tables.rules_in_use)).mappings()
        return [RulesInUse(**row) for row in found]

    def first_judged_by(self, version: str) -> datetime | None:
        """Return when a version of the rules was first judged by; None: never."""
        tick = tables.tick
        query = select(tick.c.at).where(tick.c.rules_version == version).order_by(tick.c.at).limit(1)
        return self._connection.execute(query).scalar()

    def save(self, used: RulesInUse) -> None:
        """Remember by which rules a place judges."""
        kept = ("version", "since", "seen")
        row = {"place": used.place, **{name: getattr(used, name) for name in kept}}
        self._connection.execute(upsert(tables.rules_in_use, self._connection, key="place", update=kept), [row])
