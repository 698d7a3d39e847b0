"""Files that are dropped into a folder: the newest by name, or all of them, each read as what its ending says."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any, ClassVar, Literal

from alerting.domain.coverage import EVERYTHING, Coverage
from alerting.domain.file_patterns import is_pattern
from alerting.domain.rule import Source
from alerting.errors import SourceUnavailable
from alerting.plugins import discover
from alerting.ports import FigureSource, Recognising, SourceTable
from alerting.sources.tables.files import located
from alerting.sources.tables.stacked import stacked

#: A folder with more files to read is more likely one that nobody clears up.
MOST_FILES = 10_000
#: How programs call files that are not done yet: editors, browsers, copying programs.
_UNFINISHED = (".part", ".partial", ".tmp", ".temp", ".crdownload", ".download", ".filepart", ".swp", ".bak", "~")
_HIDDEN = (".", "~")
#: What says where on a workbook a table lies; other files have none of it.
_OF_SHEETS = ("sheet", "header", "range")
#: Endings that say of a text no more than that it is one.
_TEXTS = {"txt": "csv", "tsv": "csv"}
_DIGITS = re.compile(r"(\d+)")
WAYS = (
    (
        "`take: newest`",
        "the last file by name, digits as numbers: `figures-2020-10.csv` comes after `figures-2020-9.csv`",
    ),
    ("`take: all`", "all, in order of their names; a figure that stands in several counts as the last of them has it"),
    ("order", "by name alone: when a file was copied says nothing of its figures, so that an older one may come later"),
    ("endings", "each file is read as what its ending says, like a source of that kind; `.txt` and `.tsv` as csv"),
    (
        "not looked at",
        "files that begin with `.` or `~`, and `.part`, `.tmp` and the like: others are still writing them",
    ),
    ("`sheet`, `header`, `range`", "of workbooks among them, as under `excel`"),
    ("while one is written", "waited for, as others are; better rename one into the folder when it is whole"),
    ("one that cannot be read", "the source's trouble, whichever file it is: no older one is taken in its place"),
    ("what was read", "stays where it is: nothing is moved or deleted; the newest takes the place of those before"),
    ("files", f"up to {MOST_FILES:,} where all are taken"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """Where files are dropped, and which of them are read."""

    folder: str = field(metadata={"description": "the folder, relative to the rules folder or ALERTING_FIGURES"})
    files: str = field(default="*.csv", metadata={"description": "the names that are looked for, as a pattern"})
    take: Literal["newest", "all"] = field(
        default="newest", metadata={"description": "the last one by name, or all in order of their names"}
    )
    sheet: str | int | None = field(
        default=None, metadata={"description": "of workbooks: the sheet's name, or its number from 1"}
    )
    header: int | None = field(default=None, metadata={"description": "of workbooks: the row of the headings"})
    range: str | None = field(
        default=None, metadata={"description": "of workbooks: the cells that the table lies in: A3:N200, A3:N or A:N"}
    )

    def __post_init__(self) -> None:
        given = [name for name in _OF_SHEETS if getattr(self, name) is not None]
        kind = _kinds().get(PurePosixPath(self.files).suffix.lstrip(".").casefold())
        if given and kind is not None and not _takes(kind, given[0]):
            raise ValueError(f'{given[0]} is of workbooks, and "{self.files}" are none; write files: "*.xlsx"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a drop source takes."""

    drop: Dropped = field(metadata={"description": "the folder in which files are dropped"})


class DropSource:
    """Reads `{drop: {folder: …, files: …, take: …}}` sources."""

    kind: ClassVar[str] = "drop"
    suffixes: ClassVar[Sequence[str]] = ()
    ways: ClassVar[Sequence[tuple[str, str]]] = WAYS
    Settings = Settings

    def read(self, source: Source, folders: Sequence[Path], wanted: Coverage = EVERYTHING) -> SourceTable:
        """Read the files that are taken, each by the reader of its kind."""
        tables = [reader.read(own, [folder], wanted) for own, reader, folder in _taken(source, folders)]
        return tables[0] if len(tables) == 1 else stacked(tables, _pattern(source))

    def content(self, source: Source, folders: Sequence[Path]) -> str:
        """Return a digest of the files that are taken, with where they lie."""
        found = []
        for own, reader, folder in _taken(source, folders):
            if not isinstance(reader, Recognising):
                raise SourceUnavailable(f"{_pattern(source)}: cannot be told without being read")
            found.append(reader.content(own, [folder]))
        return "\n".join(found)

    def top(self, source: Source, folders: Sequence[Path]) -> Sequence[str]:
        """Return the first lines of the newest file, as the reader of its kind shows them."""
        try:
            own, reader, folder = _taken(source, folders)[-1]
        except SourceUnavailable:
            return ()
        return reader.top(own, [folder])

    def headings(self, source: Source, folders: Sequence[Path]) -> tuple[str, ...]:
        """Return the names of the columns of all files that are taken as ours."""
        names = [name for own, reader, folder in _taken(source, folders) for name in reader.headings(own, [folder])]
        return tuple(dict.fromkeys(names))


