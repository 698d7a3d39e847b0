"""Of which areas there are figures of a measure; where its source could not be read, any may have some."""

from collections.abc import Iterator

import numpy as np

from alerting.app.authoring.diff.owner_changes import Reporting
from alerting.domain.measure import RollUp
from alerting.domain.rule import RuleSet
from alerting.figures.observations import Reading


def reporting(reading: Reading, rules: RuleSet) -> Reporting:
    """Return the areas by measure: those with figures, with the parents and the ratios that are made of them.

    Of a source that could not be read it is not known: all areas.
    """
    measures, areas = list(rules.measures), list(rules.areas.areas)
    found: dict[str, set[str]] = {}
    for place, area in _pairs(reading, len(areas)):
        found.setdefault(measures[place], set()).add(areas[area])
    found |= {id_: set(areas) for id_, measure in rules.measures.items() if measure.source in reading.failed}
    for id_, measure in rules.measures.items():
        if measure.of is not None and id_ not in found:
            parts = (found.get(part, set()) for part in (measure.of.numerator, measure.of.denominator))
            found[id_] = set.intersection(*parts)
    return {
        id_: frozenset(own) if rules.measures[id_].roll_up is RollUp.NONE else rules.areas.with_parents(frozenset(own))
        for id_, own in found.items()
    }


def _pairs(reading: Reading, n_areas: int) -> Iterator[tuple[int, int]]:
    """Yield the places of measures and areas that any row is of, each pair once for a source."""
    for read in reading.observations:
        series = np.unique(read.measure.astype(np.int64) * max(n_areas, 1) + read.area)
        for one in series.tolist():
            yield divmod(one, max(n_areas, 1))
