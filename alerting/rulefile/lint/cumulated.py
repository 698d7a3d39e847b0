"""Conditions that take figures for separate periods' on measures whose figures share their months (`covers:`, `rolling:`)."""

from collections.abc import Iterator

from alerting.conditions.composition import Composition, Not
from alerting.domain.judging import Condition, Misfit
from alerting.domain.rule import Rule, RuleSet
from alerting.domain.spans import cumulated
from alerting.rulefile.lint import Remark
from alerting.rulefile.lint.condition_fits import named

#: Keys and places of items, from `when` down to one plain condition.
Below = tuple[str | int, ...]


def check(rules: RuleSet) -> Iterator[Remark]:
    """Ask each plain condition, inside compositions too, once for each measure; equal answers are one remark."""
    for measure in rules.measures.values():
        if measure.covers is not None and measure.rolling is not None:
            item = None if measure.item_of is None else measure.id.removeprefix(f"{measure.item_of}/")
            yield Remark(
                section="measures", id=measure.item_of or measure.id, item=item, keys=("rolling", "covers"), code="bad-value",
                message="covers and rolling do not go together: figures that span several periods cannot be rolled again",
                fix="keep covers where the figure is printed so, rolling where it is to be made",
            )  # fmt: skip
    for rule in rules.rules:
        for below, condition in _plain(rule.when):
            yield from _remarks(rule, rules, below, condition)


def _remarks(rule: Rule, rules: RuleSet, below: Below, condition: Condition) -> Iterator[Remark]:
    found: dict[Misfit, list[str]] = {}
    for id_ in rule.measures:
        measure = rules.measures[id_]
        every = rule.every or measure.every
        span = cumulated(measure, every) if every.rank >= measure.every.rank else None
        if span is not None and (misfit := condition.misfit(span)) is not None:
            found.setdefault(misfit, []).append(id_)
    for misfit, measures in found.items():
        yield Remark(
            section="rules",
            id=rule.id,
            keys=("when", "measures", "every"),
            below=below,
            code="condition-does-not-fit",
            message=named(misfit.message, measures, len(rule.measures)),
            fix=misfit.fix,
            rests_on=frozenset(("measures", rules.measures[id_].item_of or id_) for id_ in measures),
        )


def _plain(condition: Condition, below: Below = ()) -> Iterator[tuple[Below, Condition]]:
    """Yield the plain conditions that a rule is made of, each with where it is written below `when`."""
    if isinstance(condition, Not):
        yield from _plain(condition.part, (*below, condition.key))
    elif isinstance(condition, Composition):
        for place, part in enumerate(condition.parts):
            yield from _plain(part, (*below, condition.key, place))
    else:
        yield below, condition
