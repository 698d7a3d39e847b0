"""A summary by topic: what the figures say now, where they are exceptional, and which topics stand in it at all."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from alerting.domain.fault import Work
from alerting.domain.inclusion import TopicMonth, ends_quarter, is_included
from alerting.domain.measure import Covers, Measure, Topic
from alerting.domain.period import PeriodKind
from alerting.evaluation.engine import Evaluation
from alerting.evaluation.findings import FindingMaker
from alerting.evaluation.found import Found
from alerting.evaluation.newest import NewestVerdict
from alerting.reports.digest_views import ExpectedFigure, FigureLine, TopicLine
from alerting.reports.due_dates import named
from alerting.reports.topic_commentary import commentary, rest_words
from alerting.reports.topic_figures import NewestFigures
from alerting.reports.topic_measures import MeasureWriter, WrittenMeasure, WrittenSeries
from alerting.reports.watched import is_out_of_date
from alerting.wording.dates import short_label
from alerting.wording.in_brief import change_words
from alerting.wording.numbers import NumberStyle
from alerting.wording.plain import capitalised
from alerting.wording.summary import INCLUDE_WORDS

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A reader's topics: their lines; and the titles of those that have none, by their inclusion or for want of figures."""

    lines: tuple[TopicLine, ...]
    not_included: tuple[str, ...]
    without_figures: tuple[str, ...]


class TopicLines:
    """Writes summaries of one evaluation as it stood on one day, for any reader; what readers share is written once."""

    def __init__(
        self,
        evaluation: Evaluation,
        verdicts: Sequence[NewestVerdict],
        maker: FindingMaker,
        until: date,
        unread: Collection[str] = (),
        since: date = date.min,
    ) -> None:
        """Write of the newest figures up to *until*; of those whose period ends before *since* nothing is said."""
        self.rules, self.until, self._unread, self._faults = evaluation.rules, until, unread, evaluation.faults
        self.figures = NewestFigures(evaluation.rules, evaluation.panels, until)
        self.month = self.rules.calendar.newest_complete(until + timedelta(days=1), PeriodKind.MONTH)
        self._writer = MeasureWriter(evaluation, verdicts, maker, self.figures, since)

    def found(self, verdict: NewestVerdict) -> Found | None:
        """Return the finding of a verdict that lines are written from; None where none is."""
        return self._writer.found(verdict)

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
        standings = [self._writer.measure(measure, series[measure.id]) for measure in measures]
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

    def _is_included(self, topic: Topic, standings: Sequence[WrittenMeasure], updated: frozenset[str]) -> bool:
        month = TopicMonth(
            ends_quarter=ends_quarter(self.month),
            exceptional=any(standing.exceptional for standing in standings),
            updated=any(standing.measure.id in updated for standing in standings),
            risen=any(self._has_risen(standing.head) for standing in standings),
        )
        return is_included(topic.include, month)

    def _has_risen(self, head: WrittenSeries | None) -> bool:
        figure = head.figure if head is not None else None
        if figure is None or figure.period != self.month:
            return False
        # a year to date is larger than the month before's whatever happens: it has risen on last year's
        to_date = figure.measure.covers is Covers.YEAR_TO_DATE
        return (to_date or figure.previous is not None) and figure.risen

    def _line(self, topic: Topic, standings: list[WrittenMeasure], *, in_full: bool) -> TopicLine:
        normal = [standing for standing in standings if self._is_expected(standing)]
        return TopicLine(
            theme=topic.theme or topic.title,
            topic=topic.title,
            inclusion=INCLUDE_WORDS[topic.include],
            figures=self._figure_lines(topic, standings) if in_full else (),
            commentary=commentary(standings) if in_full else "",
            expected=tuple(self._brief(standing) for standing in normal[:_MOST_EXPECTED]),
        )

    def _is_expected(self, standing: WrittenMeasure) -> bool:
        """Whether a measure is judged, as expected in all its areas, and not too old to say how things stand."""
        judged = any(one.is_judged for one in standing.series) and not standing.exceptional
        figure = standing.head.figure if standing.head is not None else None
        return judged and figure is not None and not is_out_of_date(figure.period, self.until + timedelta(days=1))

    def _brief(self, standing: WrittenMeasure) -> ExpectedFigure:
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

    def _figure_lines(self, topic: Topic, standings: list[WrittenMeasure]) -> tuple[FigureLine, ...]:
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
            lines.append(FigureLine(text=rest_words(rest)))
        if unread := [title for title in unread if not any(one.measure.title == title for one in current)]:
            lines.append(FigureLine(text=f"Not known, because the source could not be read: {named(unread)}"))
        return tuple(lines)


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
