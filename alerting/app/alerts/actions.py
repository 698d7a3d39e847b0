"""What people do about alerts: list them, take one on, comment, mute one for a while."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from typing import Any

from alerting.domain.alert import Acknowledgement, Alert, AlertEvent, EventKind
from alerting.domain.notify.hearing import Fate, SentNotice
from alerting.domain.notify.holding import SuppressionReason
from alerting.domain.period import month_later
from alerting.domain.rule import RuleSet, Silence
from alerting.domain.silencing import muting, under_present_names
from alerting.domain.working_days import add_working_days
from alerting.errors import UsageError
from alerting.evaluation.ages import is_old
from alerting.ports.alerts import AlertBook
from alerting.ports.state import Store, Transaction
from alerting.wording.dates import plural

#: Alerts that ended so long ago are not listed.
LISTED_FOR = timedelta(days=400)
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """Who says what of an alert, when, and by which way where that is not by command."""

    person: str
    at: datetime
    words: str | None
    via: str | None = None
    #: Whether they say that it is a false alarm.
    false_alarm: bool = False

    def event(self, kind: EventKind, alert: Alert) -> AlertEvent:
        """Return it as what happened to an alert."""
        return AlertEvent(
            kind=kind,
            alert=alert,
            finding=None,
            at=self.at,
            reason=self.words,
            person=self.person,
            via=self.via,
            false_alarm=self.false_alarm or None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An alert with what people have to know of it."""

    alert: Alert
    headline: str | None
    #: Owner ids, as they were told: of those to whom a message waits or was refused, that is said by itself.
    told: tuple[str, ...]
    #: The silence that mutes it today.
    silence: Silence | None
    #: Whether it was old when it was first seen, so that nobody was told of it; and how old it is, where newer figures are due.
    not_news: bool = False
    waiting: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    age: str | None = None

    def as_json(self, day: date) -> dict[str, Any]:
        """Return the values for JSON."""
        alert = self.alert
        mark = alert.acknowledgement if alert.is_acknowledged(day) else None
        return {
            "id": alert.id,
            "rule": alert.key.rule,
            "measure": alert.key.measure,
            "area": alert.key.area,
            "state": self.state(day),
            "severity": alert.severity.word,
            "opened": str(alert.opened),
            "period": str(alert.period),
            "value": alert.value,
            "consecutive": alert.consecutive,
            "band": alert.band,
            "resolved": None if alert.resolved is None else str(alert.resolved),
            "headline": self.headline,
            "told": list(self.told),
            "waiting": list(self.waiting),
            "refused": list(self.refused),
            "acknowledged_by": mark.person if mark else None,
            "acknowledged_until": mark.until.isoformat() if mark and mark.until else None,
            "silenced_by": self.silence and self.silence.id,
            "silenced_until": self.silence.until.isoformat() if self.silence and self.silence.until else None,
            "not_news": self.not_news,
            "age": self.age,
        }

    def state(self, day: date) -> str:
        """Return the word for how it stands: an open one may be acknowledged or silenced."""
        if not self.alert.is_open:
            return self.alert.state.value
        if self.silence is not None:
            return "silenced"
        return "acknowledged" if self.alert.is_acknowledged(day) else self.alert.state.value


