"""Notices: one message to one owner about one or more alert events, before it has words."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from alerting.domain.alert import AlertEvent


class NoticeKind(StrEnum):
    """What a message is."""

    EXCEPTIONS = "exceptions"
    DIGEST = "digest"
    SOURCE_TROUBLE = "source_trouble"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What one owner is told in one message: events worst first, with everybody else who is told of each."""

    id: str
    kind: NoticeKind
    owner: str
    at: datetime
    events: tuple[AlertEvent, ...] = ()
    #: alert id -> ids of the other owners who are told of it.
    also_told: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture that a message's HTML names as `cid:<id>`; equal pictures have equal ids."""

    id: str
    png: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A rendered notice for one address: ready for any channel. The same bytes go out at every attempt."""

    subject: str
    text: str
    html: str
    #: Extra headers (threading, list id), by name.
    headers: tuple[tuple[str, str], ...] = ()
    #: What the HTML shows; every fact of it stands in the text too.
    pictures: tuple[Picture, ...] = ()


class DeliveryState(StrEnum):
    """Where a delivery stands; `pending` is the only one that is tried again."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


#: How the last reply of a delivery begins whose hand-over began and never had an answer: it may have been taken.
HANDING_OVER = "handing over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message on its way to one address over one channel."""

    id: str
    notice_id: str
    owner: str
    channel: str
    address: str
    #: Stable over all attempts: uuid@domain without angle brackets.
    message_id: str
    message: Message
    state: DeliveryState = DeliveryState.PENDING
    attempts: int = 0
    last_reply: str | None = None

    @property
    def may_be_there(self) -> bool:
        """Whether an earlier attempt may have been taken, so that another one must say so."""
        return (self.last_reply or "").startswith(HANDING_OVER)
