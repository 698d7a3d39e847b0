"""What the state knows that a tick depends on, read at once as values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from alerting.app.alerts.silences import all_silences
from alerting.app.tick.reconcile import LOOK_BACK, Outcome
from alerting.domain.alert import Alert, AlertEvent, EventKind, SeriesKey
from alerting.domain.comment import Comment
from alerting.domain.notify.hearing import SentNotice
from alerting.domain.notify.holding import HeldMessage
from alerting.domain.notify.planned import Waiting
from alerting.domain.rule import RuleSet, Silence
from alerting.ports.state import Transaction


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Before:
    """How it stood after the last tick; as it is here, before the first."""

    #: The newest alert of each series, open or over for not too long.
    alerts: Sequence[Alert] = ()
    #: Whether the rules are other ones than at the last tick.
    rules_changed: bool = True
    #: The (rule, measure) pairs that were ever judged.
    watched: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Heard:
    """What people were told of the alerts that a tick is about, what was kept from them, and what they said."""

    #: By alert id, oldest first.
    told: Mapping[str, Sequence[SentNotice]] = field(default_factory=dict)
    held_back: Mapping[str, Sequence[HeldMessage]] = field(default_factory=dict)
    #: Those of the rules and those made by command.
    silences: Sequence[Silence] = ()
    #: Acknowledgements and comments, oldest first.
    said: Sequence[AlertEvent] = ()
    #: On topics and measures, oldest first.
    comments: Sequence[Comment] = ()

    @property
    def acknowledged(self) -> Mapping[str, datetime]:
        """Alert id -> when somebody acknowledged it last."""
        return {e.alert.id: e.at for e in self.said if e.kind is EventKind.ACKNOWLEDGED}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outstanding:
    """Messages that have not left: nobody hands them over until the tick is saved."""

    #: What owners are yet to be told.
    waiting: Mapping[str, Waiting] = field(default_factory=dict)
    #: Of messages that may have been taken: delivery -> alert id -> whether it stands by what the message says.
    copies: Mapping[str, Mapping[str, bool]] = field(default_factory=dict)
    #: Of the alerts that wait and that the tick is not about: by id, what people were told.
    told: Mapping[str, Sequence[SentNotice]] = field(default_factory=dict)


def recall_alerts(state: Transaction, rules: RuleSet, at: datetime, alerts: Sequence[Alert] | None = None) -> Before:
    """Return how it stood after the last tick.

    Args:
        alerts: the newest of each series, where they are known; None: the state is asked.
    """
    newest = state.ticks.newest()
    return Before(
        alerts=state.alerts.recent(at - LOOK_BACK) if alerts is None else alerts,
        rules_changed=newest is None or newest.rules_version != rules.version,
        watched=frozenset(state.ticks.watched()),
    )


def concerned_by(outcome: Outcome) -> tuple[str, ...]:
    """Return the ids of the alerts that a tick is about: those that something happened to, and those that stand."""
    return tuple(dict.fromkeys((*(event.alert.id for event in outcome.events), *outcome.open_alerts)))


def recall_messages(state: Transaction, rules: RuleSet, concerned: Sequence[str]) -> tuple[Heard, Outstanding]:
    """Return what was told of the alerts that a tick is about, and what has not left."""
    # First: what waits then goes on waiting, what is under way by then counts as heard, and nothing is in between.
    owners = _owners_waiting(state, rules)
    copies = state.outbox.copies()
    heard = _heard(state, rules, concerned)
    waiting = state.hearings.postponed_for(owners)
    others = _alerts_in(waiting.values()) - set(concerned)
    return heard, Outstanding(
        waiting=waiting, copies=copies, told=state.hearings.told(sorted(others)) if others else {}
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StillOutstanding:
    """Messages that have not left, as `Outstanding`: which they are, and the series that they tell of."""

    deliveries: frozenset[str]
    series: frozenset[SeriesKey]
    copies: Mapping[str, Mapping[str, bool]]


def recall_briefly(state: Transaction, rules: RuleSet, concerned: Sequence[str]) -> tuple[Heard, StillOutstanding]:
    """Return what `recall_messages` does, of what has not left only what tells whether it is the same as before.

    Thousands of events that wait need not be made again to know that.
    """
    owners = _owners_waiting(state, rules)
    copies = state.outbox.copies()
    heard = _heard(state, rules, concerned)
    deliveries, series = state.hearings.waiting_for(owners)
    return heard, StillOutstanding(deliveries=deliveries, series=series, copies=copies)


def _owners_waiting(state: Transaction, rules: RuleSet) -> list[str]:
    return sorted(state.hearings.owners_waiting() & rules.owners.keys())


def _heard(state: Transaction, rules: RuleSet, concerned: Sequence[str]) -> Heard:
    return Heard(
        told=state.hearings.told(concerned),
        held_back=state.hearings.held_back(concerned),
        silences=all_silences(rules, state.silences),
        said=state.alerts.acknowledgements_and_comments(),
        comments=state.comments.made(),
    )


def _alerts_in(waiting: Iterable[Waiting]) -> set[str]:
    return {event.alert.id for events, _, _ in waiting for event, _ in events}
