"""A folder of JSON files that may be deleted at any time; what cannot be read back counts as absent."""

import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any


class JsonFiles:
    """Files in *folder*; None keeps nothing."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder

    def read(self, name: str, object_hook: Callable[[dict[str, Any]], Any] | None = None) -> Any:
        """Return what a file holds, and mark it as used; None where there is nothing to be read."""
        if self.folder is None:
            return None
        path = self.folder / name
        try:
            kept = json.loads(path.read_bytes(), object_hook=object_hook)
            os.utime(path)
        except (OSError, ValueError, TypeError, RecursionError):
            return None
        return kept

    def write(self, name: str, value: Any, default: Callable[[Any], Any] | None = None) -> None:
        """Write a file, which only this user may read.

        Raises:
            OSError: the folder cannot be written to.
        """
        assert self.folder is not None
        text = json.dumps(value, default=default, separators=(",", ":"))
        write_whole(self.folder, name, text.encode("ascii"))

    def prune(self, pattern: str, most: int) -> None:
        """Remove all files of a pattern but so many, the longest unused first."""
        assert self.folder is not None
        entries = sorted(self.folder.glob(pattern), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in entries[most:]:
            path.unlink(missing_ok=True)


def write_whole(folder: Path, name: str, data: bytes) -> None:
    """Write a file, which only this user may read: whoever reads it sees the old one or the new, never half.

    Raises:
        OSError: the folder cannot be written to.
    """
    _make_private(folder)
    with tempfile.NamedTemporaryFile(dir=folder, suffix=".tmp", delete=False) as file:
        try:
            file.write(data)
            file.close()
            Path(file.name).replace(folder / name)
        except OSError:
            Path(file.name).unlink()
            raise


def _make_private(folder: Path) -> None:
    """Make a folder and those that it lies in; those that were not there are their owner's alone."""
    if not folder.parent.exists():
        _make_private(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
