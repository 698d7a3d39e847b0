"""Rules that nearly always fire, or never could have."""

import pytest

AT_MOST = "  - {id: r, title: R, measures: m, when: {target_missed: {at_most: %s}}}\n"
HIGH = "30 31 29 32 30 33 31 30 29 30 31 32"


def fires(found):
    return [one for one in found if one[0] in ("fires-always", "fires-never")]


@pytest.mark.parametrize(
    ("values", "count"),
    [
        pytest.param(HIGH, "12 of 12", id="always"),
        pytest.param(HIGH + " 5 30 30 30 30 30 30 30", "19 of 20", id="nearly"),
    ],
)
def test_a_rule_that_nearly_always_fires_is_a_warning_with_the_count(remarks, values, count):
    message = f'of "m" {count} figures would have been exceptions'
    assert [("fires-always", "warning", 7, message)] == fires(remarks(AT_MOST % 20, values))


def test_a_rule_that_never_fired_in_five_years_is_a_note(remarks):
    values = " ".join([HIGH] * 5)
    message = 'of "m" none of 60 figures would have been an exception'
    assert [("fires-never", "note", 7, message)] == fires(remarks(AT_MOST % 99, values, as_of="2023-04-15"))


@pytest.mark.parametrize(
    ("rule", "values"),
    [
        pytest.param(AT_MOST % 20, "30 31 29 32 30 33 31 30 29 30 31", id="eleven-figures-say-nothing"),
        pytest.param(AT_MOST % 30, HIGH, id="half-the-time"),
        pytest.param(AT_MOST % 99, HIGH, id="a-year-without-an-exception"),
        pytest.param(AT_MOST.replace("title: R,", "title: R, status: shadow, author: boss,") % 20, HIGH, id="on-trial"),
    ],
)
def test_nothing_is_said_where(remarks, rule, values):
    assert [] == fires(remarks(rule, values))


def test_without_figures_nothing_is_counted(remarks):
    assert [] == fires(remarks(AT_MOST % 20, HIGH, options=["--no-figures"]))


def test_months_without_a_figure_do_not_count_where_lateness_is_part_of_a_rule(remarks):
    """Every month that had not come made it one that always fires, of figures that there were not."""
    values = " ".join(["60 _ _ _"] * 7)
    rule = "  - {id: r, title: R, measures: m, when: {any_of: [{target_missed: {at_most: 50}}, {not_fresh: {}}]}}\n"
    found = remarks(rule, values, measure="unit: count, better: lower, expected: 5 days")
    assert [] == [one for one in found if one[0] == "fires-always"]
    found = remarks(rule, " ".join(["60 _"] * 13), measure="unit: count, better: lower, expected: 5 days")
    assert ['of "m" 13 of 13 figures would have been exceptions'] == [
        one[3] for one in found if one[0] == "fires-always"
    ]
