"""A test made up for a rule, that shows all that figures can show of it: around its line, and of `for` and `clear_after`."""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, partial
from itertools import chain, islice, pairwise

import numpy as np

from alerting.app.authoring.coverage import Case, Example, Showing, has_line, line_of
from alerting.app.authoring.made_up_figures import OTHERWISE, TYPICAL
from alerting.app.authoring.printed_figures import COLUMNS, NOWHERE, plain
from alerting.app.authoring.record import expecting, findings_of
from alerting.app.authoring.trial import Given, Trial
from alerting.app.authoring.variants import Steps
from alerting.app.notices.compose import MessageDefaults
from alerting.app.situation.situation import Situation, situation_of
from alerting.domain.alert import SeriesKey
from alerting.domain.condition import Condition
from alerting.domain.exact import same
from alerting.domain.finding import Finding, State
from alerting.domain.measure import Measure
from alerting.domain.period import KINDS, Period, PeriodKind
from alerting.domain.rule import Rule, RuleSet
from alerting.domain.rule_test import GivenFigures, RuleTest
from alerting.evaluation.findings import FindingMaker
from alerting.evaluation.found import Found
from alerting.evaluation.series_index import SeriesPlaces
from alerting.figures.observations import Observations, Reading
from alerting.ports.state import Store

#: Figures before the case itself, tried in turn.
_BEFORE = {
    PeriodKind.DAY: (0, 1, 60, 380), PeriodKind.WEEK: (0, 1, 55, 160), PeriodKind.MONTH: (0, 1, 13, 25, 37),
    PeriodKind.QUARTER: (0, 1, 5, 13), PeriodKind.YEAR: (0, 1, 6, 12),
}  # fmt: skip
#: The first day of made-up figures, where nothing asks for another: a financial year's.
_FIRST = date(2023, 4, 1)
#: A search for a line doubles its step so often before it gives up.
_DOUBLINGS = 24
#: How figures swing before the case, over and over.
_SWING = (0.0, 0.05, -0.015, -0.045, 0.025, -0.02)
_FAR_UP, _FAR_DOWN = 1.9, 0.1
Values = list[float | None]
#: Two events, one period each, with the usual time before each.
_EVENTS: Values = [0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0]


