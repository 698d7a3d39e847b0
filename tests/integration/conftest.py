"""What many stories begin with."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from samples import dovecot as imap_servers
from samples.dovecot import Dovecot
from samples.services import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A service that is not started yet, its folder and its mail server."""
    made = World(tmp_path)
    with made.sink:
        yield made
    made.close()


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """An IMAP server in which each test takes a mailbox of its own; tests are skipped where it is not installed."""
    with imap_servers.running() as server:
        yield server
