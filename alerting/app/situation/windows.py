"""From which day on each source is read: all of it when that is due, else the window that it declares."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from alerting.domain.rule import RuleSet, Source
from alerting.domain.shrinking import Guarded
from alerting.ports.figures import GuardBook


def windows_of(rules: RuleSet, guards: GuardBook, day: date) -> Mapping[str, date]:
    """Return, by source, the first day that is read on *day*; a source that is read whole is not there.

    All is read the first time, when it falls due, when what is asked of the source has changed, and while less of it waits.
    """
    found = {}
    for source in rules.sources.values():
        window = source.window
        if window is None:
            continue
        last = guards.of(source.id)
        if last is None or last.refused is not None or last.whole_of != what_is_asked(source, rules):
            continue
        if not window.is_full_due(last.whole_on, day):
            found[source.id] = window.since(day)
    return found


def seen_whole(known: Guarded, source: Source | None, rules: RuleSet, at: datetime) -> Guarded:
    """Write down that all of a source was read; of one without a window nobody asks."""
    if source is None or source.window is None:
        return known
    day = at.astimezone(ZoneInfo(rules.schedule.timezone)).date()
    return replace(known, whole_on=day, whole_of=what_is_asked(source, rules))


def what_is_asked(source: Source, rules: RuleSet) -> str:
    """Return a digest of what decides which figures come of a source: its settings, names, measures and areas."""
    mappings = (source.settings, source.columns, source.parts, source.names, source.fixed)
    measures = sorted((id_, one.title) for id_, one in rules.measures.items() if one.source == source.id)
    areas = sorted((id_, area.title) for id_, area in rules.areas.areas.items())
    spellings = source.spellings
    said = (
        source.kind,
        [sorted(one.items(), key=str) for one in mappings],
        sorted(source.missing),
        source.decimal,
        sorted(spellings.flags),
        spellings.minus_behind,
        spellings.times,
        source.scale,
        source.wide,
        source.window,
        measures,
        areas,
    )
    return hashlib.blake2b(repr(said).encode(), digest_size=16).hexdigest()
