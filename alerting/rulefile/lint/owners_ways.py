"""What is said of how an owner is told and comes to nothing: passed on to themselves, quiet hours of no length."""

from collections.abc import Iterator
from typing import Final

from alerting.domain.problem import ProblemSeverity
from alerting.domain.rule import RuleSet
from alerting.rulefile.lint import RuleProblem

#: What each of its codes means.
CODES: Final = {
    "escalates-to-itself": "what an owner does not acknowledge would be passed on to that same owner",
    "quiet-hours-empty": "quiet hours that end as they begin, so that nothing waits for them",
}


def check(rules: RuleSet) -> Iterator[RuleProblem]:
    """Find owners whose exceptions are passed on to themselves, and quiet hours that end as they begin."""
    for owner in rules.owners.values():
        if owner.escalate is not None and owner.escalate.to == owner.id:
            yield _remark(
                owner.id,
                ("escalate",),
                "escalates-to-itself",
                f'what "{owner.id}" does not acknowledge is passed on to "{owner.id}": nothing is sent',
                "name another owner under escalate: to, or leave escalate out",
            )
        quiet = owner.quiet_hours
        if quiet is not None and quiet.since == quiet.until:
            yield _remark(
                owner.id,
                ("quiet_hours",),
                "quiet-hours-empty",
                f"the quiet hours from {quiet.since:%H:%M} until {quiet.until:%H:%M} have no length: nothing waits for them",
                "give another end, or leave quiet_hours out",
            )


def _remark(owner: str, keys: tuple[str, ...], code: str, message: str, fix: str) -> RuleProblem:
    return RuleProblem(
        section="owners", id=owner, keys=keys, code=code, message=message, fix=fix, severity=ProblemSeverity.WARNING
    )
