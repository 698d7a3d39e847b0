"""What servers report of our messages: the fields of RFC 3464, and the words of those that write none."""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from alerting.replies.heads import head_of, less_comments
from alerting.replies.incoming import Action, DeliveryStatus
from alerting.replies.machines import has_empty_return_path, is_from_mail_system
from alerting.replies.parts import MimePart
from alerting.replies.senders import mailboxes

if TYPE_CHECKING:
    from email.message import EmailMessage

#: Characters of a server's words that are kept, and addresses of a report that are looked at.
MOST_DIAGNOSTIC, MOST_REPORTS = 500, 100
_STATUS_PARTS = frozenset(("message/delivery-status", "message/global-delivery-status"))
_GROUP_END = re.compile(rb"\n[ \t]*\n")
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_CODE = re.compile(r"(?<![\d.])([245])\d\d(?![\d.])")
#: A server's answer of refusal, or of delay.
_ANSWER = re.compile(r"(?<![\d.])([45])(?:\d\d[ -]|\.\d{1,3}\.\d{1,3}\b)")
_TYPE = re.compile(r"\A\s*[a-z0-9-]+\s*;\s*", re.IGNORECASE)
_BY_CLASS = {"2": Action.DELIVERED, "4": Action.DELAYED, "5": Action.FAILED}
_TOO_BIG_STATUS = re.compile(r"[45]\.(?:3\.4|2\.3)")
_TOO_BIG = re.compile(
    r"(?:message|mail|e-?mail|size|length)\b[^.;]{0,60}\b(?:too (?:large|big|long)|exceed(?:s|ed)|larger than)|"
    r"(?:too (?:large|big)|oversized?) (?:message|mail)|message size|size limit",
    re.IGNORECASE,
)
_FULL = re.compile(r"quota|mailbox (?:is )?full|over ?quota|storage|inbox (?:is )?full", re.IGNORECASE)


def status_parts(root: MimePart) -> tuple[MimePart, ...]:
    """Return the parts in which servers report, wherever they stand; of a person's mail not those of mails that go with it."""
    automatic = root.kind == "multipart/report" or has_empty_return_path(root.head) or is_from_mail_system(root.head)
    return tuple(part for part in root.walk(into_mails=automatic) if part.kind in _STATUS_PARTS)


def reported(parts: Sequence[MimePart], words: str) -> tuple[DeliveryStatus, ...]:
    """Return what report parts say, an address each, in their order.

    Args:
        parts: of type message/delivery-status or message/global-delivery-status.
        words: what the report says to people: many servers give their reason there alone.
    """
    found = [report for part in parts for report in _of_part(part, words)]
    return tuple(found[:MOST_REPORTS])


def guessed(root: MimePart, words: str) -> tuple[DeliveryStatus, ...]:
    """Return what a report without a report part says, by the forms of qmail and other programs known to flufl.bounce.

    Where it knows none and a mail server writes, the first line with a server's answer counts, for nobody by name.

    Args:
        root: the report.
        words: its text.
    """
    from flufl.bounce import all_failures

    delayed, failed = all_failures(_plain_mail(root, words))
    told = [(address, Action.FAILED) for address in sorted(failed)]
    told += [(address, Action.DELAYED) for address in sorted(delayed - failed)]
    found = []
    for octets, action in told[:MOST_REPORTS]:
        address = octets.decode("utf-8", "replace").strip().lower()
        found.append(_report(address, action, _reason(words, address)))
    if not found and is_from_mail_system(root.head):
        reason = _reason(words, "")
        code = _ANSWER.search(reason)
        return (_report("", _BY_CLASS[code.group(1)], reason),) if code else ()
    return tuple(found)


def _of_part(part: MimePart, words: str) -> Iterator[DeliveryStatus]:
    for group in _GROUP_END.split(part.octets.replace(b"\r\n", b"\n").strip(b"\n")):
        fields = head_of(group)
        address = _address(fields.first("original-recipient")) or _address(fields.first("final-recipient"))
        said = less_comments(fields.first("action")).strip().lower()
        status = _STATUS.search(less_comments(fields.first("status")))
        if not (address or said or status):
            continue
        diagnostic = _one_line(_TYPE.sub("", fields.first("diagnostic-code")))
        action = _action(said, status.group(1) if status else diagnostic)
        if action:
            reason = diagnostic or _reason(words, _address(fields.first("final-recipient")) or address)
            yield _report(address, action, reason, status.group(1) if status else "")


def _action(said: str, code: str) -> Action | None:
    """Return what became of a message: as said, else by the class of the code."""
    word = said.split(" ", maxsplit=1)[0]
    if word in {action.value for action in Action}:
        return Action(word)
    found = _STATUS.search(code) or _CODE.search(code)
    return _BY_CLASS[found.group(1)[0]] if found else None


def _report(address: str, action: Action, diagnostic: str, status: str = "") -> DeliveryStatus:
    found = status or next(iter(_STATUS.findall(diagnostic)), "")
    full = bool(_FULL.search(diagnostic))
    too_big = bool(_TOO_BIG_STATUS.fullmatch(found)) or (bool(_TOO_BIG.search(diagnostic)) and not full)
    return DeliveryStatus(
        recipient=address,
        action=action,
        status=found,
        diagnostic=diagnostic[:MOST_DIAGNOSTIC],
        too_big=too_big and action is Action.FAILED,
    )


def _address(field: str) -> str:
    """Return the address of a field like "rfc822; somebody@example.org"; "" where it holds none."""
    found = mailboxes(_TYPE.sub("", field))
    return found[0] if len(found) == 1 else ""


def _reason(words: str, address: str) -> str:
    """Return the server's words from a text: what follows the address, else the first line with a code."""
    lines = [line.strip() for line in words.split("\n")]
    at = next((n for n, line in enumerate(lines) if address and address in line.lower()), None)
    if at is not None:
        told = [lines[at].partition(":")[2].strip(), *lines[at + 1 : at + 12]]
        until = told.index("", 1) if "" in told[1:] else len(told)
        if any(told[:until]):
            return _one_line(" ".join(told[:until]))
    return _one_line(next((line for line in lines if _ANSWER.search(line)), ""))


def _one_line(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in " ".join(text.split()))[:MOST_DIAGNOSTIC]


def _plain_mail(root: MimePart, words: str) -> "EmailMessage":
    """Return the report as a mail of one plain text: other forms make the library's readers stumble."""
    from email.message import EmailMessage

    mail = EmailMessage()
    mail["From"] = "mailer-daemon@example.org"
    failed = [
        address for value in root.head.all("x-failed-recipients") for address in mailboxes(value) if address.isascii()
    ]
    if failed:
        mail["X-Failed-Recipients"] = ", ".join(failed)
    mail.set_content(words.encode("ascii", "replace").decode("ascii"))
    return mail
