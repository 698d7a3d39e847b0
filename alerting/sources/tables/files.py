"""Files of figures: looked up inside the folders that may be read, and nowhere else."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from alerting.domain.file_patterns import is_pattern
from alerting.errors import SourceUnavailable

#: What is shown of a file that cannot be read.
_TOP_BYTES, _TOP_LINES, _TOP_WIDTH = 4096, 5, 160


def located(name: str, folders: Sequence[Path]) -> tuple[Path, str]:
    """Return the file of a relative path, in the first folder that has it, and its name for messages.

    Raises:
        SourceUnavailable: no folder has it, or it lies outside the folder by a link.
    """
    for folder in folders:
        path = folder / name
        if path.is_file():
            if not path.resolve().is_relative_to(folder.resolve()):
                raise SourceUnavailable(f"{path}: lies outside {folder}; figures are read from inside it only")
            return path, str(path)
    looked = " and ".join(str(folder) for folder in folders)
    raise SourceUnavailable(f'no file "{name}" in {looked}', is_missing=True)


def recognised(path: Path, content: bytes | None = None) -> str:
    """Return what tells a file's bytes from all others, and where it lies.

    Args:
        content: what was read of it; None: it is read here, a piece at a time.

    Raises:
        OSError: it cannot be read.
    """
    if content is not None:
        return f"{path}:{hashlib.sha256(content).hexdigest()}"
    with path.open("rb") as file:
        return f"{path}:{hashlib.file_digest(file, 'sha256').hexdigest()}"


def matching(name: str, folders: Sequence[Path]) -> list[tuple[Path, str]]:
    """Return the files of a relative path or pattern, by name: of the first folder that has any.

    Raises:
        SourceUnavailable: no folder has one, or one lies outside the folder by a link.
    """
    if not is_pattern(name):
        return [located(name, folders)]
    for folder in folders:
        paths = sorted(path for path in folder.glob(name) if path.is_file())
        if paths:
            return [located(path.relative_to(folder).as_posix(), [folder]) for path in paths]
    looked = " and ".join(str(folder) for folder in folders)
    raise SourceUnavailable(f'no file is like "{name}" in {looked}', is_missing=True)


def first_lines(name: str, folders: Sequence[Path]) -> Sequence[str]:
    """Return a text file's first lines as they stand, cut, with escapes where no line can show them; none where it is away."""
    try:
        path, _ = located(name, folders)
        with path.open("rb") as file:
            lines = file.read(_TOP_BYTES).decode("utf-8", "backslashreplace").splitlines()
    except (OSError, SourceUnavailable):
        return ()
    return [
        line[:_TOP_WIDTH].encode("unicode_escape").decode() if not line.isprintable() else line[:_TOP_WIDTH]
        for line in lines[:_TOP_LINES]
    ]
