"""A chart and the finding beside it are made from the same judgement: they cannot disagree."""

from collections.abc import Iterator, Sequence
from dataclasses import fields, replace

import numpy as np
import pytest
from samples.condition_cases import AS_IT_IS, CASES, Case
from samples.histories import World, day_after, rules_of
from samples.sampling import few, first
from samples.worlds import CALLS, a_folder, a_measure, a_panel, rules_for

from alerting.charts.chart import Chart, LineKind, Mark, Point
from alerting.charts.drawing import Label
from alerting.charts.layout import laid_out
from alerting.charts.words import alt_text, shows
from alerting.conditions.average_moved import AverageMoved
from alerting.conditions.band import InBand
from alerting.conditions.composition import AnyOf, Composition, Not
from alerting.conditions.not_fresh import NotFresh
from alerting.conditions.outside_limits import OutsideLimits
from alerting.conditions.outside_range import OutsideRange
from alerting.conditions.run import Run
from alerting.conditions.target_missed import TargetMissed
from alerting.conditions.trajectory import BelowTrajectory
from alerting.conditions.variance import Variance
from alerting.domain import exact
from alerting.domain.alert import SeriesKey
from alerting.domain.condition import Condition
from alerting.domain.finding import Finding, Meaning, Reason, State
from alerting.domain.measure import Level, Measure, Polarity, Unit
from alerting.domain.panel import Panel
from alerting.domain.parameters import Amount, Band, Milestone
from alerting.domain.period import Calendar, PeriodKind
from alerting.domain.rule import RuleSet
from alerting.evaluation.engine import evaluate
from alerting.evaluation.findings import findings
from alerting.limits.fixed import Fixed
from alerting.limits.rebased_average import RebasedAverage
from alerting.reports.chart_of_series import ChartMaker, shown

_ = None
WORLD = World(
    shapes=("shifted", "outliers", "small counts"), seed=11, gaps=frozenset({(4, 0), (17, 1), (18, 1)}),
    excluded=frozenset({(6, 1)}), break_at=9,
)  # fmt: skip
NAMES = {
    "Upper limit": "upper", "Average": "centre", "Centre": "centre", "Lower limit": "lower", "Target": "target", "Plan": "plan",
}  # fmt: skip
#: Lines that are no finding's own: what a move of the average would make of them.
PROPOSED = ("Proposed upper limit", "Proposed average", "Proposed lower limit")


def charts_and_findings(rules: RuleSet, panel: Panel) -> Iterator[tuple[Chart, list[Finding]]]:
    """Each series' chart up to its newest period, with the findings of all its periods."""
    evaluation = evaluate(rules, {panel.kind: panel}, day_after(panel), every_period=True)
    by_series: dict[SeriesKey, dict[str, Finding]] = {}
    for one in findings(evaluation, text="none"):
        f = one.finding
        by_series.setdefault(SeriesKey(rule=f.rule, measure=f.measure, area=f.area), {})[str(f.period)] = f
    maker = ChartMaker(evaluation)
    for key, found in by_series.items():
        chart = maker.chart(key, panel.period(panel.n_periods - 1), months=60)
        assert chart is not None
        yield chart, [found[str(point.period)] for point in chart.points if str(point.period) in found]


def chart_for(condition: Condition, panel: Panel, measure: Measure | None = None, **extra: int) -> Chart | None:
    """The chart of the first series up to its newest period."""
    rules = rules_for(panel, condition, measure or a_measure())
    evaluation = evaluate(rules, {panel.kind: panel}, day_after(panel))
    return ChartMaker(evaluation).chart(
        SeriesKey(rule="r", measure="m", area="a0"), panel.period(panel.n_periods - 1), **extra
    )


def drawn(condition: Condition, panel: Panel, measure: Measure | None = None, **extra: int) -> Chart:
    chart = chart_for(condition, panel, measure, **extra)
    assert chart is not None
    return chart


def some(cases: Sequence[Case]) -> Sequence[Case]:
    """Of many cases some, of each condition one at least."""
    of_each = {case.id.partition("/")[0]: case for case in cases}
    return few(list(of_each.values()), cases)


@pytest.mark.sampled
@pytest.mark.parametrize("figures", first(2, ["count", "percent", "plain", "rate"]))
def test_marks_are_the_exceptional_findings(figures):
    panel = WORLD.panel(figures)
    rules = rules_of(some([case for case in CASES if case.figures == figures]), panel, figures)
    seen = 0
    for chart, found in charts_and_findings(rules, panel):
        exceptional = {f.period: f.meaning for f in found if f.state is State.EXCEPTION and f.value is not None}
        assert exceptional == {
            p.period: p.meaning for p in chart.points if p.mark is not None and p.mark.is_exceptional
        }
        seen += len(exceptional)

    assert seen > few(15, 20)


