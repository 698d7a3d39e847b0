"""Checks of figures on measures that have nothing which such a check could look at."""

import pytest
from samples.worlds import CALLS, a_folder

from alerting.rulefile.loading import load_rules

ITEMS = "\n    items: {all: All, some: Some}\n    total: all"


def found(folder, checks, unit="percent", more=""):
    rules = CALLS.replace("unit: percent", f"unit: {unit}")
    rules = rules.replace("target: 90", f"target: 90\n    checks: {{{checks}: true}}{more}")
    problems = load_rules(a_folder(folder, {"rules.yaml": rules}), shown_as="rules").problems
    return [(one.message, one.fix) for one in problems if one.code == "bad-value"]


@pytest.mark.parametrize(
    ("checks", "unit", "says"),
    [
        ("agrees_with_parts", "count", "a count is made of no numerator and denominator"),
        ("agrees_with_parts", "currency", "a currency is made of no numerator and denominator"),
        ("items_add_up", "count", "no item of it is the total of the others"),
        ("areas_add_up", "percent", "areas add up where figures are sums, this is a percent"),
    ],
)
def test_a_check_that_could_find_nothing_is_refused_with_what_to_write(tmp_path, checks, unit, says):
    ((message, fix),) = found(tmp_path, checks, unit)

    assert says == message
    assert f"remove {checks}, or write" in fix


@pytest.mark.parametrize(
    ("checks", "unit", "more"),
    [
        ("agrees_with_parts", "percent", ""),
        ("agrees_with_parts", "rate", ""),
        ("items_add_up", "count", ITEMS),
        ("areas_add_up", "count", ""),
    ],
)
def test_one_that_could_is_taken(tmp_path, checks, unit, more):
    assert [] == found(tmp_path, checks, unit, more)
