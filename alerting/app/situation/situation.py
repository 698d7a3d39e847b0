"""The situation on a day: the figures that are known, and what the rules say of them."""

from dataclasses import dataclass, replace
from datetime import date

from alerting.domain.problem import Problem
from alerting.domain.rule import RuleSet
from alerting.evaluation.earlier_verdicts import EarlierVerdicts
from alerting.evaluation.engine import Evaluation, evaluate
from alerting.evaluation.kept_verdicts import VerdictKeeper
from alerting.figures.doubts import DoubtsBefore
from alerting.figures.newest_places import NewestPlaces
from alerting.figures.observations import Reading
from alerting.figures.panels import Panels, build_panels


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Situation:
    """What is known on a day and what the rules say of it; `reading` may have been let go of its figures, as panels hold them."""

    reading: Reading
    panels: Panels
    evaluation: Evaluation
    #: Where the newest figures stand; None: nobody has looked.
    places: NewestPlaces | None = None

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with the figures."""
        return *self.reading.problems, *self.panels.problems


def situation_of(
    rules: RuleSet,
    reading: Reading,
    as_of: date,
    *,
    every_period: bool = True,
    after: Situation | None = None,
    beside: EarlierVerdicts | None = None,
    doubts: DoubtsBefore | None = None,
    alongside: Situation | None = None,
) -> Situation:
    """Judge figures as known on a day.

    Args:
        after: the situation on an earlier day, by the same rules: what has not changed since is not judged again.
        beside: verdicts as of any other day, by the same rules: nor is what was as it is on it.
        doubts: what may be slips, as of an earlier day; takes what is found on this one.
        alongside: the situation on this very day, of every period, by other rules that `decided_by` finds equal, on the same
            figures: what both judge alike is judged once.
    """
    panels = (
        build_panels(reading, rules, as_of, doubts)
        if alongside is None
        else replace(alongside.panels, faults=reading.faults)
    )
    earlier = beside if after is None else EarlierVerdicts(after.evaluation.verdicts, beside)
    evaluation = evaluate_panels(
        rules, panels, every_period=every_period, earlier=earlier,
        alongside=None if alongside is None else alongside.evaluation,
    )  # fmt: skip
    return Situation(reading=reading, panels=panels, evaluation=evaluation)


def judged(
    rules: RuleSet, reading: Reading, panels: Panels, *, every_period: bool = True, keeper: VerdictKeeper | None = None
) -> Situation:
    """Judge panels that were built of a reading.

    Args:
        keeper: knows of series what need not be judged again.
    """
    evaluation = evaluate_panels(rules, panels, every_period=every_period, keeper=keeper)
    return Situation(reading=reading, panels=panels, evaluation=evaluation)


def evaluate_panels(
    rules: RuleSet,
    panels: Panels,
    *,
    every_period: bool,
    keeper: VerdictKeeper | None = None,
    earlier: EarlierVerdicts | None = None,
    alongside: Evaluation | None = None,
) -> Evaluation:
    """Judge panels that are already built."""
    return evaluate(
        rules,
        panels.by_kind,
        panels.as_of,
        without_source=panels.without_source,
        every_period=every_period,
        faults=panels.faults,
        keeper=keeper,
        earlier=earlier,
        alongside=alongside,
    )
