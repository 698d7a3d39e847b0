"""What waits to be handed over, was refused, or is held: as people see it who look after it. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

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
            "id": one.id,
            "state": WORDS[one.state],
            "owner": one.owner,
            "channel": one.channel,
            "address": one.address,
            "subject": one.message.subject,
            "kind": self.kind.value,
            "alerts": list(self.alerts),
            "made_at": _iso(self.made_at),
            "tried_at": _iso(self.tried_at),
            "attempts": one.attempts,
            "next_try": _iso(one.not_before) if one.state is DeliveryState.PENDING else None,
            "expires_at": _iso(one.expires_at),
            "reply": one.last_reply,
            "may_be_there": one.may_be_there,
            "redirected_to": one.redirected_to,
        }


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
        return replace(one, state=DeliveryState.CANCELLED, unanswered_attempts=0)
    return replace(
        one,
        state=DeliveryState.PENDING,
        not_before=None,
        unanswered_attempts=min(one.unanswered_attempts, 1),
        put_off=0,
        expires_at=None if one.expires_at is None else max(one.expires_at, now + EXPIRES_AFTER),
    )


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
