"""The instants of a tick."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """When a tick happens.

    `at`: the instant on its day, for the record. `now`: the present instant, from which messages wait and expire. `due_at`:
    the instant of the schedule that it is for; None: somebody asked for it. `place`: the host and folder; None: a trial.
    """

    at: datetime
    now: datetime
    due_at: datetime | None = None
    place: str | None = None
