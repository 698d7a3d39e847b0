"""How many exceptions chance alone would open by rules in a month, from the noise of their series."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date

import numpy as np

from alerting.domain.rule import RuleSet
from alerting.evaluation.budget.expected import ByChance as OfGroup
from alerting.evaluation.budget.expected import by_chance, sure
from alerting.evaluation.budget.kept import NOTHING_KEPT, KeepsRates
from alerting.figures.observations import Reading
from alerting.figures.panels import build_panels
from alerting.reports.rule_review import ByChance


def chance_by_rule(
    rules: RuleSet, reading: Reading, as_of: date, ids: Collection[str], kept: KeepsRates = NOTHING_KEPT
) -> Mapping[str, ByChance]:
    """Return what chance opens by each of some rules, by id; rules of which nothing can be told are left out."""
    tried = tuple(rule for rule in rules.rules if rule.id in ids)
    if not tried:
        return {}
    own = replace(rules, rules=tried)
    found: dict[str, list[tuple[float, float, float, int]]] = {}
    for one in by_chance(own, build_panels(reading, own, as_of).by_kind, as_of, kept=kept):
        for number, member in enumerate(one.group.members):
            end = int(one.group.ends[number])
            if (counted := _of_member(one, slice(end - member.size, end))) is not None:
                found.setdefault(tried[member.rule].id, []).append(counted)
    return {id_: _together(several) for id_, several in found.items()}


def _of_member(one: OfGroup, places: slice) -> tuple[float, float, float, int] | None:
    """Return openings, variance of the fits, what all series share, and the fewest figures; None where nothing is known."""
    known = np.isfinite(one.opens[places])
    if not known.any():
        return None
    opens, fit, shared = (plane[places][known].sum() for plane in (one.opens, one.fit, one.shared))
    return float(opens), float(fit), float(shared), int(one.figures[places][known].min())


def _together(several: list[tuple[float, float, float, int]]) -> ByChance:
    opens, fit, shared, figures = (np.array(column) for column in zip(*several, strict=True))
    error = float(sure(figures.min()[None])[0]) * float(np.sqrt(fit.sum() + shared.sum() ** 2))
    return ByChance(opens=float(opens.sum()), error=error)
