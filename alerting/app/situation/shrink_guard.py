"""Rules and figures that are much fewer than the last ones wait until somebody accepts them, or for a day."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

import numpy as np

from alerting.app.situation.replicas import refuse_anothers_state
from alerting.app.situation.windows import seen_whole
from alerting.domain.arrays import Index
from alerting.domain.place import Place
from alerting.domain.problem import Problem, ProblemSeverity
from alerting.domain.rule import RuleSet
from alerting.domain.shrinking import Guarded, Shrunk, Sizes, among, judged
from alerting.figures.observations import Observations, Reading
from alerting.figures.place_observations import series_keys
from alerting.ports.figures import GuardBook
from alerting.ports.state import Transaction
from alerting.wording.dates import day_words

#: A table of all series that there may be is quicker than sorting rows while it has so many places a row, or few at all.
_PLACES_A_ROW, _FEW = 4, 65_536
#: The code of the problem that much is missing in a source.
SHRUNK = "shrunk"


def admitted_rules(rules: RuleSet, state: Transaction, at: datetime, place: str, *, keep: bool) -> Shrunk | None:
    """Return why a rule set may not be judged by yet; None: it may.

    Args:
        place: where they are.
        keep: write down what was seen.

    Raises:
        UsageError: the state is that of quite other rules elsewhere.
    """
    refuse_anothers_state(rules, state, place)
    counts = {"rules": len(rules.rules), "measures": len(rules.measures), "owners": len(rules.owners)}
    sizes = {what: {"": count} for what, count in counts.items()}
    before = state.guards.of(None) or Guarded(source=None, sizes={})
    return _judged(state.guards, before, (rules.version, sizes), at, keep=keep)


def admitted(
    reading: Reading, rules: RuleSet, state: Transaction, at: datetime, *, keep: bool, now: datetime | None = None
) -> Reading:
    """Return the figures that count: what was read, and what was read before; of a source that shrank, only the latter.

    So it is of a load that is not whole yet.

    Args:
        now: the instant that the clock shows, where that is another one.
        keep: write down what is new.
    """
    # Loaded where figures are read: a tick on which nothing has come asks about the rules alone.
    from alerting.app.situation.known_figures import as_read_before, read_by, remembered
    from alerting.app.situation.whole_loads import Remembered, sifted

    sound = sifted(reading, rules, Remembered.of(state), at, now or at, keep=keep)
    reading, instead = sound.reading, list(sound.instead)
    taken: list[Observations] = []
    problems = list(reading.problems)
    for read in reading.observations:
        # Of a part of a source there are fewer figures: the next whole reading tells.
        shrunk = (
            _shrunk(read, rules, state.guards, at, keep=keep) if read.covers.is_whole_of(mine(read, rules)) else None
        )
        if shrunk is None:
            taken.append(read)
            continue
        before = read_by(rules, state.readings, read.source, at, as_read_before(read.file))
        instead += [before] if before is not None else []
        problems.append(_problem(read, shrunk, rules))
    reading = replace(reading, observations=tuple(taken), problems=tuple(problems))
    reading = remembered(reading, rules, state.readings, at, keep=keep)
    accepted = frozenset((one.measure, one.area, one.period, one.value) for one in state.accepted.every())
    return replace(reading, observations=(*reading.observations, *instead), accepted=accepted)


def accept(guards: GuardBook, sources: Sequence[str] = ()) -> list[Guarded]:
    """Take over what waits, at the next tick; return what waited.

    Args:
        sources: of these alone; none: of all, and the rules.
    """
    waiting = [one for one in guards.all() if one.refused and (not sources or one.source in sources)]
    for one in waiting:
        guards.save(replace(one, accepted=one.refused))
    return waiting


def _shrunk(read: Observations, rules: RuleSet, guards: GuardBook, at: datetime, *, keep: bool) -> Shrunk | None:
    from alerting.figures.memory import fingerprint

    sizes = _sizes(read, rules)
    before = guards.of(read.source) or Guarded(source=read.source, sizes={})
    before = replace(before, sizes=among(before.sizes, mine(read, rules)))
    whole = partial(seen_whole, source=rules.sources.get(read.source), rules=rules, at=at)
    return _judged(guards, before, (fingerprint(read, rules), sizes), at, keep=keep, taken_over=whole)


def mine(read: Observations, rules: RuleSet) -> frozenset[str]:
    """Return the measures that come from a source today."""
    return frozenset(id_ for id_, measure in rules.measures.items() if measure.source == read.source)


def _judged(
    guards: GuardBook,
    before: Guarded,
    found: tuple[str, Sizes],
    at: datetime,
    *,
    keep: bool,
    taken_over: Callable[[Guarded], Guarded] = lambda now: now,
) -> Shrunk | None:
    """Judge what was found, its digest and its sizes."""
    now, shrunk = judged(before, *found, at)
    if shrunk is None:
        now = taken_over(now)
    if keep and now != before:
        guards.save(now)
    return shrunk


def _sizes(read: Observations, rules: RuleSet) -> Sizes:
    """Count rows and series (areas with a row) of each measure."""
    ids = list(rules.measures)
    rows = np.bincount(read.measure, minlength=len(ids))
    series = np.bincount(_measures_of_series(read, len(ids), max(len(rules.areas.areas), 1)), minlength=len(ids))
    return {
        what: {id_: int(n) for id_, n in zip(ids, counts, strict=True) if n}
        for what, counts in (("rows", rows), ("series", series))
    }


def _measures_of_series(read: Observations, measures: int, areas: int) -> Index:
    """Return the measure of each series once."""
    keys = series_keys(read.measure, read.area, areas)
    if measures * areas > _PLACES_A_ROW * len(keys) + _FEW:  # most rules of a table would be of series that have no row
        found: Index = np.unique(keys) // areas
        return found
    there = np.zeros(measures * areas, dtype=bool)
    there[keys] = True
    return np.flatnonzero(there) // areas


def _problem(read: Observations, shrunk: Shrunk, rules: RuleSet) -> Problem:
    until = shrunk.until.astimezone(ZoneInfo(rules.schedule.timezone))
    return Problem(
        place=Place(file=read.file, line=1, column=1),
        code=SHRUNK,
        severity=ProblemSeverity.ERROR,
        source=read.source,
        message=f"{shrunk.words}: what was read before goes on counting",
        fix=(
            f"put the figures back; or `alerting accept` where they are right"
            f" (else they are taken over on {day_words(until.date())} at {until:%H:%M})"
        ),
    )
