"""What waits to be handed over, was refused, or is held: as people see it who look after it. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Protocol

from alerting.domain.alert import SeriesKey
from alerting.domain.notify.notice import Delivery, DeliveryState, NoticeKind

#: How long a message may wait that somebody sends on its way again.
EXPIRES_AFTER = timedelta(hours=24)
#: Where a delivery stands, in words for people.
WORDS = {
    DeliveryState.PENDING: "waiting", DeliveryState.REJECTED: "refused", DeliveryState.HELD: "held",
    DeliveryState.EXPIRED: "expired", DeliveryState.ACCEPTED: "accepted", DeliveryState.CANCELLED: "cancelled",
}  # fmt: skip
#: What somebody may want to look after.
UNSENT = (DeliveryState.PENDING, DeliveryState.HELD, DeliveryState.REJECTED, DeliveryState.EXPIRED)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxEntry:
    """A delivery with what belongs to it."""

    delivery: Delivery
    kind: NoticeKind
    made_at: datetime
    #: When it was tried last; None: never.
    tried_at: datetime | None
    #: Ids of the alerts that it tells of.
    alerts: tuple[str, ...]
    #: Whether a process has taken it up and is about to hand it over.
    taken_up: bool
    #: Whether there still is a message to send.
    is_kept: bool = True

    def as_json(self) -> dict[str, Any]:
        """Return the values for JSON."""
        one = self.delivery
        return {
            "id": one.id, "state": WORDS[one.state], "owner": one.owner, "channel": one.channel, "address": one.address,
            "subject": one.message.subject, "kind": self.kind.value, "alerts": list(self.alerts),
            "made_at": _iso(self.made_at), "tried_at": _iso(self.tried_at), "attempts": one.attempts,
            "next_try": _iso(one.not_before) if one.state is DeliveryState.PENDING else None,
            "expires_at": _iso(one.expires_at), "reply": one.last_reply, "may_be_there": one.may_be_there,
            "redirected_to": one.redirected_to,
        }  # fmt: skip


class Outbox(Protocol):
    """Where deliveries are kept."""

    def outbox(self, states: Sequence[DeliveryState], like: str = "") -> list[OutboxEntry]:
        """Return deliveries in some states, oldest first; *like*: the beginning of their id."""
        ...

    def keep_bodies(self, deliveries: Sequence[Delivery]) -> list[Delivery]:
        """Write messages down ahead of their notices; return the deliveries, ready to be saved with these, without HTML."""
        ...

    def first_messages(self, owner: str, series: Sequence[SeriesKey]) -> Mapping[SeriesKey, str]:
        """Return the ids of the messages that first told an owner of series, over all their alerts; an undone tick's too."""
        ...

    def outdated(self, notices: Collection[str]) -> set[str]:
        """Return ids of the notices of which all that they tell is over, or was told anew by a later message."""
        ...

    def notices_of(self, since: datetime) -> set[str]:
        """Return ids of the notices that were made since an instant."""
        ...

    def copies(self) -> Mapping[str, Mapping[str, bool]]:
        """Return, by delivery, what a message that waits and may have been taken tells: alert id -> whether it stands.

        They stay as they are until the transaction ends.
        """
        ...

    def save_deed(self, delivery: Delivery, at: datetime, why: str) -> None:
        """Write down how a delivery stands after somebody did something about it, and what."""
        ...


class Deed(Enum):
    """What somebody does about a delivery: its name, what it may be done to, and what is wrong elsewhere."""

    RETRY = "retry", (DeliveryState.PENDING, DeliveryState.REJECTED, DeliveryState.EXPIRED)
    RELEASE = "release", (DeliveryState.HELD,)
    DROP = "drop", UNSENT

    def __init__(self, word: str, takes: tuple[DeliveryState, ...]) -> None:
        self.word = word
        self.takes = takes


def after(deed: Deed, entry: OutboxEntry, now: datetime) -> Delivery:
    """Return the delivery as it stands after a deed.

    What is sent on its way again may wait for another day, and its waits begin anew. One that may have been taken keeps
    that mark, so that another copy says so; one that is dropped loses it: what still stands is told anew.
    """
    one = entry.delivery
    if deed is Deed.DROP:
        return replace(one, state=DeliveryState.CANCELLED, unknown=0)
    return replace(
        one, state=DeliveryState.PENDING, not_before=None, unknown=min(one.unknown, 1), put_off=0,
        expires_at=None if one.expires_at is None else max(one.expires_at, now + EXPIRES_AFTER),
    )  # fmt: skip


def objection(deed: Deed, entry: OutboxEntry) -> str | None:
    """Return why a deed cannot be done to a delivery; None: it can."""
    state = entry.delivery.state
    if entry.taken_up and state is DeliveryState.PENDING:
        return "is being handed over right now; look again in a while"
    if deed is not Deed.DROP and not entry.is_kept:
        return "is too old: its message is not kept any longer; what still stands is told by ticks"
    if state in deed.takes:
        return None
    if state is DeliveryState.HELD:
        return "is held, since it may have arrived: `release` sends it once more, marked so, and `drop` ends it"
    return f"is {WORDS[state]}: there is nothing to {deed.word}"


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="seconds")
