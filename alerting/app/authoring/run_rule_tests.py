"""Trying rules on figures that their author makes up: the engine's own ticks, on a state of their own."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import product
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from alerting.app.alerts.actions import acknowledge
from alerting.app.authoring.compare_events import Happening, differences, failure, unlike
from alerting.app.notices.compose import MessageDefaults
from alerting.app.tick.report import TickReport
from alerting.app.tick.tick import run_tick
from alerting.app.tick.times import TickTimes
from alerting.domain.alert import Alert, SeriesKey
from alerting.domain.fault import NOT_ITS_FAULT, Faults, Work
from alerting.domain.finding import Finding
from alerting.domain.period import Period, PeriodKind
from alerting.domain.problem import Problem
from alerting.domain.rule import RuleSet
from alerting.domain.rule_test import (
    SUPPRESSED,
    ExpectedEvent,
    ExpectedFinding,
    GivenAcknowledgement,
    GivenFigures,
    RuleTest,
    judgeable,
)
from alerting.domain.working_days import due_day
from alerting.evaluation.as_json import finding_json
from alerting.evaluation.findings import FindingMaker
from alerting.evaluation.series_index import SeriesPlaces
from alerting.figures.observations import Reading
from alerting.figures.tidy import observations_in
from alerting.ports import SourceTable
from alerting.ports.state import Store

#: The time of day of the ticks.
MORNING = time(7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A test with what was not as expected."""

    test: RuleTest
    failures: tuple[Problem, ...]


def try_out(
    tests: Sequence[RuleTest], rules: RuleSet, new_store: Callable[[], Store], defaults: MessageDefaults
) -> Iterator[Tried]:
    """Try each test on a state of its own: one tick a period, on the day after its figures are due.

    Args:
        new_store: makes an empty state.
    """
    for test in tests:
        store = new_store()
        try:
            yield Tried(test=test, failures=tuple(_failures(test, _Trial(test, rules, store, defaults))))
        finally:
            store.close()


def _failures(test: RuleTest, trial: "_Trial") -> list[Problem]:
    """Run a test; where the program itself fails at it, say that above all that then is not as expected."""
    faults = Faults()
    work = Work(sort="test", id=test.name, done="run", place=test.place)
    found = faults.attempt(work, lambda: sorted(trial.failures(), key=lambda one: one.sort_key))
    for report in trial.reports.values():
        faults.take(report.faults)
    return [*(failure(test.place, f"{fault.words}. {NOT_ITS_FAULT}") for fault in faults), *(found or ())]


