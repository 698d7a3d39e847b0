"""Silences: what people do about them, and how they stand."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from typing import Any
from zoneinfo import ZoneInfo

from alerting.app.alerts.actions import alert_named, check_person
from alerting.domain.alert import Alert, SeriesKey
from alerting.domain.measure import Match
from alerting.domain.rule import RuleSet, Silence
from alerting.domain.silencing import SilenceDeed, SilenceDeedKind, history, last_day, on_series, under_present_names
from alerting.errors import UsageError
from alerting.ports.alerts import AlertBook
from alerting.ports.silences import SilenceBook
from alerting.ports.state import Store, Transaction

#: A silence that ends within so many days is said to end soon.
SOON = timedelta(days=2)


def all_silences(rules: RuleSet, by_command: SilenceBook) -> tuple[Silence, ...]:
    """Return the silences of the rules folder and those made by command, under the rules' present names, over or not."""
    return (*rules.silences, *under_present_names(rules, by_command.made()))


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedSilence:
    """A silence with what people have to know of it."""

    silence: Silence
    #: holds, to come, or over.
    stands: str
    ends_soon: bool
    #: Ids of the open alerts that it keeps quiet about.
    alerts: tuple[str, ...]
    #: Whether any rule watches what it is about.
    matches: bool
    ended_by: str | None

    def as_json(self) -> dict[str, Any]:
        """Return the values for JSON."""
        one = self.silence
        match = {name: sorted(getattr(one.match, name)) for name in ("rules", "measures", "areas", "topics", "tags")}
        return {
            "id": one.id,
            "match": {name: ids for name, ids in match.items() if ids},
            "from": one.since and one.since.isoformat(),
            "until": one.until and one.until.isoformat(),
            "reason": one.reason,
            "person": one.person,
            "made_at": one.made_at and one.made_at.isoformat(),
            "state": self.stands,
            "ends_soon": self.ends_soon,
            "alerts": list(self.alerts),
            "matches_nothing": not self.matches,
            "ended_by": self.ended_by,
        }


def list_silences(rules: RuleSet, store: Store, day: date, *, ended: bool) -> list[ListedSilence]:
    """Return the silences that hold or are to come, the next to end first; with *ended* those that are over too."""
    with store.begin() as state:
        silences, alerts = all_silences(rules, state.silences), state.alerts.open()
        deeds = state.silences.deeds([one.id for one in silences])
    enders = {deed.silence: deed.person if deed.kind is SilenceDeedKind.ENDED else None for deed in deeds}
    found = []
    for one in sorted(silences, key=lambda one: (last_day(one), one.id)):
        over = last_day(one) < day
        if over and not ended:
            continue
        stands = "over" if over else "holds" if one.holds(day) else "to come"
        muted = [alert.id for alert in alerts if one.holds(day) and on_series(alert.key, rules, [one])]
        found.append(
            ListedSilence(
                silence=one,
                stands=stands,
                ends_soon=ends_soon(one, day),
                alerts=tuple(muted),
                matches=matches(one, rules),
                ended_by=enders.get(one.id) if one.person else None,
            )
        )
    return found


def ends_soon(silence: Silence, day: date) -> bool:
    """Say whether a silence that holds ends within two days."""
    return silence.holds(day) and last_day(silence) < date.max and last_day(silence) - day <= SOON


def matches(silence: Silence, rules: RuleSet) -> bool:
    """Say whether any rule watches a measure and area that a silence is about."""
    match = silence.match
    return any(
        match.covers_measure(rules.measures[id_])
        and any(match.covers_area(area) for area in _areas(rules, rule.id, id_))
        for rule in rules.rules
        if match.covers_rule(rule.id)
        for id_ in rule.measures
    )


def _areas(rules: RuleSet, rule_id: str, measure: str) -> Sequence[str]:
    rule = next(one for one in rules.rules if one.id == rule_id)
    watched = rules.watched_areas(rule, measure)
    return list(rules.areas.areas if watched is None else watched)


def silences_of_life(
    alert: Alert, rules: RuleSet, by_command: SilenceBook, silences: Sequence[Silence], day: date
) -> list[SilenceDeed]:
    """Return what became, up to a day, of the silences on an alert's series while the alert stood, oldest first."""
    zone = ZoneInfo(rules.schedule.timezone)
    first = alert.opened_at.astimezone(zone).date()
    last = day if alert.is_open else alert.changed_at.astimezone(zone).date()
    known: dict[str, list[SilenceDeed]] = {}
    for deed in by_command.deeds([one.id for one in silences]):
        known.setdefault(deed.silence, []).append(deed)
    found = []
    for one in on_series(alert.key, rules, silences):
        deeds = known.get(one.id, []) if one.person is not None else []
        until = max((deed.until or date.max for deed in deeds), default=last_day(one))
        if until >= first and (one.since or date.min) <= last:
            found += history(one, deeds, day, zone)
    return sorted(found, key=lambda deed: deed.at)


