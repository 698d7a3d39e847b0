"""Which sources hold a whole load that no tick has judged yet."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from alerting.app.situation.whole_loads import Remembered, sifted
from alerting.domain.rule import RuleSet
from alerting.figures.memory import fingerprint
from alerting.figures.observations import Reading
from alerting.ports.state import Store, Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadsFound:
    """What was found of some sources, by their ids."""

    #: Those with a whole load that no tick has judged.
    new: tuple[str, ...]
    #: Those whose load is not whole.
    partial: frozenset[str]
    #: Digests of the bytes of those that lie in files: to look at these costs little.
    files: Mapping[str, str]


def new_loads(reading: Reading, rules: RuleSet, store: Store, now: datetime) -> LoadsFound:
    """Say which sources of a reading hold a whole load that was not judged; how loads stand is written down."""
    with store.begin() as state:
        sound = sifted(reading, rules, Remembered.of(state), now, now, keep=True).reading
        partial = frozenset(load.source for load in sound.partial_loads)
        digests = {read.source: fingerprint(read, rules) for read in sound.observations if read.source not in partial}
        new = tuple(source for source, digest in digests.items() if _is_new(source, digest, state))
    files = {id_: content for id_, content in reading.contents.items() if _is_in_files(reading, id_)}
    return LoadsFound(new=new, partial=partial, files=files)


def _is_in_files(reading: Reading, source: str) -> bool:
    return source in reading.signs and reading.signs[source].changed is not None


def _is_new(source: str, digest: str, state: Transaction) -> bool:
    """Whether no tick that was finished has taken it over; one that shrank waits for somebody, or for its day."""
    before, guarded = state.readings.of(source), state.guards.of(source)
    if not before or before[-1].digest != digest:
        return guarded is None or guarded.refused != digest or guarded.accepted == digest
    newest = state.ticks.newest()
    return newest is None or newest.at < before[-1].at