def _taken(source: Source, folders: Sequence[Path]) -> list[tuple[Source, FigureSource, Path]]:
    """Return the files that are read, in order: each as a source of its kind, with its reader and the folder it is in.

    Raises:
        SourceUnavailable: there is none, there are too many, or nothing reads one of them.
    """
    folder, names = _names(source, folders)
    if _setting(source, "take", "newest") == "newest":
        names = names[-1:]
    if len(names) > MOST_FILES:
        raise SourceUnavailable(
            f"{_pattern(source)}: {len(names):,} files, and no more than {MOST_FILES:,} are read; move old ones away, or"
            " `take: newest`"
        )
    kinds, found = _kinds(), []
    sheet = {name: value for name in _OF_SHEETS if (value := _setting(source, name, None)) is not None}
    for name in names:
        _, shown = located(name, [folder])
        kind = kinds.get(PurePosixPath(name).suffix.lstrip(".").casefold())
        if kind is None:
            raise SourceUnavailable(
                f"{shown}: nothing reads files with this ending; there are: {', '.join(sorted(kinds))}"
            )
        settings = {kind: name} | {key: value for key, value in sheet.items() if _takes(kind, key)}
        found.append((replace(source, kind=kind, settings=settings), _readers()[kind](), folder))
    return found


def _kinds() -> Mapping[str, str]:
    """Return the kind of source that reads a file, by the file's ending."""
    return {suffix: kind for kind, cls in _readers().items() for suffix in getattr(cls, "suffixes", (kind,))} | _TEXTS


def _takes(kind: str, key: str) -> bool:
    """Whether a kind of source has a setting of this name."""
    return key in _readers()[kind].Settings.__dataclass_fields__


def _readers() -> Mapping[str, Any]:
    """Return the kinds of sources that read one file under their own key."""
    return {
        kind: cls for kind, cls in discover("alerting.sources", "kind").items()
        if any(one.metadata.get("path") for one in cls.Settings.__dataclass_fields__.values() if one.name == kind)  # type: ignore[attr-defined]
    }  # fmt: skip


def _names(source: Source, folders: Sequence[Path]) -> tuple[Path, list[str]]:
    """Return the folder that has files, and their paths in it in order of their names.

    Raises:
        SourceUnavailable: no folder has any; or what is looked for leads out of them.
    """
    pattern = _pattern(source)
    if PurePosixPath(pattern).is_absolute() or ".." in PurePosixPath(pattern).parts or "\\" in pattern:
        raise SourceUnavailable(f"{pattern}: leads out of the folders that may be read; name a folder inside them")
    for folder in folders:
        paths = folder.glob(pattern) if is_pattern(pattern) else [folder / pattern]
        names = [path.relative_to(folder).as_posix() for path in paths if _is_finished(path.name) and path.is_file()]
        if names:
            return folder, sorted(names, key=_by_name)
    looked = " and ".join(str(folder) for folder in folders)
    what = "no file is like" if any((folder / _folder(source)).is_dir() for folder in folders) else "no folder for"
    raise SourceUnavailable(f'{what} "{pattern}" in {looked}', is_missing=True)


def _is_finished(name: str) -> bool:
    return not name.startswith(_HIDDEN) and not name.casefold().endswith(_UNFINISHED)


def _by_name(path: str) -> tuple[list[tuple[int, int, str]], str]:
    """Return what orders paths: by name, digits as the numbers they are."""
    parts = _DIGITS.split(path.casefold())
    return [(int(n % 2), int(part) if n % 2 else 0, "" if n % 2 else part) for n, part in enumerate(parts)], path


def _pattern(source: Source) -> str:
    return (PurePosixPath(_folder(source)) / str(_setting(source, "files", "*.csv"))).as_posix()


def _folder(source: Source) -> str:
    return str(_setting(source, "folder", "."))


def _setting(source: Source, key: str, default: str | None) -> Any:
    return source.settings["drop"].get(key, default)
