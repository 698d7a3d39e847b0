"""Alerts and what happened to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from alerting.domain.alert import Alert, AlertEvent
from alerting.domain.notify.hearing import SentNotice
from alerting.domain.notify.holding import SuppressionReason
from alerting.domain.notify.notice import Delivery
from alerting.domain.rule import Rule
from alerting.ports.ticks import TickRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One event of an alert with all that belongs to it, for the audit."""

    event: AlertEvent
    #: The tick in which it happened (of what people did: the last one before).
    tick: TickRecord
    #: The rule as it was then: place, text and its digest; None where it was not kept.
    rule: tuple[str, str, str] | None
    #: Who was told of it, each with the deliveries of the message.
    told: tuple[tuple[SentNotice, tuple[Delivery, ...]], ...]
    #: Who was not, why, and what held it back.
    suppressed: tuple[tuple[str, SuppressionReason, str], ...]


class AlertBook(Protocol):
    """What the state keeps of alerts and their events; what people did about one is an event too."""

    def open(self) -> list[Alert]:
        """Return every alert whose state is open."""

    def recent(self, since: datetime) -> list[Alert]:
        """Return every alert that is open or has changed since an instant."""

    def get(self, id_: str) -> Alert | None:
        """Return the alert with this id."""

    def save(self, alerts: Sequence[Alert]) -> None:
        """Insert or update by alert id."""
        ...

    def save_events(self, tick_id: str, events: Sequence[AlertEvent], rules: Sequence[Rule] = ()) -> None:
        """Append events, each with its finding's JSON and, where it is among *rules*, its rule's text."""
        ...

    def events_between(self, since: datetime | None, until: datetime) -> list[AlertEvent]:
        """Return events with since < at <= until, oldest first."""
        ...

    def acknowledgements_and_comments(self) -> list[AlertEvent]:
        """Return acknowledgements and comments, oldest first."""
        ...

    def history(self, alert: str) -> list[AuditEntry]:
        """Return an alert's events with all that belongs to them, oldest first."""
        ...
