"""`complete:` on sources of which nobody says which areas report."""

from collections.abc import Iterator, Mapping

from alerting.domain.problem import ProblemSeverity
from alerting.domain.rule import RuleSet
from alerting.rulefile.lint import RuleProblem

CODES: Mapping[str, str] = {
    "areas-not-declared": "a load is whole when all areas have come, and a measure does not say which areas report",
}


def check(rules: RuleSet) -> Iterator[RuleProblem]:
    """Look at each source that waits for all areas; the first of its measures that declares none is named."""
    for source in rules.sources.values():
        if source.complete is None or not source.complete.areas:
            continue
        unsaid = [one for one in rules.measures.values() if one.source == source.id and one.areas is None]
        if not unsaid:
            continue
        yield RuleProblem(
            section="sources",
            id=source.id,
            keys=("complete",),
            code="areas-not-declared",
            message=f"{unsaid[0].id} does not say which areas report: all that ever did are waited for, also one that has ended",
            fix="give its measures `areas:`",
            severity=ProblemSeverity.NOTE,
            rests_on=frozenset({("measures", unsaid[0].item_of or unsaid[0].id)}),
        )