def list_alerts(
    rules: RuleSet, store: Store, day: date, now: datetime, *, ended: bool, owner: str | None
) -> list[Listed]:
    """Return the alerts that stand, worst first; with *ended* those of the last 400 days too.

    Args:
        owner: only those that this owner was told of, or a deputy for them.

    Raises:
        UsageError: there is no such owner.
    """
    if owner is not None:
        check_person(rules, owner)
    with store.begin() as state:
        found = state.alerts.recent(now - LISTED_FOR) if ended else state.alerts.open()
        ids = [alert.id for alert in found]
        told, held = state.hearings.told(ids), state.hearings.held_back(ids)
        silences = (*rules.silences, *under_present_names(rules, state.silences.made()))
    listed = []
    for alert in found:
        tellings = told.get(alert.id, ())
        readers = _with_fate(tellings, Fate.TOLD, Fate.POSSIBLE)
        headlines = [one.headline for one in tellings if one.headline]
        silence = muting(alert.key, rules, silences, day) if alert.is_open else None
        concerned = {named for one in tellings for named in (one.person, *one.owners)}
        if owner is None or owner in concerned:
            listed.append(
                Listed(
                    alert=alert,
                    headline=headlines[-1] if headlines else None,
                    told=readers,
                    silence=silence,
                    waiting=_with_fate(tellings, Fate.WAITING),
                    refused=tuple(o for o in _with_fate(tellings, Fate.FAILED) if o not in readers),
                    not_news=not tellings
                    and any(one.reason is SuppressionReason.NOT_NEWS for one in held.get(alert.id, ())),
                    age=_age(alert, rules, day) if alert.is_open else None,
                )
            )
    return sorted(listed, key=lambda one: (not one.alert.is_open, -one.alert.severity, one.alert.id))


def _with_fate(tellings: Sequence[SentNotice], *fates: Fate) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.person for one in tellings if one.fate in fates))


def _age(alert: Alert, rules: RuleSet, day: date) -> str | None:
    """Say how many periods ago an open alert was exceptional last, where a newer figure is due."""
    measure = rules.measures.get(alert.key.measure)
    if measure is None or not is_old(measure, alert.period, day, alert.key.area):
        return None
    ago = rules.calendar.newest_complete(day, alert.period.kind).ordinal - alert.period.ordinal
    return f"{ago} {plural(alert.period.kind)}" if ago != 1 else f"1 {alert.period.kind.value}"


def acknowledge(
    rules: RuleSet,
    store: Store,
    id_: str,
    person: str,
    at: datetime,
    day: date,
    words: str | None,
    *,
    false_alarm: bool = False,
) -> str:
    """Take an alert on, and return what is so now in a sentence; a second time changes nothing.

    Args:
        false_alarm: it is said to be one, which counts against its rule; that can be said of what has ended too.

    Raises:
        UsageError: there is no such alert or person, or it does not stand.
    """
    check_person(rules, person)
    saying = Saying(person=person, at=at, words=words, false_alarm=false_alarm)
    with store.begin() as state:
        return (false_alarm_in if false_alarm else acknowledge_in)(state, rules, id_, saying, day)


def acknowledge_in(state: Transaction, rules: RuleSet, id_: str, saying: Saying, day: date) -> str:
    """Do that inside a transaction.

    Raises:
        UsageError: there is no such alert, or it does not stand.
    """
    alert = _standing(state.alerts, id_)
    if alert.is_acknowledged(day):
        assert alert.acknowledgement is not None
        return f"{alert.id} is acknowledged already, by {alert.acknowledgement.person}."
    rule = next((rule for rule in rules.rules if rule.id == alert.key.rule), None)
    until = _lapses(day, rule.review_after, rules.schedule.holidays) if rule is not None and rule.review_after else None
    taken = replace(alert, acknowledgement=Acknowledgement(person=saying.person, at=saying.at, until=until))
    state.alerts.save([taken])
    _note(state, saying.event(EventKind.ACKNOWLEDGED, taken))
    held = f" until {until.isoformat()}" if until else " as long as it stands"
    return (
        f"{alert.id} is acknowledged by {saying.person}{held}, unless its severity or band gets worse: no reminders, no"
        " escalation."
    )


def false_alarm_in(state: Transaction, rules: RuleSet, id_: str, saying: Saying, day: date) -> str:
    """Keep that somebody calls an alert a false alarm; one that stands and that nobody has taken on is taken on by that.

    Raises:
        UsageError: there is no such alert.
    """
    alert = alert_named(state.alerts, id_)
    if alert.is_open and not alert.is_acknowledged(day):
        return f"{acknowledge_in(state, rules, id_, saying, day)} It counts as a false alarm."
    _note(state, saying.event(EventKind.COMMENTED, alert))
    return f"{alert.id} counts as a false alarm."


