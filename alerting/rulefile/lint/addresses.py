"""Owners who are to be told by mail: without an address, with one that few servers take, or with another's."""

from collections.abc import Iterator
from typing import Final

from alerting.domain.ownership import ever_named
from alerting.domain.problem import ProblemSeverity
from alerting.domain.rule import Notify, RuleSet
from alerting.rulefile.lint import RuleProblem

#: What each of its codes means.
CODES: Final = {
    "no-address": "somebody is to be told but has no address",
    "same-mailbox": "two owners have one mailbox: each is told by a message of their own",
    "unusual-address": "an address that some servers cannot take",
}


def check(rules: RuleSet) -> Iterator[RuleProblem]:
    """Find owners who answer for something, are named by a rule or a digest, or have a role, and what ails their address."""
    told = _answering(rules) | {name for rule in rules.rules for name in _names(rule.notify)}
    told |= {name for digest in rules.digests for name in digest.to}
    known: dict[str, str] = {}
    for owner in rules.owners.values():
        if owner.email is not None:
            yield from _mailbox(owner.id, owner.email, known)
        by_address = any(rules.channels[id_].by_address for id_ in owner.channels if id_ in rules.channels)
        if owner.id in told and owner.email is None and by_address:
            yield RuleProblem(
                section="owners",
                id=owner.id,
                keys=("channels", "email"),
                code="no-address",
                message=f'"{owner.id}" is told by mail but has no address',
                fix="write `email:`",
                severity=ProblemSeverity.WARNING,
            )


def _mailbox(id_: str, address: str, known: dict[str, str]) -> Iterator[RuleProblem]:
    local, _, domain = address.rpartition("@")
    other = known.setdefault(f"{local.partition('+')[0].casefold()}@{domain}", id_)
    if other != id_:
        yield RuleProblem(
            section="owners",
            id=id_,
            keys=("email",),
            code="same-mailbox",
            message=f'"{id_}" and "{other}" have one mailbox, which gets the messages of both',
            fix="leave it if one post answers for both, or write one owner instead",
            severity=ProblemSeverity.NOTE,
        )
    if not local.isascii():
        yield RuleProblem(
            section="owners",
            id=id_,
            keys=("email",),
            code="unusual-address",
            message=f"mail to {address} needs a mail server with SMTPUTF8, for the letters before the @",
            fix="write the mailbox's other address, if it has one",
            severity=ProblemSeverity.WARNING,
        )


def _names(notify: Notify) -> set[str]:
    return {*notify.names, *(name for _, names in notify.by_area for name in names)}


def _answering(rules: RuleSet) -> set[str | None]:
    roles = rules.roles
    return {
        *(id_ for area in rules.areas.areas.values() for id_ in ever_named(area.owners)),
        *(id_ for topic in rules.topics.values() for id_ in ever_named(topic.owners)),
        *(id_ for measure in rules.measures.values() for id_ in ever_named(measure.owners)),
        *(source.owner for source in rules.sources.values()),
        *(roles.operator, roles.maintainer, roles.fallback),
    }
