"""Messages as mail: one builder for every channel that hands over mail.

The e-mail package is asked about those headers alone that must be encoded or folded: it reads what it is told to write,
which takes most of a mail's time.
"""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime
from functools import lru_cache
from typing import Any

from alerting.domain.mailbox import InvalidAddress, plain_address
from alerting.domain.notify.notice import Delivery, Message
from alerting.errors import UsageError
from notifiers.parts import ENCLOSURE_NAME, PICTURE_ID, alternatives, with_enclosures

#: Lines that are set raw are left alone; the library would turn a long Message-ID into encoded words.
_POLICY = SMTP.clone(refold_source="none")
_POLICY_UTF8 = _POLICY.clone(utf8=True)
#: What a mail server takes in one line, less the name.
_LONGEST_RAW = 900
#: What is folded as the library folds it: lines of so many characters, of words that fit into any of them.
_LINE, _LONGEST_WORD = 78, 60
_HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
#: Set here and nowhere else.
_OURS = frozenset(
    (
        "from",
        "sender",
        "to",
        "cc",
        "bcc",
        "reply-to",
        "subject",
        "date",
        "message-id",
        "auto-submitted",
        "x-auto-response-suppress",
    )
)
#: The one header of ours that a message may ask for, and its value.
_AUTO_SUBMITTED, AUTO_REPLIED = "Auto-Submitted", "auto-replied"
#: A name has no @ (it could pass for the address) and no control characters.
_NAMED = re.compile(r"(?P<name>[^<>@\x00-\x1f\x7f]+) <(?P<address>[^<>]*)>")
#: Invisible marks that turn the direction of writing: they can make a subject read as what it is not.
_DIRECTION = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class Unsendable(ValueError):
    """This message or address can never be a mail; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who our mail is from, and where answers go."""

    mailbox: Address
    reply_to: Address | None = None

    @classmethod
    def of(cls, mail_from: str, reply_to: str | None) -> "Sender":
        """Read the settings.

        Raises:
            UsageError: one of them is no mail address.
        """
        try:
            answers = None if reply_to is None else named_mailbox_of(reply_to)
        except Unsendable as error:
            raise UsageError(f"ALERTING_REPLY_TO: {error}") from None
        try:
            return cls(mailbox=named_mailbox_of(mail_from), reply_to=answers)
        except Unsendable as error:
            raise UsageError(f"ALERTING_MAIL_FROM: {error}") from None

    @classmethod
    def named(cls, name: str, address: str) -> "Sender":
        """Return a sender whose name and reply address both show *name*, whatever that holds."""
        mailbox = mailbox_of(address)
        shown = Address(display_name=one_line(name), username=mailbox.username, domain=mailbox.domain)
        return cls(mailbox=shown, reply_to=shown)


def mail(delivery: Delivery, message: Message, sender: Sender, *, at: datetime) -> bytes:
    """Write the mail of one delivery: text with an HTML alternative, one recipient, the same Message-ID every time.

    Args:
        at: the instant of this attempt; its Date.

    Raises:
        Unsendable: the address or a header can never be part of a mail.
    """
    recipient = mailbox_of(delivery.address)
    return _written(delivery, message, sender, recipient, at=at)


def unaddressed(delivery: Delivery, message: Message, sender: Sender, *, at: datetime) -> bytes:
    """Write a mail that goes over no line, for an owner who has no mail address; the rest is as in `mail`."""
    return _written(delivery, message, sender, None, at=at)


def _written(delivery: Delivery, message: Message, sender: Sender, recipient: Address | None, *, at: datetime) -> bytes:
    # Letters beyond ASCII before the @ need a mail whose headers are UTF-8 throughout (RFC 6532).
    head = _Head(_POLICY if recipient is None or recipient.username.isascii() else _POLICY_UTF8)
    head.set("From", sender.mailbox)
    if recipient is None:
        head.set_raw("To", f"{delivery.address}:;")  # a group without members: it says for whom, and is no address
    elif recipient.username.isascii():
        head.set_raw("To", recipient.addr_spec)  # in one piece, as in the envelope
    else:
        head.fold("To", recipient)
    if delivery.answer_to is not None:
        head.set_raw("Reply-To", mailbox_of(delivery.answer_to).addr_spec)
    elif sender.reply_to is not None:
        head.set("Reply-To", sender.reply_to)
    head.set("Subject", one_line(message.subject))
    head.set_raw("Date", format_datetime(at))
    head.set_raw("Message-ID", f"<{delivery.message_id}>")
    head.set_raw("Auto-Submitted", AUTO_REPLIED if is_automatic_reply(message) else "auto-generated")
    # Not "All": one of its bits asks Exchange for no delivery reports, and we want to hear that a mailbox is gone.
    head.set_raw("X-Auto-Response-Suppress", "DR, RN, NRN, OOF, AutoReply")
    for name, value in message.headers:
        if (name, value) != (_AUTO_SUBMITTED, AUTO_REPLIED):
            head.set_extra(name, value)
    if not any(name.lower() == "list-id" for name, _ in message.headers):
        head.set_raw("List-Id", f"<exceptions.{sender.mailbox.domain}>")
    head.set_raw("MIME-Version", "1.0")
    boundary, parts = _body_of(delivery, message)
    subtype = "mixed" if message.enclosures else "alternative"
    head.set_raw("Content-Type", f'multipart/{subtype}; boundary="{boundary}"')
    return b"".join((*head.lines, b"\r\n", parts.encode("ascii")))


