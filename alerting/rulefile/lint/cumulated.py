"""Conditions that take figures for separate periods' on measures whose figures share their months (`covers:`, `rolling:`)."""

from collections.abc import Iterator

from alerting.domain.answers import Misfit
from alerting.domain.condition import Part
from alerting.domain.rule import Rule, RuleSet
from alerting.domain.spans import cumulated
from alerting.rulefile.lint import RuleProblem
from alerting.rulefile.lint.condition_fits import named


def check(rules: RuleSet) -> Iterator[RuleProblem]:
    """Ask each plain condition, inside compositions too, once for each measure; equal answers are one remark."""
    for measure in rules.measures.values():
        if measure.covers is not None and measure.rolling is not None:
            item = measure.item
            yield RuleProblem(
                section="measures",
                id=measure.item_of or measure.id,
                item=item,
                keys=("rolling", "covers"),
                code="bad-value",
                message="covers and rolling do not go together: figures that span several periods cannot be rolled again",
                fix="keep covers where the figure is printed so, rolling where it is to be made",
            )
    for rule in rules.rules:
        for part in rule.when.plain_parts():
            yield from _remarks(rule, rules, part)


def _remarks(rule: Rule, rules: RuleSet, part: Part) -> Iterator[RuleProblem]:
    found: dict[Misfit, list[str]] = {}
    for id_ in rule.measures:
        measure = rules.measures[id_]
        every = rule.every or measure.every
        span = cumulated(measure, every) if every.rank >= measure.every.rank else None
        if span is not None and (misfit := part.condition.misfit(span)) is not None:
            found.setdefault(misfit, []).append(id_)
    for misfit, measures in found.items():
        yield RuleProblem(
            section="rules",
            id=rule.id,
            keys=("when", "measures", "every"),
            below=part.below,
            code="condition-does-not-fit",
            message=named(misfit.message, measures, len(rule.measures)),
            fix=misfit.fix,
            rests_on=frozenset(("measures", rules.measures[id_].item_of or id_) for id_ in measures),
        )
