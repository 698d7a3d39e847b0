"""Fourth step: when each reader hears of it; what waits for a better hour is folded into one message with what is new."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from alerting.app.notices.compose import is_urgent, notice_to, notices_for
from alerting.app.notices.folding import OVER_BY_NOW, is_said_already, latest_of_each, over_by_now, true_now
from alerting.app.notices.quiet_hours import hold_until
from alerting.app.tick.plan import Planned, Speak
from alerting.app.tick.recall import Heard, Outstanding
from alerting.app.tick.times import Tick
from alerting.domain.alert import Alert, AlertEvent, EventKind
from alerting.domain.notify.notice import Notice
from alerting.domain.notify.planned import Waiting
from alerting.domain.silencing import muting

#: What a message says that also tells what was held back before.
FOLDED = "It also says what was held back until now."
_NOTHING: Waiting = ([], [], None)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outgoing:
    """A notice as it goes out: not before an instant, and until one at the latest, both by the present clock."""

    notice: Notice
    not_before: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cancelled:
    """Deliveries that are not sent by themselves, and why."""

    deliveries: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HeldBack:
    """What goes out, and what it takes the place of."""

    outgoing: tuple[Outgoing, ...]
    cancelled: tuple[Cancelled, ...]


def hold_back(
    tick: Tick,
    planned: Planned,
    open_alerts: Mapping[str, Alert],
    speak: Speak,
    heard: Heard,
    outstanding: Outstanding | None = None,
    *,
    flood: str | None = None,
    budget_used: Callable[[str, datetime], int] = lambda _owner, _since: 0,
) -> HeldBack:
    """Make each person's notice: what may not disturb them now waits and is folded into one with what waits already.

    Args:
        open_alerts: what stands, by id.
        speak: what there is to say of it today.
        flood: what is said above openings where suspiciously many are told at once.
        budget_used: how many notices an owner was sent since an instant.
    """
    outstanding = outstanding or Outstanding()
    folder = _Folder(tick=tick, open_alerts=open_alerts, speak=speak, heard=heard, outstanding=outstanding)
    tellings = planned.notifications.planned
    told = {telling.person for telling in tellings}
    nothing_new = [notice_to(one, (), tick.at, tick.naming, {}) for one in outstanding.waiting if one not in told]
    outgoing: list[Outgoing] = []
    over = over_by_now(outstanding.copies, open_alerts)
    cancelled = [Cancelled(deliveries=tuple(over), why=OVER_BY_NOW)] if over else []
    for notice in (*notices_for(tellings, tick.at, tick.naming), *nothing_new):
        opens = any(event.kind is EventKind.OPENED for event in notice.events)
        folded, replaced = folder.fold(notice)
        if replaced is not None:
            cancelled.append(replaced)
        if folded is not None:
            outgoing.append(_timed(tick, notice, folded, flood if opens else None, outstanding, budget_used))
    return HeldBack(outgoing=tuple(outgoing), cancelled=tuple(cancelled))


def _timed(
    tick: Tick,
    notice: Notice,
    folded: Notice,
    flood: str | None,
    outstanding: Outstanding,
    budget_used: Callable[[str, datetime], int],
) -> Outgoing:
    """Say when a notice goes out, and above its events why it comes then."""
    is_folded = folded.id != notice.id
    hold = None if is_urgent(notice) else hold_until(tick.rules.owners[notice.owner], tick.at, tick.zone, budget_used)
    why = (flood, hold[1] if hold is not None else FOLDED if is_folded else None)
    return Outgoing(
        notice=replace(folded, summary=" ".join(part for part in why if part) or None),
        not_before=None if hold is None else hold[0] + tick.times.shift,
        until=outstanding.waiting[notice.owner][2] if is_folded else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Folder:
    """Takes what waits into notices."""

    tick: Tick
    open_alerts: Mapping[str, Alert]
    speak: Speak
    heard: Heard
    outstanding: Outstanding

    def fold(self, notice: Notice) -> tuple[Notice | None, Cancelled | None]:
        """Take in what the owner was to be told when they may be disturbed again; that message is not sent by itself.

        What has been silenced meanwhile is left out: nobody has heard of it. No notice: there is nothing new to say, or it
        only takes back what nobody heard.
        """
        tick, silences = self.tick, self.heard.silences
        held, deliveries, _ = self.outstanding.waiting.get(notice.owner, _NOTHING)
        waiting = [pair for pair in held if muting(pair[0].alert.key, tick.rules, silences, tick.as_of) is None]
        waiting = true_now(waiting, self.open_alerts, self.speak)
        if not held or (not notice.events and is_said_already(held, waiting)):
            return (notice if notice.events else None), None
        behalf = dict(notice.on_behalf_of)
        new = [(event, behalf.get(event.alert.id, (notice.owner,))) for event in notice.events]
        events, as_new = latest_of_each(waiting, new, partial(self._has_heard, notice.owner))
        also = {alert: dict.fromkeys((*owners, notice.owner)) for alert, owners in notice.also_told}
        whole = replace(notice_to(notice.owner, events, tick.at, tick.naming, also, "/folded"), as_new=as_new)
        why = f"told together with what came later, in notice {whole.id}" if events else "silenced, or over by now"
        return (whole if events else None), Cancelled(deliveries=tuple(deliveries), why=why)

    def _has_heard(self, owner: str, event: AlertEvent) -> bool:
        """Whether an owner has heard of an alert since it opened."""
        id_, since = event.alert.id, event.alert.opened_at
        told = self.heard.told.get(id_) or self.outstanding.told.get(id_, ())
        return any(t.has_reached and t.at >= since and owner in (t.person, *t.owners) for t in told)
