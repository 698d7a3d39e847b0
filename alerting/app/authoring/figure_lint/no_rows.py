"""Measures that rules watch and of which their source has no figure at all."""

from collections.abc import Iterator

import numpy as np

from alerting.app.authoring.figure_lint import JudgedFolder
from alerting.domain.measure import Measure
from alerting.domain.problem import ProblemSeverity
from alerting.rulefile.lint import RuleProblem


def check(folder: JudgedFolder) -> Iterator[RuleProblem]:
    """Find sources that are read but give nothing for a measure: mostly another name stands in them. A family's items once."""
    watched = {id_ for rule in folder.rules.rules for id_ in rule.measures}
    given = _given(folder)
    if not given:
        return  # a folder without figures yet: sources that give nothing are named by themselves
    read = {observations.source for observations in folder.reading.observations if len(observations.measure)}
    seen: set[str] = set()
    for measure in folder.rules.measures.values():
        if measure.id not in watched or measure.source not in read or measure.id in given:
            continue
        family = measure.item_of or measure.id
        if family not in seen:
            seen.add(family)
            yield _remark(measure, family)


def _given(folder: JudgedFolder) -> set[str]:
    """Return the measures that any source has a row of."""
    ids = list(folder.rules.measures)
    places = [np.unique(observations.measure) for observations in folder.reading.observations]
    return {ids[place] for several in places for place in several.tolist()}


def _remark(measure: Measure, family: str) -> RuleProblem:
    return RuleProblem(
        section="measures",
        id=family,
        item=measure.item,
        keys=("source",),
        code="no-figures",
        message=f'source "{measure.source}" has no row of "{measure.id}", by its id or title',
        fix="write its id or title into the rows, or map the source's own name under `names:`",
        severity=ProblemSeverity.WARNING,
    )