@pytest.mark.sampled
@pytest.mark.parametrize("figures", first(2, ["count", "percent", "plain", "rate"]))
def test_values_and_lines_are_the_findings_own(figures):
    panel = WORLD.panel(figures)
    plain = [
        c for c in CASES if c.figures == figures and not isinstance(c.make(AS_IT_IS), Composition | Not | OutsideRange)
    ]
    seen = 0
    for chart, found in charts_and_findings(rules_of(some(plain), panel, figures), panel):
        by_period = {f.period: f for f in found}
        for n, point in enumerate(chart.points):
            finding = by_period.get(point.period)
            if finding is None or point.value is None:
                continue
            own = [line for line in chart.lines if line.called not in PROPOSED]
            levels = {NAMES[line.called]: line.values[n] for line in own}
            assert exact.same(point.value, finding.value)
            assert [name for name, level in levels.items() if not exact.same(level, getattr(finding, name))] == []
            assert all(getattr(finding, name) is None for name in set(NAMES.values()) - set(levels))
            seen += len(levels)

    assert seen > 100


def test_a_composition_is_drawn_with_the_lines_of_the_part_that_decided():
    parts = (TargetMissed(at_most=Level(number=9)), OutsideLimits(limits=Fixed(lower=1, upper=4)))
    inside, outside = a_panel([5, 3, 2, 6, 5]), a_panel([5, 3, 2, 6, 12])

    by_limits, by_target = drawn(AnyOf(parts=parts), inside), drawn(AnyOf(parts=parts), outside)

    assert ["Upper limit", "Centre", "Lower limit"] == [line.called for line in by_limits.lines]
    assert [(4.0,) * 5, (2.5,) * 5, (1.0,) * 5] == [line.values for line in by_limits.lines]
    assert [("Target", (9.0,) * 5)] == [(line.called, line.values) for line in by_target.lines]
    assert [Mark.EXCEPTION, _, _, Mark.EXCEPTION, Mark.EXCEPTION] == [point.mark for point in by_target.points]


def test_values_that_make_a_run_are_marked_and_the_last_of_them_as_the_exception():
    chart = drawn(Run(length=4, of=Fixed(lower=0, upper=9, centre=5)), a_panel([4, 6, 7, 6, 8, 4]))

    assert [_, Mark.RUN, Mark.RUN, Mark.RUN, Mark.EXCEPTION, _] == [point.mark for point in chart.points]
    assert [Meaning.CONCERN] == [point.meaning for point in chart.points if point.mark is Mark.EXCEPTION]


def test_a_point_is_to_its_reader_what_its_finding_is():
    """Above the limit where lower is better, then below it."""
    chart = drawn(
        OutsideLimits(limits=Fixed(lower=3, upper=6)), a_panel([5, 9, 5, 1]), a_measure(better=Polarity.LOWER)
    )

    assert [_, Meaning.CONCERN, _, Meaning.IMPROVEMENT] == [point.meaning for point in chart.points]


def test_a_moved_average_is_marked_and_steps_in_that_period():
    chart = drawn(AverageMoved(limits=RebasedAverage(baseline=3, run=3)), a_panel([5, 6, 7, 9, 10, 11, 10]))
    centre = next(line for line in chart.lines if line.kind is LineKind.CENTRE)

    assert [_, _, _, Mark.RUN, Mark.RUN, Mark.MOVED, _] == [point.mark for point in chart.points]
    assert (None, None, None, 6.0, 6.0, 10.0, 10.0) == centre.values


def test_a_move_that_is_proposed_is_marked_as_that_and_nothing_says_that_it_moved():
    method = RebasedAverage(baseline=3, run=3, mode="propose")
    chart = drawn(AverageMoved(limits=method), a_panel([5, 6, 7, 9, 10, 11]))

    assert [_, _, _, Mark.RUN, Mark.RUN, Mark.PROPOSED] == [point.mark for point in chart.points]
    centres = [(line.called, line.values) for line in chart.lines if line.kind is LineKind.CENTRE]
    assert [("Average", (_, _, _, 6.0, 6.0, 6.0)), ("Proposed average", (_, _, _, 10.0, 10.0, 10.0))] == centres
    words = [item.words for item in laid_out(chart).items if isinstance(item, Label)]
    assert "new average proposed" in words and "average moved" not in words
    assert "A new average is proposed in " in alt_text(chart)
    assert "moved" not in alt_text(chart)


def test_bands_are_drawn_from_the_worst_to_the_best():
    bands = (Band(name="red", at_least=None, below=15), Band(name="amber", at_least=15, below=20),
             Band(name="green", at_least=20, below=None))  # fmt: skip
    chart = drawn(InBand(bands=bands), a_panel([21, 12]))

    assert [("red", 0.0), ("amber", 0.5), ("green", 1.0)] == [(band.called, band.rank) for band in chart.bands]


