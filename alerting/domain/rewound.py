"""Undoing ticks, and what it did; and a state that was put back to an earlier time."""

from dataclasses import dataclass
from datetime import date


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
