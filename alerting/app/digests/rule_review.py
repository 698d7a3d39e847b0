"""The monthly page on rules: to authors what their rules in shadow would have told, to the maintainer also which rules to look at.

It goes out like a digest and through the same outbox, once a month and reader. What it says is counted from what ticks wrote
down, so that nothing is judged for it: rules in shadow have alerts like all others.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property

from alerting.app.notices.compose import MessageDefaults, deliveries_for
from alerting.domain.alert import Alert, AlertEvent, EventKind
from alerting.domain.inbox import InboxEntry, Standing
from alerting.domain.notify.holding import SuppressionReason
from alerting.domain.notify.notice import Delivery, Message, Notice, NoticeKind
from alerting.domain.notify.recipients import if_active, stand_in
from alerting.domain.period import Period, month_later
from alerting.domain.rule import Rule, RuleSet, Status
from alerting.domain.rule_record import RuleRecord, WhatBecame, called_false, records
from alerting.ports.state import Store, Transaction
from alerting.render.rule_review import render_rule_review
from alerting.replies.incoming import Act
from alerting.replies.token import reference_of
from alerting.reports.event_view import as_of_words
from alerting.reports.rule_review import ByChance, RuleItem, RuleReviewView, answered_item, doubtful_item, shadow_item
from alerting.wording.dates import day_words

_NAMESPACE = uuid.UUID("7e0c3d1a-5f52-4d0f-9f0b-0c6f6a1f2b44")
#: How long what became of rules is looked back on.
_MONTHS = 12
_DAY, _A_MONTH = timedelta(days=1), timedelta(days=365.25 / 12)
#: What chance alone opens in a month, by rule.
ByRule = Mapping[str, ByChance]


def run_review(
    rules: RuleSet, store: Store, month: Period, day: date, at: datetime, defaults: MessageDefaults, chance: ByRule
) -> tuple[Delivery, ...]:
    """Queue a month's page for each of its readers, unless it was made; nothing for whom there is nothing to say.

    Args:
        chance: what chance alone opens, by rule in shadow or of which exceptions were called false alarms.
    """
    made: list[Delivery] = []
    with store.begin(patient=True) as state:
        for owner, message in pages(rules, state, month, day, defaults, chance):
            notice_id = str(uuid.uuid5(_NAMESPACE, f"{month}/{owner}"))
            if state.outbox.has_notice(notice_id):
                continue
            person = rules.owners[stand_in(rules, owner, day)]
            notice = Notice(id=notice_id, kind=NoticeKind.ENGINE, owner=person.id, at=at)
            deliveries = deliveries_for(notice, person, message, rules.channels, defaults, now=at)
            state.outbox.save([notice], deliveries)
            made += deliveries
    return tuple(made)


def pages(
    rules: RuleSet, state: Transaction, month: Period, day: date, defaults: MessageDefaults, chance: ByRule
) -> Iterator[tuple[str, Message]]:
    """Yield each reader's id with their page; none where nothing was judged before the month ended."""
    review = _Review(rules, state, month, defaults, chance)
    if not review.watched or min(review.watched.values()) >= review.end:
        return
    maintainer = rules.roles.maintainer
    readers = dict.fromkeys(rule.author for rule in review.in_shadow)
    for owner in dict.fromkeys((*readers, maintainer)):
        if owner is None or owner not in rules.owners:
            continue
        sees_all = owner == maintainer
        shadow = tuple(item for rule, item in review.shadow if sees_all or rule.author == owner)
        doubtful, answered = (review.doubtful, review.answered) if sees_all else ((), ())
        if shadow or doubtful or answered:
            view = RuleReviewView(
                owner=rules.owners[owner].name,
                title=f"Rules in {month.label}",
                shadow=shadow,
                span=review.span,
                doubtful=doubtful,
                answered=answered,
                as_of=as_of_words(day),
                marking=defaults.marking,
                reply_to=defaults.person,
            )
            yield owner, render_rule_review(view)


