"""A reader's measures, each series with its newest figure in words and how its rules judge it; written once for all readers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial

import numpy as np

from alerting.domain.area import Area
from alerting.domain.data_checks import held_by_check
from alerting.domain.finding import Meaning, Reason, State
from alerting.domain.measure import Measure, Topic, Unit
from alerting.domain.period import Period
from alerting.domain.rule import Status
from alerting.domain.severity import Severity
from alerting.evaluation.engine import Evaluation
from alerting.evaluation.findings import FindingMaker
from alerting.evaluation.found import Found
from alerting.evaluation.newest import NewestVerdict
from alerting.reports.topic_figures import NewestFigures
from alerting.wording.clause import Clause
from alerting.wording.gaps import of_gaps, stands
from alerting.wording.numbers import NumberStyle
from alerting.wording.plain import begins_with
from alerting.wording.summary import NewestFigure, figure_words, newer_words


@dataclass(frozen=True, slots=True, eq=False)
class WrittenSeries:
    """A series' newest figure in words, and how its rules judge it."""

    area: Area
    figure: NewestFigure | None
    text: str
    #: The figure alone; of a change that is printed without one, the change.
    brief: str
    severity: Severity | None
    #: What an exception is to its reader.
    meaning: Meaning | None
    is_judged: bool
    #: Whether what is or would be exceptional are volumes: a count outside what is usual, not one that misses its target.
    is_volume: bool


@dataclass(frozen=True, slots=True, eq=False)
class WrittenMeasure:
    """A measure's series of one reader."""

    measure: Measure
    series: tuple[WrittenSeries, ...]
    #: Whether every area beside one of these has a figure and is among them.
    complete: bool

    @property
    def head(self) -> WrittenSeries | None:
        """The topmost area with a figure."""
        return next((one for one in self.series if one.figure is not None), None)

    @property
    def exceptional(self) -> list[WrittenSeries]:
        """The series that are exceptional now."""
        return [one for one in self.series if one.severity is not None]

    @property
    def newest(self) -> date:
        """The last day of the newest figure's period."""
        days = [one.figure.period.last_day for one in self.series if one.figure is not None]
        return max(days, default=date.min)

    @property
    def worst(self) -> int:
        """How serious its worst exception is; -1 for none."""
        return max((one.severity for one in self.series if one.severity is not None), default=-1)

    def order(self, topic: Topic, month: Period) -> tuple[bool, int, bool, int]:
        """Sort what bears the topic's name first, then the worst, the month's own figures, and the newest."""
        named = self.measure.is_total or begins_with(self.measure.title, topic.title)
        of_month = self.head is not None and self.head.figure is not None and self.head.figure.period == month
        return (not named, -self.worst, not of_month, -self.newest.toordinal())


