"""Loads that are not whole yet: nothing of them counts but that they are there, and what was read before goes on counting."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from alerting.app.situation.known_figures import as_read_before, read_by
from alerting.domain.loads import Complete, LoadSigns, LoadStanding
from alerting.domain.period import KINDS, Period
from alerting.domain.place import Place
from alerting.domain.problem import Problem, ProblemSeverity
from alerting.domain.rule import RuleSet, Source
from alerting.figures.comparing import ReadingComparison, gone_from
from alerting.figures.loads import Load
from alerting.figures.memory import fingerprint, frame_of
from alerting.figures.observations import Observations, Reading
from alerting.figures.waiting_cells import PartialLoad
from alerting.ports.figures import ReadingBook
from alerting.ports.loads import LoadBook
from alerting.ports.state import Transaction
from alerting.wording.plain import counted

#: The code of the problem that a load is not whole yet.
PARTIAL_LOAD = "partial-load"


@dataclass(frozen=True, slots=True)
class Remembered:
    """Where it is kept how loads stand, and what sources held; of a situation without a state, nothing is."""

    loads: LoadBook
    readings: ReadingBook

    @classmethod
    def of(cls, state: Transaction) -> "Remembered":
        """Take what belongs to it out of a transaction."""
        return cls(state.loads, state.readings)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sifted:
    """A reading without what is not whole; `instead`: what counts in the place of that."""

    reading: Reading
    instead: tuple[Observations, ...] = ()


def sifted(
    reading: Reading, rules: RuleSet, kept: Remembered | None, at: datetime, now: datetime, *, keep: bool
) -> Sifted:
    """Take loads that are not whole out of a reading.

    Args:
        kept: what is remembered of them; None: nothing.
        at: the instant of the tick.
        now: the instant that the clock shows, by which files and posts have their times.
        keep: write down how they stand.
    """
    whole: list[Observations] = []
    instead: list[Observations] = []
    problems = list(reading.problems)
    partial_loads: list[PartialLoad] = []
    for read in reading.observations:
        source, signs = rules.sources.get(read.source), reading.signs.get(read.source)
        if source is None or source.complete is None or signs is None:
            whole.append(read)
            continue
        look = _Look(source, source.complete, signs, read, rules, kept, at, now)
        found = look.partial_load()
        if keep and kept is not None:
            look.write_down(kept.loads, is_whole=found is None)
        if found is None:
            whole.append(read)
            continue
        partial_loads.append(found)
        # What is wrong in it may be mended as the rest comes.
        problems = [one for one in problems if one.source != read.source]
        problems.append(_problem(read, found))
        if look.known is not None:
            instead.append(look.known)
        elif look.older is not None:
            whole.append(look.older)
    sound = replace(
        reading, observations=tuple(whole), problems=tuple(problems), signs={}, partial_loads=tuple(partial_loads)
    )
    return Sifted(reading=sound, instead=tuple(instead))


class _Look:
    """One load, looked at."""

    def __init__(
        self, source: Source, complete: Complete, signs: LoadSigns, read: Observations, rules: RuleSet,
        kept: Remembered | None, at: datetime, now: datetime,
    ) -> None:  # fmt: skip
        self.source, self.complete, self.signs = source, complete, signs
        self.read, self.rules, self.at, self.now = read, rules, at, now
        self.digest = fingerprint(read, rules)
        self.standing = None if kept is None else kept.loads.standing(source.id)
        self.posted = None if kept is None else kept.loads.posted(source.id)
        file = as_read_before(read.file)
        self.known = None if kept is None else read_by(rules, kept.readings, source.id, at, file)
        self.load = Load(read, self.known, rules, at.astimezone(ZoneInfo(rules.schedule.timezone)).date())

    def partial_load(self) -> PartialLoad | None:
        """Return the load where it is not whole; None: it is."""
        standing = self.standing
        if (standing is not None and standing.whole == self.digest) or self._says_nothing_new:
            return None
        lacks = list(self._lacks())
        if not lacks:
            return None
        words = self.load.missing_words
        why = "; ".join(dict.fromkeys([*lacks, *([words] if words else [])]))
        load = self.load if self.older is None else Load(self.read, self.older, self.rules, self.load.day)
        cells = load.waiting(why)
        since = self.at if standing is None or standing.since is None else standing.since
        return PartialLoad(source=self.source.id, since=since, why=why, cells=cells)

    def write_down(self, loads: LoadBook, *, is_whole: bool) -> None:
        """Write down how the load stands."""
        before = self.standing
        if before is not None and before.content == self.digest:
            standing = before
        else:
            standing = replace(
                before or _unseen(self.source.id, self.digest, self.now), content=self.digest, seen=self.now
            )
        if not is_whole:
            standing = replace(standing, since=standing.since or self.at)
        elif standing.whole != self.digest:
            # What was posted or marked since the last load, and brought nothing new, may speak of one that is to come.
            at = (standing.whole_at if self._says_nothing_new else None) or self.now
            standing = replace(standing, whole=self.digest, whole_at=at, since=None)
        else:
            standing = replace(standing, since=None)
        if standing != before:
            loads.save(standing)

    @cached_property
    def older(self) -> Observations | None:
        """What counts of a load that is the first, and not whole: where figures alone tell, those of earlier periods."""
        return self.load.older() if self.known is None and self.complete.is_of_figures else None

    @cached_property
    def _says_nothing_new(self) -> bool:
        """Whether all that the source holds was known, and all that was known is there."""
        if self.known is None:
            return False
        compared = ReadingComparison(frame_of(self.known, self.rules), self.read, self.rules)
        if len(compared.changed_rows()):
            return False
        return gone_from(compared.vanished(), self.read.covers, self.rules.calendar.starts).is_empty()

    def _lacks(self) -> Iterator[str]:
        """Yield, in words, what the load lacks to be whole."""
        complete, load = self.complete, self.load
        if complete.rows is not None:
            is_all = complete.rows > load.n_series
            there = load.n_rows if is_all else load.n_newest
            if there < complete.rows:
                of = "" if is_all else f" of {self._newest_words()}"
                yield f"{there:,} of {counted(complete.rows, 'row')}{of} {'has' if there == 1 else 'have'} come"
        if complete.areas and (load.missing or not load.newest):
            yield load.missing_words or "no figure yet"
        if complete.marker is not None:
            yield from self._marker(complete.marker)
        if complete.quiet_s is not None:
            yield from self._quiet(timedelta(seconds=complete.quiet_s))
        if complete.posted:
            yield from self._post()

    def _marker(self, name: str) -> Iterator[str]:
        marked = self.signs.marked
        if marked is None:
            yield f"{name} is not there"
        elif self.signs.changed is not None and marked < self.signs.changed:
            yield f"{name} is older than the figures"
        elif not self._is_later_than_the_last(marked):
            yield f"{name} is older than the last whole load"

    def _quiet(self, span: timedelta) -> Iterator[str]:
        changed = self.signs.changed
        if changed is None:  # since it was seen first, which may be now
            seen = self.standing
            changed = seen.seen if seen is not None and seen.content == self.digest else self.now
        if self.now - changed < span:
            zone = ZoneInfo(self.rules.schedule.timezone)
            yield f"it last changed at {changed.astimezone(zone):%H:%M:%S}, and nothing may change for {_span_words(span)}"

    def _post(self) -> Iterator[str]:
        if self.posted is None:
            yield f"nobody has posted it (`POST /loaded/{self.source.id}`)"
        elif self.signs.changed is not None and self.posted < self.signs.changed:
            yield "it has changed since it was posted"
        elif not self._is_later_than_the_last(self.posted):
            yield "it was not posted since the last whole load"

    def _is_later_than_the_last(self, at: datetime) -> bool:
        """Whether an instant lies after the last whole load was taken: what spoke of that one speaks of no other."""
        return self.standing is None or self.standing.whole_at is None or at > self.standing.whole_at

    def _newest_words(self) -> str:
        starts = self.rules.calendar.starts
        labels = [Period(KINDS[kind], ordinal, starts).label for kind, ordinal in self.load.newest.items()]
        return " and ".join(labels) or "a period"


def _unseen(source: str, digest: str, now: datetime) -> LoadStanding:
    return LoadStanding(source=source, content=digest, seen=now)


def _span_words(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    for size, word in ((86_400, "day"), (3600, "hour"), (60, "minute")):
        if seconds % size == 0:
            return counted(seconds // size, word)
    return counted(seconds, "second")


def _problem(read: Observations, found: PartialLoad) -> Problem:
    return Problem(
        place=Place(file=read.file, line=1, column=1),
        code=PARTIAL_LOAD,
        severity=ProblemSeverity.WARNING,
        message=f"the load is not whole yet: {found.why}",
        fix="wait until it is whole, or mend `complete` of the source; what was read before goes on counting",
        source=read.source,
        about=found.source,
    )