@dataclass(frozen=True, kw_only=True, eq=False)
class ExampleMaker:
    """Makes a test for a rule out of nothing but the rules.

    Args:
        new_store: makes an empty state.
    """

    rules: RuleSet
    showing: Showing
    new_store: Callable[[], Store]
    defaults: MessageDefaults

    def example(self, rule: Rule) -> Example | None:
        """Return what makes the test, with what it shows; None where no made-up figures show the rule fire and be quiet."""
        for measure in rule.measures:
            bench = _Bench(rule=rule, measure=self.rules.measures[measure], rules=self.rules)
            if not bench.can_be_given:
                continue
            for values in bench.attempts():
                test = bench.test(values)
                shown = self.showing.by(Given(test, self.rules), bench.situation(test).evaluation).get(rule.id, set())
                if {(Case.FIRES, 0), (Case.QUIET, 0)} <= shown:
                    return Example(shown=shown, written=partial(self._expecting, test, bench))
        return None

    def _expecting(self, test: RuleTest, bench: "_Bench") -> RuleTest:
        findings = bench.first_exception(test)
        with closing(self.new_store()) as store:
            trial = Trial(test, self.rules, store=store, defaults=self.defaults)
            return expecting(test, trial, bench.key, findings)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Bench:
    """One rule on one measure in one area, on which figures are tried."""

    rule: Rule
    measure: Measure
    rules: RuleSet
    #: The first exceptional figure on each side, where it was last; and what was found of the last of some figures.
    _edges: dict[int, float] = field(default_factory=dict)
    _known: dict[tuple[float | None, ...], Found | None] = field(default_factory=dict)

    # What is tried

    @cached_property
    def condition(self) -> Condition:
        return self.rule.when.bind(self.measure)

    @cached_property
    def parts(self) -> Sequence[Condition]:
        return [part.condition for part in self.condition.plain_parts()]

    @cached_property
    def steps(self) -> Steps:
        return Steps.of(self.measure, self.rules.calendar)

    @cached_property
    def area(self) -> str:
        """The first of the areas that the rule watches; where areas are compared, of those with most siblings."""
        watched = self.rules.watched_areas(self.rule, self.measure.id)
        own = [id_ for id_ in self.rules.areas.areas if watched is None or id_ in watched]
        compares = any(part.among_areas for part in self.parts)
        return max(own, key=lambda id_: len(self.rules.areas.siblings(id_))) if compares else own[0]

    @property
    def key(self) -> SeriesKey:
        return SeriesKey(rule=self.rule.id, measure=self.measure.id, area=self.area)

    @property
    def can_be_given(self) -> bool:
        """Whether a test's figures have all columns that the rule looks at."""
        watched = self.rules.watched_areas(self.rule, self.measure.id)
        return (watched is None or bool(watched)) and set(self._columns) <= set(COLUMNS)

    @property
    def _columns(self) -> list[str]:
        levels = chain.from_iterable(level.columns() for part in self.parts for level in part.levels)
        return [*levels, *chain.from_iterable(part.columns for part in self.parts)]

    @cached_property
    def _first(self) -> Period:
        """The first period: where the rule, its dated targets or its plan already hold."""
        days = [_FIRST, *([self.rule.since] if self.rule.since else [])]
        for part in self.parts:
            days += [milestone.date for milestone in part.milestones[:1]]
            days += [part.due] if part.due is not None and not part.milestones else []
            days += [day for level in part.levels for day, _ in level.dated or ()]
        return self.rules.calendar.containing(max(days), self.rule.every or self.measure.every)

    # Figures

    def attempts(self) -> Iterator[Values]:
        """Yield figures that may show all of the rule, the most telling first."""
        for count in self._before:
            for base in self._bases():
                before: Values = [self._swung(base, n) if count > 1 else base for n in range(count)]
                if any(map(has_line, self.parts)) and (case := self._around_lines(before, base)):
                    yield before + case
        for count in self._before:
            for base in self._bases():
                for pattern in self._patterns(base):
                    yield [*(self._swung(base, n) for n in range(count)), *pattern]

    @property
    def _before(self) -> Sequence[int]:
        """How many figures stand before the case: limits are shown once they are made of all that they are made of."""
        counts = _BEFORE[self.rule.every or self.measure.every]
        if any(part.method is not None and part.method.own_past for part in self.parts):
            return (*counts[2:], *counts[:2])
        return counts

    def _bases(self) -> Iterator[float]:
        """Yield figures that may be normal: a little on either side of the numbers given, or typical ones."""
        numbers = sorted({number for part in self.parts for number in part.numbers_given()})
        for low, high in pairwise(numbers):
            yield self._rounded((low + high) / 2)
        for number in numbers[:1] + numbers[-1:]:
            step = float(self.steps.in_unit(number))
            yield from (self._rounded(number + way * 8 * step) for way in (1, -1))
        if not numbers:
            yield self._typical

    @property
    def _typical(self) -> float:
        low, high = self.measure.minimum, self.measure.maximum
        if low is not None and high is not None:
            return self._rounded((low + high) / 2)
        return TYPICAL.get(self.measure.unit, OTHERWISE)

    def _rounded(self, value: float) -> float:
        step = float(self.steps.in_unit(0.0))
        low = -math.inf if self.measure.minimum is None else self.measure.minimum
        high = math.inf if self.measure.maximum is None else self.measure.maximum
        return float(plain(round(min(max(round(value / step) * step, low), high), 10)))

    def _swung(self, base: float, n: int) -> float:
        return self._rounded(base * (1 + _SWING[n % len(_SWING)]))

    def _patterns(self, base: float) -> Iterator[Values]:
        """Yield runs of far figures, rises, falls and gaps, each with normal figures around it."""
        length = max(part.in_a_row for part in self.parts) + self.rule.open_after
        up, down = self._rounded(base * _FAR_UP), self._rounded(base * _FAR_DOWN)
        rising: Values = [self._rounded(base * (1 + 0.04 * n)) for n in range(length)]
        falling: Values = [self._rounded(base * (1 - 0.04 * n)) for n in range(length)]
        after: Values = [base] * (self.rule.clear_after + 1)
        if any(part.view is not None for part in self.parts):  # events, some days between, and then at once
            yield [*_EVENTS * 12, 1.0, *_EVENTS, *_EVENTS]
        far: list[Values] = [[up] * length, [down] * length, rising, falling, [None] * (self.rule.open_after + 1)]
        yield from ([base, *pattern, *after] for pattern in far)

    def _around_lines(self, before: Values, base: float) -> Values:
        """Return figures on, within and beyond each line, with `for` and `clear_after`; empty where there is none."""
        if self._state([*before, base]) is not State.NORMAL:
            return []
        values: Values = [*before, base]
        for side in sorted({side for part in self.parts for side in part.found_sides}, reverse=True):
            for wanted in self._plan():
                value = self._figure(values, base, side, wanted)
                if value is None:
                    break
                values.append(value)
        return values[len(before) :] if len(values) > len(before) + 1 else []

    def _plan(self) -> list[Case]:
        opens, clears = self.rule.open_after, self.rule.clear_after
        start = [Case.WITHIN, Case.ON_LINE]
        short = [*[Case.BEYOND] * (opens - 1), Case.WITHIN] if opens > 1 else []
        again = [*[Case.WITHIN] * (clears - 1), Case.BEYOND] if clears > 1 else []
        return [*start, *short, *[Case.BEYOND] * opens, *again, *[Case.WITHIN] * clears]

    def _figure(self, values: Values, base: float, side: int, wanted: Case) -> float | None:
        """Return the next figure: the first beyond the line on a side, or the last before it."""
        edge = self._edge(values, base, side)
        if edge is None or wanted is Case.BEYOND:
            return edge
        step = side * float(self.steps.in_unit(edge))
        last = self._rounded(edge - step)
        if not self._is_on_line([*values, last]):
            return last
        return last if wanted is Case.ON_LINE else self._rounded(last - step)

    def _edge(self, values: Values, base: float, side: int) -> float | None:
        """Return the first exceptional figure on a side of a normal one; None: none is."""
        for line in self._lines(values, base, side):
            step = side * float(self.steps.in_unit(line))
            near = [self._rounded(line + n * step) for n in (-1, 0, 1)]
            for within, beyond in pairwise(near):
                if self._state([*values, beyond]) is not State.EXCEPTION or within == beyond:
                    continue
                if self._state([*values, within]) is State.NORMAL:
                    self._edges[side] = beyond
                    return beyond
                break
        return self._halved(values, base, side)

    def _lines(self, values: Values, base: float, side: int) -> Iterator[float]:
        """Yield where a line may be: where it was last, and where a normal figure's finding has it."""
        if side in self._edges:
            yield self._edges[side]
        found = self._last([*values, base])
        one = None if found is None else found.finding
        lines = () if one is None else (one.upper if side > 0 else one.lower, one.target, one.plan)
        yield from (line for line in lines if line is not None)

    def _halved(self, values: Values, base: float, side: int) -> float | None:
        """Return the first exceptional figure by halving what lies between it and a normal one."""
        step = side * float(self.steps.in_unit(base))
        normal, far = base, None
        for n in range(_DOUBLINGS):
            tried = self._rounded(base + step * 2**n)
            if self._state([*values, tried]) is State.EXCEPTION:
                far = tried
                break
            if tried == normal:
                return None
            normal = tried
        while far is not None and abs(far - normal) > abs(step) * 1.5:
            middle = self._rounded((far + normal) / 2)
            if middle in (far, normal):
                break
            far, normal = (middle, normal) if self._state([*values, middle]) is State.EXCEPTION else (far, middle)
        return far

    # Verdicts

    def _state(self, values: Values) -> State | None:
        found = self._last(values)
        return None if found is None else found.finding.state

    def _is_on_line(self, values: Values) -> bool:
        found = self._last(values)
        held = None if found is None else line_of(found)
        return held is not None and same(held.judged, held.line)

    def _last(self, values: Values) -> Found | None:
        """Return what is found of the last of some figures; None where it is not judged."""
        key = tuple(values)
        if key not in self._known:
            self._known[key] = self._judged_last(values)
        return self._known[key]

    def _judged_last(self, values: Values) -> Found | None:
        test = self.test(values)
        spot = SeriesPlaces(evaluation := self.situation(test, every_period=False).evaluation).find(self.key)
        if spot is None:
            return None
        verdicts, place = spot
        row = verdicts.block.panel.row(self._first + (len(values) - 1)) - verdicts.block.start
        if not 0 <= row < len(verdicts.state):
            return None
        ((_, made),) = FindingMaker(evaluation).at(verdicts, row, np.array([place]))
        return made

    def first_exception(self, test: RuleTest) -> dict[Period, Finding]:
        """Return what is found at the first exception, by its period; nothing where the clock decides, tick by tick."""
        if any(part.by_clock for part in self.parts):
            return {}
        last = self._first + (test.figures[0].length - 1)
        found = findings_of(self.situation(test), self.key, self._first, last)
        return dict(islice(((period, one) for period, one in found if one.state is State.EXCEPTION), 1))

    def situation(self, test: RuleTest, *, every_period: bool = True) -> Situation:
        """Judge a test's figures on the day of its last tick."""
        reading = Reading(observations=(_observations(test, self._rules),))
        day = Given(test, self.rules).last_day
        return situation_of(self._rules, reading, day, every_period=every_period)

    @cached_property
    def _rules(self) -> RuleSet:
        """The rule, and what it and the figures need of the others."""
        return Given(self.test([self._typical]), self.rules).rules

    # The test

    def test(self, values: Values) -> RuleTest:
        """Return a test on figures of the series, and of its siblings where areas are compared."""
        figures = list(self._figures(self.area, values))
        if any(part.among_areas for part in self.parts):
            common: Values = [self._typical] * len(values)
            for area in self.rules.areas.siblings(self.area):
                figures += self._figures(area, common) if area != self.area else ()
        name = f"{self.rule.id}: at its line, beyond it and back"
        return RuleTest(name=name, rules=(self.rule.id,), figures=tuple(figures), expect=(), place=NOWHERE)

    def _figures(self, area: str, values: Values) -> Iterator[GivenFigures]:
        made = self.measure.of
        if made is None and not self._needs_parts:
            others = {name: tuple(plain(self._typical) for _ in values) for name in dict.fromkeys(self._columns)}
            yield self._of(self.measure.id, area, {"value": _texts(values), **others})
            return
        scale, step = self.measure.ratio_scale, float(self.steps.in_unit(0.0))
        whole = round(scale / step)
        parts: Values = [None if value is None else round(value / scale * whole) for value in values]
        wholes: Values = [None if value is None else float(whole) for value in values]
        if made is None:
            cells = {"numerator": _texts(parts), "denominator": _texts(wholes)}
            yield self._of(self.measure.id, area, cells)
        else:
            yield self._of(made.numerator, area, {"value": _texts(parts)})
            yield self._of(made.denominator, area, {"value": _texts(wholes)})

    @property
    def _needs_parts(self) -> bool:
        return any(part.method is not None and part.method.by_denominator for part in self.parts)

    def _of(self, measure: str, area: str, cells: dict[str, tuple[str, ...]]) -> GivenFigures:
        return GivenFigures(measure=measure, area=area, first=self._first, cells=cells, place=NOWHERE)


