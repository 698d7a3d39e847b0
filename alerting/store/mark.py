"""How far deliveries had come, noted beside the database: a database that has come less far was put back in time."""

import os
from contextlib import suppress
from pathlib import Path

#: In as many digits as ever needed, so that a newer number covers an older one whole.
_WIDTH = 20


class Mark:
    """The number of the newest attempt that was ever committed.

    Args:
        path: where it is kept; None: in this process only.

    It is written after the commit and not forced to the disk: after a power cut it may be behind the database, never ahead.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._newest = 0
        self._file: int | None = None

    @classmethod
    def beside(cls, database: Path | None) -> "Mark":
        """Return the mark of a database: in a file beside it, or in this process where it is none of this machine's."""
        return cls(None if database is None else database.with_name(f"{database.name}.mark"))

    @property
    def is_there(self) -> bool:
        """Whether a file says that the database was in use before."""
        return self._path is not None and self._path.exists()

    def newest(self) -> int:
        """Return the newest attempt; 0 where nothing is known."""
        if self._path is not None:
            try:
                return int(self._path.read_text(encoding="ascii"))
            except (OSError, ValueError):
                return self._newest  # it is a second pair of eyes; the database itself is what counts
        return self._newest

    def set(self, newest: int) -> None:
        """Note the newest attempt. What cannot be noted is left: what is committed is committed."""
        self._newest = newest
        if self._path is None:
            return
        with suppress(OSError):
            if self._file is None:
                self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT, 0o600)
            os.pwrite(self._file, b"%0*d\n" % (_WIDTH, newest), 0)

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
