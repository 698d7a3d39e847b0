"""An end before its beginning."""

from collections.abc import Iterator
from datetime import date

from alerting.domain.rule import RuleSet
from alerting.rulefile.lint import RuleProblem


def check(rules: RuleSet) -> Iterator[RuleProblem]:
    """Find rules, windows, silences and absences that end before they begin."""
    for rule in rules.rules:
        yield from _backwards("rules", rule.id, rule.since, rule.until)
    for section, windows in (("holds", rules.holds), ("notes", rules.notes), ("exclusions", rules.exclusions)):
        for window in windows:
            yield from _backwards(section, window.id, window.since, window.until)
    for silence in rules.silences:
        yield from _backwards("silences", silence.id, silence.since, silence.until)
    for owner in rules.owners.values():
        for away in owner.away:
            for remark in _backwards("owners", owner.id, away.since, away.until):
                yield RuleProblem(
                    section="owners", id=owner.id, keys=("away",), code=remark.code, message=remark.message
                )


def _backwards(section: str, id_: str, since: date | None, until: date | None) -> Iterator[RuleProblem]:
    if since is not None and until is not None and until < since:
        message = f"until {until} is before from {since}"
        yield RuleProblem(section=section, id=id_, keys=("until", "from"), code="bad-value", message=message)
