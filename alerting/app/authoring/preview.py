"""Notices before anybody gets them: what a rule would write on a day, with its charts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from functools import partial

from alerting.app.naming import Naming
from alerting.app.notices.compose import MessageDefaults, contained_message_for, deliveries_for, notices_for
from alerting.app.situation.situation import situation_of
from alerting.app.tick.reconcile import reconcile
from alerting.charts.layout import laid_out
from alerting.charts.svg import svg_of
from alerting.charts.words import alt_text
from alerting.domain.alert import Alert, AlertEvent, AlertState, EventKind, SeriesKey
from alerting.domain.fault import Work
from alerting.domain.finding import Finding, State
from alerting.domain.notify.notice import Delivery, Notice
from alerting.domain.notify.planned import PlannedNotice
from alerting.domain.notify.recipients import recipients
from alerting.domain.problem import Problem
from alerting.domain.rule import Rule, RuleSet
from alerting.errors import UsageError
from alerting.evaluation.engine import Evaluation
from alerting.evaluation.findings import findings
from alerting.evaluation.found import Found
from alerting.figures.observations import Reading
from alerting.reports.chart_of_series import ChartMaker
from alerting.reports.event_view import EventViews
from alerting.wording.dates import day_words

#: Of the preview's notice and delivery: they are never kept.
_NEVER_SENT = "preview"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """One notice as its first recipient would get it."""

    delivery: Delivery
    #: Each told series' chart as SVG, with the name of its area's file.
    charts: tuple[tuple[str, str], ...]
    #: What the reader must know: that nothing is open now, so that an exception of before is shown.
    note: str | None = None
    #: Templates of the folder's own that could not be used.
    problems: tuple[Problem, ...] = ()


def preview_notice(
    rules: RuleSet,
    reading: Reading,
    as_of: date,
    at: datetime,
    defaults: MessageDefaults,
    rule: str,
    area: str | None,
) -> Preview:
    """Write the notice of what stands open under a rule on *as_of*; where nothing does, of its newest exception.

    Args:
        area: this area's alone; None: of every area.

    Raises:
        UsageError: there is no such rule or area, the rule has never found anything, or nobody is told.
    """
    _check_names(rules, rule, area)
    evaluation = situation_of(rules, reading, as_of).evaluation
    outcome = reconcile(evaluation, (), at)
    events = [event for event in outcome.events if _is_about(event.alert.key, rule, area)]
    found, note = dict(outcome.found), None
    if not events:
        newest = _newest_exception(evaluation, rule, area, as_of)
        event = _opened(newest, at)
        events, found[event.alert.id] = [event], newest
        note = f"Nothing is open under {rule} on {day_words(as_of)}; shown is its newest exception."
    notice = _notice(rules, events)
    with defaults.overrides as overrides:
        message = contained_message_for(notice, rules, EventViews(evaluation, found), evaluation, defaults)
    deliveries = deliveries_for(notice, rules.owners[notice.owner], message, {}, defaults)
    if not deliveries:
        raise UsageError(f"owner {notice.owner} has no address; give one as email:")
    charts = _charts(evaluation, notice.events)
    return Preview(
        delivery=deliveries[0], charts=charts, note=note, problems=(*overrides.problems, *_faults(evaluation))
    )


def _faults(evaluation: Evaluation) -> list[Problem]:
    return [fault.problem() for fault in evaluation.faults]


def _check_names(rules: RuleSet, rule: str, area: str | None) -> None:
    for kind, name, known in (("rule", rule, [one.id for one in rules.rules]), ("area", area, list(rules.areas.areas))):
        if name is not None and name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f'did you mean "{near[0]}"?' if near else f"the folder {rules.folder} declares {len(known):,}"
            raise UsageError(f'no {kind} "{name}"; {hint}')


def _is_about(key: SeriesKey, rule: str, area: str | None) -> bool:
    return key.rule == rule and area in (None, key.area)


def _newest_exception(evaluation: Evaluation, rule: str, area: str | None, as_of: date) -> Found:
    exceptions = [
        one
        for one in findings(evaluation, only=State.EXCEPTION, text="none")
        if one.finding.rule == rule and area in (None, one.finding.area)
    ]
    if not exceptions:
        where = f" in {area}" if area else ""
        raise UsageError(f"{rule} has found nothing{where} up to {day_words(as_of)}; try another day with --as-of")
    return max(exceptions, key=lambda one: one.finding.period.last_day).with_text()


def _opened(found: Found, at: datetime) -> AlertEvent:
    """Return the event as if the finding had opened its alert."""
    finding = found.finding
    key = SeriesKey(rule=finding.rule, measure=finding.measure, area=finding.area)
    alert = Alert(
        key=key,
        opened=finding.period,
        state=AlertState.OPEN,
        severity=finding.severity,
        period=finding.period,
        value=finding.value,
        consecutive=finding.consecutive or 1,
        opened_at=at,
        changed_at=at,
        band=finding.band,
    )
    return AlertEvent(kind=EventKind.OPENED, alert=alert, finding=finding, at=at)


def _notice(rules: RuleSet, events: Sequence[AlertEvent]) -> Notice:
    """Return the notice of the first who is told."""
    by_id = {rule.id: rule for rule in rules.rules}
    tellings = [
        PlannedNotice(event=event, person=owner, owners=(owner,))
        for event in events
        for owner in _told(by_id[event.alert.key.rule], event, rules)
    ]
    if not tellings:
        raise UsageError(f"{events[0].alert.key.rule} tells nobody; name somebody under its notify:")
    return notices_for(tellings, events[0].at, Naming(events[0].at.date(), events[0].at, _NEVER_SENT))[0]


def _told(rule: Rule, event: AlertEvent, rules: RuleSet) -> tuple[str, ...]:
    return recipients(rule, event.alert.key.measure, event.alert.key.area, rules, event.at.date())


def _charts(evaluation: Evaluation, events: Sequence[AlertEvent]) -> tuple[tuple[str, str], ...]:
    places = {rule.id: rule.place for rule in evaluation.rules.rules}
    maker, written = ChartMaker(evaluation), []
    for event in events:
        finding = event.finding
        if finding is None:
            continue
        rule = event.alert.key.rule
        work = Work(sort="chart of rule", id=rule, done="drawn", place=places[rule], rule=rule)
        drawn = evaluation.faults.attempt(work, partial(_svg, maker, event.alert.key, finding))
        if drawn is not None:
            written.append((f"{finding.measure.replace('/', '-')}-{finding.area}", drawn))
    return tuple(written)


def _svg(maker: ChartMaker, key: SeriesKey, finding: Finding) -> str | None:
    """Draw a finding's chart; None where there is nothing to draw."""
    chart = maker.chart(key, finding.period)
    drawing = None if chart is None else laid_out(chart)
    return None if chart is None or drawing is None else svg_of(drawing, alt_text(chart, finding.text))
