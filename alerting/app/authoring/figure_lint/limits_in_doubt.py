"""Limits that cannot do what they are for: made of too few figures, of small counts, or cut off where the measure ends."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from alerting.app.authoring.figure_lint import JudgedFolder, of_rule
from alerting.app.authoring.rule_verdicts import members_of
from alerting.domain.arrays import Floats
from alerting.domain.block import columns_at
from alerting.domain.condition import Condition
from alerting.domain.measure import Measure, Unit
from alerting.domain.problem import ProblemSeverity
from alerting.domain.rule import Rule, Status
from alerting.evaluation.block_verdicts import BlockVerdicts
from alerting.rulefile.lint import RuleProblem

#: What each of its codes means.
CODES: Final = {
    "never-fires": "a limit lies where the measure ends, so that nothing can lie beyond it",
    "few-figures": "limits from too few figures to be relied on",
    "no-share": "limits of shares on figures of which there are more than of all: numerator and denominator may be exchanged",
    "small-counts": "limits for large numbers on counts that are mostly a few",
}

#: Below it counts are so skewed that limits at equal distances fire too often above and never below.
SMALL = 5.0
#: A share of all, in percent.
FULL = 100.0


def check(folder: JudgedFolder) -> Iterator[RuleProblem]:
    """Look at the newest limits of each rule on each measure; what is said of one measure of a rule is said once."""
    named: set[tuple[str, str]] = set()
    for verdicts in folder.newest.verdicts:
        method = verdicts.group.condition.method
        if method is None:
            continue
        for rule, measure, lines in _lines(folder, verdicts):
            for code, message, fix, severity in _doubts(verdicts.group.condition, measure, lines):
                if (rule.id, code) not in named:
                    named.add((rule.id, code))
                    yield of_rule(rule, measure, code, message, fix, severity)


Lines = dict[str, Floats]


def _lines(folder: JudgedFolder, verdicts: BlockVerdicts) -> Iterator[tuple[Rule, Measure, Lines]]:
    """Yield each active rule on each measure of a block with its newest limits, one number a series."""
    judgement, row = verdicts.judgement(0)
    shape = judgement.state.shape
    names = ("centre", "lower", "upper", "trial")
    rows = {name: np.broadcast_to(judgement.planes[name], shape)[row] for name in names if name in judgement.planes}
    columns = columns_at(verdicts.block, np.arange(shape[1]))
    rows |= {"floor": verdicts.block.panel.floor[columns], "ceiling": verdicts.block.panel.ceiling[columns]}
    counted = np.ones(shape[1], dtype=bool) if verdicts.counts is None else verdicts.counts[0]
    for member, mine in members_of(verdicts):
        rule, own = folder.rules.rules[member.rule], counted[mine]
        if rule.status is Status.ACTIVE and own.any():
            yield rule, member.measure, {name: line[mine][own] for name, line in rows.items()}


def _doubts(condition: Condition, measure: Measure, lines: Lines) -> Iterator[tuple[str, str, str, ProblemSeverity]]:
    method, known = condition.method, ~np.isnan(lines["centre"]) if "centre" in lines else np.zeros(1, dtype=bool)
    if method is None or not known.any():
        return
    of = f' of "{measure.id}"'
    if method.of_shares and measure.unit is Unit.PERCENT and (lines["centre"][known] > FULL).all():
        message = f"it has no limits{of}: numerators add up to more than denominators"
        fix = "exchange the columns numerator and denominator; or take other limits where figures are no shares"
        yield "no-share", message, fix, ProblemSeverity.WARNING
        return
    if "trial" in lines and (lines["trial"][known] == 1).all():
        fix = "wait for more figures, give fixed limits, or read its findings as a first guess"
        yield "few-figures", f"its limits{of} are trial limits, from fewer than 12 figures", fix, ProblemSeverity.NOTE
    if measure.unit is Unit.COUNT and method.even and (lines["centre"][known] < SMALL).all():
        centre = float(lines["centre"][known].max())
        message = f"its limits{of} are those of large numbers, and on average there are {centre:.2g}"
        fix = "use c limits, or g or t where most days have none"
        yield "small-counts", message, fix, ProblemSeverity.NOTE
    side = _cut_off(condition, lines)
    if side is not None:
        message = f'it can never fire on "{measure.id}": {side} limit lies where the measure ends'
        yield "never-fires", message, method.if_cut_off, ProblemSeverity.WARNING


def _cut_off(condition: Condition, lines: Lines) -> str | None:
    """Say which limit is cut off at the measure's end in every series, so that nothing can lie beyond it."""
    for side, end in (("lower", "floor"), ("upper", "ceiling")):
        if condition.line != side or side not in lines:
            continue
        line, known = lines[side], np.isfinite(lines[side])  # none is drawn where the newest figure has not come
        beyond = line <= lines[end] if side == "lower" else line >= lines[end]
        return f"the {side}" if known.any() and beyond[known].all() else None
    return None
