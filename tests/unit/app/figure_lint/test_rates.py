"""Rates whose people are counted more than once, or have not come for as long as their cases."""

import pytest

RULE = "  - {id: r, title: R, measures: m, when: {target_missed: {at_most: 90}}%s}\n"
HEAD = "measure,area,period,value,numerator,denominator"
MONTHS = [f"20{18 + (n + 3) // 12}-{(n + 3) % 12 + 1:02d}" for n in range(18)]
PEOPLE = [f"m,force,{month},,{50 + n},{100_000 + 50 * n}" for n, month in enumerate(MONTHS)]
CALLS = [f"m,force,{month},,{50 + n},{1_000 + 70 * (n % 5)}" for n, month in enumerate(MONTHS)]
SAID = "denominators of several periods are added up, and these hardly vary: people are not added up over time"


def said(found, code):
    return [one[3] for one in found if one[0] == code]


@pytest.mark.parametrize(
    ("keys", "more", "rows", "named"),
    [
        pytest.param("rolling: 12 months", "", PEOPLE, True, id="a-window"),
        pytest.param("better: lower", ", every: quarter", PEOPLE, True, id="a-quarter"),
        pytest.param("better: lower", "", PEOPLE, False, id="month-by-month"),
        pytest.param("rolling: 12 months", "", CALLS, False, id="what-happens"),
        pytest.param("rolling: 12 months", "", PEOPLE[:5], False, id="five-figures-say-nothing"),
        pytest.param("rolling: 12 months, aggregate: mean", "", PEOPLE, False, id="nothing-is-added-up"),
    ],
)
def test_people_that_are_added_up_over_time_are_a_note(remarks, keys, more, rows, named):
    keys = keys if "better" in keys else f"better: lower, {keys}"
    found = remarks(RULE % more, measure=f"unit: rate, per: 1000, {keys}", rows=[HEAD, *rows], header=False)
    assert said(found, "people-added-up") == [SAID] * named


CASES = [f"cases,force,{month},{50 + n}" for n, month in enumerate(MONTHS)]
TWO = """
measures:
  - {id: cases, title: Cases, topic: t, unit: count, better: lower, every: month, source: f.csv}
  - {id: people, title: People, topic: t, unit: number, better: neither, every: year, aggregate: last, source: f.csv}
  - {id: rate, title: Rate, topic: t, unit: rate, per: 1000, better: lower, every: month,
     of: {numerator: cases, denominator: people}}
"""


@pytest.mark.parametrize(
    ("people", "named"),
    [(["people,force,2018/19,100000"], True), (["people,force,2018/19,100000", "people,force,2019/20,100100"], False)],
)
def test_a_rate_that_ends_before_its_cases_says_which_part_it_waits_for(remarks, people, named):
    rule = RULE.replace("measures: m", "measures: rate") % ""
    found = remarks(rule, more=TWO, rows=[*CASES, *people], as_of="2020-10-15")
    message = 'it is made up to 2019-03 only, while "cases" goes on to 2019-09: "people" ends with 2018/19'
    assert said(found, "part-missing") == [message] * named
