"""What is guarded against shrinking, as rows: the rules folder and each source by a subject of their own."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from alerting.domain.shrinking import Guarded

#: The subject of the rules folder; a source's is its id behind the prefix.
RULES = "rules"
_SOURCE = "source:"


def subject_of(source: str | None) -> str:
    """Return the subject of a source; None: that of the rules folder."""
    return RULES if source is None else f"{_SOURCE}{source}"


def guard_row(guarded: Guarded) -> dict[str, Any]:
    """Return the row of what is known."""
    row = asdict(guarded)
    return row | {"subject": subject_of(row.pop("source"))}


def guarded_of(row: Mapping[Any, Any]) -> Guarded:
    """Return what a row says."""
    kept = dict(row)
    subject = kept.pop("subject")
    return Guarded(source=None if subject == RULES else subject.removeprefix(_SOURCE), **kept)
