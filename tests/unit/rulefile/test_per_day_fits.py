"""`per_day:` where figures are added up day by day only, and without what needs them as printed."""

import pytest
from samples.one_measure import problems


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ("unit: percent", "this is a percent"),
        ("unit: number", "this is a number"),
        ("unit: count, aggregate: last", "this is aggregate: last"),
        ("unit: currency, aggregate: mean", "this is aggregate: mean"),
    ],
)
def test_only_what_is_added_up_can_be_shared_out_among_days(tmp_path, keys, says):
    unit, _, more = keys.removeprefix("unit: ").partition(", ")

    (problem,) = problems(
        tmp_path, f"per_day: calendar{', ' + more if more else ''}", "{target_missed: {at_most: 5}}", unit=unit
    )

    assert problem.severity.value == "error"
    assert says in problem.message


@pytest.mark.parametrize(
    ("every", "per_day", "refused"),
    [
        ("day", "calendar", "nothing to share out"), ("day", "working", "nothing to share out"),
        ("week", "calendar", "nothing to share out"), ("week", "working", None), ("month", "calendar", None),
        ("month", "working", None), ("quarter", "calendar", None), ("year", "calendar", None),
    ],
)  # fmt: skip
def test_periods_that_are_all_as_long_are_not_shared_out(tmp_path, every, per_day, refused):
    found = problems(tmp_path, f"per_day: {per_day}", "{target_missed: {at_most: 5}}", every=every)

    assert [refused in problem.message for problem in found] == [True] * (refused is not None)


@pytest.mark.parametrize(
    ("when", "what"),
    [
        ("{above_upper_limit: {limits: seasonal}}", "seasonal limits"),
        ("{any_of: [{trend: {}}, {not: {will_miss: {at_most: 5, date: 2030-01-01}}}]}", "will_miss"),
    ],
)
def test_what_needs_figures_as_printed_is_refused(tmp_path, when, what):
    (problem,) = problems(tmp_path, "per_day: calendar", when)

    assert problem.message == f"{what} cannot work on figures per day"


@pytest.mark.parametrize(
    "when", ["{above_upper_limit: {limits: c}}", "{trend: {}}", "{change: {versus: year_to_date, rises_by: 5 %}}"]
)
def test_what_compares_periods_works_on_figures_per_day(tmp_path, when):
    assert problems(tmp_path, "per_day: calendar", when) == []
