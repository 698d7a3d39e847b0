"""What the state keeps of digests."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestRecord:
    """That an owner's digest for a window was made: (digest, owner, window) is unique."""

    digest: str
    owner: str
    #: The day it was made for: an owner gets one a day at most.
    window: str
    #: The instants between which it tells what happened; the next begins where this one ends.
    since: datetime | None
    until: datetime


class DigestBook(Protocol):
    """Which digests were made, and which of them wait unread."""

    def was_made(self, digest: str, owner: str, window: str) -> bool:
        """Whether this owner's digest for this window was made."""
        ...

    def newest(self, digest: str, owner: str) -> DigestRecord | None:
        """Return the owner's last digest record of this digest."""
        ...

    def records(self, digest: str, owner: str) -> list[DigestRecord]:
        """Return an owner's records of a digest, newest first."""

    def save(self, record: DigestRecord) -> None:
        """Record a digest."""
        ...

    def unsent(self, owner: str) -> dict[str, list[str]]:
        """Return, by notice, the deliveries of an owner's digests that wait and of which nobody can have heard.

        Nobody hands them over until the transaction ends.
        """
