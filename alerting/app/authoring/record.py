"""A rule test written from an episode that the figures really have."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from typing import Any

import numpy as np

from alerting.app.authoring.compare_events import ON_REQUEST, Happening
from alerting.app.authoring.printed_figures import NOWHERE, PrintedFigures
from alerting.app.authoring.trial import Given, Trial
from alerting.app.notices.compose import MessageDefaults
from alerting.app.situation.situation import Situation, situation_of
from alerting.domain.alert import SeriesKey
from alerting.domain.finding import Finding, State
from alerting.domain.fold import open_rows
from alerting.domain.period import Period, PeriodError, PeriodKind
from alerting.domain.rule import Rule, RuleSet
from alerting.domain.rule_test import ExpectedEvent, ExpectedFinding, RuleTest
from alerting.errors import UsageError
from alerting.evaluation.findings import FindingMaker
from alerting.evaluation.series_index import SeriesPlaces
from alerting.figures.observations import Reading
from alerting.ports.state import Store
from alerting.spelling import nearest

#: Periods before an episode that are tried in turn as what limits and comparisons need, in years; after them, all.
_YEARS_BEFORE = (0.0, 0.25, 1.0, 1.1, 2.0, 2.1, 3.0)
_PER_YEAR = {PeriodKind.DAY: 366, PeriodKind.WEEK: 53, PeriodKind.MONTH: 12, PeriodKind.QUARTER: 4, PeriodKind.YEAR: 1}
#: What must be the same of a finding on the figures of the test as on all that there are.
_SAME = ("state", "value", "target", "plan", "centre", "lower", "upper", "band", "change", "side")
#: Numbers of a finding are written so exactly.
_DIGITS = 6
#: Of so many periods every verdict is written down; of more, those at which something happened.
_FEW = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which episode is to be written down; what is None is chosen: the newest."""

    rule: str
    measure: str | None = None
    area: str | None = None
    since: Period | None = None
    until: Period | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody typed: a rule, and if they like a measure, an area and periods."""

    rule: str | None
    measure: str | None = None
    area: str | None = None
    since: str | None = None
    until: str | None = None


def wanted_of(asked: Asked, rules: RuleSet) -> Wanted:
    """Read what somebody typed.

    Raises:
        UsageError: there is no such rule, measure, area or period.
    """
    rule = next((one for one in rules.rules if one.id == asked.rule), None)
    if rule is None:
        raise UsageError(none_of("rule", asked.rule or "", [one.id for one in rules.rules]))
    if asked.area is not None and asked.area not in rules.areas.areas:
        raise UsageError(none_of("area", asked.area, list(rules.areas.areas)))
    if asked.measure is not None and asked.measure not in rule.measures:
        raise UsageError(none_of(f"measure of {rule.id}", asked.measure, rule.measures))
    kind = rule.every or rules.measures[rule.measures[0]].every
    try:
        since, until = (
            None if text is None else rules.calendar.parse_exact(text) for text in (asked.since, asked.until)
        )
    except PeriodError as error:
        raise UsageError(str(error)) from None
    return Wanted(
        rule=rule.id, measure=asked.measure, area=asked.area,
        since=since and rules.calendar.containing(since.first_day, kind),
        until=until and rules.calendar.containing(until.last_day, kind),
    )  # fmt: skip


def none_of(sort: str, found: str, known: Sequence[str]) -> str:
    """Say that there is nothing of that name, and what may be meant."""
    near = nearest(found, known)
    return f'no {sort} "{found}"' + (f'; did you mean "{near}"?' if near else "")


@dataclass(frozen=True, slots=True)
class _Episode:
    """Periods of a series, in the rule's own kind: from one before it began to the one that ended it."""

    key: SeriesKey
    since: Period
    until: Period
    #: The period that opened it; None: nothing opened.
    opened: Period | None


