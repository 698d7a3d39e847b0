"""Conditions that look at the good side of a measure: the exception would be what is wanted."""

from collections.abc import Callable, Iterator, Mapping

from alerting.conditions.band import InBand
from alerting.conditions.composition import Composition, Not
from alerting.conditions.reduction_missed import ReductionMissed
from alerting.conditions.target_missed import TargetMissed
from alerting.conditions.trajectory import AboveTrajectory, BelowTrajectory
from alerting.conditions.will_miss import WillMiss
from alerting.domain.condition import Condition
from alerting.domain.measure import Measure, Polarity
from alerting.domain.problem import ProblemSeverity
from alerting.domain.rule import Rule, RuleSet, SeverityBySide
from alerting.rulefile.lint import Remark


def check(rules: RuleSet) -> Iterator[Remark]:
    """Hold each condition's bad side against the measure's `better`; once a rule."""
    for rule in rules.rules:
        for id_ in rule.measures:
            measure = rules.measures[id_]
            found = next(iter(_wrong(rule, measure)), None)
            if found is not None:
                yield _remark(rule, measure, *found)
                break


def _wrong(rule: Rule, measure: Measure) -> Iterator[tuple[str, str]]:
    """Yield what is wrong of a rule on a measure, with what to do about it."""
    if measure.better is Polarity.NEITHER:
        if isinstance(rule.severity, SeverityBySide):
            yield (
                "neither side of it is worse, so severity: {worse, better} cannot tell them apart",
                "write one severity",
            )
        return
    low_is_bad = measure.better is Polarity.HIGHER
    for condition in _straight(rule.when):
        side = _BAD_SIDE.get(type(condition), _no_side)(condition)
        if side is not None and side[0] != low_is_bad:
            yield side[1], side[2]


def _straight(condition: Condition) -> Iterator[Condition]:
    """Yield plain conditions; what stands under `not` is turned round on purpose."""
    if isinstance(condition, Composition):
        for part in condition.parts:
            yield from _straight(part)
    elif not isinstance(condition, Not):
        yield condition


#: Whether low values are what a condition finds, what it then says of the measure, and the fix; None: it has no side.
Side = tuple[bool, str, str] | None


def _no_side(_: Condition) -> Side:
    return None


def _level(condition: Condition) -> Side:
    assert isinstance(condition, TargetMissed | WillMiss)
    if condition.at_least is not None:
        return True, "at_least finds low values", "write at_most, or mend better: of the measure"
    if condition.at_most is not None:
        return False, "at_most finds high values", "write at_least, or mend better: of the measure"
    return None  # the measure's own target, by its own better side


def _trajectory(condition: Condition) -> Side:
    if isinstance(condition, BelowTrajectory):
        return True, "below_trajectory finds low values", "write above_trajectory, or mend better: of the measure"
    return False, "above_trajectory finds high values", "write below_trajectory, or mend better: of the measure"


def _band(condition: Condition) -> Side:
    assert isinstance(condition, InBand)
    worst = condition.bands[0]
    if (worst.at_least is None) == (worst.below is None):
        return None  # the worst lies between: neither end is bad
    fix = "list the bands worst first, or mend better: of the measure"
    return worst.at_least is None, f'"{worst.name}", the first and so the worst band, lies at the good end', fix


def _reduction(_: Condition) -> Side:
    return False, "reduction_missed wants it to fall", "use change with falls_by, or mend better: of the measure"


_BAD_SIDE: Mapping[type, Callable[[Condition], Side]] = {
    TargetMissed: _level,
    WillMiss: _level,
    BelowTrajectory: _trajectory,
    AboveTrajectory: _trajectory,
    InBand: _band,
    ReductionMissed: _reduction,
}


def _remark(rule: Rule, measure: Measure, what: str, fix: str) -> Remark:
    better = f"{measure.better.value} is better of" if measure.better is not Polarity.NEITHER else "better: neither of"
    return Remark(
        section="rules",
        id=rule.id,
        keys=("severity", "when") if measure.better is Polarity.NEITHER else ("when",),
        code="wrong-side",
        message=f'{better} "{measure.id}", and {what}',
        fix=fix,
        severity=ProblemSeverity.WARNING,
        rests_on=frozenset({("measures", measure.item_of or measure.id)}),
    )
