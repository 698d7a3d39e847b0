"""Two rules for one thing."""

import pytest

RULES = """\
  - {id: one, title: One, measures: m, when: {target_missed: {at_most: 20}}}
  - {id: two, title: Two, measures: m, when: {%s}}
"""
VALUES = "30 10 30 10 30 10 30 10 30 10 10 10 10 10"


def together(found):
    return [one for one in found if one[0] == "fires-together"]


def test_two_rules_that_fire_on_the_same_figures_are_a_note_at_the_second(remarks):
    message = 'of "m" it fires on the same 5 figures as rule "one", and on no other'
    found = together(remarks(RULES % "outside_range: {to: 25}", VALUES))
    assert [("fires-together", "note", 8, message)] == found


@pytest.mark.parametrize(
    ("other", "values"),
    [
        pytest.param("outside_range: {to: 9}", VALUES, id="one-fires-more-often"),
        pytest.param("outside_range: {to: 25}", "30 10 30 10 30 10 30 10", id="four-are-a-coincidence"),
        pytest.param("outside_range: {to: 25}", VALUES + " 22", id="apart-once"),
    ],
)
def test_nothing_is_said_where(remarks, other, values):
    assert [] == together(remarks(RULES % other, values))
