"""Who is told what: each event's readers, what is held back and why, and what somebody has yet to hear."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, tzinfo
from functools import cached_property

from alerting.domain.alert import Alert, AlertEvent, AlertState, EventKind
from alerting.domain.finding import Finding
from alerting.domain.notify.hearing import (
    Fate,
    Told,
    heard_of,
    merged,
    perhaps_told,
    reminder_day,
    since_opening,
    worse_since,
)
from alerting.domain.notify.holding import Held, HeldMessage, Holding, heard_again
from alerting.domain.notify.planned import Plan, Suppressed, Telling
from alerting.domain.notify.recipients import recipients, stand_in
from alerting.domain.period import PeriodKind
from alerting.domain.rule import Remind, Rule, RuleSet, Silence, Status
from alerting.domain.working_days import add_working_days

#: What those who were told of an alert hear of it, though another alert speaks for it meanwhile.
_TOLD_TO_THE_END = (EventKind.RESOLVED, EventKind.WITHDRAWN, EventKind.CORRECTED)
SILENCE_OVER = "It was silenced until now."
INHIBITION_OVER = "Until now it was told as part of another area's exception."
NEWLY_YOURS = "You are told of it for the first time."
IN_SHADOW = "The rule is tried out in shadow again: from now on its author alone is told."


@dataclass(frozen=True, kw_only=True, eq=False)
class Teller:
    """Decides for one tick.

    Args:
        open_alerts: everything that stands after the tick, by id.
        told: alert id -> what people were told of it, oldest first.
        silences: those of the rules and those made by command.
        reachable: owner ids that have an address on some channel.
        zone: in which a day begins.
    """

    rules: RuleSet
    as_of: date
    at: datetime
    zone: tzinfo
    open_alerts: Mapping[str, Alert]
    told: Mapping[str, Sequence[Told]]
    silences: Sequence[Silence]
    reachable: frozenset[str]
    #: The newest finding of an alert and its headline, for what the figures themselves did not bring about.
    speak: Callable[[Alert], tuple[Finding | None, str | None]]
    #: Alerts of which an earlier tick held something back.
    held_before: Mapping[str, Sequence[HeldMessage]] = field(default_factory=dict)
    #: Ids of the alerts that open with this tick, and whether what is exceptional of one is new rather than long past.
    opened: frozenset[str] = frozenset()
    is_news: Callable[[Alert], bool] = lambda _: True
    #: Alert id -> when somebody acknowledged it last, also where that has ended since.
    acknowledged: Mapping[str, datetime] = field(default_factory=dict)

    @cached_property
    def _rules_by_id(self) -> Mapping[str, Rule]:
        return {rule.id: rule for rule in self.rules.rules}

    @cached_property
    def holding(self) -> Holding:
        """What holds messages back today."""
        return Holding(
            rules=self.rules, as_of=self.as_of, open_alerts=self.open_alerts, silences=self.silences,
            hears=lambda alert: any(self.stand_in(owner) in self.reachable for owner in self._answering(alert)),
            no_news=self._is_no_news,
        )  # fmt: skip

    def _is_no_news(self, alert: Alert) -> bool:
        """Whether an alert was old when a tick first saw it, and is so still: nobody has been told of it since."""
        before = any(one.reason is Held.NOT_NEWS for one in self._held(alert))
        seen_old = (before or alert.id in self.opened) and not self.is_news(alert)
        return seen_old and not self._reached(alert) and not self._on_the_way(alert)

    def plan(self, events: Sequence[AlertEvent]) -> Plan:
        """Return whom each event is told, and what else is due to be told."""
        tellings: list[Telling] = []
        suppressed: list[Suppressed] = []
        further: list[AlertEvent] = []
        for event in events:
            audience = self._audience(event)
            if told_before := self._told_before(event, audience):
                audience = {
                    p: left for p, of in audience.items() if (left := tuple(o for o in of if o not in told_before))
                }
                suppressed += (Suppressed(event=event, owner=o, reason=Held.TOLD_BEFORE) for o in told_before)
                if not audience:
                    continue
            if event.kind is EventKind.WORSENED:
                audience, unheard = self._parted(event.alert, audience)
                if unheard:  # to them it is new
                    owners = [owner for theirs in unheard.values() for owner in theirs]
                    opening = self._event(event.alert, EventKind.OPENED, self._why_now(event.alert, owners))
                    said, held = self._sorted_out(opening, unheard)
                    if said or held:
                        further.append(opening)
                        tellings += said
                        suppressed += held
            said, held = self._sorted_out(event, audience)
            tellings += said
            suppressed += held
        happened = {event.alert.id for event in events}
        for alert in self.open_alerts.values():
            taken = self._taken_from(alert)
            due = self._due(alert, fresh=alert.id in happened)
            for event, audience in due if taken is None else (taken, *due):
                said, held = self._sorted_out(event, audience)
                held = [one for one in held if self._is_held_anew(one)]
                if said or held:
                    further.append(event)
                    tellings += said
                    suppressed += held
        return Plan(tellings=tuple(tellings), suppressed=tuple(suppressed), further=tuple(further))

    def _held(self, alert: Alert) -> Sequence[HeldMessage]:
        """Return what earlier ticks held back of an alert."""
        return self.held_before.get(alert.id, ())

    def _is_held_anew(self, held: Suppressed) -> bool:
        """Whether a message is held back that was not before; a reminder is one each time it would have come."""
        alert, kind, rule = held.event.alert, held.event.kind, self._rules_by_id.get(held.event.alert.key.rule)
        before = [
            o.at for o in self._held(alert) if (o.owner, o.kind) == (held.owner, kind) and o.at >= alert.opened_at
        ]
        if before and kind is EventKind.REMINDED and rule is not None:
            return self.as_of >= reminder_day(self._day(max(before)), rule.remind)
        return not before

    def _taken_from(self, alert: Alert) -> tuple[AlertEvent, dict[str, tuple[str, ...]]] | None:
        """Return the end for those who were told of an open alert whose rule is in shadow now; to its author it goes on."""
        rule = self._rules_by_id.get(alert.key.rule)
        if rule is None or rule.status is not Status.SHADOW:
            return None
        readers = self._told_before_shadow(alert, rule)
        ended = replace(alert, state=AlertState.WITHDRAWN, acknowledgement=None)
        return (self._event(ended, EventKind.WITHDRAWN, IN_SHADOW), readers) if readers else None

    def _told_before_shadow(self, alert: Alert, rule: Rule) -> dict[str, tuple[str, ...]]:
        """Return those for whom an alert of a rule in shadow still stands, its author aside."""
        last = {told.person: told for told in self._reached(alert)}
        return {
            person: owners
            for person, owners in self._readers(alert).items()
            if last[person].stands and rule.author not in (person, *owners)
        }

    def _parted(
        self, alert: Alert, audience: Mapping[str, tuple[str, ...]]
    ) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
        """Part those who have heard of an alert, or are about to, from those who have not."""
        known = heard_of(self._reached(alert), also_escalated=True).keys() | self._on_the_way(alert)
        heard = {p: owners for p, owners in audience.items() if p in known or any(owner in known for owner in owners)}
        return heard, {person: owners for person, owners in audience.items() if person not in heard}

    def _told_before(self, event: AlertEvent, audience: Mapping[str, tuple[str, ...]]) -> list[str]:
        """Return the owners among an audience whom a tick told, that was undone since, that an alert opened or is over."""
        several = self.told.get(event.alert.id, ())
        if not any(told.undone_at for told in several):
            return []
        if event.kind is EventKind.OPENED:
            heard = heard_of(list(self._since_opening(event.alert)))
        elif not event.alert.is_open:
            in_order = sorted(several, key=lambda told: told.undone_at or told.at)
            heard = {o: told for o, told in heard_of(in_order).items() if told.undone_at and not told.stands}
        else:
            return []
        return [owner for owners in audience.values() for owner in owners if owner in heard]

    def stand_in(self, owner: str) -> str:
        """Return who is there for an owner today."""
        return stand_in(self.rules, owner, self.as_of, self.reachable)

    # The events of the figures

    def _audience(self, event: AlertEvent) -> dict[str, tuple[str, ...]]:
        """Return person -> the owners they are told for."""
        alert, rule = event.alert, self._rules_by_id.get(event.alert.key.rule)
        if event.kind is EventKind.OPENED:
            return self._present(self._answering(alert))
        before = self._readers(alert)
        if rule is not None and rule.status is Status.SHADOW:
            its_author = {person: owners for person, owners in before.items() if person == rule.author}
            return its_author if alert.is_open else its_author | self._told_before_shadow(alert, rule)
        if event.kind is EventKind.WORSENED:
            escalated = {t.person: t.owners for t in self._reached(alert) if t.kind is EventKind.ESCALATED}
            return merged(self._present(self._answering(alert)), escalated)
        return merged(before, self._present(sorted({owner for owners in before.values() for owner in owners})))

    def _answering(self, alert: Alert) -> tuple[str, ...]:
        """Return the owners whom the rule tells of an alert's series today."""
        key, rule = alert.key, self._rules_by_id.get(alert.key.rule)
        if rule is None or key.measure not in self.rules.measures or key.area not in self.rules.areas:
            return ()
        return recipients(rule, key.measure, key.area, self.rules)

    def _present(self, owners: Sequence[str]) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for owner in owners:
            if owner in self.rules.owners:
                person = self.stand_in(owner)
                found[person] = (*found.get(person, ()), owner)
        return found

    def _readers(self, alert: Alert) -> dict[str, tuple[str, ...]]:
        """Return who was told of an alert since it opened, and still is somebody."""
        found: dict[str, tuple[str, ...]] = {}
        for told in self._reached(alert):
            if told.person in self.rules.owners:
                found[told.person] = tuple(dict.fromkeys((*found.get(told.person, ()), *told.owners)))
        return found

    def _since_opening(self, alert: Alert) -> Iterator[Told]:
        """Yield what was to be told of an alert since it opened (last)."""
        return since_opening(self.told.get(alert.id, ()), alert.opened_at)

    def _reached(self, alert: Alert) -> list[Told]:
        """Return what has reached its readers since it opened, or may have."""
        return [told for told in self._since_opening(alert) if told.has_reached]

    def _accepted(self, alert: Alert) -> list[Told]:
        """Return what was accepted since it opened, in that order: only from then on somebody could know."""
        accepted = (told for told in self._since_opening(alert) if told.fate is Fate.TOLD)
        return sorted(accepted, key=lambda told: told.at)

    def _on_the_way(self, alert: Alert) -> frozenset[str]:
        """Return the owners to whom a message on an alert is under way, or whose mailbox refused one today already."""
        waiting = (t for t in self._since_opening(alert) if t.fate is Fate.WAITING or self._refused_today(t))
        return frozenset(owner for told in waiting for owner in (told.person, *told.owners))

    def _refused_today(self, told: Told) -> bool:
        """Whether a mailbox refused a message today: it is tried again the next day, or when the address changes."""
        person = self.rules.owners.get(told.person)
        same = person is not None and told.failed_at in (person.email, person.id)
        return told.fate is Fate.FAILED and same and self._day(told.at) >= self.as_of

    def _sorted_out(
        self, event: AlertEvent, audience: Mapping[str, tuple[str, ...]]
    ) -> tuple[list[Telling], list[Suppressed]]:
        """Part who is told from who is not, with the reason."""
        if not audience:
            reason = Held.NOT_NEWS if self.holding.no_news(event.alert) else Held.NOBODY
            return [], [Suppressed(event=event, owner="", reason=reason)] if event.kind is EventKind.OPENED else []
        if (held := self.holding.on(event.alert)) is not None and not (
            held[0] is Held.INHIBITED and event.kind in _TOLD_TO_THE_END
        ):
            why, by = held
            concerned = dict.fromkeys(owner for owners in audience.values() for owner in owners)
            return [], [Suppressed(event=event, owner=owner, reason=why, by=by) for owner in concerned]
        said, missed = [], []
        for person, owners in audience.items():
            if person in self.reachable:
                said.append(Telling(event=event, person=person, owners=owners))
            else:
                missed += [Suppressed(event=event, owner=owner, reason=Held.NO_ADDRESS, by=person) for owner in owners]
        return said, missed

    # What is due without anything new in the figures

    def _due(self, alert: Alert, *, fresh: bool) -> Iterator[tuple[AlertEvent, dict[str, tuple[str, ...]]]]:
        """Yield what has to be said of an open alert today beside its own events."""
        told, under_way = self._accepted(alert), self._on_the_way(alert)
        if fresh or (not told and self.holding.no_news(alert)):
            return
        heard = heard_of(self._reached(alert))
        late = list(self._yet_to_hear(alert, heard, under_way))
        yield from late
        rule = self._rules_by_id.get(alert.key.rule)
        if rule is None or alert.is_acknowledged(self.as_of) or not told:
            return
        owners: list[str] = []
        if rule.remind is not Remind.NEVER and self.as_of >= reminder_day(self._day(told[-1].at), rule.remind):
            today = {owner for _, audience in late for owners in audience.values() for owner in owners}
            perhaps = perhaps_told(self._since_opening(alert), rule.remind, self.as_of, self.zone)
            wait = heard_of(told).keys() - today - under_way - perhaps
            owners = [owner for owner in self._answering(alert) if owner in wait]
            yield self._event(alert, EventKind.REMINDED, self._not_taken_on(alert, told)), self._present(owners)
        if rule.status is not Status.SHADOW:
            yield from self._escalations(alert, told, owners)

    def _yet_to_hear(
        self, alert: Alert, heard: Mapping[str, Told], under_way: Collection[str]
    ) -> Iterator[tuple[AlertEvent, dict[str, tuple[str, ...]]]]:
        """Yield openings and worsenings that a silence, an inhibition or a missing address kept from somebody."""
        answering = [owner for owner in self._answering(alert) if owner not in under_way]
        new = [owner for owner in answering if owner not in heard or not heard[owner].stands]
        if new:
            yield self._event(alert, EventKind.OPENED, self._why_now(alert, new)), self._present(new)
        rule = self._rules_by_id.get(alert.key.rule)
        bands = [band.name for band in getattr(rule.when, "bands", ())] if rule is not None else []
        behind = [o for o in answering if o in heard and o not in new and worse_since(alert, heard[o], bands)]
        if behind:
            yield self._event(alert, EventKind.WORSENED, self._why_now(alert, behind)), self._present(behind)

    def _why_now(self, alert: Alert, owners: Sequence[str]) -> str | None:
        reasons = {one.reason for one in self._held(alert) if one.owner in owners}
        if Held.SILENCED in reasons:
            return SILENCE_OVER
        return INHIBITION_OVER if Held.INHIBITED in reasons else NEWLY_YOURS

    def _escalations(
        self, alert: Alert, told: Sequence[Told], reminded: Collection[str]
    ) -> Iterator[tuple[AlertEvent, dict[str, tuple[str, ...]]]]:
        held = [one for one in self._held(alert) if one.at >= alert.opened_at]
        lapsed, silenced = alert.acknowledgement, self.holding.silenced_until(alert)
        first, done = self._first_told(alert, told)
        due: dict[str, tuple[str, ...]] = {}
        for owner in self._answering(alert):
            escalate = self.rules.owners[owner].escalate
            if escalate is None or owner in done or owner not in first or escalate.to not in self.rules.owners:
                continue
            if escalate.to == owner or escalate.to in first:
                continue  # it would be passed on to oneself, or to somebody who was told
            again = heard_again(owner, held, self._since_opening(alert), reminded, self.at)
            begins = max(self._day(again or first[owner]), silenced or date.min)
            if lapsed is not None:
                begins = max(begins, (lapsed.until or begins) + timedelta(days=1))
            if self.as_of >= add_working_days(begins, escalate.working_days):
                person = self.stand_in(escalate.to)
                due[person] = (*due.get(person, ()), owner)
        if due:
            waiting = sorted({owner for owners in due.values() for owner in owners})
            names = " and ".join(self.rules.owners[owner].name for owner in waiting)
            day = self._day_words(min(first[owner] for owner in waiting))
            since = "nobody has acknowledged it since"
            if silenced is not None and silenced >= self._day(min(first[owner] for owner in waiting)):
                since = f"it was silenced until {self._in_words(silenced)}, and nobody has acknowledged it since"
            if lapsed is not None:
                since = f"its acknowledgement of {self._day_words(lapsed.at)} has lapsed"
            why = f"{names} {'was' if len(waiting) == 1 else 'were'} told on {day}; {since}."
            yield self._event(alert, EventKind.ESCALATED, why), due

    def _first_told(self, alert: Alert, told: Sequence[Told]) -> tuple[dict[str, datetime], set[str]]:
        """Return when each owner was first told (anew, where it got worse after it was taken on), and who was passed over."""
        first: dict[str, datetime] = {}
        passed_on = (t for t in self._since_opening(alert) if t.kind is EventKind.ESCALATED)
        done = {o for t in passed_on if t.fate is not Fate.FAILED or self._refused_today(t) for o in t.owners}
        ended = self._acknowledged_and_worse(alert)
        for one in told:
            for owner in one.owners:
                if one.kind is not EventKind.ESCALATED and (ended is None or one.at > ended):
                    first.setdefault(owner, one.at)
        return first, done

    def _event(self, alert: Alert, kind: EventKind, reason: str | None = None) -> AlertEvent:
        finding, headline = self.speak(alert)
        return AlertEvent(kind=kind, alert=alert, finding=finding, at=self.at, reason=reason, headline=headline)

    def _not_taken_on(self, alert: Alert, told: Sequence[Told]) -> str:
        """Say since when a reminder's reader could have known."""
        lapsed = alert.acknowledgement
        if lapsed is not None and lapsed.until is not None:
            return f"Its acknowledgement of {self._day_words(lapsed.at)} has lapsed."
        ended = self._acknowledged_and_worse(alert)
        anew = next((one for one in told if ended is not None and one.at > ended), None)
        if anew is not None:
            return f"Told anew on {self._day_words(anew.at)}; nobody has acknowledged it since."
        return f"First told on {self._day_words(told[0].at)}; nobody has acknowledged it since."

    def _acknowledged_and_worse(self, alert: Alert) -> datetime | None:
        """Return when an alert was acknowledged that has got worse since, so that nobody has taken it on as it is."""
        at = self.acknowledged.get(alert.id)
        return at if alert.acknowledgement is None and at is not None and at >= alert.opened_at else None

    def _day_words(self, at: datetime) -> str:
        return self._in_words(self._day(at))

    def _in_words(self, day: date) -> str:
        return self.rules.calendar.containing(day, PeriodKind.DAY).label

    def _day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()
