"""Notices: one message to one owner about one or more alert events, before it has words."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import TypeAlias

from alerting.domain.alert import AlertEvent


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
class Message:
    """A rendered notice for one address: ready for any channel. The same bytes go out at every attempt."""

    subject: str
    text: str
    html: str
    #: Extra headers (threading, list id), by name.
    headers: tuple[tuple[str, str], ...] = ()
    #: What the HTML shows; every fact of it stands in the text too.
    pictures: tuple[AnyPicture, ...] = ()

    def without_pictures(self) -> "Message":
        """Return the message with each picture's own words in its place."""
        return replace(self, html=_IMAGE.sub(_words_of, self.html), pictures=())

    def in_short(self) -> "Message":
        """Return the message's beginning, for a server that takes no more, saying that there is more."""
        text = self.text
        if len(text) > _SHORT:
            text = f"{text[:_SHORT].rpartition(chr(10))[0]}\n\n{_SHORTENED}\n"
        html = f'<pre style="white-space: pre-wrap">{_escaped(text)}</pre>'
        return replace(self, text=text, html=html, pictures=())


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


#: How much of a text is left where all of it is too much, in characters.
_SHORT = 4000
_SHORTENED = "The rest is left out: the mail server takes no message of this size. `alerting explain` shows all of it."
#: A quoted value may hold any sign, the end of a tag too.
_IMAGE = re.compile(r"""<img\b(?:[^>"']|"[^"]*"|'[^']*')*>""")
_ALT = re.compile(r"""\balt=(?:"([^"]*)"|'([^']*)')""")


def _words_of(image: re.Match[str]) -> str:
    if "cid:" not in image[0]:
        return image[0]
    alt = _ALT.search(image[0])
    return "" if alt is None else alt[1] or alt[2] or ""


_REDIRECTED = re.compile(r" \(redirected to (\S+)\)\Z")


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
    unknown: int = 0
    #: Not before this instant: quiet hours, a used-up budget, or the wait after a failure. None: at once.
    not_before: datetime | None = None
    #: After this it is given up, as far as the relay answered meanwhile. None: never.
    expires_at: datetime | None = None
    #: Whether it holds something critical: such messages go first.
    urgent: bool = False
    #: When the channel took it, in the time of notices (a day of the past is told today).
    accepted_at: datetime | None = None
    #: By what its message is found that was kept ahead of it; its HTML is there and not here. None: it was not.
    kept_as: str | None = None

    @property
    def may_be_there(self) -> bool:
        """Whether an earlier attempt may have been taken, so that another one must say so."""
        return self.unknown > 0

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
        """Return a reply as it is kept, of which `redirected_to` is read: with where the message went, if not to its address."""
        return reply if self.address == instead_of else f"{reply} (redirected to {self.address})"

    @property
    def redirected_to(self) -> str | None:
        """The address that took it instead of its own."""
        found = _REDIRECTED.search(self.last_reply or "") if self.state is DeliveryState.ACCEPTED else None
        return None if found is None else found[1]

    @property
    def went_to(self) -> str:
        """Where it went or is to go, in words."""
        taken = self.redirected_to
        return self.address if taken is None else f"{taken} (redirected, instead of {self.address})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try of a delivery: how it stood afterwards, and what was answered."""

    delivery_id: str
    number: int
    at: datetime
    state: str
    reply: str | None
