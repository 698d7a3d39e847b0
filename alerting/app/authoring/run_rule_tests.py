"""Trying rules on figures that their author makes up, and what then is not as expected."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import product

from alerting.app.authoring.compare_events import Events, differences, failure, unlike
from alerting.app.authoring.mail_files import MailFiles
from alerting.app.authoring.trial import Trial
from alerting.app.notices.compose import MessageDefaults
from alerting.app.tick.report import TickReport
from alerting.domain.alert import SeriesKey
from alerting.domain.fault import NOT_ITS_FAULT, Faults, Work
from alerting.domain.problem import Problem
from alerting.domain.rule import RuleSet
from alerting.domain.rule_test import ExpectedEvent, ExpectedFinding, GivenAcknowledgement, RuleTest
from alerting.evaluation.as_json import finding_json
from alerting.ports.state import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A test with what was not as expected."""

    test: RuleTest
    failures: tuple[Problem, ...]


def try_out(
    tests: Sequence[RuleTest],
    rules: RuleSet,
    new_store: Callable[[], Store],
    defaults: MessageDefaults,
    mails: MailFiles | None = None,
) -> Iterator[Tried]:
    """Try each test on a state of its own: one tick a period, on the day after its figures are due.

    Args:
        new_store: makes an empty state.
        mails: files with whole mails; None: they are not looked at.
    """
    for test in tests:
        store = new_store()
        try:
            yield Tried(
                test=test, failures=tuple(_failures(Checked(Trial(test, rules, store=store, defaults=defaults), mails)))
            )
        finally:
            store.close()


def _failures(checked: "Checked") -> list[Problem]:
    """Run a test; where the program itself fails at it, say that above all that then is not as expected."""
    faults, test = Faults(), checked.trial.test
    work = Work(sort="test", id=test.name, done="run", place=test.place)
    found = faults.attempt(work, lambda: sorted(checked.failures(), key=lambda one: one.sort_key))
    for report in checked.trial.reports.values():
        faults.take(report.faults)
    return [*(failure(test.place, f"{fault.words}. {NOT_ITS_FAULT}") for fault in faults), *(found or ())]


@dataclass(eq=False)
class Checked:
    """A trial held against what its test expects."""

    trial: Trial
    mails: MailFiles | None = None
    #: What was asked for and has come to pass: acknowledgements and findings.
    done: set[int] = field(default_factory=set)

    def failures(self) -> Iterator[Problem]:
        """Run the ticks and say what is not as expected, as soon as it shows."""
        for day in self.trial.eventful_days:
            yield from self._after(day)
        yield from self._in_the_end()

    def fails(self) -> bool:
        """Run the ticks until it is certain that something is not as expected; say whether anything is not."""
        events = Events(self.trial.test, self.trial.tick_of, self.trial.is_tick_for, self.trial.days)
        for day in self.trial.eventful_days:
            if next(self._after(day), None) is not None or events.is_off(self.trial.happened, day):
                return True
        return next(self._in_the_end(), None) is not None

    def _after(self, day: date) -> Iterator[Problem]:
        report = self.trial.tick(day)
        yield from self._check_findings(report, day)
        yield from self._take_on(day)

    def _in_the_end(self) -> Iterator[Problem]:
        trial, test = self.trial, self.trial.test
        if test.expect is not None:
            yield from differences(test, trial.happened, trial.tick_of, self._found_then, self.mails)
        asked: list[GivenAcknowledgement | ExpectedFinding] = [*test.acknowledge, *test.findings]
        for one in asked:
            if id(one) not in self.done:
                yield failure(one.place, f"there is no tick for {one.period}: the figures given reach no such period")

    def _take_on(self, day: date) -> Iterator[Problem]:
        """Acknowledge what the test says somebody takes on after this day's tick."""
        for one in self.trial.test.acknowledge:
            if id(one) in self.done or not self._is_today(one, day):
                continue
            self.done.add(id(one))
            if not self.trial.take_on(one, day):
                yield failure(one.place, f"no alert of {one.rule} stands in {one.area} after the tick for {one.period}")

    def _is_today(self, one: GivenAcknowledgement | ExpectedFinding, day: date) -> bool:
        return any(self.trial.tick_of(measure, one.period.kind, day) == one.period for measure in self._measures(one))

    def _measures(self, one: GivenAcknowledgement | ExpectedFinding) -> list[str]:
        """Return the measures that are meant: the one named, else all that the rule watches and the test has figures of."""
        if one.measure is not None:
            return [one.measure]
        watched = next((rule.measures for rule in self.trial.rules.rules if rule.id == one.rule), ())
        return [measure for measure in self.trial.given if measure in watched]

    # Findings

    def _check_findings(self, report: TickReport, day: date) -> Iterator[Problem]:
        for expected in self.trial.test.findings:
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
        areas = [expected.area] if expected.area else [one.area for one in self.trial.test.figures]
        for measure in self._measures(expected):
            for area in dict.fromkeys(areas):
                key = SeriesKey(rule=expected.rule, measure=measure, area=area)
                if (finding := self.trial.finding_at(report, key, expected.period)) is not None:
                    yield finding_json(finding)

    def _found_then(self, expected: ExpectedEvent) -> str:
        """Return what the rules found at the tick of an event that did not happen."""
        said = []
        given = {(figures.measure, figures.area) for figures in self.trial.test.figures}
        measures = {measure for measure, _ in given}
        areas = dict.fromkeys(figures.area for figures in self.trial.test.figures)
        series = [one for one in product(self.trial.given, areas) if one in given or one[0] not in measures]
        for day, rule, (measure, area) in product(self.trial.reports, self.trial.rules.rules, series):
            key = SeriesKey(rule=rule.id, measure=measure, area=area)
            named = ((expected.rule, key.rule), (expected.measure, key.measure), (expected.area, key.area))
            if any(wanted not in (None, own) for wanted, own in named):
                continue
            if self.trial.tick_of(key.measure, expected.period.kind, day) == expected.period:
                kind = rule.every or self.trial.all_rules.measures[key.measure].every
                said.append(
                    self.trial.finding_at(self.trial.reports[day], key, self.trial.tick_of(key.measure, kind, day))
                )
        found = [f"; the finding then was {one.state.word}: {one.text}" for one in said if one is not None]
        return "".join(found[:2])
