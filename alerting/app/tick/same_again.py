"""A tick on the very figures and rules of the last one: unless something has fallen due meanwhile, nothing is judged."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from alerting.app.naming import Naming
from alerting.app.notices.folding import over_by_now
from alerting.app.situation.replicas import refuse_older_rules
from alerting.app.tick.last_tick import LastTick
from alerting.app.tick.order_of_ticks import after_the_newest, refuse_a_tick_done
from alerting.app.tick.plan import given_of
from alerting.app.tick.recall import Heard, StillOutstanding, recall_briefly
from alerting.app.tick.reconcile import LOOK_BACK
from alerting.app.tick.report import TickReport, record_of, report_again
from alerting.app.tick.save import Changes, save
from alerting.app.tick.times import Tick, TickTimes, tick_id
from alerting.domain.alert import Alert
from alerting.domain.finding import Finding
from alerting.domain.notify.notification_plan import plan_notifications
from alerting.domain.rule import RuleSet
from alerting.domain.silencing import muting
from alerting.failpoints import reached
from alerting.ports.state import Store, Transaction


class _MustJudge(Exception):  # it is no error
    """Whether an alert is news is asked for, which the last tick did not."""


def tick_again(rules: RuleSet, store: Store, last: LastTick, as_of: date, times: TickTimes) -> TickReport | None:
    """Do a tick of which figures and rules are those of the last one, and say the same; None: something asks what they say.

    It leaves what a tick would leave that judges them once more, and reports the same.

    Args:
        last: how the last tick left things.

    Raises:
        UsageError: as of any tick.
    """
    if store.was_put_back:
        return None
    reached("tick_pre")
    with store.begin() as state:
        newest = state.ticks.newest()
        if newest is None or newest.id != last.tick or len(state.accepted.every()) != last.accepted:
            return None
        now = times.now.astimezone(ZoneInfo(rules.schedule.timezone))
        times = replace(times, at=after_the_newest(newest, as_of, times.at, now))
        refuse_a_tick_done(state.ticks, times.due_at)
        naming = Naming(as_of, times.at, tick_id(as_of, times.at), state.outbox.notices_of)
        tick = Tick(rules=rules, as_of=as_of, times=times, naming=naming)
        if not _is_all_said(tick, state, last):
            return None
        refuse_older_rules(rules, state.replicas, times.place, times.at)
        report = report_again(tick, last)
        save(state, Changes(tick=record_of(tick, report), rules=rules))
        reached("tick_commit_pre")
    reached("tick_commit_post")
    return report


def _is_all_said(tick: Tick, state: Transaction, last: LastTick) -> bool:
    """Say whether nothing falls due by time or by what people did, and all that waits is still true."""
    since = datetime.fromisoformat(last.at) - LOOK_BACK
    known = state.alerts.recent(since)
    open_alerts = {alert.id: alert for alert in known if alert.is_open}
    if any(not alert.is_open and alert.changed_at < tick.at - LOOK_BACK for alert in known):
        return False  # it has just been forgotten that it ended
    heard, outstanding = recall_briefly(state, tick.rules, tuple(open_alerts))
    return _waits_as_it_is(tick, heard, outstanding, open_alerts, last) and _nothing_is_due(
        tick, heard, open_alerts, last
    )


def _waits_as_it_is(
    tick: Tick, heard: Heard, outstanding: StillOutstanding, open_alerts: Mapping[str, Alert], last: LastTick
) -> bool:
    """Say whether what waits is what the last tick left, of which nothing was silenced since."""
    if not outstanding.deliveries <= frozenset(last.waiting):
        return False
    if any(muting(key, tick.rules, heard.silences, tick.as_of) is not None for key in outstanding.series):
        return False
    return not over_by_now(outstanding.copies, open_alerts)


def _nothing_is_due(tick: Tick, heard: Heard, open_alerts: Mapping[str, Alert], last: LastTick) -> bool:
    """Say whether nobody is to be told anything of what stands."""

    def is_news(alert: Alert) -> bool:
        if alert.id not in last.is_news:
            raise _MustJudge
        return last.is_news[alert.id]

    try:
        plan = plan_notifications(given_of(tick, open_alerts, heard, _speechless, is_news), ())
    except _MustJudge:
        return False
    return not (plan.planned or plan.suppressed or plan.follow_ups)


def _speechless(_: Alert) -> tuple[Finding | None, str | None]:
    """Say nothing: here only whether anybody is told counts, not what."""
    return None, None
