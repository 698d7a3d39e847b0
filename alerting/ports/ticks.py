"""The ledger of ticks, and of the places that make them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from alerting.domain.replicas import RulesInUse
from alerting.domain.rewound import Rewound


@dataclass(frozen=True, slots=True, kw_only=True)
class TickRecord:
    """One pass, for the ledger."""

    id: str
    as_of: date
    at: datetime
    rules_version: str
    counts: Mapping[str, int] = field(default_factory=dict)
    #: The instant of the schedule it was for, which has one tick; None: somebody asked for it.
    due_at: datetime | None = None
    #: When it was undone, where something that it told stays.
    undone_at: datetime | None = None


class TickBook(Protocol):
    """What the state keeps of ticks."""

    def newest(self) -> TickRecord | None:
        """Return the tick with the newest `as_of`; None before the first."""

    def was_done(self, due_at: datetime) -> bool:
        """Whether there was a tick for this instant of the schedule."""

    def save(self, tick: TickRecord) -> None:
        """Record a pass."""
        ...

    def rewind(self, after: date, now: datetime) -> Rewound:
        """Undo the ticks of all days after one, with their events, alerts and what was read; what was sent stays sent."""
        ...

    def watched(self) -> set[tuple[str, str]]:
        """Return the (rule, measure) pairs that were ever judged."""

    def watched_since(self) -> Mapping[str, datetime]:
        """Return since when each rule is judged, by id: since the first of its measures was."""
        ...

    def save_watched(self, pairs: Sequence[tuple[str, str]], at: datetime) -> None:
        """Remember (rule, measure) pairs as judged."""
        ...


class ReplicaBook(Protocol):
    """What the state keeps of the places that judge for it."""

    def rules_in_use(self) -> list[RulesInUse]:
        """Return the places that have judged for this state."""
        ...

    def first_judged_by(self, version: str) -> datetime | None:
        """Return when a version of the rules was first judged by; None: never."""
        ...

    def save(self, used: RulesInUse) -> None:
        """Remember by which rules a place judges."""
        ...
