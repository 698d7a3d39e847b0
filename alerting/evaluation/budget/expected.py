"""How many alerts chance alone would open: of each rule on each series, with how sure that is."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from alerting.domain.answers import Chance
from alerting.domain.arrays import Floats, Index
from alerting.domain.condition import Condition
from alerting.domain.panel import Panel
from alerting.domain.period import PeriodKind
from alerting.domain.rule import RuleSet
from alerting.evaluation.budget.kept import NOTHING_KEPT, KeepsRates, decided_by
from alerting.evaluation.budget.likeness import likeness_weights
from alerting.evaluation.budget.noise import MOST_DAYS, MOST_FIGURES, Noise
from alerting.evaluation.budget.shapes import LONGEST, GroupSeries, Shape
from alerting.evaluation.budget.trial import PLANES, Rates, tried, tried_together
from alerting.evaluation.budget.worlds import LIKENESS, worlds
from alerting.evaluation.groups import Group, compiled
from alerting.evaluation.rows import JudgedRows

#: Periods to come that openings are counted in: mostly a year.
HORIZON = {PeriodKind.DAY: 91, PeriodKind.WEEK: 52, PeriodKind.MONTH: 12, PeriodKind.QUARTER: 8, PeriodKind.YEAR: 4}
#: Periods a month has.
A_MONTH = {
    PeriodKind.DAY: 365.25 / 12,
    PeriodKind.WEEK: 365.25 / 84,
    PeriodKind.MONTH: 1.0,
    PeriodKind.QUARTER: 1 / 3,
    PeriodKind.YEAR: 1 / 12,
}
#: An error is printed as so wide that the truth lies within it in so many cases of all, each side apart.
SURE = 0.985
#: Level, spread and likeness are fitted, so that of n figures n - 3 are free.
FITTED = 3
#: The likeness of figures that have nothing to do with one another.
INDEPENDENT = LIKENESS.index(0.0)
#: Of so many series together the likeness is known no better than of fewer: what they have in common they are wrong in together.
TELL = 20
#: Worlds of rare events, which are looked at over three years of days.
MOST_OF_RARE = 48
#: Periods to come in which areas are tried beside one another, at most.
TOGETHER = 12
#: Worlds tried of each likeness: so many for a group's shapes together, and at least and at most for one.
WORLDS, FEWEST_WORLDS, MOST_WORLDS = 1_200, 96, 400


@dataclass(frozen=True, kw_only=True, eq=False)
class ByChance:
    """What chance alone does by the rules of one group, per place among the group's columns, in a month.

    NaN where a series is too short for its noise to be known, or where chance cannot be told of the condition.
    """

    group: Group
    #: Area ids.
    areas: Sequence[str]
    opens: Floats
    outside: Floats
    #: Variance of `opens` that comes of each series' own fit.
    fit: Floats
    #: Deviation of `opens` that all series share: of the simulation, and of what is known of likeness beforehand.
    shared: Floats
    #: How many figures each fit is made of.
    figures: Index

    def error(self) -> Floats:
        """Return the error of `opens` of each series by itself, as it is printed."""
        return sure(self.figures) * np.sqrt(self.fit + self.shared**2)


def sure(figures: Index) -> Floats:
    """Return how many deviations an error is printed as: more where the deviation itself is fitted to few figures."""
    from scipy.special import stdtrit

    # Asked once for each number: there are mostly few, and a quantile takes its time.
    free, which = np.unique(np.maximum(figures - FITTED, 1), return_inverse=True)
    found: Floats = stdtrit(free, SURE)[which]
    return found


def by_chance(
    rules: RuleSet,
    panels: Mapping[PeriodKind, Panel],
    as_of: date,
    *,
    only: Iterable[str] | None = None,
    kept: KeepsRates = NOTHING_KEPT,
) -> Iterator[ByChance]:
    """Yield what chance alone does, group by group; rules that are over are left out.

    Args:
        only: the ids of the rules that are asked for; None: all.
        kept: what knows the rates that worlds showed before.
    """
    fitted: dict[int, tuple[Noise, Floats]] = {}
    for shared in compiled(rules, panels, only):
        panel = panels[shared.first.kind]
        rows = JudgedRows(panel, rules.measures, as_of, frozenset())
        own = panel if shared.first.days is None else panel.daily(shared.first.days)
        if id(own) not in fitted:
            noise = Noise.of(own, LONGEST[own.kind])
            fitted[id(own)] = noise, likeness_weights(noise.figures, noise.autocorrelation)
        for group in shared.groups:
            if group.clamp[1] == panel.n_periods - 1:
                noise, weights = fitted[id(own)]
                if (
                    group.view is not None
                ):  # what comes between events is told by how often they come, whatever came before
                    noise, weights = Noise.of(own, MOST_DAYS), _each_by_itself(weights)
                yield _of_group(GroupSeries(group, rows, rules.rules, noise, own), weights, kept)


def _each_by_itself(weights: Floats) -> Floats:
    """Return the weights of figures that have nothing to do with one another."""
    found = np.zeros_like(weights)
    found[:, INDEPENDENT] = 1.0
    return found


def _of_group(series: GroupSeries, weights: Floats, kept: KeepsRates) -> ByChance:
    group, figures = series.group, np.minimum(series.figures, MOST_FIGURES)
    if group.is_freshness:
        return _all(series, figures, 0.0)
    parts = [part.condition for part in group.condition.plain_parts()]
    if any(map(_is_untold, parts)):
        return _all(series, figures, np.nan)
    if any(map(_is_among_areas, parts)):
        return _of_areas(series, weights, kept)
    shaped = series.shaped()
    if not shaped.shapes:
        return _all(series, figures, np.nan)
    rates = _rates(series, shaped.shapes, kept)
    _correct(rates, shaped.shapes, group.condition.chances.get(group.kind))
    return _weighed(series, rates, shaped.which, weights[series.columns])


def _rates(series: GroupSeries, shapes: Sequence[Shape], kept: KeepsRates) -> Rates:
    """Try shapes in worlds, unless that was done before."""
    rare = series.group.view is not None  # events that come each by itself
    size = min(max(WORLDS // len(shapes), FEWEST_WORLDS), MOST_WORLDS)
    figures, periods = max(shape.figures for shape in shapes), HORIZON[series.panel.kind]

    if rare:
        size = min(size, MOST_OF_RARE)

    def make() -> Rates:
        made = worlds(figures, periods, size)
        if not rare:
            return tried(series.group, series.panel, shapes, made)
        found = tried(series.group, series.panel, shapes, made.of(0.0))
        return Rates(**{name: getattr(found, name).repeat(len(LIKENESS), axis=1) for name in PLANES})

    name = decided_by(series.group, series.panel, shapes, figures, periods, size)
    return make() if name is None else kept.rates(name, len(shapes), make)


def _is_untold(condition: Condition) -> bool:
    """Say whether nothing is known of what chance does by a condition or its limits."""
    method = condition.method
    return not condition.chance_known or (method is not None and not method.chance_known)


def _is_among_areas(condition: Condition) -> bool:
    return condition.among_areas or (condition.method is not None and condition.method.among_areas)


def _of_areas(series: GroupSeries, weights: Floats, kept: KeepsRates) -> ByChance:
    """Try areas beside one another, those too that the rules do not watch: each measure by itself."""
    group, panel = series.group, series.panel
    if any(part.condition.compares_periods or part.condition.looks_back > 1 for part in group.condition.plain_parts()):
        return _all(series, np.minimum(series.figures, MOST_FIGURES), np.nan)
    planes = {name: np.full((group.size, len(LIKENESS)), np.nan) for name in PLANES}
    for member, end in zip(group.members, group.ends.tolist(), strict=True):
        whole = panel.columns[member.measure.id]
        every = Group(group.kind, group.clamp, [replace(member, columns=whole)])
        shaped = GroupSeries(every, series.rows, series.rules, series.noise, panel).each()
        own = shaped.which[member.indices - whole.start]
        if not len(shaped.shapes):
            continue
        rates = _kept_rates(every, panel, shaped.shapes, kept)
        for name, plane in planes.items():
            plane[end - member.size : end] = np.where(own[:, None] >= 0, getattr(rates, name)[own], np.nan)
    which = np.where(np.isnan(planes["opens"]).any(axis=1), -1, np.arange(group.size))
    return _weighed(series, Rates(**planes), which, weights[series.columns])


def _kept_rates(group: Group, panel: Panel, shapes: Sequence[Shape], kept: KeepsRates) -> Rates:
    """Try areas beside one another, unless that was done before."""
    periods = min(HORIZON[panel.kind], TOGETHER)

    def make() -> Rates:
        return tried_together(group, panel, shapes, periods)

    name = decided_by(group, panel, shapes, 0, periods, 0)
    return make() if name is None else kept.rates(name, len(shapes), make)


def _correct(rates: Rates, shapes: Sequence[Shape], exactly: Chance | None) -> None:
    """Put what is known exactly of independent figures in place of what was counted, and the other likenesses in proportion."""
    for place, shape in enumerate(shapes):
        if exactly is None or not shape.is_plain or shape.figures < exactly.figures:
            continue
        for line, known in ((rates.opens, exactly.opens), (rates.outside, exactly.outside)):
            counted = line[place, INDEPENDENT]
            line[place] *= known / counted if counted else 1.0
            line[place, INDEPENDENT] = known
        rates.simulation[place, INDEPENDENT] = 0.0


def _all(series: GroupSeries, figures: Index, number: float) -> ByChance:
    """Say the same of all of a group's series."""
    line = np.full(series.group.size, number)
    return ByChance(
        group=series.group, areas=series.areas, opens=line, outside=line, fit=line, shared=line, figures=figures
    )


def _weighed(series: GroupSeries, rates: Rates, which: Index, weights: Floats) -> ByChance:
    """Weigh the rates of each series' shape by how likely each likeness is."""
    known, a_month = which >= 0, A_MONTH[series.panel.kind]
    own, known_which = weights[known], which[known]

    def weighed(line: Floats) -> Floats:
        found: Floats = (own * line[known_which]).sum(axis=1)
        return found

    def spread(line: Floats) -> Floats:
        found = np.full(len(which), np.nan)
        found[known] = line
        return found

    opens = weighed(rates.opens)
    apart = (own * (rates.opens[known_which] - opens[:, None]) ** 2).sum(axis=1)
    simulation = weighed(np.sqrt(rates.simulation))  # likenesses share their shocks: they are off together
    shared = np.hypot(simulation, np.sqrt(apart / min(max(int(known.sum()), 1), TELL)))
    return ByChance(
        group=series.group,
        areas=series.areas,
        figures=np.minimum(series.figures, MOST_FIGURES),
        opens=spread(opens * a_month),
        outside=spread(weighed(rates.outside) * a_month),
        fit=spread((apart + weighed(rates.between)) * a_month**2),
        shared=spread(shared * a_month),
    )
