"""What sources held when they were read, as it is kept: what was new each time, and many times folded into one record."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple, Self

#: A record grows by folding until it is so large, packed: what is folded fits in memory however much a source holds.
LARGEST_BYTES = 32 * 1024**2
#: So many are folded at once at least: all that they hold is written anew.
FEWEST = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What was new in a source at one reading, of several whose rows stand one after another in a record."""

    at: datetime
    #: Fingerprint of all that the source held then, and how many figures of before it held no more.
    digest: str
    vanished: int
    #: How many rows are its own, and which columns they have; in others of the record's they have nothing.
    height: int
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingRecord:
    """What was new in a source when it was read; of a folded record, at each of several readings, the last named here."""

    source: str
    at: datetime
    #: Fingerprint of all that the source held then.
    digest: str
    #: How many figures of before it held no more.
    vanished: int
    #: New and different figures, packed.
    rows: bytes
    #: The batches that were folded into it, oldest first; rows after theirs are of no batch any more. None: it is one.
    folded: tuple[Batch, ...] = ()

    def by(self, until: datetime | None) -> Self | None:
        """Return what of it had been read by an instant; None: nothing had."""
        if until is None or self.at <= until:
            return self
        known = tuple(batch for batch in self.folded if batch.at <= until)
        return self.of(known) if known else None

    def of(self, batches: Sequence[Batch]) -> Self:
        """Return it with its first batches alone."""
        last = batches[-1]
        return replace(self, at=last.at, digest=last.digest, vanished=last.vanished, folded=tuple(batches))


class KeptRecord(NamedTuple):
    """A record as it lies in the state, without its rows."""

    number: int
    source: str
    #: How large its rows are, packed.
    size: int


def foldable(records: Sequence[KeptRecord]) -> list[list[int]]:
    """Return which records are to be folded into one each: runs of a source's, not too large, without its newest.

    The newest is told from what a source holds now at every tick, and is what a day taken back most likely takes.
    """
    by_source: dict[str, list[KeptRecord]] = {}
    for record in records:
        by_source.setdefault(record.source, []).append(record)
    runs: list[list[int]] = []
    for several in by_source.values():
        run, size = list[int](), 0
        for record in several[:-1]:
            if size + record.size > LARGEST_BYTES:
                runs.append(run)
                run, size = [], 0
            run, size = [*run, record.number], size + record.size
        runs.append(run)
    return [run for run in runs if len(run) >= FEWEST]
