"""The alert budget: how many exceptions of each owner open a month, beside how many chance alone would open."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

from alerting.domain.backtest import Backtest, DaySpan, OwnerBudget
from alerting.domain.notify.notice import NoticeKind
from alerting.domain.period import month_later
from alerting.domain.rule import Owner, RuleSet
from alerting.evaluation.budget.expected import by_chance
from alerting.evaluation.budget.kept import NOTHING_KEPT, KeepsRates
from alerting.evaluation.budget.owners import OwnersChance, chance_by_owner
from alerting.figures.panels import Panels

DAYS_OF_A_MONTH = 365.25 / 12


def chance_of(rules: RuleSet, panels: Panels, day: date, kept: KeepsRates = NOTHING_KEPT) -> dict[str, OwnersChance]:
    """Return what chance alone would open in a month of what each owner is told of, by the figures known on a day."""
    return chance_by_owner(rules, by_chance(rules, panels.by_kind, day, kept=kept), day)


def budget_of(backtest: Backtest, chance: dict[str, OwnersChance], rules: RuleSet) -> tuple[OwnerBudget, ...]:
    """Return the budget of each owner who was told something, would be by chance, or has a limit; as owners are declared."""
    months = backtest.span.n_days / DAYS_OF_A_MONTH
    opened = Counter(owner for alert in backtest.opened for owner in alert.told)
    notices = Counter(notice.owner for notice in backtest.sent)
    known = {owner: own for owner, own in chance.items() if own.by_rule}
    return tuple(
        OwnerBudget(
            owner=owner.id,
            openings_per_month=opened[owner.id] / months,
            expected_by_chance_per_month=known[owner.id].opens if owner.id in known else None,
            error=known[owner.id].error if owner.id in known else None,
            notices_per_month=notices[owner.id] / months,
            limit=owner.chance_limit,
            mail_budget=owner.mail_budget,
            over=tuple(_over(owner, backtest)),
            rules=chance[owner.id].rules if owner.id in chance else 0,
            chance_unknown=chance[owner.id].unknown_rules if owner.id in chance else (),
        )
        for owner in rules.owners.values()
        if owner.id in chance or opened[owner.id] or notices[owner.id] or owner.false_alarms is not None
    )


def _over(owner: Owner, backtest: Backtest) -> Iterator[DaySpan]:
    """Yield the days, weeks or months in which an owner's mail budget was used up and more had to wait."""
    if owner.mail_budget is None:
        return
    most, per = owner.mail_budget
    days = [day for id_, day in backtest.waited if id_ == owner.id and day != backtest.span.first]
    sent = [one.at for one in backtest.notices if one.owner == owner.id and one.kind is NoticeKind.EXCEPTIONS]
    for window in dict.fromkeys(_window(day, per) for day in days):
        if sum(day in window for day in sent) >= most:
            yield window


def _window(day: date, per: str) -> DaySpan:
    """Return the day, week or month that a day lies in."""
    if per == "week":
        monday = day - timedelta(days=day.weekday())
        return DaySpan(first=monday, last=monday + timedelta(days=6))
    if per == "month":
        first = day.replace(day=1)
        return DaySpan(first=first, last=month_later(first) - timedelta(days=1))
    return DaySpan(first=day, last=day)
