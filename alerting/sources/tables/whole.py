"""Files read whole: one that is being written is waited for, one that changes under the reader is read again."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from alerting.errors import SourceUnavailable

#: A file whose last line has no end may be half written, unless nobody has touched it for so long.
QUIET_S = 10.0
#: A file that changes for longer than this is given up until the next reading.
PATIENCE_S = 120.0
#: How often a file that is waited for is looked at.
LOOK_S = 0.25
#: Some file systems note times by steps of two seconds: a change within one leaves size and time as they were.
STEP_NS = 2_000_000_000

_Mark = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class WholeFile:
    """A file's content; `cut`: it was just written, and its last line has no end, so that it may be cut off there."""

    content: bytes
    cut: bool = False


def ends_its_last_line(content: bytes) -> bool:
    """Return whether the last line has its end; in UTF-16 its second byte may stand behind it."""
    return content[-2:].strip(b"\0")[-1:] in (b"\n", b"\r")


def whole(path: Path, shown: str, largest: int, is_ended: Callable[[bytes], bool] = ends_its_last_line) -> WholeFile:
    """Return the content of a file that nobody was writing meanwhile.

    Read into memory, never through a map: a file that is cut short under a map ends the process.

    Args:
        shown: its name for messages.
        largest: bytes above which it is refused.
        is_ended: whether a content has the end that is written last.

    Raises:
        SourceUnavailable: it cannot be read, is too large, or goes on changing.
    """
    began = time.monotonic()
    unended: tuple[_Mark, float] | None = None
    while True:
        try:
            mark, content = _read(path, shown, largest)
        except OSError as error:
            raise SourceUnavailable(f"{shown}: cannot be read: {error.strerror}") from error
        now = time.monotonic()
        if content is not None:
            if is_ended(content):
                return WholeFile(content)
            waited = unended is not None
            if unended is None or unended[0] != mark:
                unended = mark, now
            if _is_old(mark) or now - unended[1] >= QUIET_S:
                return WholeFile(content, cut=waited and bool(content))
        if now - began > PATIENCE_S:
            raise SourceUnavailable(
                f"{shown}: somebody has been writing to it for {PATIENCE_S / 60:g} minutes; write new figures to another"
                " file beside it, and rename that one when it is whole"
            )
        time.sleep(LOOK_S)


def _read(path: Path, shown: str, largest: int) -> tuple[_Mark, bytes | None]:
    """Return the file's mark and its content; None where it changed meanwhile."""
    before = _mark(path)
    if before[0] > largest:
        raise SourceUnavailable(f"{shown}: larger than {largest // 1024**3} GiB")
    content = path.read_bytes()
    whole = _mark(path) == before and len(content) == before[0]
    if whole and abs(time.time_ns() - before[1]) < STEP_NS:  # too fresh for its time to tell
        whole = _digest(path.read_bytes()) == _digest(content) and _mark(path) == before
    return before, content if whole else None


def _mark(path: Path) -> _Mark:
    """Return size, time and identity, by which a change is seen."""
    status = path.stat()
    return status.st_size, status.st_mtime_ns, status.st_dev, status.st_ino


def _digest(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=16).digest()


def _is_old(mark: _Mark) -> bool:
    """Return whether nobody has touched it for long; a time to come says nothing."""
    age_s = time.time() - mark[1] / 1e9
    return age_s >= QUIET_S
