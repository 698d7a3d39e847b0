"""Rule files as text: which files of a folder are read, and their text with plain line ends."""

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from alerting.rulefile.tree import TextProblem

#: Ten thousand rules have 2.2 MB.
MOST_BYTES = 16 * 1024 * 1024
MOST_FILES = 5_000
#: Folders at the top that hold no rules: rule tests, and figures.
NOT_RULES = frozenset({"tests", "figures"})
#: YAML counts these as line ends where editors do not, so that every later line number would be wrong.
_ODD_LINE_ENDS = {"\x85": "U+0085", "\u2028": "U+2028", "\u2029": "U+2029"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One file: its path below the folder, its bytes, and its text unless a flaw stands in the way."""

    relative: str
    raw: bytes
    text: str = ""
    flaw: TextProblem | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A file that is not read, and why."""

    relative: str
    why: str
    fix: str


def texts(folder: Path) -> list[Text | Skipped]:
    """Read every rule file of *folder*, by path; what cannot be read says so."""
    found = sorted(_candidates(folder, folder.resolve()), key=lambda file: file.relative)
    if len(found) > MOST_FILES:
        raise OSError(f"more than {MOST_FILES:,} rule files")
    return found


def version_of(files: list[Text]) -> str:
    """Return "sha256:…" over paths and bytes; any change of any rule file changes it."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.relative}\0{len(file.raw)}\0".encode())
        digest.update(file.raw)
    return f"sha256:{digest.hexdigest()}"


def _candidates(folder: Path, real_folder: Path) -> Iterator[Text | Skipped]:
    locked: list[OSError] = []
    for directory, folders, names in os.walk(folder, onerror=locked.append):
        here = Path(directory)
        top = here == folder
        folders[:] = sorted(name for name in folders if not name.startswith(".") and not (top and name in NOT_RULES))
        for name in folders:
            if (here / name).is_symlink():
                why, fix = "a link to a folder is not followed", "put the files themselves here"
                yield Skipped(relative=(here / name).relative_to(folder).as_posix(), why=why, fix=fix)
        for name in names:
            relative = (here / name).relative_to(folder).as_posix()
            if name.startswith("."):
                continue
            if name.endswith(".yaml"):
                yield _read(here / name, relative, real_folder)
            elif name.endswith(".yml"):
                yield Skipped(relative=relative, why="only *.yaml files are read", fix=f"rename it to {name[:-4]}.yaml")
    for error in locked:  # what is in it counts as cannot be read, not as taken out of the rules
        relative = Path(error.filename).relative_to(folder).as_posix()
        yield _refused(relative, f"this folder cannot be read: {error.strerror}", "let this user read it")


def _read(path: Path, relative: str, real_folder: Path) -> Text:
    try:
        real = path.resolve(strict=True)
        status = real.stat()
        if not real.is_relative_to(real_folder):
            return _refused(relative, "the link leads out of the rules folder", "put the file itself here")
        if not stat.S_ISREG(status.st_mode):
            return _refused(relative, "this is no plain file", "remove it")
        if status.st_size > MOST_BYTES:
            size = f"{status.st_size / 2**20:,.0f} MiB are more than the {MOST_BYTES // 2**20} MiB a rule file may have"
            return _refused(relative, size, "split it")
        raw = real.read_bytes()
    except OSError as error:
        return _refused(relative, f"cannot be read: {error.strerror or error}", None)
    except RuntimeError:  # links that go round in a circle
        return _refused(relative, "cannot be read: it is a link that leads back to itself", "remove it")
    return _decoded(relative, raw)


def _refused(relative: str, message: str, fix: str | None) -> Text:
    return Text(
        relative=relative, raw=b"", flaw=TextProblem(line=1, column=1, code="unreadable-file", message=message, fix=fix)
    )


def _decoded(relative: str, raw: bytes) -> Text:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line, column = _place(raw[: error.start].decode("utf-8", "replace"))
        message = f"byte 0x{raw[error.start]:02X} is not UTF-8"
        flaw = TextProblem(
            line=line, column=column, code="unreadable-file", message=message, fix="save the file as UTF-8"
        )
        return Text(relative=relative, raw=raw, flaw=flaw)
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    for character, name in _ODD_LINE_ENDS.items():
        if (at := text.find(character)) >= 0:
            line, column = _place(text[:at])
            message = f"the line separator {name} stands inside the text"
            flaw = TextProblem(
                line=line, column=column, code="yaml-syntax", message=message, fix="end the line as usual, or remove it"
            )
            return Text(relative=relative, raw=raw, text=text, flaw=flaw)
    return Text(relative=relative, raw=raw, text=text)


def _place(before: str) -> tuple[int, int]:
    return before.count("\n") + 1, len(before) - before.rfind("\n")
