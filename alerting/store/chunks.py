"""Statements about many values, some at a time."""

from collections.abc import Iterator, Sequence

#: Values in one IN (…); databases stop at 32,766 and 65,535.
_MOST = 10_000


def chunks(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """Return ids in portions that one IN (…) takes."""
    return (ids[first : first + _MOST] for first in range(0, len(ids), _MOST))
