"""Rules changed on purpose, in one place each, so that it shows whether a test would notice."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from alerting.app.authoring.key_variants import key_variants
from alerting.app.authoring.printed_figures import plain
from alerting.app.authoring.variants import Steps, Variant, level_variants, other_sides, variants_of
from alerting.conditions.base import in_words
from alerting.domain.condition import Below
from alerting.domain.measure import Measure
from alerting.domain.notify.recipients import AREA_OWNER, MEASURE_OWNER, recipients
from alerting.domain.rule import Notify, Rule, RuleSet, Status, side_is_worse
from alerting.domain.severity import Severity, SeverityBySide

_OTHER_ROLE = {AREA_OWNER: MEASURE_OWNER, MEASURE_OWNER: AREA_OWNER}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A rule set with one change: where it is written (section, id, keys below it), what stood there and stands there now."""

    rules: RuleSet
    #: The rule that it is about.
    rule: Rule
    section: str
    id: str
    keys: Below
    was: str
    now: str

    @property
    def key(self) -> str:
        """The keys that lead to it: when.target_missed.at_least."""
        return ".".join(str(key) for key in self.keys if not isinstance(key, int))

    @property
    def words(self) -> str:
        """The change as an author would say it: for: 2 → 3."""
        return f"{self.key}: {self.was} → {self.now}"


def mutants_of(rule: Rule, rules: RuleSet) -> Iterator[Mutant]:
    """Yield the rule set with one change of a rule in each; such as `check` would refuse, or as change nothing, are left out."""
    for variant in _changed(rule, rules):
        changed: Rule = variant.made
        others = tuple(changed if one.id == rule.id else one for one in rules.rules)
        mutant = Mutant(
            rules=replace(rules, rules=others), rule=rule, section="rules", id=rule.id, keys=variant.below,
            was=variant.was, now=variant.now,
        )  # fmt: skip
        if _can_be(changed, mutant.rules) and _differs(rule, variant, rules):
            yield mutant
    for id_ in rule.measures:
        yield from _of_measure(rule, rules.measures[id_], rules)


def _changed(rule: Rule, rules: RuleSet) -> Iterator[Variant]:
    measures = [rules.measures[id_] for id_ in rule.measures]
    steps = max((Steps.of(one, rules.calendar, rule.every) for one in measures), key=lambda one: one.decimals)
    for variant in variants_of(in_words(rule.when), steps):
        yield variant.within(replace(rule, when=variant.made), "when")
    if len(measures) == 1 and (bound := rule.when.bind(measures[0])) != rule.when:
        for variant in other_sides(in_words(bound)):
            yield variant.within(replace(rule, when=variant.made), "when")
    opens, clears = rule.open_after, rule.clear_after
    for n in (opens + 1, opens - 1)[: 2 if opens > 1 else 1]:
        yield Variant(made=replace(rule, open_after=n), below=("for",), was=str(opens), now=str(n))
    for n in (clears + 1, clears - 1)[: 2 if clears > 1 else 1]:
        yield Variant(made=replace(rule, clear_after=n), below=("clear_after",), was=str(clears), now=str(n))
    yield from _severities(rule)
    yield from _notify(rule)
    yield from key_variants(rule, rules)


def _severities(rule: Rule) -> Iterator[Variant]:
    own = rule.severity
    if isinstance(own, SeverityBySide):
        for side, severity in (("worse", own.worse), ("better", own.better)):
            for other in _neighbours(severity):
                made = replace(rule, severity=replace(own, **{side: other}))
                yield Variant(made=made, below=("severity", side), was=severity.word, now=other.word)
        return
    for other in _neighbours(own):
        yield Variant(made=replace(rule, severity=other), below=("severity",), was=own.word, now=other.word)


def _neighbours(severity: Severity) -> list[Severity]:
    ranked = sorted(Severity)
    place = ranked.index(severity)
    return [*ranked[max(place - 1, 0) : place], *ranked[place + 1 : place + 2]]


def _notify(rule: Rule) -> Iterator[Variant]:
    own = rule.notify
    if not own.by_area:
        for names in _fewer(own.names):
            yield _told(rule, replace(own, names=names), own.names, names, ("notify",))
    for n, (area, told) in enumerate(own.by_area):
        for names in _fewer(told):
            by_area = (*own.by_area[:n], (area, names), *own.by_area[n + 1 :])
            yield _told(rule, replace(own, by_area=by_area), told, names, ("notify", area))


def _told(rule: Rule, notify: Notify, was: Sequence[str], now: Sequence[str], keys: Below) -> Variant:
    return Variant(made=replace(rule, notify=notify), below=keys, was=_listed(was), now=_listed(now))


def _listed(names: Sequence[str]) -> str:
    return f"[{', '.join(names)}]"


