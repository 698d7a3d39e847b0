"""Golden files: what people are sent, kept in the repository so that every change of a word is seen in review."""

from collections.abc import Callable
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.fixture
def matches_golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with the file of that name; `./run pytest tests/golden --update-golden` rewrites it."""
    # The option exists only where this folder was named on the command line.
    update = request.config.getoption("--update-golden", default=False)

    def compare(name: str, text: str) -> None:
        path = HERE / name
        if update:
            path.write_text(text, encoding="utf-8", newline="\n")
        assert path.read_text(encoding="utf-8") == text, f"{name}: see `./run pytest tests/golden --update-golden`"

    return compare