def unacknowledge(
    rules: RuleSet, store: Store, id_: str, person: str, at: datetime, day: date, words: str | None
) -> str:
    """Give an alert back that somebody had taken on: reminders and escalation are due again.

    Raises:
        UsageError: there is no such alert or person, or nobody has taken it on.
    """
    check_person(rules, person)
    with store.begin() as state:
        alert = _standing(state.alerts, id_)
        mark = alert.acknowledgement
        if mark is None or not alert.is_acknowledged(day):
            raise UsageError(f"{alert.id} is not acknowledged")
        free = replace(alert, acknowledgement=None)
        state.alerts.save([free])
        said = f"takes back that {mark.person} has acknowledged it" + (f": {words.strip()}" if words else "")
        taken_back = Saying(person=person, at=at, words=said).event(EventKind.COMMENTED, free)
        _note(state, replace(taken_back, false_alarm=False))
    return f"{alert.id} is acknowledged by nobody: reminders and escalation are due again."


def comment(rules: RuleSet, store: Store, id_: str, person: str, at: datetime, words: str) -> str:
    """Add a comment, which the series' next notices show.

    Raises:
        UsageError: there is no such alert or person, or no words.
    """
    check_person(rules, person)
    words = words.encode("utf-8", "replace").decode("utf-8")
    if not words.strip():
        raise UsageError("a comment needs words")
    with store.begin() as state:
        return comment_in(state, id_, Saying(person=person, at=at, words=words.strip()))


def comment_in(state: Transaction, id_: str, saying: Saying) -> str:
    """Do that inside a transaction.

    Raises:
        UsageError: there is no such alert.
    """
    alert = alert_named(state.alerts, id_)
    _note(state, saying.event(EventKind.COMMENTED, alert))
    return f"Noted on {alert.id}."


def _note(state: Transaction, event: AlertEvent) -> None:
    tick = state.ticks.newest()
    assert tick is not None, "an alert without a tick"
    state.alerts.save_events(tick.id, [event])


def alert_named(alerts: AlertBook, id_: str, also: str = "") -> Alert:
    """Return the alert of an id.

    Args:
        also: what else might have been meant.

    Raises:
        UsageError: there is none.
    """
    alert = alerts.get(id_)
    if alert is None:
        known = [one.id for one in alerts.recent(datetime(1, 1, 1, tzinfo=UTC))]
        near = get_close_matches(id_, known, n=1)
        hint = f'did you mean "{near[0]}"?' if near else "`alerting alerts list` names them"
        raise UsageError(f'no alert "{id_}"; {hint}{also}')
    return alert


def _standing(alerts: AlertBook, id_: str) -> Alert:
    alert = alert_named(alerts, id_)
    if not alert.is_open:
        raise UsageError(f"{alert.id} is {alert.state.value}; only what stands can be acknowledged")
    return alert


def check_person(rules: RuleSet, person: str) -> None:
    """Refuse a person who is no owner."""
    if person not in rules.owners:
        near = get_close_matches(person, list(rules.owners), n=1)
        hint = f'did you mean "{near[0]}"?' if near else "name an owner's id from the rules"
        raise UsageError(f'no owner "{person}"; {hint}')


def _lapses(day: date, review_after: tuple[int, str], holidays: str) -> date:
    """Return the last day on which an acknowledgement holds."""
    count, unit = review_after
    if unit in _MONTHS:
        return month_later(day, count * _MONTHS[unit]) - timedelta(days=1)
    if unit == "working day":
        return add_working_days(day, count, holidays) - timedelta(days=1)
    return day + timedelta(days=count * (7 if unit == "week" else 1) - 1)
