"""What all digests of one morning share: verdicts, who answers for what, how alerts stand, and their words."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

import numpy as np

from alerting.domain.alert import Alert, SeriesKey
from alerting.domain.finding import Meaning, State
from alerting.domain.measure import Match
from alerting.domain.notify.recipients import recipients
from alerting.domain.period import Period
from alerting.domain.rule import Rule, RuleSet, Status
from alerting.evaluation.engine import Evaluation
from alerting.evaluation.findings import FindingMaker
from alerting.evaluation.found import Found
from alerting.evaluation.newest import NewestVerdict, newest_verdicts
from alerting.figures.observations import Reading
from alerting.figures.panels import Panels
from alerting.reports.data_quality import DataIssues
from alerting.reports.due_dates import ComingDays
from alerting.reports.entry_figure import EntryFigures
from alerting.reports.event_chart import EventCharts
from alerting.reports.scorecard import ScoreLines
from alerting.reports.tallies import on_figure
from alerting.reports.topic_summary import TopicLines
from alerting.reports.watched import RuleOnFigure


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestReader:
    """Whom a digest is for, and what it is about."""

    owner: str
    #: Whether everything is told, or only what the owner answers for.
    sees_all: bool
    about: Match | None = None


@dataclass(eq=False)
class MorningReport:
    """One morning's figures and verdicts. What several pages show is found and written once."""

    rules: RuleSet
    reading: Reading
    evaluation: Evaluation
    troubles: DataIssues
    #: The day it is written on; what it judges may be as of an earlier one.
    day: date
    #: What is to be said of figures that it does not judge.
    newer: str | None = None
    _found: dict[tuple[SeriesKey, object], Found | None] = field(default_factory=dict)

    @classmethod
    def of(
        cls, reading: Reading, panels: Panels, evaluation: Evaluation, *, day: date, newer: str | None = None
    ) -> "MorningReport":
        """Take what is known on a day and what the rules say of it, for pages that are written on the same or a later one."""
        rules = evaluation.rules
        return cls(rules, reading, evaluation, DataIssues(rules, reading, panels), day, newer)

    @cached_property
    def verdicts(self) -> list[NewestVerdict]:
        """Every series' newest verdict under each rule."""
        return list(newest_verdicts(self.evaluation))

    @cached_property
    def maker(self) -> FindingMaker:
        """Makes findings with their words."""
        return FindingMaker(self.evaluation)

    @cached_property
    def charts(self) -> EventCharts:
        """Charts, drawn once however many pages show them."""
        return EventCharts(self.evaluation)

    @cached_property
    def entry_figures(self) -> EntryFigures:
        """The figures behind entries, in brief."""
        return EntryFigures(self.topics.figures, self.rules)

    @cached_property
    def topics(self) -> TopicLines:
        """The summaries by topic."""
        until = self.evaluation.as_of - timedelta(days=1)
        return TopicLines(self.evaluation, self.verdicts, self.maker, until, self.troubles.failed_measures)

    @cached_property
    def coming(self) -> ComingDays:
        """What falls due soon."""
        return ComingDays(self.rules, self.topics.figures, self.day)

    @cached_property
    def by_key(self) -> Mapping[SeriesKey, NewestVerdict]:
        """Verdicts by series."""
        return {SeriesKey(rule=v.rule.id, measure=v.measure.id, area=v.area): v for v in self.verdicts}

    @cached_property
    def answering(self) -> Mapping[SeriesKey, tuple[str, ...]]:
        """The owners who answer for each series."""
        return {key: recipients(v.rule, key.measure, key.area, self.rules, self.day) for key, v in self.by_key.items()}

    @cached_property
    def owners(self) -> Mapping[str, list[SeriesKey]]:
        """The series each owner answers for."""
        found: dict[str, list[SeriesKey]] = {}
        for key, owners in self.answering.items():
            for owner in owners:
                found.setdefault(owner, []).append(key)
        return found

    @cached_property
    def rules_by_id(self) -> Mapping[str, Rule]:
        """The rules by id."""
        return {rule.id: rule for rule in self.rules.rules}

    @cached_property
    def rule_places(self) -> Mapping[str, int]:
        """The rules' places among those declared, by id."""
        return {id_: n for n, id_ in enumerate(self.rules_by_id)}

    @cached_property
    def on_figures(self) -> Mapping[SeriesKey, RuleOnFigure]:
        """How each rule finds each figure, by series."""
        as_of = self.evaluation.as_of
        return {key: on_figure(verdict, as_of, self._meaning) for key, verdict in self.by_key.items()}

    @cached_property
    def _rules_of(self) -> Mapping[tuple[str, str], list[SeriesKey]]:
        """The series under each rule that is not tried out, by measure and area."""
        found: dict[tuple[str, str], list[SeriesKey]] = {}
        for key, verdict in self.by_key.items():
            if verdict.rule.status is not Status.SHADOW:
                found.setdefault((key.measure, key.area), []).append(key)
        return found

    def meanings(self, key: SeriesKey, period: Period) -> tuple[Meaning, ...]:
        """Return what the newest figure of a series is to a reader by the other rules that watch it, the worst first.

        Args:
            period: the figure's; of another one nothing is said.
        """
        others = [self.on_figures[other] for other in self._rules_of.get((key.measure, key.area), ()) if other != key]
        states = sorted({one.state for one in others if one.state.is_exceptional and one.period == period})
        return tuple(state.meaning for state in states if state.meaning is not None)

    def _meaning(self, verdict: NewestVerdict) -> Meaning | None:
        found = self._newest(verdict)
        return found.finding.meaning

    def _newest(self, verdict: NewestVerdict) -> Found:
        """Return a verdict's finding: one that the summaries have made, where they have."""
        found = self.topics.found(verdict)
        if found is None:
            ((_, found),) = self.maker.at(verdict.verdicts, verdict.row, np.array([verdict.place]))
        return found

    @cached_property
    def score_lines(self) -> ScoreLines:
        """The lines of scorecards."""
        return ScoreLines(self.topics.figures, self.rules)

    def newest(self, key: SeriesKey) -> Found | None:
        """Return the newest finding of a series; None where no figure of it can be read now."""
        verdict = self.by_key.get(key)
        return None if verdict is None else self._newest(verdict)

    def found_newest(self, key: SeriesKey) -> Found | None:
        """Return the newest finding of a series in words; None where no figure of it can be read now."""
        found = self.newest(key)
        return None if found is None else found.with_text()

    def answers(self, key: SeriesKey) -> tuple[str, ...]:
        """Return the owners who answer for a series, also for one of which no figure can be read now."""
        if key in self.answering:
            return self.answering[key]
        rule, rules = self.rules_by_id.get(key.rule), self.rules
        if rule is None or key.measure not in rules.measures or key.area not in rules.areas:
            return ()
        return recipients(rule, key.measure, key.area, rules, self.day)

    def has_something_for(self, owner: str) -> bool:
        """Say whether an owner answers for anything watched, figures or not."""
        return owner in self.owners or bool(self.troubles.unread_of(owner))

    def series(self, reader: DigestReader) -> list[SeriesKey]:
        """Return what a digest for *reader* covers; a rule in shadow is its author's alone."""
        keys: Iterable[SeriesKey] = self.owners.get(reader.owner, ())
        if reader.sees_all:
            mine = set(keys)
            keys = [key for key, v in self.by_key.items() if v.rule.status is not Status.SHADOW or key in mine]
        return [key for key in keys if self.is_about(key, reader.about)]

    def is_about(self, key: SeriesKey, about: Match | None) -> bool:
        """Say whether a digest about *about* is about a series."""
        measure = self.rules.measures.get(key.measure)
        if about is None:
            return True
        covered = measure is not None and about.covers_measure(measure)
        return covered and about.covers_area(key.area) and about.covers_rule(key.rule)

    def measures(self, reader: DigestReader, keys: Sequence[SeriesKey]) -> dict[str, list[str]]:
        """Return the areas by measure that a reader's summary is about: all there are for one who sees all."""
        found: dict[str, dict[str, None]] = {}
        for measure, area in self._series_of(reader, keys):
            found.setdefault(measure, {})[area] = None
        return {measure: list(areas) for measure, areas in found.items()}

    def _series_of(self, reader: DigestReader, keys: Sequence[SeriesKey]) -> Iterator[tuple[str, str]]:
        if reader.sees_all and (reader.about is None or not reader.about.rules):
            for measure, areas in self.topics.everything().items():
                if reader.about is None or reader.about.covers_measure(self.rules.measures[measure]):
                    yield from (
                        (measure, area) for area in areas if reader.about is None or reader.about.covers_area(area)
                    )
        else:
            yield from ((key.measure, key.area) for key in keys)

    def found(self, alert: Alert) -> Found | None:
        """Return the finding behind an alert's newest exceptional period; None where its figure cannot be read now."""
        key = (alert.key, alert.period)
        if key not in self._found:
            self._found[key] = self._find(alert)
        return self._found[key]

    def _find(self, alert: Alert) -> Found | None:
        verdict = self.by_key.get(alert.key)
        if verdict is None or verdict.period.kind is not alert.period.kind:
            return None
        block = verdict.verdicts.block
        row = block.panel.row(alert.period) - block.start
        states = verdict.verdicts.state
        if not 0 <= row < states.shape[0] or states[row, verdict.place] != State.EXCEPTION:
            return None
        (found,) = self.maker.standing(verdict.verdicts, row, np.array([verdict.place]))
        return found.with_text()
