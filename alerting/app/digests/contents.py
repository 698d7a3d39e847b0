"""What stands in one reader's digest: how their figures stand, what happened to them, what is held, silenced and coming."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial

from alerting.app.digests.alert_snapshot import AlertSnapshot
from alerting.app.digests.doubt_views import doubt_views
from alerting.app.digests.entries import EntryWriter, Stands
from alerting.app.digests.fault_views import fault_views
from alerting.app.digests.silenced_notes import silenced_notes
from alerting.app.digests.topic_comments import topic_comments
from alerting.app.notices.compose import MessageDefaults
from alerting.domain.alert import SeriesKey
from alerting.domain.comment import About
from alerting.domain.rule import Digest, Status
from alerting.reports.digest_views import DigestTopic, DigestView, HoldNote, TopicComments
from alerting.reports.due_dates import named
from alerting.reports.event_view import as_of_words
from alerting.reports.morning import DigestReader, MorningReport
from alerting.reports.scorecard import ScorecardView, Watched
from alerting.reports.tallies import checked_of, not_judged_of, themes_of
from alerting.reports.topic_figures import updated_measures
from alerting.reports.unknown import unknown_groups
from alerting.reports.views import no_chart
from alerting.reports.watched import RuleOnFigure, WatchedFigure, counts_of, figures_of
from alerting.wording.dates import day_words, days_words, time_to

#: Measures named of one hold; more are counted.
_MOST_HELD = 3


@dataclass(eq=False)
class Contents:
    """Makes what digests show; what readers share is written once."""

    morning: MorningReport
    alerts: AlertSnapshot
    at: datetime
    defaults: MessageDefaults
    _updated: dict[date, frozenset[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Share the entries of all pages."""
        self.entries = EntryWriter(self.morning, self.alerts, self.at)

    def scorecard(self, digest: Digest, reader: DigestReader, since: datetime) -> ScorecardView:
        """Return a digest as a scorecard."""
        morning, keys = self.morning, self.morning.series(reader)
        stands = self.entries.of(reader, [*keys, *self._unseen(reader)], since)
        watched = [self._watched(one, one.on_figure) for one in stands if one.on_figure is not None]
        meeting = next((day for day in sorted(digest.meetings) if day >= morning.day), None)
        return ScorecardView(
            digest=self.view(digest, reader, since),
            title=f"{_called(digest)} scorecard",
            meeting=None if meeting is None else day_words(meeting),
            themes=morning.score_lines.themes(watched),
        )

    def _watched(self, one: Stands, on_figure: RuleOnFigure) -> Watched:
        found, key = self.morning.newest(one.key), one.key
        chart = partial(self.morning.charts.small, key, found.finding.period) if found is not None else no_chart
        return Watched(on_figure=on_figure, entry=one.entry, found=found, chart=chart)

    def view(self, digest: Digest, reader: DigestReader, since: datetime) -> DigestView:
        """Return a digest in words."""
        morning, rules, day = self.morning, self.morning.rules, self.morning.day
        keys, first = morning.series(reader), since.astimezone(self.defaults.zone).date()
        unread = self._unread(reader)
        series = {**dict.fromkeys(unread, ()), **morning.measures(reader, keys)}
        summary = morning.topics.summary(series, self._updated_since(first))
        stands = self.entries.of(reader, [*keys, *self._unseen(reader)], since)
        figures = figures_of(one.on_figure for one in stands if one.on_figure is not None)
        return DigestView(
            owner=rules.owners[reader.owner].name,
            title=digest_title(digest),
            window=days_words(first, day),
            span="this week" if (day - first).days <= 7 else "in this time",
            time=time_to(first, day),
            as_of=as_of_words(morning.evaluation.as_of),
            newer=morning.newer,
            counts=counts_of(figures, over=_over(stands, figures)),
            themes=themes_of(figures, rules),
            topics=self._topics(stands),
            checked=checked_of(figures, unread),
            not_judged=not_judged_of(figures, rules),
            unknown=unknown_groups(figures, rules, unread),
            lines=summary.lines,
            not_included=summary.not_included,
            without_figures=summary.without_figures,
            troubles=(
                *doubt_views(reader, self.alerts.doubts, rules),
                *fault_views(reader, morning),
                *morning.troubles.views(series),
            ),
            holds=self._holds(keys),
            silenced=silenced_notes(morning, self.alerts, reader, keys),
            coming=morning.coming.notes(series, {key.rule for key in keys}),
            comments=self._comments(series, keys, since),
            marking=self.defaults.marking,
            reply_to=self.defaults.reply_to,
        )

    def _unseen(self, reader: DigestReader) -> Iterator[SeriesKey]:
        """Yield the series with open alerts of which no figure can be read now: what was told of them still stands."""
        morning = self.morning
        for key in self.alerts.open_by_key:
            if key not in morning.by_key and morning.is_about(key, reader.about):
                rule = morning.rules_by_id.get(key.rule)
                open_to_all = rule is None or rule.status is not Status.SHADOW
                if reader.owner in morning.answers(key) or (reader.sees_all and open_to_all):
                    yield key

    def _comments(
        self, series: Mapping[str, Sequence[str]], keys: Sequence[SeriesKey], since: datetime
    ) -> tuple[TopicComments, ...]:
        """Return what was said of the reader's topics and measures; what is said of an exception stands beside it."""
        rules, said = self.morning.rules, self.alerts.said(since)
        topics = {rules.measures[id_].topic for id_ in series}
        standing = [alert for key in keys for alert in self.alerts.open_by_key.get(key, ())]
        mine = (
            one
            for one in said.comments
            if (one.subject in series if one.about is About.MEASURE else one.subject in topics)
            and not any(one.is_of(alert) for alert in standing)
        )
        return topic_comments(said, mine, rules)

    def _unread(self, reader: DigestReader) -> dict[str, str]:
        unread, measures = self.morning.troubles.unread, self.morning.rules.measures
        mine = unread if reader.sees_all else self.morning.troubles.unread_of(reader.owner)
        about = reader.about
        return {id_: unread[id_] for id_ in mine if about is None or about.covers_measure(measures[id_])}

    def _updated_since(self, day: date) -> frozenset[str]:
        if day not in self._updated:
            as_of = self.morning.evaluation.as_of
            self._updated[day] = updated_measures(self.morning.rules, self.morning.reading, day, as_of)
        return self._updated[day]

    def _holds(self, keys: Sequence[SeriesKey]) -> tuple[HoldNote, ...]:
        """Return the holds in force on any of the reader's series, with the measures that they are about."""
        rules, day = self.morning.rules, self.morning.day
        found = []
        for hold in rules.holds:
            if (hold.since is not None and hold.since > day) or (hold.until is not None and hold.until < day):
                continue
            held = [
                k
                for k in keys
                if hold.match.covers_area(k.area) and hold.match.covers_measure(rules.measures[k.measure])
            ]
            if held:
                measures = (rules.measures[key.measure] for key in held)
                titles = dict.fromkeys(measure.short or measure.title for measure in measures)
                until = day_words(hold.until) if hold.until is not None else None
                found.append(HoldNote(title=named(list(titles), _MOST_HELD), until=until, reason=hold.words))
        return tuple(found)

    def _topics(self, stands: Sequence[Stands]) -> tuple[DigestTopic, ...]:
        """Return the entries by topic as declared, worst first inside."""
        by_topic: dict[str, list[Stands]] = {}
        for one in stands:
            if one.entry is not None:
                by_topic.setdefault(self._topic(one.key), []).append(one)
        topics = self.morning.rules.topics.values()
        titles, themes = (
            [topic.title for topic in topics],
            {topic.title: topic.theme or topic.title for topic in topics},
        )
        order = sorted(by_topic, key=lambda title: titles.index(title) if title in titles else len(titles))
        return tuple(
            DigestTopic(
                title=title,
                theme=themes.get(title, title),
                entries=tuple(
                    sorted(
                        (one.entry for one in by_topic[title] if one.entry is not None),
                        key=lambda entry: (entry.weight, entry.headline),
                    )
                ),
            )
            for title in order
        )

    def _topic(self, key: SeriesKey) -> str:
        measure = self.morning.rules.measures.get(key.measure)
        topic = self.morning.rules.topics.get(measure.topic) if measure else None
        return topic.title if topic else "Other"


def digest_title(digest: Digest) -> str:
    """Return what a digest is called: Force delivery group digest."""
    return f"{_called(digest)} digest"


def _called(digest: Digest) -> str:
    return digest.id.replace("-", " ").capitalize()


def _over(stands: Sequence[Stands], figures: Sequence[WatchedFigure]) -> int:
    """Return how many figures were exceptional in the time that the digest covers and are so no more."""
    exceptional = {(one.measure.id, one.area) for one in figures if one.state.is_exceptional}
    ended = {(one.key.measure, one.key.area) for one in stands if one.is_over}
    return len(ended - exceptional)
