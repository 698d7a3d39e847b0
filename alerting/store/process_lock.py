"""Taking turns: of several processes on one state, one at a time judges, and one at a time sends."""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from alerting.errors import UsageError

#: The files of the locks: who judges keeps nobody from sending, and a server that hangs keeps nobody from judging.
JUDGING, SENDING = "alerting.lock", "sending.lock"
#: How long another process is waited for, and how often it is looked at, in seconds.
PATIENCE, LOOK_AGAIN = 900.0, 0.1
#: After so many seconds it is said who is waited for: most are done sooner.
SILENT = 2.0
#: What is read of the file that says who holds the lock.
_LONGEST_NOTE = 200


@contextmanager
def process_lock(
    folder: Path,
    patience: float = PATIENCE,
    *,
    name: str = JUDGING,
    say: Callable[[str], object] = lambda _: None,
    silent: float = SILENT,
) -> Iterator[None]:
    """Wait for other processes on the same state to be done, and keep them waiting meanwhile.

    The lock belongs to the process: it ends with it, however that ends.

    Args:
        name: of the lock: what is taken in turns.
        say: is told in words, once, who is waited for, where that takes longer than *silent* seconds.

    Raises:
        UsageError: the folder cannot be written, or another process has not finished within *patience*.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / name, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise UsageError(
            f"cannot write to {folder}: {error.strerror}; name another folder in ALERTING_STATE_DIR"
        ) from error
    try:
        _wait(handle, folder, patience, (say, silent))
        _sign(handle)
        yield
    finally:
        os.close(handle)  # which gives the lock back


def _wait(handle: int, folder: Path, patience: float, telling: tuple[Callable[[str], object], float]) -> None:
    say, silent = telling
    begun = time.monotonic()
    until, told = begun + patience, False
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                minutes = f"{patience / 60:.0f} minutes"
                raise UsageError(
                    f"another alerting process{_holder(handle)} has been at work on {folder} for {minutes}; end it"
                ) from None
            if not told and time.monotonic() > begun + silent:
                told = True
                say(f"waiting for another alerting process{_holder(handle)} to be done with {folder}")
            time.sleep(LOOK_AGAIN)
        else:
            return


def _sign(handle: int) -> None:
    """Write down who holds the lock, for those who wait; where the disk is full they are not told."""
    with suppress(OSError):
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"process {os.getpid()}, since {datetime.now(UTC):%H:%M:%S} UTC\n".encode(), 0)


def _holder(handle: int) -> str:
    """Say who holds the lock, in brackets; nothing where it is not known."""
    with suppress(OSError):
        noted = os.pread(handle, _LONGEST_NOTE, 0).decode("ascii", "replace").strip()
        return f" ({noted})" if noted else ""
    return ""
