"""The month's draft for the performance report, from the figures as known on a day."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from alerting.app.digests.topic_comments import topic_comments
from alerting.app.situation.situation import situation_of
from alerting.domain.alert import AlertEvent
from alerting.domain.comment import Comment
from alerting.domain.inclusion import ends_quarter
from alerting.domain.period import Period, PeriodKind
from alerting.domain.rule import RuleSet, Status
from alerting.errors import UsageError
from alerting.evaluation.findings import FindingMaker
from alerting.evaluation.newest import newest_verdicts
from alerting.figures.observations import Reading
from alerting.reports.data_quality import DataIssues
from alerting.reports.digest_views import DraftView, TopicComments
from alerting.reports.event_view import as_of_words
from alerting.reports.said import Said
from alerting.reports.tallies import checked_of, on_figure
from alerting.reports.topic_figures import updated_measures
from alerting.reports.topic_summary import TopicLines
from alerting.reports.watched import figures_of


def month_of(rules: RuleSet, as_of: date, period: Period | None) -> Period:
    """Return the month that a draft is about: the one named, a quarter's last, or the newest that is over.

    Raises:
        UsageError: it is no month or quarter, or is not over.
    """
    if period is None:
        return rules.calendar.newest_complete(as_of, PeriodKind.MONTH)
    if period.kind not in (PeriodKind.MONTH, PeriodKind.QUARTER):
        raise UsageError(f"a draft is about a month or a quarter, not {period}; write one like 2019-03")
    month = rules.calendar.containing(period.last_day, PeriodKind.MONTH)
    if month.last_day >= as_of:
        raise UsageError(f"{period.label} is not over on {as_of}; name an earlier one, or a later day with --as-of")
    return month


def month_draft(
    rules: RuleSet,
    reading: Reading,
    as_of: date,
    period: Period | None,
    marking: str | None,
    said: Sequence[AlertEvent] = (),
    comments: Sequence[Comment] = (),
) -> DraftView:
    """Write one line for each topic that the month includes, about figures of periods that end in it.

    Args:
        said: what people said of alerts, oldest first.
        comments: what they said of topics and measures, oldest first.

    Raises:
        UsageError: the period is none that a draft can be about.
    """
    month = month_of(rules, as_of, period)
    situation = situation_of(rules, reading, as_of)
    evaluation = situation.evaluation
    verdicts = [v for v in newest_verdicts(evaluation, month.last_day) if v.rule.status is not Status.SHADOW]
    troubles = DataIssues(rules, reading, situation.panels)
    maker = FindingMaker(evaluation)
    topics = TopicLines(evaluation, verdicts, maker, month.last_day, troubles.failed_measures, month.first_day)
    # From the month's first day to the end of the next, in which its report is written.
    until = min(as_of, (month + 1).last_day)
    updated = updated_measures(rules, reading, month.first_day - timedelta(days=1), until)
    summary = topics.summary(topics.everything(), updated, in_full=True)
    figures = figures_of(on_figure(v, month.last_day + timedelta(days=1)) for v in verdicts)
    spoken = _spoken(rules, said, comments, month, until)
    topics_with_lines = {line.topic for line in summary.lines}
    return DraftView(
        month=month.label,
        ends_quarter=ends_quarter(month),
        as_of=as_of_words(as_of),
        lines=tuple(replace(line, comments=spoken.get(line.topic, ())) for line in summary.lines),
        not_included=summary.not_included,
        without_figures=summary.without_figures,
        checked=checked_of(figures, troubles.unread),
        troubles=troubles.views(rules.measures),
        marking=marking,
        comments=tuple(
            TopicComments(topic=topic, comments=those)
            for topic, those in spoken.items()
            if topic not in topics_with_lines
        ),
    )


def _spoken(
    rules: RuleSet, said: Sequence[AlertEvent], comments: Sequence[Comment], month: Period, until: date
) -> dict[str, tuple[str, ...]]:
    """Return by topic what was said: in the month or the next of exceptions in it, whenever of periods that end in it."""
    zone = ZoneInfo(rules.schedule.timezone)
    by_topic: dict[str, list[AlertEvent]] = {}
    for event in said:
        alert, measure = event.alert, rules.measures.get(event.alert.key.measure)
        stood = alert.opened.first_day <= month.last_day and alert.period.last_day >= month.first_day
        if measure is not None and stood and month.first_day <= event.at.astimezone(zone).date() <= until:
            by_topic.setdefault(rules.topics[measure.topic].title, []).append(event)
    found: dict[str, tuple[str, ...]] = {}
    for topic, events in by_topic.items():
        of_alerts = Said(events, (), rules, zone)
        alerts = {event.alert.id: event.alert for event in events}
        found[topic] = tuple(words for alert in alerts.values() for words in of_alerts.of(alert))
    of_period = [one for one in comments if month.first_day <= one.period.last_day <= month.last_day]
    for spoken in topic_comments(Said((), (), rules, zone), of_period, rules, month):
        found[spoken.topic] = (*found.get(spoken.topic, ()), *spoken.comments)
    return found
