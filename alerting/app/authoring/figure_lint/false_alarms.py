"""Owners of whom chance alone would open more than their `false_alarms:` allows."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from alerting.app.authoring.budget import chance_of
from alerting.app.authoring.figure_lint import JudgedFolder
from alerting.domain.block import columns_at
from alerting.domain.fold import opening_rows
from alerting.domain.notify.recipients import recipients
from alerting.domain.period import Period
from alerting.domain.problem import ProblemSeverity
from alerting.domain.rule import Owner, Rule, RuleSet
from alerting.evaluation.block_verdicts import BlockVerdicts
from alerting.evaluation.budget.expected import by_chance
from alerting.evaluation.budget.owners import OwnersChance, chance_by_owner
from alerting.evaluation.engine import evaluate
from alerting.rulefile.lint import RuleProblem
from alerting.wording.plain import counted, listed

CODES: Final = {"too-many-false-alarms": "chance alone would open more alerts of an owner than `false_alarms:` allows"}

#: Rules that are named as bringing most.
NAMED = 3
#: Months of which it is said what a change would have told later.
LOOK_BACK = 24


def check(folder: JudgedFolder) -> Iterator[RuleProblem]:
    """Hold what is expected by chance against each owner's limit; a folder without limits is not looked at."""
    limited = [owner for owner in folder.rules.owners.values() if owner.false_alarms is not None]
    if not limited:
        return
    chance = chance_of(folder.rules, folder.panels, folder.as_of, folder.kept)
    for owner in limited:
        own, limit = chance.get(owner.id), owner.chance_limit
        if own is not None and limit is not None and own.opens > limit:
            yield RuleProblem(
                section="owners",
                id=owner.id,
                keys=("false_alarms",),
                code="too-many-false-alarms",
                message=_message(owner, own),
                fix=_fix(folder, owner, own),
                severity=ProblemSeverity.WARNING,
            )


def _message(owner: Owner, own: OwnersChance) -> str:
    assert owner.false_alarms is not None
    limit, per = owner.false_alarms
    most = [f'"{rule}" ({_figure(opens)})' for rule, opens in list(own.by_rule.items())[:NAMED] if opens > 0]
    unknown = f"; of {own.unknown:,} series nothing can be said yet" if own.unknown else ""
    return (
        f"chance alone would open {_figure(own.opens)} alerts a month of {owner.name} (give or take {_figure(own.error)}), "
        f"more than the {limit:g} a {per} that false_alarms allows; most by {listed(most)}{unknown}"
    )


def _fix(folder: JudgedFolder, owner: Owner, own: OwnersChance) -> str:
    """Say what one exceptional period more would make of the rules that bring most, until it is few enough."""
    changed = dict[str, Rule]()
    by_id = {rule.id: rule for rule in folder.rules.rules}
    expected, limit = own.opens, owner.chance_limit
    assert limit is not None
    for id_, opens in list(own.by_rule.items())[:NAMED]:
        if expected <= limit or not opens:
            break
        longer = replace(by_id[id_], open_after=by_id[id_].open_after + 1)
        less = _of_one(folder, owner, longer)
        changed[id_], expected = longer, expected - opens + less
    said = [f'`for: {rule.open_after}` on "{id_}"' for id_, rule in changed.items()]
    later = _told_later(folder, owner, next(iter(changed.values())))
    bring = "brings" if len(said) == 1 else "bring"
    rest = "" if expected <= limit else "; wider limits, or a coarser period, bring less"
    return f"{listed(said)} {bring} {_figure(own.opens)} to {_figure(expected)}{later}{rest}"


def _of_one(folder: JudgedFolder, owner: Owner, rule: Rule) -> float:
    """Return what is expected of one rule as it is given."""
    rules = _with(folder.rules, rule)
    found = by_chance(rules, folder.panels.by_kind, folder.as_of, only=[rule.id], kept=folder.kept)
    own = chance_by_owner(rules, found, folder.as_of).get(owner.id)
    return 0.0 if own is None else own.opens


def _with(rules: RuleSet, rule: Rule) -> RuleSet:
    return replace(rules, rules=tuple(rule if one.id == rule.id else one for one in rules.rules))


@dataclass(frozen=True, slots=True)
class _Opening:
    """An exception of the figures: the period that opened it, and which would have with one period more; None: none."""

    period: Period
    later: Period | None


def _told_later(folder: JudgedFolder, owner: Owner, rule: Rule) -> str:
    """Say what the change of a rule would have made of its newest exception, and of the others of two years."""
    evaluation = evaluate(
        folder.rules, folder.panels.by_kind, folder.as_of, every_period=True, only_rules=[rule.id], faults=None
    )
    openings = [one for verdicts in evaluation.verdicts for one in _openings(folder, owner, rule, verdicts)]
    if not openings:
        return ""
    newest = max(openings, key=lambda one: one.period.ordinal)
    kind = newest.period.kind.value
    missed = sum(one.later is None for one in openings)
    said = f"would not have told the exception of {newest.period.label} at all"
    if newest.later is not None:
        steps = newest.later.ordinal - newest.period.ordinal
        wait = f"one {kind}" if steps == 1 else counted(steps, kind)
        said = f"would have told the exception of {newest.period.label} {wait} later"
    others = f" (of {len(openings):,} in two years, {missed:,} not at all)" if len(openings) > 1 else ""
    return f" and {said}{others}"


def _openings(folder: JudgedFolder, owner: Owner, rule: Rule, verdicts: BlockVerdicts) -> Iterable[_Opening]:
    """Find where alerts of an owner opened in the last two years, and where they would have with the rule as it is given."""
    panel, shape = verdicts.block.panel, verdicts.state.shape
    areas = [panel.areas[column] for column in columns_at(verdicts.block, np.arange(shape[1])).tolist()]
    counts = np.ones(shape, dtype=bool) if verdicts.counts is None else verdicts.counts
    side = None if isinstance(verdicts.side, int) else verdicts.side
    clears = np.full(shape[1], rule.clear_after)
    now, then = (
        opening_rows(verdicts.state, counts, np.full(shape[1], after), clears, side)
        for after in (rule.open_after - 1, rule.open_after)
    )
    whose = _whose(folder, owner, rule, verdicts, areas)
    first = max(shape[0] - LOOK_BACK, 0)
    for row, place in np.argwhere(now[first:]).tolist():
        if whose[place]:
            later = np.flatnonzero(then[row + first :, place])
            ends = np.flatnonzero(now[row + first + 1 :, place])
            is_this = len(later) and (not len(ends) or later[0] <= ends[0])
            at = verdicts.block.start + first + row
            yield _Opening(panel.period(at), panel.period(at + int(later[0])) if is_this else None)


def _whose(
    folder: JudgedFolder, owner: Owner, rule: Rule, verdicts: BlockVerdicts, areas: list[str]
) -> Mapping[int, bool]:
    """Say of each column whether the owner is told of it."""
    members = verdicts.members_at(np.arange(len(areas)))
    told = [
        recipients(rule, member.measure.id, area, folder.rules, folder.as_of)
        for member, area in zip(members, areas, strict=True)
    ]
    return {place: owner.id in one for place, one in enumerate(told)}


def _figure(openings: float) -> str:
    """Write openings with as many digits as say something."""
    return f"{openings:.1f}" if openings >= 0.1 else f"{openings:.2g}"
