"""What the state says of alerts when digests are made: those open, and what happened since when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from alerting.app.alerts.silences import all_silences
from alerting.domain.alert import Alert, AlertEvent, EventKind, SeriesKey
from alerting.domain.inbox import Doubt
from alerting.domain.notify.holding import HeldMessage, SuppressionReason
from alerting.domain.rule import RuleSet, Silence
from alerting.ports.state import Transaction
from alerting.reports.digest_views import Standing
from alerting.reports.said import Said

#: How an alert stands in a digest by its last event.
STANDINGS = {
    EventKind.OPENED: Standing.OPENED,
    EventKind.WORSENED: Standing.WORSENED,
    EventKind.CORRECTED: Standing.CORRECTED,
    EventKind.RESOLVED: Standing.RESOLVED,
    EventKind.WITHDRAWN: Standing.WITHDRAWN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """Events of one time: by series; and the withdrawals once more, whose series nobody may watch any longer."""

    by_key: Mapping[SeriesKey, Sequence[AlertEvent]]
    withdrawn: Sequence[AlertEvent]


@dataclass(eq=False)
class AlertSnapshot:
    """What the state says of alerts: those open, and what happened since when; asked for once for all pages."""

    rules: RuleSet
    state: Transaction
    at: datetime
    _happened: dict[datetime, Happened] = field(default_factory=dict)
    _said: dict[datetime | None, Said] = field(default_factory=dict)
    _told: dict[str, frozenset[str]] = field(default_factory=dict)

    @cached_property
    def open_by_key(self) -> Mapping[SeriesKey, list[Alert]]:
        """The open alerts by series."""
        found: dict[SeriesKey, list[Alert]] = {}
        for alert in self.state.alerts.open():
            found.setdefault(alert.key, []).append(alert)
        return found

    @cached_property
    def doubts(self) -> Sequence[Doubt]:
        """The addresses from which messages came back."""
        return self.state.doubts.standing()

    @cached_property
    def _open_ids(self) -> frozenset[str]:
        return frozenset(alert.id for alerts in self.open_by_key.values() for alert in alerts)

    @cached_property
    def _not_news(self) -> frozenset[str]:
        """Ids of open alerts that were old when they were first seen and of which nobody was told."""
        return frozenset(self._kept_back(SuppressionReason.NOT_NEWS))

    @cached_property
    def _held_back(self) -> Mapping[str, Sequence[HeldMessage]]:
        return self.state.hearings.held_back(sorted(self._open_ids))

    def _kept_back(self, reason: SuppressionReason) -> set[str]:
        held = self._held_back.items()
        kept = {id_ for id_, several in held if any(one.reason is reason for one in several)}
        return kept - self.state.hearings.told(sorted(kept)).keys()

    @cached_property
    def inhibited(self) -> frozenset[str]:
        """Ids of open alerts of which nobody was told, since another speaks for them."""
        return frozenset(self._kept_back(SuppressionReason.INHIBITED))

    def said(self, since: datetime | None) -> Said:
        """Return what people said; with an instant, what they said after it."""
        if since not in self._said:
            zone = ZoneInfo(self.rules.schedule.timezone)
            self._said[since] = Said(
                self.state.alerts.acknowledgements_and_comments(), self.state.comments.made(), self.rules, zone, since
            )
        return self._said[since]

    @cached_property
    def silences(self) -> tuple[Silence, ...]:
        """The silences of the rules and those made by command."""
        return all_silences(self.rules, self.state.silences)

    def happened(self, since: datetime) -> Happened:
        """Return the events since an instant, oldest first; what does not change how an alert stands is left out."""
        if since not in self._happened:
            by_key: dict[SeriesKey, list[AlertEvent]] = {}
            withdrawn = []
            for event in self.state.alerts.events_between(since, self.at):
                if event.kind is EventKind.WITHDRAWN:
                    withdrawn.append(event)
                    if event.alert.id in self._open_ids:
                        continue  # from those who were told of it before: to its rule's author it goes on
                if event.kind is EventKind.OPENED and event.alert.id in self._not_news:
                    continue  # it stood long before it was first seen
                if event.kind in STANDINGS:
                    by_key.setdefault(event.alert.key, []).append(event)
            self._happened[since] = Happened(by_key=by_key, withdrawn=withdrawn)
        return self._happened[since]

    def was_told(self, event: AlertEvent, owner: str) -> bool:
        """Say whether an owner was told of an event's alert."""
        id_ = event.alert.id
        if id_ not in self._told:
            told = (one for one in self.state.hearings.told([id_]).get(id_, ()) if one.has_reached)
            self._told[id_] = frozenset(owner for one in told for owner in one.owners)
        return owner in self._told[id_]
