"""The files that sources name: inside the rules folder or the folder of figures, and nowhere else."""

import csv
import re
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from alerting.domain.likeness import nearest
from alerting.domain.problem import ProblemSeverity
from alerting.rulefile.mistakes import Mistake
from alerting.rulefile.parameters import parameters
from alerting.rulefile.plugins import SOURCES, Plugged, kinds
from alerting.rulefile.sections import Entry, Sections

#: The codes of a path that may not be read, and of a file that is not there (yet).
OUTSIDE, NOT_THERE = "unreadable-file", "missing-figures"
#: Written by people who mean something else than a path below the folder: drives, addresses, home folders.
_ELSEWHERE = re.compile(r"[A-Za-z]:|[A-Za-z][A-Za-z0-9+.-]*://|~|\\\\|/")


def file_mistakes(sections: Sections, folders: Sequence[Path]) -> Iterator[Mistake]:
    """Look for the file of every source, and of every path that a measure names."""
    for entry in sections.entries["sources"]:
        read: Plugged = entry.form
        cls = kinds(SOURCES)[read.kind]
        for key, (field, _) in parameters(cls.Settings).items():  # type: ignore[attr-defined]  # what makes a class a source
            if field.metadata.get("path") and key in read.settings:
                yield from _looked_for(entry, key, read.settings[key], folders)
    declared = {entry.id for entry in sections.entries["sources"]} | {
        id_ for name, id_ in sections.lost if name == "sources"
    }
    seen: set[str] = set()
    for entry in sections.entries["measures"]:
        path = entry.form.source
        if path is not None and path not in declared and path not in seen:
            seen.add(path)
            yield from _looked_for(entry, "source", path, folders)


def column_mistakes(sections: Sections, folders: Sequence[Path]) -> Iterator[Mistake]:
    """Warn of targets that name a column which the measure's file does not have: every rule on them has no target."""
    sources: dict[str, Plugged] = {entry.id: entry.form for entry in sections.entries["sources"]}
    headers: dict[str, list[str] | None] = {}
    for entry in sections.entries["measures"]:
        column = getattr(entry.form.target, "column", None)
        source = sources.get(entry.form.source)
        path = entry.form.source if source is None else source.settings.get("csv")
        if column is None or path is None or (source is not None and source.kind != "csv"):
            continue
        if path not in headers:
            headers[path] = _header(path, folders)
        renamed = getattr(source.form, "columns", {}) if source is not None else {}
        names, theirs = headers[path], renamed.get(column, column)
        if names is not None and theirs not in names:
            near = nearest(theirs, names)
            fix = f'did you mean "{near}"?' if near else f"write a number, or a column of it: {', '.join(names)}"
            message = f'no column "{theirs}" in {path}, so no target'
            yield entry.mistake("unknown-column", message, fix, key="target", severity=ProblemSeverity.WARNING)


def _header(path: str, folders: Sequence[Path]) -> list[str] | None:
    """Return the column names of a CSV file; None where there is none to read."""
    if trouble_with(path, folders) is not None:
        return None
    real = next(folder / path for folder in folders if (folder / path).is_file())
    try:
        with real.open(encoding="utf-8-sig", newline="") as file:
            return [name.strip() for name in next(csv.reader(file), [])]
    except (OSError, UnicodeDecodeError, csv.Error):
        return None  # the reader of figures says what is wrong with it


def _looked_for(entry: Entry, key: str, path: str, folders: Sequence[Path]) -> Iterator[Mistake]:
    trouble = trouble_with(path, folders)
    if trouble is not None:
        code, message, fix = trouble
        yield entry.mistake(code, message, fix, key=key)


def trouble_with(path: str, folders: Sequence[Path]) -> tuple[str, str, str | None] | None:
    """Return the code, why the file at *path* cannot be read, and what to do; None where it can."""
    where = " or ".join(str(folder) for folder in folders)
    inside = f"write a path inside {where}"
    if _ELSEWHERE.match(path) or ".." in PurePosixPath(path.replace("\\", "/")).parts:
        return OUTSIDE, f'"{path}" leads out of the folders that may be read', inside
    for folder in folders:
        try:
            real = (folder / path).resolve(strict=True)
        except OSError:
            continue
        if not real.is_relative_to(folder.resolve()):
            return OUTSIDE, f'"{path}" is a link out of {folder}', "put the file itself there"
        if not real.is_file():
            return OUTSIDE, f'"{path}" is no file', None
        return None
    return NOT_THERE, f'no file "{path}" in {where}', _near(path, folders)


def _near(path: str, folders: Sequence[Path]) -> str | None:
    """Suggest a file of the same folder with a name like it."""
    for folder in folders:
        parent = (folder / path).parent
        if parent.is_dir():
            near = nearest(Path(path).name, [file.name for file in parent.iterdir() if file.is_file()])
            if near is not None:
                return f'did you mean "{(PurePosixPath(path).parent / near).as_posix()}"?'
    return None
