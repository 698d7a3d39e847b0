"""What the tests of a rule show of it, and what they do not: that it fires, that it is quiet, and where its lines are."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import product

import numpy as np

from alerting.app.authoring.mutants import is_tried
from alerting.app.authoring.trial import Given
from alerting.app.authoring.variants import Steps
from alerting.domain.alert import SeriesKey
from alerting.domain.condition import BeyondLine, Condition
from alerting.domain.exact import same
from alerting.domain.finding import State
from alerting.domain.fold import open_rows
from alerting.domain.period import Period
from alerting.domain.rule import Rule, RuleSet
from alerting.domain.rule_test import RuleTest
from alerting.evaluation.engine import Evaluation
from alerting.evaluation.findings import FindingMaker
from alerting.evaluation.found import Found
from alerting.evaluation.series_index import SeriesPlaces


class Case(StrEnum):
    """What a test can show of a rule."""

    FIRES = "fires"
    QUIET = "quiet"
    ON_LINE = "on_line"
    BEYOND = "beyond"
    WITHIN = "within"
    FOR = "for"
    CLEAR_AFTER = "clear_after"


#: A case, and for the cases of a line on which side of it exceptions lie (+1 above); 0: the case has no side.
Shown = tuple[Case, int]
_AT_A_LINE = (Case.BEYOND, Case.WITHIN)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Seen:
    """One series under one rule as a test's last tick judges it: the periods that had ticks, in order."""

    rule: Rule
    states: Sequence[State]
    periods: Sequence[Period]
    #: Makes the finding of a period by its place.
    found_at: Callable[[int], Found]
    #: Whether there may be a line that decides by itself.
    has_line: bool
    #: Whether the test lists all that happens.
    lists_events: bool
    #: Periods whose verdict the test gives.
    given: frozenset[Period]

    def shown(self, steps: Steps) -> Iterator[Shown]:
        """Yield what the series shows, as far as the test would fail if it were otherwise."""
        for place in self._pinned():
            yield (Case.FIRES if self.states[place] is State.EXCEPTION else Case.QUIET), 0
            found = self.found_at(place) if self.has_line else None
            if found is not None and (held := line_of(found)) is not None:
                yield from _at_line(found, held, steps)
        if self.lists_events:
            yield from self._short_of(self.states)

    def _pinned(self) -> Iterator[int]:
        """Yield the places of verdicts without which the test would fail."""
        is_open = self._open(self.states) if self.lists_events else []
        for place, state in enumerate(self.states):
            if not state.is_verdict:
                continue
            other = State.NORMAL if state is State.EXCEPTION else State.EXCEPTION
            changed = [*self.states[:place], other, *self.states[place + 1 :]]
            if self.periods[place] in self.given or (self.lists_events and self._open(changed) != is_open):
                yield place

    def _open(self, states: Sequence[State]) -> list[bool]:
        """Return at which periods an alert is open."""
        codes = np.array(states, dtype=np.int8)
        counts = np.ones(len(states), dtype=bool)
        return open_rows(codes, counts, self.rule.open_after, self.rule.clear_after).tolist()  # type: ignore[no-any-return]

    def _short_of(self, states: Sequence[State]) -> Iterator[Shown]:
        """Yield that one period less than `for` opens nothing, and one less than `clear_after` ends nothing."""
        is_open = self._open(states)
        for wanted, state, case in (
            (self.rule.open_after - 1, State.EXCEPTION, Case.FOR),
            (self.rule.clear_after - 1, State.NORMAL, Case.CLEAR_AFTER),
        ):
            for start in range(len(states) - wanted if wanted else 0):
                end = start + wanted
                run = all(one is state for one in states[start:end])
                whole = run and states[end].is_verdict and states[end] is not state
                begins = start == 0 or states[start - 1] is not state
                if whole and begins and is_open[end - 1] is (case is Case.CLEAR_AFTER):
                    yield case, 0


def line_of(found: Found) -> BeyondLine | None:
    """Return the figure with the line that it is held against; None where a line alone does not decide."""
    condition = found.decided
    if not has_line(condition) or not found.finding.state.is_verdict:
        return None
    held = condition.beyond(found.facts)
    value = found.finding.value
    return held if held is not None and held.in_series and value is not None and same(held.judged, value) else None


def has_line(condition: Condition) -> bool:
    """Whether one figure and one line may decide: it looks at no others, and at no other areas."""
    return not (
        condition.looks_back > 1
        or condition.finds_moves
        or condition.by_clock
        or condition.among_areas
        or condition.by_centre
        or condition.view is not None
    )


def side_of(found: Found, held: BeyondLine) -> int:
    """Return on which side of a line exceptions lie: +1 above it."""
    if not same(held.judged, held.line):
        beyond = found.finding.state is State.EXCEPTION
        return (1 if held.judged > held.line else -1) * (1 if beyond else -1)
    if found.finding.upper is not None and same(found.finding.upper, held.line):
        return 1
    if found.finding.lower is not None and same(found.finding.lower, held.line):
        return -1
    sides = found.decided.found_sides
    return next(iter(sides)) if len(sides) == 1 else 0


