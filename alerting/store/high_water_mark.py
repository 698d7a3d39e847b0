"""How far deliveries had come, noted beside the database: a database that has come less far was put back in time."""

import os
from contextlib import suppress
from pathlib import Path

#: In as many digits as ever needed, so that a newer number covers an older one whole.
_WIDTH = 20
#: The first tick after a database was put back tells anew what was told since the copy was made, and so do the digests that
#: follow it; with the second one all is as it was.
_TICKS_IN_DOUBT = 2


class HighWaterMark:
    """The number of the newest attempt that was ever committed.

    Args:
        path: where it is kept; None: in this process only.

    It is written after the commit and not forced to the disk: after a power cut it may be behind the database, never ahead.
    Once the database was found to be put back, it stays as it is, with how many ticks there were then, until all is known again.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._newest = 0
        self._ticks: int | None = None
        self._file: int | None = None

    @classmethod
    def beside(cls, database: Path | None) -> "HighWaterMark":
        """Return the mark of a database: in a file beside it, or in this process where it is none of this machine's."""
        return cls(None if database is None else database.with_name(f"{database.name}.mark"))

    @property
    def is_there(self) -> bool:
        """Whether a file says that the database was in use before."""
        return self._path is not None and self._path.exists()

    @property
    def is_put_back(self) -> bool:
        """Whether the database was put back, and what it tells may have been told before; as last read."""
        return self._ticks is not None

    def newest(self) -> int:
        """Return the newest attempt; 0 where nothing is known."""
        if self._path is not None:
            with suppress(OSError, ValueError):  # it is a second pair of eyes; the database itself is what counts
                newest, *ticks = map(int, self._path.read_text(encoding="ascii").split())
                self._newest, self._ticks = newest, ticks[0] if ticks else None
        return self._newest

    def set(self, newest: int) -> None:
        """Note the newest attempt. What cannot be noted is left: what is committed is committed."""
        if self._ticks is None:
            self._newest = newest
            self._write(b"%0*d\n" % (_WIDTH, newest))

    def compare(self, newest: int, ticks: int) -> bool:
        """Hold the database against the mark, as it was read before; return whether what waits may have been sent since.

        Args:
            newest: the newest attempt in the database.
            ticks: how many it knows of.
        """
        if self._ticks is None and newest >= self._newest:
            if newest > self._newest:
                self.set(newest)
            return False
        first = ticks if self._ticks is None else min(ticks, self._ticks)
        if ticks >= first + _TICKS_IN_DOUBT:
            self._ticks = None
            self.set(newest)
            return False
        if first != self._ticks:
            self._ticks = first
            self._write(b"%0*d\n%d\n" % (_WIDTH, self._newest, first))
        return True

    def _write(self, content: bytes) -> None:
        if self._path is None:
            return
        with suppress(OSError):
            if self._file is None:
                self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT, 0o600)
            os.pwrite(self._file, content, 0)
            if os.fstat(self._file).st_size > len(content):
                os.ftruncate(self._file, len(content))

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
