"""What one tick tells, to whom, and what it holds back."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from alerting.domain.alert import AlertEvent
from alerting.domain.notify.holding import SuppressionReason

#: An event and the owners on whose behalf it is told.
For: TypeAlias = tuple[AlertEvent, tuple[str, ...]]
#: What an owner is yet to be told, the ids of the deliveries that say so, and until when those may wait at the latest.
Waiting: TypeAlias = tuple[list[For], list[str], datetime | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedNotice:
    """One event for one person, on behalf of these owners (usually the person alone)."""

    event: AlertEvent
    person: str
    owners: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppressed:
    """One event that an owner is not told, and why; `by` names the silence or the alert that holds it back."""

    event: AlertEvent
    owner: str
    reason: SuppressionReason
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationPlan:
    """What one tick tells: events that people make necessary (reminders …) come on top of the figures' own."""

    planned: tuple[PlannedNotice, ...]
    suppressed: tuple[Suppressed, ...]
    #: Reminders, escalations, and openings told later than they happened.
    follow_ups: tuple[AlertEvent, ...]
