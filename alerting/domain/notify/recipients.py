"""Whom a rule tells of a series, by the contract's names: area_owner, measure_owner, source_owner and owner ids."""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from alerting.domain.ownership import Ownership, owners_on
from alerting.domain.rule import Rule, RuleSet, Status

AREA_OWNER, MEASURE_OWNER, SOURCE_OWNER = "area_owner", "measure_owner", "source_owner"
#: Whom a rule in shadow tells.
AUTHOR = "author"
#: The key under `notify:` that serves every area with a parent, and the one that serves what no other key names.
CHILDREN, DEFAULT = "children", "default"


def recipients(rule: Rule, measure: str, area: str, rules: RuleSet, day: date | None) -> tuple[str, ...]:
    """Return the ids of the owners who are told on a day, each once, in the order written; a name that does not resolve is skipped.

    A rule in shadow tells its author only. Without a day: all who ever are told.
    """
    return tuple(reached_as(rule, measure, area, rules, day))


def reached_as(rule: Rule, measure: str, area: str, rules: RuleSet, day: date | None) -> dict[str, tuple[str, ...]]:
    """Return the owners who are told on a day with the names in the rule's `notify` that reach each of them."""
    if rule.status is Status.SHADOW:
        return {rule.author: (AUTHOR,)} if rule.author in rules.owners and rule.author else {}
    found: dict[str, tuple[str, ...]] = {}
    for name in names_for(rule, area, rules):
        for owner in _owners(name, measure, area, rules, day):
            found[owner] = (*found.get(owner, ()), name)
    return found


def if_active(rule: Rule, measure: str, area: str, rules: RuleSet, day: date) -> tuple[str, ...]:
    """Return the ids of the owners whom a rule in shadow would tell on a day if it were active."""
    return recipients(replace(rule, status=Status.ACTIVE), measure, area, rules, day)


def names_for(rule: Rule, area: str, rules: RuleSet) -> tuple[str, ...]:
    """Return the names that serve *area*: its own key, else `children` where it has a parent, else `default`."""
    if not rule.notify.by_area:
        return rule.notify.names
    by_area = dict(rule.notify.by_area)
    if area in by_area:
        return by_area[area]
    if CHILDREN in by_area and rules.areas[area].parent in rules.areas:
        return by_area[CHILDREN]
    return by_area.get(DEFAULT, ())


def _owners(name: str, measure: str, area: str, rules: RuleSet, day: date | None) -> tuple[str, ...]:
    """Return the owners whom a name leads to: the first of the places it stands for that has any on the day."""
    if name in (AREA_OWNER, MEASURE_OWNER):
        places = owned_by_area(area, rules) if name == AREA_OWNER else owned_by_measure(measure, rules)
        named = (tuple(id_ for id_ in owners_on(ownership, day) if id_ in rules.owners) for ownership in places)
        return next((owners for owners in named if owners), ())
    if name == SOURCE_OWNER:
        source = rules.sources.get(rules.measures[measure].source or "")
        name = (source.owner if source is not None else None) or ""
    return (name,) if name in rules.owners else ()


def owned_by_area(area: str, rules: RuleSet) -> Iterator[Ownership]:
    """Yield who answers for an area, for the one above it and so on."""
    return (above.owners for above in rules.areas.line(area))


def owned_by_measure(measure: str, rules: RuleSet) -> Iterator[Ownership]:
    """Yield who answers for a measure, and for its topic."""
    declared = rules.measures[measure]
    yield declared.owners
    topic = rules.topics.get(declared.topic)
    if topic is not None:
        yield topic.owners


def source_recipients(source: str, rules: RuleSet) -> tuple[str, ...]:
    """Return who answers for a source, in the order to be asked: its owner, else the roles."""
    roles = rules.roles
    named = (rules.sources[source].owner, roles.operator, roles.maintainer, roles.fallback)
    return tuple(owner for owner in dict.fromkeys(named) if owner is not None and owner in rules.owners)


def measure_owners(source: str, rules: RuleSet, day: date) -> tuple[str, ...]:
    """Return who owns the measures that come from a source on a day, each once."""
    measures = [measure.id for measure in rules.measures.values() if measure.source == source]
    owners = (owner for measure in measures for owner in _owners(MEASURE_OWNER, measure, "", rules, day))
    return tuple(dict.fromkeys(owners))


def stand_in(rules: RuleSet, owner: str, day: date, reachable: Container[str] | None = None) -> str:
    """Return who is there for an owner: themselves, else the nearest deputy who is not away.

    Where all are away the fallback is told, and without one the owner. With *reachable*, deputies without an address are
    passed over.
    """
    seen: list[str] = []
    current: str | None = owner
    while current is not None and current in rules.owners and current not in seen:
        person = rules.owners[current]
        is_away = any(away.since <= day <= away.until for away in person.away)
        if not is_away and (current == owner or reachable is None or current in reachable):
            return current
        seen.append(current)
        current = person.deputy
    fallback = rules.roles.fallback
    return fallback if fallback is not None and fallback in rules.owners else owner


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Presence:
    """Who is there for whom on a day, and can be reached.

    Args:
        reachable: owner ids that have an address on some channel.
    """

    rules: RuleSet
    day: date
    reachable: frozenset[str]

    def stand_in(self, owner: str) -> str:
        """Return who is there for an owner today."""
        return stand_in(self.rules, owner, self.day, self.reachable)

    def present(self, owners: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Return who is there for some owners -> for which of them; whom the rules do not know any more is left out."""
        found: dict[str, tuple[str, ...]] = {}
        for owner in owners:
            if owner in self.rules.owners:
                person = self.stand_in(owner)
                found[person] = (*found.get(person, ()), owner)
        return found

    def reached_for(self, owners: Sequence[str]) -> list[str]:
        """Return who is there for each of some owners, as far as they can be reached; nobody twice."""
        found = dict.fromkeys(self.stand_in(owner) for owner in owners)
        return [person for person in found if person in self.reachable]


def with_deputies(rules: RuleSet, roles: Sequence[str | None], day: date) -> list[str]:
    """Return the owners of roles, each after who is there for them and before their deputies, nobody twice."""
    found: dict[str, None] = {}
    for role in roles:
        owner, line = role, []
        while owner is not None and owner in rules.owners and owner not in line:
            line.append(owner)
            owner = rules.owners[owner].deputy
        found |= dict.fromkeys([stand_in(rules, line[0], day), *line] if line else [])
    return list(found)
