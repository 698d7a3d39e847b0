"""A mail read: its bytes in, what it says of itself out. Bounded in time and memory, and nothing in a mail makes it fail."""

import re
from collections.abc import Collection, Iterator
from hashlib import sha256

from alerting.replies.bodies import body_text, holds_pgp_message, is_encrypted
from alerting.replies.decoding import decoded_words
from alerting.replies.heads import Head
from alerting.replies.incoming import Candidate, DeliveryStatus, Dmarc, Incoming, MailKind, Why
from alerting.replies.machines import has_empty_return_path, is_from_mail_system, machine
from alerting.replies.parts import READ_AT_MOST, MimePart, MimeTree, tree_of
from alerting.replies.reports import guessed, reported, status_parts
from alerting.replies.senders import candidates, dmarc_of, returned_candidates, sender_of

__all__ = ["READ_AT_MOST", "read_mail"]
#: Ids of a thread, characters of an id and of a subject that are kept.
MOST_IDS, MOST_ID, MOST_SUBJECT = 50, 500, 200
_ID = re.compile(rf"<([^<>\s]{{1,{MOST_ID}}})>")


def read_mail(raw: bytes, *, own: Collection[str] = (), server: str = "") -> Incoming:
    """Read a mail as far as that goes without knowing what it answers.

    Args:
        raw: as fetched; the first `READ_AT_MOST` octets are looked at, so that more need not be fetched.
        own: the addresses that our mail is from and goes back to: what is from them is our own, come back.
        server: the name of the mailbox's server in Authentication-Results; "" where nobody named it.
    """
    begun = raw[:READ_AT_MOST]
    tree = tree_of(begun)
    head = tree.root.head
    text = body_text(tree.root)
    kind, why, reports = _kind(tree, text, own)
    sender, dmarc = sender_of(head), dmarc_of(head, server)
    if kind is MailKind.PERSON:
        why = _obstacle(tree.root, text, sender, dmarc)
    return Incoming(
        message_id=next(iter(_ids(head, "message-id")), ""),
        digest=sha256(begun).hexdigest(),
        in_reply_to=tuple(_ids(head, "in-reply-to")),
        references=tuple(_ids(head, "references"))[-MOST_IDS:],
        subject=_shown(decoded_words(head.first("subject")))[:MOST_SUBJECT],
        sender=sender,
        tokens=_tokens(kind, begun, head, text),
        dmarc=dmarc,
        kind=kind,
        why=why,
        written=text if kind is MailKind.PERSON else "",
        reports=reports,
    )


def _kind(tree: MimeTree, text: str, own: Collection[str]) -> tuple[MailKind, Why | None, tuple[DeliveryStatus, ...]]:
    root = tree.root
    if not (root.head.has("from") or root.head.has("return-path") or root.head.has("received")):
        return MailKind.UNREADABLE, Why.NO_MAIL, ()
    reports = reported(status_parts(root), text)
    if reports:
        return MailKind.REPORT, None, reports
    why = machine(root, own)
    if why in {Why.REPORT, Why.EMPTY_RETURN_PATH, Why.AUTO_SUBMITTED} and _may_report(root.head):
        reports = guessed(root, text)
        if reports:
            return MailKind.REPORT, None, reports
    if why:
        return MailKind.MACHINE, why, ()
    if tree.too_deep and not text.strip():
        return MailKind.UNREADABLE, Why.TOO_DEEP, ()
    return MailKind.PERSON, None, ()


def _may_report(head: Head) -> bool:
    """Whether a mail may tell of a delivery in words alone: an automatic answer of somebody's may not."""
    replies = any("replied" in value.lower() for value in head.all("auto-submitted"))
    return is_from_mail_system(head) or (has_empty_return_path(head) and not replies)


def _obstacle(root: MimePart, text: str, sender: str, dmarc: Dmarc) -> Why | None:
    if not sender:
        return Why.NO_SENDER
    if dmarc is Dmarc.FAIL:
        return Why.FORGED
    if is_encrypted(root, text) or holds_pgp_message(text):
        return Why.ENCRYPTED
    return None


def _tokens(kind: MailKind, begun: bytes, head: Head, text: str) -> tuple[Candidate, ...]:
    if kind is MailKind.REPORT:
        found = {candidate.text: candidate for candidate in returned_candidates(begun)}
        return tuple({one.text: one for one in (*found.values(), *candidates(head, ""))}.values())
    return candidates(head, text if kind is MailKind.PERSON else "")


def _ids(head: Head, name: str) -> Iterator[str]:
    for value in head.all(name):
        yield from _ID.findall(value)


def _shown(text: str) -> str:
    return "".join(character for character in text if character.isprintable())
