"""A summary by topic: what the figures say now, where they are exceptional, and which topics stand in it at all."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, partial

import numpy as np

from alerting.domain.area import Area
from alerting.domain.fault import Work
from alerting.domain.finding import Meaning, Reason, State
from alerting.domain.inclusion import TopicMonth, ends_quarter, is_included
from alerting.domain.measure import Covers, Measure, Topic, Unit
from alerting.domain.period import Period, PeriodKind
from alerting.domain.rule import Status
from alerting.domain.severity import Severity
from alerting.domain.titles import joined
from alerting.evaluation.engine import Evaluation
from alerting.evaluation.findings import FindingMaker
from alerting.evaluation.found import Found
from alerting.evaluation.newest import NewestVerdict
from alerting.reports.digest_views import ExpectedFigure, FigureLine, TopicLine
from alerting.reports.due_dates import named
from alerting.reports.topic_figures import NewestFigures
from alerting.reports.watched import is_out_of_date
from alerting.wording.clause import Clause
from alerting.wording.dates import short_label
from alerting.wording.gaps import of_gaps, stands
from alerting.wording.in_brief import change_words
from alerting.wording.numbers import NumberStyle
from alerting.wording.plain import begins_with, capitalised, counted
from alerting.wording.summary import INCLUDE_WORDS, JudgedAreas, NewestFigure, areas_words, figure_words, newer_words

#: measure id -> areas, in tree order.
SeriesByMeasure = Mapping[str, Sequence[str]]
#: Measures of one topic whose figures are written out; exceptional ones come first.
_MOST_FIGURES = 3
#: Measures of one topic that are named as expected.
_MOST_EXPECTED = 9
#: A topic speaks of the measures whose newest figure is no older than a quarter before its newest.
_OF_ONE_TIME = timedelta(days=92)
#: Figures older than this are no news of now.
_STALE = timedelta(days=366)


@dataclass(frozen=True, slots=True, eq=False)
class _Series:
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
class _Standing:
    """A measure's series of one reader."""

    measure: Measure
    series: tuple[_Series, ...]
    #: Whether every area beside one of these has a figure and is among them.
    complete: bool

    @property
    def head(self) -> _Series | None:
        """The topmost area with a figure."""
        return next((one for one in self.series if one.figure is not None), None)

    @property
    def exceptional(self) -> list[_Series]:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A reader's topics: their lines; and the titles of those that have none, by their inclusion or for want of figures."""

    lines: tuple[TopicLine, ...]
    not_included: tuple[str, ...]
    without_figures: tuple[str, ...]


