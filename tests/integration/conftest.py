"""What many stories begin with."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from samples.services import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A service that is not started yet, its folder and its mail server."""
    made = World(tmp_path)
    with made.sink:
        yield made
    made.close()
