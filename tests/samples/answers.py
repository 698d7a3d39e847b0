"""A life whose readers answer by mail: a real mail server for what goes out, a real mailbox for what comes back."""

import asyncio
from email import message_from_bytes
from email.header import Header
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from socket import socket

from aiosmtpd.controller import Controller

from alerting.domain.inbox import InboxEntry
from alerting.settings import Secret
from samples.dovecot import Dovecot
from samples.lives import Life

OURS, KEY = "alerts@example.org", "0123456789abcdef-of-a-test"


class Post:
    """Keeps what goes out, with its envelope."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, str, EmailMessage]] = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802  # aiosmtpd's name
        """Keep one message: sender and recipient of the envelope, and the mail."""
        mail = message_from_bytes(envelope.content, policy=default)
        self.mails.append((envelope.mail_from or "", envelope.rcpt_tos[0], mail))
        return "250 kept"

    def to(self, owner: str) -> list[EmailMessage]:
        """What an owner was sent, oldest first."""
        return [mail for _, recipient, mail in self.mails if recipient == f"{owner}@example.org"]


class Correspondence(Life):
    """A life with a mailbox.

    Args:
        user: whose mailbox on the server is the engine's.
    """

    def __init__(self, folder: Path, server: Dovecot, user: str, **parts: str) -> None:
        super().__init__(folder, **parts)
        self.server, self.user, self.post = server, user, Post()
        self.settings = {
            "imap_url": Secret(server.url(user)), "secret_key": Secret(KEY), "imap_server": "mx.example.org",
        }  # fmt: skip
        self.controller = Controller(self.post, hostname="127.0.0.1", port=0)

    def __enter__(self):
        with socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.controller.port = probe.getsockname()[1]
        self.controller.start()
        self.smtp = f"smtp://127.0.0.1:{self.controller.port}?tls=none"
        return self

    def __exit__(self, *exc):
        self.controller.stop()

    def arrives(self, *mails: bytes) -> None:
        """Let mails come to the mailbox."""
        self.server.put(self.user, *mails)

    def read(self, on: str) -> list[InboxEntry]:
        """Read the mailbox on a day, and send what that gives."""
        with self.opened(on) as (engine, store):
            _, entries = engine.read_mailbox(store)
            asyncio.run(engine.deliver(store))
        return entries

    def events(self, alert: str) -> list[tuple[str, str | None, str | None, str | None]]:
        """What people did about an alert: what, who, which way, which words."""
        with self.opened("2020-01-01") as (_, store), store.begin() as state:
            found = [chapter.event for chapter in state.alerts.history(alert)]
        return [(one.kind.value, one.person, one.via, one.reason) for one in found if one.person]


_numbers = iter(range(10**9))


def reply(to: EmailMessage, text: str, *, sender: str | None = None, **headers: str) -> bytes:
    """Answer a mail as Outlook does: the words above, the notice below without any mark."""
    quoted = to.get_body(("plain",)).get_content()
    head = {
        "From": sender or str(to["To"]),
        "To": str(to["Reply-To"]),
        "Subject": f"RE: {to['Subject']}",
        "Date": "Thu, 02 Jul 2020 10:00:00 +0100",
        "Message-ID": f"<reply-{next(_numbers)}@outlook.example.org>",
        "In-Reply-To": str(to["Message-ID"]),
        "References": str(to["Message-ID"]),
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    body = f"{text}\n\nFrom: Alerts <{OURS}>\nSent: 02 July 2020 07:00\nTo: {to['To']}\nSubject: {to['Subject']}\n\n{quoted}"
    lines = [f"{name}: {_encoded(value)}" for name, value in head.items() if value]
    return ("\r\n".join(lines) + "\r\n\r\n" + body.replace("\n", "\r\n")).encode()


def _encoded(value: str) -> str:
    return value if value.isascii() else Header(value, "utf-8", maxlinelen=10**6).encode()


def report(
    about: tuple[str, str, EmailMessage], *, action: str = "failed", status: str = "5.1.1", says: str = "550 5.1.1 gone"
) -> bytes:
    """Report on a mail as Postfix does, to the sender of its envelope."""
    back, recipient, mail = about
    return f"""Return-Path: <>
From: MAILER-DAEMON@mx.example.org (Mail Delivery System)
To: {back}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
Message-ID: <report-{next(_numbers)}@mx.example.org>
Date: Thu, 02 Jul 2020 10:00:00 +0100
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.example.org.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; {recipient}
Original-Recipient: rfc822;{recipient}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {says}

--b
Content-Type: text/rfc822-headers

Message-ID: {mail["Message-ID"]}
To: {recipient}
Subject: gone

--b--
""".replace("\n", "\r\n").encode()
