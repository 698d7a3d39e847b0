"""One tick: figures judged, alerts changed, notices queued, all in one transaction; sending is a step of its own.

    situation   the figures that are known, and what the rules say of them       app.situation.situation
    reconcile   verdicts and the alerts that were told → what happened           app.tick.reconcile
    plan        what happened → whom it is told, what is suppressed and why      app.tick.plan
    hold back   quiet hours, budgets, what waits already → what goes out, when   app.tick.hold_back
    compose     what goes out → messages on every channel                        app.tick.compose
    save        everything → the state                                           app.tick.save

Each step takes values and gives one. What the state knows is read as values in between (`app.tick.recall`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, partial
from zoneinfo import ZoneInfo

from alerting.app.naming import Naming
from alerting.app.notices.compose import MessageDefaults
from alerting.app.notices.draw_pictures import draw_queued
from alerting.app.notices.folding import standing
from alerting.app.notices.queued import Composed, queued
from alerting.app.situation.known_figures import read_before
from alerting.app.situation.replicas import refuse_older_rules
from alerting.app.situation.shrink_guard import admitted
from alerting.app.situation.situation import Situation, judged
from alerting.app.tick.compose import OfTheEngine, compose, compose_of_the_engine
from alerting.app.tick.flood import flood_warning
from alerting.app.tick.hold_back import HeldBack, hold_back
from alerting.app.tick.last_tick import as_left, news_of_old, still_waiting
from alerting.app.tick.order_of_ticks import after_the_newest, refuse_a_tick_done
from alerting.app.tick.plan import NOTHING_PLANNED, Planned, plan, speaking
from alerting.app.tick.recall import Before, Heard, Outstanding, concerned_by, recall_alerts, recall_messages
from alerting.app.tick.reconcile import Outcome, reconcile
from alerting.app.tick.reconciled import Reconciled
from alerting.app.tick.report import TickReport, record_of, report_of
from alerting.app.tick.save import Changes, first_judged, save
from alerting.app.tick.times import Tick, TickTimes, tick_id
from alerting.domain.alert import Alert
from alerting.domain.rule import RuleSet
from alerting.evaluation.kept_verdicts import VerdictKeeper
from alerting.failpoints import reached
from alerting.figures.newest_places import NewestPlaces
from alerting.figures.observations import Reading
from alerting.figures.panels import build_panels
from alerting.ports.state import Store, Transaction
from alerting.ports.ticks import TickRecord
from alerting.reports.provenance import Provenance
from alerting.reports.said import Said
from alerting.rulefile.yaml.rule_file import collector_off


def run_tick(
    rules: RuleSet,
    reading: Reading,
    store: Store,
    as_of: date,
    times: TickTimes,
    defaults: MessageDefaults,
    *,
    dry_run: bool = False,
    keeper: VerdictKeeper | None = None,
) -> TickReport:
    """Judge the figures as known on *as_of*, change alerts and queue notices; twice on the same figures changes nothing.

    Args:
        keeper: knows of series what need not be judged again.

    Raises:
        UsageError: *as_of* lies before the newest tick's, or newer rules are in force in another place.
    """
    reached("tick_pre")
    with store.begin() as state:
        now = times.now.astimezone(ZoneInfo(rules.schedule.timezone))
        at = after_the_newest(state.ticks.newest(), as_of, times.at, now)
        refuse_older_rules(rules, state.replicas, None if dry_run else times.place, at)
        reading = admitted(reading, rules, state, at, keep=not dry_run, now=times.now)
    reached("figures_read")
    panels, places = build_panels(reading, rules, as_of), NewestPlaces(reading, rules, as_of)
    reading = reading.without_figures()  # they stand in the panels
    situation = replace(judged(rules, reading, panels, keeper=keeper), places=places)
    reached("tick_judged")
    report = tell_and_keep(situation, store, replace(times, at=at), defaults, dry_run=dry_run)
    reached("tick_commit_post")
    return report


def tell_and_keep(  # two are options of it
    situation: Situation,
    store: Store,
    times: TickTimes,
    defaults: MessageDefaults,
    *,
    dry_run: bool = False,
    draw: bool = True,
) -> TickReport:
    """Go from a situation to alerts, events and queued notices, all in one transaction.

    Args:
        situation: of every period.
        times: `at` lies after the newest tick's.
        draw: pictures of messages too; else they stay as drawings.

    Raises:
        UsageError: another process has done the tick of `times.due_at`.
    """
    with store.begin() as state, defaults.overrides:
        refuse_a_tick_done(state.ticks, times.due_at)
        report, changes = _steps(situation, state, times, defaults, keep=not dry_run)
        if not dry_run:
            with collector_off():
                save(state, changes)
            reached("tick_commit_pre")
    # Others may write meanwhile; what stays undrawn is drawn when it is sent.
    failed = draw_queued(report.deliveries, store) if draw and not dry_run else ()
    return replace(report, problems=(*report.problems, *failed), has_errors=True) if failed else report


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Decided:
    """What a tick decides before anything has words: what happened, whom it is told, and what goes out when."""

    tick: Tick
    before: Before
    outcome: Outcome
    heard: Heard
    outstanding: Outstanding
    planned: Planned
    held: HeldBack
    #: That suspiciously much opened at once, in words; None: it did not.
    flood: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AtHand:
    """What who ticks day after day in one process has at hand.

    `known`: the alerts, as `reconcile` asks for them; None: the state is asked. `last`: as `reconcile` has it. `may_fall_due`:
    whether anybody may have to be told something today that figures did not bring about; where nobody has, and all is as
    before, nobody is asked.
    """

    known: Sequence[Alert] | None = None
    last: Reconciled | None = None
    may_fall_due: bool = True
    #: Whether the texts of all findings are wanted, or of those alone that are held against what waits.
    in_words: bool = True


NOTHING_AT_HAND = AtHand()


def decide(situation: Situation, state: Transaction, times: TickTimes, at_hand: AtHand = NOTHING_AT_HAND) -> Decided:
    """Reconcile, plan and hold back; nothing is changed."""
    evaluation, rules, as_of = situation.evaluation, situation.evaluation.rules, situation.evaluation.as_of
    naming = Naming(as_of, times.at, tick_id(as_of, times.at), state.outbox.notices_of)
    tick = Tick(rules=rules, as_of=as_of, times=times, naming=naming)
    with collector_off():  # what is made by the ten thousand here is no garbage
        before = recall_alerts(state, rules, tick.at, at_hand.known)
        outcome = reconcile(
            evaluation, before.alerts, tick.at, rules_changed=before.rules_changed, last=at_hand.last,
            in_words=at_hand.in_words,
        )  # fmt: skip
        if outcome.is_as_before and not at_hand.may_fall_due:
            heard, outstanding, planned = Heard(), Outstanding(), NOTHING_PLANNED
        else:
            heard, outstanding = recall_messages(state, rules, concerned_by(outcome))
            planned = plan(tick, outcome, heard)
        wait = list(standing(outstanding.waiting.values(), outcome.open_alerts))
        outcome.findings.prepare(wait)
        outcome.findings.say(found.finding for one in wait if (found := outcome.found.get(one.id)) is not None)
    flood = flood_warning(evaluation, outcome, before.watched, partial(read_before, state.readings, at=tick.at))
    held = hold_back(
        tick, planned, outcome.open_alerts, speaking(outcome.findings, heard.told), heard, outstanding,
        flood=flood, budget_used=state.hearings.notices_since,
    )  # fmt: skip
    return Decided(
        tick=tick, before=before, outcome=outcome, heard=heard, outstanding=outstanding, planned=planned, held=held,
        flood=flood,
    )  # fmt: skip


def changes_of(
    situation: Situation, done: Decided, record: TickRecord, composed: Sequence[Composed], engine: OfTheEngine
) -> Changes:
    """Return all that a tick writes down."""
    return Changes(
        tick=record,
        rules=done.tick.rules,
        alerts=done.outcome.alerts,
        events=done.planned.events,
        suppressed=done.planned.notifications.suppressed,
        watched=first_judged(situation.evaluation, done.before.watched),
        troubles=engine.troubles,
        cancelled=done.held.cancelled,
        composed=composed,
    )


def _steps(
    situation: Situation, state: Transaction, times: TickTimes, defaults: MessageDefaults, *, keep: bool
) -> tuple[TickReport, Changes]:
    done, evaluation = decide(situation, state, times), situation.evaluation
    tick, outcome, planned = done.tick, done.outcome, done.planned
    bodies = state.outbox.keep_bodies if keep else None
    said = Said(done.heard.said, done.heard.comments, tick.rules, tick.zone)
    told = compose(
        tick, evaluation, outcome, done.held.outgoing, defaults, said=said,
        suppressed=planned.notifications.suppressed, hearings=state.hearings,
        provenance=_provenance(tick, situation, state),
    )  # fmt: skip
    composed = queued(told, bodies)
    engine = compose_of_the_engine(tick, situation, outcome, state.troubles.by_source(), done.flood, defaults)
    composed += queued(engine.composed, bodies)
    report = report_of(situation, planned, composed, defaults.overrides.problems)
    if keep:
        waiting = still_waiting(done.outstanding, done.held, report.deliveries)
        is_news = news_of_old(outcome, planned, done.heard)
        left = as_left(tick, situation, report.counts, waiting, is_news, state.guards)
        report = replace(report, as_left=left)
    return report, changes_of(situation, done, record_of(tick, report), composed, engine)


def _provenance(tick: Tick, situation: Situation, state: Transaction) -> Provenance | None:
    if situation.places is None:
        return None
    return Provenance(
        rules=tick.rules, places=situation.places, as_of=tick.as_of, read_at=tick.times.now, zone=tick.zone,
        posted=cache(state.loads.posted),
    )  # fmt: skip
