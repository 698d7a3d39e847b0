"""Clauses on an area among areas of its kind."""

from alerting.wording.facts import Facts
from alerting.wording.numbers import ordinal


def ranked(facts: Facts, *, short: bool = False) -> str:
    """, 7th of 8 areas, where 1st is best."""
    evidence = facts.finding.evidence
    place, areas = evidence.get("place"), evidence.get("areas_compared")
    if place is None or areas is None:
        return ""
    which = f", {ordinal(int(place))} of {int(areas):,} areas"
    return which if short else f"{which}, where first is best"


def outlier(facts: Facts, *, short: bool = False) -> str:
    """, significantly above what is usual among areas of its kind: 38%, and up to 45% for one of its size."""
    finding = facts.finding
    value, lower, upper = finding.value, finding.lower, finding.upper
    if value is None or finding.centre is None or lower is None or upper is None:
        return ""
    usual = f"what is usual among areas of its kind: {facts.beside(finding.centre)}"
    for side, limit, beyond in (("above", upper, value > upper), ("below", lower, value < lower)):
        if beyond and short:
            return f", {side} {facts.beside(limit)}, the limit among areas of its kind"
        if beyond:
            reach = "up to" if side == "above" else "down to"
            return f", significantly {side} {usual}, and {reach} {facts.beside(limit)} for one of its size"
    if short:
        return f", within what is usual among areas of its kind ({facts.beside(lower)} to {facts.beside(upper)})"
    return f", within {usual}, and {facts.beside(lower)} to {facts.beside(upper)} for one of its size"
