"""Digests and the month's draft as their readers get them."""

from collections.abc import Callable

import pytest
from samples import digests

from alerting.domain.notify.notice import Message
from alerting.render.digest import render_digest
from alerting.render.draft import draft_as_markdown, draft_as_text

MESSAGES: dict[str, Callable[[], Message]] = {
    "digest-busy": lambda: render_digest(digests.busy()),
    "digest-troubled": lambda: render_digest(digests.troubled()),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_a_digest_reads_as_it_was_agreed(name: str, matches_golden: Callable[[str, str], None]) -> None:
    message = MESSAGES[name]()

    matches_golden(f"{name}.txt", f"Subject: {message.subject}\n\n{message.text}")
    matches_golden(f"{name}.html", message.html)


def test_the_months_draft_reads_as_it_was_agreed(matches_golden: Callable[[str, str], None]) -> None:
    matches_golden("draft.md", draft_as_markdown(digests.a_draft()))
    matches_golden("draft.txt", draft_as_text(digests.a_draft()))
