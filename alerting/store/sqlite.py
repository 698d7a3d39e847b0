"""SQLite: one file of one machine, opened so that what is committed is there after a power cut."""

import os
import pwd
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DataError, DBAPIError, ProgrammingError
from sqlalchemy.pool import StaticPool

from alerting.errors import AlertingError, UsageError

#: How long a writer waits for another one before it gives up.
_BUSY_TIMEOUT_MS = 10_000
#: File systems of other machines: their locks and shared memory are not what SQLite needs.
_NETWORK = frozenset(
    (
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "ncpfs",
        "afs",
        "ceph",
        "lustre",
        "gfs2",
        "ocfs2",
        "glusterfs",
        "beegfs",
        "fuse.sshfs",
        "fuse.glusterfs",
        "fuse.ceph-fuse",
        "fuse.s3fs",
        "fuse.rclone",
        "fuse.davfs",
    )
)
#: In an address: use the file although it lies on another machine.
_FORCED = "network"
#: Files up to this size are looked through at each start: some 60 ms.
_CHECKED_WHOLE = 16 * 1024 * 1024
#: With less space than this nothing is handed over: that it was could not be noted.
_LEAST_FREE = 8 * 1024 * 1024
_RESTORE = (
    "stop alerting, keep the file and those beside it, put the newest good backup in its place"
    ' and start again (deploy/README.md, "Back-up and upgrade")'
)
_ADVICE = {
    "SQLITE_FULL": "free some space on its disk: nothing is lost, and what was under way is done again",
    "SQLITE_IOERR": "its disk fails or is full: look at the system's log; nothing is sent until it can be noted",
    "SQLITE_CORRUPT": _RESTORE,
    "SQLITE_NOTADB": _RESTORE,
    "SQLITE_READONLY": "give this user the right to write to the file and its folder",
    "SQLITE_CANTOPEN": "give this user the right to write to the file and its folder",
}

Identity = tuple[int, int]


def engine_at(address: URL, **settings: Any) -> Engine:
    """Make the engine; connects to nothing yet."""
    if file_of(address) is None:
        # One connection for a database in memory: a second one would see an empty database of its own.
        settings |= {"poolclass": StaticPool, "connect_args": {"check_same_thread": False}}
    engine = create_engine(address.difference_update_query([_FORCED]), **settings)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself; `_begin` does
    for pragma in (
        f"busy_timeout={_BUSY_TIMEOUT_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",  # a committed notice survives a power cut
        "foreign_keys=ON",
        "trusted_schema=OFF",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin(connection: Connection) -> None:
    # A transaction that reads first and writes later can lose its place to another writer without waiting; so every
    # writer takes the lock at once.
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def advice(error: DBAPIError, reason: str) -> str | None:
    """Say what to do about what the database refuses; None where it is ours to mend."""
    if isinstance(error, DataError | ProgrammingError):
        return None
    name = str(getattr(error.orig, "sqlite_errorname", ""))
    if "locked" in reason:
        return f"another process has held it for more than {_BUSY_TIMEOUT_MS / 1000:g} s; try again later"
    known = (text for start, text in _ADVICE.items() if name.startswith(start))
    found = next(known, "")
    return f"user {_user()}: {found}" if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN")) else found


def passes(error: BaseException | None) -> bool:
    """Whether a transaction may do well if it is tried again: another one held the database for long, as a large tick does."""
    return isinstance(error, DBAPIError) and str(getattr(error.orig, "sqlite_errorname", "")).startswith("SQLITE_BUSY")


def file_of(address: URL) -> Path | None:
    """Return the file of a SQLite database; None for one in memory and for servers."""
    if address.get_backend_name() != "sqlite" or address.database in (None, "", ":memory:"):
        return None
    return Path(str(address.database))


def ensure_file(path: Path) -> None:
    """Make the file and its folder where they are missing, readable by this user only.

    Raises:
        UsageError: that is not allowed, or the folder's name is taken by something else.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UsageError(
            f"the state database {path} cannot be opened by user {_user()}: {reason};"
            " set ALERTING_STATE_DIR or ALERTING_DATABASE_URL to a place that this user may write to"
        ) from error


def _user() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:  # in a container, say
        return str(os.geteuid())


def identity_of(path: Path) -> Identity | None:
    """Return what tells a file from another of the same name; None where there is none."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino


def refuse_network(address: URL) -> None:
    """Make sure that the file lies on this machine, or that somebody has said that it need not.

    Raises:
        UsageError: it lies on a network file system.
    """
    path = file_of(address)
    if path is None or address.query.get(_FORCED) == "yes":
        return
    kind = kind_of_file_system(path.absolute(), mounts())
    if kind in _NETWORK:
        raise UsageError(
            f"the state database {path} lies on a network file system ({kind}), where SQLite's locks and log cannot be"
            " relied on; set ALERTING_STATE_DIR to a folder of this machine, use PostgreSQL, or add ?network=yes to"
            " ALERTING_DATABASE_URL where you know better"
        )


def mounts() -> str:
    """Return the kernel's table of mounted file systems; empty where there is none."""
    try:
        return Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def kind_of_file_system(path: Path, table: str) -> str | None:
    """Return the kind of file system a path lies on; None where the table does not say."""
    real = os.path.realpath(path)
    found, depth = None, -1
    for line in table.splitlines():
        mount, _, kind = line.partition(" - ")
        # Blanks and the like stand as \040 in the table.
        where = mount.split()[4].encode().decode("unicode_escape")
        inside = real == where or real.startswith(where.rstrip("/") + "/")
        if inside and len(where) >= depth:  # of two on one place the later one covers the other
            found, depth = kind.split()[0], len(where)
    return found


def check_whole(path: Path) -> None:
    """Look through a file that is small enough to be looked through at each start.

    Raises:
        AlertingError: it is damaged.
    """
    if path.stat().st_size > _CHECKED_WHOLE:
        return
    with closing(sqlite3.connect(path, timeout=_BUSY_TIMEOUT_MS / 1000)) as connection:
        try:
            (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        except sqlite3.DatabaseError as error:
            if not error.sqlite_errorname.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
                return  # locked, say: whoever uses it next says so
            found = str(error)
    if found != "ok":
        raise AlertingError(f"the state database {path} is damaged: {' '.join(found.split())}; {_RESTORE}")


def check_space(path: Path) -> None:
    """Make sure that there is space for what is to be noted.

    Raises:
        AlertingError: there is too little.
    """
    status = os.statvfs(path.parent)
    free = status.f_bavail * status.f_frsize
    if free < _LEAST_FREE:
        raise AlertingError(
            f"only {free / 1024**2:.1f} MiB are free on the disk of the state database {path}: nothing is handed over"
            " that might not be noted; free some space"
        )


def lost(path: Path) -> UsageError:
    """Return the error for a database that was there and is empty or gone."""
    return UsageError(f"the state database {path} is gone or empty, and it was in use before: {_RESTORE}")


def replaced(path: Path) -> AlertingError:
    """Return the error for a file that was taken away under our hands: what is written to it would be lost."""
    return AlertingError(
        f"the state database {path} was deleted, moved or replaced while it was in use; stop alerting, put the file"
        " back or restore a backup, and start again"
    )
