"""Settings of one installation, from the environment or from secret files; never from rule files."""

import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    SecretStr,
    ValidationError,
    model_validator,
)

from alerting.errors import UsageError
from alerting.secrecy import HIDDEN, hushed, keep_secret
from alerting.settings.addresses import (
    database_address,
    greeting,
    one_address,
    printed_database,
    printed_smtp,
    secret_web_address,
    secrets_of_database,
    secrets_of_smtp,
    secrets_of_web,
    sender,
    smtp_address,
    web_address,
)
from alerting.settings.names import PREFIX
from alerting.settings.reading import found, variable_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic_core import ErrorDetails


def _default_state_dir() -> Path:
    home = os.environ.get("XDG_STATE_HOME")
    return (Path(home) if home else Path.home() / ".local" / "state") / "alerting"


class Settings(BaseModel):
    """What an installation decides for itself. Each field is the variable ALERTING_<FIELD>, or the secret file <field>."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    rules: Path = Path("rules")
    #: A second folder in which sources' relative paths are looked up.
    figures: Path | None = None
    state_dir: Path = Field(default_factory=_default_state_dir)
    database_url: Annotated[SecretStr, AfterValidator(database_address)] | None = None
    smtp_url: Annotated[SecretStr, AfterValidator(smtp_address)] | None = None
    mail_from: Annotated[str, AfterValidator(sender)] | None = None
    reply_to: Annotated[str, AfterValidator(one_address)] | None = None
    #: What the mail server is greeted with; default: this machine's full name, else [127.0.0.1].
    helo_name: Annotated[str, AfterValidator(greeting)] | None = None
    redirect_all_to: Annotated[str, AfterValidator(one_address)] | None = None
    base_url: Annotated[str, AfterValidator(web_address)] | None = None
    secret_key: SecretStr | None = None
    #: Asked for once a minute while all is well.
    heartbeat_url: Annotated[SecretStr, AfterValidator(secret_web_address)] | None = None
    protective_marking: str | None = None
    #: The browser that prints pages as PDF; without it one is looked for.
    chromium: Path | None = None
    #: How often `serve` looks whether something is due, in seconds.
    poll_s: float = Field(default=5.0, gt=0, le=300, allow_inf_nan=False)
    #: Names that look like settings of ours and are people's own, and settings of other versions.
    _own: tuple[str, ...] = PrivateAttr(default=())
    _later: tuple[str, ...] = PrivateAttr(default=())

    @model_validator(mode="after")
    def _mail_needs_a_sender(self) -> "Settings":
        if self.smtp_url is not None and self.mail_from is None:
            raise ValueError("ALERTING_SMTP_URL is set but ALERTING_MAIL_FROM is not; set it to the sender's address")
        return self

    def __repr__(self) -> str:
        """Return the settings without secrets, also those that stand where none belong."""
        return hushed(super().__repr__())

    __str__ = __repr__

    @property
    def database(self) -> str:
        """The database's address, password and all: for the driver only."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.state_dir / 'alerting.db'}"

    @property
    def database_name(self) -> str:
        """The database's address as it may be printed."""
        return printed_database(self.database)

    @property
    def mail_server(self) -> str | None:
        """The mail server's host and port, as they may be printed; None: none is named."""
        return printed_smtp(self.smtp_url.get_secret_value()) if self.smtp_url else None

    @cached_property
    def secrets(self) -> tuple[str, ...]:
        """What nobody may read in a log, error or message."""
        secrets = [self.secret_key.get_secret_value()] if self.secret_key else []
        secrets += secrets_of_database(self.database)
        secrets += secrets_of_smtp(self.smtp_url.get_secret_value()) if self.smtp_url else ()
        secrets += secrets_of_web(self.heartbeat_url.get_secret_value()) if self.heartbeat_url else ()
        return tuple(secrets)

    @property
    def notes(self) -> dict[str, list[str]]:
        """What whoever starts the service should know of names that nothing acts on."""
        notes = {"not_settings": list(self._own), "not_acted_on": list(self._later)}
        return {note: names for note, names in notes.items() if names}

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
    read = found(Settings.model_fields)
    try:
        settings = Settings.model_validate(dict(read.values))
    except ValidationError as error:
        problems = error.errors(include_url=False, include_input=False)
        raise UsageError("; ".join(_sentence(problem, read.values, read.places) for problem in problems)) from None
    settings._own, settings._later = read.own, read.later  # noqa: SLF001  # they are its own
    keep_secret(settings.secrets)
    return settings


def _sentence(problem: "ErrorDetails", values: "Mapping[str, str]", places: "Mapping[str, str]") -> str:
    """Say what is wrong with one variable and how to mend it."""
    message = problem["msg"].removeprefix("Value error, ")
    if not problem["loc"]:
        return message
    field = str(problem["loc"][0])
    value, place = values.get(field, ""), places.get(field, variable_of(field))
    secret = "SecretStr" in str(Settings.model_fields[field].annotation)
    # An address in the wrong variable may hold a password too.
    shown = f"{value.partition('://')[0]}://{HIDDEN}" if "://" in value else value
    found_there = f"; found {shown!r}" if value and not secret else ""
    return f"{place} {message[:1].lower()}{message[1:]}{found_there}"
