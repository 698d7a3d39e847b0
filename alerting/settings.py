"""Settings of one installation, from the environment or from secret files; never from rule files."""

import difflib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from alerting.domain.mailbox import NoAddress, plain_address
from alerting.errors import UsageError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

PREFIX: Final = "ALERTING_"
#: Names the folder with one file per setting (Kubernetes, Docker); systemd names its own in CREDENTIALS_DIRECTORY.
SECRETS_DIR: Final = f"{PREFIX}SECRETS_DIR"
#: How like a setting's name a variable must be to count as a slip of the pen; users may have ALERTING_… of their own.
SLIP: Final = 0.9

TLS_MODES: Final = ("starttls", "implicit", "none")
#: Addresses of SQLite without a plain file: what is kept there is gone when the process ends.
_IN_MEMORY = re.compile(r"sqlite(\+\w+)?://(/(:memory:|file:.*)?)?(\?.*)?")
_NAMED_ADDRESS = re.compile(r"(?P<name>[^<>@\"\r\n]*)<(?P<address>[^<>]*)>")


def _one_address(text: str) -> str:
    try:
        return plain_address(text)
    except NoAddress as error:
        raise ValueError(f"must be one mail address, like performance@example.org: {error.why}") from None


def _sender(text: str) -> str:
    named = _NAMED_ADDRESS.fullmatch(text)
    try:
        return f"{named['name']}<{plain_address(named['address'])}>" if named else plain_address(text)
    except NoAddress as error:
        wanted = "must be one mail address, like alerts@example.org or Alerting <alerts@example.org>"
        raise ValueError(f"{wanted}: {error.why}") from None


def _greeting(text: str) -> str:
    if not re.fullmatch(r"\[[0-9A-Fa-f:.]+\]|\[IPv6:[0-9A-Fa-f:.]+\]|(?:[A-Za-z0-9-]+\.)+[A-Za-z0-9-]+\.?", text):
        raise ValueError("must be a full host name, like alerts.example.org, or an address like [192.0.2.1]")
    return text


def _web_address(text: str) -> str:
    parts = _parts(text)
    if parts is None or not re.fullmatch(r"https?://[^\s/]+\S*", text) or not _has_port_number(parts):
        raise ValueError("must be an address that starts with https:// or http://")
    return text.rstrip("/")


def _secret_web_address(secret: SecretStr) -> SecretStr:
    parts = _parts(secret.get_secret_value())
    whole = parts is not None and parts.scheme in ("https", "http") and parts.hostname and _has_port_number(parts)
    if parts is None or not whole or "@" in parts.netloc or re.search(r"[^\x21-\x7e]", secret.get_secret_value()):
        raise ValueError("must be an address like https://host/path")
    return secret


def _smtp_address(secret: SecretStr) -> SecretStr:
    wanted = "must look like smtp://user:password@host:port?tls=starttls"
    parts = _parts(secret.get_secret_value())
    if parts is None or parts.scheme != "smtp" or not parts.hostname or not _has_port_number(parts):
        raise ValueError(wanted)
    if parts.query and not re.fullmatch(rf"tls=({'|'.join(TLS_MODES)})", parts.query):
        raise ValueError(f"{wanted}; tls is one of {', '.join(TLS_MODES)}")
    return secret


def _parts(address: str) -> SplitResult | None:
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


def _database_address(secret: SecretStr) -> SecretStr:
    if not re.match(r"(sqlite(\+pysqlite)?|postgresql(\+\w+)?)://", secret.get_secret_value()):
        raise ValueError("must start with sqlite:/// or postgresql://")
    if _IN_MEMORY.fullmatch(secret.get_secret_value()):
        raise ValueError("must name a file, like sqlite:////var/lib/alerting/alerting.db: who was told must be kept")
    return secret


def _default_state_dir() -> Path:
    home = os.environ.get("XDG_STATE_HOME")
    return (Path(home) if home else Path.home() / ".local" / "state") / "alerting"