@dataclass(frozen=True, kw_only=True, eq=False)
class Recorder:
    """Writes tests from figures.

    Args:
        new_store: makes an empty state.
    """

    rules: RuleSet
    reading: Reading
    as_of: date
    new_store: Callable[[], Store]
    defaults: MessageDefaults

    def recorded(self, wanted: Wanted) -> RuleTest:
        """Return a test of an episode, with as many figures before it as its verdicts need, and what happened.

        Raises:
            UsageError: there is no such rule or series, or nothing to be written down.
        """
        rule = next(one for one in self.rules.rules if one.id == wanted.rule)
        situation = situation_of(replace(self.rules, rules=(rule,)), self.reading, self.as_of)
        episode = self._episode(rule, wanted, situation)
        printed = PrintedFigures(
            rules=self.rules, reading=self.reading, panels=situation.evaluation.panels, as_of=self.as_of
        )
        findings = dict(findings_of(situation, episode.key, episode.since, episode.until))
        for test in self._candidates(rule, episode, printed):
            again = situation_of(*self._as_given(test))
            found = dict(findings_of(again, episode.key, episode.since, episode.until))
            if all(_alike(one, found.get(period)) for period, one in findings.items()):
                return self._expecting(test, episode, findings)
        raise UsageError(
            f"{rule.id} on {episode.key.measure} in {episode.key.area} cannot be repeated with figures of a test alone:"
            " it rests on something that tests do not give, as a hold or a refused figure"
        )

    # The episode

    def _episode(self, rule: Rule, wanted: Wanted, situation: Situation) -> _Episode:
        found = [
            one for key in self._series(rule, wanted, situation) for one in _episodes(rule, key, situation, wanted)
        ]
        if not found:
            named = " ".join(filter(None, (wanted.rule, wanted.measure, wanted.area)))
            span = "".join(f" {word} {p}" for word, p in (("from", wanted.since), ("until", wanted.until)) if p)
            raise UsageError(
                f"{named} has no episode{span} in the figures; --from and --until take any periods it judges"
            )
        newest = max(found, key=lambda one: (one.opened is not None, one.since.last_day))
        since = wanted.since or newest.since
        return replace(newest, since=since, until=wanted.until or newest.until)

    def _series(self, rule: Rule, wanted: Wanted, situation: Situation) -> Iterator[SeriesKey]:
        for measure, area in product(rule.measures, self.rules.areas.areas):
            if wanted.measure in (None, measure) and wanted.area in (None, area):
                key = SeriesKey(rule=rule.id, measure=measure, area=area)
                if SeriesPlaces(situation.evaluation).find(key) is not None:
                    yield key

    # Its figures

    def _candidates(self, rule: Rule, episode: _Episode, printed: PrintedFigures) -> Iterator[RuleTest]:
        """Yield tests with more and more figures before the episode."""
        key, measure = episode.key, self.rules.measures[episode.key.measure]
        first = printed.first(key.measure, key.area)
        begin = self.rules.calendar.containing(episode.since.first_day, measure.every)
        until = self.rules.calendar.containing(episode.until.last_day, measure.every)
        starts = [begin - round(years * _PER_YEAR[measure.every]) for years in _YEARS_BEFORE]
        earliest = begin if first is None else min(first, begin)
        for start in dict.fromkeys(max(one, earliest) for one in (*starts, earliest)):
            figures = [
                one for area in self._areas(rule, key.area) for one in printed.given(key.measure, area, (start, until))
            ]
            if figures:
                name = f"{rule.id}: {self.rules.areas[key.area].title}, {episode.since} to {episode.until}"
                yield RuleTest(name=name, rules=(rule.id,), figures=tuple(figures), place=NOWHERE)

    def _areas(self, rule: Rule, area: str) -> Sequence[str]:
        """Return the areas whose figures an area is judged by: its own, and where areas are compared its siblings'."""
        parts = [part.condition for part in rule.when.plain_parts()]
        compares = any(one.among_areas or (one.method is not None and one.method.among_areas) for one in parts)
        return [area, *(one for one in self.rules.areas.siblings(area) if one != area)] if compares else [area]

    def _as_given(self, test: RuleTest) -> tuple[RuleSet, Reading, date]:
        given = Given(test, self.rules)
        return given.rules, given.reading, given.days[-1]

    # What happened

    def _expecting(self, test: RuleTest, episode: _Episode, findings: dict[Period, Finding]) -> RuleTest:
        with closing(self.new_store()) as store:
            return expecting(test, Trial(test, self.rules, store=store, defaults=self.defaults), episode.key, findings)


