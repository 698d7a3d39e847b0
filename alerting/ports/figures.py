"""What the state keeps of figures and their sources."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from alerting.domain.kept_readings import KeptRecord, ReadingRecord
from alerting.domain.shrinking import Guarded


class ReadingBook(Protocol):
    """Where what sources held is kept."""

    def of(self, source: str, until: datetime | None = None) -> list[ReadingRecord]:
        """Return what was new in a source at each reading (up to an instant), oldest first."""
        ...

    def save(self, record: ReadingRecord) -> None:
        """Append what was new in a source."""
        ...

    def records(self) -> list[KeptRecord]:
        """Return all records, by source, oldest first; nobody changes them until the transaction ends."""
        ...

    def record(self, number: int) -> ReadingRecord:
        """Return a record."""
        ...

    def fold(self, numbers: Sequence[int], record: ReadingRecord) -> None:
        """Put one record in the place of several that follow one another."""
        ...


class GuardBook(Protocol):
    """What the state keeps of what is guarded against shrinking."""

    def of(self, source: str | None) -> Guarded | None:
        """Return what is known of a source, or of the rules folder, that is guarded against shrinking."""
        ...

    def all(self) -> list[Guarded]:
        """Return all that are guarded: the rules folder first, then sources by id."""
        ...

    def save(self, guarded: Guarded) -> None:
        """Insert or update by source."""
        ...


class TroubleBook(Protocol):
    """What owners of sources were told is wrong with these."""

    def by_source(self) -> Mapping[str, tuple[str, ...]]:
        """Return, by source, what its owner was told is wrong with it; sources of which all was well are left out."""

    def save(self, source: str, troubles: Sequence[str], at: datetime) -> None:
        """Remember what a source's owner was told."""
        ...