class Settings(BaseSettings):
    """What an installation decides for itself. Each field is the variable ALERTING_<FIELD>, or a file of that name."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    rules: Path = Path("rules")
    #: A second folder in which sources' relative paths are looked up.
    figures: Path | None = None
    state_dir: Path = Field(default_factory=_default_state_dir)
    database_url: Annotated[SecretStr, AfterValidator(_database_address)] | None = None
    smtp_url: Annotated[SecretStr, AfterValidator(_smtp_address)] | None = None
    mail_from: Annotated[str, AfterValidator(_sender)] | None = None
    reply_to: Annotated[str, AfterValidator(_one_address)] | None = None
    #: What the mail server is greeted with; default: this machine's full name, else [127.0.0.1].
    helo_name: Annotated[str, AfterValidator(_greeting)] | None = None
    redirect_all_to: Annotated[str, AfterValidator(_one_address)] | None = None
    base_url: Annotated[str, AfterValidator(_web_address)] | None = None
    secret_key: SecretStr | None = None
    #: Asked for once a minute while all is well.
    heartbeat_url: Annotated[SecretStr, AfterValidator(_secret_web_address)] | None = None
    protective_marking: str | None = None
    #: The browser that prints pages as PDF; without it one is looked for.
    chromium: Path | None = None
    #: How often `serve` looks whether something is due, in seconds.
    bell_s: float = Field(default=5.0, gt=0, le=300)

    @model_validator(mode="after")
    def _mail_needs_a_sender(self) -> "Settings":
        if self.smtp_url is not None and self.mail_from is None:
            raise ValueError("ALERTING_SMTP_URL is set but ALERTING_MAIL_FROM is not; set it to the sender's address")
        return self

    @property
    def database(self) -> str:
        """The database's address, password and all: for the driver only."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.state_dir / 'alerting.db'}"

    @property
    def database_name(self) -> str:
        """The database's address as it may be printed."""
        return re.sub(r"://([^/@]*?):[^/]*@", r"://\1:***@", self.database)

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
    _refuse_slips()
    try:
        return Settings(_secrets_dir=_secret_folders())  # type: ignore[call-arg]  # hidden by dataclass_transform
    except ValidationError as error:
        raise UsageError("; ".join(_sentence(problem) for problem in error.errors(include_url=False))) from None
    except SettingsError as error:
        raise UsageError(f"the settings cannot be read: {error}") from error


def _secret_folders() -> list[Path]:
    """Return the folders of secret files; of two files for one setting, that in the later folder counts."""
    folders = []
    if (credentials := os.environ.get("CREDENTIALS_DIRECTORY")) and Path(credentials).is_dir():
        folders.append(Path(credentials))
    if named := os.environ.get(SECRETS_DIR):
        if not Path(named).is_dir():
            raise UsageError(f"{SECRETS_DIR} names {named}, which is not a folder; make it or unset the variable")
        folders.append(Path(named))
    return folders


def _refuse_slips() -> None:
    # A misspelt ALERTING_REDIRECT_ALL_TO that is passed over would send a first week's trial mails to everybody.
    known = {f"{PREFIX}{field.upper()}" for field in Settings.model_fields} | {SECRETS_DIR}
    for name in sorted(os.environ):
        if name.startswith(PREFIX) and name not in known and (near := difflib.get_close_matches(name, known, 1, SLIP)):
            raise UsageError(f"{name} is no setting; did you mean {near[0]}?")


def _sentence(problem: "ErrorDetails") -> str:
    """Say what is wrong with one variable and how to mend it."""
    message = problem["msg"].removeprefix("Value error, ")
    if not problem["loc"]:
        return message
    field = str(problem["loc"][0])
    name = f"{PREFIX}{field.upper()}"
    found = os.environ.get(name)
    secret = "SecretStr" in str(Settings.model_fields[field].annotation)
    shown = f"; found {found!r}" if found is not None and not secret else ""
    return f"{name} {message[:1].lower()}{message[1:]}{shown}"
