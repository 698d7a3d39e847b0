"""Clauses on an area among areas of its kind."""

from alerting.wording.clause import Clause
from alerting.wording.facts import Facts
from alerting.wording.numbers import place_before, placed


def ranked(facts: Facts, *, short: bool = False) -> Clause:
    """, joint 7th of 8 areas, was 6th, where 1st is best."""
    evidence = facts.finding.evidence
    place, areas = evidence.get("place"), evidence.get("areas_compared")
    if place is None or areas is None:
        return Clause()
    which = f", {placed(evidence)} of {int(areas):,} areas{place_before(evidence)}"
    return Clause(which if short else f"{which}, where 1st is best")


def outlier(facts: Facts, *, short: bool = False) -> Clause:
    """, significantly above the average of 38% among areas of its kind (upper limit 45% for its size)."""
    finding = facts.finding
    value, lower, upper = finding.value, finding.lower, finding.upper
    if value is None or finding.centre is None or lower is None or upper is None:
        return Clause()
    among = "among areas of its kind"
    for side, which, limit, beyond in (
        ("above", "upper", upper, value > upper),
        ("below", "lower", lower, value < lower),
    ):
        if not beyond:
            continue
        if short:
            return Clause(f", {side} the {which} limit of {facts.beside(limit)} {among}")
        average = f"the average of {facts.beside(finding.centre)} {among}"
        limited = f"({which} limit {facts.beside(limit)} for its size)"
        return Clause(f", significantly {side} {average} {limited}", names_average=True)
    size = "" if short else " for its size"
    return Clause(f", within what is usual {among} ({facts.beside(lower)} to {facts.beside(upper)}{size})")
