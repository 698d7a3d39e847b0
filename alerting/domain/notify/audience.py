"""Who hears of an event: those who answer for the series, those who were told before, whoever is there for them."""

from collections.abc import Mapping
from dataclasses import dataclass

from alerting.domain.alert import Alert, AlertEvent, EventKind
from alerting.domain.notify.hearing import Hearings, heard_of, merged
from alerting.domain.notify.recipients import Presence, recipients
from alerting.domain.rule import Rule, RuleSet, Status

#: Person -> the owners on whose behalf they are told.
Readers = dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Audience:
    """Finds the readers of events on one day."""

    rules: RuleSet
    rules_by_id: Mapping[str, Rule]
    presence: Presence
    hearings: Hearings

    def of(self, event: AlertEvent) -> Readers:
        """Return whom an event of the figures is told."""
        alert, rule = event.alert, self.rules_by_id.get(event.alert.key.rule)
        if event.kind is EventKind.OPENED:
            return self.presence.present(self.answering(alert))
        before = self.readers(alert)
        if rule is not None and rule.status is Status.SHADOW:
            its_author = {person: owners for person, owners in before.items() if person == rule.author}
            return its_author if alert.is_open else its_author | self.told_before_shadow(alert, rule)
        if event.kind is EventKind.WORSENED:
            escalated = {t.person: t.owners for t in self.hearings.reached(alert) if t.kind is EventKind.ESCALATED}
            return merged(self.presence.present(self.answering(alert)), escalated)
        owners = sorted({owner for theirs in before.values() for owner in theirs})
        return merged(before, self.presence.present(owners))

    def answering(self, alert: Alert) -> tuple[str, ...]:
        """Return the owners whom the rule tells of an alert's series today."""
        key, rule = alert.key, self.rules_by_id.get(alert.key.rule)
        if rule is None or key.measure not in self.rules.measures or key.area not in self.rules.areas:
            return ()
        return recipients(rule, key.measure, key.area, self.rules, self.presence.day)

    def hears(self, alert: Alert) -> bool:
        """Whether anybody is there, and can be reached, to hear of an alert."""
        presence = self.presence
        return any(presence.stand_in(owner) in presence.reachable for owner in self.answering(alert))

    def readers(self, alert: Alert) -> Readers:
        """Return who was told of an alert since it opened, and still is somebody."""
        found: Readers = {}
        for told in self.hearings.reached(alert):
            if told.person in self.rules.owners:
                found[told.person] = tuple(dict.fromkeys((*found.get(told.person, ()), *told.owners)))
        return found

    def told_before_shadow(self, alert: Alert, rule: Rule) -> Readers:
        """Return those for whom an alert of a rule in shadow still stands, its author aside."""
        last = {told.person: told for told in self.hearings.reached(alert)}
        return {
            person: owners
            for person, owners in self.readers(alert).items()
            if last[person].stands and rule.author not in (person, *owners)
        }

    def split_by_heard(self, alert: Alert, audience: Readers) -> tuple[Readers, Readers]:
        """Part those who have heard of an alert, or are about to, from those who have not."""
        reached = self.hearings.reached(alert)
        known = heard_of(reached, also_escalated=True).keys() | self.hearings.on_the_way(alert)
        heard = {p: owners for p, owners in audience.items() if p in known or any(owner in known for owner in owners)}
        return heard, {person: owners for person, owners in audience.items() if person not in heard}

    def told_before(self, event: AlertEvent, audience: Readers) -> list[str]:
        """Return the owners among an audience whom a tick told, that was undone since, that an alert opened or is over."""
        several = self.hearings.of(event.alert)
        if not any(told.undone_at for told in several):
            return []
        if event.kind is EventKind.OPENED:
            heard = heard_of(list(self.hearings.since_opening(event.alert)))
        elif not event.alert.is_open:
            in_order = sorted(several, key=lambda told: told.undone_at or told.at)
            heard = {o: told for o, told in heard_of(in_order).items() if told.undone_at and not told.stands}
        else:
            return []
        return [owner for owners in audience.values() for owner in owners if owner in heard]
