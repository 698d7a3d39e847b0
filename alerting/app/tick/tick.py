"""One tick: figures judged, alerts changed, notices queued, all in one transaction; sending is a step of its own."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cached_property, partial
from zoneinfo import ZoneInfo

from alerting.app.alerts.silences import all_silences
from alerting.app.naming import Naming
from alerting.app.notices.compose import (
    Letterhead,
    contained_message_for,
    deliveries_for,
    is_urgent,
    notice_to,
    notices_for,
    reachable,
)
from alerting.app.notices.draw_pictures import draw_queued
from alerting.app.notices.event_view import EventViews, comments_of
from alerting.app.notices.folding import OVER_BY_NOW, latest_of_each, over_by_now, true_now
from alerting.app.notices.operator import mass_change_note
from alerting.app.notices.operator_faults import fault_notes
from alerting.app.notices.queued import Queued
from alerting.app.notices.quiet_hours import hold_until, quiet_until
from alerting.app.notices.source_owner import source_notes
from alerting.app.situation.evaluate import evaluate_panels
from alerting.app.situation.known_figures import read_before
from alerting.app.situation.replicas import refuse_older_rules
from alerting.app.situation.shrink_guard import admitted
from alerting.app.tick.order_of_ticks import after_the_newest
from alerting.app.tick.reconcile import LOOK_BACK, Outcome, reconcile
from alerting.app.tick.report import TickReport
from alerting.app.tick.times import Times
from alerting.domain.alert import Alert, AlertEvent, EventKind
from alerting.domain.fault import Work
from alerting.domain.finding import Finding, State
from alerting.domain.notify.hearing import TOLD_LATER, Fate, Told
from alerting.domain.notify.notice import Message, Notice
from alerting.domain.notify.notification_plan import PlanInput, plan_notifications
from alerting.domain.notify.planned import NotificationPlan, Telling
from alerting.domain.notify.recipients import Presence
from alerting.domain.problem import Problem
from alerting.domain.rule import RuleSet
from alerting.domain.silencing import muting
from alerting.errors import UsageError
from alerting.evaluation.engine import Evaluation
from alerting.evaluation.newest import newest_counts
from alerting.failpoints import reached
from alerting.figures.observations import Reading
from alerting.figures.panels import build_panels
from alerting.ports import Store, TickRecord, Transaction
from alerting.rulefile.yaml.rule_file import collector_off
from alerting.wording.dates import day_words

#: What a message says that also tells what was held back before.
FOLDED = "It also says what was held back until now."


def run_tick(
    rules: RuleSet,
    reading: Reading,
    store: Store,
    as_of: date,
    times: Times,
    letterhead: Letterhead,
    *,
    dry_run: bool = False,
) -> TickReport:
    """Judge the figures as known on *as_of*, change alerts and queue notices; twice on the same figures changes nothing.

    Raises:
        UsageError: *as_of* lies before the newest tick's, or newer rules are in force in another place.
    """
    reached("tick_pre")
    with store.begin() as state:
        at = after_the_newest(
            state.newest_tick(), as_of, times.at, times.now.astimezone(ZoneInfo(rules.schedule.timezone))
        )
        refuse_older_rules(rules, state, None if dry_run else times.place, at)
        reading = admitted(reading, rules, state, at, keep=not dry_run)
    reached("figures_read")
    panels = build_panels(reading, rules, as_of)
    reading = reading.without_figures()  # they stand in the panels
    evaluation = evaluate_panels(rules, panels, every_period=True)
    reached("tick_judged")
    times = replace(times, at=at)
    report = told_and_kept(evaluation, reading, panels.problems, store, times, letterhead, dry_run=dry_run)
    reached("tick_commit_post")
    return report


def told_and_kept(
    evaluation: Evaluation,
    reading: Reading,
    problems: Sequence[Problem],
    store: Store,
    times: Times,
    letterhead: Letterhead,
    *,
    dry_run: bool = False,
) -> TickReport:
    """Go from verdicts on every period to alerts, events and queued notices, all in one transaction.

    Args:
        problems: what building the panels found, beside the reading's own.
        times: `at` lies after the newest tick's.

    Raises:
        UsageError: another process has done the tick of `times.due_at`.
    """
    with store.begin() as state, letterhead.overrides:
        if times.due_at is not None and state.ticked(times.due_at):
            raise UsageError(f"the tick of {times.due_at.isoformat()} is done: another process was there first")
        with collector_off():  # what is made by the ten thousand here is no garbage
            tick = _Tick(evaluation.rules, evaluation, state, times.at, times.now, letterhead, keep=not dry_run)
            tick.decide()
        report = tick.report(reading, (*reading.problems, *problems))
        if not dry_run:
            with collector_off():
                tick.save(report, times.due_at)
            reached("tick_commit_pre")
    # Others may write meanwhile; what stays undrawn is drawn when it is sent.
    failed = () if dry_run else draw_queued(report.deliveries, store)
    return replace(report, problems=(*report.problems, *failed), has_errors=True) if failed else report


class _Tick:
    """The second half of a tick: from verdicts to rows."""

    def __init__(
        self, rules: RuleSet, evaluation: Evaluation, state: Transaction, at: datetime, now: datetime,
        letterhead: Letterhead, *, keep: bool,
    ) -> None:  # fmt: skip
        self.rules, self.evaluation, self.state, self.letterhead = rules, evaluation, state, letterhead
        #: From the record's time to the present: a day of the past is told today.
        self.at, self.shift = at, now - at
        self.id = f"{evaluation.as_of.isoformat()}/{at.isoformat()}"
        self.naming = Naming(evaluation.as_of, at, self.id, state.notices_of)
        self.zone = ZoneInfo(rules.schedule.timezone)
        self.channels = rules.channels
        newest = state.newest_tick()
        changed = newest is None or newest.rules_version != rules.version
        self.outcome: Outcome = reconcile(evaluation, state.recent_alerts(at - LOOK_BACK), at, rules_changed=changed)
        self.seen = state.watched()
        self.queued = Queued(state, keep)
        self.cancelled: list[tuple[list[str], str]] = []
        #: Owner -> until when what they were told to wait for may wait.
        self.until: dict[str, datetime | None] = {}
        self.troubles: list[tuple[str, tuple[str, ...]]] = []

    def decide(self) -> None:
        """Work out who is told what."""
        concerned = [event.alert.id for event in self.outcome.events]
        concerned = list(dict.fromkeys((*concerned, *self.outcome.open_alerts)))
        # First: what waits then goes on waiting, what is under way by then counts as heard, and nothing is in between.
        self.owners_waiting = self.state.owners_waiting()
        if over := over_by_now(self.state.copies(), self.outcome.open_alerts):
            self.cancelled.append((over, OVER_BY_NOW))
        told, held = self.state.told(concerned), self.state.held_back(concerned)
        self.told: Mapping[str, Sequence[Told]] = told
        self.presence = Presence(rules=self.rules, day=self.evaluation.as_of, reachable=reachable(self.rules))
        self.silences = all_silences(self.rules, self.state)
        given = PlanInput(
            rules=self.rules, as_of=self.evaluation.as_of, at=self.at, zone=self.zone,
            open_alerts=self.outcome.open_alerts, told=told, held_before=held, reachable=self.presence.reachable,
            silences=self.silences, speak=self._words,
            opened=frozenset(e.alert.id for e in self.outcome.events if e.kind is EventKind.OPENED),
            is_news=self.outcome.findings.is_news,
            acknowledged={e.alert.id: e.at for e in self.state.said() if e.kind is EventKind.ACKNOWLEDGED},
        )  # fmt: skip
        self.happened = [self._citing(event, told) for event in self.outcome.events]
        self.plan: NotificationPlan = plan_notifications(given, self.happened)
        self.events = (*self.happened, *self.plan.further)

    def report(self, reading: Reading, problems: Sequence[Problem]) -> TickReport:
        """Write what people are told."""
        notices = self._notices(self.plan.tellings)
        notices += self._engine_notices(reading, problems)
        problems = (*problems, *(fault.problem() for fault in self.evaluation.faults))
        reached_alerts = {telling.event.alert.id for telling in self.plan.tellings}
        reached_alerts |= {one.event.alert.id for one in self.plan.suppressed if one.owner}
        told = {id(telling.event) for telling in self.plan.tellings if telling.event.kind not in TOLD_LATER}
        happened = Counter(e.kind.value for e in (*self.happened, *(e for e in self.plan.further if id(e) in told)))
        return TickReport(
            as_of=self.evaluation.as_of, counts=newest_counts(self.evaluation), happened=happened,
            notices=tuple(notices), deliveries=self.queued.all(),
            untold=tuple(event for event in self.happened if event.alert.id not in reached_alerts),
            suppressed=self.plan.suppressed, problems=(*problems, *self.letterhead.overrides.problems),
            has_errors=reading.has_errors or any(problem.severity.value == "error" for problem in problems),
            evaluation=self.evaluation,
        )  # fmt: skip

    def save(self, report: TickReport, due_at: datetime | None) -> None:
        """Write everything down."""
        state = self.state
        state.save_tick(
            TickRecord(
                id=self.id, as_of=report.as_of, at=self.at, rules_version=self.rules.version,
                counts={**report.counts, **report.happened}, due_at=due_at,
            )
        )  # fmt: skip
        state.save_alerts(self.outcome.alerts)
        reached("tick_alerts")
        state.save_events(self.id, self.events, self.rules.rules)
        state.save_suppressed(self.plan.suppressed, self.at)
        reached("tick_events")
        state.rename_silences(self.rules.renamed)
        state.save_watched(sorted(self._watching() - self.seen), self.at)
        for source, troubles in self.troubles:
            state.save_source_troubles(source, troubles, self.at)
        for deliveries, why in self.cancelled:
            state.cancel(deliveries, why, self.at)
        state.save_notices(report.notices, report.deliveries)
        reached("tick_notices")

    # Events

    def _words(self, alert: Alert) -> tuple[Finding | None, str | None]:
        """Return what there is to say of an alert today; of one that cannot be judged now, what was said last."""
        found = self.outcome.findings.newest(alert)
        if found is not None and found.finding.state is State.EXCEPTION:
            return found.finding, found.headline
        said = [one.headline for one in self.told.get(alert.id, ()) if one.headline]
        return None, said[-1] if said else None

    def _citing(self, event: AlertEvent, told: Mapping[str, Sequence[Told]]) -> AlertEvent:
        """Let a correction say what was told first, and when."""
        first = next((one for one in told.get(event.alert.id, ()) if one.fate is Fate.TOLD), None)
        if event.kind is not EventKind.CORRECTED or first is None:
            return event
        day, headline = first.at.astimezone(self.zone).date(), first.headline
        return replace(event, cites=f'First told on {day_words(day)}: "{headline}".' if headline else None)

    def _watching(self) -> set[tuple[str, str]]:
        rules = self.rules.rules
        members = (member for verdicts in self.evaluation.verdicts for member in verdicts.group.members)
        return {(rules[member.rule].id, member.measure.id) for member in members}

    # Notices

    def _notices(self, tellings: Sequence[Telling]) -> list[Notice]:
        """Make each person's notice and its deliveries; what may not disturb them now waits and is folded into one."""
        wait = sorted(self.owners_waiting & self.rules.owners.keys())
        if not tellings and not wait:
            return []
        views = EventViews(self.evaluation, self.outcome.found, comments_of(self.state, self.rules, self.zone))
        notices = []
        for notice in notices_for(tellings, self.at, self.naming):
            summary = self._odd if any(event.kind is EventKind.OPENED for event in notice.events) else None
            if (queued := self._queued(notice, summary, views)) is not None:
                notices.append(queued)
        told = {telling.person for telling in tellings}
        nothing_new = [notice_to(owner, (), self.at, self.naming, {}) for owner in wait if owner not in told]
        thinned = [self._queued(notice, None, views) for notice in nothing_new]
        return notices + [notice for notice in thinned if notice is not None]

    def _queued(self, notice: Notice, odd: str | None, views: EventViews) -> Notice | None:
        """Queue a notice, with what its owner was yet to be told; None where it only takes back what nobody heard."""
        owner = self.rules.owners[notice.owner]
        hold = None if is_urgent(notice) else hold_until(owner, self.at, self.zone, self.state)
        folded = self._folded(notice)
        if folded is None:
            return None
        held_back = FOLDED if folded.id != notice.id else None
        why = (odd, hold[1] if hold is not None else held_back)
        notice = replace(folded, summary=" ".join(part for part in why if part) or None)
        not_before = hold[0] + self.shift if hold is not None else None
        message = contained_message_for(notice, self.rules, views, self.evaluation, self.letterhead, self.state)
        self.queued.add(
            deliveries_for(
                notice, owner, message, self.channels, self.letterhead, now=self.at + self.shift, not_before=not_before,
                until=self.until.get(notice.owner),
            )
        )  # fmt: skip
        return notice

    def _folded(self, notice: Notice) -> Notice | None:
        """Take in what the owner was to be told when they may be disturbed again; that message is not sent by itself.

        What has been silenced meanwhile is left out: nobody has heard of it.
        """
        held, deliveries, until = (
            self.state.waiting(notice.owner) if notice.owner in self.owners_waiting else ([], [], None)
        )
        day = self.evaluation.as_of
        waiting = [pair for pair in held if muting(pair[0].alert.key, self.rules, self.silences, day) is None]
        waiting = true_now(waiting, self.outcome.open_alerts, self._words)
        if not held or (not notice.events and waiting == held):
            return notice if notice.events else None
        self.until[notice.owner] = until
        behalf = dict(notice.on_behalf_of)
        new = [(event, behalf.get(event.alert.id, (notice.owner,))) for event in notice.events]
        events, as_new = latest_of_each(waiting, new, partial(self._has_heard, notice.owner))
        also = {alert: dict.fromkeys((*owners, notice.owner)) for alert, owners in notice.also_told}
        whole = replace(notice_to(notice.owner, events, self.at, self.naming, also, "/folded"), as_new=as_new)
        why = f"told together with what came later, in notice {whole.id}" if events else "silenced, or over by now"
        self.cancelled.append((deliveries, why))
        return whole if events else None

    def _has_heard(self, owner: str, event: AlertEvent) -> bool:
        """Whether an owner has heard of an alert since it opened."""
        id_ = event.alert.id
        told = self.told[id_] if id_ in self.told else self.state.told([id_]).get(id_, ())
        since = event.alert.opened_at
        return any(t.has_reached and t.at >= since and owner in (t.person, *t.owners) for t in told)

    @cached_property
    def _odd(self) -> str | None:
        return self.evaluation.faults.attempt(Work(sort="look at", id="mass changes", done="made"), self._oddly_many)

    def _oddly_many(self) -> str | None:
        """Say that suspiciously much opened at once, where it did; first evaluations aside."""
        opened = [
            event.alert
            for event in self.outcome.events
            if event.kind is EventKind.OPENED
            and (event.alert.key.rule, event.alert.key.measure) in self.seen
            and self.outcome.findings.is_news(event.alert)
        ]
        if len(opened) > self.rules.schedule.flood:
            new = self._new_series({alert.key.measure for alert in opened if alert.value is not None})
            opened = [one for one in opened if one.value is None or (one.key.measure, one.key.area) not in new]
        if len(opened) <= self.rules.schedule.flood:
            return None
        series, watched = {(one.key.measure, one.key.area) for one in opened}, self._series_watched()
        if len(series) * 5 <= watched:
            return None
        return (
            f"{len(opened):,} exceptions opened at once, in {len(series):,} of {watched:,} series. The figures themselves"
            " may be wrong; check them before you act."
        )

    def _new_series(self, measures: Iterable[str]) -> set[tuple[str, str]]:
        """Return (measure, area) of the series that were never judged before: no figure of theirs had been read."""
        areas, by_source = self.rules.areas, dict[str, list[str]]()
        for id_ in measures:
            if (
                source := self.rules.measures[id_].source
            ) is not None:  # else worked out from others, told by themselves
                by_source.setdefault(source, []).append(id_)
        found = set()
        for source, theirs in by_source.items():  # once a source: its whole history is looked through
            before = read_before(self.state, source, self.at)
            for id_ in theirs:
                known = {above.id for area in before.get(id_, ()) if area in areas for above in areas.line(area)}
                found |= {(id_, area) for area in areas.areas if area not in known}
        return found

    def _series_watched(self) -> int:
        """Count the series that any rule judges."""
        areas: dict[str, set[str]] = {}
        for verdicts in self.evaluation.verdicts:
            names = self.evaluation.panels[verdicts.group.kind].areas
            for member in verdicts.group.members:
                areas.setdefault(member.measure.id, set()).update(names[column] for column in member.indices.tolist())
        return sum(len(several) for several in areas.values())

    def _engine_notices(self, reading: Reading, problems: Sequence[Problem]) -> list[Notice]:
        """Tell the owners of sources what is wrong with them, and the operator that something is odd."""
        faults, before = self.evaluation.faults, self.state.source_troubles()
        work = Work(sort="messages about", id="sources", done="made")
        rest = (before, self.presence, self.letterhead, (self.at, self.id))
        of_sources = faults.attempt(work, lambda: source_notes(self.rules, self.evaluation, reading, problems, *rest))
        made, self.troubles = of_sources or ([], [])
        of_odd = self._mass_change_notes()
        of_faults, kept = fault_notes(self.rules, faults, *rest)  # the last: it tells of those before
        made, self.troubles = [*made, *of_faults], [*self.troubles, *kept]
        quiet = {notice.id: quiet_until(self.rules.owners[notice.owner], self.at, self.zone) for notice, _ in made}
        made += of_odd
        for notice, message in made:
            owner, end = self.rules.owners[notice.owner], quiet.get(notice.id)  # what is odd may be told at any hour
            not_before = None if end is None else end + self.shift
            addressed = (notice, owner, message, self.channels, self.letterhead)
            self.queued.add(deliveries_for(*addressed, now=self.at + self.shift, not_before=not_before))
        return [notice for notice, _ in made]

    def _mass_change_notes(self) -> list[tuple[Notice, Message]]:
        """Tell the operator that suspiciously much opened at once, where it did."""
        operator, tick = self.rules.roles.operator, (self.at, self.id)
        if self._odd is None or operator is None or operator not in self.rules.owners:
            return []
        named = (self.outcome.events, self.presence.stand_in(operator), self.rules, self.letterhead)
        return [mass_change_note(self._odd, *named, tick, self.evaluation.faults)]
