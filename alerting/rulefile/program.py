"""This program as it is installed, in a few letters: what it made of something may be kept until it changes."""

import hashlib
import os
import sys
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

import click

#: Whatever is found by scanning lies in one of these.
PACKAGES = ("alerting", "notifiers")


@cache
def program() -> str:
    """Return a digest over every module's name, size and times, Python, and when a package was last installed beside it.

    Raises:
        OSError: it does not lie in files.
    """
    digest = hashlib.sha256(sys.version.encode())
    for package in PACKAGES:
        for folder in import_module(package).__path__:
            for path, status in sorted(_modules(folder)):
                digest.update(f"{path}\0{status}\0".encode())
    digest.update(str(Path(click.__file__).parents[1].stat().st_mtime_ns).encode())
    return digest.hexdigest()


def _modules(folder: str) -> Iterator[tuple[str, str]]:
    """Yield the path of each module, and what tells whether it was changed.

    Not the time of its contents alone: builds that can be repeated set that to one and the same.
    """
    for entry in os.scandir(folder):
        if entry.is_dir():
            if entry.name != "__pycache__":
                yield from _modules(entry.path)
        elif entry.name.endswith(".py"):
            status = entry.stat()
            yield entry.path, f"{status.st_size} {status.st_mtime_ns} {status.st_ctime_ns}"
