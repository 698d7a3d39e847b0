"""Two rules that fire on the same figures of a measure, each time: one exception, told twice."""

from collections.abc import Hashable, Iterator
from typing import Final

import numpy as np

from alerting.app.authoring.figure_lint import JudgedFolder
from alerting.app.authoring.rule_verdicts import RuleVerdicts
from alerting.domain.problem import ProblemSeverity
from alerting.domain.rule import Status
from alerting.rulefile.lint import RuleProblem

CODES: Final = {"fires-together": "two rules find the same figures exceptional, each time"}

#: So many common exceptions, and nothing but common ones, are no coincidence.
ENOUGH = 5


def check(folder: JudgedFolder) -> Iterator[RuleProblem]:
    """Find active rules whose exceptions are the same figures of a measure; each is named with the first of them, pairs once."""
    first: dict[Hashable, RuleVerdicts] = {}
    named: set[tuple[str, str]] = set()
    for found in folder.by_rule:
        if found.rule.status is Status.ACTIVE and found.exceptions >= ENOUGH:
            fires = found.where, found.exceptional.shape, np.packbits(found.exceptional).tobytes()
            other = first.setdefault((found.measure.id, fires), found)
            pair = (other.rule.id, found.rule.id)
            if other.rule.id != found.rule.id and pair not in named:
                named.add(pair)
                yield _remark(other, found)


def _remark(one: RuleVerdicts, other: RuleVerdicts) -> RuleProblem:
    measure = one.measure
    return RuleProblem(
        section="rules",
        id=other.rule.id,
        keys=("when",),
        code="fires-together",
        message=f'of "{measure.id}" it fires on the same {one.exceptions:,} figures as rule "{one.rule.id}", and on no other',
        fix="one of the two is enough; or put both conditions under any_of: in one rule",
        severity=ProblemSeverity.NOTE,
        rests_on=frozenset({("rules", one.rule.id), ("measures", measure.item_of or measure.id)}),
    )