def test_an_accepted_range_is_a_zone_with_its_name_and_ends():
    chart = drawn(OutsideRange(low=40, high=60, called="optimum band"), a_panel([45, 63]))

    assert [("optimum band", 40, 60)] == [(band.called, band.low, band.high) for band in chart.bands]
    assert ["To", "From"] == [line.called for line in chart.lines]


def test_a_plan_between_milestones_is_straight_and_a_column_of_the_source_steps():
    days = [
        Milestone(date=Calendar().parse_exact(text).last_day, value=v) for text, v in (("2018-04", 10), ("2018-07", 16))
    ]
    path = drawn(BelowTrajectory(milestones=tuple(days)), a_panel([10, 11, 12, 13]))
    budget = drawn(Variance(against="annual_budget", over=Amount(number=1)),
                   a_panel([5, 6], planes={"annual_budget": np.array([[5.0], [5.0]])}))  # fmt: skip

    assert [("Straight line", False)] == [(line.called, line.stepped) for line in path.lines]
    assert [("Annual budget", True)] == [(line.called, line.stepped) for line in budget.lines]


def test_the_target_is_called_what_the_measure_calls_it():
    measure = a_measure(unit=Unit.PERCENT, called="standard")

    assert ["Standard"] == [
        line.called for line in drawn(TargetMissed(at_least=Level(number=90)), a_panel([91, 83]), measure).lines
    ]


def test_held_provisional_and_broken_figures_are_drawn_as_what_they_are():
    values = np.array([[5.0], [6.0], [7.0], [8.0]])
    judged = values.copy()
    judged[1] = np.nan
    panel = replace(
        a_panel([5, 6, 7, 8]), values=judged, shown=values, segments=np.array([[0], [0], [1], [1]], dtype=np.int32),
        provisional=np.array([[False], [False], [False], [True]]),
    )  # fmt: skip
    points = drawn(TargetMissed(at_most=Level(number=9)), panel).points

    assert [True, False, True, True] == [point.judged for point in points]
    assert [False, False, True, False] == [point.after_break for point in points]
    assert [False, False, False, True] == [point.provisional for point in points]
    assert [5, 6, 7, 8] == [point.value for point in points]


def test_a_rule_that_begins_later_has_lines_from_then_on_and_the_figures_before():
    panel, since = a_panel([5, 6, 7, 12]), Calendar().parse_exact("2018-06")
    rules = rules_for(panel, TargetMissed(at_most=Level(number=4)), a_measure())
    rules = replace(rules, rules=(replace(rules.rules[0], since=since.first_day),))
    evaluation = evaluate(rules, {panel.kind: panel}, day_after(panel))
    chart = ChartMaker(evaluation).chart(SeriesKey(rule="r", measure="m", area="a0"), panel.period(3))

    assert chart is not None
    assert [(None, None, 4.0, 4.0)] == [line.values for line in chart.lines]
    assert [_, _, Mark.EXCEPTION, Mark.EXCEPTION] == [point.mark for point in chart.points]


def test_a_chart_ends_with_the_period_it_is_asked_for_and_looks_no_further():
    panel = a_panel([5, 6, 7, 12])
    rules = rules_for(panel, TargetMissed(at_most=Level(number=4)), a_measure())
    chart = ChartMaker(evaluate(rules, {panel.kind: panel}, day_after(panel))).chart(
        SeriesKey(rule="r", measure="m", area="a0"), panel.period(2)
    )

    assert chart is not None
    assert [5, 6, 7] == [point.value for point in chart.points]


@pytest.mark.parametrize(
    ("values", "why"),
    [
        pytest.param([_, _, 5], "one figure says no more than the sentence", id="one"),
        pytest.param([_, _], "none", id="none"),
        pytest.param([1e308, np.inf], "no finite second one", id="infinite"),
    ],
)
def test_there_is_no_chart_of(values, why):
    assert chart_for(TargetMissed(at_most=Level(number=4)), a_panel(values)) is None, why


def test_there_is_no_chart_of_a_series_that_no_rule_watches():
    panel = a_panel([5, 6])
    rules = rules_for(panel, TargetMissed(at_most=Level(number=4)), a_measure())
    maker = ChartMaker(evaluate(rules, {panel.kind: panel}, day_after(panel)))

    for key in (("r", "m", "a9"), ("r", "n", "a0"), ("s", "m", "a0")):
        rule, measure, area = key
        assert maker.chart(SeriesKey(rule=rule, measure=measure, area=area), panel.period(1)) is None


def test_a_rule_that_the_clock_judges_shows_the_figures_that_came():
    chart = drawn(NotFresh(), a_panel([5, 6, _]))

    assert ([5, 6, None], ()) == ([point.value for point in chart.points], chart.lines)