def _observations(test: RuleTest, rules: RuleSet) -> Observations:
    """Return a test's figures without a look at them as text: hundreds are tried."""
    measures, areas = list(rules.measures), list(rules.areas.areas)
    rows = [
        (measures.index(one.measure), areas.index(one.area), KINDS.index(one.first.kind), one.first.ordinal + n, one, n)
        for one in test.figures
        for n in range(one.length)
    ]
    names = dict.fromkeys(name for one in test.figures for name in one.cells)
    columns = {name: [one.cells[name][n] if name in one.cells else "" for *_, one, n in rows] for name in names}
    codes = [np.array([row[place] for row in rows], dtype=np.int32) for place in range(4)]
    return Observations(
        source="made-up",
        file="made-up figures",
        measure=codes[0],
        area=codes[1],
        kind=codes[2].astype(np.int8),
        ordinal=codes[3],
        published=np.zeros(len(rows), dtype=np.int32),
        columns={name: np.array([float(cell or "nan") for cell in cells]) for name, cells in columns.items()},
        refused=np.zeros(len(rows), dtype=bool),
        provisional=None,
        note=None,
        note_texts=(),
        record=range(len(rows)),
    )


def _texts(values: Values) -> tuple[str, ...]:
    return tuple("" if value is None else plain(value) for value in values)
