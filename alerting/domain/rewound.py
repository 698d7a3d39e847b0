"""Undoing ticks, and what it did; and a state that was put back to an earlier time."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewound:
    """What undoing all ticks after a day did, or would do.

    `newest`: the newest day of them; None: there were none. `acts`: acknowledgements and comments among the `events`.
    `alerts`: opened by them alone. `sent`: messages that stay sent; `unsent`: those that are not sent any more.
    """

    after: date
    newest: date | None = None
    ticks: int = 0
    events: int = 0
    acts: int = 0
    alerts: int = 0
    readings: int = 0
    sent: int = 0
    unsent: int = 0


class Rewinding(Protocol):
    """A state whose ticks can be undone."""

    def rewind(self, after: date, now: datetime) -> Rewound:
        """Undo the ticks of all days after one, with their events, alerts and what was read; what was sent stays sent."""
        ...


class Restorable(Protocol):
    """A state of which a copy may be put in its place."""

    @property
    def was_put_back(self) -> bool:
        """Whether it was put back to an earlier time, so that what it tells may have been told before."""
        ...