@pytest.mark.parametrize(
    ("kind", "periods"),
    [
        (PeriodKind.MONTH, 36),
        (PeriodKind.QUARTER, 18),
        (PeriodKind.WEEK, 53),
        (PeriodKind.DAY, 42),
        (PeriodKind.YEAR, 10),
    ],
)
def test_a_chart_shows_as_many_periods_as_can_be_told_apart(kind, periods):
    assert periods == shown(kind, 36)


def test_a_long_series_is_cut_to_its_newest_periods():
    values = [float(n % 7) for n in range(60)]

    assert 36 == len(drawn(TargetMissed(at_most=Level(number=9)), a_panel(values)).points)
    assert 24 == len(drawn(TargetMissed(at_most=Level(number=9)), a_panel(values), months=24).points)


def test_equal_figures_and_lines_have_one_name_and_others_another():
    condition = TargetMissed(at_most=Level(number=9))
    one, same = drawn(condition, a_panel([5, 6])), drawn(condition, a_panel([5, 6]))
    others = [
        drawn(condition, a_panel([5, 7])), drawn(TargetMissed(at_most=Level(number=8)), a_panel([5, 6])),
        drawn(condition, a_panel([5, 6]), a_measure(title="Another")), drawn(condition, a_panel([5, 6]), a_measure(unit=Unit.DAYS)),
    ]  # fmt: skip

    assert one.digest == same.digest
    assert 5 == len({one.digest, *(other.digest for other in others)})


def test_a_name_tells_what_is_drawn_and_neither_what_is_withheld_nor_how_the_code_calls_it():
    chart = drawn(TargetMissed(at_most=Level(number=9)), a_panel([5, 6]))
    first, last = chart.points

    class Renamed(Point):
        pass

    renamed = Renamed(**{one.name: getattr(last, one.name) for one in fields(Point)})

    assert chart.digest == replace(chart, points=(first, replace(last, withheld=True))).digest
    assert chart.digest == replace(chart, points=(first, renamed)).digest
    assert chart.digest != replace(chart, points=(first, replace(last, provisional=True))).digest


def test_the_alternative_text_says_the_finding_and_what_is_drawn():
    measure = a_measure(unit=Unit.PERCENT, called="standard", title="999 calls answered within 10 seconds")
    panel = replace(a_panel([93, 88, _, 83]), provisional=np.array([[False], [False], [False], [True]]))
    chart = drawn(TargetMissed(at_least=Level(number=90)), panel, measure)

    assert alt_text(chart, "83% in July 2018, 7 points below the standard of 90%.") == (
        "83% in July 2018, 7 points below the standard of 90%. Chart of 999 calls answered within 10 seconds, A0, April 2018 to "
        "July 2018, with standard 90%. Lowest 83% (July 2018), highest 93% (April 2018). Exceptional in May 2018 and July 2018. "
        "Provisional: July 2018. 1 of 4 figures is missing."
    )


@pytest.mark.parametrize(
    ("withheld", "says"),
    [
        ([0, 0, 0, 0], "2 of 4 figures are missing."),
        ([0, 0, 0, 1], "1 of 4 figures is missing. 1 of 4 figures is withheld by the source."),
        ([0, 0, 1, 1], "2 of 4 figures are withheld by the source."),
    ],
)
def test_a_figure_that_is_withheld_is_not_called_missing(withheld, says):
    reasons = np.array([[Reason.SUPPRESSED.code * one] for one in withheld], dtype=np.int8)
    chart = drawn(TargetMissed(at_most=Level(number=9)), replace(a_panel([5, 6, _, _]), reasons=reasons))
    assert shows(chart).endswith(says)


def test_many_exceptional_periods_are_counted_and_the_newest_named():
    chart = drawn(TargetMissed(at_most=Level(number=1)), a_panel([5.0] * 9))

    assert "All figures are 5. Exceptional in 3 earlier periods, July 2018, August 2018" in shows(chart)


def test_calls_of_the_sample_folder_have_a_chart(tmp_path):
    from datetime import date

    from samples.worlds import an_engine

    rows = [("2020-06", 93), ("2020-07", 91), ("2020-08", 83)]
    text = "measure,area,period,value\n" + "".join(f"answered,force,{month},{value}\n" for month, value in rows)
    folder = a_folder(tmp_path / "rules", {"all.yaml": CALLS, "figures/calls.csv": text})
    answer = an_engine(folder, tmp_path, date(2020, 9, 15)).enquiries.evaluate(date(2020, 9, 15))
    (found,) = [one.finding for one in answer.found if one.finding.area == "force"]
    chart = ChartMaker(answer.evaluation).chart(
        SeriesKey(rule=found.rule, measure=found.measure, area=found.area), found.period
    )

    assert chart is not None
    assert (["Standard"], "83%") == ([line.called for line in chart.lines], chart.last_words())
