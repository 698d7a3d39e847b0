"""Limits that take chance alone to be at work, on figures that vary more."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from alerting.app.authoring.figure_lint import JudgedFolder, of_rule
from alerting.domain.limits_method import LimitsMethod
from alerting.domain.problem import ProblemSeverity
from alerting.evaluation.block_verdicts import BlockVerdicts
from alerting.rulefile.lint import RuleProblem

CODES: Final = {"overdispersed": "limits take chance alone to be at work, and the figures vary more than that"}

#: A chi-square above its 99.9 % point is rare by chance; among many series some are. More than one in so many are not.
ONE_IN = 50


@dataclass(slots=True)
class _Found:
    """What one rule's limits meet on one measure."""

    method: LimitsMethod
    series: int = 0
    beyond: int = 0
    #: The most that figures of a series vary, as a multiple of what chance gives, and its area.
    worst: float = 0.0
    area: str = ""


def check(folder: JudgedFolder) -> Iterator[RuleProblem]:
    """Find rules with plain c, u or p limits or a funnel on series that vary more than chance gives; say by how much."""
    found: dict[tuple[int, str], _Found] = {}
    for verdicts in folder.newest.verdicts:
        methods = {part.condition.method for part in verdicts.group.condition.plain_parts()}
        for method in methods:
            if method is not None and method.chance_alone:
                _gather(found, verdicts, method)
    for (rule, measure), one in sorted(found.items()):
        if one.beyond * ONE_IN > one.series:
            message = f"{one.method.key} limits take chance alone to be at work, but {_how_much(folder, measure, one)}"
            watched, fix = folder.rules.measures[measure], one.method.if_overdispersed
            yield of_rule(folder.rules.rules[rule], watched, "overdispersed", message, fix, ProblemSeverity.NOTE)


def _gather(found: dict[tuple[int, str], _Found], verdicts: BlockVerdicts, method: LimitsMethod) -> None:
    """Measure the series that were judged, and add them to what is found of their rules and measures."""
    spread = method.dispersion(verdicts.block)
    if spread is None:
        return
    judged = spread.known if verdicts.counts is None else spread.known & verdicts.counts[-1]
    places = np.flatnonzero(judged)
    for place, member in zip(places.tolist(), verdicts.members_at(places), strict=True):
        one = found.setdefault((member.rule, member.measure.id), _Found(method))
        one.series += 1
        if spread.beyond_chance[place]:
            one.beyond += 1
            if spread.times[place] > one.worst:
                one.worst, one.area = float(spread.times[place]), verdicts.block.panel.areas[verdicts.column(place)]


def _how_much(folder: JudgedFolder, measure: str, one: _Found) -> str:
    worst = round(one.worst, 1)
    times = f"{worst:,.0f}" if worst.is_integer() else f"{worst:,.1f}"
    area = folder.rules.areas[one.area].title
    if one.method.among_areas:
        return f"areas differ {times} times as much (mean z² of {measure} in {area} and its siblings): ordinary ones lie outside"
    which = f"in {area}" if one.series == 1 else f"in {one.beyond:,} of {one.series:,} series, most in {area}"
    more = f"{times} times as much (chi-square by its degrees of freedom)"
    return f"figures of {measure} vary {more} {which}: ordinary ones lie outside"
