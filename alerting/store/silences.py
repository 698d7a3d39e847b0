"""Silences made by command, and what people did about them, as rows and back."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import RowMapping, insert, select, update

from alerting.domain.measure import Match
from alerting.domain.rule import Silence
from alerting.domain.silencing import SilenceDeed
from alerting.store import tables
from alerting.store.dialects import upsert
from alerting.store.topic_store import TopicStore


class SilenceRows(TopicStore):
    """The part of a transaction that keeps silences."""

    def made(self) -> list[Silence]:
        """Return the silences made by command, those that are over too."""
        found = self._connection.execute(select(tables.silence).order_by(tables.silence.c.id)).mappings()
        return [_silence_of(row) for row in found]

    def save(self, silence: Silence, deed: SilenceDeed) -> None:
        """Add a silence, or change the last day of the one of this id; what was done is kept."""
        statement = upsert(tables.silence, self._connection, key="id", update=("until",))
        self._connection.execute(statement, [_silence_row(silence)])
        row = {name: getattr(deed, name) for name in _DEED}
        self._connection.execute(insert(tables.silence_deed), [row])

    def deeds(self, silences: Sequence[str]) -> list[SilenceDeed]:
        """Return what was done about some silences, oldest first."""
        table = tables.silence_deed
        query = select(table).where(table.c.silence.in_(silences)).order_by(table.c.at, table.c.seq)
        found = self._connection.execute(query).mappings()
        return [SilenceDeed(**{name: row[name] for name in _DEED}) for row in found]

    def rename(self, renamed: Mapping[str, str]) -> None:
        """Let silences of rules that have another name now go by it."""
        table = tables.silence
        for before, after in renamed.items():
            self._connection.execute(update(table).where(table.c.rule == before).values(rule=after))


_DEED = ("silence", "kind", "at", "person", "until", "reason")


def _silence_row(silence: Silence) -> dict[str, Any]:
    """Return the row of a silence on one series under one rule."""
    match = silence.match
    ((rule,), (measure,), (area,)) = match.rules, match.measures, match.areas
    return {
        "id": silence.id,
        "rule": rule,
        "measure": measure,
        "area": area,
        "since": silence.since,
        "until": silence.until,
        "reason": silence.reason,
        "person": silence.person,
        "made_at": silence.made_at,
    }


def _silence_of(row: RowMapping) -> Silence:
    match = Match(rules=frozenset({row["rule"]}), measures=frozenset({row["measure"]}), areas=frozenset({row["area"]}))
    kept = ("id", "since", "until", "reason", "person", "made_at")
    return Silence(match=match, **{name: row[name] for name in kept})
