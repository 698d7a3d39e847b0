"""What each reader has heard of an alert, and when the next reminder of it is due."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum

from alerting.domain.alert import Alert, EventKind
from alerting.domain.period import month_later
from alerting.domain.rule import Remind, RuleSet
from alerting.domain.severity import Severity


class Fate(StrEnum):
    """What became of the message by which somebody was to be told: told is what a channel accepted."""

    TOLD = "told"
    #: It is on its way.
    WAITING = "waiting"
    #: It may have arrived; nobody knows.
    POSSIBLE = "may have arrived"
    #: It was refused, or given up.
    FAILED = "refused"
    #: It was not sent: another one says what it would have, or it is not true any more.
    REPLACED = "not sent"


#: What figures bring about; where a tick tells it by itself, it happened before and was kept from somebody until then.
TOLD_LATER = (EventKind.OPENED, EventKind.WORSENED)


@dataclass(frozen=True, slots=True, kw_only=True)
class SentNotice:
    """That a person was told of an alert, for which owners, and how it stood then."""

    person: str
    owners: tuple[str, ...]
    kind: EventKind
    at: datetime
    severity: Severity
    band: str | None = None
    #: What it said, in a line.
    headline: str | None = None
    #: Whether the alert stood by what it said.
    stands: bool = True
    fate: Fate = Fate.TOLD
    #: The address at which the message was refused or expired.
    failed_at: str | None = None
    #: When the tick that told it was undone; the message stays sent.
    undone_at: datetime | None = None

    @property
    def has_reached(self) -> bool:
        """Whether the person has the message, or may have it."""
        return self.fate in (Fate.TOLD, Fate.POSSIBLE)


def since_opening(several: Sequence[SentNotice], opened_at: datetime) -> Iterator[SentNotice]:
    """Yield what was to be told of an alert since it opened (last): it may open again under its id.

    What a tick told that was undone counts for the first opening after that: nobody is told twice.
    """
    for told in several:
        if told.undone_at is not None:
            ended = (one.at for one in several if one.undone_at is None and not one.stands)
            if told.stands and not any(told.undone_at < at <= opened_at for at in ended):
                yield replace(told, at=told.undone_at)
        elif told.at >= opened_at:
            yield told


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Hearings:
    """What became of messages on alerts, as it counts on a day.

    Args:
        told: alert id -> what people were told of it, oldest first.
        zone: in which a day begins.
    """

    rules: RuleSet
    as_of: date
    zone: tzinfo
    told: Mapping[str, Sequence[SentNotice]]

    def of(self, alert: Alert) -> Sequence[SentNotice]:
        """Return all that people were ever told of an alert's series."""
        return self.told.get(alert.id, ())

    def since_opening(self, alert: Alert) -> Iterator[SentNotice]:
        """Yield what was to be told of an alert since it opened (last)."""
        return since_opening(self.of(alert), alert.opened_at)

    def reached(self, alert: Alert) -> list[SentNotice]:
        """Return what has reached its readers since it opened, or may have."""
        return [told for told in self.since_opening(alert) if told.has_reached]

    def accepted(self, alert: Alert) -> list[SentNotice]:
        """Return what was accepted since it opened, in that order: only from then on somebody could know."""
        accepted = (told for told in self.since_opening(alert) if told.fate is Fate.TOLD)
        return sorted(accepted, key=lambda told: told.at)

    def on_the_way(self, alert: Alert) -> frozenset[str]:
        """Return the owners to whom a message on an alert is under way, or whose mailbox refused one today already."""
        waiting = (t for t in self.since_opening(alert) if t.fate is Fate.WAITING or self.refused_today(t))
        return frozenset(owner for told in waiting for owner in (told.person, *told.owners))

    def refused_today(self, told: SentNotice) -> bool:
        """Whether a mailbox refused a message today: it is tried again the next day, or when the address changes."""
        person = self.rules.owners.get(told.person)
        same = person is not None and told.failed_at in (person.email, person.id)
        return told.fate is Fate.FAILED and same and self.day(told.at) >= self.as_of

    def day(self, at: datetime) -> date:
        """Return the day on which an instant lies."""
        return at.astimezone(self.zone).date()


def heard_of(told: Sequence[SentNotice], *, also_escalated: bool = False) -> dict[str, SentNotice]:
    """Return owner -> what they heard last, themselves or through a deputy; not what was passed on to them, as a rule."""
    heard: dict[str, SentNotice] = {}
    for one in told:
        if also_escalated or one.kind is not EventKind.ESCALATED:
            heard.update((owner, one) for owner in (*one.owners, one.person))
    return heard


def merged(*audiences: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Return person -> the owners they are told for, by all of some audiences."""
    found: dict[str, tuple[str, ...]] = {}
    for audience in audiences:
        for person, owners in audience.items():
            found[person] = tuple(dict.fromkeys((*found.get(person, ()), *owners)))
    return found


def worse_since(alert: Alert, told: SentNotice, bands: Sequence[str]) -> bool:
    """Whether an alert is more severe, or in a worse band, than when somebody last heard of it; *bands* worst first."""
    if (alert.worst_severity or alert.severity) > told.severity:
        return True
    if alert.worst_band not in bands or told.band not in bands:
        return False
    return bands.index(alert.worst_band) < bands.index(told.band)


def reminder_day(last: date, remind: Remind) -> date:
    """Return the day on which a reminder is due after the last message."""
    if remind is Remind.MONTHLY:
        return month_later(last)
    return last + timedelta(days=1 if remind is Remind.DAILY else 7)


def perhaps_told(several: Iterable[SentNotice], remind: Remind, as_of: date, zone: tzinfo) -> set[str]:
    """Return the owners who may have a message from which the next reminder is not due yet: it comes again as a copy, if at all."""
    may = (one for one in several if one.fate is Fate.POSSIBLE)
    recent = (one for one in may if as_of < reminder_day(one.at.astimezone(zone).date(), remind))
    return {owner for one in recent for owner in (one.person, *one.owners)}
