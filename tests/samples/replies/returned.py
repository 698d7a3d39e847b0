"""Reports of deliveries as Postfix, Exim, OpenSMTPD, qmail, Exchange and Sieve write them, and mails that cannot be read."""

from alerting.replies.incoming import Action, DeliveryStatus, MailKind, Why
from samples.replies.cases import (
    BOUNCES,
    NOTICE,
    READER,
    RETURN,
    SUBJECT,
    Case,
    acknowledged,
    head,
    part,
    report,
    several,
)
from samples.replies.machines import empty_path

FAILED, DELAYED = Action.FAILED, Action.DELAYED
#: Our mail's head as it comes back.
_OURS = (
    f"From: Performance alerts <alerts@example.org>\r\nTo: {READER}\r\nSubject: {SUBJECT}\r\n"
    f"X-Return-Token: {RETURN}\r\n"
    f"Message-ID: <notice-1@example.org>\r\n"
)
_WHOLE = b"Content-Type: message/rfc822\r\n\r\n" + _OURS.encode() + part(NOTICE)
_HEAD_ALONE = b"Content-Type: text/rfc822-headers\r\n\r\n" + _OURS.encode()


def said(
    action: Action, status: str, diagnostic: str, recipient: str = READER, *, too_big: bool = False
) -> DeliveryStatus:
    return DeliveryStatus(recipient=recipient, action=action, status=status, diagnostic=diagnostic, too_big=too_big)


def status(fields: str, kind: str = "message/delivery-status") -> bytes:
    return f"Content-Type: {kind}\r\n\r\n".encode() + fields.replace("\n", "\r\n").encode()


def reporting(
    number: int, words: str, fields: str, *more: bytes, headers: tuple[str, ...] = ("Auto-Submitted: auto-replied",)
) -> bytes:
    parts = (part(words), status(fields), *more)
    return empty_path(number, *headers).encode() + several("report", *parts, more="; report-type=delivery-status")


POSTFIX = f"""Reporting-MTA: dns; relay.example.org
X-Postfix-Queue-ID: 4B1C2D
Arrival-Date: Thu, 15 Oct 2020 07:00:00 +0100 (BST)

Final-Recipient: rfc822; {READER}
Original-Recipient: rfc822;{READER}
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.example.org
Diagnostic-Code: smtp; 550 5.1.1 <{READER}>: Recipient address
    rejected: User unknown in local recipient table
"""
UNKNOWN = f"550 5.1.1 <{READER}>: Recipient address rejected: User unknown in local recipient table"
EXIM = f"""Reporting-MTA: dns; relay.example.org

Action: failed
Final-Recipient: rfc822;{READER}
Status: 5.0.0
Remote-MTA: dns; mx.example.org
Diagnostic-Code: smtp; 550 No such person at this address
"""
TIRED = POSTFIX.replace("Status: 5.1.1", "Status: 4.4.1").partition("Diagnostic-Code")[0]
SIZE = "552 5.3.4 Message size exceeds fixed limit"
EXCHANGE_SIZE = "#550 5.2.3 RESOLVER.RST.RecipSizeLimit; message too large for this recipient ##rfc822;" + READER

