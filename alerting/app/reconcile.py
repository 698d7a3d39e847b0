"""From verdicts over a whole history and the alerts that are open to what happened: opened, worsened, resolved, withdrawn."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from alerting.domain.alert import Alert, AlertEvent, AlertState, EventKind, SeriesKey
from alerting.domain.finding import State
from alerting.domain.fold import fold
from alerting.domain.judging import Band, Condition
from alerting.domain.rule import Rule, RuleSet, Status
from alerting.evaluation.engine import Evaluation, Verdicts
from alerting.evaluation.findings import FindingMaker, Found


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """One series under one rule after its last period: where its verdicts are, and the rows the fold found (-1: none)."""

    verdicts: Verdicts
    #: Column of the block.
    place: int
    is_open: bool
    opened: int
    last: int
    cleared: int

    def found(self, row: int, maker: FindingMaker) -> Found:
        """Return the finding at a row of the panel, in words."""
        ((_, found),) = maker.at(self.verdicts, row - self.verdicts.block.start, np.array([self.place]))
        return found.with_text()

    def has_verdict(self, row: int) -> bool:
        """Whether the figure at a row of the panel can be judged."""
        place = row - self.verdicts.block.start
        states, counts = self.verdicts.state, self.verdicts.counts
        assert counts is not None
        inside = 0 <= place < len(states) and bool(counts[place, self.place])
        return inside and bool(states[place, self.place] <= State.EXCEPTION)

    def normal_since(self, row: int, periods: int) -> int | None:
        """Return the row that completes so many normal periods in a row after a row of the panel; None for none."""
        count = 0
        for place in range(max(row - self.verdicts.block.start + 1, 0), len(self.verdicts.state)):
            count = count + 1 if self.verdicts.state[place, self.place] == State.NORMAL else 0
            if count >= periods:
                return self.verdicts.block.start + place
        return None

    def newest_row(self) -> int:
        """Return the newest row that counts."""
        counts = self.verdicts.counts
        assert counts is not None
        return self.verdicts.block.start + int(np.flatnonzero(counts[:, self.place])[-1])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outcome:
    """What a tick changes: alerts to save and events to tell, each with its finding's words."""

    alerts: tuple[Alert, ...]
    events: tuple[AlertEvent, ...]
    #: alert id -> the finding with its facts, for subjects and views.
    found: Mapping[str, Found]


#: Why an alert is corrected.
FIGURES_REVISED = "The figures were revised; under the new ones there is no exception."
RULE_CHANGED = "The rule was changed; under it the same figures are no exception."
#: An alert to save, with what happened to it; None: it just goes on.
Change = tuple[Alert, AlertEvent | None]


def reconcile(evaluation: Evaluation, open_alerts: Sequence[Alert], at: datetime) -> Outcome:
    """Compare what the figures give under today's rules with what is open.

    Args:
        evaluation: of every period.
        at: the instant of the tick.
    """
    return _Reconciler(evaluation, at).outcome({alert.key: alert for alert in open_alerts})


