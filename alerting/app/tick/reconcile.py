"""From verdicts over a whole history and the alerts that were told to what happened to them."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from alerting.app.tick.fingerprints import Fingerprints
from alerting.app.tick.moved_lines import moved_lines
from alerting.app.tick.reconciled import Reconciled
from alerting.app.tick.series_standing import SeriesStanding, counts_of
from alerting.domain.alert import Alert, AlertEvent, AlertState, EventKind, SeriesKey
from alerting.domain.block import columns_at
from alerting.domain.fold import Folded, fold
from alerting.domain.lifecycle import OpenFinding, SeriesStatus, Transition, transitions
from alerting.domain.period import Period, PeriodKind
from alerting.domain.rule import Rule, RuleSet, Status
from alerting.evaluation.alert_findings import AlertFindings
from alerting.evaluation.block_verdicts import BlockVerdicts
from alerting.evaluation.engine import Evaluation
from alerting.evaluation.findings import FindingMaker
from alerting.evaluation.found import Found
from alerting.evaluation.series_index import SeriesPlaces
from alerting.wording.dates import day_words, plural

#: Alerts that ended longer ago are not corrected any more.
LOOK_BACK = timedelta(days=400)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outcome:
    """What a tick changes: alerts to save and events to tell, each with its finding's words."""

    #: Those that are not as they were kept.
    alerts: tuple[Alert, ...]
    events: tuple[AlertEvent, ...]
    #: What stands open after it, changed or not, by id.
    open_alerts: Mapping[str, Alert]
    findings: AlertFindings
    #: Whether nothing became of any alert, and the figures and verdicts of what stands open are those of the last tick, as far as
    #: somebody knows that.
    is_as_before: bool = False

    @property
    def found(self) -> Mapping[str, Found]:
        """Alert id -> the finding with its facts, for subjects and views."""
        return self.findings.by_alert


def reconcile(
    evaluation: Evaluation,
    known: Sequence[Alert],
    at: datetime,
    *,
    rules_changed: bool = True,
    last: Reconciled | None = None,
    in_words: bool = True,
) -> Outcome:
    """Compare what the figures give under today's rules with what was told.

    Args:
        evaluation: of every period.
        known: the newest alert of each series, open or over for less than `LOOK_BACK`.
        at: the instant of the tick.
        rules_changed: whether the rules are other ones than at the last tick.
        last: what the last tick in this process found, by the same rules, and where this one leaves what it finds; None: nobody
            asks for that.
        in_words: whether the texts of findings are written, which takes as long as the findings themselves.
    """
    findings = AlertFindings(evaluation, SeriesPlaces(evaluation), in_words)
    return _Reconciler(findings, at, rules_changed, last).outcome(known)


