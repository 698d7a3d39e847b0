"""Owners who are to be told by mail and have no address."""

from collections.abc import Iterator

from alerting.domain.problem import ProblemSeverity
from alerting.domain.rule import Notify, RuleSet
from alerting.rulefile.lint import Remark


def check(rules: RuleSet) -> Iterator[Remark]:
    """Find owners without an address who answer for something, are named by a rule or a digest, or have a role."""
    told = _answering(rules) | {name for rule in rules.rules for name in _names(rule.notify)}
    told |= {name for digest in rules.digests for name in digest.to}
    for owner in rules.owners.values():
        kinds = {rules.channels[channel].kind for channel in owner.channels if channel in rules.channels}
        if owner.id in told and owner.email is None and "email" in kinds:
            yield Remark(
                section="owners",
                id=owner.id,
                keys=("channels", "email"),
                code="no-address",
                message=f'"{owner.id}" is told by mail but has no address',
                fix="write `email:`",
                severity=ProblemSeverity.WARNING,
            )


def _names(notify: Notify) -> set[str]:
    return {*notify.names, *(name for _, names in notify.by_area for name in names)}


def _answering(rules: RuleSet) -> set[str | None]:
    roles = rules.roles
    return {
        *(area.owner for area in rules.areas.areas.values()),
        *(topic.owner for topic in rules.topics.values()),
        *(measure.owner for measure in rules.measures.values()),
        *(source.owner for source in rules.sources.values()),
        *(roles.operator, roles.maintainer, roles.fallback),
    }
