"""Owners who stand in for each other: while both are away, nobody does."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from alerting.domain.problem import ProblemSeverity
from alerting.domain.rule import Owner, RuleSet
from alerting.rulefile.lint import RuleProblem

CODES: Final = {"deputies-in-a-circle": "owners who stand in for each other, so that nobody does while all are away"}


def check(rules: RuleSet) -> Iterator[RuleProblem]:
    """Follow each owner's deputies: a circle is a note, one whose members are away on the same day a warning; once a circle."""
    seen: set[frozenset[str]] = set()
    for owner in rules.owners.values():
        circle = _circle(owner, rules)
        ids = frozenset(one.id for one in circle)
        if not circle or ids in seen:
            continue
        seen.add(ids)
        names = " and ".join(one.id for one in circle)
        day = _all_away(circle)
        when = f"on {day} all of them are away" if day else "while all of them are away nobody is told in their place"
        yield RuleProblem(
            section="owners",
            id=owner.id,
            keys=("away", "deputy") if day else ("deputy",),
            code="deputies-in-a-circle",
            message=f"{names} are deputies of each other; {when}",
            fix="give one of them a deputy outside the circle",
            severity=ProblemSeverity.WARNING if day else ProblemSeverity.NOTE,
            rests_on=frozenset(("owners", id_) for id_ in ids),
        )


def _circle(owner: Owner, rules: RuleSet) -> list[Owner]:
    """Return the owners on the way from one by their deputies back to itself; empty where there is no way back."""
    way, current = [owner], rules.owners.get(owner.deputy or "")
    while current is not None and current not in way:
        way.append(current)
        current = rules.owners.get(current.deputy or "")
    return way if current is owner and len(way) > 1 else []


def _all_away(circle: list[Owner]) -> date | None:
    """Return the first day on which every one is away; None where there is none."""
    starts = sorted(away.since for owner in circle for away in owner.away)
    return next((day for day in starts if all(_is_away(owner, day) for owner in circle)), None)


def _is_away(owner: Owner, day: date) -> bool:
    return any(away.since <= day <= away.until for away in owner.away)
