"""Alerts of one rule as values: an area's figure of September 2020 is below its target, and a commander answers for it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from alerting.conditions.target_missed import TargetMissed
from alerting.domain.alert import Alert, AlertEvent, AlertState, EventKind, SeriesKey
from alerting.domain.area import Area, AreaTree
from alerting.domain.notify.hearing import SentNotice
from alerting.domain.notify.notification_plan import PlanInput
from alerting.domain.ownership import OwnersFrom
from alerting.domain.period import Calendar
from alerting.domain.rule import Escalate, Owner, Rule, RuleSet
from alerting.domain.severity import Severity
from samples.worlds import a_measure, a_panel, rules_for

#: The day on which everything is asked, and the instants of the ticks around it.
DAY = date(2020, 10, 15)
AT = datetime(2020, 10, 15, 7, tzinfo=UTC)
SEPTEMBER = Calendar().parse_exact("2020-09")

CHIEF = Owner(id="chief", name="Chief Constable", email="chief@example.org")
NORTH = Owner(
    id="north", name="Commander, North", email="north@example.org", escalate=Escalate(working_days=5, to="chief")
)


def the_rules(*, owners: Sequence[Owner] = (CHIEF, NORTH), **rule: object) -> RuleSet:
    """Return one rule on the measure `m` in the area `a0`, which the commander answers for."""
    rules = rules_for(a_panel([1.0]), TargetMissed(), a_measure())
    changed: Rule = replace(rules.rules[0], **rule)  # type: ignore[arg-type]
    areas = AreaTree.of([Area(id="a0", title="North", owners=(OwnersFrom(ids=("north",)),))])
    return replace(rules, rules=(changed,), areas=areas, owners={owner.id: owner for owner in owners})


def an_alert(*, opened_at: datetime = AT, **more: object) -> Alert:
    """Return an open alert of September's figure."""
    fields: dict[str, object] = {
        "key": SeriesKey(rule="r", measure="m", area="a0"), "opened": SEPTEMBER, "state": AlertState.OPEN,
        "severity": Severity.WARNING, "period": SEPTEMBER, "value": 83.0, "consecutive": 1, "opened_at": opened_at,
        "changed_at": opened_at,
    }  # fmt: skip
    return Alert(**(fields | more))  # type: ignore[arg-type]


def an_event(kind: EventKind = EventKind.OPENED, alert: Alert | None = None) -> AlertEvent:
    """Return what happened to an alert by its figures."""
    return AlertEvent(kind=kind, alert=alert or an_alert(), finding=None, at=AT, headline="North: 83, target 90")


def was_told(days_ago: int, person: str = "north", **more: object) -> SentNotice:
    """Return that somebody was told of an opening so many days ago."""
    fields: dict[str, object] = {
        "person": person, "owners": (person,), "kind": EventKind.OPENED, "at": AT - timedelta(days=days_ago),
        "severity": Severity.WARNING,
    }  # fmt: skip
    return SentNotice(**(fields | more))  # type: ignore[arg-type]


def given(
    rules: RuleSet, open_alerts: Sequence[Alert] = (), told: Mapping[str, Sequence[SentNotice]] | None = None, **more: object
) -> PlanInput:  # fmt: skip
    """Return what a plan depends on, on the day; everybody can be reached."""
    fields: dict[str, object] = {
        "rules": rules, "as_of": DAY, "at": AT, "zone": UTC, "open_alerts": {one.id: one for one in open_alerts},
        "told": told or {}, "silences": (), "reachable": frozenset(rules.owners), "speak": lambda _: (None, "North: 83"),
    }  # fmt: skip
    return PlanInput(**(fields | more))  # type: ignore[arg-type]
