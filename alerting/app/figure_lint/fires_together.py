"""Two rules that fire on the same figures of a measure, each time: one exception, told twice."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from alerting.app.figure_lint import JudgedFolder
from alerting.app.rule_verdicts import RuleVerdicts
from alerting.domain.problem import ProblemSeverity
from alerting.domain.rule import Status
from alerting.rulefile.lint import Remark

#: So many common exceptions, and nothing but common ones, are no coincidence.
ENOUGH = 5


def check(folder: JudgedFolder) -> Iterator[Remark]:
    """Compare the exceptions of the active rules on each measure, two by two, where they judge the same periods."""
    by_measure: dict[str, list[RuleVerdicts]] = {}
    for found in folder.by_rule:
        if found.rule.status is Status.ACTIVE and found.exceptions >= ENOUGH:
            by_measure.setdefault(found.measure.id, []).append(found)
    named: set[tuple[str, str]] = set()
    for several in by_measure.values():
        for one, other in combinations(several, 2):
            pair = (one.rule.id, other.rule.id)
            if pair not in named and _same(one, other):
                named.add(pair)
                yield _remark(one, other)


def _same(one: RuleVerdicts, other: RuleVerdicts) -> bool:
    if one.rule.id == other.rule.id or one.exceptional.shape != other.exceptional.shape:
        return False
    return bool(np.array_equal(one.exceptional, other.exceptional))


def _remark(one: RuleVerdicts, other: RuleVerdicts) -> Remark:
    measure = one.measure
    return Remark(
        section="rules",
        id=other.rule.id,
        keys=("when",),
        code="fires-together",
        message=f'of "{measure.id}" it fires on the same {one.exceptions:,} figures as rule "{one.rule.id}", and on no other',
        fix="one of the two is enough; or put both conditions under any_of: in one rule",
        severity=ProblemSeverity.NOTE,
        rests_on=frozenset({("rules", one.rule.id), ("measures", measure.item_of or measure.id)}),
    )
