"""The files of `templates/` in a rules folder: read once, whole, as plain text; nothing outside the folder is opened."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

#: The folder below the rules folder that holds templates of the organisation's own.
FOLDER = "templates"
#: What a template's name ends with; files of other names are listed and not opened.
SUFFIX = ".j2"
#: Stands for `templates` itself where that cannot be used.
WHOLE = "."
MOST_FILES = 5_000
MOST_BYTES = 256 * 1024
#: All of them together; they are handed over to one process.
MOST_BYTES_TOGETHER = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateFile:
    """One file: its name below `templates/`, and its text; or what stands in the way of using it, and the fix."""

    name: str
    text: str = ""
    trouble: str | None = None
    fix: str | None = None


def template_files(rules_folder: Path) -> dict[str, TemplateFile]:
    """Return every file of the rules folder's `templates/`, by name; none where there is no such folder.

    A file that may not or cannot be used is there with its trouble, so that nobody takes it for missing.
    """
    top = rules_folder / FOLDER
    if not os.path.lexists(top):
        return {}
    found: dict[str, TemplateFile] = {}
    left = MOST_BYTES_TOGETHER
    for path in _paths(top, rules_folder.resolve()):
        name = path.relative_to(top).as_posix()
        if len(found) == MOST_FILES:
            found[name] = _refused(name, f"there are more than {MOST_FILES:,} templates", "remove some")
            break
        if not name.endswith(SUFFIX) and name != WHOLE:
            found[name] = _refused(name, "its name says that it is no template", f"end it with {SUFFIX}")
            continue
        found[name] = _read(path, name, rules_folder.resolve(), left)
        left -= len(found[name].text)
    return found


def _paths(top: Path, real_rules: Path) -> Iterator[Path]:
    """Yield the files below *top* in order; links to folders as if they were files, and nothing that is hidden."""
    if not top.resolve().is_relative_to(real_rules) or not top.is_dir():
        yield top
        return
    for directory, folders, names in os.walk(top):
        here = Path(directory)
        links = [name for name in folders if (here / name).is_symlink()]
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in links)
        yield from (here / name for name in sorted([*names, *links]) if not name.startswith("."))


def _read(path: Path, name: str, real_rules: Path, left: int) -> TemplateFile:
    try:
        real = path.resolve(strict=True)
        if not real.is_relative_to(real_rules):
            return _refused(name, "the link leads out of the rules folder", "put the file itself here")
        if name == WHOLE:
            return _refused(name, "this is no folder", "make it one, or remove it")
        if real.is_dir():
            return _refused(name, "a link to a folder is not followed", "put the files themselves here")
        raw = _bytes(real)
    except OSError as error:
        return _refused(name, f"cannot be read: {error.strerror or error}", "put a plain file here, or remove it")
    except RuntimeError:  # links that go round in a circle
        return _refused(name, "it is a link that leads back to itself", "put a plain file here, or remove it")
    if raw is None:
        return _refused(name, "this is no plain file", "remove it")
    if len(raw) > min(MOST_BYTES, left):
        most = f"{MOST_BYTES // 1024} kB for one template, {MOST_BYTES_TOGETHER // 1024:,} kB for all"
        return _refused(name, f"more than {most}", "shorten it")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return _refused(name, f"byte 0x{raw[error.start]:02X} is not UTF-8", "save the file as UTF-8")
    return TemplateFile(name=name, text=text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"))


def _bytes(real: Path) -> bytes | None:
    """Return a plain file's first bytes, one more than may be; None where it is none, so that no pipe is waited for."""
    opened = os.open(real, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(opened, "rb") as file:
        return file.read(MOST_BYTES + 1) if stat.S_ISREG(os.fstat(opened).st_mode) else None


def _refused(name: str, trouble: str, fix: str) -> TemplateFile:
    return TemplateFile(name=name, trouble=trouble, fix=fix)