RETURNED: tuple[Case, ...] = (
    report(
        97, "Postfix, no such person", reporting(97, "I'm sorry.\n", POSTFIX, _WHOLE), said(FAILED, "5.1.1", UNKNOWN)
    ),
    report(
        98,
        "Postfix, delayed",
        reporting(
            98,
            "Delayed.\n",
            TIRED.replace("failed", "delayed") + "Diagnostic-Code: X-Postfix; connection timed out\n",
            _HEAD_ALONE,
        ),
        said(DELAYED, "4.4.1", "connection timed out"),
    ),
    report(
        99,
        "Postfix gives up: failed, though its status begins with 4",
        reporting(99, f"<{READER}>: connect to mx.example.org:\n    Connection timed out\n", TIRED),
        said(FAILED, "4.4.1", "connect to mx.example.org: Connection timed out"),
    ),
    report(
        100,
        "Exim, its order of fields, whole mail returned",
        reporting(
            100, "A message could not be delivered.\n", EXIM, _WHOLE, headers=(f"X-Failed-Recipients: {READER}",)
        ),
        said(FAILED, "5.0.0", "550 No such person at this address"),
    ),
    report(
        101,
        "OpenSMTPD, a mixed mail that says nothing of being automatic",
        empty_path(101, subject="Delivery status notification: error").encode()
        + several(
            "mixed",
            part(f"    Hi!\n\n    {READER}: 550 Invalid recipient\n"),
            status(EXIM.partition("Remote")[0]),
            _WHOLE,
        ),
        said(FAILED, "5.0.0", "550 Invalid recipient"),
    ),
    report(
        102,
        "qmail, words alone",
        empty_path(102, subject="failure notice").encode()
        + part(
            "Hi. This is the qmail-send program at relay.example.org.\nI'm afraid I wasn't able to "
            "deliver your message to the following"
            " addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n"
            f"<{READER}>:\nSorry, no mailbox here by that"
            f" name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\n{_OURS}\nok\n".replace("\r\n", "\n")
        ),
        said(FAILED, "5.1.1", "Sorry, no mailbox here by that name. (#5.1.1)"),
    ),
    report(
        103,
        "Exchange, text and HTML before the report",
        empty_path(103, subject=f"Undeliverable: {SUBJECT}").encode()
        + several(
            "report",
            several(
                "alternative", part("Delivery has failed.\nok\n"), part("<p>ok</p>", "text/html"), boundary="=_words"
            ),
            status(POSTFIX.replace("5.1.1", "5.1.10").replace("Remote-MTA: dns; mx.example.org\n", "")),
            _WHOLE,
            more="; report-type=delivery-status",
        ),
        said(FAILED, "5.1.10", UNKNOWN.replace("5.1.1 ", "5.1.10 ")),
    ),
    report(
        104,
        "Exchange, too big",
        reporting(
            104,
            "Too large.\n",
            f"Final-Recipient: rfc822;{READER}\nAction: failed\nStatus: 5.2.3\nDiagnostic-Code: smtp;{EXCHANGE_SIZE}\n",
        ),
        said(FAILED, "5.2.3", EXCHANGE_SIZE, too_big=True),
    ),
    report(
        105,
        "Postfix, too big for the next server",
        reporting(
            105, "Too large.\n", POSTFIX.partition("Status")[0] + f"Status: 5.3.4\nDiagnostic-Code: smtp; {SIZE}\n"
        ),
        said(FAILED, "5.3.4", SIZE, too_big=True),
    ),
    report(
        106,
        "a mailbox that is full is not a mail too big",
        reporting(
            106,
            "Full.\n",
            EXIM.replace("550 No such person at this address", "552 5.2.2 Mailbox full: quota size limit exceeded"),
        ),
        said(FAILED, "5.0.0", "552 5.2.2 Mailbox full: quota size limit exceeded"),
    ),
    report(
        107,
        "letters of all kinds, in a part of the newer type, in base64",
        empty_path(107).encode()
        + several(
            "report",
            part("Nicht zustellbar.\n"),
            part(
                "Reporting-MTA: dns; mx.example.org\n\nFinal-Recipient: utf-8; jörg@example.org\nAction: "
                "failed\nStatus: 5.1.1\n",
                "message/global-delivery-status",
                encoding="base64",
            ),
            more="; report-type=global-delivery-status",
        ),
        said(FAILED, "5.1.1", "", "jörg@example.org"),
    ),
    report(
        108,
        "good news: relayed",
        reporting(
            108, "Relayed.\n", EXIM.replace("failed", "relayed").replace("5.0.0", "2.0.0").partition("Diagnostic")[0]
        ),
        said(Action.RELAYED, "2.0.0", ""),
    ),
    report(
        109,
        "a gateway wrapped the report in a mail of two parts",
        empty_path(109).encode()
        + several(
            "mixed",
            several("report", part("No.\n"), status(POSTFIX), more="; report-type=delivery-status", boundary="=_inner"),
            part("Scanned by the gateway.\n"),
        ),
        said(FAILED, "5.1.1", UNKNOWN),
    ),
    report(
        110,
        "Sieve's reject",
        reporting(110, "Refused by its reader's rules.\n", POSTFIX.replace("5.1.1", "5.7.1")),
        said(FAILED, "5.7.1", UNKNOWN.replace("5.1.1", "5.7.1")),
    ),
    report(
        111,
        "a stranger's report without a token of ours",
        reporting(111, "No.\n", POSTFIX).replace(RETURN.encode(), b"x"),
        said(FAILED, "5.1.1", UNKNOWN),
        opens=False,
    ),
    Case(
        number=112,
        name="no mail at all",
        raw=bytes(range(256)) * 8,
        kind=MailKind.UNREADABLE,
        why=Why.NO_MAIL,
        opens=False,
    ),
    Case(number=113, name="nothing", raw=b"", kind=MailKind.UNREADABLE, why=Why.NO_MAIL, opens=False),
    acknowledged(
        114,
        "a person's mail to the address that reports go to",
        head(114, to=BOUNCES).encode() + part("ok\n"),
    ),
)
