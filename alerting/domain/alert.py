"""Alerts: exceptions that are looked after over time."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from alerting.domain.finding import Finding
from alerting.domain.period import Period
from alerting.domain.severity import Severity


class AlertState(StrEnum):
    """Where an alert stands. Pending ones exist only inside the fold; acknowledged and silenced are marks on an open one."""

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
    REMINDED = "reminded"
    ESCALATED = "escalated"
    ACKNOWLEDGED = "acknowledged"
    COMMENTED = "commented"


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """That somebody has taken an alert on: no reminders and no escalation until it lapses or the alert gets worse."""

    person: str
    at: datetime
    #: The last day it holds (`review_after`); None: as long as the alert stands.
    until: date | None = None

    def holds(self, day: date) -> bool:
        """Say whether it has not lapsed by *day*."""
        return self.until is None or day <= self.until


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
    #: The band of `period`, for conditions with bands.
    band: str | None = None
    #: The worst severity and band since it opened: what its readers have been told. None: as they are now.
    worst_severity: Severity | None = None
    worst_band: str | None = None
    acknowledgement: Acknowledgement | None = None
    #: A fingerprint of the series' figures up to `period`: another one later means that figures were revised.
    figures: str | None = None
    #: The id it was told under, where the opening was corrected or the rule renamed since.
    named: str | None = None
    #: rule/measure/area/opening period, as it was first told.
    id: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Spell out the id once: it is asked for again and again."""
        id_ = self.named or f"{self.key.rule}/{self.key.measure}/{self.key.area}/{self.opened}"
        object.__setattr__(self, "id", id_)

    @property
    def is_open(self) -> bool:
        """Whether it stands."""
        return self.state is AlertState.OPEN

    def is_acknowledged(self, day: date) -> bool:
        """Say whether somebody has taken it on and that has not lapsed by *day*."""
        return self.acknowledgement is not None and self.acknowledgement.holds(day)


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
    #: The finding in one line.
    headline: str | None = None
    #: Whether it jumped to the other side of its line.
    turned: bool = False
    #: Who acknowledged or commented.
    person: str | None = None
    #: By which way, where that is not by command: "by mail", "by mail, for Head of Contact".
    via: str | None = None
    #: Whether they say that it is a false alarm: yes; or no longer; None: they do not speak of that.
    false_alarm: bool | None = None
    #: Of a correction: when and under which subject it was first told.
    cites: str | None = None
    #: Under which id it is kept, where it was told anew with what is true now.
    kept: str | None = field(default=None, repr=False, compare=False)
    #: What the message says of it that waits, as `says` has it; None: what the event itself says.
    said: str | None = field(default=None, repr=False, compare=False)

    @property
    def says(self) -> str:
        """What is said of how its alert stands, as a text to compare: messages that say the same of it have the same."""
        alert, finding = self.alert, self.finding
        facts = (
            alert.state.value,
            str(alert.opened),
            str(alert.period),
            alert.value,
            int(alert.severity),
            alert.band,
            self.headline,
            None if finding is None else finding.text,
        )
        return repr(facts)

    @property
    def has_turned(self) -> bool:
        """Whether it got worse by jumping to the other side of its line."""
        return self.kind is EventKind.WORSENED and self.turned