def expecting(test: RuleTest, trial: Trial, key: SeriesKey, findings: Mapping[Period, Finding]) -> RuleTest:
    """Return a test that expects what happens: every event, and of a series the findings that are given."""
    for day in trial.eventful_days:
        trial.tick(day)
    several = len({(one.measure, one.area) for one in trial.happened} | {_series_of(key)}) > 1
    events = [_expected(one, several=several) for one in trial.happened if one.event not in ON_REQUEST]
    at = {one.period for one in trial.happened if _series_of(one) == _series_of(key)}
    periods = [period for period in sorted(findings) if len(findings) <= _FEW or period in at]
    pinned = [_pinned(findings[period], several=several, lines=period in at) for period in periods]
    return replace(test, expect=tuple(events), findings=tuple(pinned))


def _episodes(rule: Rule, key: SeriesKey, situation: Situation, wanted: Wanted) -> Iterator[_Episode]:
    """Yield the times when an alert was open, within what is wanted; where a span is wanted, that span if none was."""
    spot = SeriesPlaces(situation.evaluation).find(key)
    assert spot is not None
    verdicts, place = spot
    states = verdicts.state[:, place]
    counts = np.ones(len(states), dtype=bool) if verdicts.counts is None else verdicts.counts[:, place]
    is_open = open_rows(states, counts, rule.open_after, rule.clear_after)
    panel, start = verdicts.block.panel, verdicts.block.start
    judged = np.flatnonzero(counts)
    if not len(judged):
        return
    edges = np.flatnonzero(np.diff(np.concatenate(([0], is_open.astype(np.int8), [0]))))
    for opened, ended in edges.reshape(-1, 2).tolist():
        since = panel.period(start + max(opened - rule.open_after, int(judged[0])))
        until = panel.period(start + min(ended, int(judged[-1])))
        if (wanted.since is None or wanted.since <= until) and (wanted.until is None or since <= wanted.until):
            yield _Episode(key, since, until, panel.period(start + opened))
    if wanted.since is not None or wanted.until is not None:
        yield _Episode(key, panel.period(start + int(judged[0])), panel.period(start + int(judged[-1])), None)


def findings_of(situation: Situation, key: SeriesKey, since: Period, until: Period) -> Iterator[tuple[Period, Finding]]:
    """Yield what a rule finds of a series from one period to another, as far as it judges it."""
    spot = SeriesPlaces(situation.evaluation).find(key)
    if spot is None:
        return
    verdicts, place = spot
    maker = FindingMaker(situation.evaluation)
    for ordinal in range(since.ordinal, until.ordinal + 1):
        period = Period(since.kind, ordinal, since.starts)
        row = verdicts.block.panel.row(period) - verdicts.block.start
        if 0 <= row < len(verdicts.state):
            ((_, made),) = maker.at(verdicts, row, np.array([place]))
            yield period, made.finding


def _alike(one: Finding, other: Finding | None) -> bool:
    return other is not None and all(_close(getattr(one, name), getattr(other, name)) for name in _SAME)


def _close(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return bool(np.isclose(one, other, rtol=1e-9, atol=1e-12))
    return bool(one == other)


def _series_of(one: SeriesKey | Happening) -> tuple[str, str]:
    return (one.measure, one.area)


def _expected(one: Happening, *, several: bool) -> ExpectedEvent:
    return ExpectedEvent(
        period=one.period,
        event=one.event,
        measure=one.measure if several else None,
        area=one.area if several else None,
        to=tuple(dict.fromkeys(one.to)),
        reason=one.reason,
        place=NOWHERE,
    )


def _pinned(finding: Finding, *, several: bool, lines: bool) -> ExpectedFinding:
    keys: dict[str, Any] = {"state": finding.state.word}
    if finding.state is State.EXCEPTION:
        keys["severity"] = finding.severity.word
    for name in ("value", *(("target", "plan", "lower", "upper", "band", "side") if lines else ())):
        if (value := getattr(finding, name)) is not None:
            keys[name] = round(value, _DIGITS) if isinstance(value, float) else value
    return ExpectedFinding(
        period=finding.period,
        rule=finding.rule,
        measure=finding.measure if several else None,
        area=finding.area if several else None,
        keys=keys,
        place=NOWHERE,
    )
