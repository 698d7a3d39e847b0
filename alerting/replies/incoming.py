"""What a mail that came says of itself, and what its writer says: the values between reading a mail and acting on it.

A mail is read in two steps. `reading.read_mail` takes its bytes apart without knowing anything of ours and gives an
`Incoming`; its candidate tokens are opened with the keys (`token.opened`), which names the message that it answers. Then
`answering.answer` reads what was written, holding it against the words of that message, and gives an `Answer`.
"""

from dataclasses import dataclass
from enum import Enum

#: Characters of a comment that are kept; what is longer is cut, and said so.
MOST_COMMENT = 4000


class MailKind(Enum):
    """Who speaks in a mail."""

    PERSON = "person"
    MACHINE = "machine"  #: a program that answers, lists or loops: changes nothing and is not answered
    REPORT = "report"  #: says what became of a message of ours: see `Incoming.reports`
    UNREADABLE = "unreadable"  #: no mail, or one too deep, too large or too broken to read: to be laid aside


class TokenPlace(Enum):
    """Where a candidate for a token stood, in the order in which they are looked at."""

    DELIVERED_TO = "Delivered-To"
    ORIGINAL_TO = "X-Original-To"
    ENVELOPE_TO = "Envelope-To"
    TO = "To"
    CC = "Cc"
    TEXT = "text"  #: in the words of a person's mail, quoted ones among them
    RETURNED = "returned"  #: in the head of our message that a report brings back


class Dmarc(Enum):
    """What the mailbox's own server says of the sender."""

    PASS = "pass"  # noqa: S105  the server's word
    FAIL = "fail"
    UNKNOWN = "unknown"  #: it says nothing of it, or nobody named the server


class Act(Enum):
    """What a person's mail asks for."""

    ACKNOWLEDGE = "acknowledge"
    NOT_MINE = "not mine"
    FALSE_ALARM = "false alarm"
    COMMENT = "comment"
    NONE = "none"


class Why(Enum):
    """Why a mail, or an answer in it, does nothing; the words follow "not acted on: "."""

    NO_MAIL = "it is no mail that can be read"
    TOO_DEEP = "its parts are nested too deep to be read"
    NO_SENDER = "it names no sender, or several"
    FORGED = "the mailbox's server says that it does not come from its sender's domain"
    EMPTY_RETURN_PATH = "it has an empty return path, as programs' mails have"
    AUTO_SUBMITTED = "a program sent it of its own accord"
    PRECEDENCE = "it is marked as bulk, junk, list or an automatic reply"
    LIST = "it comes from a mailing list"
    RECEIPT = "it is a receipt"
    CALENDAR = "it is an appointment"
    OURS = "it is a mail of our own that came back"
    RESENT = "somebody passed it on unread"
    REPORT = "it reports on a delivery"
    ENCRYPTED = "it is encrypted, or wrapped in its signature"
    NOTHING_WRITTEN = "nothing is written in it above, below or between what it quotes"
    NO_SUCH_ITEM = "it names an item that the message does not have"
    SEVERAL = "it says ok or not mine in several places"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text that looks like a token, in small letters, and where it stood."""

    text: str
    place: TokenPlace


class Action(Enum):
    """What a report says became of a message (RFC 3464, 2.3.3)."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    RELAYED = "relayed"
    EXPANDED = "expanded"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryStatus:
    """What a server says became of a message for one address; whose it is, the mail's tokens alone say.

    Args:
        recipient: the address in small letters, as the report names it, the original one first; "" where it names none.
            A list or a forwarding makes it another address than ours.
        action: decides what to do, whatever the status.
        status: like "5.1.1"; "" where it gives none.
        diagnostic: the server's words in one line of at most 500 characters; "" where it gives none.
        too_big: the message was refused for its size.
    """

    recipient: str
    action: Action
    status: str
    diagnostic: str
    too_big: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A mail as it came, read without knowing what it answers.

    Args:
        message_id: without its angle brackets; "" where it has none.
        digest: SHA-256 of the bytes that were read, in hex.
        in_reply_to: the ids it answers, without brackets; references: those of its thread, oldest first. At most 50 each.
        subject: decoded, in one line of at most 200 characters.
        sender: the one mailbox in From, in small letters; "" where there is none, or more than one.
        tokens: in the order in which they are to be tried, each once; at most 50.
        dmarc: what the named server says in the topmost Authentication-Results.
        kind: decides who may act: only PERSON answers, only REPORT doubts an address.
        why: set for a machine and an unreadable mail, and for a person's mail that cannot be understood (ENCRYPTED).
        written: the text of a person's mail with all it quotes, for `answering.answer`; at most 200,000 characters.
        reports: what a report says, an address each; empty for all other kinds.
    """

    message_id: str
    digest: str
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    subject: str
    sender: str
    tokens: tuple[Candidate, ...]
    dmarc: Dmarc
    kind: MailKind
    why: Why | None
    written: str
    reports: tuple[DeliveryStatus, ...]

    @property
    def key(self) -> str:
        """What the mail is known by when it is found again: its Message-ID, else the digest of its bytes."""
        return self.message_id or f"sha256:{self.digest}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a person wrote, as it acts.

    Args:
        act: NONE where there is nothing to do; `why` says why not.
        items: the numbers chosen, as printed in the message, each once and in order; empty means all that stand.
        comment: the words kept with it, of at most `MOST_COMMENT` characters; "" where there are none.
        cut: the comment was longer.
        why: set where `act` is NONE; and where words are kept as a comment that were meant to do more (NO_SUCH_ITEM, SEVERAL), so
            that their writer can be told.
    """

    act: Act
    items: tuple[int, ...] = ()
    comment: str = ""
    cut: bool = False
    why: Why | None = None
