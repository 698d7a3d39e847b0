"""Addresses among the settings: which are believed, what of them may be printed, and what in them is secret."""

import re
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from alerting.domain.mailbox import InvalidAddress, plain_address
from alerting.secrecy import HIDDEN, PRINTED

TLS_MODES: Final = ("starttls", "implicit", "none")
#: What is shorter, as in /ping, is no secret but a word.
_WORDS: Final = 8
#: Addresses of SQLite without a plain file: what is kept there is gone when the process ends.
_IN_MEMORY = re.compile(r"sqlite(\+\w+)?://(/(:memory:|file:.*)?)?(\?.*)?")
_NAMED_ADDRESS = re.compile(r"(?P<name>[^<>@\"\r\n]*)<(?P<address>[^<>]*)>")
_DATABASE = re.compile(
    r"(?P<scheme>(sqlite|postgresql)(\+\w+)?)://"
    r"((?P<user>[^:/@?#]*)(:(?P<password>[^@]*))?@)?"
    r"(?P<host>\[[0-9A-Fa-f:.%]+\]|[\w.,~%-]*)(:(?P<port>\d+))?"
    r"(?P<database>/[^?]*)?(\?(?P<query>.*))?",
    re.DOTALL,
)


def one_address(text: str) -> str:
    """Read the address of one mailbox."""
    try:
        return plain_address(text)
    except InvalidAddress as error:
        raise ValueError(f"must be one mail address, like performance@example.org: {error.why}") from None


def sender(text: str) -> str:
    """Read a sender: an address, or a name with one."""
    named = _NAMED_ADDRESS.fullmatch(text)
    try:
        return f"{named['name']}<{plain_address(named['address'])}>" if named else plain_address(text)
    except InvalidAddress as error:
        wanted = "must be one mail address, like alerts@example.org or Alerting <alerts@example.org>"
        raise ValueError(f"{wanted}: {error.why}") from None


def greeting(text: str) -> str:
    """Read what a mail server is greeted with."""
    if not re.fullmatch(r"\[[0-9A-Fa-f:.]+\]|\[IPv6:[0-9A-Fa-f:.]+\]|(?:[A-Za-z0-9-]+\.)+[A-Za-z0-9-]+\.?", text):
        raise ValueError("must be a full host name, like alerts.example.org, or an address like [192.0.2.1]")
    return text


def web_address(text: str) -> str:
    """Read the address of a page; it stands in messages, so that it can hold no password."""
    parts = _split(text)
    if parts is None or not re.fullmatch(r"https?://[^\s/]+\S*", text) or not _has_port_number(parts):
        raise ValueError("must be an address that starts with https:// or http://")
    if "@" in parts.netloc:
        raise ValueError("must hold no user and no password: it is printed in messages")
    return text.rstrip("/")


def secret_web_address(address: str) -> str:
    """Read an address that is called, and that is a secret itself."""
    parts = _split(address)
    whole = parts is not None and parts.scheme in ("https", "http") and parts.hostname and _has_port_number(parts)
    if parts is None or not whole or "@" in parts.netloc or re.search(r"[^\x21-\x7e]", address):
        raise ValueError("must be an address like https://host/path")
    return address


def smtp_address(address: str) -> str:
    """Read a mail server's address; what a password that is not percent-encoded would make of it is refused."""
    wanted = "must look like smtp://user:password@host:port?tls=starttls"
    parts = _split(address)
    if parts is None or parts.scheme != "smtp" or not parts.hostname or not _has_port_number(parts):
        raise ValueError(wanted)
    if parts.path not in ("", "/") or parts.fragment:
        raise ValueError(f"{wanted}; percent-encode / ? # in user and password")
    if parts.query and not re.fullmatch(rf"tls=({'|'.join(TLS_MODES)})", parts.query):
        raise ValueError(f"{wanted}; tls is one of {', '.join(TLS_MODES)}")
    return address


def imap_address(address: str) -> str:
    """Read a mailbox's address, as `smtp_address` reads a server's; the folder stands behind the host."""
    wanted = "must look like imap://user:password@host:port/INBOX?tls=implicit"
    parts = _split(address)
    if parts is None or parts.scheme != "imap" or not parts.hostname or not _has_port_number(parts):
        raise ValueError(wanted)
    if not parts.username or not parts.password:
        raise ValueError(f"{wanted}; it needs user and password")
    if parts.fragment or re.search(r"[\x00-\x20\x7f]", address) or "@" in parts.path:
        raise ValueError(f"{wanted}; percent-encode @ : / ? # and spaces in user, password and folder")
    if parts.query and not re.fullmatch(rf"tls=({'|'.join(TLS_MODES)})", parts.query):
        raise ValueError(f"{wanted}; tls is one of {', '.join(TLS_MODES)}")
    return address