def _fewer(names: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield names less one of them; instead of a single one, the other role."""
    if len(names) == 1:
        yield (_OTHER_ROLE.get(names[0], AREA_OWNER),)
        return
    for name in names:
        yield tuple(other for other in names if other != name)


def _of_measure(rule: Rule, measure: Measure, rules: RuleSet) -> Iterator[Mutant]:
    """Yield what a rule takes of a measure, changed there: its target, and below how many cases there is no verdict."""
    for variant in _measure_variants(rule, measure, rules):
        measures = {**rules.measures, measure.id: variant.made}
        yield Mutant(
            rules=replace(rules, measures=measures), rule=rule, section="measures", id=measure.item_of or measure.id,
            keys=variant.below, was=variant.was, now=variant.now,
        )  # fmt: skip


def _measure_variants(rule: Rule, measure: Measure, rules: RuleSet) -> Iterator[Variant]:
    bound = rule.when.bind(measure)
    taken = any(
        measure.target in part.condition.levels and measure.target not in before.condition.levels
        for part, before in zip(bound.plain_parts(), rule.when.plain_parts(), strict=True)
    )
    if taken and measure.target:
        for variant in level_variants(measure.target, Steps.of(measure, rules.calendar, rule.every)):
            if not _out_of_reach(variant, [measure]):
                yield variant.within(replace(measure, target=variant.made), "target")
    few = measure.smallest_denominator
    for n in (few + 1, few - 1) if few is not None and few >= 1 else ():
        made = replace(measure, smallest_denominator=n)
        yield Variant(made=made, below=("smallest_denominator",), was=plain(few or 0.0), now=plain(n))


def _can_be(rule: Rule, rules: RuleSet) -> bool:
    """Whether `check` would take it, as far as a rule by itself tells."""
    measures = [rules.measures[id_] for id_ in rule.measures]
    if any(rule.when.problems(measure, rule.every or measure.every) for measure in measures):
        return False
    return all(recipients(rule, measure, area, rules, None) for measure, area in _series(rule, rules))


def _series(rule: Rule, rules: RuleSet) -> list[tuple[str, str]]:
    return [
        (measure, area)
        for measure in rule.measures
        for area in rules.areas.areas
        if (watched := rules.watched_areas(rule, measure)) is None or area in watched
    ]


def _differs(rule: Rule, variant: Variant, rules: RuleSet) -> bool:
    """Whether the change can make a difference, whatever the figures."""
    other: Rule = variant.made
    if rule.notify != other.notify:
        return any(
            set(recipients(rule, *series, rules, None)) != set(recipients(other, *series, rules, None))
            for series in _series(rule, rules)
        )
    if rule.status is not other.status:  # on trial its author alone is told
        return any(
            set(recipients(rule, *one, rules, None)) != set(recipients(other, *one, rules, None))
            for one in _series(rule, rules)
        )
    if rule.areas != other.areas:
        return set(_series(rule, rules)) != set(_series(other, rules))
    measures = [rules.measures[id_] for id_ in rule.measures]
    if rule.severity != other.severity:
        return any(_reached(rule, measure) & _severities_changed(rule, other) for measure in measures)
    if rule.when != other.when:
        return not _out_of_reach(variant, measures) and any(_judges(rule, m) != _judges(other, m) for m in measures)
    return True


def _judges(rule: Rule, measure: Measure) -> tuple[object, ...]:
    bound = rule.when.bind(measure)
    return (bound.structure(), tuple(bound.vectors().items()))


def _out_of_reach(variant: Variant, measures: Sequence[Measure]) -> bool:
    """Whether no figure that a measure can have is judged otherwise."""
    if variant.span is None:
        return False
    low, high = variant.span
    return all(
        (measure.minimum is not None and high < measure.minimum)
        or (measure.maximum is not None and low > measure.maximum)
        for measure in measures
    )


def _severities_changed(rule: Rule, other: Rule) -> set[bool]:
    """Return for which sides (True: the worse one) two rules differ in severity."""
    return {side for side in (True, False) if rule.severity_on(worse=side) is not other.severity_on(worse=side)}


def _reached(rule: Rule, measure: Measure) -> set[bool]:
    """Return the sides that exceptions of a rule can lie on: the worse one, and what is neither, as True."""
    found = set()
    for part in rule.when.bind(measure).plain_parts():
        sides = (1, -1) if part.turned else part.condition.found_sides
        found |= {side_is_worse(above=side > 0, better=measure.better) is not False for side in sides}
        found |= {True} if part.condition.by_clock or part.turned else set()
    return found


def is_tried(rule: Rule) -> bool:
    """Whether tests of a rule are wanted: it is not off."""
    return rule.status is not Status.OFF
