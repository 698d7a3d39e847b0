"""Figures of several periods or areas that nothing says how to make: percents alone, numbers that may be amounts or levels."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from alerting.app.authoring.figure_lint import JudgedFolder, of_rule
from alerting.domain.aggregation import over_areas
from alerting.domain.measure import Measure, RollUp
from alerting.domain.panel import Panel
from alerting.domain.problem import ProblemSeverity
from alerting.domain.rule import Rule
from alerting.domain.spans import span_words
from alerting.rulefile.lint import RuleProblem

CODES: Final = {
    "printed-only": "a rule on a coarser period takes printed figures only: nothing says how others are made"
}

_SAY = "say `aggregate: sum`, `mean` or `last` on the measure, or give numerator and denominator"
_JUDGE_OWN = "leave every: out, so that the measure's own periods are judged, or give printed figures"
_SPANS = ("year_to_date", "rolling_12_months")


def check(folder: JudgedFolder) -> Iterator[RuleProblem]:
    """Ask of each measure with figures how those of several periods and areas are made; the figures say whether n/d come."""
    unmade = set()
    for id_, measure in folder.rules.measures.items():
        panel = folder.panels.by_kind.get(measure.every)
        own = None if panel is None else panel.columns.get(id_)
        if panel is None or own is None or not _came(panel, own):
            continue
        how = panel.aggregates.get(id_)
        parts = {name: plane[:, own] for name, plane in panel.planes.items() if name in ("numerator", "denominator")}
        has_parts = len(parts) == 2 and bool(np.isfinite(sum(parts.values())).any())
        if measure.roll_up is not RollUp.NONE and over_areas(measure, has_parts=has_parts) is None:
            message = (
                f"roll_up: {measure.roll_up.value} makes nothing of figures in the unit {measure.unit.value} alone"
            )
            yield _of_measure(measure, "roll_up", message, "write `roll_up: mean`, or give numerator and denominator")
        if how is None:
            unmade.add(id_)
            if measure.rolling is not None:
                message = "rolling: nothing says how figures of several periods are put together"
                yield _of_measure(measure, "rolling", message, _SAY)
    for rule in folder.rules.rules:
        yield from _of_rule(rule, [folder.rules.measures[id_] for id_ in rule.measures if id_ in unmade])
        yield from _never_made(folder, rule)


def _came(panel: Panel, own: slice) -> bool:
    """Whether any figure came, used or not."""
    kept = panel.reasons is not None and bool(panel.reasons[:, own].any())
    return kept or bool(np.isfinite(panel.shown[:, own]).any())


def _of_rule(rule: Rule, unmade: list[Measure]) -> Iterator[RuleProblem]:
    plain = [measure for measure in unmade if measure.covers is None]
    spans = [part.condition.versus for part in rule.when.plain_parts() if part.condition.versus in _SPANS]
    if plain and spans:
        message = f"versus: {spans[0]}: nothing says how figures of several periods of {plain[0].id} are put together"
        yield of_rule(rule, plain[0], "condition-does-not-fit", message, _SAY, ProblemSeverity.ERROR)
    coarser = [m for m in unmade if rule.every is not None and rule.every.rank > m.every.rank]
    if coarser and rule.every is not None:
        message = f"only printed figures of {coarser[0].id} are judged every {rule.every.value}: nothing says how they are made"
        yield of_rule(rule, coarser[0], "printed-only", message, _SAY, ProblemSeverity.NOTE, "every")


def _never_made(folder: JudgedFolder, rule: Rule) -> Iterator[RuleProblem]:
    """Find the first measure whose printed figures span several periods, so that coarser ones are not made, nor printed."""
    for id_ in rule.measures:
        measure = folder.rules.measures[id_]
        if measure.covers is None or rule.every is None or rule.every.rank <= measure.every.rank:
            continue
        panel = folder.panels.by_kind.get(rule.every)
        own = None if panel is None else panel.columns.get(id_)
        if panel is None or own is None or not np.isfinite(panel.shown[:, own]).any():
            span = span_words(measure.covers)
            message = f"no figure of {id_} is printed every {rule.every.value}, and one that covers {span} is never made of others"
            yield of_rule(rule, measure, "printed-only", message, _JUDGE_OWN, ProblemSeverity.NOTE, "every")
            return


def _of_measure(measure: Measure, key: str, message: str, fix: str) -> RuleProblem:
    return RuleProblem(
        section="measures",
        id=measure.item_of or measure.id,
        item=measure.item,
        keys=(key,),
        code="bad-value",
        message=message,
        fix=fix,
    )
