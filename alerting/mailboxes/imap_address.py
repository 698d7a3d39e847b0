"""The mailbox's address, as `ALERTING_IMAP_URL` holds it."""

from dataclasses import dataclass, field
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit

from alerting.domain.tls import Tls

_PORTS = {Tls.IMPLICIT: 993, Tls.STARTTLS: 143, Tls.NONE: 143}


@dataclass(frozen=True, slots=True, kw_only=True)
class ImapAddress:
    """A mailbox's server, folder, and how to sign in."""

    host: str
    port: int
    tls: Tls
    folder: str
    user: str
    password: str = field(repr=False)

    @property
    def place(self) -> str:
        """host:port/folder, for messages."""
        return f"{self.host}:{self.port}/{self.folder}"

    @classmethod
    def parse(cls, url: str) -> Self:
        """Read an address that the settings have taken; user, password and folder are percent-encoded."""
        parts = urlsplit(url)
        tls = Tls(parse_qs(parts.query).get("tls", [Tls.IMPLICIT])[-1])
        return cls(
            host=parts.hostname or "",
            port=parts.port or _PORTS[tls],
            tls=tls,
            folder=unquote(parts.path.strip("/")) or "INBOX",
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
        )
