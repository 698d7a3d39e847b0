"""Evaluating: rules and figures to findings; nothing is stored or sent."""

from dataclasses import dataclass
from datetime import date

from alerting.app.situation.situation import situation_of
from alerting.domain.finding import Only
from alerting.domain.problem import Problem
from alerting.domain.rule import RuleSet
from alerting.evaluation.engine import Evaluation
from alerting.evaluation.findings import findings
from alerting.evaluation.found import Found
from alerting.figures.observations import Reading
from alerting.rulefile.yaml.rule_file import collector_off


@dataclass(frozen=True, kw_only=True, eq=False)
class EvaluateResult:
    """What an evaluation gives: the verdicts, the findings asked for, and what is wrong with the figures."""

    evaluation: Evaluation
    found: list[Found]
    problems: tuple[Problem, ...]
    #: Whether figures were refused or a source failed: commands then exit 1.
    has_errors: bool


def evaluate_figures(
    rules: RuleSet,
    reading: Reading,
    as_of: date,
    *,
    every_period: bool = False,
    only: Only = None,
    text: str = "unusual",
) -> EvaluateResult:
    """Judge the figures as known on *as_of*, and write the findings asked for."""
    situation = situation_of(rules, reading, as_of, every_period=every_period)
    evaluation = situation.evaluation
    with collector_off():  # tens of thousands of findings are made at once, and none of them is garbage
        found = findings(evaluation, only=only, text=text)
    faults = (fault.problem() for fault in evaluation.faults)  # of the words too
    problems = (*situation.problems, *faults)
    has_errors = reading.has_errors or any(problem.is_error for problem in problems)
    return EvaluateResult(evaluation=evaluation, found=found, problems=problems, has_errors=has_errors)
