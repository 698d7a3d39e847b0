"""What a new rules folder holds, by path, and writing it where nothing is."""

import csv
import io
from collections.abc import Iterable, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath

from alerting.errors import UsageError


def smallest() -> dict[PurePosixPath, bytes]:
    """Return the files of the smallest folder that works: one measure, one area, one owner, one rule, one test."""
    return dict(_shipped(files(__package__) / "smallest", PurePosixPath()))


def example() -> dict[PurePosixPath, bytes]:
    """Return the files of the example: its rules, three years of figures, and `truth.csv`, which says what was put into them."""
    from alerting.scaffold import figures, truth

    made = {
        PurePosixPath(f"figures/{name}.csv"): _csv(figures.COLUMNS, figures.rows(every))
        for name, every in figures.FILES.items()
    }
    return {
        **dict(_shipped(files(__package__) / "example", PurePosixPath())),
        **made,
        PurePosixPath("truth.csv"): _csv(truth.COLUMNS, truth.rows()),
    }


def write(folder: Path, contents: Mapping[PurePosixPath, bytes]) -> None:
    """Write the files, and the folders they need; all of them, or none where one is already there.

    Raises:
        UsageError: a file is there already: nothing has been written.
    """
    for path in contents:
        if (there := folder / path).exists() or there.is_symlink():
            raise UsageError(f"{there} is there already, and is not written over; name a folder that is new or empty")
    for path, content in contents.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:
            file.write(content)


def _shipped(folder: Traversable, at: PurePosixPath) -> Iterable[tuple[PurePosixPath, bytes]]:
    for each in sorted(folder.iterdir(), key=lambda one: one.name):
        if each.is_dir():
            yield from _shipped(each, at / each.name)
        elif PurePosixPath(each.name).suffix in {".yaml", ".csv"}:
            yield at / each.name, each.read_bytes()


def _csv(columns: Iterable[str], lines: Iterable[Iterable[str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(lines)
    return text.getvalue().encode()
