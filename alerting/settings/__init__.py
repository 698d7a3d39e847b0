"""Settings of one installation, from the environment or from secret files; never from rule files."""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import Any

from alerting.errors import UsageError
from alerting.secrecy import HIDDEN, hushed, keep_secret
from alerting.settings.addresses import (
    database_address,
    greeting,
    imap_address,
    keys_of,
    listen_address,
    one_address,
    printed_database,
    printed_mail,
    secret_web_address,
    secrets_of_database,
    secrets_of_mail,
    secrets_of_web,
    sender,
    server_name,
    smtp_address,
    web_address,
)
from alerting.settings.names import PREFIX
from alerting.settings.reading import SettingsRead, found, text_now
from alerting.settings.secret import Secret

__all__ = ["READERS", "Secret", "Settings", "listen_tokens_now", "load_settings"]

#: How rarely `serve` may look, in seconds.
_LONGEST_POLL_S = 300
#: What is shorter can be guessed.
_SHORTEST_KEY = 16
#: What a token for posts may consist of (RFC 6750, b64token).
_IS_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*").fullmatch
_WRITE_ONE = "write a random text (`openssl rand -hex 32` makes one) into the secret file listen_token"
#: Where the token of a message may stand.
ADDRESS, TEXT = "address", "text"


def _default_state_dir() -> Path:
    home = os.environ.get("XDG_STATE_HOME")
    return (Path(home) if home else Path.home() / ".local" / "state") / "alerting"


@dataclass(frozen=True, kw_only=True, repr=False)
class Settings:
    """What an installation decides for itself. Each field is the variable ALERTING_<FIELD>, or the secret file <field>."""

    rules: Path = Path("rules")
    #: A second folder in which sources' relative paths are looked up.
    figures: Path | None = None
    state_dir: Path = field(default_factory=_default_state_dir)
    database_url: Secret | None = None
    smtp_url: Secret | None = None
    mail_from: str | None = None
    reply_to: str | None = None
    #: What the mail server is greeted with; default: this machine's full name, else [127.0.0.1].
    helo_name: str | None = None
    #: The mailbox in which answers and returned mails are read.
    imap_url: Secret | None = None
    #: How the mailbox's server calls itself in Authentication-Results.
    imap_server: str | None = None
    #: Where a message's token stands: in the address that answers go to, or in its text.
    reply_token: str = ADDRESS
    redirect_all_to: str | None = None
    base_url: str | None = None
    #: Keys, one a line: the first one signs tokens of messages, all are believed.
    secret_key: Secret | None = None
    #: Asked for once a minute while all is well.
    heartbeat_url: Secret | None = None
    protective_marking: str | None = None
    #: The browser that prints pages as PDF; without it one is looked for.
    chromium: Path | None = None
    #: The address and port on which `serve` hears of loads that are done, like 127.0.0.1:8080; None: it listens nowhere.
    listen: str | None = None
    #: Tokens, one a line, that such posts show; each is believed.
    listen_token: Secret | None = None
    #: How often `serve` looks whether something is due, in seconds.
    poll_s: float = 5.0
    #: Names that look like settings of ours, by what whoever starts the service should know of them; nothing acts on them.
    notes: Mapping[str, list[str]] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Return the settings without secrets, also those that stand where none belong."""
        shown = ", ".join(f"{one.name}={getattr(self, one.name)!r}" for one in fields(self))
        return hushed(f"Settings({shown})")

    @property
    def has_state(self) -> bool:
        """Whether anything may have been kept yet."""
        return self.database_url is not None or (self.state_dir / "alerting.db").exists()

    @property
    def database(self) -> str:
        """The database's address, password and all: for the driver only."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.state_dir / 'alerting.db'}"

    @property
    def is_state_a_file(self) -> bool:
        """Whether the state is a file that one machine alone works on (SQLite), and no server's."""
        return self.database.startswith("sqlite")

    def mail_domain(self, sender: str) -> str:
        """Return the domain of our mails: that of the address they are from, else of *sender*."""
        return (self.mail_from or sender).rpartition("@")[2].rstrip(">")

    @property
    def database_name(self) -> str:
        """The database's address as it may be printed."""
        return printed_database(self.database)

    @property
    def mail_server(self) -> str | None:
        """The mail server's host and port, as they may be printed; None: none is named."""
        return printed_mail(self.smtp_url.get_secret_value()) if self.smtp_url else None

    @property
    def mailbox(self) -> str | None:
        """The mailbox's host and port, as they may be printed; None: none is named."""
        return printed_mail(self.imap_url.get_secret_value()) if self.imap_url else None

    @property
    def answers_to(self) -> str | None:
        """The address, without a name, that answers go to: our own mailbox's, where one is read."""
        return self.reply_to or self.sender_address

    @property
    def sender_address(self) -> str | None:
        """The address, without a name, that our mails are from."""
        return None if self.mail_from is None else self.mail_from.rpartition("<")[2].rstrip("> ")

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that tokens are signed with; the first one signs."""
        return keys_of(self.secret_key.get_secret_value()) if self.secret_key else ()

    @property
    def listen_tokens(self) -> tuple[str, ...]:
        """The tokens that a post may show."""
        return keys_of(self.listen_token.get_secret_value()) if self.listen_token else ()

    @cached_property
    def secrets(self) -> tuple[str, ...]:
        """What nobody may read in a log, error or message."""
        secrets = [self.secret_key.get_secret_value(), *self.keys] if self.secret_key else []
        secrets += secrets_of_database(self.database)
        for address in (self.smtp_url, self.imap_url):
            secrets += secrets_of_mail(address.get_secret_value()) if address else ()
        secrets += secrets_of_web(self.heartbeat_url.get_secret_value()) if self.heartbeat_url else ()
        secrets += self.listen_tokens
        return tuple(secrets)

    @property
    def cache_dir(self) -> Path:
        """Where parsed rule files and figures are kept by digest; may be deleted at any time."""
        return self.state_dir / "cache"

    def make_state_dir(self) -> Path:
        """Make the state directory, readable for its owner only, and return it.

        Raises:
            UsageError: it cannot be made.
        """
        try:
            self.state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            message = f"cannot make the state directory {self.state_dir}: {error.strerror}; set {PREFIX}STATE_DIR"
            raise UsageError(message) from error
        return self.state_dir


def load_settings() -> Settings:
    """Read the settings.

    Raises:
        UsageError: names each variable that is wrong, what was found (secrets aside) and what to write.
    """
    read = found(READERS)
    values: dict[str, Any] = {}
    wrong = []
    for name, reader in READERS.items():
        if name in read.values:
            try:
                values[name] = reader(read.values[name])
            except ValueError as error:
                wrong.append(_sentence(name, str(error), read))
    if not wrong and "smtp_url" in values and "mail_from" not in values:
        wrong.append("ALERTING_SMTP_URL is set but ALERTING_MAIL_FROM is not; set it to the sender's address")
    if not wrong and "imap_url" in values:
        wrong += _lacks_for_answers(values)
    if not wrong and "listen" in values and "listen_token" not in values:
        wrong.append(f"ALERTING_LISTEN is set but ALERTING_LISTEN_TOKEN is not; {_WRITE_ONE}")
    if wrong:
        raise UsageError("; ".join(wrong))
    settings = Settings(**values, notes={"not_settings": list(read.own)} if read.own else {})
    keep_secret(settings.secrets)
    return settings


def listen_tokens_now() -> tuple[str, ...]:
    """Return the tokens for posts as they stand now: a secret file may have been written anew since the start.

    Raises:
        UsageError: the file is gone or cannot be read, or what it holds is no token.
    """
    read = text_now("listen_token")
    if read is None:
        raise UsageError(f"ALERTING_LISTEN_TOKEN is no longer set; {_WRITE_ONE}")
    text, place = read
    try:
        tokens = keys_of(_tokens(text).get_secret_value())
    except ValueError as error:
        raise UsageError(f"{place} {error}") from None
    keep_secret(tokens)
    return tokens


def _lacks_for_answers(values: Mapping[str, Any]) -> Iterator[str]:
    """Yield what must be set too where a mailbox is."""
    keys = keys_of(values["secret_key"].get_secret_value()) if "secret_key" in values else ()
    if not keys or min(map(len, keys)) < _SHORTEST_KEY:
        found = "holds a key that is too short" if keys else "is not"
        yield (
            f"ALERTING_IMAP_URL is set but ALERTING_SECRET_KEY {found}; set it to a random text of at least {_SHORTEST_KEY}"
            " characters without spaces (`openssl rand -hex 32` makes one): it signs where answers belong"
        )
    if "reply_to" not in values and "mail_from" not in values:
        yield "ALERTING_IMAP_URL is set but ALERTING_REPLY_TO is not; set it to the mailbox's address"


def _sentence(name: str, message: str, read: SettingsRead) -> str:
    """Say what is wrong with one variable and how to mend it."""
    value = read.values[name]
    # An address in the wrong variable may hold a password too.
    shown = f"{value.partition('://')[0]}://{HIDDEN}" if "://" in value else value
    found_there = "" if name in _SECRET else f"; found {shown!r}"
    return f"{read.places[name]} {message}{found_there}"


def _place_of_token(text: str) -> str:
    """Read where a message's token stands."""
    if text not in (ADDRESS, TEXT):
        raise ValueError(f"must be {ADDRESS} or {TEXT}")
    return text


