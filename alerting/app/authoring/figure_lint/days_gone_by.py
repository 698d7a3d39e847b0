"""Silences and meetings that lie in the past, and owners who are away without anybody in their place."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from alerting.app.authoring.figure_lint import JudgedFolder
from alerting.domain.problem import ProblemSeverity
from alerting.domain.rule import Owner, RuleSet
from alerting.rulefile.lint import RuleProblem

#: What each of its codes means.
CODES: Final = {
    "nobody-there": "an owner is away, and whoever would be told instead is too, or there is nobody",
    "no-more-dates": "figures of a measure are due on given dates, and the last of them is past",
    "past-meetings": "a digest before meetings of which none is to come",
    "past-silence": "a silence that is over",
}

#: An absence that nobody needs to stand in for.
SHORT = timedelta(days=7)


def check(folder: JudgedFolder) -> Iterator[RuleProblem]:
    """Hold days against the one that the folder is checked as of."""
    rules, today = folder.rules, folder.as_of
    for digest in rules.digests:
        if digest.meetings and max(digest.meetings) < today:
            message = f"its last meeting was on {max(digest.meetings)}: it is not made any more"
            yield _remark("digests", digest.id, ("meetings",), "past-meetings", message, "write down the next meetings")
    for silence in rules.silences:
        if silence.until is not None and silence.until < today:
            message = f"it ended on {silence.until}"
            yield _remark(
                "silences", silence.id, ("until",), "past-silence", message, "remove it", ProblemSeverity.NOTE
            )
    for measure in rules.measures.values():
        dates = [one.dates[-1] for one in (measure.expected.each if measure.expected else ()) if one.dates]
        if dates and min(dates) < today:
            message = f"its figures were due on given dates, the last of them {min(dates)}: nothing is late any more"
            id_ = measure.item_of or measure.id
            yield _remark("measures", id_, ("expected",), "no-more-dates", message, "write down the next dates")
    for owner in rules.owners.values():
        yield from _left_alone(owner, rules, today)


def _left_alone(owner: Owner, rules: RuleSet, today: date) -> Iterator[RuleProblem]:
    """Find an absence, now or to come, in which neither a deputy nor a deputy's deputy is there; the first one."""
    for away in owner.away:
        if away.until < today or away.until - away.since < SHORT:
            continue
        line = _line(owner, rules)
        if not line:
            message = f"away from {away.since} until {away.until} without a deputy: messages wait unread"
            yield _remark("owners", owner.id, ("away",), "nobody-there", message, "name a deputy")
            return
        day = max(away.since, today)
        if all(any(other.since <= day <= other.until for other in one.away) for one in line):
            names = " and ".join(one.id for one in line)
            message = f"away on {day}, and so is {names} in their place"
            yield _remark("owners", owner.id, ("away",), "nobody-there", message, "name a deputy who is there")
            return


def _line(owner: Owner, rules: RuleSet) -> list[Owner]:
    """Return an owner's deputy and the deputy's deputy, as those are told instead."""
    found: list[Owner] = []
    current = rules.owners.get(owner.deputy or "")
    while current is not None and current is not owner and current not in found and len(found) < 2:
        found.append(current)
        current = rules.owners.get(current.deputy or "")
    return found


def _remark(
    section: str,
    id_: str,
    keys: tuple[str, ...],
    code: str,
    message: str,
    fix: str,
    severity: ProblemSeverity = ProblemSeverity.WARNING,
) -> RuleProblem:
    return RuleProblem(section=section, id=id_, keys=keys, code=code, message=message, fix=fix, severity=severity)
