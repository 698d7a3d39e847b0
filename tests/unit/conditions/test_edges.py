"""Edges that nothing else looks at: the side of a fall, the shortest run, a denominator of one, the least significance."""

from dataclasses import replace
from datetime import date

import pytest
from samples.rule_folders import RULES, sound_with
from samples.worlds import a_measure, a_panel, floats, judged, rules_for, states

from alerting.conditions.above_upper_limit import AboveUpperLimit
from alerting.conditions.run import Run
from alerting.conditions.trend import Trend
from alerting.domain.measure import Unit
from alerting.domain.period import PeriodKind
from alerting.domain.severity import Severity, SeverityBySide
from alerting.evaluation.engine import evaluate
from alerting.evaluation.findings import findings
from alerting.limits.attribute_charts import PChart
from alerting.limits.fixed import Fixed
from alerting.rulefile import load_rules


@pytest.mark.parametrize(
    ("values", "severity"),
    [
        pytest.param([1, 2, 3], Severity.CRITICAL, id="a rise of what should be low"),
        pytest.param([3, 2, 1], Severity.INFO, id="a fall of it"),
    ],
)
def test_a_trends_severity_is_that_of_its_side(values, severity):
    panel = a_panel(values)
    rules = rules_for(panel, Trend(direction="either", length=3), a_measure())
    (only,) = rules.rules
    by_side = SeverityBySide(worse=Severity.CRITICAL, better=Severity.INFO)
    rules = replace(rules, rules=(replace(only, severity=by_side),))
    as_of = date.fromordinal(panel.period(panel.n_periods).first_day.toordinal())
    (found,) = findings(evaluate(rules, {panel.kind: panel}, as_of))
    assert found.finding.severity is severity


def test_a_run_of_two_is_the_shortest_there_is():
    limits = Fixed(lower=0, upper=10, centre=5)
    assert states(Run(side="above", length=2, of=limits), [4, 6, 6, 6]) == "nnEE"
    assert Run(side="above", length=2, of=limits).problems(a_measure(), PeriodKind.MONTH) == []
    assert Run(side="above", length=1, of=limits).problems(a_measure(), PeriodKind.MONTH) == [
        "a run needs a length of 2 or more"
    ]


def test_one_of_one_is_a_proportion():
    """A denominator of one is small, not none: figures of one each make a centre."""
    planes = {"numerator": floats([1, 0, 1, 1])[:, None], "denominator": floats([1, 1, 1, 1])[:, None]}
    measure = a_measure(unit=Unit.PERCENT)
    last = judged(AboveUpperLimit(limits=PChart()), a_panel([100, 0, 100, 100], planes=planes), measure)[-1]
    assert last.centre == pytest.approx(75.0)


@pytest.mark.parametrize(("percent", "is_fine"), [(50, False), (51, True), (99, True), (100, False)])
def test_significance_is_more_than_a_coin_and_less_than_certain(tmp_path, percent, is_fine):
    condition = f"{{change: {{versus: previous_period, rises_by: 0, significant: {percent} %}}}}"
    loaded = load_rules(sound_with(tmp_path, rules=RULES.replace("{target_missed: {}}", condition)))
    assert (loaded.rules is not None) == is_fine, [str(problem) for problem in loaded.problems]