def _tokens(text: str) -> Secret:
    """Read the tokens that posts show."""
    tokens = keys_of(text)
    if not tokens or min(map(len, tokens)) < _SHORTEST_KEY or not all(_IS_TOKEN(token) for token in tokens):
        raise ValueError(
            f"must be a random text of at least {_SHORTEST_KEY} letters, figures and -._~+/= (`openssl rand -hex 32` makes"
            " one); of several, one a line, each is believed"
        )
    return Secret(text)


def _seconds(text: str) -> float:
    """Read a time between two looks."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= _LONGEST_POLL_S:  # nor is it anything that is no number
        raise ValueError(f"must be a number of seconds above 0, at most {_LONGEST_POLL_S}")
    return seconds


#: Whose values nobody may read.
_SECRET = frozenset(("database_url", "smtp_url", "imap_url", "secret_key", "heartbeat_url", "listen_token"))
#: How the value of each setting is read, in the order of the fields; a ValueError says what it must be.
READERS: Mapping[str, Callable[[str], Any]] = {
    "rules": Path, "figures": Path, "state_dir": Path,
    "database_url": lambda text: Secret(database_address(text)),
    "smtp_url": lambda text: Secret(smtp_address(text)),
    "mail_from": sender, "reply_to": one_address, "helo_name": greeting,
    "imap_url": lambda text: Secret(imap_address(text)), "imap_server": server_name, "reply_token": _place_of_token,
    "redirect_all_to": one_address,
    "base_url": web_address, "secret_key": Secret,
    "heartbeat_url": lambda text: Secret(secret_web_address(text)),
    "listen": listen_address, "listen_token": _tokens,
    "protective_marking": str, "chromium": Path, "poll_s": _seconds,
}  # fmt: skip