class MeasureWriter:
    """Writes series of one evaluation as it stood on one day, each once."""

    def __init__(
        self,
        evaluation: Evaluation,
        verdicts: Sequence[NewestVerdict],
        maker: FindingMaker,
        figures: NewestFigures,
        since: date,
    ) -> None:
        """Write nothing of figures whose period ends before *since*."""
        self.rules, self.figures, self._since = evaluation.rules, figures, since
        self._maker, self._faults = maker, evaluation.faults
        self._verdicts = _by_series(verdicts)
        self._written: dict[tuple[str, str], WrittenSeries] = {}
        self._order = {area: n for n, area in enumerate(self.rules.areas.areas)}

    def found(self, verdict: NewestVerdict) -> Found | None:
        """Return the finding of a verdict that series are written from; None where none is."""
        return self._told.get(id(verdict))

    def measure(self, measure: Measure, areas: Sequence[str]) -> WrittenMeasure:
        """Return a measure with its series in these areas, topmost first."""
        ordered = sorted(areas, key=lambda area: self._order.get(area, 0))
        series = tuple(self._series_of(measure.id, area) for area in ordered)
        known = {one.area.id for one in series if one.figure is not None}
        parents = {self.rules.areas[area].parent or "" for area in known}
        complete = all(known.issuperset(self.rules.areas.children.get(parent, ())) for parent in parents)
        return WrittenMeasure(measure, series, complete)

    def _series_of(self, measure: str, area: str) -> WrittenSeries:
        key = (measure, area)
        if key not in self._written:
            self._written[key] = self._write(measure, area)
        return self._written[key]

    def _write(self, measure: str, area: str) -> WrittenSeries:
        figure, verdicts = self._of_the_time(measure, area)
        found = [self._told[id(verdict)] for verdict in _telling(verdicts)]
        said = max(found, key=lambda one: one.finding.severity, default=None)
        severity = said.finding.severity if said and said.finding.state is State.EXCEPTION else None
        is_judged = any(verdict.state.is_verdict for verdict in verdicts)
        clause, neighbours = Clause(), tuple[float | None, ...]()
        if said is not None and figure is not None and said.finding.period == figure.period:
            if said.finding.state.is_verdict:
                in_words = partial(said.condition.clause, said.facts, short=True)
                clause = self._faults.attempt(said.work, in_words) or Clause()
            neighbours = said.facts.neighbours
        text = "" if figure is None else figure_words(figure, clause, neighbours) + _unsettled(figure, verdicts)
        if clause.text and said is not None and of_gaps(said.facts):  # what is judged is not the figure of the day
            text = f"{stands(said.facts)}{clause}"
        unusual = said is None or severity is None or not (said.decided.misses or said.decided.judges_changes)
        is_volume = self.rules.measures[measure].unit is Unit.COUNT and unusual
        meaning = said.finding.meaning if said is not None else None
        alone = str(said.line or "") if said is not None else ""
        brief = alone if figure is None else NumberStyle.of(figure.measure).value(figure.value)
        return WrittenSeries(self.rules.areas[area], figure, text, brief, severity, meaning, is_judged, is_volume)

    def _of_the_time(self, measure: str, area: str) -> tuple[NewestFigure | None, list[NewestVerdict]]:
        """Return a series' newest figure and verdicts; none of those that are older than what is spoken of."""
        figure = self.figures.figure(measure, area)
        verdicts = [v for v in self._verdicts.get((measure, area), ()) if v.period.last_day >= self._since]
        return (None if figure is None or figure.period.last_day < self._since else figure), verdicts

    @cached_property
    def _told(self) -> Mapping[int, Found]:
        """The findings of all verdicts that lines are written from, by the verdict's identity.

        Made together: one by one takes ten times as long.
        """
        rows: dict[tuple[int, int], list[NewestVerdict]] = {}
        for verdict in (telling for verdicts in self._verdicts.values() for telling in _telling(verdicts)):
            rows.setdefault((id(verdict.verdicts), verdict.row), []).append(verdict)
        told: dict[int, Found] = {}
        for those in rows.values():
            those.sort(key=lambda verdict: verdict.place)
            places = np.array([verdict.place for verdict in those])
            made = self._maker.at(those[0].verdicts, those[0].row, places)
            told.update((id(verdict), found) for verdict, (_, found) in zip(those, made, strict=True))
        return told


def _telling(verdicts: Sequence[NewestVerdict]) -> Sequence[NewestVerdict]:
    """Return the verdicts that say most of a series: its exceptions, else the first."""
    return [verdict for verdict in verdicts if verdict.state is State.EXCEPTION] or verdicts[:1]


def _by_series(verdicts: Sequence[NewestVerdict]) -> dict[tuple[str, str], list[NewestVerdict]]:
    """Group verdicts on figures by series, those with a verdict first; what nobody but its author is told is left out."""
    found: dict[tuple[str, str], list[NewestVerdict]] = {}
    for verdict in verdicts:
        if verdict.rule.status is not Status.SHADOW and not verdict.verdicts.group.is_freshness:
            found.setdefault((verdict.measure.id, verdict.area), []).append(verdict)
    for those in found.values():
        those.sort(key=lambda verdict: not verdict.state.is_verdict)
    return found


def _unsettled(figure: NewestFigure, verdicts: Sequence[NewestVerdict]) -> str:
    """Write what became of a later period, or that this one is held."""
    newest = max(verdicts, key=lambda verdict: verdict.period.last_day, default=None)
    if newest is None or newest.reason is None:
        return ""
    if newest.period.kind is figure.period.kind and newest.period > figure.period:
        words = newer_words(newest.period, newest.reason, newest.failed_check)
        return f"; {words}" if words else ""
    if newest.failed_check is not None:
        return f"; {held_by_check(newest.failed_check)}, not judged"
    return "; held, not judged" if newest.reason is Reason.HELD else ""
