"""Whether a program wrote a mail, and how one sees it; a person's mail passes."""

import re
from collections.abc import Collection, Iterator

from alerting.replies.decoding import decoded_words
from alerting.replies.heads import Head, plain_value
from alerting.replies.incoming import Why
from alerting.replies.parts import MimePart
from alerting.replies.senders import mailboxes, sender_of

_PRECEDENCE = frozenset(("bulk", "junk", "list", "auto_reply", "auto-reply"))
#: Headers that programs set on what they answer. X-Auto-Response-Suppress is a wish, and is none of them.
_AUTOMATIC = re.compile(
    r"x-auto-?(?:reply|respond|responder|generated)(?:-from)?|x-mail-autoreply|x-auto-reply-from|x-autoresponse"
    r"|x-(?:otrs|znuny)-loop|x-rt-loop-prevention|rt-(?:ticket|originator)|x-loop|x-ms-exchange-inbox-rules-loop"
    r"|x-(?:zammad|zendesk|jira|redmine|glpi|servicenow)-.+"
)
#: How programs begin a subject, in the languages of those who answer.
_SUBJECT = re.compile(
    r"(?:automatic reply|auto(?:matic)?[- ]?(?:reply|response)|auto|out of (?:the )?office(?: auto-?reply)?|automatische antwort"
    r"|abwesenheits(?:notiz|nachricht)|r[ée]ponse automatique|message d['’]absence(?: du bureau)?|ateb awtomatig) ?:"
    r"|(?:undeliverable|undelivered mail|mail delivery (?:failed|failure)|delivery status notification|returned mail|"
    r"failure notice|unzustellbar|non remis)\b",
    re.IGNORECASE,
)
#: How programs begin the subject of a receipt.
_RECEIPT = re.compile(r"(?:(?:not )?read|gelesen|ungelesen gelöscht|(?:non )?lu|deleted) ?:", re.IGNORECASE)
_DAEMONS = frozenset(("mailer-daemon", "mail-daemon", "postmaster", "mdaemon"))
_PLUS = re.compile(r"\+[^@]*@")


def machine(root: MimePart, own: Collection[str]) -> Why | None:
    """Return how one sees that a program wrote a mail; None where nothing shows it.

    Args:
        own: addresses of ours, in any letters; with anything behind a plus they are ours too.
    """
    return next(_signs(root, own), None)


def has_empty_return_path(head: Head) -> bool:
    """Whether the mail came with no sender in its envelope, as reports and automatic answers do."""
    return any(value.replace(" ", "") in {"", "<>"} for value in head.all("return-path"))


def is_from_mail_system(head: Head) -> bool:
    """Whether the sender is a mail server's own mailbox."""
    return sender_of(head).partition("@")[0] in _DAEMONS


def _signs(root: MimePart, own: Collection[str]) -> Iterator[Why]:
    kinds = {part.kind for part in root.walk(into_mails=False)}
    if (
        "message/disposition-notification" in kinds
        or root.parameter("report-type").lower() == "disposition-notification"
    ):
        yield Why.RECEIPT
    if root.kind == "multipart/report":
        yield Why.REPORT
    if _is_ours(root.head, own):
        yield Why.OURS
    yield from _signs_in_head(root.head)
    if _is_appointment(root):
        yield Why.CALENDAR


def _signs_in_head(head: Head) -> Iterator[Why]:
    if any(plain_value(value) != "no" for value in head.all("auto-submitted")):
        yield Why.AUTO_SUBMITTED
    if has_empty_return_path(head):
        yield Why.EMPTY_RETURN_PATH
    if any(plain_value(value) in _PRECEDENCE for value in head.all("precedence")):
        yield Why.PRECEDENCE
    if any(_AUTOMATIC.fullmatch(name) for name, _ in head.headers):
        yield Why.AUTO_SUBMITTED
    if head.has("list-id"):
        yield Why.LIST
    if head.has("resent-from"):
        yield Why.RESENT
    subject = decoded_words(head.first("subject"))
    if is_from_mail_system(head) or _SUBJECT.match(subject):
        yield Why.AUTO_SUBMITTED
    if _RECEIPT.match(subject):
        yield Why.RECEIPT


def _is_ours(head: Head, own: Collection[str]) -> bool:
    ours = {_PLUS.sub("@", address.lower()) for address in own}
    return any(_PLUS.sub("@", mailbox) in ours for value in head.all("from") for mailbox in mailboxes(value))


def _is_appointment(root: MimePart) -> bool:
    content_class = root.head.first("content-class").lower()
    if "calendarmessage" in content_class:
        return True
    return any(part.kind == "text/calendar" and not part.is_apart for part in root.walk(into_mails=False))