def _at_line(found: Found, held: BeyondLine, steps: Steps) -> Iterator[Shown]:
    side, step = side_of(found, held), float(steps.in_unit(held.judged))
    if same(held.judged, held.line):
        yield Case.ON_LINE, side
    elif abs(held.judged - held.line) <= step * (1 + 1e-9):
        yield (Case.BEYOND if found.finding.state is State.EXCEPTION else Case.WITHIN), side


@dataclass(frozen=True, kw_only=True, eq=False)
class Showing:
    """Says of tests that pass what each shows."""

    rules: RuleSet

    def shown(self, test: RuleTest) -> dict[str, set[Shown]]:
        """Return what a test shows, by rule."""
        given = Given(test, self.rules)
        return self.by(given, given.last_situation.evaluation)

    def by(self, trial: Given, evaluation: Evaluation) -> dict[str, set[Shown]]:
        """Return what a test shows by what its last tick judged."""
        found: dict[str, set[Shown]] = {}
        areas = dict.fromkeys(figures.area for figures in trial.test.figures)
        for rule in trial.rules.rules:
            own = found.setdefault(rule.id, set())
            for measure, area in product((one for one in rule.measures if one in trial.given), areas):
                key = SeriesKey(rule=rule.id, measure=measure, area=area)
                seen = self._seen(trial, rule, evaluation, key)
                if seen is not None:
                    own |= set(seen.shown(Steps.of(self.rules.measures[measure], self.rules.calendar)))
        return found

    def _seen(self, trial: Given, rule: Rule, evaluation: Evaluation, key: SeriesKey) -> Seen | None:
        spot = SeriesPlaces(evaluation).find(key)
        if spot is None:
            return None
        verdicts, place = spot
        kind = rule.every or self.rules.measures[key.measure].every
        periods = dict.fromkeys(trial.tick_of(key.measure, kind, day) for day in trial.days)
        rows = [verdicts.block.panel.row(period) - verdicts.block.start for period in periods]
        rows = [row for row in rows if 0 <= row < len(verdicts.state)]
        maker, panel = FindingMaker(evaluation), verdicts.block.panel

        def found_at(place_in_time: int) -> Found:
            row = rows[place_in_time]
            maker.judge_around(verdicts, row)
            ((_, made),) = maker.at(verdicts, row, np.array([place]))
            return made

        given = frozenset(
            one.period
            for one in trial.test.findings
            if one.rule == key.rule and "state" in one.keys and one.measure in (None, key.measure)
            and one.area in (None, key.area)
        )  # fmt: skip
        return Seen(
            rule=rule,
            states=[State(int(verdicts.state[row, place])) for row in rows],
            periods=[panel.period(verdicts.block.start + row) for row in rows],
            found_at=found_at,
            has_line=any(has_line(part.condition) for part in rule.when.plain_parts()),
            lists_events=trial.test.expect is not None,
            given=given,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """A rule with what its tests show and what they lack, and a test that would show all of it."""

    rule: Rule
    tests: int
    wanted: frozenset[Shown]
    lacking: tuple[Shown, ...]
    example: RuleTest | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A test made up for a rule: what it shows, and what makes it with all that happens, which takes time."""

    shown: set[Shown]
    written: Callable[[], RuleTest]


@dataclass(kw_only=True, eq=False)
class Coverage:
    """Asks what tests show of each rule.

    Args:
        example_of: a test that shows all that figures can show of a rule; None where none could be made.
    """

    tests: Sequence[RuleTest]
    rules: RuleSet
    showing: Showing
    example_of: Callable[[Rule], "Example | None"]
    _known: dict[str, tuple[int, set[Shown]]] = field(default_factory=dict)

    def all(self, only: str | None = None) -> Iterator[Covered]:
        """Yield each rule (or one alone) that is not off, in the order declared."""
        for test in self.tests if only is None else [one for one in self.tests if only in (one.rules or (only,))]:
            for id_, shown in self.showing.shown(test).items():
                count, before = self._known.get(id_, (0, set()))
                self._known[id_] = count + 1, before | shown
        for rule in self.rules.rules:
            if is_tried(rule) and only in (None, rule.id):
                yield self._covered(rule)

    def _covered(self, rule: Rule) -> Covered:
        count, shown = self._known.get(rule.id, (0, set()))
        example = self.example_of(rule)
        wanted = {(Case.FIRES, 0), (Case.QUIET, 0), *(example.shown if example else ())}
        wanted |= {(Case.FOR, 0)} if rule.open_after > 1 else set()
        wanted |= {(Case.CLEAR_AFTER, 0)} if rule.clear_after > 1 else set()
        lacking = tuple(sorted(wanted - shown, key=lambda one: (list(Case).index(one[0]), -one[1])))
        test = example.written() if example and lacking else None
        return Covered(rule=rule, tests=count, wanted=frozenset(wanted), lacking=lacking, example=test)
