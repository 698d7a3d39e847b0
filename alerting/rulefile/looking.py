"""Looking for the files that sources name: inside the rules folder or the folder of figures, and nowhere else.

What was looked for and found is written down, so that it can be told later whether the same would be found again.
"""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from alerting.domain.file_patterns import is_pattern
from alerting.domain.rule import Source
from alerting.errors import SourceUnavailable
from alerting.plugins import discover
from alerting.spelling import nearest

#: The codes of a path that may not be read, of a file that is not there (yet), and of one that cannot be read as it is now.
OUTSIDE, NOT_THERE, UNREADABLE = "unreadable-file", "missing-figures", "unreadable-figures"
#: What may befall a file while the rules are sound: it stops the measures that need it, and refuses no rules.
PASSING = frozenset((NOT_THERE, UNREADABLE))
#: Written by people who mean something else than a path below the folder: drives, addresses, home folders.
_ELSEWHERE = re.compile(r"[A-Za-z]:|[A-Za-z][A-Za-z0-9+.-]*://|~|\\\\|/")
#: The code, why a file cannot be read, and what to do.
Trouble = tuple[str, str, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was found: by path, what stops its file from being read, and by source, the names of its columns."""

    troubles: Mapping[str, Trouble | None]
    headings: Mapping[str, tuple[str, ...]]


class FigureFiles:
    """The files of figures below some folders, each looked for once."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self.folders = folders
        self._troubles: dict[str, Trouble | None] = {}
        self._headings: dict[str, tuple[str, ...]] = {}

    @property
    def seen(self) -> Seen:
        """What has been found so far."""
        return Seen(troubles=self._troubles, headings=self._headings)

    def are_as(self, seen: Seen, sources: Mapping[str, Source]) -> bool:
        """Say whether the same is found as before."""
        return all(self.trouble(path) == trouble for path, trouble in seen.troubles.items()) and all(
            self.headings(sources[id_]) == names for id_, names in seen.headings.items()
        )

    def trouble(self, path: str) -> Trouble | None:
        """Return what stops the file at *path* from being read; None: nothing."""
        if path not in self._troubles:
            self._troubles[path] = trouble_with(path, self.folders)
        return self._troubles[path]

    def headings(self, source: Source) -> tuple[str, ...]:
        """Return the names of a source's columns; none where they cannot be told, which the reader of figures says."""
        if source.id not in self._headings:
            self._headings[source.id] = self._read_headings(source)
        return self._headings[source.id]

    def _read_headings(self, source: Source) -> tuple[str, ...]:
        kind = discover("alerting.sources", "kind").get(source.kind)
        path = source.settings.get(source.kind)
        if kind is None or (isinstance(path, str) and self.trouble(path) is not None):
            return ()
        try:
            return tuple(kind().headings(source, self.folders))
        except (OSError, SourceUnavailable):
            return ()


def trouble_with(path: str, folders: Sequence[Path]) -> Trouble | None:
    """Return the code, why the file at *path* cannot be read, and what to do; None where it can."""
    where = " or ".join(str(folder) for folder in folders)
    inside = f"write a path inside {where}"
    if _ELSEWHERE.match(path) or ".." in PurePosixPath(path.replace("\\", "/")).parts:
        return OUTSIDE, f'"{path}" leads out of the folders that may be read', inside
    if is_pattern(path):
        matched = any(file.is_file() for folder in folders for file in folder.glob(path))
        return None if matched else (NOT_THERE, f'no file is like "{path}" in {where}', None)
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