def silence(
    rules: RuleSet, store: Store, named: str, until: date, reason: str, person: str, at: datetime, day: date
) -> str:
    """Mute an alert's series under its rule until a day, that one included; or let a silence end on another day.

    Args:
        named: an alert's id, or a silence's.

    Raises:
        UsageError: there is no such alert, silence or person, no reason, or the day is over.
    """
    check_person(rules, person)
    reason = reason.encode("utf-8", "replace").decode("utf-8").strip()
    if not reason:
        raise UsageError("a silence needs a reason; say why in --reason")
    if until < day:
        raise UsageError(f"--until {until} is over; name {day} or a later day")
    with store.begin() as state:
        known = _by_command(rules, state.silences)
        if named in known:
            made, kind = replace(known[named], until=until), SilenceDeedKind.CHANGED
            _refuse_over(known[named], day)
        else:
            made, kind = _made(rules, state, named, reason, person, at, day, until), SilenceDeedKind.SET
        deed = SilenceDeed(silence=made.id, kind=kind, at=at, person=person, until=until, reason=reason)
        state.silences.save(made, deed)
    others = [one for id_, one in known.items() if id_ != made.id and one.match == made.match and one.holds(day)]
    last = max([until, *(last_day(one) for one in others)])
    more = f" Another silence on it lasts until {last}." if last > until else ""
    return f"{made.id} is silenced until {until}; what still stands then is told.{more}"


def unsilence(
    rules: RuleSet, store: Store, named: str, person: str, at: datetime, day: date, reason: str | None
) -> str:
    """End a silence now, or with an alert's id all that were made by command on its series; the next tick tells what stands.

    Raises:
        UsageError: there is no such alert, silence or person, or nothing to end.
    """
    check_person(rules, person)
    with store.begin() as state:
        known = _by_command(rules, state.silences)
        ending = [known[named]] if named in known else _on_alert(rules, state.alerts, named, list(known.values()), day)
        for one in ending:
            _refuse_over(one, day)
            until = day - timedelta(days=1)
            deed = SilenceDeed(
                silence=one.id, kind=SilenceDeedKind.ENDED, at=at, person=person, until=until, reason=reason
            )
            state.silences.save(replace(one, until=until), deed)
    ids = " and ".join(one.id for one in ending)
    return f"{'The silence' if len(ending) == 1 else 'The silences'} {ids} ended; what still stands is told by the next tick."


def _by_command(rules: RuleSet, silences: SilenceBook) -> dict[str, Silence]:
    return {one.id: one for one in under_present_names(rules, silences.made())}


def _made(
    rules: RuleSet, state: Transaction, alert: str, reason: str, person: str, at: datetime, day: date, until: date
) -> Silence:
    """Make a silence on an alert's series, beside those that are there."""
    key = alert_named(state.alerts, alert, "; `alerting alerts silences` names the silences").key
    names = rules.renamed
    key = SeriesKey(rule=names.get(key.rule, key.rule), measure=key.measure, area=key.area)
    match = Match(rules=frozenset({key.rule}), measures=frozenset({key.measure}), areas=frozenset({key.area}))
    series, taken = f"{key.rule}/{key.measure}/{key.area}", {one.id for one in state.silences.made()}
    id_, count = series, 1
    while id_ in taken:
        count += 1
        id_ = f"{series}#{count}"
    return Silence(id=id_, match=match, since=day, until=until, reason=reason, person=person, made_at=at)


def _on_alert(rules: RuleSet, alerts: AlertBook, alert: str, known: Sequence[Silence], day: date) -> list[Silence]:
    near = get_close_matches(alert, [one.id for one in known], n=1)
    hint = f'; a silence is called "{near[0]}"' if near else "; `alerting alerts silences` names the silences"
    key = alert_named(alerts, alert, hint).key
    key = replace(key, rule=rules.renamed.get(key.rule, key.rule))
    found = [one for one in on_series(key, rules, known) if last_day(one) >= day]
    if not found:
        folder = [one.id for one in on_series(key, rules, rules.silences) if one.holds(day)]
        where = f'; "{folder[0]}" of the rules folder mutes it: change its until there' if folder else ""
        raise UsageError(f"no silence was made by command on {alert}{where}")
    return found


def _refuse_over(silence: Silence, day: date) -> None:
    if last_day(silence) < day:
        raise UsageError(f"{silence.id} ended on {silence.until}; make a new one with the id of an alert")
