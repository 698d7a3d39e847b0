"""Notices: one message to one owner about one or more alert events, before it has words."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import TypeAlias

from alerting.domain.alert import AlertEvent

#: The sender of messages that never leave this machine (folder channels, dry runs, the demo).
LOCAL_SENDER = "alerting@example.org"
#: In a message that is kept, the place of the address that answers to it go to, and of the token that leads them to it;
#: both are put in on its way out.
ANSWER_ADDRESS, ANSWER_TOKEN = "answers@reply.invalid", "token-of-this-message"


class NoticeKind(StrEnum):
    """What a message is."""

    EXCEPTIONS = "exceptions"
    DIGEST = "digest"
    SOURCE_TROUBLE = "source_trouble"
    #: The engine's own word to the operator, the maintainer or the fallback: something is odd or could not be done.
    ENGINE = "engine"


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
    #: alert id -> the owners on whose behalf this one is told, where it is not the owner alone.
    on_behalf_of: tuple[tuple[str, tuple[str, ...]], ...] = ()
    #: Why it is a summary, where it is: many alerts at once, or what was held back.
    summary: str | None = None
    #: Ids of alerts that are new to the reader, whatever happened to them since.
    as_new: frozenset[str] = frozenset()

    @property
    def can_be_made_again(self) -> bool:
        """Whether its day alone gives its findings again: what waited says what was found then."""
        alerts = {event.alert.id for event in self.events}
        return len(alerts) == len(self.events) and all(event.at == self.at for event in self.events)


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture that a message's HTML names as `cid:<id>`; equal pictures have equal ids."""

    id: str
    png: bytes

    @property
    def most_bytes(self) -> int:
        """How large it is."""
        return len(self.png)


@dataclass(frozen=True, kw_only=True, eq=False)
class UndrawnPicture:
    """A picture that is drawn when it is first looked at: it takes longer than all else of a message."""

    id: str
    #: A name for what is drawn, by which it is kept.
    digest: str
    #: What is drawn, as it is kept until then.
    drawing: bytes
    draw: Callable[[bytes], bytes]
    #: It will be no larger.
    most_bytes: int = 0

    @cached_property
    def png(self) -> bytes:
        """The picture; drawn once."""
        return self.draw(self.drawing)


AnyPicture: TypeAlias = Picture | UndrawnPicture


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A PDF that goes with a message: its name, and what is in it."""

    name: str
    pdf: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A rendered notice for one address: ready for any channel. The same bytes go out at every attempt."""

    subject: str
    text: str
    html: str
    #: Extra headers (threading, list id), by name.
    headers: tuple[tuple[str, str], ...] = ()
    #: What the HTML shows; every fact of it stands in the text too.
    pictures: tuple[AnyPicture, ...] = ()
    #: Of its numbered items, in order: the ids of the alerts that each tells of. None are numbered: empty.
    items: tuple[tuple[str, ...], ...] = ()
    #: What goes with it; nothing in it is news.
    enclosures: tuple[Enclosure, ...] = ()


class DeliveryState(StrEnum):
    """Where a delivery stands; `pending` is the only one that is tried again, all others are its end."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    #: The relay refused it for good.
    REJECTED = "rejected"
    #: The relay answered for as long as a message may wait, and never took it.
    EXPIRED = "expired"
    #: A later message says what it would have said.
    CANCELLED = "cancelled"
    #: It may have been taken twice over; an operator decides.
    HELD = "held"


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
    #: How often it was tried, whatever came of it.
    attempts: int = 0
    #: How often the server asked for another moment for this message alone; each wait is longer than the one before.
    put_off: int = 0
    last_reply: str | None = None
    #: How often a hand-over began that never had an answer, so that the message may have been taken.
    unanswered_attempts: int = 0
    #: Not before this instant: quiet hours, a used-up budget, or the wait after a failure. None: at once.
    not_before: datetime | None = None
    #: After this it is given up, as far as the relay answered meanwhile. None: never.
    expires_at: datetime | None = None
    #: Whether it holds something critical: such messages go first.
    urgent: bool = False
    #: When the channel took it, in the time of notices (a day of the past is told today).
    accepted_at: datetime | None = None
    #: The address that took it instead of its own.
    redirected_to: str | None = None
    #: By what its message is found that was kept ahead of it; its HTML is there and not here. None: it was not.
    kept_as: str | None = None
    #: Where answers and returned mails go, with the tokens that lead them to it; set on its way out.
    answer_to: str | None = None
    return_to: str | None = None

    @property
    def may_be_there(self) -> bool:
        """Whether an earlier attempt may have been taken, so that another one must say so."""
        return self.unanswered_attempts > 0

    def marked(self) -> "Delivery":
        """Return it as one that may be there already."""
        message = self.message
        headers = (*message.headers, ("X-Possible-Duplicate", "yes"))
        return replace(
            self, message=replace(message, subject=f"{message.subject} (possibly repeated)", headers=headers)
        )

    def redirected(self, address: str) -> "Delivery":
        """Return it as it goes to another address, saying for whom it is."""
        message = replace(self.message, subject=f"[for {self.address}] {self.message.subject}")
        return replace(self, address=address, message=message)

    def reply_of(self, reply: str, *, instead_of: str) -> str:
        """Return a reply as it is kept: with where the message went, if not to its address."""
        return reply if self.address == instead_of else f"{reply} (redirected to {self.address})"

    @property
    def went_to(self) -> str:
        """Where it went or is to go, in words."""
        if self.redirected_to is None:
            return self.address
        return f"{self.redirected_to} (redirected, instead of {self.address})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try of a delivery: how it stood afterwards, and what was answered."""

    delivery_id: str
    number: int
    at: datetime
    state: str
    reply: str | None
