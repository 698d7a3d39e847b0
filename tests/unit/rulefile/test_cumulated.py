"""Figures that span more than their period: what `check` refuses on them, where, and what it says to write."""

import pytest
from samples.one_measure import problems

MESSAGE = (
    "trend takes each figure for one of its own period, but these cover 12 months: neighbours share most of theirs"
)


SPANS = ["covers: year_to_date", "covers: 12 months", "rolling: 12 months", "covers: 2 months", "covers: 1 year"]
OF_THE_PAST = ["previous_financial_year", "rebased_average", "xmr", "rolling", "c", "seasonal"]


@pytest.mark.parametrize("span", SPANS)
@pytest.mark.parametrize(
    "when",
    [
        "{trend: {}}",
        "{run: {of: published}}",
        "{near_limit: {limits: published}}",
        "{average_moved: {}}",
        "{will_miss: {at_most: 5, date: 2030-01-01}}",
        *(f"{{above_upper_limit: {{limits: {method}}}}}" for method in OF_THE_PAST),
    ],
)
def test_what_takes_figures_for_separate_periods_is_refused_where_they_share_months(tmp_path, span, when):
    (problem,) = problems(tmp_path, span, when)

    assert problem.severity.value == "error"
    assert "neighbours share most of theirs" in problem.message
    assert "the same period last year" in problem.fix


@pytest.mark.parametrize("span", SPANS)
@pytest.mark.parametrize(
    "when",
    [
        "{outside_limits: {limits: published}}",
        "{outside_limits: {limits: {fixed: {lower: 1, upper: 2}}}}",
        "{target_missed: {at_most: 5}}",
        "{outside_range: {from: 1, to: 2}}",
        "{change: {versus: same_period_last_year, rises_by: 5 %}}",
        "{rank: {worse_than: 6}}",
        "{not_fresh: {}}",
    ],
)
def test_what_looks_at_one_figure_or_its_like_of_last_year_is_fine(tmp_path, span, when):
    assert problems(tmp_path, span, when) == []


@pytest.mark.parametrize(
    ("span", "versus", "fix"),
    [
        ("covers: year_to_date", "previous_period", "write versus: year_to_date or same_period_last_year"),
        ("covers: year_to_date", "rolling_12_months", "write versus: year_to_date or same_period_last_year"),
        ("covers: 12 months", "year_to_date", "write versus: previous_period or same_period_last_year"),
        ("covers: 12 months", "rolling_12_months", "write versus: previous_period or same_period_last_year"),
        ("rolling: 3 months", "year_to_date", "write versus: previous_period or same_period_last_year"),
        ("rolling: 3 months", "rolling_12_months", "write versus: previous_period or same_period_last_year"),
    ],
)
@pytest.mark.parametrize("what", ["change: {rises_by: 5 %, versus: ", "reduction_missed: {at_least: 5 %, versus: "])
def test_a_change_that_does_not_compare_like_with_like_is_refused(tmp_path, span, versus, fix, what):
    (problem,) = problems(tmp_path, span, f"{{{what}{versus}}}}}")

    assert "does not compare like with like" in problem.message
    assert problem.fix == fix


@pytest.mark.parametrize(
    ("span", "versus", "refused"),
    [
        ("covers: 12 months", "previous_period", True),
        ("covers: 12 months", "same_period_last_year", False),
        ("covers: 24 months", "same_period_last_year", True),
        ("rolling: 13 months", "same_period_last_year", True),
        ("covers: year_to_date", "same_period_last_year", False),
        ("covers: 1 month", "previous_period", False),
    ],
)
def test_significance_is_asked_of_two_samples_apart_only(tmp_path, span, versus, refused):
    when = f"{{change: {{versus: {versus}, rises_by: 0, significant: 95 %}}}}"

    found = problems(tmp_path, span, when, unit="percent")

    assert [True] * refused == ["two samples apart" in problem.message for problem in found]


@pytest.mark.parametrize(
    ("span", "every", "rule_every"),
    [("covers: 1 month", "month", None), ("covers: 3 months", "quarter", None), ("covers: 3 months", "month", "quarter"),
     ("covers: year_to_date", "year", None), ("covers: 7 days", "week", None)],
)  # fmt: skip
def test_a_span_that_is_the_judged_period_is_not_cumulated(tmp_path, span, every, rule_every):
    found = problems(tmp_path, span, "{trend: {}}", every=every, rule_every=rule_every)

    assert found == []


def test_a_part_of_a_composition_is_pointed_at(tmp_path):
    when = "{any_of: [{target_missed: {at_most: 5}}, {not: {all_of: [{trend: {}}]}}]}"

    (problem,) = problems(tmp_path, "covers: 12 months", when)

    line = (tmp_path / "rules.yaml").read_text(encoding="utf-8").splitlines()[problem.place.line - 1]
    assert problem.message.startswith(MESSAGE)
    assert line[problem.place.column - 1 :].startswith("trend")


def test_covers_and_rolling_together_are_refused(tmp_path):
    (problem,) = problems(tmp_path, "covers: 3 months, rolling: 12 months", "{target_missed: {at_most: 5}}")

    assert problem.message.startswith("covers and rolling do not go together")


@pytest.mark.parametrize("when", ["{trend: {}}", "{above_upper_limit: {limits: xmr}}", "{run: {of: {xmr: {}}}}"])
def test_the_last_figure_of_a_window_is_one_of_its_own_period(tmp_path, when):
    assert problems(tmp_path, "rolling: 12 months, aggregate: last", when) == []


@pytest.mark.parametrize(
    ("rolling", "every", "message"),
    [
        ("{span: 4 quarters, at_least: 3}", "month", "these are no 3 quarters: they come every month"),
        ("{span: 1 year, at_least: 1}", "month", "these are no 1 year: they come every month"),
        ("{span: 12 months, at_least: 6}", "quarter", "these are no 6 months: they come every quarter"),
    ],
)
def test_at_least_counts_the_measures_own_periods(tmp_path, rolling, every, message):
    (found,) = problems(tmp_path, f"aggregate: mean, rolling: {rolling}", "{target_missed: {at_most: 5}}", every=every)
    assert message in found.message
    assert found.fix == f"write the span in {every}s"