class _Reconciler:
    def __init__(
        self,
        findings: AlertFindings,
        at: datetime,
        rules_changed: bool,  # noqa: FBT001  # its own class
        last: Reconciled | None,
    ) -> None:
        evaluation = findings.evaluation
        self.evaluation, self.at, self.rules_changed, self.last = evaluation, at, rules_changed, last
        #: Ids of alerts of which nothing becomes, as nothing did at the last tick.
        self.as_before: set[str] = set()
        self.all_stands = last is not None and not rules_changed
        self.rules: RuleSet = evaluation.rules
        self.by_id = {rule.id: rule for rule in self.rules.rules}
        self.renamed = self.rules.renamed
        self.maker = FindingMaker(evaluation)
        self.findings, self.places = findings, findings.places

    def outcome(self, known: Sequence[Alert]) -> Outcome:
        """Go through every series that is open now or was told."""
        told, moved = self._newest_by_series(known)
        done = []
        same = set()
        for (verdicts, place), key, was, now in self._outlooks(told):
            changes = transitions(key, was, now, self.at)
            done += changes
            # It stands as it was kept.
            unchanged = [change for change in changes if change.kind is None and change.alert == was]
            if was is not None and was.id not in moved:
                same |= {change.alert.id for change in unchanged}
                if self.last is not None and len(unchanged) == len(changes):
                    self.last.settle(verdicts, place, was)
            self.all_stands &= self.last is not None and self.last.stands(verdicts, place)
        if self.last is not None:
            self.last.end()
        seen = {change.alert.id for change in done} | self.as_before
        still = {alert.id: alert for alert in told.values() if alert.is_open}
        done = [_with_an_id_of_its_own(change, moved) for change in done]
        done += self._withdrawn(alert for alert in still.values() if alert.id not in seen)
        self.findings.make(_spoken_of(done))
        lines = moved_lines(self.places, self._ended(done))
        for change in done:
            still.pop(change.alert.id, None)
        still |= {change.alert.id: change.alert for change in done if change.alert.is_open}
        alerts = tuple(change.alert for change in done if change.alert.id not in same)
        events = tuple(self._events(done, lines))
        return Outcome(
            alerts=alerts,
            events=events,
            open_alerts=still,
            findings=self.findings,
            is_as_before=self.all_stands and not (alerts or events),
        )

    def _newest_by_series(self, known: Sequence[Alert]) -> tuple[dict[SeriesKey, Alert], set[str]]:
        """Return one alert a series, under the rule's present id: the open one, else the latest that ended.

        And the ids of alerts of rules that have another name now.
        """
        found: dict[SeriesKey, Alert] = {}
        moved: set[str] = set()
        for alert in known:
            rule = self.renamed.get(alert.key.rule, alert.key.rule)
            key = alert.key if rule == alert.key.rule else replace(alert.key, rule=rule)
            if rule != alert.key.rule:
                alert = replace(alert, key=key, named=alert.id)  # noqa: PLW2901  # under its new name from here on
                moved.add(alert.id)
            other = found.get(key)
            if other is None or (alert.is_open, alert.opened_at) > (other.is_open, other.opened_at):
                found[key] = alert
        return found, moved

    def _outlooks(
        self, told: Mapping[SeriesKey, Alert]
    ) -> Iterator[tuple[tuple[BlockVerdicts, int], SeriesKey, Alert | None, SeriesStatus]]:
        """Yield the series that are open by their figures, and those that have an alert, each with where it stands."""
        if self.last is not None:
            self.last.begin(self.evaluation.verdicts)
        same = {id(alert) for alert in told.values()}
        known = self._places_of(told, same)
        for verdicts in self.evaluation.verdicts:
            rules = [self.rules.rules[member.rule] for member in verdicts.group.members]
            if all(self._is_over(rule) for rule in rules):
                continue
            folded = self._folded(verdicts, rules)
            still = self._still(verdicts, folded, same)
            found = self._newest_exceptional(verdicts, folded, still)
            own = (found.keys() | known.get(id(verdicts), set())) - still.keys()
            places = np.array(sorted(own), dtype=np.intp)
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
                    standing = SeriesStanding(verdicts, place, folded, prints)
                    yield (verdicts, place), key, was, self._outlook(standing, rule, was, found.get(place))

    def _places_of(self, told: Mapping[SeriesKey, Alert], same: Collection[int]) -> Mapping[int, set[int]]:
        """Return for each block the columns of series that have an alert.

        Args:
            same: the alerts' identities.
        """
        found: dict[int, set[int]] = {}
        seen = set[int]()
        for alert, verdicts, place in () if self.last is None else self.last.places(same):
            found.setdefault(id(verdicts), set()).add(place)
            seen.add(id(alert))
        for key, alert in told.items():
            if id(alert) not in seen and (spot := self.places.find(key)) is not None:
                found.setdefault(id(spot[0]), set()).add(spot[1])
        return found

    def _folded(self, verdicts: BlockVerdicts, rules: Sequence[Rule]) -> Folded:
        opens, clears = _thresholds(verdicts, rules)
        if self.last is not None:
            return self.last.fold(verdicts, opens, clears)
        sides = None if isinstance(verdicts.side, int) else verdicts.side
        return fold(verdicts.state, counts_of(verdicts), opens, clears, sides)

    def _still(self, verdicts: BlockVerdicts, folded: Folded, same: Collection[int]) -> Mapping[int, Alert]:
        """Return by column the alerts of which nothing becomes, as nothing did at the last tick."""
        if self.last is None or self.rules_changed:
            return {}
        found = self.last.still(verdicts, folded, same)
        over = {rule.id for rule in self.rules.rules if self._is_over(rule)}
        if over:
            found = {place: alert for place, alert in found.items() if alert.key.rule not in over}
        self.as_before |= {alert.id for alert in found.values()}
        return found

    def _newest_exceptional(
        self, verdicts: BlockVerdicts, folded: Folded, still: Mapping[int, Alert]
    ) -> dict[int, OpenFinding | None]:
        """Return the newest exceptional finding of each series that is open, made a row at a time; None where that fails.

        Args:
            still: columns that nobody asks for.
        """
        places = np.flatnonzero(folded.is_open)
        if still:
            places = places[~np.isin(places, list(still))]
        rows = folded.last[places]
        found: dict[int, OpenFinding | None] = {}
        for row in np.unique(rows).tolist():
            here = places[rows == row]
            opened = [
                verdicts.block.panel.period(verdicts.block.start + first) for first in folded.opened[here].tolist()
            ]
            found.update(zip(here.tolist(), self.maker.exceptional(verdicts, row, here, opened), strict=True))
        return found

    def _outlook(
        self, standing: SeriesStanding, rule: Rule, told: Alert | None, found: OpenFinding | None
    ) -> SeriesStatus:
        newest = found.period if found is not None else told.period if told is not None else None
        figures = standing.figures_until(newest) if newest is not None else None
        if told is None:
            return SeriesStatus(exceptional=found, figures=figures)
        then = standing.figures_until(told.resolved or told.period)
        revised = told.figures is not None and told.figures != then and not standing.awaited(told)
        if not told.is_open:
            return SeriesStatus(
                exceptional=found,
                revised=revised,
                figures=figures,
                revoked=revised and standing.never_was(told, rule),
                end_is_exceptional=standing.is_exceptional(told.resolved),
            )
        # Where the rules are as they were, whatever changed, changed by figures: of other areas, say.
        revised |= not self.rules_changed and not standing.awaited(told)
        opened = standing.row(told.opened)
        cleared = standing.cleared_after(told, rule)
        ended = None if cleared is None else standing.period_at(cleared)
        measure = self.rules.measures[told.key.measure]
        came = ended is not None and measure.expected is not None and standing.awaited(told)
        return SeriesStatus(
            exceptional=found,
            revised=revised,
            figures=figures,
            cleared=ended,
            figures_at_end=None if ended is None else standing.figures_until(ended),
            last=None if cleared is None else standing.last_exceptional(opened, cleared),
            why_ended=standing.why_it_came(told, ended, measure) if came and ended else None,
            revoked=found is None and cleared is None and standing.has_verdict(opened),
            sides=None if found is None else (standing.side(told.period), standing.side(found.period)),
        )

    def _withdrawn(self, alerts: Iterable[Alert]) -> Iterator[Transition]:
        for alert in alerts:
            if (reason := self._unwatched(alert.key, alert.opened.kind)) is not None:
                ended = replace(alert, state=AlertState.WITHDRAWN, changed_at=self.at, acknowledgement=None)
                yield Transition(alert=ended, kind=EventKind.WITHDRAWN, reason=reason)

    def _events(self, done: Sequence[Transition], lines: Mapping[str, str]) -> Iterator[AlertEvent]:
        for change in done:
            if change.kind is None:
                continue
            found = None if change.kind is EventKind.WITHDRAWN else self.findings.by_alert.get(change.alert.id)
            headline = found.headline if found else None
            if change.ended_by is not None and change.ended_by < change.alert.opened:  # what was late is due no more
                found, headline = None, self._due_no_more(change.alert)
            yield AlertEvent(
                kind=change.kind,
                alert=change.alert,
                finding=found.finding if found else None,
                at=self.at,
                reason=self._explained(change, lines),
                headline=headline,
                turned=change.turned,
            )

    def _ended(self, done: Sequence[Transition]) -> Iterator[tuple[Alert, Found]]:
        """Yield what is over by its figures, each with the finding that ended it."""
        for change in done:
            if change.kind is EventKind.RESOLVED and change.reason is None:
                found = self.findings.by_alert.get(change.alert.id)
                if found is not None:
                    yield change.alert, found

    def _explained(self, change: Transition, lines: Mapping[str, str]) -> str | None:
        """Say why: of a correction what the rule asks for, where one exceptional period alone opens nothing."""
        rule, reason = self.by_id.get(change.alert.key.rule), change.reason
        if change.kind is EventKind.RESOLVED and reason is None:
            return lines.get(change.alert.id)
        if change.kind is not EventKind.CORRECTED or rule is None or rule.open_after == 1 or reason is None:
            return reason
        return f"{reason} The rule asks for {rule.open_after} {plural(change.alert.opened.kind)} in a row."

    def _due_no_more(self, alert: Alert) -> str:
        title, area = self.rules.measures[alert.key.measure].title, self.rules.areas[alert.key.area].title
        return f"{title}: no figure for {alert.opened.label} is due any more ({area})"

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


def _spoken_of(done: Sequence[Transition]) -> Iterator[tuple[Alert, Period]]:
    """Yield the alerts that are told, each with the period whose finding is told."""
    for change in done:
        if change.kind is EventKind.WITHDRAWN or change.kind is None:
            continue
        yield change.alert, change.ended_by or change.alert.period


def _thresholds(verdicts: BlockVerdicts, rules: Sequence[Rule]) -> tuple[np.ndarray, np.ndarray]:
    """Return `for` and `clear_after` per column of the block."""
    lengths = [member.size for member in verdicts.group.members]
    opens = np.repeat(np.array([rule.open_after for rule in rules], dtype=np.intp), lengths)
    clears = np.repeat(np.array([rule.clear_after for rule in rules], dtype=np.intp), lengths)
    return opens[verdicts.places], clears[verdicts.places]


def _with_an_id_of_its_own(change: Transition, moved: Collection[str]) -> Transition:
    """Give a new alert another id where its own is an older alert's of a rule that has another name now."""
    if change.kind is not EventKind.OPENED or change.alert.id not in moved:
        return change
    return replace(change, alert=replace(change.alert, named=f"{change.alert.id}+"))
