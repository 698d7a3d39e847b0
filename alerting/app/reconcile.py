"""From verdicts over a whole history and the alerts that were told to what happened to them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np

from alerting.app.fingerprints import Fingerprints
from alerting.domain.alert import Alert, AlertEvent, AlertState, EventKind, SeriesKey
from alerting.domain.finding import State
from alerting.domain.fold import Folded, fold, open_rows
from alerting.domain.lifecycle import Change, Exceptional, Outlook, changes
from alerting.domain.panel import columns_at
from alerting.domain.period import Period, PeriodKind
from alerting.domain.rule import Rule, RuleSet, Status
from alerting.evaluation.ages import is_followed, is_past
from alerting.evaluation.engine import Evaluation, Verdicts
from alerting.evaluation.findings import FindingMaker, Found
from alerting.evaluation.places import SeriesPlaces
from alerting.wording.dates import day_words


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outcome:
    """What a tick changes: alerts to save and events to tell, each with its finding's words."""

    #: Those that are not as they were kept.
    alerts: tuple[Alert, ...]
    events: tuple[AlertEvent, ...]
    #: What stands open after it, changed or not, by id.
    open_alerts: Mapping[str, Alert]
    findings: "AlertFindings"

    @property
    def found(self) -> Mapping[str, Found]:
        """Alert id -> the finding with its facts, for subjects and views."""
        return self.findings.by_alert


@dataclass(eq=False)
class AlertFindings:
    """Findings of alerts in words, each made once."""

    evaluation: Evaluation
    places: SeriesPlaces
    by_alert: dict[str, Found] = field(default_factory=dict)

    def newest(self, alert: Alert) -> Found | None:
        """Return the finding of an alert's newest exceptional period; None where it is judged no longer."""
        return self.at(alert, alert.period)

    def at(self, alert: Alert, period: Period) -> Found | None:
        """Return the finding of an alert's series at a period, and keep it as the one to speak of."""
        kept = self.by_alert.get(alert.id)
        if kept is not None and kept.finding.period == period:
            return kept
        self.make([(alert, period)])
        return self.by_alert.get(alert.id)

    def is_news(self, alert: Alert) -> bool:
        """Say whether what is exceptional is new: no newer figure has come, nor were two more due; what is late always is."""
        spot = self.places.find(alert.key)
        if spot is None:
            return True
        verdicts, place = spot
        if _asks_the_clock(verdicts, alert):
            return True
        measure, row = self.evaluation.rules.measures[alert.key.measure], verdicts.block.panel.row(alert.period)
        followed = is_followed(verdicts, row - verdicts.block.start, place)
        return not followed and not is_past(measure, alert.period, self.evaluation.as_of)

    def make(self, wanted: Iterable[tuple[Alert, Period]]) -> None:
        """Make findings for many alerts, those of one row of one block at once."""
        rows: dict[tuple[int, int], tuple[Verdicts, dict[int, str]]] = {}
        for alert, period in wanted:
            spot = self.places.find(alert.key)
            if spot is None:
                continue
            verdicts, place = spot
            row = verdicts.block.panel.row(period) - verdicts.block.start
            if 0 <= row < len(verdicts.state):
                rows.setdefault((id(verdicts), row), (verdicts, {}))[1][place] = alert.id
        maker = FindingMaker(self.evaluation)
        for (_, row), (verdicts, alerts) in rows.items():
            places = sorted(alerts)
            made = maker.standing(verdicts, row, np.array(places))
            for place, found in zip(places, made, strict=True):
                self.by_alert[alerts[place]] = found.with_text()


def reconcile(evaluation: Evaluation, known: Sequence[Alert], at: datetime, *, rules_changed: bool = True) -> Outcome:
    """Compare what the figures give under today's rules with what was told.

    Args:
        evaluation: of every period.
        known: the newest alert of each series, open or over.
        at: the instant of the tick.
        rules_changed: whether the rules are other ones than at the last tick.
    """
    return _Reconciler(evaluation, at, rules_changed).outcome(known)


