"""Checks of rules against the folder's figures: one file each with a function `check`, found by scanning.

To add one: a module of this folder with a function

    def check(folder: JudgedFolder) -> Iterator[Remark | Problem]:

and a test in tests/unit/app/figure_lint/. What is wrong with something that the rules declare is a `RuleProblem` of
`alerting.rulefile.lint` (section, id and keys; it is put at its line of the rule file, and dropped where what it rests on has
mistakes of its own); what is wrong with a figure is a `Problem` at the file's line. A code that no
other check has stands in its own file, in `CODES` with what it means. Whatever needs rules alone belongs into
`alerting/rulefile/lint/`, which also runs without figures.

A check never reads or judges by itself: it asks the folder's `panels`, `newest` (the verdicts on each series' newest period) or
`history` (on every period; judged when the first check asks, so look at `panels` first where that is enough). One that raises is
reported as a fault of the program and stops no other check.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property

from alerting.app.authoring.rule_verdicts import RuleVerdicts, rule_verdicts
from alerting.app.situation.situation import evaluate_panels
from alerting.domain.measure import Measure
from alerting.domain.problem import Problem, ProblemSeverity
from alerting.domain.rule import Rule, RuleSet
from alerting.evaluation.budget.kept import NOTHING_KEPT, KeepsRates
from alerting.evaluation.engine import Evaluation
from alerting.figures.observations import Reading
from alerting.figures.panels import Panels
from alerting.rulefile.lint import RuleProblem

#: Figures times rules of which the whole history is judged, in a tenth of a second; of more, `check` looks at the newest alone.
MOST_CELLS = 1_000_000


@dataclass(frozen=True, kw_only=True, eq=False)
class JudgedFolder:
    """Rules, the figures of their sources and the verdicts on them: what a check may look at."""

    rules: RuleSet
    #: What the sources gave, row by row.
    reading: Reading
    #: Figures as known on `as_of`, one panel a period kind.
    panels: Panels
    #: Verdicts on the newest period of each series.
    newest: Evaluation
    #: What knows what chance does, where that was tried before.
    kept: KeepsRates = NOTHING_KEPT

    @property
    def as_of(self) -> date:
        """The day that figures are judged as of."""
        return self.panels.as_of

    @cached_property
    def history(self) -> Evaluation:
        """Verdicts on every period: judged when first asked for, at many times the cost of the newest."""
        return evaluate_panels(self.rules, self.panels, every_period=True)

    @cached_property
    def by_rule(self) -> Sequence[RuleVerdicts]:
        """What each rule has said of each measure on every period; nothing for a folder with more than `MOST_CELLS` to judge."""
        cells = sum(verdicts.state.shape[1] * verdicts.block.panel.n_periods for verdicts in self.newest.verdicts)
        return list(rule_verdicts(self.history)) if cells <= MOST_CELLS else ()


def of_rule(
    rule: Rule, measure: Measure, code: str, message: str, fix: str, severity: ProblemSeverity, key: str = "when"
) -> RuleProblem:
    """Return a remark on what a rule says of a measure; it stands at one of the rule's keys."""
    return RuleProblem(
        section="rules",
        id=rule.id,
        keys=(key,),
        code=code,
        message=message,
        fix=fix,
        severity=severity,
        rests_on=frozenset({("measures", measure.item_of or measure.id)}),
    )


Check = Callable[[JudgedFolder], Iterable[RuleProblem | Problem]]


@cache
def checks() -> Mapping[str, Check]:
    """Return every check of this folder by the name of its file, in that order."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return {name: importlib.import_module(f"{__name__}.{name}").check for name in names}
