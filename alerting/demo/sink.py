"""A mail server on this machine that keeps every message it takes as a file; for the demonstration only."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from socket import socket
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from alerting.domain.notify.notice import Picture
from alerting.render.inline_images import self_contained

_HOST = "127.0.0.1"


class MailSink:
    """Listens on a free loopback port while entered; message n becomes `<n>-<recipient>.eml`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.kept: list[Path] = []
        self._port = _free_port()
        self._controller = Controller(self, hostname=_HOST, port=self._port)

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._controller.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._controller.stop()

    @property
    def url(self) -> str:
        """The address to set as ALERTING_SMTP_URL."""
        return f"smtp://{_HOST}:{self._port}?tls=none"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd's name
        """Keep one message."""
        content: Any = envelope.content
        recipient = envelope.rcpt_tos[0].split("@", 1)[0]
        path = self.folder / f"{len(self.kept) + 1:03d}-{recipient}.eml"
        path.write_bytes(content)
        self.kept.append(path)
        return "250 kept"


def _free_port() -> int:
    """Return a port that is free now: aiosmtpd cannot be asked for any free one."""
    with socket() as probe:
        probe.bind((_HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def parts_of(path: Path) -> tuple[str, str, str, str]:
    """Return recipient, subject, text and HTML of a kept message; the HTML holds its pictures, so that a page can show it."""
    message = message_from_bytes(path.read_bytes(), policy=default)
    text, html = (message.get_body(preferencelist=(kind,)) for kind in ("plain", "html"))
    return (
        str(message["To"]),
        str(message["Subject"]),
        text.get_content() if text is not None else "",
        _with_pictures(html.get_content(), message) if html is not None else "",
    )


def _with_pictures(html: str, message: EmailMessage) -> str:
    parts = (part for part in message.walk() if part.get_content_type() == "image/png")
    return self_contained(html, (Picture(id=str(p["Content-ID"]).strip("<>"), png=p.get_content()) for p in parts))
