"""A backtest in numbers: by rule, the loudest first, and by owner with each month."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from alerting.domain.alert import EventKind
from alerting.domain.backtest import Backtest, DaySpan
from alerting.domain.notify.notice import NoticeKind
from alerting.domain.period import month_later
from alerting.domain.rule import RuleSet


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTally:
    """One rule: alerts that it opened, that stood when the span began, that stand at its end; messages that tell of it."""

    rule: str
    title: str
    opened: int
    stood: int
    standing: int
    notices: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerTally:
    """One owner: what would have come, and how many notices in each month of the span."""

    owner: str
    name: str
    opened: int
    notices: int
    escalated: int
    digests: int
    by_month: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestSummary:
    """A backtest in numbers; those of what stood when the span began are apart from all others.

    `of_sources`: messages on sources and of the engine itself; the other notices tell of exceptions.
    """

    months: tuple[date, ...]
    rules: tuple[RuleTally, ...]
    owners: tuple[OwnerTally, ...]
    stood: int
    opened: int
    ended: int
    standing: int
    notices_at_start: int
    notices: int
    escalated: int
    of_sources: int
    digests: int


def months_of(span: DaySpan) -> tuple[date, ...]:
    """Return the first days of the months that a span touches."""
    found = [span.first.replace(day=1)]
    while (later := month_later(found[-1])) <= span.last:
        found.append(later)
    return tuple(found)


def summarised(backtest: Backtest, rules: RuleSet) -> BacktestSummary:
    """Count a backtest."""
    opened, sent = backtest.opened, [one for one in backtest.sent if one.kind is NoticeKind.EXCEPTIONS]
    return BacktestSummary(
        months=months_of(backtest.span),
        rules=tuple(_by_rule(backtest, rules)),
        owners=tuple(_by_owner(backtest, rules)),
        stood=len(backtest.alerts) - len(opened),
        opened=len(opened),
        ended=sum(alert.end is not None for alert in backtest.alerts),
        standing=sum(alert.end is None for alert in backtest.alerts),
        notices_at_start=sum(one.stood and one.kind is NoticeKind.EXCEPTIONS for one in backtest.notices),
        notices=len(sent),
        escalated=sum(any(event.kind is EventKind.ESCALATED for event in one.events) for one in sent),
        of_sources=sum(one.kind is not NoticeKind.EXCEPTIONS for one in backtest.notices),
        digests=len(backtest.digests),
    )


def _by_rule(backtest: Backtest, rules: RuleSet) -> Sequence[RuleTally]:
    """Count by rule, the loudest first; rules of which nothing was told are there too, last."""
    opened = Counter(alert.key.rule for alert in backtest.opened)
    stood = Counter(alert.key.rule for alert in backtest.alerts if alert.stood)
    standing = Counter(alert.key.rule for alert in backtest.alerts if alert.end is None)
    notices: Counter[str] = Counter()
    for notice in backtest.sent:
        notices.update({event.key.rule for event in notice.events})
    found = [
        RuleTally(
            rule=rule.id,
            title=rule.title,
            opened=opened[rule.id],
            stood=stood[rule.id],
            standing=standing[rule.id],
            notices=notices[rule.id],
        )
        for rule in rules.rules
    ]
    return sorted(found, key=lambda one: (-one.notices, -one.opened))


def _by_owner(backtest: Backtest, rules: RuleSet) -> Sequence[OwnerTally]:
    """Count by owner, who gets most first."""
    months = months_of(backtest.span)
    by_owner: dict[str, list[int]] = {}
    totals: dict[str, list[int]] = {}
    for one in backtest.by_owner_and_month():
        by_owner.setdefault(one.owner, [0] * len(months))[months.index(one.month)] = one.notices
        sums = totals.setdefault(one.owner, [0, 0, 0, 0])
        for place, number in enumerate((one.opened, one.notices, one.escalated, one.digests)):
            sums[place] += number
    found = [
        OwnerTally(
            owner=owner,
            name=rules.owners[owner].name if owner in rules.owners else owner,
            opened=sums[0],
            notices=sums[1],
            escalated=sums[2],
            digests=sums[3],
            by_month=tuple(by_owner[owner]),
        )
        for owner, sums in totals.items()
    ]
    return sorted(found, key=lambda one: (-one.notices, -one.digests, one.name))
