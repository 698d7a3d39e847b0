"""Mails that came to the mailbox, and what was made of them; addresses that are doubted. Values only."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from alerting.domain.notify.notice import Delivery, NoticeKind


class Standing(StrEnum):
    """What became of a mail."""

    #: It did something: acknowledged, commented, told the maintainer.
    ACTED = "acted"
    #: A server's report that a message did not arrive.
    RETURNED = "returned"
    #: It says what changes nothing: a report of a delay, a program's mail.
    NOTED = "noted"
    #: A person's mail that did nothing; somebody may look at it.
    NOT_ACTED = "not acted on"
    #: It could not be read.
    ASIDE = "aside"
    #: Somebody has looked at it and let it be.
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxEntry:
    """One mail, under one token, with what was made of it."""

    id: str
    #: Its Message-ID, else the digest of its bytes; with the token it is the same mail.
    key: str
    #: The token by which it was led to its message, in small letters; "" where there is none.
    token: str
    #: When it was read.
    at: datetime
    sender: str
    subject: str
    #: Who speaks: person, machine, report, unreadable.
    kind: str
    standing: Standing
    #: What was made of it and why, in a sentence.
    outcome: str
    #: The delivery that it answers or reports on, and the owner whose that was.
    delivery: str | None = None
    owner: str | None = None
    #: The owner who wrote it: that one or a deputy.
    person: str | None = None
    #: What it asks for, in a word, of which items; and the comment that goes with it.
    act: str | None = None
    items: tuple[int, ...] = ()
    comment: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the values for JSON."""
        return {
            "id": self.id,
            "at": self.at.isoformat(timespec="seconds"),
            "from": self.sender,
            "subject": self.subject,
            "kind": self.kind,
            "standing": self.standing.value,
            "outcome": self.outcome,
            "delivery": self.delivery,
            "owner": self.owner,
            "person": self.person,
            "act": self.act,
            "items": list(self.items),
            "comment": self.comment,
            "message_id": self.key,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A message that went out, as an answer to it is read."""

    delivery: Delivery
    kind: NoticeKind
    #: Ids of the alerts that it tells of, in its order.
    alerts: tuple[str, ...]
    #: Whether it was sent with pictures; the message here is without.
    has_pictures: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """An address from which a message came back."""

    address: str
    #: The owner whose address it is, and the newest message that came back.
    owner: str
    delivery: str
    #: When it was doubted first, and when a message came back last.
    since: datetime
    at: datetime
    #: The server's words.
    words: str

    def as_json(self) -> dict[str, Any]:
        """Return the values for JSON."""
        return {
            "address": self.address,
            "owner": self.owner,
            "delivery": self.delivery,
            "words": self.words,
            "since": self.since.isoformat(timespec="seconds"),
            "at": self.at.isoformat(timespec="seconds"),
        }
