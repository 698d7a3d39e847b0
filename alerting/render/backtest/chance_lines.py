"""What opened of each owner a month, beside what chance alone would open, and of which rules that is not known."""

from collections.abc import Iterator

from alerting.domain.backtest import Backtest, OwnerBudget
from alerting.domain.rule import RuleSet
from alerting.wording.plain import counted, listed

#: Owners that are listed, and rules that are named of one; the rest is counted.
MOST_LISTED, MOST_NAMED = 15, 4


def chance_lines(backtest: Backtest, rules: RuleSet) -> Iterator[str]:
    """Yield a line for each owner of whom anything opens, or would by chance, the most first."""
    found = [one for one in backtest.budget if one.rules and (one.openings_per_month or _expected(one))]
    found.sort(key=lambda one: -max(one.openings_per_month, _expected(one)))
    for one in found[:MOST_LISTED]:
        yield f"{rules.owners[one.owner].name}: {_words(one)}"
    if len(found) > MOST_LISTED:
        yield f"and {counted(len(found) - MOST_LISTED, 'more owner')}"


def _expected(one: OwnerBudget) -> float:
    return one.expected_by_chance_per_month or 0.0


def _words(one: OwnerBudget) -> str:
    opened = f"{one.openings_per_month:.1f} exceptions opened a month"
    unknown = unknown_words(one)
    if one.expected_by_chance_per_month is None:
        return f"{opened}; {unknown or 'how many by chance alone is not known'}"
    chance = f"chance alone would open {_expected(one):.1f}, give or take {one.error or 0:.1f}"
    return f"{opened}, {chance}{f'; {unknown}' if unknown else ''}"


def unknown_words(one: OwnerBudget | None) -> str | None:
    """Say of which rules that tell an owner nothing is known of chance; None: it is known of all."""
    if one is None or not one.chance_unknown:
        return None
    named = [f'"{rule}"' for rule in one.chance_unknown[:MOST_NAMED]]
    more = len(one.chance_unknown) - MOST_NAMED
    shown = listed([*named, *([f"{more} more"] if more > 0 else [])])
    return f"chance not known for {len(one.chance_unknown):,} of {counted(one.rules, 'rule')}: {shown}"
