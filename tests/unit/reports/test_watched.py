"""One counting unit: each figure once, as the worst of its rules has it, and five counts that add up to all."""

from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples.worlds import a_measure

from alerting.domain.finding import Meaning, Reason
from alerting.domain.period import Calendar
from alerting.domain.severity import Severity
from alerting.reports.watched import (
    FigureCounts,
    FigureState,
    Lack,
    RuleOnFigure,
    counts_of,
    figures_of,
    is_out_of_date,
)

MONTH = Calendar().parse_exact("2020-09")
MEASURES = {id_: a_measure(id=id_) for id_ in "abc"}


def a_rule(measure="a", area="force", state=FigureState.EXPECTED, **extra):
    return RuleOnFigure(measure=MEASURES[measure], area=area, period=MONTH, state=state, **extra)


RULES = st.builds(
    a_rule,
    measure=st.sampled_from(sorted(MEASURES)),
    area=st.sampled_from(["force", "north"]),
    state=st.sampled_from(FigureState),
    severity=st.sampled_from(Severity),
    is_new=st.booleans(),
)


@given(st.lists(RULES))
def test_the_five_counts_add_up_to_all_figures_and_the_worst_rule_counts(rules):
    figures = figures_of(rules)
    counts = counts_of(figures)

    worst = {}
    for rule in rules:
        key = (rule.measure.id, rule.area)
        worst[key] = min(worst.get(key, rule.state), rule.state)
    states = Counter(worst.values())
    five = (counts.concerns, counts.changes, counts.improvements, counts.expected, counts.not_known)
    assert tuple(states[state] for state in FigureState) == five
    assert sum(five) == counts.watched == len(figures) == len(worst)
    assert counts.new <= counts.exceptional >= counts.critical


def test_a_figure_under_a_concern_and_an_improvement_is_one_concern():
    rules = [
        a_rule(state=FigureState.IMPROVEMENT, severity=Severity.INFO),
        a_rule(state=FigureState.CONCERN, severity=Severity.CRITICAL),
    ]

    assert FigureCounts(concerns=1, critical=1) == counts_of(figures_of(rules))


def test_a_verdict_counts_over_none():
    assert FigureCounts(expected=1) == counts_of(figures_of([a_rule(state=FigureState.NOT_KNOWN), a_rule()]))


@pytest.mark.parametrize(("new", "counted"), [((True, True), 1), ((True, False), 0)])
def test_a_figure_is_new_where_no_rule_as_bad_had_it_before(new, counted):
    rules = [a_rule(state=FigureState.CONCERN, severity=Severity.WARNING, is_new=one) for one in new]

    assert counted == counts_of(figures_of(rules)).new_concerns


def test_what_nobody_is_told_of_yet_says_nothing_of_what_is_new():
    told, waits = (
        a_rule(state=FigureState.CONCERN, severity=Severity.WARNING, is_new=pending is False, is_pending=pending)
        for pending in (False, True)
    )

    assert 1 == counts_of(figures_of([told, waits])).new_concerns
    assert 0 == counts_of(figures_of([waits])).new_concerns


def test_why_a_figure_is_not_known_is_what_a_rule_that_judges_says():
    lateness = a_rule(state=FigureState.NOT_KNOWN, why=Lack.LATENESS_ONLY, judges=False)
    held = a_rule(state=FigureState.NOT_KNOWN, why=Reason.HELD)

    assert [Reason.HELD] == [figure.why for figure in figures_of([lateness, held])]


@pytest.mark.parametrize(
    ("period", "as_of", "old"),
    [
        pytest.param("2019-09", date(2020, 9, 30), False, id="a-month-a-year-ago-to-the-day"),
        pytest.param("2019-09", date(2020, 10, 1), True, id="a-day-more"),
        pytest.param("2018/19", date(2020, 4, 1), False, id="a-year-of-the-year-before-last"),
        pytest.param("2018/19", date(2021, 4, 1), True, id="a-year-of-over-twenty-four-months-ago"),
    ],
)
def test_a_figure_of_over_twelve_months_ago_says_nothing_of_now(period, as_of, old):
    assert old == is_out_of_date(Calendar().parse_exact(period), as_of)


def test_an_exception_of_which_nobody_knows_what_it_is_is_a_concern():
    assert FigureState.CONCERN is FigureState.of(None)
    assert [FigureState.CONCERN, FigureState.IMPROVEMENT, FigureState.CHANGE] == [
        FigureState.of(one) for one in Meaning
    ]