def is_automatic_reply(message: Message) -> bool:
    """Whether a message answers a mail by itself: nobody is to be told where it cannot be delivered (RFC 3834, 3.3)."""
    return (_AUTO_SUBMITTED, AUTO_REPLIED) in message.headers


class _Head:
    """The headers of one mail, each as it goes over the line."""

    def __init__(self, policy: "EmailPolicy[Any]") -> None:
        self._policy = policy
        self.lines: list[bytes] = []

    def set(self, name: str, value: str | Address) -> None:
        """Set a header of ours."""
        line = one_line(str(value))
        if line.isascii() and len(f"{name}: {line}") <= _LINE:
            self.set_raw(name, line)
        elif isinstance(value, str) and line.isascii() and max(map(len, line.split())) <= _LONGEST_WORD:
            self.lines.append(_folded(name, line))
        else:
            self.fold(name, value)

    def set_raw(self, name: str, value: str) -> None:
        """Set a header in one piece."""
        line = one_line(value)
        if not line.isascii() or len(line) > _LONGEST_RAW:
            raise Unsendable(f"the header {name} cannot hold {value!r}")
        self.lines.append(f"{name}: {line}\r\n".encode("ascii"))

    def set_extra(self, name: str, value: str) -> None:
        """Set a header that a message brings along."""
        if not _HEADER_NAME.fullmatch(name) or name.lower() in _OURS or name.lower().startswith(("content-", "mime-")):
            raise Unsendable(f"the header {name!r} cannot be set by a message")
        line = one_line(value)
        if line.isascii():
            self.set_raw(name, line)
        else:
            self.fold(name, line)

    def fold(self, name: str, value: str | Address) -> None:
        """Set a header as the library encodes and folds it."""
        self.lines.append(self._policy.fold_binary(*self._policy.header_store_parse(name, value)))


def _folded(name: str, line: str) -> bytes:
    """Return a header of several lines, as many words on each as it takes.

    The library would leave the first line empty where the words fit on the second; some mail programs show that line alone.
    """
    lines = [f"{name}:"]
    for word in line.split():
        if len(lines[-1]) + 1 + len(word) > _LINE:
            lines.append("")
        lines[-1] += f" {word}"
    return "".join(f"{one}\r\n" for one in lines).encode("ascii")


def _body_of(delivery: Delivery, message: Message) -> tuple[str, str]:
    """Return the boundary of the parts, and the parts."""
    for picture in message.pictures:
        if not PICTURE_ID.fullmatch(picture.id):
            raise Unsendable(f"{picture.id!r} cannot name a picture")
    for enclosure in message.enclosures:
        if not ENCLOSURE_NAME.fullmatch(enclosure.name):
            raise Unsendable(f"{enclosure.name!r} cannot name what is attached")
    boundary = _boundary(delivery)
    within = _boundary(delivery, "pictures") if message.pictures else ""
    parts = alternatives(_body(message.text), _body(message.html), message.pictures, boundary=boundary, within=within)
    if not message.enclosures:
        return boundary, parts
    outer = _boundary(delivery, "enclosures")
    return outer, with_enclosures(parts, message.enclosures, boundary=outer, within=boundary)


@lru_cache(maxsize=4096)
def mailbox_of(address: str) -> Address:
    """Read one address, `post@example.org`.

    Raises:
        Unsendable: it is none, or several, or written in a way that mail programs understand differently.
    """
    try:
        local, _, domain = plain_address(address).rpartition("@")
    except InvalidAddress as error:
        raise Unsendable(
            f"{address!r} is no mail address that can be sent to: {error.why}; write one like post@example.org"
        ) from None
    return Address(username=local, domain=domain)


def named_mailbox_of(text: str) -> Address:
    """Read one address that may have a name: `post@example.org` or `Name <post@example.org>`.

    Raises:
        Unsendable: as in `mailbox_of`.
    """
    named = _NAMED.fullmatch(text.strip())
    if named is None:
        return mailbox_of(text)
    mailbox = mailbox_of(named["address"])
    return Address(display_name=one_line(named["name"].strip('" ')), username=mailbox.username, domain=mailbox.domain)


def one_line(text: str) -> str:
    """Return *text* fit for a header: one line, nothing invisible, and nothing that a mail program would decode.

    An encoded word (`=?utf-8?q?…?=`) in a figure's note could hide line breaks that become headers of their own.
    """
    if not text.isprintable():  # a space is printable; nothing that breaks a line, is invisible or half a character is
        spaced = "".join(" " if unicodedata.category(character) in _BREAKING else character for character in text)
        text = _whole(_DIRECTION.sub("", spaced))
    return " ".join(text.replace("=?", "= ?").split())


#: Control characters, line and paragraph separators.
_BREAKING = ("Cc", "Zl", "Zp")


def _boundary(delivery: Delivery, within: str = "") -> str:
    """Return a boundary that no part can hold (quoted-printable and base64 write no `=_`) and that every attempt repeats."""
    digest = hashlib.sha256(f"{within}\0{delivery.message_id}".encode("utf-8", "replace"))
    return f"=_{digest.hexdigest()[:24]}"


def _body(text: str) -> str:
    return _whole(text).replace("\0", " ")


def _whole(text: str) -> str:
    """Replace halves of characters, which no encoding can write."""
    return text.encode("utf-8", "replace").decode("utf-8")
