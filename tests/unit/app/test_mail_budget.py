"""Mail budgets beside what the past shows: the times in which they were used up while more was to be told, before and after."""

# ruff: noqa: E501 - YAML stands as people write it

import json
from datetime import date, timedelta

import pytest
from samples.diffs import compared
from samples.rule_folders import written

from alerting.app.authoring.diff.as_json import as_json
from alerting.app.authoring.diff.as_markdown import as_markdown
from alerting.app.authoring.diff.as_text import as_text
from alerting.domain.backtest import DaySpan
from alerting.render.backtest.as_json import backtest_json
from alerting.render.backtest.as_markdown import backtest_markdown
from alerting.render.backtest.as_text import backtest_text
from alerting.render.markdown import inline

RULES = """\
topics: [{id: t, title: Topic, owner: head}]
areas: [{id: north, title: North, owner: north}]
owners:
  - {id: head, name: Head, email: head@example.org}
  - {id: north, name: "Commander, North", email: north@example.org, mail_budget: 2 per week}
roles: {operator: head, maintainer: head}
measures: [{id: m, title: Late, topic: t, unit: number, better: lower, every: day, source: f.csv}]
rules: [{id: late, title: Many late, measures: m, when: {outside_range: {to: 50}}, remind: never}]
"""
#: Of the week from 5 October three mornings have something new: an exception, its end, and another. That one ends in the next week.
FIRST = date(2020, 9, 28)
LATE = [*[10] * 7, 60, 10, *[60] * 9, 45, 45]
SPAN = DaySpan(first=date(2020, 10, 4), last=date(2020, 10, 18))
TOLD = "the mail budget of 2 per week is used up in 1 week (2020-10-05); what is more waits"


def folder(place, rules=RULES):
    rows = (f"m,north,{FIRST + timedelta(days=n)},{value}" for n, value in enumerate(LATE))
    return written(place / "rules", {"r.yaml": rules, "f.csv": "\n".join(("measure,area,period,value", *rows)) + "\n"})


@pytest.fixture
def compare(tmp_path):
    def made(old, new, base=RULES):
        assert old in base
        return compared(folder(tmp_path / "base", base), folder(tmp_path / "head", base.replace(old, new)), SPAN)

    return made


def test_weeks_in_which_more_is_to_be_told_than_the_budget_allows_are_named(compare):
    found = compare("to: 50", "to: 40")

    before, after = found.backtests
    (north,) = (one for one in before.budget if one.owner == "north")
    assert ((2, "week"), [date(2020, 10, 5)]) == (north.mail_budget, [window.first for window in north.over])
    assert f"Commander, North: {TOLD}" in backtest_text(before, found.base.rules)
    assert inline(f"Commander, North: {TOLD}") in backtest_markdown(before, found.base.rules)
    plain = [one for one in backtest_json(before)["budget"] if one["owner"] == "north"]
    assert [("2 per week", ["2020-10-05"])] == [(one["mail_budget"], one["over_mail_budget"]) for one in plain]
    assert after.waited[0] == ("north", date(2020, 10, 8))


@pytest.mark.parametrize(
    ("before", "after", "line", "reasons"),
    [
        pytest.param(
            "2 per week", "1 per week",
            "Commander, North: the mail budget of 1 per week is used up in 2 weeks (2020-10-05 and 2020-10-12); what is more waits"
            f" (before: {TOLD})", 1, id="a-smaller-budget",
        ),
        pytest.param("2 per week", "5 per week", f"Commander, North: the mail budget is never used up (before: {TOLD})", 0, id="a-larger-one"),
        pytest.param("2 per week", "2 per week, deputy: head", None, 0, id="as-before"),
    ],
)  # fmt: skip
def test_weeks_beyond_the_budget_are_compared(compare, before, after, line, reasons):
    found = compare(f"mail_budget: {before}", f"mail_budget: {after}")

    said = [one for one in as_text(found).splitlines() if "mail budget" in one and "`" not in one]
    assert [f"  {line}"] * (line is not None) == said
    assert (line is None) or inline(line) in as_markdown(found)
    assert reasons == sum("north would get more mail than their budget in 1 more week" == one for one in found.reasons)
    budget = {one["owner"]: one for one in json.loads(as_json(found))["budget"]}
    assert ["2020-10-05"] == budget["north"]["before"]["over_mail_budget"]