@dataclass(frozen=True, slots=True, eq=False)
class _Standing:
    """One series under one rule after its last period: where its verdicts are, and what the fold says of it."""

    verdicts: Verdicts
    #: Column of the block.
    place: int
    folded: Folded
    prints: Fingerprints

    @property
    def is_open(self) -> bool:
        return bool(self.folded.is_open[self.place])

    def period_at(self, row: int) -> Period:
        return self.verdicts.block.panel.period(self.verdicts.block.start + row)

    def row(self, period: Period) -> int:
        """Return the row of the block that a period has; may lie outside."""
        return self.verdicts.block.panel.row(period) - self.verdicts.block.start

    def has_verdict(self, row: int) -> bool:
        """Whether the figure at a row can be judged."""
        inside = 0 <= row < len(self.verdicts.state) and bool(_counts(self.verdicts)[row, self.place])
        return inside and bool(self.verdicts.state[row, self.place] <= State.EXCEPTION)

    def awaited(self, alert: Alert) -> bool:
        """Whether an alert is about a figure that had not come: that it comes is its end, no revision."""
        return _asks_the_clock(self.verdicts, alert)

    def cleared_after(self, alert: Alert, rule: Rule) -> int | None:
        """Return the row that ended an exception that was told; None where nothing did."""
        cleared, opened = int(self.folded.cleared[self.place]), self.row(alert.opened)
        if self.awaited(alert):
            return self._came_after(opened, cleared)
        if cleared > opened if self.is_open else cleared >= max(opened, 0):
            return self._first_end(opened, rule)
        if self.is_open or self.has_verdict(opened):
            return None
        return self._normal_since(opened, rule.clear_after)

    def _came_after(self, opened: int, cleared: int) -> int | None:
        """Return the row by which a figure came that was late: its own, or a later one."""
        own = 0 <= opened < len(self.verdicts.state) and self.verdicts.state[opened, self.place] == State.NORMAL
        if self.is_open:
            return opened if own else cleared if cleared > opened else None
        return cleared if cleared >= 0 else int(np.flatnonzero(_counts(self.verdicts)[:, self.place])[-1])

    def _first_end(self, opened: int, rule: Rule) -> int:
        """Return the first row from an opening on that ended an exception: it was open before, and is not any more."""
        rows = np.flatnonzero(_counts(self.verdicts)[:, self.place])
        stands = self._open_rows(rule)[rows]
        ends = rows[1:][stands[:-1] & ~stands[1:]]
        after = ends[ends >= max(opened, 0)]
        return int(after[0]) if len(after) else int(self.folded.cleared[self.place])

    def _open_rows(self, rule: Rule) -> np.ndarray:
        states, counts = self.verdicts.state[:, self.place], _counts(self.verdicts)[:, self.place]
        side = self.verdicts.side
        sides = None if isinstance(side, int) else side[:, self.place]
        return open_rows(states, counts, rule.open_after, rule.clear_after, sides)

    def side(self, period: Period) -> int:
        """Return on which side of what it is held against an exceptional period lies; 0: on neither, or it is none."""
        row = self.row(period)
        return self.verdicts.side_at(row, self.place) if self.is_exceptional(period) else 0

    def is_exceptional(self, period: Period | None) -> bool | None:
        """Whether a period is exceptional (True) or normal (False) now; None: it has no verdict."""
        if period is None or not self.has_verdict(self.row(period)):
            return None
        return bool(self.verdicts.state[self.row(period), self.place] == State.EXCEPTION)

    def last_exceptional(self, opened: int, cleared: int) -> tuple[Period, float | None] | None:
        """Return the last exceptional period between two rows and its figure; None where it is not there any more."""
        counts, panel, start = _counts(self.verdicts), self.verdicts.block.panel, self.verdicts.block.start
        for row in range(min(cleared, len(self.verdicts.state) - 1), max(opened, 0) - 1, -1):
            if counts[row, self.place] and self.verdicts.state[row, self.place] == State.EXCEPTION:
                value = float(panel.shown[start + row, self.verdicts.column(self.place)])
                return self.period_at(row), value if value == value else None
        return None

    def _normal_since(self, row: int, periods: int) -> int | None:
        """Return the row that completes so many normal periods in a row after one whose figure is gone."""
        count = 0
        for later in range(max(row + 1, 0), len(self.verdicts.state)):
            count = count + 1 if self.verdicts.state[later, self.place] == State.NORMAL else 0
            if count >= periods:
                return later
        return None

    def never_was(self, alert: Alert, rule: Rule) -> bool:
        """Whether the figures of an alert that was told are all there, and are no exception now."""
        first, last = self.row(alert.opened), self.row(alert.period)
        if not (self.has_verdict(first) and self.has_verdict(last)):
            return False
        return not self._open_rows(rule)[first : last + 1].any()

    def figures_until(self, period: Period) -> str:
        """Return a fingerprint of the series' figures up to a period."""
        return self.prints.until(self.verdicts.column(self.place), period)


