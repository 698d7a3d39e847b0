"""What is expected by chance of all that an owner is told of, and which rules bring most of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from math import sqrt

import numpy as np

from alerting.domain.arrays import Floats, Index
from alerting.domain.notify.recipients import recipients
from alerting.domain.rule import Rule, RuleSet, Status
from alerting.evaluation.budget.expected import ByChance, sure


@dataclass(slots=True)
class _Sum:
    """Openings a month, with the parts of their error: what series have apart adds up by squares, what they share as it is."""

    opens: float = 0.0
    apart: float = 0.0
    shared: float = 0.0
    unknown: int = 0

    def add(self, found: ByChance, wide: Floats, places: Index) -> bool:
        """Take some columns of a group; say whether anything is known of any.

        Args:
            wide: how many deviations each column's error is printed as.
        """
        known = places[np.isfinite(found.opens[places])]
        self.opens += float(found.opens[known].sum())
        self.apart += float((wide[known] ** 2 * found.fit[known]).sum())
        self.shared += float((wide[known] * found.shared[known]).sum())
        self.unknown += len(places) - len(known)
        return len(known) > 0

    @property
    def error(self) -> float:
        return sqrt(self.apart + self.shared**2)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnersChance:
    """What chance alone would open in a month of what an owner is told of.

    `unknown`: series under a rule of which nothing can be said, and that are not counted. `rules`: how many tell the owner of
    series that have figures; `unknown_rules`: the ids of those of which nothing can be said of any series, in the order declared.
    """

    opens: float
    error: float
    #: Rule id -> openings a month, the most first; of those of which anything is known.
    by_rule: Mapping[str, float]
    unknown: int
    rules: int = 0
    unknown_rules: tuple[str, ...] = ()


@dataclass(slots=True)
class _Owner:
    whole: _Sum = field(default_factory=_Sum)
    by_rule: dict[str, float] = field(default_factory=dict)
    rules: set[str] = field(default_factory=set)

    def unknown_rules(self, rules: RuleSet) -> tuple[str, ...]:
        """Return the rules of which nothing is known, in the order declared."""
        left = self.rules - self.by_rule.keys()
        return tuple(rule.id for rule in rules.rules if rule.id in left)


def chance_by_owner(rules: RuleSet, found: Iterable[ByChance], day: date) -> dict[str, OwnersChance]:
    """Add up what groups of rules bring each owner, as they are told on a day; rules in shadow tell nobody."""
    owners, told = dict[str, _Owner](), _Told(rules, day)
    for group in found:
        wide = sure(group.figures)
        for owner, rule, places in told.of(group):
            own = owners.setdefault(owner, _Owner())
            before = own.whole.opens
            own.rules.add(rule)
            if own.whole.add(group, wide, places):
                own.by_rule[rule] = own.by_rule.get(rule, 0.0) + own.whole.opens - before
    return {
        id_: OwnersChance(
            opens=own.whole.opens,
            error=own.whole.error,
            by_rule=dict(sorted(own.by_rule.items(), key=lambda pair: -pair[1])),
            unknown=own.whole.unknown,
            rules=len(own.rules),
            unknown_rules=own.unknown_rules(rules),
        )
        for id_, own in owners.items()
    }


class _Told:
    """Finds who is told of what; asked once for all rules that tell alike."""

    def __init__(self, rules: RuleSet, day: date) -> None:
        self.rules, self.day = rules, day
        #: By who a rule tells and measure: by area.
        self._known: dict[tuple[object, ...], dict[str, tuple[str, ...]]] = {}

    def of(self, group: ByChance) -> Iterable[tuple[str, str, Index]]:
        """Yield owners and rules with the places among a group's columns of which the rule tells the owner."""
        found: dict[tuple[str, str], list[int]] = {}
        begin = 0
        for member, end in zip(group.group.members, group.group.ends.tolist(), strict=True):
            rule = self.rules.rules[member.rule]
            if rule.status is Status.ACTIVE:
                by_area = self._known.setdefault((rule.notify, member.measure.id), {})
                for place in range(begin, end):
                    for owner in self._owners(rule, member.measure.id, group.areas[place], by_area):
                        found.setdefault((owner, rule.id), []).append(place)
            begin = end
        for (owner, id_), places in found.items():
            yield owner, id_, np.array(places, dtype=np.intp)

    def _owners(self, rule: Rule, measure: str, area: str, known: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
        if area not in known:
            known[area] = recipients(rule, measure, area, self.rules, self.day)
        return known[area]
