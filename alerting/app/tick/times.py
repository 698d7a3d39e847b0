"""Which tick it is: its rules, day and instants."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from alerting.app.naming import Naming
from alerting.domain.notify.addresses import reachable
from alerting.domain.notify.recipients import Presence
from alerting.domain.rule import RuleSet


@dataclass(frozen=True, slots=True, kw_only=True)
class TickTimes:
    """When a tick happens.

    `at`: the instant on its day, for the record. `now`: the present instant, from which messages wait and expire. `due_at`:
    the instant of the schedule that it is for; None: somebody asked for it. `place`: the host and folder; None: a trial.
    """

    at: datetime
    now: datetime
    due_at: datetime | None = None
    place: str | None = None

    @property
    def shift(self) -> timedelta:
        """From the record's time to the present: a day of the past is told today."""
        return self.now - self.at


def tick_id(as_of: date, at: datetime) -> str:
    """Return the name of a tick."""
    return f"{as_of.isoformat()}/{at.isoformat()}"


@dataclass(frozen=True, kw_only=True, eq=False)
class Tick:
    """One tick: what is the same for all its steps.

    Args:
        naming: names its notices.
    """

    rules: RuleSet
    as_of: date
    times: TickTimes
    naming: Naming

    @property
    def at(self) -> datetime:
        """Its instant, for the record."""
        return self.times.at

    @cached_property
    def id(self) -> str:
        """Its name."""
        return tick_id(self.as_of, self.at)

    @cached_property
    def zone(self) -> ZoneInfo:
        """In which its days begin."""
        return ZoneInfo(self.rules.schedule.timezone)

    @cached_property
    def presence(self) -> Presence:
        """Who is there today, and can be reached."""
        return Presence(rules=self.rules, day=self.as_of, reachable=reachable(self.rules))
