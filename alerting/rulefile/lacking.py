"""What a sound folder may still lack: something to watch, and somebody to hear of trouble."""

from collections.abc import Iterator

from alerting.domain.place import Place
from alerting.domain.problem import Problem, ProblemSeverity
from alerting.domain.rule import RuleSet


def lacking(rules: RuleSet, shown: str) -> Iterator[Problem]:
    """Note what a folder needs before anybody is told of anything."""
    place, note = Place(file=shown, line=1, column=1), ProblemSeverity.NOTE
    if not rules.rules:
        message, fix = "there is no rule, so nothing is watched", "add `rules:`; `alerting schema` shows their keys"
        yield Problem(place=place, code="no-rules", severity=note, message=message, fix=fix)
    roles = rules.roles
    if not (roles.operator or roles.maintainer or roles.fallback):
        message = "no role is given: nobody hears of it when a source, a message or the engine itself fails"
        fix = "add `roles: {operator: …, maintainer: …, fallback: …}` with ids of owners"
        yield Problem(place=place, code="no-roles", severity=note, message=message, fix=fix)
