"""Silences over time: which one mutes a series on a day, and what people did about them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from alerting.domain.alert import SeriesKey
from alerting.domain.rule import RuleSet, Silence


class SilenceDeedKind(StrEnum):
    """What somebody did about a silence."""

    SET = "silenced"
    CHANGED = "silence_changed"
    ENDED = "silence_ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceDeed:
    """One thing that somebody did about a silence; `until` is its last day from then on."""

    silence: str
    kind: SilenceDeedKind
    at: datetime
    #: None: it stands in the rules folder, or ended by itself.
    person: str | None
    until: date | None
    reason: str | None = None


def on_series(key: SeriesKey, rules: RuleSet, silences: Iterable[Silence]) -> list[Silence]:
    """Return the silences that are about a series, whatever their days."""
    measure = rules.measures.get(key.measure)
    if measure is None:
        return []
    return [
        one
        for one in silences
        if one.match.covers_rule(key.rule) and one.match.covers_area(key.area) and one.match.covers_measure(measure)
    ]


def muting(key: SeriesKey, rules: RuleSet, silences: Iterable[Silence], day: date) -> Silence | None:
    """Return the silence that mutes a series on a day: of several the one that ends last, since only then it is over."""
    found = [one for one in silences if one.holds(day)]
    return max(on_series(key, rules, found), key=last_day, default=None)


def last_day(silence: Silence) -> date:
    """Return the last day of a silence; the end of time where it has none."""
    return silence.until or date.max


def history(silence: Silence, deeds: Sequence[SilenceDeed], day: date, zone: tzinfo) -> list[SilenceDeed]:
    """Return what became of a silence up to a day: when it was set, how it was changed and that it ended.

    Args:
        deeds: what people did about it by command, oldest first; none where it stands in the rules folder.
    """
    found = list(deeds)
    if not found and silence.since is not None:
        begins = datetime.combine(silence.since, time(), zone)
        found.append(_by_itself(silence, SilenceDeedKind.SET, begins, silence.reason))
    if last_day(silence) < day and not (found and found[-1].kind is SilenceDeedKind.ENDED):
        assert silence.until is not None
        found.append(
            _by_itself(
                silence, SilenceDeedKind.ENDED, datetime.combine(silence.until + timedelta(days=1), time(), zone)
            )
        )
    return found


def _by_itself(silence: Silence, kind: SilenceDeedKind, at: datetime, reason: str | None = None) -> SilenceDeed:
    return SilenceDeed(
        silence=silence.id, kind=kind, at=at.astimezone(UTC), person=None, until=silence.until, reason=reason
    )


def under_present_names(rules: RuleSet, silences: Iterable[Silence]) -> list[Silence]:
    """Return silences with the names that their rules have today."""
    names = rules.renamed
    return [one.of_rules({names.get(rule, rule) for rule in one.match.rules}) for one in silences]
