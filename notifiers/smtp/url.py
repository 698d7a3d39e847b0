"""The mail server's address, as `ALERTING_SMTP_URL` holds it."""

from dataclasses import dataclass, field
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit

from alerting.domain.tls import Tls
from alerting.errors import UsageError

_SHAPE = "smtp://user:password@host:port?tls=starttls|implicit|none"


#: Submission, submissions, and plain mail.
_PORTS = {Tls.STARTTLS: 587, Tls.IMPLICIT: 465, Tls.NONE: 25}


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpAddress:
    """A mail server and how to sign in to it."""

    host: str
    port: int
    tls: Tls
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @property
    def place(self) -> str:
        """host:port, for messages."""
        return f"{self.host}:{self.port}"

    @classmethod
    def parse(cls, url: str) -> Self:
        """Read the address; user and password are percent-encoded.

        Raises:
            UsageError: it is none. The text is not repeated, since it may hold a password.
        """
        try:
            parts = urlsplit(url)
            port = parts.port
            query = parse_qs(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
            (parts.hostname or "").encode("idna")
        except ValueError:
            raise _wrong("it cannot be read (is a character of the password not percent-encoded?)") from None
        if parts.scheme != "smtp":
            raise _wrong("it does not begin with smtp://")
        if not parts.hostname or any(character <= " " for character in unquote(parts.hostname)):
            raise _wrong("it names no host")
        if parts.path not in ("", "/") or parts.fragment or set(query) - {"tls"}:
            raise _wrong("it says more than that; percent-encode / ? # @ : in user and password")
        try:
            tls = Tls(query.get("tls", [Tls.STARTTLS])[-1])
        except ValueError:
            raise _wrong("tls is one of starttls, implicit, none") from None
        user = unquote(parts.username) if parts.username else None
        password = unquote(parts.password) if parts.password else None
        return cls(host=parts.hostname, port=port or _PORTS[tls], tls=tls, user=user, password=password)


def _wrong(why: str) -> UsageError:
    return UsageError(f"ALERTING_SMTP_URL is no mail server's address: {why}; write it like {_SHAPE}")
