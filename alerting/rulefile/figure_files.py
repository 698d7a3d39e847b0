"""The files that sources name: inside the rules folder or the folder of figures, and nowhere else."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Any

from alerting.domain.columns_wanted import columns_wanted
from alerting.domain.likeness import nearest
from alerting.domain.problem import ProblemSeverity
from alerting.domain.rule import RuleSet, Source
from alerting.domain.source_columns import listed
from alerting.errors import SourceUnavailable
from alerting.rulefile.mistakes import Mistake
from alerting.rulefile.parameters import parameters
from alerting.rulefile.plugins import SOURCES, Plugged, kinds
from alerting.rulefile.reading import RuleFile
from alerting.rulefile.sections import Entry, Sections

#: The codes of a path that may not be read, of a file that is not there (yet), and of one that cannot be read as it is now.
OUTSIDE, NOT_THERE, UNREADABLE = "unreadable-file", "missing-figures", "unreadable-figures"
#: What may befall a file while the rules are sound: it stops the measures that need it, and refuses no rules.
PASSING = frozenset((NOT_THERE, UNREADABLE))
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


def file_mistakes_of_lost(files: Sequence[RuleFile], sections: Sections, folders: Sequence[Path]) -> Iterator[Mistake]:
    """Look for the files of what has mistakes of its own too, so that one run names all that is to be mended."""
    kept = {(id(entry.file), entry.path) for name in ("sources", "measures") for entry in sections.entries[name]}
    for file, path, key, value in _named_in(files):
        declared = key == "source" and any(value in _mapping(other, "sources") for other in files)
        if (id(file), path) not in kept and not declared and (trouble := trouble_with(value, folders)) is not None:
            code, message, fix = trouble
            yield Mistake(file=file, path=(*path, key), code=code, message=message, fix=fix)


def _named_in(files: Sequence[RuleFile]) -> Iterator[tuple[RuleFile, tuple[str | int, ...], str, str]]:
    """Yield the paths of figures as they are written: file, where it stands, key and path."""
    of_kind = {
        (kind, key)
        for kind, cls in kinds(SOURCES).items()
        for key, (field, _) in parameters(cls.Settings).items()  # type: ignore[attr-defined]  # what makes a class a source
        if field.metadata.get("path")
    }
    for file in files:
        for name, source in _mapping(file, "sources").items():
            for kind, key in of_kind:
                if isinstance(source, dict) and kind in source and isinstance(source.get(key), str):
                    yield file, ("sources", name), key, source[key]
        measures = file.value.get("measures")
        for index, measure in enumerate(measures if isinstance(measures, list) else ()):
            path = measure.get("source") if isinstance(measure, dict) else None
            if isinstance(path, str) and PurePosixPath(path).suffix.lstrip(".") in kinds(SOURCES):  # else it is an id
                yield file, ("measures", index), "source", path


def _mapping(file: RuleFile, section: str) -> Mapping[str, Any]:
    found = file.value.get(section)
    return found if isinstance(found, dict) else {}


def column_mistakes(sections: Sections, rules: RuleSet, folders: Sequence[Path]) -> Iterator[Mistake]:
    """Warn of columns that a target or condition names and its source does not have: nothing is ever judged by them."""
    headings: dict[str, tuple[str, ...]] = {}
    for want in columns_wanted(rules):
        source, entry = rules.sources.get(want.source), sections.by_id(want.section).get(want.id)
        if source is None or entry is None or want.column in source.fixed:
            continue
        if source.id not in headings:
            headings[source.id] = _headings(source, folders)
        names = headings[source.id]
        theirs = source.columns.get(want.column, want.column)
        if not names or want.column in names:
            continue
        near = nearest(theirs, names)
        fix = f'did you mean "{near}"?' if near else f"there are: {listed(names)}"
        lacks = "no target" if want.section == "measures" else "nothing to judge by"
        message = f'no column "{theirs}" in {source.settings.get(source.kind, source.id)}, so {lacks}'
        key = "target" if want.section == "measures" else "when"
        yield entry.mistake("unknown-column", message, fix, key=key, severity=ProblemSeverity.WARNING)


def _headings(source: Source, folders: Sequence[Path]) -> tuple[str, ...]:
    """Return the names of a source's columns; none where they cannot be told, which the reader of figures says."""
    kind = kinds(SOURCES).get(source.kind)
    path = source.settings.get(source.kind)
    if kind is None or (isinstance(path, str) and trouble_with(path, folders) is not None):
        return ()
    try:
        return tuple(kind().headings(source, folders))
    except (OSError, SourceUnavailable):
        return ()


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
        except (FileNotFoundError, NotADirectoryError):
            continue
        except (OSError, RuntimeError) as error:  # a folder that may not be entered; links that go round in a circle
            why = error.strerror if isinstance(error, OSError) else "it is a link that leads back to itself"
            return UNREADABLE, f'"{path}" cannot be read: {why}', None
        if not real.is_relative_to(folder.resolve()):
            return UNREADABLE, f'"{path}" is a link out of {folder}', "put the file itself there"
        if not real.is_file():
            return UNREADABLE, f'"{path}" is no file', None
        return None
    return NOT_THERE, f'no file "{path}" in {where}', _near(path, folders)


def _near(path: str, folders: Sequence[Path]) -> str | None:
    """Suggest a file of the same folder with a name like it."""
    for folder in folders:
        with suppress(OSError):  # there is no such folder, or it may not be looked into
            names = [file.name for file in (folder / path).parent.iterdir() if file.is_file()]
            if (near := nearest(Path(path).name, names)) is not None:
                return f'did you mean "{(PurePosixPath(path).parent / near).as_posix()}"?'
    return None