class _Reconciler:
    def __init__(self, evaluation: Evaluation, at: datetime) -> None:
        self.evaluation, self.at = evaluation, at
        self.maker = FindingMaker(evaluation)
        self.rules: RuleSet = evaluation.rules
        self.by_id = {rule.id: rule for rule in self.rules.rules}
        self.found: dict[str, Found] = {}

    def outcome(self, stored: Mapping[SeriesKey, Alert]) -> Outcome:
        """Go through every series that is open now or was."""
        alerts: list[Alert] = []
        events: list[AlertEvent] = []
        seen: set[SeriesKey] = set()
        for key, standing in self._standings(stored):
            seen.add(key)
            for alert, event in self._changes(key, standing, stored.get(key)):
                alerts.append(alert)
                if event is not None:
                    events.append(event)
        for key, alert in stored.items():
            if key not in seen and (reason := self._unwatched(key)) is not None:
                ended = replace(alert, state=AlertState.WITHDRAWN, changed_at=self.at)
                alerts.append(ended)
                events.append(
                    AlertEvent(kind=EventKind.WITHDRAWN, alert=ended, finding=None, at=self.at, reason=reason)
                )
        return Outcome(alerts=tuple(alerts), events=tuple(events), found=self.found)

    def _standings(self, stored: Mapping[SeriesKey, Alert]) -> Iterator[tuple[SeriesKey, Standing]]:
        """Yield the series that are open after the fold, and those that were open before it."""
        known = {(key.rule, key.measure, key.area) for key in stored}
        for verdicts in self.evaluation.verdicts:
            rules = [self.rules.rules[member.rule] for member in verdicts.group.members]
            if all(self._is_over(rule) for rule in rules):
                continue
            folded = fold(verdicts.state, _counts(verdicts), *self._thresholds(verdicts, rules))
            start = verdicts.block.start
            interesting = range(len(folded.is_open)) if known else np.flatnonzero(folded.is_open).tolist()
            for place in interesting:
                member = verdicts.group.member_at(verdicts.group_place(place))
                rule = self.rules.rules[member.rule]
                area = verdicts.block.panel.areas[verdicts.column(place)]
                if self._is_over(rule):
                    continue
                if not folded.is_open[place] and (rule.id, member.measure.id, area) not in known:
                    continue
                rows = (
                    int(a[place]) + start if a[place] >= 0 else -1 for a in (folded.opened, folded.last, folded.cleared)
                )
                key = SeriesKey(rule=rule.id, measure=member.measure.id, area=area)
                yield key, Standing(verdicts, place, bool(folded.is_open[place]), *rows)

    def _thresholds(self, verdicts: Verdicts, rules: Sequence[Rule]) -> tuple[np.ndarray, np.ndarray]:
        """Return `for` and `clear_after` per column of the block."""
        lengths = [member.size for member in verdicts.group.members]
        opens = np.repeat(np.array([rule.open_after for rule in rules], dtype=np.intp), lengths)
        clears = np.repeat(np.array([rule.clear_after for rule in rules], dtype=np.intp), lengths)
        return opens[verdicts.places], clears[verdicts.places]

    def _changes(self, key: SeriesKey, standing: Standing, alert: Alert | None) -> Iterator[Change]:
        """Yield the alerts to save, each with its event; None where it just goes on, which is saved and not told."""
        panel = standing.verdicts.block.panel
        if alert is not None:
            opening_row = panel.row(alert.opened)
            if not standing.is_open:
                # of a freshness rule: a figure that came at last, its own or a later one, resolves
                cleared = standing.verdicts.group.is_freshness or standing.cleared >= max(opening_row, 0)
                if cleared or standing.has_verdict(opening_row):
                    yield self._closed(alert, standing, cleared=cleared)
                elif (row := standing.normal_since(opening_row, self.by_id[key.rule].clear_after)) is not None:
                    yield self._closed(alert, replace(standing, cleared=row), cleared=True)
                return  # a figure that is not there any more neither resolves nor corrects: the alert stands
            if standing.cleared > opening_row:  # it cleared and opened anew between two ticks
                yield self._closed(alert, standing, cleared=True)
                alert = None
        if standing.is_open:
            yield self._opened(key, standing) if alert is None else self._going_on(alert, standing)

    def _opened(self, key: SeriesKey, standing: Standing) -> Change:
        found = standing.found(standing.last, self.maker)
        finding = found.finding
        alert = Alert(
            key=key, opened=standing.verdicts.block.panel.period(standing.opened), state=AlertState.OPEN,
            severity=finding.severity, period=finding.period, value=finding.value, consecutive=finding.consecutive or 1,
            opened_at=self.at, changed_at=self.at, band=finding.band,
        )  # fmt: skip
        return self._event(EventKind.OPENED, alert, found)

    def _going_on(self, alert: Alert, standing: Standing) -> Change:
        found = standing.found(standing.last, self.maker)
        finding = found.finding
        worse = finding.severity > alert.severity or _band_is_worse(found.condition, alert.band, finding.band)
        newer = replace(
            alert, period=finding.period, value=finding.value, consecutive=finding.consecutive or 1,
            severity=finding.severity, band=finding.band, changed_at=self.at if worse else alert.changed_at,
        )  # fmt: skip
        return self._event(EventKind.WORSENED, newer, found) if worse else (newer, None)

    def _closed(self, alert: Alert, standing: Standing, *, cleared: bool) -> Change:
        """Resolve by the period that cleared it; where a revision leaves nothing exceptional, say that it is corrected."""
        row = standing.cleared if cleared and standing.cleared >= 0 else standing.newest_row()
        found = standing.found(row, self.maker)
        ended = replace(alert, state=AlertState.RESOLVED, resolved=found.finding.period, changed_at=self.at)
        if cleared:
            return self._event(EventKind.RESOLVED, ended, found)
        panel = standing.verdicts.block.panel
        now = panel.shown[panel.row(alert.period), standing.verdicts.column(standing.place)]
        why = RULE_CHANGED if alert.value is not None and now == alert.value else FIGURES_REVISED
        return self._event(EventKind.CORRECTED, ended, found, why)

    def _event(self, kind: EventKind, alert: Alert, found: Found, reason: str | None = None) -> Change:
        self.found[alert.id] = found
        return alert, AlertEvent(kind=kind, alert=alert, finding=found.finding, at=self.at, reason=reason)

    def _is_over(self, rule: Rule) -> bool:
        return self.rules.is_over(rule, self.evaluation.as_of)

    def _unwatched(self, key: SeriesKey) -> str | None:
        """Say why a series is watched no longer; None where it is, and only its figures are not there."""
        rule = self.by_id.get(key.rule)
        if rule is None:
            return "The rule was removed."
        if rule.status is Status.OFF:
            return "The rule was switched off."
        if self._is_over(rule):
            assert rule.until is not None
            return f"The rule ended on {rule.until.isoformat()}."
        if key.measure not in rule.measures:
            return "The rule no longer watches this measure."
        if key.area not in self.rules.areas or (
            rule.areas is not None and key.area not in self.rules.areas.selected(rule.areas)
        ):
            return "The rule no longer watches this area."
        return None


def _counts(verdicts: Verdicts) -> np.ndarray:
    assert verdicts.counts is not None
    return verdicts.counts


def _band_is_worse(condition: Condition, told: str | None, now: str | None) -> bool:
    """Whether the band now is worse than the one that was told; bands are declared worst first."""
    bands: Sequence[Band] = getattr(condition, "bands", ())
    names = [band.name for band in bands]
    return told in names and now in names and names.index(now) < names.index(told)
