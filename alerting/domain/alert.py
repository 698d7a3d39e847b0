"""Alerts: exceptions that are looked after over time."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from alerting.domain.finding import Finding
from alerting.domain.period import Period
from alerting.domain.rule import Severity


class AlertState(StrEnum):
    """Where an alert stands. Pending ones exist only inside the fold and are never told."""

    OPEN = "open"
    RESOLVED = "resolved"
    WITHDRAWN = "withdrawn"


class EventKind(StrEnum):
    """What happened to an alert."""

    OPENED = "opened"
    WORSENED = "worsened"
    CORRECTED = "corrected"
    RESOLVED = "resolved"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class SeriesKey:
    """Which series under which rule: the identity of an alert, less its opening."""

    rule: str
    measure: str
    area: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """An exception that is looked after."""

    key: SeriesKey
    opened: Period
    state: AlertState
    severity: Severity
    #: The newest exceptional finding's period and value, and how many exceptional periods in a row.
    period: Period
    value: float | None
    consecutive: int
    opened_at: datetime
    changed_at: datetime
    resolved: Period | None = None
    #: The band last told, for conditions with bands.
    band: str | None = None

    @property
    def id(self) -> str:
        """rule/measure/area/opening period."""
        return f"{self.key.rule}/{self.key.measure}/{self.key.area}/{self.opened}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertEvent:
    """One change of an alert, with the finding that made it."""

    kind: EventKind
    alert: Alert
    #: None only where no finding is behind it (withdrawn).
    finding: Finding | None
    at: datetime
    #: For a reader: why, where the finding alone does not say (withdrawn: what became of the rule).
    reason: str | None = None
