"""One line about a rule set: what it holds."""

from collections import Counter
from collections.abc import Sequence

from alerting.domain.problem import Problem, ProblemSeverity
from alerting.domain.rule import RuleSet
from alerting.wording.briefly import made_short


def summed_up(rules: RuleSet, shown: str, problems: Sequence[Problem]) -> str:
    """Say how much there is of everything, and of problems."""
    kinds = Counter(area.kind for area in rules.areas.areas.values())
    parts = [
        _counted(len(rules.measures), "measure"),
        _counted(len(rules.rules), "rule"),
        *(_counted(count, f"{kind} area".strip()) for kind, count in kinds.items()),
        _counted(len(rules.owners), "owner"),
        counted_problems(problems),
    ]
    return f"{shown}: {', '.join(parts)}"


def made_shorts(rules: RuleSet, *, every: bool) -> list[str]:
    """Say what subjects call the measures that rules watch, where they have no `short:` and a title too long for one.

    Args:
        every: a line for each of them; else one line with the first.
    """
    watched = {key for rule in rules.rules for key in rule.measures}
    unnamed = [measure for key, measure in rules.measures.items() if key in watched and measure.short is None]
    made = [(measure.title, made_short(measure.title)) for measure in unnamed]
    cut = [f'"{short}" for "{title}"' for title, short in dict.fromkeys(made) if short != title]
    if not cut:
        return []
    if every:
        return ["Where a subject has no room for a title, it says (give a `short:` where you know better):", *cut]
    more = f", and {len(cut) - 1:,} more (--shorts shows them)" if len(cut) > 1 else ""
    return [f"Where a subject has no room for a title, it says {cut[0]}{more}."]


def counted_problems(problems: Sequence[Problem]) -> str:
    """Say how many errors, warnings and notes there are; "no problems" where there are neither errors nor warnings."""
    counts = Counter(problem.severity for problem in problems)
    found = [_counted(counts[severity], severity.value) for severity in ProblemSeverity if counts[severity]]
    serious = counts[ProblemSeverity.ERROR] + counts[ProblemSeverity.WARNING]
    return ", ".join(found if serious else ["no problems", *found])


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'s' * (count != 1)}"