class TopicLines:
    """Writes summaries of one evaluation as it stood on one day, for any reader; what readers share is written once."""

    def __init__(
        self, evaluation: Evaluation, verdicts: Sequence[NewestVerdict], maker: FindingMaker, until: date,
        unread: Collection[str] = (), since: date = date.min,
    ) -> None:  # fmt: skip
        """Write of the newest figures up to *until*; of those whose period ends before *since* nothing is said."""
        self.rules, self.until, self._unread, self._since = evaluation.rules, until, unread, since
        self.figures = NewestFigures(evaluation.rules, evaluation.panels, until)
        self.month = self.rules.calendar.newest_complete(until + timedelta(days=1), PeriodKind.MONTH)
        self._maker, self._faults = maker, evaluation.faults
        self._verdicts = _by_series(verdicts)
        self._series: dict[tuple[str, str], _Series] = {}
        self._order = {area: n for n, area in enumerate(self.rules.areas.areas)}

    def found(self, verdict: NewestVerdict) -> Found | None:
        """Return the finding of a verdict that lines are written from; None where none is."""
        return self._told.get(id(verdict))

    def everything(self) -> SeriesByMeasure:
        """Return all series there are."""
        return {measure: self.figures.areas(measure) for measure in self.rules.measures}

    def summary(self, series: SeriesByMeasure, updated: frozenset[str], *, in_full: bool = False) -> Summary:
        """Return the lines of a reader's topics, and which topics have none.

        Args:
            series: measures that could not be read may have no areas.
            updated: measures of which a figure became known in the time that the summary covers.
            in_full: with what the figures say and where they are exceptional, and not only what is as expected.
        """
        found: list[TopicLine] = []
        left_out: list[str] = []
        empty: list[str] = []
        for topic, measures in self._topics(series):
            work = Work(sort="topic", id=topic.id, done="put into words")
            made = self._faults.attempt(
                work, partial(self._in_words, topic, measures, series, updated, in_full=in_full)
            )
            if made is None:
                found.append(_unwritten(topic))
            elif isinstance(made, TopicLine):
                found.append(made)
            else:
                (empty if made else left_out).append(topic.title)
        return Summary(lines=tuple(found), not_included=tuple(left_out), without_figures=tuple(empty))

    def _in_words(
        self,
        topic: Topic,
        measures: Sequence[Measure],
        series: SeriesByMeasure,
        updated: frozenset[str],
        *,
        in_full: bool,
    ) -> TopicLine | bool:
        """Return a topic's line; True where it has no figures, False where it is not included."""
        standings = [self._standing(measure, series[measure.id]) for measure in measures]
        empty = (one.head is None and not one.exceptional and one.measure.id not in self._unread for one in standings)
        if all(empty):
            return True
        return self._is_included(topic, standings, updated) and self._line(topic, standings, in_full=in_full)

    def _topics(self, series: SeriesByMeasure) -> Iterator[tuple[Topic, list[Measure]]]:
        by_topic: dict[str, list[Measure]] = {}
        for id_, areas in series.items():
            measure = self.rules.measures.get(id_)
            if measure is not None and (areas or id_ in self._unread):
                by_topic.setdefault(measure.topic, []).append(measure)
        for topic in self.rules.topics.values():
            if topic.id in by_topic:
                yield topic, by_topic[topic.id]

    def _is_included(self, topic: Topic, standings: Sequence[_Standing], updated: frozenset[str]) -> bool:
        month = TopicMonth(
            ends_quarter=ends_quarter(self.month),
            exceptional=any(standing.exceptional for standing in standings),
            updated=any(standing.measure.id in updated for standing in standings),
            risen=any(self._has_risen(standing.head) for standing in standings),
        )
        return is_included(topic.include, month)

    def _has_risen(self, head: _Series | None) -> bool:
        figure = head.figure if head is not None else None
        if figure is None or figure.period != self.month:
            return False
        # a year to date is larger than the month before's whatever happens: it has risen on last year's
        to_date = figure.measure.covers is Covers.YEAR_TO_DATE
        return (to_date or figure.previous is not None) and figure.risen

    def _line(self, topic: Topic, standings: list[_Standing], *, in_full: bool) -> TopicLine:
        normal = [standing for standing in standings if self._is_expected(standing)]
        return TopicLine(
            theme=topic.theme or topic.title, topic=topic.title, inclusion=INCLUDE_WORDS[topic.include],
            figures=self._figure_lines(topic, standings) if in_full else (),
            commentary=_commentary(standings) if in_full else "",
            expected=tuple(self._brief(standing) for standing in normal[:_MOST_EXPECTED]),
        )  # fmt: skip

    def _is_expected(self, standing: _Standing) -> bool:
        """Whether a measure is judged, as expected in all its areas, and not too old to say how things stand."""
        judged = any(one.is_judged for one in standing.series) and not standing.exceptional
        figure = standing.head.figure if standing.head is not None else None
        return judged and figure is not None and not is_out_of_date(figure.period, self.until + timedelta(days=1))

    def _brief(self, standing: _Standing) -> ExpectedFigure:
        """Return a measure's newest figure in a few words."""
        head = standing.head
        assert head is not None
        assert head.figure is not None
        figure, measure = head.figure, standing.measure
        change = change_words(figure)
        value = NumberStyle.of(measure).bare(figure.value, *([figure.compared[0]] if figure.compared else []))
        where = "" if figure.area_unsaid else f" ({figure.area.short or figure.area.title})"
        moved = f" ({change})" if change else ""
        words = f"{capitalised(measure.short or measure.title)}{where} {value}{moved}"
        return ExpectedFigure(words=words, period=short_label(figure.period))

    def _figure_lines(self, topic: Topic, standings: list[_Standing]) -> tuple[FigureLine, ...]:
        newest = max(standing.newest for standing in standings)
        unread = [standing.measure.title for standing in standings if standing.measure.id in self._unread]
        if newest == date.min and not unread:  # changes alone are printed
            return tuple(
                FigureLine(text=f"{standing.measure.title}: {one.brief}", severity=one.severity, meaning=one.meaning)
                for standing in standings
                for one in standing.exceptional
            )
        if newest == date.min:
            return (FigureLine(text=f"Not known, because the source could not be read: {named(unread)}"),)
        if newest < self.until - _STALE:
            figure = next(s.head.figure for s in standings if s.newest == newest and s.head and s.head.figure)
            return (FigureLine(text=f"No figure since {figure.period.label}"),)
        current = [standing for standing in standings if standing.newest >= newest - _OF_ONE_TIME]
        shown = sorted(current, key=lambda standing: standing.order(topic, self.month))
        lines = []
        for standing in shown[:_MOST_FIGURES]:
            head = standing.head
            assert head is not None
            title = "" if standing.measure.title.casefold() == topic.title.casefold() else f"{standing.measure.title}: "
            lines.append(FigureLine(text=f"{title}{head.text}", severity=head.severity, meaning=head.meaning))
        if rest := shown[_MOST_FIGURES:]:
            lines.append(FigureLine(text=_rest_words(rest)))
        if unread := [title for title in unread if not any(one.measure.title == title for one in current)]:
            lines.append(FigureLine(text=f"Not known, because the source could not be read: {named(unread)}"))
        return tuple(lines)

    def _standing(self, measure: Measure, areas: Sequence[str]) -> _Standing:
        ordered = sorted(areas, key=lambda area: self._order.get(area, 0))
        series = tuple(self._of(measure.id, area) for area in ordered)
        known = {one.area.id for one in series if one.figure is not None}
        parents = {self.rules.areas[area].parent or "" for area in known}
        complete = all(known.issuperset(self.rules.areas.children.get(parent, ())) for parent in parents)
        return _Standing(measure, series, complete)

    def _of(self, measure: str, area: str) -> _Series:
        key = (measure, area)
        if key not in self._series:
            self._series[key] = self._write(measure, area)
        return self._series[key]

    def _write(self, measure: str, area: str) -> _Series:
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
        return _Series(self.rules.areas[area], figure, text, brief, severity, meaning, is_judged, is_volume)

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
        words = newer_words(newest.period, newest.reason)
        return f"; {words}" if words else ""
    return "; held, not judged" if newest.reason is Reason.HELD else ""


