"""Where the values of settings come from: variables of the environment, and files with one secret each."""

import os
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG
from typing import Final

from alerting.errors import UsageError
from alerting.settings.names import OLD, PREFIX, SECRETS_DIR, is_for_tests, near, prefix_slip

#: Copies that editors and people leave beside a file.
_COPIES: Final = ("~", ".bak", ".old", ".orig", ".swp")
#: No setting is longer.
_LONGEST_BYTES: Final = 64 * 1024
#: How variables are named; no such name leads out of a folder.
_IS_NAME: Final = re.compile(r"[A-Z][A-Z0-9_]*").fullmatch


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsRead:
    """What was found.

    `values` and `places` (where each stands, for messages) are by setting. `own`: names that are people's own.
    """

    values: Mapping[str, str]
    places: Mapping[str, str]
    own: tuple[str, ...]


def found(settings: Collection[str]) -> SettingsRead:
    """Read the values of *settings*; the environment wins over files, the later folder over the one before.

    Raises:
        UsageError: a name is like a setting's and none; a secret file cannot be read.
    """
    reader = _Reader(settings)
    for folder in _secret_folders():
        reader.read_folder(folder)
    reader.read_environment(os.environ)
    return SettingsRead(values=reader.values, places=reader.places, own=tuple(sorted(reader.own)))


def secret_named(name: str) -> str | None:
    """Return what a variable, or a secret file, of exactly this name holds; None: there is neither.

    The environment wins over files, the later folder over the one before, as for settings.

    Raises:
        UsageError: the file cannot be read, or the name is that of no variable.
    """
    if not _IS_NAME(name):
        # Not what stands there: it may be the secret itself.
        raise UsageError(
            "what stands there is no name of a secret; write one in capitals, like TEAMS_OPS_URL, and put the secret"
            " into the variable of that name"
        )
    if value := os.environ.get(name):
        return value
    files = [folder / name for folder in _secret_folders() if (folder / name).exists()]
    return _text_of(files[-1]) if files else None


def text_now(setting: str) -> tuple[str, str] | None:
    """Return what a setting holds by now and where it stands, for messages; None: it is not set any more.

    Raises:
        UsageError: its secret file cannot be read.
    """
    if value := os.environ.get(variable := variable_of(setting)):
        return value, variable
    names = {setting, variable, variable.lower()}
    files = [path for folder in _secret_folders() for path in folder.iterdir() if path.name in names]
    return (_text_of(files[-1]), f"the secret file {files[-1]}") if files else None


class _Reader:
    def __init__(self, settings: Collection[str]) -> None:
        self.settings = frozenset(settings)
        self.values: dict[str, str] = {}
        self.places: dict[str, str] = {}
        self.own: set[str] = set()

    def read_environment(self, variables: Mapping[str, str]) -> None:
        """Take what the environment says; an empty variable counts as unset."""
        for name in sorted(variables):
            if name.upper().startswith(PREFIX):
                self._variable(name, variables[name])
            elif (meant := prefix_slip(name, self.settings)) is not None:
                raise UsageError(f"{name} is no setting; did you mean {PREFIX}{meant.upper()}?")

    def _variable(self, name: str, value: str) -> None:
        setting = name[len(PREFIX) :].lower()
        exact = name == name.upper()
        if exact and (setting == SECRETS_DIR or is_for_tests(setting)):
            return
        if exact and (setting in self.settings or setting in OLD):
            # The new name wins where both are set.
            if value and not (setting in OLD and variable_of(OLD[setting]) in os.environ):
                self._take(OLD.get(setting, setting), value, name)
        elif (meant := near(setting, self.settings)) is not None:
            raise UsageError(f"{name} is no setting; did you mean {variable_of(meant)}?")
        else:
            self.own.add(name)

    def read_folder(self, folder: Path) -> None:
        """Take each file that is named like a setting: `smtp_url`, or as before `ALERTING_SMTP_URL`."""
        here: dict[str, tuple[str, Path]] = {}
        for path, setting in self._named(folder):
            value = _text_of(path)
            other = here.setdefault(setting, (value, path))
            if other[0] != value:
                raise UsageError(f"the secret files {other[1]} and {path} say two things of one setting; remove one")
        for setting, (value, path) in here.items():
            self._take(setting, value, f"the secret file {path}")

    def _named(self, folder: Path) -> Iterator[tuple[Path, str]]:
        for path in sorted(folder.iterdir()):
            name = path.name
            if name.startswith("."):
                continue
            prefixed = name.upper().startswith(PREFIX)
            setting = name[len(PREFIX) :].lower() if prefixed else name
            if setting in self.settings or setting in OLD:
                yield path, OLD.get(setting, setting)
            elif path.is_dir():
                continue
            elif name.endswith(_COPIES):
                self.own.add(name)
            elif (meant := near(setting, self.settings)) is not None:
                raise UsageError(f"the secret file {path} is no setting; did you mean {meant}?")
            else:
                self.own.add(name)

    def _take(self, setting: str, value: str, place: str) -> None:
        self.values[setting], self.places[setting] = value, place


def variable_of(setting: str) -> str:
    """Return the variable of a setting."""
    return f"{PREFIX}{setting.upper()}"


def _secret_folders() -> Iterator[Path]:
    """Yield the folders of secret files; of two files for one setting, that in the later folder counts."""
    if (credentials := os.environ.get("CREDENTIALS_DIRECTORY")) and Path(credentials).is_dir():
        yield Path(credentials)
    if named := os.environ.get(variable := variable_of(SECRETS_DIR)):
        if not Path(named).is_dir():
            raise UsageError(f"{variable} names {named}, which is not a folder; make it or unset the variable")
        yield Path(named)


def _text_of(path: Path) -> str:
    try:
        status = path.stat()
        if not S_ISREG(status.st_mode):
            raise UsageError(
                f"the secret file {path} is no plain file; put one with the setting's value here, or remove it"
            )
        if status.st_size > _LONGEST_BYTES:
            raise UsageError(f"the secret file {path} is longer than any setting; is it the right file?")
        text = path.read_text(encoding="utf-8-sig").strip()
    except OSError as error:
        raise UsageError(f"the secret file {path} cannot be read: {(error.strerror or '').lower()}") from None
    except UnicodeDecodeError:
        raise UsageError(f"the secret file {path} is no text in UTF-8; write it anew") from None
    if not text:
        raise UsageError(f"the secret file {path} is empty; write the setting's value into it, or remove it")
    return text
