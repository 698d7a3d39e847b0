"""A difference as remarks on the lines of a pull request."""

from collections.abc import Iterator

from alerting.app.authoring.diff.difference import Difference
from alerting.domain.problem import Problem, ProblemSeverity
from alerting.domain.rule import Rule
from alerting.rulefile.pages.machine_reports import as_github as commands


def as_github(found: Difference) -> str:
    """Return one workflow command for each rule that is new or changed, on its line, and one for what should be looked at."""
    said = commands(list(_remarks(found)))
    return f"{said}\n" if said else ""  # workflow commands are none where there is nothing to say


def _remarks(found: Difference) -> Iterator[Problem]:
    for rule in found.rules.added:
        yield _remark(rule, "rule-added", f"new: {rule.title}")
    for changed in found.rules.changed:
        words = "; ".join(change.words for change in changed.changes)
        yield _remark(changed.rule, "rule-changed", f"{changed.rule.id}: {words}")


def _remark(rule: Rule, code: str, message: str) -> Problem:
    return Problem(place=rule.place, code=code, severity=ProblemSeverity.NOTE, message=message)
