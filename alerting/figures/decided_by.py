"""What of a rules folder decides which figures are read, and how they stand in panels; thresholds, words and owners do not."""

from dataclasses import replace

from alerting.domain.columns_wanted import columns_wanted
from alerting.domain.measure import Measure
from alerting.domain.rule import RuleSet
from alerting.figures.contradictions import far_percents
from alerting.figures.making import columns_along

#: A measure without what only judges its figures, tells of them or says where it stands.
_UNSAID = {
    "sentence": None, "target": None, "called": "", "owners": (), "link": None, "short": None, "good_looks_like": None,
    "where": "",
}  # fmt: skip


def decided_by(rules: RuleSet) -> tuple[object, ...]:
    """Return what decides about the figures of a folder: where it is equal, all sources give the same, and panels are the same.

    Places in rule files are left out: a problem of the one names those of the other.
    """
    return (
        rules.calendar,
        tuple(replace(area, owners=()) for area in rules.areas.areas.values()),
        tuple(map(_figures_of, rules.measures.values())),
        {source.id: replace(source, owner=None, place=None) for source in rules.sources.values()},
        (rules.holds, rules.breaks, rules.exclusions),
        # What rules ask for: other periods, columns; and how far from nought percents must lie.
        {(id_, rule.every) for rule in rules.rules if rule.every is not None for id_ in rule.measures},
        columns_wanted(rules),
        columns_along(rules),
        far_percents(rules),
    )


def _figures_of(measure: Measure) -> Measure:
    return replace(measure, **_UNSAID)  # type: ignore[arg-type]  # each by its name
