"""What was told and heard, and what waits to be handed over."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from alerting.domain.alert import SeriesKey
from alerting.domain.notify.hearing import SentNotice
from alerting.domain.notify.holding import HeldMessage
from alerting.domain.notify.notice import Delivery, DeliveryState, Message, Notice
from alerting.domain.notify.planned import Suppressed, Waiting
from alerting.domain.outbox import OutboxEntry


class HearingBook(Protocol):
    """What the state knows of what readers were told, and what they are yet to be told."""

    def told(self, alerts: Sequence[str]) -> Mapping[str, tuple[SentNotice, ...]]:
        """Return, by alert id, who was told of the alert and when, oldest first; alerts nobody was told of are left out."""

    def held_back(self, alerts: Sequence[str]) -> Mapping[str, tuple[HeldMessage, ...]]:
        """Return, by alert id, what was held back from whom, why and when, oldest first."""

    def save_suppressed(self, suppressed: Sequence[Suppressed], at: datetime) -> None:
        """Append what was not told, and why."""
        ...

    def notices_since(self, owner: str, since: datetime) -> int:
        """Return how many notices of exceptions an owner was sent since an instant."""
        ...

    def owners_waiting(self) -> frozenset[str]:
        """Return the owners who are yet to be told something; nobody hands that over until the transaction ends."""

    def postponed_for(self, owners: Collection[str]) -> Mapping[str, Waiting]:
        """Return what owners are yet to be told: events with whom for, ids of deliveries, and until when those may wait."""
        ...

    def waiting_for(self, owners: Collection[str]) -> tuple[frozenset[str], frozenset[SeriesKey]]:
        """Return of what owners are yet to be told only the ids of the deliveries, and the series that they tell of."""
        ...

    def first_messages(self, owner: str, series: Sequence[SeriesKey]) -> Mapping[SeriesKey, str]:
        """Return the ids of the messages that first told an owner of series, over all their alerts; an undone tick's too."""
        ...


class Outbox(Protocol):
    """Where notices and their deliveries are kept."""

    def entries(self, states: Sequence[DeliveryState], like: str = "") -> list[OutboxEntry]:
        """Return deliveries in some states, oldest first; *like*: the beginning of their id."""
        ...

    def save(self, notices: Sequence[Notice], deliveries: Sequence[Delivery]) -> None:
        """Append notices with their deliveries."""
        ...

    def keep_bodies(self, deliveries: Sequence[Delivery]) -> list[Delivery]:
        """Write messages down ahead of their notices; return the deliveries, ready to be saved with these, without HTML."""
        ...

    def cancel(self, deliveries: Sequence[str], why: str, at: datetime) -> None:
        """End deliveries that were not tried yet: another message says what they would have."""
        ...

    def accept(self, deliveries: Sequence[str], at: datetime) -> None:
        """Note that a channel took deliveries."""

    def save_deed(self, delivery: Delivery, at: datetime, why: str) -> None:
        """Write down how a delivery stands after somebody did something about it, and what."""
        ...

    def put_message(self, id_: str, message: Message) -> None:
        """Let a delivery send another message."""
        ...

    def has_notice(self, id_: str) -> bool:
        """Say whether a notice was made."""
        ...

    def copies(self) -> Mapping[str, Mapping[str, bool]]:
        """Return, by delivery, what a message that waits and may have been taken tells: alert id -> whether it stands.

        They stay as they are until the transaction ends.
        """
        ...

    def outdated(self, notices: Collection[str]) -> set[str]:
        """Return ids of the notices of which all that they tell is over, or was told anew by a later message."""
        ...

    def notices_of(self, since: datetime) -> set[str]:
        """Return ids of the notices that were made since an instant."""
        ...
