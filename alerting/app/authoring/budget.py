"""The alert budget: how many exceptions of each owner open a month, beside how many chance alone would open."""

from collections import Counter
from datetime import date

from alerting.domain.backtest import Backtest, OwnerBudget
from alerting.domain.rule import RuleSet
from alerting.evaluation.budget.expected import by_chance
from alerting.evaluation.budget.owners import OwnersChance, chance_by_owner
from alerting.figures.panels import Panels

DAYS_OF_A_MONTH = 365.25 / 12


def chance_of(rules: RuleSet, panels: Panels, day: date) -> dict[str, OwnersChance]:
    """Return what chance alone would open in a month of what each owner is told of, by the figures known on a day."""
    return chance_by_owner(rules, by_chance(rules, panels.by_kind, day), day)


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
        )
        for owner in rules.owners.values()
        if owner.id in chance or opened[owner.id] or notices[owner.id] or owner.false_alarms is not None
    )
