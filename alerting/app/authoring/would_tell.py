"""What a change of a rule would have made of the exceptions that its folder's figures hold: told later, or not at all."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from alerting.app.authoring.figure_lint import JudgedFolder
from alerting.domain.block import columns_at
from alerting.domain.fold import opening_rows
from alerting.domain.notify.recipients import recipients
from alerting.domain.period import Period, PeriodKind
from alerting.domain.rule import Owner, Rule, RuleSet
from alerting.evaluation.block_verdicts import BlockVerdicts
from alerting.evaluation.engine import evaluate
from alerting.wording.plain import counted

#: Periods of two years.
TWO_YEARS = {PeriodKind.DAY: 731, PeriodKind.WEEK: 104, PeriodKind.MONTH: 24, PeriodKind.QUARTER: 8, PeriodKind.YEAR: 2}
#: Where alerts of a series open, by measure and area, oldest first.
Openings = Mapping[tuple[str, str], list[Period]]


@dataclass(frozen=True, slots=True)
class _Opening:
    """An exception of the figures: the period that opened it, and which would have after the change; None: none."""

    period: Period
    after: Period | None


def with_rule(rules: RuleSet, rule: Rule) -> RuleSet:
    """Return rules with another one in the place of that of its id."""
    return replace(rules, rules=tuple(rule if one.id == rule.id else one for one in rules.rules))


def told_later(folder: JudgedFolder, owner: Owner, before: Rule, after: Rule) -> str:
    """Say what the change of a rule would have made of its newest exception, and of the others of two years; "": there was none."""
    openings = list(_compared(folder, owner, before, after))
    if not openings:
        return ""
    newest = max(openings, key=lambda one: one.period.ordinal)
    missed = sum(one.after is None for one in openings)
    others = f" (of {len(openings):,} in two years, {missed:,} not at all)" if len(openings) > 1 else ""
    return f" and {_of_newest(newest)}{others}"


def _of_newest(one: _Opening) -> str:
    if one.after is None:
        return f"would not have told the exception of {one.period.label} at all"
    steps = one.after.ordinal - one.period.ordinal
    if not steps:
        return f"would have told the exception of {one.period.label} all the same"
    kind = one.period.kind.value
    return f"would have told the exception of {one.period.label} {f'one {kind}' if steps == 1 else counted(steps, kind)} later"


def _compared(folder: JudgedFolder, owner: Owner, before: Rule, after: Rule) -> Iterator[_Opening]:
    """Yield each opening of two years with the one that takes its place: the next one, before the series opens again."""
    then = _openings(folder, owner, after)
    for series, periods in _openings(folder, owner, before).items():
        newest = folder.panels.by_kind[periods[0].kind]
        first = newest.first + newest.n_periods - TWO_YEARS[periods[0].kind]
        for place, period in enumerate(periods):
            if period.ordinal < first:
                continue
            until = periods[place + 1].ordinal if place + 1 < len(periods) else None
            later = (one for one in then.get(series, ()) if one.ordinal >= period.ordinal)
            found = next(later, None)
            is_this = found is not None and (until is None or found.ordinal < until)
            yield _Opening(period, found if is_this else None)


def _openings(folder: JudgedFolder, owner: Owner, rule: Rule) -> Openings:
    """Find where alerts of an owner open by a rule."""
    rules = with_rule(folder.rules, rule)
    evaluation = evaluate(
        rules, folder.panels.by_kind, folder.as_of, every_period=True, only_rules=[rule.id], faults=None
    )
    found: dict[tuple[str, str], list[Period]] = {}
    for verdicts in evaluation.verdicts:
        for series, periods in _of_block(folder, owner, rule, verdicts):
            found.setdefault(series, []).extend(periods)
    return {series: sorted(periods, key=lambda one: one.ordinal) for series, periods in found.items()}


def _of_block(
    folder: JudgedFolder, owner: Owner, rule: Rule, verdicts: BlockVerdicts
) -> Iterator[tuple[tuple[str, str], list[Period]]]:
    panel, shape = verdicts.block.panel, verdicts.state.shape
    places = np.arange(shape[1])
    areas = [panel.areas[column] for column in columns_at(verdicts.block, places).tolist()]
    counts = np.ones(shape, dtype=bool) if verdicts.counts is None else verdicts.counts
    side = None if isinstance(verdicts.side, int) else verdicts.side
    opened, clears = np.full(shape[1], rule.open_after), np.full(shape[1], rule.clear_after)
    opens = opening_rows(verdicts.state, counts, opened, clears, side)
    for place, (member, area) in enumerate(zip(verdicts.members_at(places), areas, strict=True)):
        rows = np.flatnonzero(opens[:, place]).tolist()
        if rows and owner.id in recipients(rule, member.measure.id, area, folder.rules, folder.as_of):
            yield (member.measure.id, area), [panel.period(verdicts.block.start + row) for row in rows]
