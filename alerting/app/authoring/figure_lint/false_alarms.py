"""Owners of whom chance alone would open more than their `false_alarms:` allows."""

from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Final

from alerting.app.authoring.budget import chance_of
from alerting.app.authoring.figure_lint import JudgedFolder
from alerting.app.authoring.would_tell import told_later, with_rule
from alerting.domain.problem import ProblemSeverity
from alerting.domain.rule import Owner, Rule
from alerting.evaluation.budget.expected import by_chance
from alerting.evaluation.budget.owners import OwnersChance, chance_by_owner
from alerting.rulefile.lint import RuleProblem
from alerting.wording.plain import counted, listed

CODES: Final = {"too-many-false-alarms": "chance alone would open more alerts of an owner than `false_alarms:` allows"}

#: Rules that are named as bringing most.
NAMED = 3
#: Standard deviations by which limits are tried wider.
WIDER = 0.5


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
    if own.unknown_rules:
        named = listed([f'"{rule}"' for rule in own.unknown_rules[:NAMED]])
        more = ", …" if len(own.unknown_rules) > NAMED else ""
        unknown += f"; chance not known for {len(own.unknown_rules):,} of {counted(own.rules, 'rule')}: {named}{more}"
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
    first = next(iter(changed))
    later = told_later(folder, owner, by_id[first], changed[first])
    bring = "brings" if len(said) == 1 else "bring"
    wider = _wider(folder, owner, own, by_id[first])
    rest = "" if expected <= limit else "; wider limits, or a coarser period, bring less"
    return f"{listed(said)} {bring} {_figure(own.opens)} to {_figure(expected)}{later}{wider}{rest}"


def _wider(folder: JudgedFolder, owner: Owner, own: OwnersChance, rule: Rule) -> str:
    """Say what wider limits would make of a rule; "" where it has none that can be wider."""
    method = rule.when.method
    sigmas = None if method is None else method.sigmas
    named = {field.name for field in fields(rule.when) if getattr(rule.when, field.name) is method}  # type: ignore[arg-type]
    if method is None or sigmas is None or not named or "sigmas" not in {field.name for field in fields(method)}:  # type: ignore[arg-type]
        return ""
    wide = replace(method, sigmas=sigmas + WIDER)  # type: ignore[type-var]
    other = replace(rule, when=replace(rule.when, **dict.fromkeys(named, wide)))  # type: ignore[type-var]
    expected = own.opens - own.by_rule[rule.id] + _of_one(folder, owner, other)
    later = told_later(folder, owner, rule, other)
    return f'; or `sigmas: {sigmas + WIDER:g}` on "{rule.id}" brings it to {_figure(expected)}{later}'


def _of_one(folder: JudgedFolder, owner: Owner, rule: Rule) -> float:
    """Return what is expected of one rule as it is given."""
    rules = with_rule(folder.rules, rule)
    found = by_chance(rules, folder.panels.by_kind, folder.as_of, only=[rule.id], kept=folder.kept)
    own = chance_by_owner(rules, found, folder.as_of).get(owner.id)
    return 0.0 if own is None else own.opens


def _figure(openings: float) -> str:
    """Write openings with as many digits as say something."""
    return f"{openings:.1f}" if openings >= 0.1 else f"{openings:.2g}"
