"""Limits that take chance alone to be at work, on figures that vary more."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from alerting.app.authoring.figure_lint import JudgedFolder, of_rule
from alerting.conditions.composition import leaves
from alerting.domain.condition import LimitsMethod
from alerting.domain.panel import Block, Flags, Floats
from alerting.domain.problem import ProblemSeverity
from alerting.evaluation.engine import Verdicts
from alerting.limits.attribute_charts import CChart, LaneyChart
from alerting.limits.funnel import Funnel
from alerting.limits.overdispersion import FEWEST_FIGURES, counts_spread
from alerting.rulefile.lint import Remark

#: A chi-square above its 99.9 % point is rare by chance; among many series some are. More than one in so many are not.
ONE_IN = 50
#: What to write instead.
INSTEAD = {
    "p": "write `overdispersed: auto`", "u": "write `overdispersed: auto`",
    "funnel": "write `overdispersed: auto` (from 10 areas on)",
    "c": "take xmr limits, or u with a denominator and `overdispersed: auto`",
}  # fmt: skip


@dataclass(slots=True)
class _Found:
    """What one rule's limits meet on one measure."""

    method: str
    series: int = 0
    beyond: int = 0
    #: The most that figures of a series vary, as a multiple of what chance gives, and its area.
    worst: float = 0.0
    area: str = ""


def check(folder: JudgedFolder) -> Iterator[Remark]:
    """Find rules with plain c, u or p limits or a funnel on series that vary more than chance gives; say by how much."""
    found: dict[tuple[int, str], _Found] = {}
    for verdicts in folder.newest.verdicts:
        for method in {part.method for part in leaves((verdicts.group.condition,)) if _is_plain(part.method)}:
            assert method is not None
            _gather(found, verdicts, method)
    for (rule, measure), one in sorted(found.items()):
        if one.beyond * ONE_IN > one.series:
            message = f"{one.method} limits take chance alone to be at work, but {_how_much(folder, measure, one)}"
            watched, fix = folder.rules.measures[measure], INSTEAD[one.method]
            yield of_rule(folder.rules.rules[rule], watched, "overdispersed", message, fix, ProblemSeverity.NOTE)


def _is_plain(method: LimitsMethod | None) -> bool:
    """Whether a method takes chance alone to be at work."""
    return isinstance(method, CChart) or (isinstance(method, LaneyChart | Funnel) and method.overdispersed == "no")


def _gather(found: dict[tuple[int, str], _Found], verdicts: Verdicts, method: LimitsMethod) -> None:
    """Measure the series that were judged, and add them to what is found of their rules and measures."""
    dispersion, beyond, enough = _spread(method, verdicts.block)
    judged = enough if verdicts.counts is None else enough & verdicts.counts[-1]
    places = np.flatnonzero(judged)
    for place, member in zip(places.tolist(), verdicts.members_at(places), strict=True):
        one = found.setdefault((member.rule, member.measure.id), _Found(method.key))
        one.series += 1
        if beyond[place]:
            one.beyond += 1
            if dispersion[place] > one.worst:
                one.worst, one.area = float(dispersion[place]), verdicts.block.panel.areas[verdicts.column(place)]


def _spread(method: LimitsMethod, block: Block) -> tuple[Floats, Flags, Flags]:
    """Return per column how much figures vary as a multiple of chance, whether beyond it, and whether that can be said."""
    if isinstance(method, CChart):
        taken = method.members(block).taken
        assert taken is not None
        spread = counts_spread(np.where(taken, block.history(), np.nan))
        return spread.dispersion, spread.beyond_chance, spread.count >= FEWEST_FIGURES
    if isinstance(method, Funnel):
        dispersion, beyond = replace(method, overdispersed="auto").spread(block)
        return dispersion, beyond, dispersion == dispersion
    assert isinstance(method, LaneyChart)
    members = replace(method, overdispersed="auto").members(block)
    assert members.taken is not None and members.overdispersed is not None
    dispersion = members.numbers["dispersion"]
    return dispersion, members.overdispersed, (dispersion == dispersion) & (members.taken.sum(axis=0) >= FEWEST_FIGURES)


def _how_much(folder: JudgedFolder, measure: str, one: _Found) -> str:
    times = f"{one.worst:,.1f}".removesuffix(".0")
    area = folder.rules.areas[one.area].title
    if one.method == "funnel":
        return f"areas differ {times} times as much (mean z² of {measure} in {area} and its siblings): ordinary ones lie outside"
    which = f"in {area}" if one.series == 1 else f"in {one.beyond:,} of {one.series:,} series, most in {area}"
    more = f"{times} times as much (chi-square by its degrees of freedom)"
    return f"figures of {measure} vary {more} {which}: ordinary ones lie outside"