class _Reconciler:
    def __init__(self, evaluation: Evaluation, at: datetime, rules_changed: bool) -> None:  # noqa: FBT001  # its own class
        self.evaluation, self.at, self.rules_changed = evaluation, at, rules_changed
        self.rules: RuleSet = evaluation.rules
        self.by_id = {rule.id: rule for rule in self.rules.rules}
        self.renamed = self.rules.renamed
        #: Ids of alerts of renamed rules.
        self.moved: set[str] = set()
        self.maker = FindingMaker(evaluation)
        self.places = SeriesPlaces(evaluation)
        self.findings = AlertFindings(evaluation, self.places)

    def outcome(self, known: Sequence[Alert]) -> Outcome:
        """Go through every series that is open now or was told."""
        told = self._newest_by_series(known)
        done = []
        same = set()
        for key, was, now in self._outlooks(told):
            for change in changes(key, was, now, self.at):
                done.append(change)
                if change.kind is None and change.alert == was and was.id not in self.moved:
                    same.add(was.id)  # it stands as it was kept
        seen = {change.alert.id for change in done}
        still = {alert.id: alert for alert in told.values() if alert.is_open}
        done = [self._with_an_id_of_its_own(change) for change in done]
        done += self._withdrawn(alert for alert in still.values() if alert.id not in seen)
        self.findings.make(_spoken_of(done))
        for change in done:
            still.pop(change.alert.id, None)
        still |= {change.alert.id: change.alert for change in done if change.alert.is_open}
        return Outcome(
            alerts=tuple(change.alert for change in done if change.alert.id not in same),
            events=tuple(self._events(done)), open_alerts=still, findings=self.findings,
        )  # fmt: skip

    def _with_an_id_of_its_own(self, change: Change) -> Change:
        """Give a new alert another id where its own is an older alert's of a rule that has another name now."""
        if change.kind is not EventKind.OPENED or change.alert.id not in self.moved:
            return change
        return replace(change, alert=replace(change.alert, named=f"{change.alert.id}+"))

    def _newest_by_series(self, known: Sequence[Alert]) -> dict[SeriesKey, Alert]:
        """Return one alert a series, under the rule's present id: the open one, else the latest that ended."""
        found: dict[SeriesKey, Alert] = {}
        for alert in known:
            rule = self.renamed.get(alert.key.rule, alert.key.rule)
            key = alert.key if rule == alert.key.rule else replace(alert.key, rule=rule)
            if rule != alert.key.rule:
                alert = replace(alert, key=key, named=alert.id)  # noqa: PLW2901  # under its new name from here on
                self.moved.add(alert.id)
            other = found.get(key)
            if other is None or (alert.is_open, alert.opened_at) > (other.is_open, other.opened_at):
                found[key] = alert
        return found

    def _outlooks(self, told: Mapping[SeriesKey, Alert]) -> Iterator[tuple[SeriesKey, Alert | None, Outlook]]:
        """Yield the series that are open by their figures, and those that have an alert."""
        known: dict[int, set[int]] = {}
        for key in told:
            if (spot := self.places.find(key)) is not None:
                known.setdefault(id(spot[0]), set()).add(spot[1])
        for verdicts in self.evaluation.verdicts:
            rules = [self.rules.rules[member.rule] for member in verdicts.group.members]
            if all(self._is_over(rule) for rule in rules):
                continue
            sides = None if isinstance(verdicts.side, int) else verdicts.side
            folded = fold(verdicts.state, _counts(verdicts), *_thresholds(verdicts, rules), sides)
            found = self._newest_exceptional(verdicts, folded)
            places = np.array(sorted(found.keys() | known.get(id(verdicts), set())), dtype=np.intp)
            prints = Fingerprints(verdicts.block.panel, columns_at(verdicts.block, places))
            for place, member in zip(places.tolist(), verdicts.members_at(places), strict=True):
                rule = self.rules.rules[member.rule]
                failed = place in found and found[place] is None  # its alert stays as it is, and the operator is told
                if not failed and not self._is_over(rule):
                    area = verdicts.block.panel.areas[verdicts.column(place)]
                    key = SeriesKey(rule=rule.id, measure=member.measure.id, area=area)
                    was = told.get(key)
                    if was is not None and was.opened.kind is not verdicts.group.kind:
                        was = None  # it was judged by other periods, and is withdrawn
                    standing = _Standing(verdicts, place, folded, prints)
                    yield key, was, self._outlook(standing, rule, was, found.get(place))

    def _newest_exceptional(self, verdicts: Verdicts, folded: Folded) -> dict[int, Exceptional | None]:
        """Return the newest exceptional finding of each series that is open, made a row at a time; None where that fails."""
        places = np.flatnonzero(folded.is_open)
        rows = folded.last[places]
        found: dict[int, Exceptional | None] = {}
        for row in np.unique(rows).tolist():
            here = places[rows == row]
            opened = [
                verdicts.block.panel.period(verdicts.block.start + first) for first in folded.opened[here].tolist()
            ]
            found.update(zip(here.tolist(), self.maker.exceptional(verdicts, row, here, opened), strict=True))
        return found

    def _outlook(self, standing: _Standing, rule: Rule, told: Alert | None, found: Exceptional | None) -> Outlook:
        newest = found.period if found is not None else told.period if told is not None else None
        figures = standing.figures_until(newest) if newest is not None else None
        if told is None:
            return Outlook(exceptional=found, figures=figures)
        then = standing.figures_until(told.resolved or told.period)
        revised = told.figures is not None and told.figures != then and not standing.awaited(told)
        if not told.is_open:
            return Outlook(
                exceptional=found, revised=revised, figures=figures, revoked=revised and standing.never_was(told, rule),
                end_is_exceptional=standing.is_exceptional(told.resolved),
            )  # fmt: skip
        # Where the rules are as they were, whatever changed, changed by figures: of other areas, say.
        revised |= not self.rules_changed and not standing.awaited(told)
        opened = standing.row(told.opened)
        cleared = standing.cleared_after(told, rule)
        ended = None if cleared is None else standing.period_at(cleared)
        return Outlook(
            exceptional=found, revised=revised, figures=figures,
            cleared=ended, figures_at_end=None if ended is None else standing.figures_until(ended),
            last=None if cleared is None else standing.last_exceptional(opened, cleared),
            revoked=found is None and cleared is None and standing.has_verdict(opened),
            sides=None if found is None else (standing.side(told.period), standing.side(found.period)),
        )  # fmt: skip

    def _withdrawn(self, alerts: Iterable[Alert]) -> Iterator[Change]:
        for alert in alerts:
            if (reason := self._unwatched(alert.key, alert.opened.kind)) is not None:
                ended = replace(alert, state=AlertState.WITHDRAWN, changed_at=self.at, acknowledgement=None)
                yield Change(alert=ended, kind=EventKind.WITHDRAWN, reason=reason)

    def _events(self, done: Sequence[Change]) -> Iterator[AlertEvent]:
        for change in done:
            if change.kind is None:
                continue
            found = None if change.kind is EventKind.WITHDRAWN else self.findings.by_alert.get(change.alert.id)
            yield AlertEvent(
                kind=change.kind, alert=change.alert, finding=found.finding if found else None, at=self.at,
                reason=change.reason, headline=found.subject if found else None,
            )  # fmt: skip

    def _is_over(self, rule: Rule) -> bool:
        return self.rules.is_over(rule, self.evaluation.as_of)

    def _unwatched(self, key: SeriesKey, kind: PeriodKind) -> str | None:
        """Say why a series is watched no longer; None where it is, and only its figures are not there."""
        rule = self.by_id.get(key.rule)
        if rule is None:
            return "The rule was removed."
        if rule.status is Status.OFF:
            return "The rule was switched off."
        if self._is_over(rule):
            assert rule.until is not None
            return f"The rule ended on {day_words(rule.until)}."
        if key.measure not in rule.measures:
            return "The rule no longer watches this measure."
        if kind is not (rule.every or self.rules.measures[key.measure].every):
            return "The rule judges other periods now."
        if key.area not in self.rules.areas or (
            rule.areas is not None and key.area not in self.rules.areas.selected(rule.areas)
        ):
            return "The rule no longer watches this area."
        if (reporting := self.rules.reporting(key.measure)) is not None and key.area not in reporting:
            return "The area is not expected to report this measure any more."
        return None


def _asks_the_clock(verdicts: Verdicts, alert: Alert) -> bool:
    """Whether an alert is about a figure that had not come."""
    return verdicts.group.is_freshness or (verdicts.group.asks_clock and alert.value is None)


def _spoken_of(done: Sequence[Change]) -> Iterator[tuple[Alert, Period]]:
    """Yield the alerts that are told, each with the period whose finding is told."""
    for change in done:
        if change.kind is EventKind.WITHDRAWN or change.kind is None:
            continue
        yield change.alert, change.ended_by or change.alert.period


def _counts(verdicts: Verdicts) -> np.ndarray:
    assert verdicts.counts is not None
    return verdicts.counts


def _thresholds(verdicts: Verdicts, rules: Sequence[Rule]) -> tuple[np.ndarray, np.ndarray]:
    """Return `for` and `clear_after` per column of the block."""
    lengths = [member.size for member in verdicts.group.members]
    opens = np.repeat(np.array([rule.open_after for rule in rules], dtype=np.intp), lengths)
    clears = np.repeat(np.array([rule.clear_after for rule in rules], dtype=np.intp), lengths)
    return opens[verdicts.places], clears[verdicts.places]
