"""Scorecards about more measures than two sheets of paper hold."""

from collections.abc import Iterator
from typing import Final

from alerting.domain.problem import ProblemSeverity
from alerting.domain.rule import Digest, Presentation, RuleSet, Status
from alerting.rulefile.lint import RuleProblem

CODES: Final = {"scorecard-too-long": "a scorecard about more measures than two sheets of paper hold"}
#: So many lines fit where each is one line high; those that have no room are counted and named at the foot.
MOST_MEASURES: Final = 60


def check(rules: RuleSet) -> Iterator[RuleProblem]:
    """Count the measures that rules watch and a scorecard is about."""
    for digest in rules.digests:
        count = len(set(_watched(rules, digest))) if digest.form is Presentation.SCORECARD else 0
        if count > MOST_MEASURES:
            yield RuleProblem(
                section="digests",
                id=digest.id,
                keys=("form",),
                code="scorecard-too-long",
                message=f"it is about {count} measures, and two sheets hold some {MOST_MEASURES}: those of the least weight"
                " will be counted and named at the foot",
                fix="say by `about:` which measures the board wants to see: `about: {tags: [gold]}`",
                severity=ProblemSeverity.WARNING,
            )


def _watched(rules: RuleSet, digest: Digest) -> Iterator[str]:
    for rule in rules.rules:
        if rule.status is Status.ACTIVE and (digest.about is None or digest.about.covers_rule(rule.id)):
            measures = (rules.measures[id_] for id_ in rule.measures)
            yield from (one.id for one in measures if digest.about is None or digest.about.covers_measure(one))
