"""What stands beside the figures of a load: when its files were last changed, and its marker."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from alerting.domain.loads import Complete, LoadSigns


def signs_of(complete: Complete | None, files: Sequence[Path], folders: Sequence[Path]) -> LoadSigns:
    """Look at what says when a load is whole.

    Args:
        files: what was read; none: it lies in no file.
        folders: that may be read.
    """
    changed = [time for file in files if (time := _written(file)) is not None]
    marker = None if complete is None or complete.marker is None else _marker(complete.marker, files, folders)
    return LoadSigns(changed=max(changed, default=None), marked=marker)


def _marker(name: str, files: Sequence[Path], folders: Sequence[Path]) -> datetime | None:
    """Return when the marker was written: beside the figures, else where relative paths are looked up."""
    for path in _places(name, files, folders):
        if path.is_file() and any(path.resolve().is_relative_to(folder.resolve()) for folder in folders):
            return _written(path)
    return None


def _places(name: str, files: Sequence[Path], folders: Sequence[Path]) -> Iterator[Path]:
    yield from dict.fromkeys(file.parent / name for file in files)
    yield from (folder / name for folder in folders)


def _written(path: Path) -> datetime | None:
    """Return when a file was last written; None: it is gone."""
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError:
        return None
