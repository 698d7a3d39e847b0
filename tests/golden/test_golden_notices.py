"""Every kind of notice and of the engine's own messages as its reader gets it."""

from collections.abc import Callable

import pytest
from samples import notices


@pytest.mark.parametrize("name", notices.MESSAGES)
def test_a_notice_reads_as_it_was_agreed(name: str, matches_golden: Callable[[str, str], None]) -> None:
    message = notices.MESSAGES[name]()

    matches_golden(f"{name}.txt", f"Subject: {message.subject}\n\n{message.text}")
    matches_golden(f"{name}.html", message.html)
