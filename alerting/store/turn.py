"""Taking turns: of several processes on one state, one at a time judges or sends."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alerting.errors import UsageError

FILE_NAME = "alerting.lock"
#: How long another process is waited for, and how often it is looked at, in seconds.
PATIENCE, LOOK_AGAIN = 900.0, 0.1


@contextmanager
def turn(folder: Path, patience: float = PATIENCE) -> Iterator[None]:
    """Wait for other processes on the same state to be done, and keep them waiting meanwhile.

    The lock belongs to the process: it ends with it, however that ends.

    Raises:
        UsageError: the folder cannot be written, or another process has not finished within *patience*.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / FILE_NAME, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise UsageError(
            f"cannot write to {folder}: {error.strerror}; name another folder in ALERTING_STATE_DIR"
        ) from error
    try:
        _wait(handle, folder, patience)
        yield
    finally:
        os.close(handle)  # which gives the lock back


def _wait(handle: int, folder: Path, patience: float) -> None:
    until = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                minutes = f"{patience / 60:.0f} minutes"
                raise UsageError(
                    f"another alerting process has been at work on {folder} for {minutes}; end it"
                ) from None
            time.sleep(LOOK_AGAIN)
        else:
            return
