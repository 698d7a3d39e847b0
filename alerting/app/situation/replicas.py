"""Several places that judge for one state by different rules: the older ones wait, else each would correct the other."""

from dataclasses import replace
from datetime import datetime, timedelta

from alerting.domain.replicas import as_met, newer_than
from alerting.domain.rule import RuleSet
from alerting.errors import UsageError
from alerting.ports.state import Transaction
from alerting.ports.ticks import ReplicaBook


def refuse_older_rules(
    rules: RuleSet, replicas: ReplicaBook, place: str | None, at: datetime, *, keep: bool = True
) -> None:
    """Remember by which rules a place judges; where newer ones are in force elsewhere, it waits for them.

    Args:
        place: None of what is tried out and kept nowhere.
        keep: remember it: its rules are in force.

    Raises:
        UsageError: the rules of another place are newer.
    """
    if place is None:
        return
    known, version = replicas.rules_in_use(), rules.version
    mine = as_met(place, version, at, known, replicas.first_judged_by(version))
    newer = newer_than(mine, known)
    if newer is not None:
        raise UsageError(
            f"the rules in {place} are older than those in {newer.place}, which judge for the same state since"
            f" {newer.since:%Y-%m-%d %H:%M} UTC; bring this folder up to date, or, to go back to its rules, run"
            " `alerting accept` on it"
        )
    if keep:
        replicas.save(mine)


def refuse_anothers_state(rules: RuleSet, state: Transaction, place: str) -> None:
    """Make sure that a state was not made by quite other rules elsewhere: all that stands there would be withdrawn.

    Raises:
        UsageError: it was, and nobody has accepted these rules in their place.
    """
    if (other := _made_elsewhere(rules, state, place)) is not None:
        raise UsageError(
            f"this state was made by the rules in {other}, of which this folder has none: what is open there would be"
            " withdrawn. Give this folder a state of its own (ALERTING_STATE_DIR, or ALERTING_DATABASE_URL), or, if it"
            " takes the place of the other, run `alerting accept` on it"
        )


def _made_elsewhere(rules: RuleSet, state: Transaction, place: str) -> str | None:
    """Return the place that last judged for a state of which none was judged by any of these rules; None where some was."""
    known = state.replicas.rules_in_use()
    if not known or any(one.place == place for one in known):
        return None
    judged, renamed = state.ticks.watched(), rules.renamed
    here = {(rule.id, measure) for rule in rules.rules for measure in rule.measures}
    if not judged or any((renamed.get(rule, rule), measure) in here for rule, measure in judged):
        return None
    return max(known, key=lambda one: one.seen).place


def take_over(rules: RuleSet, state: Transaction, place: str, at: datetime) -> str | None:
    """Put a place's rules in force though another one's are newer, or are quite others; return that place, None: none is."""
    known, version = state.replicas.rules_in_use(), rules.version
    mine = as_met(place, version, at, known, state.replicas.first_judged_by(version))
    newer = newer_than(mine, known)
    if newer is None:
        if (other := _made_elsewhere(rules, state, place)) is not None:
            state.replicas.save(mine)
        return other
    since = max(at, newer.since + timedelta(microseconds=1))
    state.replicas.save(replace(mine, since=since, seen=max(mine.seen, since)))
    return newer.place
