"""Several places that judge for one state by different rules: the older ones wait, else each would correct the other."""

from dataclasses import replace
from datetime import datetime, timedelta

from alerting.domain.replicas import as_met, newer_than
from alerting.domain.rule import RuleSet
from alerting.errors import UsageError
from alerting.ports import Transaction


def refuse_older_rules(
    rules: RuleSet, state: Transaction, place: str | None, at: datetime, *, keep: bool = True
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
    known, version = state.rules_in_use(), rules.version
    mine = as_met(place, version, at, known, state.first_judged_by(version))
    newer = newer_than(mine, known)
    if newer is not None:
        raise UsageError(
            f"the rules in {place} are older than those in {newer.place}, which judge for the same state since"
            f" {newer.since:%Y-%m-%d %H:%M} UTC; bring this folder up to date, or, to go back to its rules, run"
            " `alerting accept` on it"
        )
    if keep:
        state.save_rules_in_use(mine)


def take_over(rules: RuleSet, state: Transaction, place: str, at: datetime) -> str | None:
    """Put a place's rules in force though another one's are newer; return that other place, None where none is."""
    known, version = state.rules_in_use(), rules.version
    mine = as_met(place, version, at, known, state.first_judged_by(version))
    newer = newer_than(mine, known)
    if newer is None:
        return None
    since = max(at, newer.since + timedelta(microseconds=1))
    state.save_rules_in_use(replace(mine, since=since, seen=max(mine.seen, since)))
    return newer.place
