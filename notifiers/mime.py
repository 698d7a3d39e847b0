"""Messages as mail: one builder for every channel that hands over mail."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from alerting.domain.mailbox import NoAddress, plain_address
from alerting.domain.notice import Delivery, Message
from alerting.errors import UsageError
from notifiers.parts import PICTURE_ID, alternatives

#: Lines that are set raw are left alone; the library would turn a long Message-ID into encoded words.
_POLICY = SMTP.clone(refold_source="none")
#: What a mail server takes in one line, less the name.
_LONGEST_RAW = 900
#: What needs no folding.
_SHORT = 60
_HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
#: Set here and nowhere else.
_OURS = frozenset(
    ("from", "sender", "to", "cc", "bcc", "reply-to", "subject", "date", "message-id", "auto-submitted",
     "x-auto-response-suppress")
)  # fmt: skip
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


def mail(delivery: Delivery, message: Message, sender: Sender, *, at: datetime) -> EmailMessage:
    """Build the mail of one delivery: text with an HTML alternative, one recipient, the same Message-ID every time.

    Args:
        at: the instant of this attempt; its Date.

    Raises:
        Unsendable: the address or a header can never be part of a mail.
    """
    recipient = mailbox_of(delivery.address)
    # Letters beyond ASCII before the @ need a mail whose headers are UTF-8 throughout (RFC 6532).
    built = EmailMessage(policy=_POLICY if recipient.username.isascii() else _POLICY.clone(utf8=True))
    _set(built, "From", sender.mailbox)
    if recipient.username.isascii():
        _set_raw(built, "To", recipient.addr_spec)  # in one piece, as in the envelope
    else:
        built["To"] = recipient
    if sender.reply_to is not None:
        _set(built, "Reply-To", sender.reply_to)
    _set(built, "Subject", one_line(message.subject))
    _set_raw(built, "Date", format_datetime(at))
    _set_raw(built, "Message-ID", f"<{delivery.message_id}>")
    _set_raw(built, "Auto-Submitted", "auto-generated")
    _set_raw(built, "X-Auto-Response-Suppress", "All")
    _set_extra(built, message.headers)
    if "List-Id" not in built:
        _set_raw(built, "List-Id", f"<exceptions.{sender.mailbox.domain}>")
    _set_body(built, delivery, message)
    return built


def _set_body(built: EmailMessage, delivery: Delivery, message: Message) -> None:
    for picture in message.pictures:
        if not PICTURE_ID.fullmatch(picture.id):
            raise Unsendable(f"{picture.id!r} cannot name a picture")
    boundary = _boundary(delivery, message)
    within = _boundary(delivery, message, "pictures") if message.pictures else ""
    parts = alternatives(_body(message.text), _body(message.html), message.pictures, boundary=boundary, within=within)
    _set_raw(built, "MIME-Version", "1.0")
    _set_raw(built, "Content-Type", f'multipart/alternative; boundary="{boundary}"')
    built.set_payload(parts)


def mailbox_of(address: str) -> Address:
    """Read one address, `post@example.org`.

    Raises:
        Unsendable: it is none, or several, or written in a way that mail programs understand differently.
    """
    try:
        local, _, domain = plain_address(address).rpartition("@")
    except NoAddress as error:
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
    spaced = "".join(" " if unicodedata.category(character) in _BREAKING else character for character in text)
    shown = _DIRECTION.sub("", spaced).replace("=?", "= ?")
    return " ".join(_whole(shown).split())


#: Control characters, line and paragraph separators.
_BREAKING = ("Cc", "Zl", "Zp")


def _set(built: EmailMessage, name: str, value: str | Address) -> None:
    """Set a header; the library is asked where it must be encoded or folded, since reading what it is told takes long."""
    line = str(value)
    if line.isascii() and len(line) <= _SHORT:
        _set_raw(built, name, line)
    else:
        built[name] = value


def _set_extra(built: EmailMessage, headers: Iterable[tuple[str, str]]) -> None:
    for name, value in headers:
        if not _HEADER_NAME.fullmatch(name) or name.lower() in _OURS or name.lower().startswith(("content-", "mime-")):
            raise Unsendable(f"the header {name!r} cannot be set by a message")
        line = one_line(value)
        if line.isascii():
            _set_raw(built, name, line)
        else:
            built[name] = line


def _set_raw(built: EmailMessage, name: str, value: str) -> None:
    line = one_line(value)
    if not line.isascii() or len(line) > _LONGEST_RAW:
        raise Unsendable(f"the header {name} cannot hold {value!r}")
    built.set_raw(name, line)


def _boundary(delivery: Delivery, message: Message, within: str = "") -> str:
    """Return a boundary that no part can hold (quoted-printable and base64 write no `=_`) and that every attempt repeats."""
    facts = (within, delivery.message_id, message.text, message.html, *(picture.id for picture in message.pictures))
    digest = hashlib.sha256("\0".join(facts).encode("utf-8", "replace"))
    return f"=_{digest.hexdigest()[:24]}"


def _body(text: str) -> str:
    return _whole(text).replace("\0", " ")


def _whole(text: str) -> str:
    """Replace halves of characters, which no encoding can write."""
    return text.encode("utf-8", "replace").decode("utf-8")
