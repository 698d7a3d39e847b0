"""What falls due by time, without anything new in the figures: reminders, escalations, what somebody has yet to hear."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from alerting.domain.alert import Alert, AlertEvent, AlertState, EventKind
from alerting.domain.finding import Finding
from alerting.domain.notify.audience import Audience, Readers
from alerting.domain.notify.hearing import Fate, SentNotice, heard_of, perhaps_told, reminder_day, worse_since
from alerting.domain.notify.holding import HeldMessage, Holding, SuppressionReason, heard_again
from alerting.domain.period import PeriodKind
from alerting.domain.rule import Remind, Rule, Status
from alerting.domain.working_days import add_working_days

SILENCE_OVER = "It was silenced until now."
INHIBITION_OVER = "Until now it was told as part of another area's exception."
NEWLY_YOURS = "You are told of it for the first time."
IN_SHADOW = "The rule is tried out in shadow again: from now on its author alone is told."

#: An event with its readers.
Due = tuple[AlertEvent, Readers]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DueByTime:
    """Finds what has to be said of alerts on one day beside their own events.

    Args:
        at: the instant of the tick.
        held_before: alert id -> what earlier ticks held back of it.
        speak: the newest finding of an alert and its headline.
        acknowledged: alert id -> when somebody acknowledged it last, also where that has ended since.
    """

    at: datetime
    audience: Audience
    holding: Holding
    held_before: Mapping[str, Sequence[HeldMessage]]
    speak: Callable[[Alert], tuple[Finding | None, str | None]]
    acknowledged: Mapping[str, datetime]

    def of(self, alert: Alert, *, fresh: bool) -> Iterator[Due]:
        """Yield what has to be said of an open alert today.

        Args:
            fresh: whether its figures have an event of their own.
        """
        taken = self._taken_from(alert)
        if taken is not None:
            yield taken
        hearings = self.audience.hearings
        told, under_way = hearings.accepted(alert), hearings.on_the_way(alert)
        if fresh or (not told and self.holding.no_news(alert)):
            return
        late = list(self._yet_to_hear(alert, heard_of(hearings.reached(alert)), under_way))
        yield from late
        rule = self._rule_of(alert)
        if rule is None or alert.is_acknowledged(hearings.as_of) or not told:
            return
        owners: list[str] = []
        if rule.remind is not Remind.NEVER and hearings.as_of >= reminder_day(hearings.day(told[-1].at), rule.remind):
            today = {owner for _, audience in late for owners in audience.values() for owner in owners}
            perhaps = perhaps_told(hearings.since_opening(alert), rule.remind, hearings.as_of, hearings.zone)
            wait = heard_of(told).keys() - today - under_way - perhaps
            owners = [owner for owner in self.audience.answering(alert) if owner in wait]
            reminded = self.event(alert, EventKind.REMINDED, self._not_taken_on(alert, told))
            yield reminded, self.audience.presence.present(owners)
        if rule.status is not Status.SHADOW:
            yield from self._escalations(alert, told, owners)

    def event(self, alert: Alert, kind: EventKind, reason: str | None = None) -> AlertEvent:
        """Make an event of today, with what there is to say of the alert."""
        finding, headline = self.speak(alert)
        return AlertEvent(kind=kind, alert=alert, finding=finding, at=self.at, reason=reason, headline=headline)

    def why_now(self, alert: Alert, owners: Sequence[str]) -> str | None:
        """Say why owners hear of an alert later than others did."""
        reasons = {one.reason for one in self._held(alert) if one.owner in owners}
        if SuppressionReason.SILENCED in reasons:
            return SILENCE_OVER
        return INHIBITION_OVER if SuppressionReason.INHIBITED in reasons else NEWLY_YOURS

    def _rule_of(self, alert: Alert) -> Rule | None:
        return self.audience.rules_by_id.get(alert.key.rule)

    def _held(self, alert: Alert) -> Sequence[HeldMessage]:
        """Return what earlier ticks held back of an alert."""
        return self.held_before.get(alert.id, ())

    def _taken_from(self, alert: Alert) -> Due | None:
        """Return the end for those who were told of an open alert whose rule is in shadow now; to its author it goes on."""
        rule = self._rule_of(alert)
        if rule is None or rule.status is not Status.SHADOW:
            return None
        readers = self.audience.told_before_shadow(alert, rule)
        ended = replace(alert, state=AlertState.WITHDRAWN, acknowledgement=None)
        return (self.event(ended, EventKind.WITHDRAWN, IN_SHADOW), readers) if readers else None

    def _yet_to_hear(self, alert: Alert, heard: Mapping[str, SentNotice], under_way: Collection[str]) -> Iterator[Due]:
        """Yield openings and worsenings that a silence, an inhibition or a missing address kept from somebody."""
        answering = [owner for owner in self.audience.answering(alert) if owner not in under_way]
        new = [owner for owner in answering if owner not in heard or not heard[owner].stands]
        present = self.audience.presence.present
        if new:
            yield self.event(alert, EventKind.OPENED, self.why_now(alert, new)), present(new)
        rule = self._rule_of(alert)
        bands = [band.name for band in rule.when.bands] if rule is not None else []
        behind = [o for o in answering if o in heard and o not in new and worse_since(alert, heard[o], bands)]
        if behind:
            yield self.event(alert, EventKind.WORSENED, self.why_now(alert, behind)), present(behind)

    def _escalations(self, alert: Alert, told: Sequence[SentNotice], reminded: Collection[str]) -> Iterator[Due]:
        """Yield what is passed on to somebody above, since nobody has taken the alert on."""
        held = [one for one in self._held(alert) if one.at >= alert.opened_at]
        silenced, hearings, owners = (
            self.holding.silenced_until(alert),
            self.audience.hearings,
            self.audience.rules.owners,
        )
        first, done = self._first_told(alert, told)
        due: Readers = {}
        for owner in self.audience.answering(alert):
            escalate = owners[owner].escalate
            if escalate is None or owner in done or owner not in first or escalate.to not in owners:
                continue
            if escalate.to == owner or escalate.to in first:
                continue  # it would be passed on to oneself, or to somebody who was told
            again = heard_again(owner, held, hearings.since_opening(alert), reminded, self.at)
            begins = max(hearings.day(again or first[owner]), silenced or date.min)
            if (lapsed := alert.acknowledgement) is not None:
                begins = max(begins, (lapsed.until or begins) + timedelta(days=1))
            if hearings.as_of >= add_working_days(begins, escalate.working_days, self.audience.rules.schedule.holidays):
                person = self.audience.presence.stand_in(escalate.to)
                due[person] = (*due.get(person, ()), owner)
        if due:
            yield self.event(alert, EventKind.ESCALATED, self._why_passed_on(alert, first, due, silenced)), due

    def _why_passed_on(self, alert: Alert, first: Mapping[str, datetime], due: Readers, silenced: date | None) -> str:
        """Say who was told when, and that nobody has taken it on."""
        waiting = sorted({owner for owners in due.values() for owner in owners})
        names = " and ".join(self.audience.rules.owners[owner].name for owner in waiting)
        earliest = min(first[owner] for owner in waiting)
        since = "nobody has acknowledged it since"
        if silenced is not None and silenced >= self.audience.hearings.day(earliest):
            since = f"it was silenced until {self._in_words(silenced)}, and nobody has acknowledged it since"
        if alert.acknowledgement is not None:
            since = f"its acknowledgement of {self._day_words(alert.acknowledgement.at)} has lapsed"
        return f"{names} {'was' if len(waiting) == 1 else 'were'} told on {self._day_words(earliest)}; {since}."

    def _first_told(self, alert: Alert, told: Sequence[SentNotice]) -> tuple[dict[str, datetime], set[str]]:
        """Return when each owner was first told (anew, where it got worse after it was taken on), and who was passed over."""
        hearings = self.audience.hearings
        first: dict[str, datetime] = {}
        passed_on = (t for t in hearings.since_opening(alert) if t.kind is EventKind.ESCALATED)
        done = {o for t in passed_on if t.fate is not Fate.FAILED or hearings.refused_today(t) for o in t.owners}
        ended = self._acknowledged_and_worse(alert)
        for one in told:
            for owner in one.owners:
                if one.kind is not EventKind.ESCALATED and (ended is None or one.at > ended):
                    first.setdefault(owner, one.at)
        return first, done

    def _not_taken_on(self, alert: Alert, told: Sequence[SentNotice]) -> str:
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
        return self._in_words(self.audience.hearings.day(at))

    def _in_words(self, day: date) -> str:
        return self.audience.rules.calendar.containing(day, PeriodKind.DAY).label