@dataclass(eq=False)
class _Trial:
    test: RuleTest
    all_rules: RuleSet
    store: Store
    defaults: MessageDefaults
    happened: list[Happening] = field(default_factory=list)
    reports: dict[date, TickReport] = field(default_factory=dict)
    #: What was asked for and has come to pass: acknowledgements and findings.
    done: set[int] = field(default_factory=set)

    def failures(self) -> Iterator[Problem]:
        """Run the ticks and say what is not as expected."""
        for day in self._days():
            report = self.reports[day] = self._tick(day)
            self.happened += self._happenings(report, day)
            yield from self._check_findings(report, day)
            yield from self._take_on(day)
        if self.test.expect is not None:
            yield from differences(self.test, self.happened, self._tick_of, self._found_then)
        asked: list[GivenAcknowledgement | ExpectedFinding] = [*self.test.acknowledge, *self.test.findings]
        for one in asked:
            if id(one) not in self.done:
                yield failure(one.place, f"there is no tick for {one.period}: the figures given reach no such period")

    @cached_property
    def rules(self) -> RuleSet:
        """The rules that are tried, as the whole set has them."""
        given = self._given.keys()
        tried = self.test.rules
        chosen = [
            rule
            for rule in self.all_rules.rules
            if (rule.id in tried if tried is not None else not given.isdisjoint(rule.measures))
        ]
        return replace(self.all_rules, rules=tuple(chosen))

    @cached_property
    def _given(self) -> dict[str, None]:
        """The measures that the test has figures of, made ones among them."""
        return judgeable((figures.measure for figures in self.test.figures), self.all_rules.measures)

    # Time

    def _tick_day(self, measure: str, period: Period) -> date:
        """Return the day after a period's figures are due."""
        return self._due(measure, period) + timedelta(days=1)

    def _due(self, measure: str, period: Period) -> date:
        expected = self.all_rules.measures[measure].expected
        return period.last_day if expected is None else due_day(expected, period.last_day)

    def _tick_of(self, measure: str, kind: PeriodKind, day: date) -> Period:
        """Return the newest period of a kind whose figures were due before a day."""
        period = self.all_rules.calendar.newest_complete(day, kind)
        while self._due(measure, period) >= day:
            period = period.previous
        return period

    def _days(self) -> list[date]:
        return sorted({self._tick_day(one.measure, period) for one in self.test.figures for period in _periods(one)})

    def _tick(self, day: date) -> TickReport:
        at = datetime.combine(day, MORNING, ZoneInfo(self.rules.schedule.timezone))
        report = run_tick(self.rules, self._reading, self.store, day, TickTimes(at=at, now=at), self.defaults)
        # Every channel takes at once what may be sent.
        due = [one.id for one in report.deliveries if one.not_before is None]
        if due:
            with self.store.begin() as state:
                state.outbox.accept(due, at)
        return report

    # Figures

    @cached_property
    def _reading(self) -> Reading:
        """The figures given as their sources would hold them, each known from its own tick on."""
        by_source: dict[str, list[GivenFigures]] = {}
        for figures in self.test.figures:
            source = self.all_rules.measures[figures.measure].source
            by_source.setdefault(source or "", []).append(figures)
        tables = [self._table(source, several) for source, several in by_source.items()]
        read = [observations_in(table, self.all_rules) for table in tables]
        problems = tuple(problem for _, found in read for problem in found)
        return Reading(observations=tuple(observations for observations, _ in read), problems=problems)

    def _table(self, source: str, several: Sequence[GivenFigures]) -> SourceTable:
        names = list(dict.fromkeys(name for figures in several for name in figures.cells))
        rows: dict[str, list[str]] = {name: [] for name in ("measure", "area", "period", "published", *names)}
        for figures in several:
            for place, period in enumerate(_periods(figures)):
                rows["measure"].append(figures.measure)
                rows["area"].append(figures.area)
                rows["period"].append(str(period))
                rows["published"].append(self._tick_day(figures.measure, period).isoformat())
                for name in names:
                    rows[name].append(figures.cells[name][place] if name in figures.cells else "")
        columns = {name: pl.Series(name, cells, dtype=pl.String) for name, cells in rows.items()}
        return SourceTable(source=source, file=self.test.place.file, columns=columns)

    # What happened

    def _happenings(self, report: TickReport, day: date) -> Iterator[Happening]:
        words: dict[str, list[str]] = {}
        for delivery in report.deliveries:
            words.setdefault(delivery.notice_id, []).extend((delivery.message.subject, delivery.message.text))
        found: dict[tuple[str, str], Happening] = {}
        for notice in report.notices:
            for event in notice.events:
                key = (event.alert.id, event.kind.value)
                one = found.get(key) or self._happening(event.alert, event.kind.value, day)
                told, said = (*one.to, notice.owner), (*one.words, *words.get(notice.id, ()))
                found[key] = replace(one, to=told, words=said)
        for event in report.untold:
            key = (event.alert.id, event.kind.value)
            found.setdefault(key, self._happening(event.alert, event.kind.value, day, event.headline))
        yield from found.values()
        held: dict[tuple[str, str], Happening] = {}
        for suppressed in report.suppressed:
            event = suppressed.event
            one = held.get((event.alert.id, suppressed.reason.value)) or replace(
                self._happening(event.alert, SUPPRESSED, day, event.headline), reason=suppressed.reason.value
            )
            held[event.alert.id, suppressed.reason.value] = replace(one, to=(*one.to, suppressed.owner))
        yield from held.values()

    def _happening(self, alert: Alert, event: str, day: date, headline: str | None = None) -> Happening:
        key = alert.key
        rule = next((rule for rule in self.rules.rules if rule.id == key.rule), None)
        kind = (rule.every if rule else None) or self.all_rules.measures[key.measure].every
        return Happening(
            day=day,
            event=event,
            rule=key.rule,
            measure=key.measure,
            area=key.area,
            period=self._tick_of(key.measure, kind, day),
            words=(headline,) if headline else (),
        )

    def _take_on(self, day: date) -> Iterator[Problem]:
        """Acknowledge what the test says somebody takes on after this day's tick."""
        for one in self.test.acknowledge:
            if id(one) in self.done or not self._is_today(one, day):
                continue
            self.done.add(id(one))
            with self.store.begin() as state:
                standing = [alert for alert in state.alerts.open() if _concerns(one, alert)]
            if not standing:
                yield failure(one.place, f"no alert of {one.rule} stands in {one.area} after the tick for {one.period}")
            at = datetime.combine(day, time(9), ZoneInfo(self.rules.schedule.timezone))
            for alert in standing:
                acknowledge(self.rules, self.store, alert.id, one.person, at, day, None)
                self.happened.append(self._happening(alert, "acknowledged", day))

    def _is_today(self, one: GivenAcknowledgement | ExpectedFinding, day: date) -> bool:
        return any(self._tick_of(measure, one.period.kind, day) == one.period for measure in self._measures(one))

    def _measures(self, one: GivenAcknowledgement | ExpectedFinding) -> list[str]:
        """Return the measures that are meant: the one named, else all that the rule watches and the test has figures of."""
        if one.measure is not None:
            return [one.measure]
        watched = next((rule.measures for rule in self.rules.rules if rule.id == one.rule), ())
        return [measure for measure in self._given if measure in watched]

    # Findings

    def _check_findings(self, report: TickReport, day: date) -> Iterator[Problem]:
        for expected in self.test.findings:
            if id(expected) in self.done or not self._is_today(expected, day):
                continue
            self.done.add(id(expected))
            found = list(self._findings(report, expected))
            if len(found) == 1:
                yield from (failure(expected.place, message) for message in unlike(expected.keys, found[0]))
            elif found:
                listed = ", ".join(f"{one['measure']} {one['area']}" for one in found)
                yield failure(expected.place, f"several findings are meant: {listed}", "name the measure and area")
            else:
                yield failure(
                    expected.place, f"{expected.rule} finds nothing for {expected.period}: it watches no such series"
                )

    def _findings(self, report: TickReport, expected: ExpectedFinding) -> Iterator[dict[str, object]]:
        areas = [expected.area] if expected.area else [one.area for one in self.test.figures]
        for measure in self._measures(expected):
            for area in dict.fromkeys(areas):
                key = SeriesKey(rule=expected.rule, measure=measure, area=area)
                if (finding := _finding_at(report, key, expected.period)) is not None:
                    yield finding_json(finding)

    def _found_then(self, expected: ExpectedEvent) -> str:
        """Return what the rules found at the tick of an event that did not happen."""
        said = []
        given = {(figures.measure, figures.area) for figures in self.test.figures}
        measures = {measure for measure, _ in given}
        areas = dict.fromkeys(figures.area for figures in self.test.figures)
        series = [one for one in product(self._given, areas) if one in given or one[0] not in measures]
        for day, rule, (measure, area) in product(self.reports, self.rules.rules, series):
            key = SeriesKey(rule=rule.id, measure=measure, area=area)
            named = ((expected.rule, key.rule), (expected.measure, key.measure), (expected.area, key.area))
            if any(wanted not in (None, own) for wanted, own in named):
                continue
            if self._tick_of(key.measure, expected.period.kind, day) == expected.period:
                kind = rule.every or self.all_rules.measures[key.measure].every
                said.append(_finding_at(self.reports[day], key, self._tick_of(key.measure, kind, day)))
        found = [f"; the finding then was {one.state.word}: {one.text}" for one in said if one is not None]
        return "".join(found[:2])


def _finding_at(report: TickReport, key: SeriesKey, period: Period) -> Finding | None:
    """Return what a rule finds of a series at a period, in words; None where it does not judge it."""
    evaluation = report.evaluation
    spot = None if evaluation is None else SeriesPlaces(evaluation).find(key)
    if evaluation is None or spot is None:
        return None
    verdicts, place = spot
    row = verdicts.block.panel.row(period) - verdicts.block.start
    if not 0 <= row < len(verdicts.state):
        return None
    ((_, made),) = FindingMaker(evaluation).at(verdicts, row, np.array([place]))
    return made.with_text().finding


def _periods(figures: GivenFigures) -> Iterator[Period]:
    first = figures.first
    return (Period(first.kind, first.ordinal + n, first.starts) for n in range(figures.length))


def _concerns(one: GivenAcknowledgement, alert: Alert) -> bool:
    key = alert.key
    return (key.rule, key.area) == (one.rule, one.area) and one.measure in (None, key.measure)
