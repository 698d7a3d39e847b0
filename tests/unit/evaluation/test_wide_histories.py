"""A history of many series is judged in pieces, of some columns and a year each; nobody may see it in what is found."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from samples.worlds import a_measure, a_panel, rules_for

from alerting.conditions.above_upper_limit import AboveUpperLimit
from alerting.conditions.below_lower_limit import BelowLowerLimit
from alerting.conditions.change import Change
from alerting.conditions.composition import AllOf, AnyOf, Not
from alerting.conditions.near_limit import NearLimit
from alerting.conditions.outside_limits import OutsideLimits
from alerting.conditions.outside_range import OutsideRange
from alerting.conditions.run import Run
from alerting.conditions.target_missed import TargetMissed
from alerting.conditions.trajectory import BelowTrajectory
from alerting.conditions.trend import Trend
from alerting.domain.condition import Condition
from alerting.domain.finding import State
from alerting.domain.measure import Level
from alerting.domain.panel import Panel
from alerting.domain.parameters import Amount, Milestone
from alerting.evaluation.as_json import finding_json
from alerting.evaluation.engine import evaluate
from alerting.evaluation.findings import findings
from alerting.evaluation.histories import PIECE
from alerting.limits.fixed import Fixed
from alerting.limits.previous_financial_year import PreviousFinancialYear
from alerting.limits.rolling import Rolling
from alerting.limits.xmr import Xmr

#: From the middle of a financial year on, so that the first and the last year are short ones.
PERIODS, SERIES, FEW = 40, 17_000, 60
AS_OF = date(2021, 8, 15)
LAST_YEAR = PreviousFinancialYear()
PLAN = (Milestone(date=date(2018, 6, 30), value=45.0), Milestone(date=date(2021, 3, 31), value=52.0))
CONDITIONS = {
    "above": AboveUpperLimit(limits=LAST_YEAR),
    "below": BelowLowerLimit(limits=LAST_YEAR),
    "outside-fixed": OutsideLimits(limits=Fixed(lower=35.0, upper=65.0)),
    "near": NearLimit(limits=LAST_YEAR),
    "run": Run(of=LAST_YEAR, length=5),
    "trend": Trend(length=4),
    "target": TargetMissed(at_least=Level(dated=((date(2018, 8, 1), 38.0), (date(2019, 12, 1), 44.0)))),
    "plan": BelowTrajectory(milestones=PLAN),
    "range": OutsideRange(low=32.0, high=68.0),
    "last-year": Change(versus="same_period_last_year", falls_by=Amount(number=30, relative=True)),
    "to-date": Change(versus="year_to_date", rises_by=Amount(number=4)),
    "expanding": AboveUpperLimit(limits=Xmr()),
    "rolling": AboveUpperLimit(limits=Rolling()),
    "both-kinds": AnyOf(parts=(Not(part=Trend(length=3)), OutsideLimits(limits=Xmr()))),
    "all-by-year": AllOf(parts=(OutsideRange(low=45.0, high=60.0), Run(of=LAST_YEAR, length=3))),
}


def a_wide_panel(*, broken: bool) -> Panel:
    random = np.random.default_rng(7)
    values = np.round(random.normal(50, 8, (PERIODS, SERIES)), 1)
    values[random.random(values.shape) < 0.05] = np.nan
    values[: random.integers(0, 15), ::7] = np.nan
    panel = a_panel(*values[:, :1].T)
    excluded, segments = random.random(values.shape) < 0.02, np.zeros(values.shape, dtype=np.int32)
    segments[17:, ::3] = 1
    return replace(
        panel, first=panel.first + 3, values=values, shown=values, columns={"m": slice(0, SERIES)},
        areas=tuple(f"a{n}" for n in range(SERIES)), floor=np.full(SERIES, 33.0), ceiling=np.full(SERIES, np.inf),
        excluded=excluded if broken else None, segments=segments if broken else None,
    )  # fmt: skip


def some_columns(panel: Panel, columns: slice) -> Panel:
    """The same series with nobody beside them."""
    areas = panel.areas[columns]
    cut = {name: plane[:, columns] for name in ("excluded", "segments") if (plane := getattr(panel, name)) is not None}
    values = panel.values[:, columns]
    return replace(
        panel, values=values, shown=values, columns={"m": slice(0, len(areas))}, areas=areas,
        floor=panel.floor[columns], ceiling=panel.ceiling[columns], **cut,
    )  # fmt: skip


def histories(condition: Condition, panel: Panel) -> np.ndarray:
    """States and reasons by row and column."""
    evaluation = evaluate(rules_for(panel, condition, a_measure()), {panel.kind: panel}, AS_OF, every_period=True)
    found = np.full((*panel.values.shape, 2), -1)
    for verdicts in evaluation.verdicts:
        found[:, verdicts.block.columns] = np.stack([verdicts.state, verdicts.reason], axis=-1)
    return found


@pytest.mark.sampled(6)
@pytest.mark.parametrize("broken", [False, True], ids=["whole", "with-breaks-and-exclusions"])
@pytest.mark.parametrize("condition", CONDITIONS.values(), ids=CONDITIONS)
def test_a_series_is_judged_the_same_among_thousands_as_among_few(condition: Condition, broken: bool):
    panel = a_wide_panel(broken=broken)
    assert panel.values.size > 3 * PIECE
    among_thousands = histories(condition, panel)
    for columns in (slice(0, FEW), slice(SERIES - FEW, SERIES)):
        few = histories(condition, some_columns(panel, columns))
        assert (among_thousands[:, columns] == few).all()
    assert (among_thousands >= 0).all()


def test_what_findings_of_a_wide_history_say_is_what_those_of_a_narrow_one_say():
    condition = CONDITIONS["above"]
    wide = a_wide_panel(broken=False)

    def told(panel: Panel) -> list[dict[str, object]]:
        evaluation = evaluate(rules_for(panel, condition, a_measure()), {panel.kind: panel}, AS_OF, every_period=True)
        return [finding_json(one.finding) for one in findings(evaluation, only=State.EXCEPTION)]

    few = told(some_columns(wide, slice(0, FEW)))
    areas = {finding["area"] for finding in few}
    assert few
    assert [finding for finding in told(wide) if finding["area"] in areas] == few
