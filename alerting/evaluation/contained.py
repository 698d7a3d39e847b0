"""Judging so that an exception nobody foresaw stops one rule on one measure, and no other."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from alerting.domain.fault import Faults, Work
from alerting.domain.rule import Rule
from alerting.evaluation.groups import ColumnSet, Group, Member, column_sets

T = TypeVar("T")


def work_of(rule: Rule, done: str) -> Work:
    """Return what is done with a rule as a unit of work."""
    return Work(sort="rule", id=rule.id, done=done, place=rule.place, rule=rule.id)


def judged_apart(
    shared: ColumnSet, judge: Callable[[ColumnSet], Iterable[T]], rules: Sequence[Rule], faults: Faults
) -> list[T]:
    """Judge groups together; where that raises, in halves, down to the rule on a measure that cannot be judged.

    Args:
        judge: judges all that it is given in one call.
        rules: those of the set, by place.
        faults: where what was stopped is noted; also that rules fail together of which none fails alone.
    """
    members = [(group, member) for group in shared.groups for member in group.members]
    names = list(dict.fromkeys(rules[member.rule].id for _, member in members))
    alone = len(members) == 1
    done = "judged" if alone or len(names) == 1 else f"judged together with {len(names) - 1} more, and was judged alone"
    tried, first = Faults(), rules[members[0][1].rule]
    found = tried.attempt(work_of(first, done), lambda: list(judge(shared)))
    if found is not None:
        return found
    if alone:
        faults.take(tried)
        return []
    half, inner = len(members) // 2, Faults()
    parts = [part for some in (members[:half], members[half:]) for part in _regrouped(some)]
    apart = [one for part in parts for one in judged_apart(part, judge, rules, inner)]
    faults.take(inner or tried)  # else they fail together and not apart
    return apart


def _regrouped(members: Sequence[tuple[Group, Member]]) -> list[ColumnSet]:
    """Return groups of some members only, each of those of one group."""
    groups: dict[int, Group] = {}
    for group, member in members:
        groups.setdefault(id(group), Group(group.kind, group.clamp)).members.append(member)
    return column_sets(list(groups.values()))
