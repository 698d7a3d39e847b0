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


def test_rules_on_different_areas_never_fire_together(remarks):
    rules = """\
  - {id: one, title: One, measures: m, areas: [force], when: {target_missed: {at_most: 20}}}
  - {id: two, title: Two, measures: m, areas: [side], when: {outside_range: {to: 25}}}
"""
    more = "areas: [{id: side, title: Side, kind: policing, owner: boss}]\n"
    both = [f"m,{area},{2018 + (n + 3) // 12}-{(n + 3) % 12 + 1:02d},{value}" for area in ("force", "side")
            for n, value in enumerate(VALUES.split())]  # fmt: skip

    assert [] == together(remarks(rules, more=more, rows=both))


def test_of_many_rules_alike_each_is_named_once(remarks):
    rule = "  - {{id: r{0}, title: R, measures: m, when: {{target_missed: {{at_most: {1}}}}}}}\n"
    found = together(remarks("".join(rule.format(n, 20 + n) for n in range(5)), VALUES))

    assert 4 == len(found)
    assert all('as rule "r0"' in message for _, _, _, message in found)