def server_name(text: str) -> str:
    """Read the name by which a mail server signs its Authentication-Results."""
    if not re.fullmatch(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.?", text):
        raise ValueError("must be a server's name as it stands first in Authentication-Results, like mx.example.org")
    return text


def listen_address(text: str) -> str:
    """Read an address to listen on; a port alone is on this machine only."""
    host, port = text.strip().rpartition(":")[::2]
    wanted = "must be a port, or an address of this machine with one, like 127.0.0.1:8080 or [::1]:8080"
    if not re.fullmatch(r"[0-9]{1,5}", port) or not 0 < int(port) < 65536:
        raise ValueError(wanted)
    bare = host[1:-1] if re.fullmatch(r"\[.*\]", host) else host
    try:
        address = ip_address({"": "127.0.0.1", "localhost": "127.0.0.1"}.get(bare, bare))
    except ValueError:
        raise ValueError(wanted) from None
    if (address.version == 6) != (bare != host):
        raise ValueError(wanted)
    return f"[{address}]:{int(port)}" if address.version == 6 else f"{address}:{int(port)}"


def keys_of(text: str) -> tuple[str, ...]:
    """Return the keys in a secret, one a word: the first one signs, all are believed."""
    return tuple(text.split())


def database_address(address: str) -> str:
    """Read a database's address; one that a driver might read in another way is refused, as parts would be printed."""
    if not re.match(r"(sqlite(\+pysqlite)?|postgresql(\+\w+)?)://", address):
        raise ValueError("must start with sqlite:/// or postgresql://")
    if _IN_MEMORY.fullmatch(address):
        raise ValueError("must name a file, like sqlite:////var/lib/alerting/alerting.db: who was told must be kept")
    found = _DATABASE.fullmatch(address)
    served = found is not None and found["scheme"].startswith("postgresql")
    if found is None or (served and _is_ambiguous(found)):
        raise ValueError(
            "must look like postgresql://user:password@host:port/name?sslmode=verify-full; percent-encode @ : / ? #"
            " in user and password (@ as %40), and let the port be a number"
        )
    return address


def printed_database(address: str) -> str:
    """Return a database's address as anybody may read it."""
    found = _DATABASE.fullmatch(address)
    if found is None:
        return f"{address.partition('://')[0]}://{HIDDEN}"
    who = (
        f"{found['user']}{f':{HIDDEN}' if found['password'] is not None else ''}@" if found["user"] is not None else ""
    )
    port = f":{found['port']}" if found["port"] else ""
    pairs = parse_qsl(found["query"] or "", keep_blank_values=True)
    query = "&".join(f"{name}={value}" if name in PRINTED else f"{_word(name)}={HIDDEN}" for name, value in pairs)
    place = f"{found['scheme']}://{who}{found['host']}{port}{found['database'] or ''}"
    return f"{place}?{query}" if query else place


def printed_mail(address: str) -> str:
    """Return host and port of a mail server or mailbox, for people to read: neither user nor password."""
    parts = _split(address)
    if parts is None or parts.hostname is None:
        return "not an address"
    return f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname


def secrets_of_database(address: str) -> Iterator[str]:
    """Yield what is secret in a database's address, less what is printed of it anyway."""
    found = _DATABASE.fullmatch(address)
    if found is None:
        return
    printed = printed_database(address)
    given = [found["password"], *(v for k, v in parse_qsl(found["query"] or "") if k not in PRINTED)]
    yield from (secret for secret in given if secret and unquote(secret) not in printed)


def secrets_of_mail(address: str) -> Iterator[str]:
    """Yield what is secret in the address of a mail server or mailbox, also as it is sent to sign in."""
    parts = urlsplit(address)
    if parts.password:
        yield parts.password
        yield f"\0{unquote(parts.username or '')}\0{unquote(parts.password)}"


def secrets_of_web(address: str) -> Iterator[str]:
    """Yield what is secret in an address that is called: all behind the host."""
    parts = urlsplit(address)
    yield from (part for part in (parts.path.strip("/"), parts.query) if len(part) > _WORDS)


def _is_ambiguous(found: re.Match[str]) -> bool:
    """Whether an @ stands where the driver's reader may see the end of a password that is not percent-encoded."""
    name, query = found["database"] or "", found["query"] or ""
    if re.search(r"\?.*=", found["password"] or "", re.DOTALL):  # rather a query with an @ in it
        return True
    return "@" in name or ("@" in query and not name and not found["host"].startswith("["))


def _word(name: str) -> str:
    return name if re.fullmatch(r"\w{1,40}", name) else HIDDEN


def _split(address: str) -> SplitResult | None:
    """Split an address; None where it is none, as with a bracket left open."""
    try:
        return urlsplit(address)
    except ValueError:
        return None


def _has_port_number(parts: SplitResult) -> bool:
    try:
        return parts.port is None or parts.port > 0
    except ValueError:
        return False
