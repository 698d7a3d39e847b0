"""What became of a rule's exceptions over some time, and what of that its keepers should look at."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from alerting.domain.alert import Alert, AlertEvent
from alerting.domain.rule import Rule, Status

#: Fewer exceptions say nothing of a rule: one or two may be chance, or a holiday.
FEWEST = 3
#: A rule of whose exceptions so many were doubted is looked at.
_MOST_DOUBTED = 1 / 3


class Doubt(Enum):
    """Why a rule is looked at."""

    NEVER_FIRED = "never fired"
    SILENCED = "always silenced"
    NOBODY_ACTED = "nobody acted"
    BESIDE = "always beside another"
    FALSE = "false alarms"


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatBecame:
    """What became of the alerts of some time, each as a set of their ids.

    Args:
        told: somebody was told of it.
        silenced: a silence held it back.
        acted: somebody took it on or said something about it.
        doubted: its figure was put right so that nothing was left of it, or a reader answered that it was not theirs,
            or a false alarm.
        false_alarms: a reader answered that it was a false alarm.
    """

    told: Collection[str]
    silenced: Collection[str]
    acted: Collection[str]
    doubted: Collection[str]
    false_alarms: Collection[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRecord:
    """How many exceptions a rule found, and how many of them were told, silenced, acted on, doubted and called false alarms.

    Args:
        beside: the ids of the rules that stood on the same figures whenever this one found an exception.
        is_long_watched: whether it was judged all the time.
    """

    rule: str
    opened: int
    told: int
    silenced: int
    acted: int
    doubted: int
    beside: tuple[str, ...]
    is_long_watched: bool
    false_alarms: int = 0

    def doubts(self) -> Iterator[Doubt]:
        """Yield what is to be looked at."""
        if self.opened == 0:
            yield from [Doubt.NEVER_FIRED] if self.is_long_watched else []
            return
        if self.opened < FEWEST:
            return
        if self.silenced == self.opened and not self.told:
            yield Doubt.SILENCED
        elif self.told >= FEWEST and not self.acted:
            yield Doubt.NOBODY_ACTED
        if self.beside:
            yield Doubt.BESIDE
        if self.doubted >= FEWEST and self.doubted >= self.opened * _MOST_DOUBTED:
            yield Doubt.FALSE


def called_false(events: Iterable[AlertEvent]) -> dict[str, str]:
    """Return the alerts that people call false alarms, and do so still, each with the id of its rule.

    Args:
        events: oldest first.
    """
    found: dict[str, str] = {}
    for event in events:
        if event.false_alarm:
            found[event.alert.id] = event.alert.key.rule
        elif event.false_alarm is False:
            found.pop(event.alert.id, None)
    return found


def records(
    rules: Sequence[Rule], alerts: Iterable[Alert], since: datetime, became: WhatBecame, watched: Mapping[str, datetime]
) -> tuple[RuleRecord, ...]:
    """Return the record of each active rule, in the order declared.

    Args:
        alerts: those that stood at some time since, whatever their rule.
        watched: since when each rule is judged, by id.
    """
    several = list(alerts)
    found: dict[str, list[Alert]] = {rule.id: [] for rule in rules if rule.status is Status.ACTIVE}
    for alert in several:
        if alert.opened_at > since and alert.key.rule in found:
            found[alert.key.rule].append(alert)
    others = _by_figures(several, found.keys())
    return tuple(
        RuleRecord(
            rule=id_,
            opened=len(own),
            told=_count(own, became.told),
            silenced=_count(own, became.silenced),
            acted=_count(own, became.acted),
            doubted=_count(own, became.doubted),
            false_alarms=_count(own, became.false_alarms),
            beside=_beside(own, others),
            is_long_watched=id_ in watched and watched[id_] <= since,
        )
        for id_, own in found.items()
    )


def _count(alerts: Sequence[Alert], ids: Collection[str]) -> int:
    return sum(alert.id in ids for alert in alerts)


def _by_figures(alerts: Iterable[Alert], rules: Collection[str]) -> dict[tuple[str, str], list[Alert]]:
    found: dict[tuple[str, str], list[Alert]] = {}
    for alert in alerts:
        if alert.key.rule in rules:
            found.setdefault((alert.key.measure, alert.key.area), []).append(alert)
    return found


def _beside(own: Sequence[Alert], others: Mapping[tuple[str, str], Sequence[Alert]]) -> tuple[str, ...]:
    """Return the rules of which an exception stood on the same figure at the opening of each of some alerts."""
    common: dict[str, None] | None = None
    for alert in own:
        on_it = others[alert.key.measure, alert.key.area]
        there = (other.key.rule for other in on_it if _stood(other, alert))
        here = dict.fromkeys(id_ for id_ in there if id_ != alert.key.rule)
        common = here if common is None else {id_: None for id_ in common if id_ in here}
        if not common:
            return ()
    return tuple(common or ())


def _stood(other: Alert, alert: Alert) -> bool:
    """Whether an alert stood at the period in which another one opened."""
    if other.opened.kind is not alert.opened.kind or other.opened.ordinal > alert.opened.ordinal:
        return False
    return other.is_open if other.resolved is None else other.resolved.ordinal > alert.opened.ordinal