def _commentary(standings: Sequence[_Standing]) -> str:
    """Name every exceptional area, or measure where there are several, with its figure."""
    judged = [standing for standing in standings if any(one.is_judged for one in standing.series)]
    exceptional = sorted((one for one in standings if one.exceptional), key=lambda standing: -standing.worst)
    if not exceptional:
        normal = JudgedAreas(exceptional=(), normal=[one.area for s in judged for one in s.series])
        return areas_words(_areas(judged[0]) if len(judged) == 1 else normal, volumes=_are_volumes(judged))
    what = "Exceptional volumes" if _are_volumes(exceptional) else "Exceptions"
    if len(judged) == 1:
        return f"{what} in {_in_areas(exceptional[0])}"
    return f"{what}: {'; '.join(_named(standing) for standing in exceptional)}"


def _are_volumes(standings: Sequence[_Standing]) -> bool:
    return all(one.is_volume for standing in standings for one in standing.exceptional or standing.series)


def _named(standing: _Standing) -> str:
    """Name a measure with its figure, and with its exceptional areas where they are not just the topmost one."""
    title, head = standing.measure.title, standing.head
    if head is not None and [head] == standing.exceptional:
        return f"{title} ({head.brief})"
    return f"{title} in {_in_areas(standing)}"


def _in_areas(standing: _Standing) -> str:
    return joined([f"{one.area.title} ({one.brief})" for one in standing.exceptional])


def _areas(standing: _Standing) -> JudgedAreas:
    return JudgedAreas(
        exceptional=[one.area for one in standing.exceptional],
        normal=[one.area for one in standing.series if one.is_judged and one.severity is None],
        not_judged=[one.area for one in standing.series if not one.is_judged and one.figure is not None],
        complete=standing.complete,
    )


def _rest_words(rest: Sequence[_Standing]) -> str:
    exceptional = sum(bool(standing.exceptional) for standing in rest)
    more = f"and {counted(len(rest), 'more measure')}"
    if not exceptional:
        return more
    return f"{more}, exceptional too" if exceptional == len(rest) else f"{more}, {exceptional:,} of them exceptional"


def _unwritten(topic: Topic) -> TopicLine:
    """Return the line of a topic that the program failed at."""
    said = (FigureLine(text="The program could not say it in words"),)
    return TopicLine(
        theme=topic.theme or topic.title,
        topic=topic.title,
        inclusion=INCLUDE_WORDS[topic.include],
        figures=said,
        commentary="",
        unwritten=True,
    )