@dataclass(eq=False)
class _Review:
    """Counts what ticks wrote down, once for all readers."""

    rules: RuleSet
    state: Transaction
    month: Period
    defaults: MessageDefaults
    chance: ByRule

    def __post_init__(self) -> None:
        self.end = self._begins(self.month.last_day + _DAY)
        self.watched: Mapping[str, datetime] = self.state.ticks.watched_since()
        #: From when on rules are looked back on.
        self.since = self._begins(month_later(self.month.last_day + _DAY, -_MONTHS))

    def _begins(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.defaults.zone)

    @property
    def span(self) -> str:
        """How long rules were looked back on, in words."""
        first = min(self.watched.values()).astimezone(self.defaults.zone)
        if first <= self.since:
            return f"in the twelve months to {self.month.label}"
        return f"from {day_words(first.date())} to {self.month.label}"

    @cached_property
    def in_shadow(self) -> list[Rule]:
        """The rules that are tried out."""
        return [rule for rule in self.rules.rules if rule.status is Status.SHADOW]

    @cached_property
    def _events(self) -> list[AlertEvent]:
        return self.state.alerts.events_between(self.since, self.end)

    @cached_property
    def _alerts(self) -> list[Alert]:
        """The alerts that stood at some time, those aside that were old when they were first seen."""
        return [alert for alert in self.state.alerts.recent(self.since) if alert.id not in self._old]

    @cached_property
    def _opened(self) -> list[AlertEvent]:
        return [event for event in self._events if event.kind is EventKind.OPENED]

    @cached_property
    def _told(self) -> set[str]:
        told = self.state.hearings.told(sorted({event.alert.id for event in self._opened}))
        return {id_ for id_, several in told.items() if any(one.has_reached for one in several)}

    @cached_property
    def _held(self) -> Mapping[SuppressionReason, set[str]]:
        """The alerts of which nobody was told, by what held them back."""
        found: dict[SuppressionReason, set[str]] = {}
        held = self.state.hearings.held_back(sorted({event.alert.id for event in self._opened}))
        for id_, several in held.items():
            for one in several if id_ not in self._told else ():
                found.setdefault(one.reason, set()).add(id_)
        return found

    @cached_property
    def _old(self) -> set[str]:
        return self._held.get(SuppressionReason.NOT_NEWS, set())

    @property
    def shadow(self) -> Iterator[tuple[Rule, RuleItem]]:
        """Each rule in shadow with what it would have told in the month."""
        begins, standing = self._begins(self.month.first_day), {alert.id for alert in self.state.alerts.open()}
        for rule in self.in_shadow:
            opened = [
                event
                for event in self._opened
                if event.alert.key.rule == rule.id and event.at >= begins and event.alert.id not in self._old
            ]
            told = [self._would_be_told(rule, event) for event in opened]
            count = len(standing & {event.alert.id for event in opened})
            yield rule, shadow_item(rule, opened, told, count, self.month, self.rules, self.chance.get(rule.id))

    def _would_be_told(self, rule: Rule, event: AlertEvent) -> Sequence[str]:
        key, rules = event.alert.key, self.rules
        if key.measure not in rules.measures or key.area not in rules.areas:
            return ()
        return if_active(rule, key.measure, key.area, rules, event.at.astimezone(self.defaults.zone).date())

    @property
    def doubtful(self) -> tuple[RuleItem, ...]:
        """The active rules that are to be looked at."""
        with_doubts = ((record, list(record.doubts())) for record in self._records)
        by_id = self._by_id
        return tuple(doubtful_item(by_id[r.rule], r, doubts, self.rules) for r, doubts in with_doubts if doubts)

    @property
    def answered(self) -> tuple[RuleItem, ...]:
        """The active rules of which exceptions were called false alarms, beside what chance alone opens."""
        own = sorted((record for record in self._records if record.false_alarms), key=lambda one: -one.false_alarms)
        by_id, chance = self._by_id, self.chance
        return tuple(answered_item(by_id[r.rule], r, self._months(r), chance.get(r.rule), self.rules) for r in own)

    def _months(self, record: RuleRecord) -> float:
        """Return for how many months a rule was judged in the time looked back on."""
        begins = max(self.since, self.watched.get(record.rule, self.since))
        return max((self.end - begins) / _A_MONTH, 1.0)

    @property
    def _by_id(self) -> dict[str, Rule]:
        return {rule.id: rule for rule in self.rules.rules}

    @cached_property
    def _records(self) -> tuple[RuleRecord, ...]:
        """What became of the exceptions of each active rule."""
        acted = {
            event.alert.id for event in self._events if event.kind in (EventKind.ACKNOWLEDGED, EventKind.COMMENTED)
        }
        put_right = {
            event.alert.id for event in self._events if event.kind is EventKind.CORRECTED and not event.alert.is_open
        }
        not_mine = {id_ for entry in self.state.inbox.entries() for id_ in self._not_mine(entry)}
        false_alarms = called_false(self._events).keys()
        became = WhatBecame(
            told=self._told,
            silenced=self._held.get(SuppressionReason.SILENCED, set()),
            acted=acted | not_mine,
            doubted=put_right | not_mine | false_alarms,
            false_alarms=false_alarms,
        )
        alerts = [alert for alert in self._alerts if alert.opened_at <= self.end]
        return records(self.rules.rules, alerts, self.since, became, self.watched)

    def _not_mine(self, entry: InboxEntry) -> Sequence[str]:
        """Return the alerts that a mail says are not its writer's."""
        in_time = self.since < entry.at <= self.end and entry.standing is Standing.ACTED
        if entry.act != Act.NOT_MINE.value or not in_time:
            return ()
        sent = self.state.inbox.sent(reference_of(entry.token))
        if sent is None:
            return ()
        items = sent.delivery.message.items or (sent.alerts,)
        return [id_ for number in entry.items for id_ in items[number - 1]] if entry.items else sent.alerts
