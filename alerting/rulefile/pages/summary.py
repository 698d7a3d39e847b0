"""One line about a rule set: what it holds."""

from collections import Counter
from collections.abc import Sequence

from alerting.domain.problem import Problem, ProblemSeverity
from alerting.domain.rule import RuleSet


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


def counted_problems(problems: Sequence[Problem]) -> str:
    """Say how many errors, warnings and notes there are; "no problems" where there are neither errors nor warnings."""
    counts = Counter(problem.severity for problem in problems)
    found = [_counted(counts[severity], severity.value) for severity in ProblemSeverity if counts[severity]]
    serious = counts[ProblemSeverity.ERROR] + counts[ProblemSeverity.WARNING]
    return ", ".join(found if serious else ["no problems", *found])


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'s' * (count != 1)}"
